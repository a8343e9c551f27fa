"""Late interaction: every gene is encoded once, a pair is scored from cheap interactions of two encodings."""
