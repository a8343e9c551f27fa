"""Division of the labelled pairs: splits, folds, held-out pairs, sampled negatives, random streams."""
