import numpy as np
import pytest

import grnet
from grnet.features.build import build_features
from grnet.features.kept_measurements import leave_out
from grnet.schema.errors import InputError


@pytest.fixture(scope="module")
def dataset(gappy_dataset):
    return grnet.load_dataset(gappy_dataset)


def test_what_is_left_out_is_as_if_it_had_never_been_measured(dataset):
    kept = leave_out(dataset, ["lateral"])
    assert [entry.name for entry in kept.measurements] == ["expression", "dorsal"]
    assert (kept.views, set(kept.image_table["view"])) == (("dorsal",), {"dorsal"})
    expected = np.flatnonzero(dataset.image_table["view"] == "dorsal")
    assert kept.image_table["row"].tolist() == expected.tolist()
    features = {profiles.name: profiles for profiles in build_features(kept).profiles}
    whole = {profiles.name: profiles for profiles in build_features(dataset).profiles}
    assert list(features) == ["expression", "dorsal"]
    for name, profiles in features.items():
        np.testing.assert_array_equal(profiles.unit, whole[name].unit)
    assert [entry.name for entry in dataset.measurements] == ["expression", "dorsal", "lateral"]


def test_nothing_left_out_is_the_same_dataset(dataset):
    assert leave_out(dataset, ()) is dataset


@pytest.mark.parametrize(
    ("names", "modality", "message"),
    [
        (
            ["Latteral"],
            "fused",
            r"--without Latteral: \S+ has no such measurement; it has expression, dorsal, lateral; "
            r"did you mean lateral\?$",
        ),
        (["zebra"], "fused", r"--without zebra: \S+ has no such measurement; it has expression, dorsal, lateral$"),
        (
            ["lateral", "dorsal"],
            "fused",
            r"--without lateral, dorsal: nothing of images remains for --modality fused; keep one of dorsal, lateral, "
            r"or use --modality rna$",
        ),
        (
            ["expression"],
            "fused",
            r"--without expression: nothing of RNA remains for --modality fused; keep one of expression, or use "
            r"--modality image$",
        ),
        (
            ["expression", "dorsal", "lateral"],
            "rna",
            r"nothing of RNA remains for --modality rna; keep one of expression$",
        ),
    ],
)
def test_what_cannot_be_left_out_is_refused(dataset, names, modality, message):
    with pytest.raises(InputError, match=message):
        leave_out(dataset, names, modality)


def test_models_of_one_modality_do_without_the_other(dataset):
    assert [entry.name for entry in leave_out(dataset, ["expression"], "image").measurements] == ["dorsal", "lateral"]
    assert [entry.name for entry in leave_out(dataset, ["dorsal", "lateral"], "rna").measurements] == ["expression"]
