"""A long text, read by columns, is the same table as the text read whole."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest

from grnet.dataset import expression_parts
from grnet.dataset.expression import read_expression
from grnet.dataset.findings import Findings
from grnet.dataset.reading.tables import read_table
from grnet.schema.errors import InputError

N_GENES = 600


def made() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    level = rng.normal(6, 2, (N_GENES, 1)) + rng.normal(0, 0.5, (N_GENES, 6))
    names = pd.Index([f"G{number}" for number in range(N_GENES)], name="gene")
    return pd.DataFrame(np.round(np.maximum(level, 0), 3), index=names, columns=list("abcdef"))


def changed(line: int, new: str) -> str:
    lines = made().to_csv().splitlines()
    return "\n".join(
        [*lines[:line], new.format(line=lines[line], rest=lines[line].split(",", 1)[1]), *lines[line + 1 :]]
    )


TEXTS = {
    "plain": made().to_csv(),
    "late quotes": changed(500, '"G499",{rest}'),
    "late quoted comma": changed(500, '"G4,99",{rest}'),
    "late lone quote": changed(500, '"G499,{rest}'),
    "late comment": changed(500, "# a remark\n{line}"),
    "name that begins with #": changed(500, "#5,{rest}"),
    "blank lines": changed(500, "\n  \n{line}") + "\n\n\n",
    "short row": changed(500, "G499,1,2"),
    "missing": changed(500, "G499,1,2,3,4,5,N/a"),
    "text": changed(500, "G499,1,2,3,4,5,low"),
    "infinite": changed(500, "G499,1,2,3,4,5,Inf"),
    "CR LF": made().to_csv().replace("\n", "\r\n"),
    "mark": "\ufeff" + made().to_csv(),
    "short header": made().to_csv(sep="\t").replace("gene\t", "", 1),
    "decimal commas": made().to_csv(sep=";", decimal=","),
    "remark below": made().to_csv() + "* a remark\n",
    "Windows-1252": changed(500, "Gé,{rest}").encode("cp1252"),
    "no name": changed(500, ",{rest}"),
}


def outcome(path, long_text, monkeypatch):
    monkeypatch.setattr(
        expression_parts,
        "read_table",
        lambda path, choices, **given: read_table(path, choices, long_text=long_text, **given),
    )
    findings = Findings()
    try:
        table = read_expression((path,), {}, known_names={"G1", "G2"}, findings=findings)
    except InputError as error:
        return str(error)
    said = (findings.notes, findings.rejected, table.plans[0].describe())
    return table.symbols, table.samples, table.values.tobytes(), said


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("name", TEXTS)
def test_long_texts_are_read_as_whole_ones(tmp_path, monkeypatch, name, compress):
    data = TEXTS[name] if isinstance(TEXTS[name], bytes) else TEXTS[name].encode()
    path = tmp_path / "t.txt"
    path.write_bytes(gzip.compress(data) if compress else data)
    assert outcome(path, 1, monkeypatch) == outcome(path, 1 << 60, monkeypatch)
