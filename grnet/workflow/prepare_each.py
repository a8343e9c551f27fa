"""`grnet prepare --per COLUMN`: single cells → a dataset for each value of a column, such as each cell type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grnet.dataset.annotated.cell_counts import count_cells, name_folders
from grnet.dataset.annotated.matrix import AnnotatedOptions
from grnet.dataset.directory import SETTINGS_FILE
from grnet.dataset.sources import take_expression
from grnet.dataset.summary import DatasetSummary
from grnet.schema.errors import InputError
from grnet.schema.progress import Progress
from grnet.schema.sizes import take_size
from grnet.storage.folders import check_output_free
from grnet.storage.read_limits import memory_limit
from grnet.workflow.prepare import prepare
from grnet.workflow.progress import resolve_progress

FEWEST_CELLS = 50
"""Correlations over fewer cells are mostly noise."""


@dataclass(frozen=True)
class GroupDatasets:
    """What became of each value of a column.

    Attributes
    ----------
    summaries : mapping of Path to DatasetSummary
        Each dataset, named after its value.
    left_out : mapping of str to int
        Values with too few cells, and how many these are.
    """

    summaries: Mapping[Path, DatasetSummary]
    left_out: Mapping[str, int]


def prepare_each(
    out: str | Path,
    *,
    per: str,
    fewest_cells: int = FEWEST_CELLS,
    only: str | Sequence[str] = (),
    overwrite: bool = False,
    progress: bool | Progress = False,
    **options: Any,
) -> GroupDatasets:
    """Prepare a dataset from the cells of each value of a column.

    Parameters
    ----------
    out : path
        Folder of the datasets; each is called after its value.
    per : str
        Column of the cells.
    fewest_cells : int
        Values with fewer cells are left out.
    only : str or sequence of str
        As in :func:`grnet.prepare`. Cells that it leaves out count for no value.
    overwrite : bool
        Replace datasets that are there.
    progress : bool or Progress
    **options
        All other arguments of :func:`grnet.prepare`.

    Returns
    -------
    GroupDatasets

    Raises
    ------
    OutputExistsError
        One of the datasets is there and `overwrite` is False; nothing was written.
    MissingInputError, InputError, ConfigError
        As :func:`grnet.prepare`, or no value has enough cells.
    """
    chosen = (only,) if isinstance(only, str) else tuple(only)
    reading = AnnotatedOptions(options.get("layer", "auto"), options.get("gene_names", ""))
    with memory_limit(take_size(options.get("memory"), flag="--memory")):
        counts = count_cells(take_expression(options["expression"]), per, chosen, reading)
    folders = {value: Path(out) / name for value, name in name_folders(counts).items()}
    kept = [value for value, count in counts.items() if count >= fewest_cells]
    if not kept:
        raise InputError(
            f"--per {per}: no value has {fewest_cells} cells; the most is {max(counts.values())}; prepare them together"
        )
    for value in kept:
        check_output_free(folders[value], overwrite=overwrite, marker=SETTINGS_FILE)
    # of one column, values add up; the value itself says more than what the user chose of this column
    others = [text for text in chosen if text.partition("=")[0].strip() != per]
    shown = resolve_progress(progress)
    summaries = {}
    for value in kept:
        shown.say(f"{per} {value}: {counts[value]:,} cells")
        named = options | {"name": options.get("name") or value, "only": [*others, f"{per}={value}"]}
        summaries[folders[value]] = prepare(folders[value], **named, overwrite=overwrite, progress=shown)
    return GroupDatasets(summaries, {value: counts[value] for value in counts if value not in kept})
