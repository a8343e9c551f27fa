"""The networks, and the run folder that stores them: written by training, read by scoring."""
