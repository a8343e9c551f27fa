"""Scores → a directed network: selection of edges, communities, layout, summary, and its folder."""
