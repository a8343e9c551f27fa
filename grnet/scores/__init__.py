"""The format of scores: shards on disk, their manifest, their one reader and writer."""
