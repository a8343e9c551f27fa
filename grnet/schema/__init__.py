"""The vocabulary of the project: columns of tables, gene catalogue, pairs, measurements, configs, errors."""
