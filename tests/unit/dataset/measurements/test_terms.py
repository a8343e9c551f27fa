"""What anatomy terms are called, and how genes are compared by them."""

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.measurements.terms import TERMS, name_terms
from grnet.features.profiles import make_profiles
from grnet.schema.measurements import Measurement


def test_terms_are_called_with_their_stage_where_they_have_one():
    places = pd.DataFrame({"term": ["brain", "brain", "gut"], "stage": ["5", "stage 6", ""]})
    assert name_terms(places) == ("brain, stage 5", "brain, stage 6", "gut")


def test_genes_are_compared_by_the_phi_coefficient_alone():
    values = (np.random.default_rng(0).random((30, 40)) < 0.3).astype(np.float32)
    places = pd.DataFrame({"term": [f"term {number}" for number in range(40)], "stage": ""})
    profiles = make_profiles(Measurement("terms", TERMS, values, np.arange(30), places), 30)
    assert not [name for name in profiles.transforms if name.startswith("spearman")]
    unit = profiles.of_transform("pearson")
    a, b = values[3] == 1, values[8] == 1
    n11, n10, n01, n00 = (a & b).sum(), (a & ~b).sum(), (~a & b).sum(), (~a & ~b).sum()
    phi = (n11 * n00 - n10 * n01) / np.sqrt(float(a.sum() * (~a).sum() * b.sum() * (~b).sum()))
    assert unit[3] @ unit[8] == pytest.approx(phi, abs=1e-6)
