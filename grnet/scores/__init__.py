"""Scores of all candidates: the format, its one writer and its one reader.

A folder `scores/` holds Parquet files `part-*.parquet` (shards) with the columns of `SCORES`, all TFs with some of the
targets in each, and `manifest.json`, which lists them with rows and checksums. `shards` writes one file, `manifest`
keeps the list, `reader` yields the tables, `pair_scores` makes NumPy columns of them, and `consumers` find counts, the
best pairs and ranks in one pass. The names of the files stand in :mod:`grnet.schema.network_folder`.
"""
