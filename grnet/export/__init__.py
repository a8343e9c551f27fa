"""Networks as files for other tools: a registry of exporters."""
