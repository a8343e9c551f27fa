"""Who may learn from what: splits, folds, held-out pairs, sampled negatives, random streams."""
