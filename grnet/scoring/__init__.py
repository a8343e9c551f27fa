"""Every candidate pair → score shards."""
