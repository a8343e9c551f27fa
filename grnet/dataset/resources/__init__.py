"""Known edges and TF lists of public databases: what there is, fetching it, and the cache that keeps it."""
