"""Fitting one fold, and cross-fitting K of them."""
