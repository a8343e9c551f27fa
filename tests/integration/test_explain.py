"""`grnet explain` on whole runs: the figures of the network, files that can be looked at, and errors that help."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import grnet
from grnet.architectures.late.config import LateConfig
from grnet.cli import main
from grnet.cli.explain_commands import describe_pair
from grnet.network.edge_places import find_places
from grnet.probability.prior import Prior
from grnet.schema.evidence import SHAPLEY
from grnet.schema.training_config import TrainConfig
from grnet.scores.reader import read_shards
from grnet.storage.documents import read_json
from grnet.workflow.explain import as_file_name


@pytest.fixture(scope="module")
def scores(fused_network) -> pd.DataFrame:
    return pd.concat(grnet.load_network(fused_network).scores(), ignore_index=True)


@pytest.fixture(scope="module")
def chosen(scores) -> pd.DataFrame:
    """The best pair without a label, the best with one, and the middle one."""
    best = scores.sort_values("probability", ascending=False)
    known = best["label"].notna()
    return pd.concat([best[~known].head(1), best[known].head(1), best.iloc[[len(best) // 2]]], ignore_index=True)


def ask(*arguments: object) -> int:
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


@pytest.mark.parametrize("from_network", [False, True])
def test_figures_are_those_of_the_network(fused_run, fused_network, chosen, tmp_path, from_network):
    network = fused_network if from_network else None
    places = find_places(lambda: read_shards(fused_network), chosen)
    edges = grnet.load_network(fused_network).edges
    for row, known in chosen.iterrows():
        result = grnet.explain(fused_run, known["tf"], known["target"], tmp_path / f"pair-{row}", network=network)
        pair = result.pair
        for column in ("score", "probability", "spread", "correlation"):
            assert getattr(pair, column) == pytest.approx(known[column], abs=2e-6), column
        assert pair.label == (None if pd.isna(known["label"]) else known["label"])
        assert pair.contributions.score == pytest.approx(known["score"], abs=1e-4)
        assert pair.places == places[row]
        assert result.prior.to_json() == read_json(fused_network / "scores" / "calibration.json")["prior"]
        kept = edges[(edges["tf"] == known["tf"]) & (edges["target"] == known["target"])]
        assert result.rank == (int(kept["rank"].iloc[0]) if from_network and len(kept) else None)


def test_a_given_prior_is_that_of_a_network_with_it(fused_run, chosen, tmp_path):
    network = grnet.infer_network(fused_run, tmp_path / "network", prior=0.2, top=10).network
    known = pd.concat(network.scores(), ignore_index=True).merge(chosen[["tf", "target"]])
    for row, pair in known.iterrows():
        found = grnet.explain(fused_run, pair["tf"], pair["target"], tmp_path / f"pair-{row}", prior=0.2).pair
        assert found.probability == pytest.approx(pair["probability"], abs=2e-6)


def test_picture_and_page_are_written_and_the_key_numbers_printed(fused_run, fused_network, chosen, tmp_path, capsys):
    tf, target = chosen.loc[0, ["tf", "target"]]
    assert ask("explain", fused_run, tf, target, "-o", tmp_path / "new" / "pair", "--network", fused_network) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    lines = printed.out.splitlines()
    assert lines[0] == f"{tf} → {target}  (late interaction, RNA and images, 3 folds)"
    assert lines[1].startswith(
        f"probability  {chosen.loc[0, 'probability']:.3f} ± {chosen.loc[0, 'spread']:.3f} (folds: "
    )
    total, parts = lines[2].removeprefix("score").split("=")
    numbers = [float(number) for number in re.findall(r"\d+\.\d\d", parts)]
    signs = [-1 if f"- {name}" in parts else 1 for name in ("baseline", "RNA", "images", "known network")]
    assert len(numbers) == 4, lines[2]
    assert float(total) == pytest.approx(chosen.loc[0, "score"], abs=0.005001)
    assert np.dot(numbers, signs) == pytest.approx(chosen.loc[0, "score"], abs=0.025)
    assert any(line.startswith("place        ") and f"candidate regulators of {target}" in line for line in lines)
    assert sum(line.startswith("written ") for line in lines) == 2
    with Image.open(tmp_path / "new" / "pair.png") as picture:
        assert picture.size[0] == 1600
    page = (tmp_path / "new" / "pair.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r"<script[^>]*application/json[^>]*>(.*?)</script>", page, re.S).group(1))
    assert (data["nodes"]["symbol"], len(data["edges"]["tf"])) == (
        sorted([tf, target], key=data["nodes"]["symbol"].index),
        1,
    )
    assert data["evidence"]["edges"]["method"] == ["exact"]


def test_where_the_data_cannot_tell_the_probability_is_called_a_ranking(fused_run, fused_network, chosen, tmp_path):
    tf, target = chosen.loc[0, ["tf", "target"]]
    result = grnet.explain(fused_run, tf, target, tmp_path / "pair", network=fused_network)
    settled, wide = (Prior(0.02, low, 0.03, "estimated", 77, 700) for low in (0.01, 0.0001))
    assert not any(line.startswith("a ranking") for line in describe_pair(replace(result, prior=settled)))
    assert list(describe_pair(replace(result, prior=wide)))[2] == (
        "a ranking    the scores cannot tell how many of the candidates are edges (95 % interval 0.01 % to 3 %), so "
        "use the probability for ranking only"
    )


def test_without_a_name_the_files_are_made_of_the_symbols(fused_run, fused_network, chosen, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tf, target = chosen.loc[0, ["tf", "target"]]
    result = grnet.explain(fused_run, tf, target, network=fused_network)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{tf}-{target}.html", f"{tf}-{target}.png"]
    assert result.files == (Path(f"{tf}-{target}.png"), Path(f"{tf}-{target}.html"))


def test_files_go_into_a_folder_that_is_there_or_named_with_a_slash(fused_run, fused_network, chosen, tmp_path):
    (tmp_path / "there").mkdir()
    tf, target = chosen.loc[0, ["tf", "target"]]
    for name in ("there", "new/deep/"):
        assert ask("explain", fused_run, tf, target, "-o", f"{tmp_path}/{name}", "--network", fused_network) == 0
        folder = tmp_path / name
        assert sorted(file.name for file in folder.iterdir()) == [f"{tf}-{target}.html", f"{tf}-{target}.png"]


def test_symbols_become_no_paths():
    assert as_file_name("../../etc/passwd") == "_.._etc_passwd"
    assert as_file_name("E(spl)m8-HLH") == "E_spl_m8-HLH"
    assert as_file_name("..") == "gene"
    assert as_file_name("a/b\\c:d\n\x00e") == "a_b_c_d__e"
    assert len(as_file_name("遺" * 300).encode()) <= 60


@pytest.fixture
def pair(chosen) -> tuple[str, str]:
    return chosen.loc[0, "tf"], chosen.loc[0, "target"]


def test_wrong_genes_are_told_with_what_was_meant(fused_run, pair, embryo_dataset, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tf, target = pair
    genes = grnet.load_dataset(embryo_dataset).genes
    no_tf = genes.symbols[int(np.flatnonzero(~genes.is_tf)[0])]
    cases = [
        ((tf[:-1] + "x" if tf[-1] != "x" else tf[:-1] + "y", target), f"did you mean '{tf}'"),
        ((tf.upper(), target), f"did you mean '{tf}'"),
        ((tf, "zzzzzzzzzzzz"), "`grnet inspect` lists what is there"),
        ((tf, tf), "a gene with itself is no candidate"),
        ((no_tf, tf), f"did you mean {tf} → {no_tf}?"),
    ]
    for names, words in cases:
        assert ask("explain", fused_run, *names) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1, error
        assert words in error
    assert not list(tmp_path.iterdir())


def test_files_that_are_there_are_left_or_replaced(fused_run, fused_network, pair, tmp_path, capsys):
    (tmp_path / "pair.html").write_text("mine")
    where = ("explain", fused_run, *pair, "-o", tmp_path / "pair.png", "--network", fused_network)
    assert ask(*where) == 2
    assert "pair.html: already exists and is left as it is" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pair.html"]
    assert ask(*where, "--overwrite") == 0
    assert (tmp_path / "pair.html").read_text(encoding="utf-8") != "mine"


def test_a_page_that_cannot_be_written_leaves_no_picture(fused_run, fused_network, pair, tmp_path, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("grnet.workflow.explain.write_evidence_page", fail)
    with pytest.raises(OSError, match="no space left"):
        grnet.explain(fused_run, *pair, tmp_path / "pair", network=fused_network)
    assert not list(tmp_path.iterdir())


def test_a_network_of_another_run_and_a_prior_beside_one_are_refused(fused_run, fused_network, pair, tmp_path, capsys):
    other = tmp_path / "network"
    shutil.copytree(fused_network, other, ignore=shutil.ignore_patterns("checksums.json"))
    manifest = read_json(other / "scores" / "manifest.json")
    manifest["plan"]["run"]["run.toml"] = "0" * 64
    (other / "scores" / "manifest.json").write_text(json.dumps(manifest))
    assert ask("explain", fused_run, *pair, "-o", tmp_path / "pair", "--network", other) == 2
    assert "is not the run that" in capsys.readouterr().err
    assert ask("explain", fused_run, *pair, "-o", tmp_path / "pair", "--network", fused_network, "--prior", 0.1) == 2
    assert "leave one of the two out" in capsys.readouterr().err
    assert not (tmp_path / "pair.png").exists()


def test_networks_of_the_paper_are_explained_from_the_scores_of_a_network(sdinet_run, tmp_path):
    network = grnet.infer_network(sdinet_run, tmp_path / "network", top=20).network
    scores = pd.concat(network.scores(), ignore_index=True)
    known = scores.iloc[[int(scores["probability"].argmax())]].reset_index(drop=True)
    result = grnet.explain(sdinet_run, *known.loc[0, ["tf", "target"]], tmp_path / "pair", network=network.path)
    assert result.pair.contributions.method == SHAPLEY
    assert result.pair.contributions.score == pytest.approx(known.loc[0, "score"], abs=1e-4)
    assert result.pair.places == find_places(lambda: read_shards(network.path), known)[0]
    assert result.rank == 1
    again = grnet.explain(sdinet_run, *known.loc[0, ["tf", "target"]], tmp_path / "again")
    assert again.pair.probability == pytest.approx(result.pair.probability, abs=1e-5)
    assert again.pair.places.of_target.among == result.pair.places.of_target.among


def test_a_pair_that_shares_nothing_is_refused(sdinet_run, tmp_path, capsys):
    assert ask("explain", sdinet_run, "t0", "g10", "-o", tmp_path / "pair") == 2
    assert "t0 → g10: the models need a measurement that both genes have, and there is none" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


HOSTILE = {"t0": "<img src=x onerror=alert(1)>$\\frac{1}{0}$\n../../遺伝子" + "x" * 300, "g5": "g-5\"'&;</script>"}


@pytest.fixture(scope="module")
def hostile_run(gappy_dataset, tmp_path_factory) -> Path:
    """A run on the gappy lab, two of whose genes have names that look like markup, formulas and paths."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(gappy_dataset, folder / "dataset", ignore=shutil.ignore_patterns("checksums.json"))
    for file in (folder / "dataset").rglob("*.parquet"):
        table = pq.read_table(file)
        for column in {"symbol", "tf", "target"} & set(table.column_names):
            renamed = pa.array([HOSTILE.get(value, value) for value in table[column].to_pylist()], pa.string())
            table = table.set_column(table.column_names.index(column), column, renamed)
        pq.write_table(table, file)
    config = TrainConfig(model=LateConfig("fused", hidden=8, bins=4, channels=(3,)), folds=2, epochs=1, device="cpu")
    grnet.train(folder / "dataset", folder / "run", folds=2, config=config)
    return folder / "run"


def test_hostile_names_are_text_and_never_paths(hostile_run, tmp_path, monkeypatch, capsys):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert ask("--quiet", "explain", hostile_run, HOSTILE["t0"], HOSTILE["g5"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "<img src=x onerror=alert(1)>$\\frac{1}{0}$ ../../遺伝子" in printed.out
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    names = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert names == [f"{as_file_name(HOSTILE['t0'])}-g-5______script_{ending}" for ending in (".html", ".png")]
    page = Path(names[0]).read_text(encoding="utf-8")
    assert "<img src=x" not in page
    assert page.count("</script>") == page.count("<script")
    data = json.loads(re.search(r"<script[^>]*application/json[^>]*>(.*?)</script>", page, re.S).group(1))
    assert set(data["nodes"]["symbol"]) == set(HOSTILE.values())
