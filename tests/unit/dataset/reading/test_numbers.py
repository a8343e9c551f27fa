"""Numbers as labs write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.reading.numbers import NumberMarks, find_marks, looks_numeric, parse_numbers
from grnet.schema.errors import InputError

PATH = Path("t.tsv")


@pytest.mark.parametrize(
    ("cells", "marks", "values"),
    [
        (["5.464", "2.5"], NumberMarks(), [5.464, 2.5]),
        (["5,464", "12,5"], NumberMarks(",", ""), [5.464, 12.5]),
        (["5,464", "812"], NumberMarks(".", ","), [5464, 812]),
        (["1,005,464", "812"], NumberMarks(".", ","), [1005464, 812]),
        (["5'464", "812"], NumberMarks(".", " "), [5464, 812]),
        (["5\u00a0464", "812"], NumberMarks(".", " "), [5464, 812]),
        (["1.005,25", "3,5"], NumberMarks(",", "."), [1005.25, 3.5]),
    ],
)
def test_marks_are_found_and_followed(cells, marks, values):
    assert find_marks(PATH, cells) == marks
    np.testing.assert_allclose(parse_numbers(pd.Series(cells, dtype=object), marks), values)


def test_two_readings_are_refused_with_both_options():
    with pytest.raises(InputError) as caught:
        find_marks(PATH, ["5,464", "2,811"])
    assert str(caught.value) == (
        "t.tsv: is 5,464 the number 5.464 or 5464? Both fit all of its numbers; choose with "
        "--columns 't.tsv:decimal=comma' or 't.tsv:thousands=comma'"
    )


def test_minus_signs_of_typesetters_are_numbers():
    assert looks_numeric("−1.5")
    np.testing.assert_array_equal(parse_numbers(pd.Series(["−1.5", "2"], dtype=object), NumberMarks()), [-1.5, 2])
