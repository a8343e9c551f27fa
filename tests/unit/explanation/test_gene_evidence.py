"""Profiles and pictures of genes in datasets with other measurements than one of RNA and views of images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_measurements import make_pictures

from grnet.dataset.directory import load_dataset
from grnet.dataset.measurements.terms import TERMS
from grnet.explanation.gene_evidence import describe_genes, describe_measurements, draw_values
from grnet.schema.evidence import MeasurementInfo
from grnet.schema.measurements import Measurement


@pytest.fixture(scope="module")
def dataset(gappy_dataset):
    """The gappy lab with what curators wrote of three genes, and a section of two genes that no images are of."""
    given = load_dataset(gappy_dataset)
    places = pd.DataFrame({"term": ["eye", "wing"], "stage": ["5", "6"]})
    values = np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32)
    terms = Measurement("notes", TERMS, values, np.array([0, 2, 5]), places)
    section = make_pictures("section", np.array([[[0.5, 1.0]], [[-1.0, 3.0]]], dtype=np.float32), [2, 3])
    return replace(given, measurements=(*given.measurements, terms, section))


def test_measurements_are_shown_as_their_kinds_say(dataset):
    assert describe_measurements(dataset)[3:] == (
        MeasurementInfo("notes", "terms", "image", "", "term", ("eye, stage 5", "wing, stage 6"), (2, 2)),
        MeasurementInfo("section", "picture", "image", "", "pixel"),
    )


def test_a_gene_has_a_value_for_each_measurement_that_it_is_in(dataset):
    found = describe_genes(dataset, np.array([2, 0, 3]))
    symbols = dataset.genes.symbols
    assert list(found) == [symbols[gene] for gene in (2, 0, 3)]
    both = found[symbols[2]]
    assert both.profile("notes").tolist() == [0, 1]
    assert both.picture("section").tolist() == [[128, 255]]
    assert "section" not in both.counts
    assert found[symbols[0]].picture("section") is None
    assert found[symbols[3]].profile("notes") is None
    assert found[symbols[3]].picture("section").tolist() == [[0, 255]]
    assert set(both.counts) <= {"dorsal", "lateral"}
    assert both.counts


def test_pictures_of_nothing_are_black_and_profiles_no_pictures(dataset):
    *_, terms, section = dataset.measurements
    black, top = draw_values(section, np.zeros(2, dtype=np.float32))
    assert (black.tolist(), top) == ([[0, 0]], 0.0)
    with pytest.raises(ValueError, match=r"^measurement 'notes': its kind, terms, lays out no pictures$"):
        draw_values(terms, terms.values[0])
