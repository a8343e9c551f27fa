"""What is in a dataset and what joined with what, as numbers and as lines to read."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass

import numpy as np

from grnet.dataset.directory import Dataset
from grnet.dataset.findings import REASON_MARK
from grnet.schema.notebook import render_block, render_lines, render_table
from grnet.schema.tables import LABEL, REASON, TARGET, TF, VIEW


@dataclass(frozen=True)
class DatasetSummary:
    """Counts of a dataset.

    Attributes
    ----------
    name : str
    n_genes, n_tfs, n_samples : int
    n_without_expression : int
        Genes that have images only.
    n_images, n_genes_with_images, n_tfs_with_images : int
    image_size : (height, width)
    images_by_view : dict of str to int
    n_known, n_positive, n_negative : int
        Usable known edges.
    n_known_with_images : int
        Those of which both genes have images.
    n_rejected_by_reason : dict of str to int
    alias_suggestions : tuple of (name, symbol)
        Names that joined nothing but almost match a gene.
    notes : tuple of str
    reading : tuple of str
        How each table was read, in a line.
    places : tuple of (str, int, int)
        Of each measurement but images: what its places are ("samples", "cells"), how many, and of how many genes.
    """

    name: str
    n_genes: int
    n_tfs: int
    n_samples: int
    n_without_expression: int
    n_images: int
    n_genes_with_images: int
    n_tfs_with_images: int
    image_size: tuple[int, int]
    images_by_view: dict[str, int]
    n_known: int
    n_positive: int
    n_negative: int
    n_known_with_images: int
    n_rejected_by_reason: dict[str, int]
    alias_suggestions: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    reading: tuple[str, ...] = ()
    places: tuple[tuple[str, int, int], ...] = ()

    def rows(self) -> list[tuple[str, str]]:
        """Return (what, how many) in the order of reading."""
        rows = [("genes", f"{self.n_genes:,}, of which {self.n_tfs:,} TFs")]
        several = len(self.places) > 1
        for what, count, measured in self.places:
            rows.append((what, f"{count:,}, of {measured:,} genes" if several else f"{count:,}"))
        if self.n_without_expression:
            rows.append(("genes without expression", f"{self.n_without_expression:,}"))
        height, width = self.image_size
        size = f" ({height} × {width} pixels, height × width)" if self.n_images else ""
        rows.append(("images", f"{self.n_images:,} of {self.n_genes_with_images:,} genes{size}"))
        rows += [(f"images, view {view}", f"{count:,}") for view, count in self.images_by_view.items()]
        if self.n_images:
            rows.append(("TFs with images", f"{self.n_tfs_with_images:,}"))
        signs = f" ({self.n_positive:,} positive, {self.n_negative:,} negative)" if self.n_known else ""
        rows.append(("labelled pairs", f"{self.n_known:,}{signs}"))
        if self.n_images and self.n_known:
            rows.append(("labelled pairs with images of both genes", f"{self.n_known_with_images:,}"))
        rows += [(f"refused: {reason}", f"{count:,}") for reason, count in self.n_rejected_by_reason.items()]
        return rows

    def lines(self) -> list[str]:
        """Return the rows, the notes and the suggested aliases as lines of text."""
        rows = self.rows()
        width = max(len(what) for what, _ in rows)
        lines = [f"{what.ljust(width)}  {value}" for what, value in rows]
        lines += self.reading
        lines += [f"note: {note}" for note in self.notes]
        lines += [f"did you mean: --alias {shlex.quote(f'{name}={symbol}')}" for name, symbol in self.alias_suggestions]
        return lines

    def _repr_html_(self) -> str:
        suggested = [f"did you mean: aliases={{{name!r}: {symbol!r}}}" for name, symbol in self.alias_suggestions]
        said = [*self.reading, *(f"note: {note}" for note in self.notes), *suggested]
        return render_block(f"Dataset {self.name}", render_table((), self.rows()), render_lines(said))


def summarise(dataset: Dataset) -> DatasetSummary:
    """Count what is in a dataset; notes and suggestions are those that `prepare` wrote down."""
    genes, known = dataset.genes, dataset.labelled_pairs
    pictured = genes.n_images > 0
    ends = [pictured[genes.indices_of(known[end])] for end in (TF, TARGET)]
    by_view = Counter(dataset.image_table[VIEW])
    reasons = Counter(str(reason).split(REASON_MARK)[0] for reason in dataset.rejected[REASON])
    suggestions = dataset.settings.get("alias_suggestions", [])
    return DatasetSummary(
        name=dataset.name,
        n_genes=len(genes),
        n_tfs=int(genes.is_tf.sum()),
        n_samples=len(dataset.samples),
        n_without_expression=int((~dataset.has_expression).sum()),
        n_images=len(dataset.image_table),
        n_genes_with_images=int(pictured.sum()),
        n_tfs_with_images=int((pictured & genes.is_tf).sum()),
        image_size=dataset.image_size,
        images_by_view={view: by_view[view] for view in dataset.views},
        n_known=len(known),
        n_positive=int((known[LABEL] == 1).sum()),
        n_negative=int((known[LABEL] == 0).sum()),
        n_known_with_images=int(np.sum(ends[0] & ends[1])),
        n_rejected_by_reason=dict(reasons),
        alias_suggestions=tuple((str(name), str(symbol)) for name, symbol in suggestions),
        notes=tuple(str(note) for note in dataset.settings.get("notes", [])),
        reading=tuple(str(plan.get("description", "")) for plan in dataset.settings.get("reading", [])),
        places=tuple(
            (f"{entry.kind.place}s", len(entry.places), len(entry.gene))
            for entry in dataset.measurements
            if entry.name not in dataset.views
        ),
    )
