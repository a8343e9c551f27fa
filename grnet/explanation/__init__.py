"""The evidence for and against scored pairs: a run, its dataset and some pairs → `schema.evidence`."""
