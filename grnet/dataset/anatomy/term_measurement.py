"""A lab's anatomy terms → the measurement `terms`, genes × terms by stage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from pathlib import Path

import numpy as np
import pandas as pd

from grnet.dataset.anatomy.annotations import read_annotations
from grnet.dataset.anatomy.broader_terms import add_broader_terms
from grnet.dataset.anatomy.ontology import Ontology
from grnet.dataset.findings import Findings
from grnet.dataset.lab_measurements import FilePlan, LabMeasurement
from grnet.dataset.measurements.terms import NAME, STAGE, TERM, TERMS
from grnet.dataset.reading.overrides import NO_TABLE_CHOICES, TableChoices
from grnet.dataset.table_cells import listed
from grnet.schema.arrays import Float32, Indices
from grnet.schema.errors import InputError
from grnet.schema.sources import TableSource
from grnet.schema.tables import ID, SYMBOL

MOST_PLACES = 2000
"""Terms by stage that are kept, those of the most genes; comparing genes takes memory for each."""
_NUMBER = re.compile(r"\d+")


def read_terms(
    source: TableSource,
    ontology: Path | None,
    aliases: Mapping[str, str],
    findings: Findings,
    *,
    genes: Set[str],
    choices: TableChoices = NO_TABLE_CHOICES,
) -> LabMeasurement:
    """Read anatomy terms.

    Parameters
    ----------
    source : Path or GivenTable
        Genes, terms and perhaps stages.
    ontology : Path or None
        An OBO file; genes then have the broader terms of their terms, too.
    aliases : mapping of str to str
    findings : Findings
    genes : set of str
        Names of the genes of the dataset.
    choices : TableChoices

    Raises
    ------
    MissingInputError, InputError
        A file is missing or cannot be used as it is, or there is one term only.
    """
    annotations = read_annotations(source, aliases, findings, genes=genes, choices=choices)
    given, broader = annotations.table, annotations.table.iloc[:0]
    plans: tuple[FilePlan, ...] = (annotations.plan,)
    if ontology is not None:
        given, broader, plan = add_broader_terms(given, Ontology.read(ontology), findings)
        plans = (*plans, plan)
    symbols = tuple(dict.fromkeys(given[SYMBOL]))
    ids = dict(zip(reversed(given[SYMBOL].tolist()), reversed(given[ID].tolist()), strict=True))
    table = pd.concat([given, broader], ignore_index=True)
    values, places = _lay_out(table, symbols)
    kept = _choose_places(values, places, len(given.drop_duplicates([TERM, STAGE])), source, findings)
    order = kept[_order_places(places.iloc[kept])]
    values, places = np.ascontiguousarray(values[:, order]), places.iloc[order].reset_index(drop=True)
    if len(places) < 2:
        raise InputError(f"{source}: has one term, {listed(places[TERM])}; genes are compared by two or more")
    _note_single_genes(values, places, source, findings)
    return LabMeasurement(
        NAME, TERMS, source.name, symbols, tuple(ids[one] for one in symbols), values, places, "", plans
    )


def _lay_out(table: pd.DataFrame, symbols: tuple[str, ...]) -> tuple[Float32, pd.DataFrame]:
    """Return 0 and 1, float32 [R, P], and the places in the order in which they first occur."""
    places = table[[TERM, STAGE]].drop_duplicates(ignore_index=True)
    column = pd.MultiIndex.from_frame(places).get_indexer(pd.MultiIndex.from_frame(table[[TERM, STAGE]]))
    row = pd.Index(symbols).get_indexer(pd.Index(table[SYMBOL]))
    values = np.zeros((len(symbols), len(places)), dtype=np.float32)
    values[row, column] = 1
    return values, places


def _choose_places(
    values: Float32, places: pd.DataFrame, n_given: int, source: TableSource, findings: Findings
) -> Indices:
    """Return the places to keep.

    A broader term says nothing where all genes have it, and nothing new where the same genes have it as another term.
    """
    packed = np.packbits(values.astype(bool), axis=0).T
    first = np.sort(np.unique(packed, axis=0, return_index=True)[1])
    count = values.sum(axis=0)
    every = np.arange(len(places))
    kept: Indices = every[(every < n_given) | (np.isin(every, first) & (count < len(values)))]
    if len(kept) < len(every):
        findings.note(
            f"{source.name}: broader terms that all genes have, or the same genes as another term, are left out: "
            f"{len(every) - len(kept):,}"
        )
    if len(kept) > MOST_PLACES:
        findings.note(f"{source.name}: {len(kept):,} terms by stage; those of the most genes are kept: {MOST_PLACES:,}")
        kept = np.sort(kept[np.argsort(-count[kept], kind="stable")[:MOST_PLACES]])
    return kept


def _order_places(places: pd.DataFrame) -> Indices:
    """Return the order of places by stage, 2 before 13, then by term."""
    keys = [(_number_parts(stage), term) for term, stage in zip(places[TERM], places[STAGE], strict=True)]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _number_parts(stage: str) -> tuple[tuple[int, ...], str]:
    return tuple(int(part) for part in _NUMBER.findall(stage)), stage


def _note_single_genes(values: Float32, places: pd.DataFrame, source: TableSource, findings: Findings) -> None:
    single = places[TERM][(values.sum(axis=0) == 1)]
    if len(single):
        findings.note(
            f"{source.name}: terms by stage with a single gene, which carry no information on pairs: {len(single):,}, "
            f"such as {listed(single, 3)}"
        )
