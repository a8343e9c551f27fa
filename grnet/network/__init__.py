"""Scores → a directed graph → Parquet, GraphML, edge lists and the explorer page."""
