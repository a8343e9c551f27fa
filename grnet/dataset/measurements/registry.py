"""The kinds of measurements by name: to add one is a file here and a line in this registry."""

from __future__ import annotations

from grnet.dataset.measurements.cells import CELLS
from grnet.dataset.measurements.images import IMAGES
from grnet.dataset.measurements.samples import SAMPLES
from grnet.dataset.measurements.spots import SPOTS
from grnet.dataset.measurements.terms import TERMS
from grnet.schema.measurements import Kind

KINDS: dict[str, Kind] = {kind.name: kind for kind in (SAMPLES, CELLS, IMAGES, SPOTS, TERMS)}
