"""Names that a format cannot tell apart, found before anything is written."""

from __future__ import annotations

import pytest

from grnet.exporters.registry import check_names, formats_of_folder
from grnet.schema.errors import InputError
from grnet.schema.network_formats import EXPORT_FORMATS

ALIKE = [("a\x01", "a\u2401"), ("b\ufffe", "b\uffff"), ("c\x00", "c\u2400")]


@pytest.mark.parametrize("pair", ALIKE)
def test_names_that_graphml_makes_equal_are_named(pair):
    with pytest.raises(InputError) as caught:
        check_names(["x", pair[0], "y", pair[1]], ["cx2", "graphml"])
    assert str(caught.value) == (
        f"the genes {pair[0]!r} and {pair[1]!r} have one name in the format graphml, which cannot hold their special "
        "characters; give one of them another name with: grnet prepare --aliases FILE"
    )
    check_names(pair, [name for name in EXPORT_FORMATS if name != "graphml"])


def test_names_that_only_look_alike_pass():
    check_names(["a\\t", "a\t", "a\n", "a\\n", "A", "a", "é", "e\u0301", " a"], EXPORT_FORMATS)


def test_a_network_folder_has_its_formats_and_those_asked_for():
    assert formats_of_folder() == ("graphml", "cx2")
    assert formats_of_folder(["sif"]) == ("graphml", "cx2", "sif")
