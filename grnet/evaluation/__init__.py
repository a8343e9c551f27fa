"""Splits, metrics, baselines, calibration and the report; it is given arrays and knows no model."""
