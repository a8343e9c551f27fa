"""Metrics, baselines, bootstrap confidence intervals, report cards and comparison with known edges, from arrays."""
