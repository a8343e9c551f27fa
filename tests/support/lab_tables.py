"""Random tables of genes × samples as 14 tools write them, with annotation columns of many kinds in any place."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st

STEMS = (
    "Sox",
    "Pou",
    "Hox",
    "Kr",
    "eve",
    "ftz",
    "Act",
    "tin",
    "MARCH",
    "Dl",
    "CG",
    "Nkx2-",
    "E(spl)m",
    "H2A",
    "l(2)gl",
)
ANNOTATIONS = {
    "Entrez_Gene_Id": lambda rng, n: rng.permutation(10**6)[:n] + 1000,
    "Length": lambda rng, n: rng.integers(200, 20000, n),
    "start": lambda rng, n: rng.integers(1000, 10**8, n),
    "chr": lambda rng, n: [f"chr{number}" for number in rng.integers(1, 20, n)],
    "gene_biotype": lambda rng, n: rng.choice(["protein_coding", "lncRNA"], n),
    "description": lambda rng, n: [f"a protein, of kind {number} [Source:X]" for number in rng.integers(0, 9, n)],
    "gene_id": lambda rng, n: [f"ENSG{number:011d}" for number in rng.permutation(10**5)[:n]],
    "strand": lambda rng, n: rng.choice(["+", "-"], n),
    "baseMean": lambda rng, n: np.round(rng.random(n) * 900, 3),
    "padj": lambda rng, n: np.round(rng.random(n), 6),
    "log2FoldChange": lambda rng, n: np.round(rng.normal(size=n), 4),
    "mystery number": lambda rng, n: rng.permutation(10**7)[:n] + 10**5,
}


@dataclass(frozen=True)
class LabTable:
    """Expression, and what stands beside it.

    Attributes
    ----------
    values : DataFrame [G, S]
        Genes by name, samples by name.
    notes : dict of str to list
        Annotation columns.
    place : int
        0: the annotation stands before the genes' names, 1: behind them, 2: behind the samples.
    """

    values: pd.DataFrame
    notes: dict[str, list[object]]
    place: int

    def frame(self, name: str = "gene") -> pd.DataFrame:
        """Return all columns side by side."""
        notes = pd.DataFrame(self.notes, index=self.values.index)
        names = pd.DataFrame({name: list(self.values.index)}, index=self.values.index)
        order = ([notes, names, self.values], [names, notes, self.values], [names, self.values, notes])[self.place]
        return pd.concat(order, axis=1)


@st.composite
def lab_tables(draw: st.DrawFn) -> LabTable:
    """Return tables of 10 to 30 genes and 3 to 9 samples."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_genes, n_samples = draw(st.integers(10, 30)), draw(st.integers(3, 9))
    pool = [f"{stem}{number}" for stem in STEMS for number in range(1, 9)]
    genes = [pool[place] for place in rng.permutation(len(pool))[:n_genes]]
    samples = draw(st.sampled_from(["S", "series", "numbers", "words"]))
    names = {
        "S": [f"S{number}" for number in range(1, n_samples + 1)],
        "series": [f"GSM{4000 + number}" for number in range(n_samples)],
        "numbers": [str(number) for number in range(n_samples)],
        "words": ["control", "heat", "cold", "wt-1", "ko 2", "α", "T", "day.3", "F"][:n_samples],
    }[samples]
    level = rng.normal(6, 2.5, size=(n_genes, 1)) + rng.normal(0, 1, size=(n_genes, n_samples))
    kind = draw(st.sampled_from(["log", "counts", "linear", "signed"]))
    values = {
        "log": lambda: np.round(np.maximum(level, 0), 3),
        "counts": lambda: rng.poisson(2.0 ** np.clip(level, 0, 12)).astype(float),
        "linear": lambda: np.round(2.0 ** np.clip(level, 0, 12), 4),
        "signed": lambda: np.round(level - 6, 4),
    }[kind]()
    chosen = draw(st.lists(st.sampled_from(sorted(ANNOTATIONS)), unique=True, max_size=4))
    notes = {name: list(ANNOTATIONS[name](rng, n_genes)) for name in chosen}
    return LabTable(pd.DataFrame(values, index=genes, columns=names), notes, draw(st.integers(0, 2)))


def _csv(table, path, **options):
    table.frame().to_csv(path.with_suffix(".csv"), index=False, **options)
    return path.with_suffix(".csv")


def _saved_index(table, path):
    table.frame().reset_index(drop=True).to_csv(path.with_suffix(".csv"))
    return path.with_suffix(".csv")


