"""Names of the files in a network folder; those that exporters write are in :mod:`grnet.schema.network_formats`."""

from __future__ import annotations

EDGES_FILE, NODES_FILE, GENES_FILE = "edges.parquet", "nodes.parquet", "genes.parquet"
SUMMARY_FILE, REPORT_FILE, ORIGIN_FILE = "summary.json", "report.json", "origin.json"
PAGE_FILE = "network.html"
GENE_SETS_FILE = "gene_sets.csv"
"""Only where gene sets were given."""
SCORES_FOLDER = "scores"
SHARD_PATTERN, MANIFEST_FILE, CALIBRATION_FILE = "part-*.parquet", "manifest.json", "calibration.json"
"""In the folder of scores."""
