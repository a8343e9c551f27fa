"""Publications that a description of methods names: by their keys here, with the parts of grnet that rest on them."""

from __future__ import annotations

CITATIONS = {
    "grnet": "grnet{version}: gene regulatory networks from pictures of gene expression and RNA-seq.",
    "sdinet": "Inferring gene regulatory network via fusing gene expression image and RNA-seq data (2022): the study "
    "whose networks are SDINet, and whose idea grnet builds on.",
    "stacking": "Wolpert 1992, doi:10.1016/S0893-6080(05)80023-1: stacked generalisation, the weights of the parts.",
    "kernel": "Stock et al. 2018, doi:10.1162/neco_a_01096: pairwise kernel ridge regression, what known targets say.",
    "use-availability": "Lele & Keim 2006, doi:10.1890/0012-9658(2006)87[3021:WDAEOR]2.0.CO;2, and Ward et al. 2009, "
    "doi:10.1111/j.1541-0420.2008.01116.x: probabilities from known edges and all candidates.",
    "platt": "Lin, Lin & Weng 2007, doi:10.1007/s10994-007-5018-6: Platt scaling, the calibration of scores.",
    "leiden": "Traag, Waltman & van Eck 2019, doi:10.1038/s41598-019-41695-z: the Leiden algorithm, communities.",
    "trees": "Geurts, Ernst & Wehenkel 2006, doi:10.1007/s10994-006-6226-1: extremely randomised trees.",
    "torch": "Paszke et al. 2019, PyTorch, Advances in Neural Information Processing Systems 32.",
    "sklearn": "Pedregosa et al. 2011, scikit-learn, Journal of Machine Learning Research 12, 2825–2830.",
    "networkx": "Hagberg, Schult & Swart 2008, NetworkX, Proceedings of the 7th Python in Science Conference.",
    "anndata": "Virshup et al. 2024, anndata, doi:10.21105/joss.04371.",
}
"""Key → the publication, and what of grnet rests on it."""
