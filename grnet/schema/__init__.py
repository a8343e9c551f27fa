"""The words of the project: tables, gene catalogue, pair index, configs, errors, all-or-nothing files."""
