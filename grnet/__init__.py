"""grnet: gene regulatory networks from pictures of gene expression and RNA-seq."""

__version__ = "0.1.0"
