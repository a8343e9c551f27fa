"""The networks of the SDINet paper: image pairs and joint histograms, sample by sample."""
