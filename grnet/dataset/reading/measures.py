"""Several measures of each sample in one table, such as counts, TPM and lengths: which of them is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grnet.dataset.reading.plan import ColumnPlan, Role
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import header_word, word_set
from grnet.schema.errors import InputError

VALUES = word_set(
    "counts count reads readcount readcounts rawcounts expectedcount estcounts numreads abundance tpm fpkm rpkm "
    "cpm umi avgsignal signal intensity"
)
"""Measures of expression."""
BESIDE = word_set(
    "length effectivelength efflength conflo confhi status detectionpval detection detectionpvalue pval pvalue call "
    "beadstderr avgnbeads narrays coverage cov stderr sd"
)
"""What tools write beside a measure of expression."""
_BEFORE = re.compile(r"(?P<measure>[A-Za-z]+(?:[ _][A-Za-z]+)?)[._ :-](?P<stem>.+)")
_BEHIND = re.compile(r"(?P<stem>.+?)[._ :-]+(?P<measure>[A-Za-z]+(?:[ _][A-Za-z]+)?)")


def set_measures_aside(table: RawTable, plans: list[ColumnPlan], *, chosen: bool) -> list[ColumnPlan]:
    """Keep one measure where a table holds several of each sample.

    Parameters
    ----------
    table : RawTable
    plans : list of ColumnPlan
        Of its columns.
    chosen : bool
        The user has said which columns are samples.

    Raises
    ------
    InputError
        Several are measures of expression; the text names the options that choose.
    """
    samples = [plan for plan in plans if plan.role is Role.SAMPLES]
    for form in (_BEFORE, _BEHIND):
        measures = _group(samples, form)
        values = [name for name in measures if header_word(name) in VALUES]
        if chosen or len(measures) < 2 or not values:
            continue
        if len(values) > 1:
            options = [f"--columns 'samples={_pattern(measures[name][0].name, name)}'" for name in values[:3]]
            raise InputError(
                f"{table.path}: holds several measures of each sample ({', '.join(values)}); choose one: "
                f"{' or '.join(options)}"
            )
        aside = {plan.index for name, each in measures.items() if name not in values for plan in each}
        why = "not expression"
        return [replace(plan, role=Role.SET_ASIDE, reason=why) if plan.index in aside else plan for plan in plans]
    return plans


def _group(samples: Sequence[ColumnPlan], form: re.Pattern[str]) -> dict[str, list[ColumnPlan]]:
    """Return measure → its columns, of the measures that each of the same samples has."""
    found: dict[str, dict[str, ColumnPlan]] = {}
    for plan in samples:
        for hit in (form.fullmatch(plan.name),):
            if hit and header_word(hit["measure"]) in VALUES | BESIDE:
                found.setdefault(hit["measure"], {})[hit["stem"]] = plan
    largest = max(found.values(), key=len, default={})
    return {name: list(each.values()) for name, each in found.items() if set(each) == set(largest)}


def _pattern(name: str, measure: str) -> str:
    return f"{measure}{name[len(measure)]}*" if name.startswith(measure) else f"*{name[-len(measure) - 1]}{measure}"
