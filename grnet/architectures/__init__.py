"""The kinds of models: a protocol, a registry, and a folder for all that is particular to each."""
