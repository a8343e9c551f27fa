"""Which pixels of a view show the specimen: where its images differ from gene to gene.

Enter: a measurement whose places are pixels. Leaves: a mask, or nothing where images have no background to tell apart.
Around an embryo every image has the same background, so the deviation over genes is near 0 there. Maps of where models
look are drawn inside the mask only; no score and no part of one depends on it.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from grnet.schema.arrays import Bools
from grnet.schema.measurements import Measurement

LEAST_DEVIATION = 0.2
"""Of the deviation that one pixel in twenty exceeds; pixels with less are background."""
FEWEST_GENES = 3
"""Of fewer images nothing can be told from chance."""


def find_mask(measurement: Measurement) -> Bools | None:
    """Return the pixels in which the mean images of genes differ, bool [H, W], and those that they enclose.

    The deviation of a pixel is the standard deviation over genes. A pixel shows the specimen where it is more than
    LEAST_DEVIATION of the 95th percentile over pixels.

    Returns
    -------
    bool array [H, W] or None
        None for fewer than FEWEST_GENES genes, and where every pixel shows the specimen or none does.
    """
    if measurement.grid is None or len(measurement.gene) < FEWEST_GENES:
        return None
    deviation = measurement.grid.draw(measurement.values.std(axis=0, dtype=np.float64)[None].astype(np.float32))[0]
    mask: Bools = ndimage.binary_fill_holes(deviation > LEAST_DEVIATION * np.percentile(deviation, 95))
    return mask if mask.any() and not mask.all() else None
