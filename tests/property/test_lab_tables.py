"""A table of any writer comes back value for value, or is refused with a line; it is never another table in silence.

GRNET_EXAMPLES sets the number of examples for each writer.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lab_tables import WRITERS, LabTable, lab_tables

from grnet.dataset.expression import read_expression
from grnet.dataset.expression_table import ExpressionOptions
from grnet.dataset.findings import Findings
from grnet.schema.errors import InputError

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("GRNET_EXAMPLES", "60"))
MOST_REFUSED = 0.25


def read_back(writer: str, table: LabTable):
    """Return what is read of a table, and the text of the error where it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = WRITERS[writer](table, Path(folder) / "table")
        known = set(list(table.values.index)[:6])
        try:
            return read_expression(
                (path,), {}, known_names=known, options=ExpressionOptions(normalise="none"), findings=Findings()
            )
        except InputError as error:
            return str(error)


@pytest.mark.parametrize("writer", WRITERS)
def test_tables_come_back_or_are_refused(writer):
    outcomes = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(lab_tables())
    def check(table):
        found = read_back(writer, table)
        outcomes["refused" if isinstance(found, str) else "read"] += 1
        if isinstance(found, str):
            assert "\n" not in found
            assert "/table." in found
            return
        assert list(found.symbols) == list(table.values.index)
        assert list(found.samples) == list(table.values.columns)
        np.testing.assert_array_equal(found.values, table.values.to_numpy(np.float32))

    check()
    assert outcomes["refused"] <= MOST_REFUSED * outcomes.total()
