"""Anatomy terms of a lab: a table of genes and terms, and perhaps the ontology of the terms → a measurement."""