def _filtered_index(table, path):
    frame = table.frame().reset_index(drop=True)
    frame.index = np.cumsum(np.random.default_rng(len(frame)).integers(1, 90, len(frame)))
    frame.to_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def _r_csv(table, path):
    frame = table.frame("")
    text = frame.to_csv(index=False, quoting=2)
    path.with_suffix(".csv").write_text(text)
    return path.with_suffix(".csv")


def _r_table(table, path):
    lines = [" ".join(f'"{name}"' for name in table.values.columns)]
    for gene, row in zip(table.values.index, table.values.to_numpy(), strict=True):
        lines.append(" ".join([f'"{gene}"', *map(repr, map(float, row))]))
    path.with_suffix(".txt").write_text("\n".join(lines) + "\n")
    return path.with_suffix(".txt")


def _r_tabs(table, path):
    frame = table.values
    lines = ["\t".join(frame.columns)]
    lines += [
        "\t".join([gene, *map(repr, map(float, row))]) for gene, row in zip(frame.index, frame.to_numpy(), strict=True)
    ]
    path.with_suffix(".tsv").write_text("\n".join(lines) + "\n")
    return path.with_suffix(".tsv")


def _excel(table, path):
    table.frame().to_excel(path.with_suffix(".xlsx"), index=False)
    return path.with_suffix(".xlsx")


def _parquet(table, path):
    table.values.rename_axis("gene").to_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def _feature_counts(table, path):
    rng = np.random.default_rng(table.values.shape)
    n = len(table.values)
    start = rng.integers(1000, 10**8, n)
    frame = pd.DataFrame(
        {
            "Geneid": table.values.index,
            "Chr": "chr1",
            "Start": start,
            "End": start + 500,
            "Strand": "+",
            "Length": rng.integers(200, 9000, n),
        },
    )
    body = table.values.reset_index(drop=True)
    text = '# Program:featureCounts v2.0.3; Command:"featureCounts"\n' + pd.concat([frame, body], axis=1).to_csv(
        sep="\t", index=False
    )
    path.with_suffix(".txt").write_text(text)
    return path.with_suffix(".txt")


def _gct(table, path):
    frame = table.values.reset_index(names="Name")
    frame.insert(1, "Description", "na")
    text = f"#1.2\n{len(frame)}\t{table.values.shape[1]}\n" + frame.to_csv(sep="\t", index=False)
    path.with_suffix(".gct").write_text(text)
    return path.with_suffix(".gct")


def _decimal_commas(table, path):
    return _csv(table, path, sep=";", decimal=",")


def _gzip_with_comments(table, path):
    text = "# made by a tool\n# version 2\n" + table.frame().to_csv(sep="\t", index=False)
    path.with_suffix(".txt").write_bytes(gzip.compress(text.encode()))
    return path.with_suffix(".txt")


def _series_matrix(table, path):
    body = table.values.reset_index(names="ID_REF").to_csv(sep="\t", index=False, quoting=2)
    text = '!Series_title\t"A title, with a comma"\n!Sample_title\t' + "\t".join(table.values.columns) + "\n\n"
    path.with_suffix(".txt").write_text(f"{text}!series_matrix_table_begin\n{body}!series_matrix_table_end\n")
    return path.with_suffix(".txt")


def _unicode_text(table, path):
    path.with_suffix(".txt").write_bytes(table.frame().to_csv(sep="\t", index=False).encode("utf-16-le"))
    return path.with_suffix(".txt")


def _transposed(table, path):
    frame = table.values.T
    frame.insert(0, "n_counts", table.values.sum().to_numpy())
    frame.insert(0, "cell_type", ["a", "b"] * (len(frame) // 2) + ["a"] * (len(frame) % 2))
    frame.to_csv(path.with_suffix(".csv"))
    return path.with_suffix(".csv")


WRITERS = {
    "pandas": _csv,
    "pandas, saved index": _saved_index,
    "Parquet, filtered index": _filtered_index,
    "R write.csv": _r_csv,
    "R write.table": _r_table,
    "R write.table, tabs": _r_tabs,
    "Excel": _excel,
    "Parquet": _parquet,
    "featureCounts": _feature_counts,
    "GCT": _gct,
    "decimal commas": _decimal_commas,
    "gzip, comments": _gzip_with_comments,
    "GEO series matrix": _series_matrix,
    "UTF-16 without mark": _unicode_text,
    "cells × genes": _transposed,
}
