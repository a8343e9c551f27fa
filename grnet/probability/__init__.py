"""From scores to probabilities: calibration, the prior, and how both are fitted."""
