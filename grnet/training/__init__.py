"""Training data, and cross-fitting with any architecture."""
