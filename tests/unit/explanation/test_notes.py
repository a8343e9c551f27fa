"""What is said of genes that lack measurements of where they are expressed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from made_measurements import make_pictures

from grnet.dataset.measurements.terms import TERMS
from grnet.explanation.notes import _name_missing, _name_pictured
from grnet.schema.measurements import Measurement


def test_notes_name_what_the_dataset_has():
    images = make_pictures("lateral", np.zeros((1, 2, 2), dtype=np.float32), [0])
    places = pd.DataFrame({"term": ["eye"], "stage": [""]})
    terms = Measurement("terms", TERMS, np.ones((1, 1), dtype=np.float32), np.array([0]), places)
    assert _name_pictured([images, images]) == ("image",)
    assert _name_pictured([images, terms]) == ("image", "terms")
    assert _name_pictured([]) == ("image",)
    neither, one = np.array([False, False]), np.array([True, False])
    assert _name_missing(("a", "b"), neither, "image") == ["Neither a nor b has an image."]
    assert _name_missing(("a", "b"), neither, "terms") == ["Neither a nor b has terms."]
    assert _name_missing(("a", "b"), one, "image or terms") == ["b has no image or terms."]
