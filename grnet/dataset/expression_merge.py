"""The parts of several expression tables → one row for each gene, one column for each sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grnet.dataset.expression_table import ExpressionTable, Part
from grnet.dataset.findings import Findings, Reason
from grnet.dataset.table_cells import (
    listed,
    quote,
)
from grnet.schema.arrays import Float32
from grnet.schema.errors import InputError

_SHOWN_ROWS = 100


def have_other_samples(parts: list[Part]) -> bool:
    """Tell whether each file has samples of its own, as files of one sample have."""
    every = [sample for part in parts for sample in part.samples or ()]
    return all(part.samples is not None for part in parts) and len(set(every)) == len(every)


def join_samples(parts: list[Part], aliases: Mapping[str, str], findings: Findings) -> Part:
    """Set tables of other samples side by side; a gene that one of them lacks is refused.

    Raises
    ------
    InputError
        The tables have few genes in common, or a gene twice.
    """
    places = []
    for part in parts:
        keys = [gene_id or aliases.get(name, name) for name, gene_id in zip(part.names, part.ids, strict=True)]
        if len(set(keys)) < len(keys):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            raise InputError(f"{part.path}: genes with two rows, of which neither can be chosen: {listed(twice)}")
        places.append({key: row for row, key in enumerate(keys)})
    shared = [key for key in places[0] if all(key in place for place in places[1:])]
    largest = max(len(place) for place in places)
    if len(shared) < 0.5 * largest:
        raise InputError(
            f"{parts[1].path}: has other samples than {parts[0].path}, and only {len(shared)} of {largest} genes in "
            "common; "
            "expected the same samples, or the same genes, in each expression table"
        )
    for part, place in zip(parts, places, strict=True):
        for key in set(place) - set(shared):
            findings.reject(part.path.name, 0, key, Reason.NOT_IN_ALL)
    if len(shared) < largest:
        findings.note(f"genes missing from some expression tables, left out: {largest - len(shared)}")
    findings.note(f"{len(parts)} expression tables with different samples, joined by gene")
    rows = [[place[key] for key in shared] for place in places]
    first = parts[0]
    return replace(
        first,
        names=[first.names[row] for row in rows[0]],
        ids=[first.ids[row] for row in rows[0]],
        lines=[first.lines[row] for row in rows[0]],
        samples=tuple(sample for part in parts for sample in part.samples or ()),
        values=np.concatenate([part.values[own] for part, own in zip(parts, rows, strict=True)], axis=1),
    )


def align_samples(parts: list[Part], findings: Findings) -> tuple[tuple[str, ...], list[Float32]]:
    """Return the samples and the values of each part in their order; by name where the tables have names."""
    named = [part for part in parts if part.samples is not None]
    width = parts[0].values.shape[1]
    for part in parts:
        if part.values.shape[1] != width:
            raise InputError(
                f"{part.path}: {part.values.shape[1]} samples, but {parts[0].path} has {width}; "
                "expected the same samples in each expression table"
            )
    if not named:
        return tuple(f"sample_{number}" for number in range(1, width + 1)), [part.values for part in parts]
    samples = named[0].samples or ()
    if len(named) < len(parts):
        bare = [part.path.name for part in parts if part.samples is None]
        findings.note(f"no header in {listed(bare)}: its columns are taken in the order of {named[0].path.name}")
    aligned = []
    for part in parts:
        order = range(width)
        if part.samples is not None and part.samples != samples:
            strange = sorted(set(part.samples) - set(samples))
            if strange:
                raise InputError(
                    f"{part.path}: samples that {named[0].path} lacks: {listed(strange)}; "
                    "expected the same samples in each expression table"
                )
            position = {name: index for index, name in enumerate(part.samples)}
            order = [position[name] for name in samples]  # type: ignore[assignment]
        same = list(order) == list(range(part.values.shape[1]))
        aligned.append(part.values if same else part.values[:, list(order)])
    return samples, aligned


def merge_rows(
    parts: list[Part],
    aligned: list[Float32],
    samples: tuple[str, ...],
    aliases: Mapping[str, str],
    findings: Findings,
) -> ExpressionTable:
    """Merge equal rows of a gene; rows that differ are told apart by their ids, else raise."""
    rows = _Rows()
    for part, values in zip(parts, aligned, strict=True):
        for name, gene_id, line, row in zip(part.names, part.ids, part.lines, values, strict=True):
            rows.add(aliases.get(name, name), gene_id, line, row)
    rows.check()
    if rows.merged:
        findings.note(f"rows of one gene with equal values, merged: {len(rows.merged)} genes ({listed(rows.merged)})")
    if rows.other_ids:
        findings.note(f"genes with two ids, of which the first is kept: {listed(rows.other_ids)}")
    renamed = rows.settle_twins()
    if renamed:
        findings.note(
            f"symbols with several ids and different values: {len(renamed)} ({listed(renamed)}). The row with "
            "the highest mean keeps the symbol; the others are named by their id"
        )
    values = (
        aligned[0]
        if rows.are_in_order(len(aligned[0])) and len(parts) == 1
        else np.array(rows.values, dtype=np.float32)
    )
    return ExpressionTable(tuple(rows.symbols), tuple(rows.ids), samples, values.reshape(-1, len(samples)))


class _Rows:
    """The rows of all tables, one for each gene."""

    def __init__(self) -> None:
        self.symbols: list[str] = []
        self.ids: list[str] = []
        self.lines: list[str] = []
        self.values: list[Float32] = []
        self.merged: dict[str, None] = {}
        self.other_ids: dict[str, None] = {}
        self._unequal: dict[str, str] = {}
        self._of_symbol: dict[str, list[int]] = {}

    def add(self, symbol: str, gene_id: str, line: str, values: Float32) -> None:
        """Take a row: a new gene, one that is there with equal values, or another gene of the same symbol."""
        twins = self._of_symbol.setdefault(symbol, [])
        equal = next((index for index in twins if np.array_equal(self.values[index], values)), None)
        if equal is not None:
            if gene_id and self.ids[equal] and gene_id != self.ids[equal]:
                self.other_ids[symbol] = None
            self.ids[equal] = self.ids[equal] or gene_id
            self.merged[symbol] = None
            return
        if twins and (not gene_id or any(self.ids[index] in ("", gene_id) for index in twins)):
            self._unequal.setdefault(symbol, f"{quote(symbol)} ({self.lines[twins[0]]} and {line})")
        twins.append(len(self.symbols))
        self.symbols.append(symbol)
        self.ids.append(gene_id)
        self.lines.append(line)
        self.values.append(values)

    def check(self) -> None:
        """Raise where rows of a gene differ and no id tells them apart."""
        if self._unequal:
            more = f" and {len(self._unequal) - 3} more" if len(self._unequal) > 3 else ""
            raise InputError(
                f"rows of one gene with different values: {', '.join(list(self._unequal.values())[:3])}{more}; "
                "expected one row for each gene: keep one of them, or their mean"
            )

    def settle_twins(self) -> list[str]:
        """Call genes that share a symbol by their ids, but for the one of the highest mean; return these symbols."""
        shared = [symbol for symbol, twins in self._of_symbol.items() if len(twins) > 1]
        for symbol in shared:
            best = max(self._of_symbol[symbol], key=lambda index: (float(self.values[index].mean()), -index))
            for index in self._of_symbol[symbol]:
                if index != best:
                    self.symbols[index] = self.ids[index]
        if len(set(self.symbols)) < len(self.symbols):
            twice = sorted({name for name in self.symbols if self.symbols.count(name) > 1})
            raise InputError(
                f"names that are the symbol of one gene and the id of another: {listed(twice)}; rename one"
            )
        return shared

    def are_in_order(self, count: int) -> bool:
        """Tell whether the rows are those of one table, one for one."""
        return len(self.values) == count
