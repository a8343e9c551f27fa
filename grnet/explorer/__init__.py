"""The pages that open in a browser: the network and the evidence for its edges, as templates, scripts and JSON."""
