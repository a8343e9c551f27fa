"""What speaks for and against a scored pair: a run, its dataset and some pairs → `schema.evidence`."""
