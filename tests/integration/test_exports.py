"""`grnet export` and `grnet compare` from a network folder to files, and these files in the tools that they are for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from made_networks import in_shards

import grnet
from grnet.cli import main
from grnet.exporters import edge_lists, sif
from grnet.exporters.anndata_file import add_to_anndata
from grnet.exporters.registry import find_exporter
from grnet.network.graph import build_nodes
from grnet.network.network import Network
from grnet.network.selection import select_edges
from grnet.network.summary import summarise
from grnet.schema.configs import InferConfig
from grnet.schema.errors import ConfigError, GrnetError, InputError, MissingInputError, OutputExistsError
from grnet.schema.network_formats import EXPORT_FORMATS, NETWORK_FORMATS
from grnet.workflow.network_files import write_network_files


@pytest.fixture
def network(fused_network):
    return grnet.load_network(fused_network)


def pairs_of(edges: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(edges["tf"], edges["target"], strict=True))


def run(capfd, *arguments: object) -> tuple[int, str, str]:
    capfd.readouterr()
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, *capfd.readouterr()


def test_all_formats_at_once_are_those_of_the_folder(fused_network, network, tmp_path, capfd):
    options = [word for name in EXPORT_FORMATS for word in ("--to", name)]
    code, out, err = run(capfd, "export", fused_network, *options, "-o", tmp_path / "files")
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        f"{entry.name}: 60 edges to {tmp_path / 'files' / entry.file_name}" for entry in NETWORK_FORMATS
    ]
    assert sorted(path.name for path in (tmp_path / "files").iterdir()) == sorted(
        entry.file_name for entry in NETWORK_FORMATS
    )
    for name in ("network.graphml", "network.cx2", "adjacencies.tsv", "edges.decoupler.csv", "rankedEdges.csv"):
        assert (tmp_path / "files" / name).read_bytes() == (fused_network / name).read_bytes(), name
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "files/edges.parquet"), network.edges)


def test_other_limits_choose_among_all_candidates_without_scoring(fused_network, network, tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was scored")

    monkeypatch.setattr("grnet.scoring.scoring.score_candidates", refuse)
    scores = pd.concat(network.scores(), ignore_index=True)
    result = grnet.export(fused_network, "csv", out=tmp_path / "more.csv", top=100)
    table = pd.read_csv(tmp_path / "more.csv")
    assert result.files == {"csv": tmp_path / "more.csv"}
    assert len(table) == 100
    assert pairs_of(table)[:60] == pairs_of(network.edges)
    assert table["probability"].min() == pytest.approx(scores["probability"].nlargest(100).min())
    fewer = grnet.export(fused_network, "graphml", out=tmp_path, top=100, top_per_target=1).network
    assert fewer.edges["target"].is_unique
    assert set(fewer.nodes["symbol"]) == {*fewer.edges["tf"], *fewer.edges["target"]}


def test_one_format_goes_to_a_file_or_into_a_folder(fused_network, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert run(capfd, "--quiet", "export", fused_network, "--to", "sif") == (0, "", "")
    assert run(capfd, "--quiet", "export", fused_network, "--to", "sif", "-o", "my.sif")[0] == 0
    assert run(capfd, "--quiet", "export", fused_network, "--to", "sif", "-o", "new/folder")[0] == 0
    assert run(capfd, "--quiet", "export", fused_network, "--to", "sif", "-o", "new/deeper/my.sif")[0] == 0
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert found == ["my.sif", "network.sif", "new/deeper/my.sif", "new/folder/network.sif"]
    assert len({path.read_bytes() for path in tmp_path.rglob("*.sif")}) == 1


def test_a_file_that_is_there_stays_unless_it_may_go(fused_network, tmp_path, capfd):
    (tmp_path / "network.sif").write_text("mine")
    code, out, err = run(capfd, "--quiet", "export", fused_network, "--to", "cx2", "--to", "sif", "-o", tmp_path)
    assert (code, out) == (2, "")
    assert err == (
        f"grnet: error: {tmp_path / 'network.sif'}: already exists and is left as it is; choose another name or add "
        "--overwrite to replace it\n"
    )
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("network.sif", "mine")]
    assert run(capfd, "--quiet", "export", fused_network, "--to", "sif", "-o", tmp_path, "--overwrite")[0] == 0
    assert (tmp_path / "network.sif").read_text() != "mine"


def test_what_fails_leaves_nothing(fused_network, tmp_path, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise InputError("cannot be held")

    monkeypatch.setattr(edge_lists, "export_beeline", fail)
    (tmp_path / "network.sif").write_text("mine")
    with pytest.raises(InputError, match=r"^cannot be held$"):
        grnet.export(fused_network, ["sif", "cx2", "beeline"], out=tmp_path, overwrite=True)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("network.sif", "mine")]


def test_says_what_is_wrong_in_one_line(fused_network, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capfd, "export", fused_network, "--to", "gexf")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert all(name in err for name in ("gexf", *EXPORT_FORMATS))
    for arguments, message in (
        ((), "--to is one of graphml, cx2, sif, decoupler, arboreto, beeline, anndata, csv, parquet, got none"),
        (("--to", "sif", "--top", "0"), "--top is at least 1, got 0"),
        (("--to", "sif", "--into", "a.h5ad"), "--into names an AnnData file, which --to anndata writes; got --to sif"),
        (("--into", "a.h5ad"), "a.h5ad: no such file; expected an AnnData file (h5ad)"),
        (
            ("--to", "anndata", "--layer", "raw"),
            "--layer names a matrix of the file that --into names, got --layer 'raw' without --into",
        ),
    ):
        assert run(capfd, "export", fused_network, *arguments) == (2, "", f"grnet: error: {message}\n")
    code, _, err = run(capfd, "export", tmp_path / "nowhere", "--to", "sif")
    assert (code, err.startswith(f"grnet: error: {tmp_path / 'nowhere'}: no such folder")) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"to": "gexf"}, ConfigError, r"^--to is one of graphml, .*, got 'gexf'$"),
        ({"to": []}, ConfigError, r"got none$"),
        ({"to": "sif", "out": "folder"}, OutputExistsError, r"network.sif: is a folder; expected the name of a file"),
        ({"to": "sif", "out": "file/new"}, OutputExistsError, r"cannot be made, since .*file is a file; choose"),
        (
            {"to": "anndata", "into": "user.h5ad", "out": "user.h5ad", "overwrite": True},
            InputError,
            r"which stays as it",
        ),
    ],
)
def test_refuses_from_python_too(fused_network, tmp_path, monkeypatch, arguments, error, message):
    monkeypatch.chdir(tmp_path)
    Path("folder/network.sif").mkdir(parents=True)
    Path("file").write_text("")
    Path("user.h5ad").write_text("")
    with pytest.raises(error, match=message):
        grnet.export(fused_network, **arguments)


def write_user_data(path: Path, names: list[str]) -> anndata.AnnData:
    rng = np.random.default_rng(0)
    var = pd.DataFrame({"length": np.arange(len(names))}, index=pd.Index(names, dtype=object))
    obs = pd.DataFrame({"day": [1.0, 2.0, 3.0]}, index=pd.Index(["a", "b", "c"], dtype=object))
    data = anndata.AnnData(sp.csr_matrix(rng.poisson(1.0, (3, len(names))).astype(np.float32)), obs=obs, var=var)
    data.layers["raw"] = data.X.copy()
    data.uns["colours"] = np.array([1, 2])
    data.write_h5ad(path)
    return data


def test_a_users_own_data_gets_the_network_in_a_copy(fused_network, network, tmp_path, capfd):
    genes = network.nodes["symbol"].tolist()
    names = ["unrelated", *genes[::-1][: len(genes) - 5], "other"]
    data = write_user_data(tmp_path / "user.h5ad", names)
    before = (tmp_path / "user.h5ad").read_bytes()
    code, out, err = run(capfd, "export", fused_network, "--into", tmp_path / "user.h5ad", "-o", tmp_path / "with.h5ad")
    assert (code, out) == (0, "")
    assert (tmp_path / "user.h5ad").read_bytes() == before
    found = anndata.read_h5ad(tmp_path / "with.h5ad")
    assert found.var_names.tolist() == names
    assert (found.X != data.X).nnz == (found.layers["raw"] != data.X).nnz == 0
    assert found.obs["day"].tolist() == [1.0, 2.0, 3.0]
    assert found.uns["colours"].tolist() == [1, 2]
    inside = network.edges[network.edges["tf"].isin(names) & network.edges["target"].isin(names)]
    assert 0 < len(inside) < 60
    probability, sign = found.varp["grnet_probability"], found.varp["grnet_sign"]
    assert probability.nnz == len(inside)
    for row in inside.itertuples():
        ends = names.index(row.tf), names.index(row.target)
        assert probability[ends] == np.float32(row.probability)
        assert sign[ends] == {"activation": 1, "repression": -1, "unknown": 0}[row.sign]
    nodes = network.nodes.set_index("symbol")
    for name in names:
        assert found.var.loc[name, "grnet_out_degree"] == (nodes.loc[name, "out_degree"] if name in nodes.index else 0)
    table = found.uns["grnet"]["edges"]
    assert pairs_of(table.astype({"tf": str, "target": str})) == pairs_of(network.edges)
    assert json.loads(found.uns["grnet"]["summary"])["edges"] == 60
    settings = found.uns["grnet"]["settings"]
    assert (settings["top"], settings["dataset"], settings["modality"]) == (60, network.summary["name"], "fused")
    assert Path(settings["run"]) == fused_network.parent / "run"
    assert settings["lowest_probability"] == pytest.approx(network.edges["probability"].min())
    (placed,) = (line for line in err.splitlines() if " genes of the network are in " in line)
    assert placed == (
        f"{len(genes) - 5} of {len(genes)} genes of the network are in {tmp_path / 'user.h5ad'}, and {len(inside)} of "
        "60 edges with both ends; all edges are in .uns['grnet']"
    )
    again = grnet.export(fused_network, "anndata", into=tmp_path / "with.h5ad", out=tmp_path / "twice.h5ad", top=10)
    assert again.placed is not None
    assert len(anndata.read_h5ad(tmp_path / "twice.h5ad").uns["grnet"]["edges"]) == 10


def write_cells(path: Path, names: list[str]) -> None:
    """Write 20 cells with counts of the genes `names`, in X without negative values and, scaled, in a layer."""
    counts = np.random.default_rng(4).poisson(2.0, (20, len(names))).astype(np.float32)
    obs = pd.DataFrame(index=pd.Index([f"cell{i}" for i in range(20)], dtype=object))
    data = anndata.AnnData(counts, obs=obs, var=pd.DataFrame(index=pd.Index(names, dtype=object)))
    data.layers["scaled"] = (counts - counts.mean(axis=0)) / counts.std(axis=0)
    data.obsm["score_ulm"] = np.ones((20, 2))
    data.write_h5ad(path)


def test_activities_of_tfs_come_with_a_users_cells(fused_network, network, tmp_path, capfd):
    decoupler = pytest.importorskip("decoupler")
    write_cells(tmp_path / "cells.h5ad", network.nodes["symbol"].tolist())
    n_targets = network.edges["tf"].value_counts()
    tfs = sorted(n_targets.index[n_targets >= 5])
    code, _, err = run(capfd, "export", fused_network, "--into", tmp_path / "cells.h5ad", "-o", tmp_path / "with.h5ad")
    assert code == 0
    assert err.splitlines()[-2:] == [
        f"TF activities (ULM) of {len(tfs)} of {len(n_targets)} TFs in 20 of 20 cells, from X (counts, scaled to "
        "10,000 per cell, then log1p), are in .obsm['grnet_score_ulm'] and .obsm['grnet_padj_ulm']",
        f"TFs without activity: {len(n_targets) - len(tfs)} have fewer than 5 targets among its genes",
    ]
    found = anndata.read_h5ad(tmp_path / "with.h5ad")
    assert decoupler.pp.get_obsm(found, "grnet_score_ulm").var_names.tolist() == tfs
    assert found.obsm["score_ulm"].tolist() == [[1.0, 1.0]] * 20
    assert found.uns["grnet"]["activities"] == {
        "method": "ulm",
        "decoupler": decoupler.__version__,
        "values": "X (counts, scaled to 10,000 per cell, then log1p)",
        "min_targets": 5,
        "tfs": len(tfs),
        "tfs_left_out": len(n_targets) - len(tfs),
    }
    placed = grnet.export(
        fused_network, "anndata", into=tmp_path / "with.h5ad", layer="scaled", out=tmp_path / "scaled.h5ad"
    ).placed
    assert placed is not None
    assert placed.activities is not None
    assert placed.activities.values == "layers['scaled'] (scaled values)"


def test_without_activities_all_else_is_written(fused_network, network, tmp_path, monkeypatch, caplog):
    pytest.importorskip("decoupler")
    write_cells(tmp_path / "cells.h5ad", network.nodes["symbol"].tolist())
    options = {"into": tmp_path / "cells.h5ad", "out": tmp_path / "with.h5ad"}
    grnet.export(fused_network, "anndata", **options)
    with pytest.raises(ConfigError, match=r"^--layer is one of X, scaled in this file, got 'raw'$"):
        grnet.export(fused_network, "anndata", **options, layer="raw", overwrite=True)
    assert "grnet_score_ulm" in anndata.read_h5ad(tmp_path / "with.h5ad").obsm
    monkeypatch.setitem(__import__("sys").modules, "decoupler", None)
    result = grnet.export(fused_network, "anndata", into=tmp_path / "with.h5ad", out=tmp_path / "again.h5ad", top=10)
    assert result.placed is not None
    assert result.placed.activities is None
    assert caplog.messages[-1] == (
        "no TF activities are written, all else is: TF activities need the package decoupler; install it: pip install "
        "decoupler"
    )
    found = anndata.read_h5ad(tmp_path / "again.h5ad")
    assert (list(found.obsm), len(found.uns["grnet"]["edges"])) == (["score_ulm"], 10)
    assert "activities" not in found.uns["grnet"]


@pytest.mark.realdata
def test_a_file_of_an_old_anndata_is_written_anew(fused_network, network, real_data, tmp_path, caplog):
    """Its tables are HDF5 compounds; X is scaled, and raw is log-normalised."""
    old = real_data / "pbmc" / "pbmc68k_reduced.h5ad"
    names = anndata.read_h5ad(old).var_names.tolist()
    genes = dict(zip(network.nodes["symbol"], names, strict=False))
    edges, nodes = network.edges.replace(genes), network.nodes.assign(symbol=network.nodes["symbol"].map(genes))
    placed = add_to_anndata(Network(edges, nodes, network.summary), tmp_path / "new.h5ad", into=old)
    assert placed.genes == placed.n_genes == len(nodes)
    assert placed.activities is not None
    assert placed.activities.values == "raw (log-normalised values; not X: scaled values)"
    assert caplog.messages == [f"{old} is in the layout of anndata before 0.7; the copy is in today's"]
    before, after = anndata.read_h5ad(old), anndata.read_h5ad(tmp_path / "new.h5ad")
    assert (after.X == before.X).all()
    assert (after.raw.X != before.raw.X).nnz == 0
    assert (after.obsm["X_umap"] == before.obsm["X_umap"]).all()
    assert set(after.obsp) == set(before.obsp)
    assert after.obs["bulk_labels"].tolist() == before.obs["bulk_labels"].tolist()


def test_refuses_an_h5ad_that_cannot_take_the_network(fused_network, network, tmp_path):
    def export(name: str) -> None:
        grnet.export(fused_network, "anndata", into=tmp_path / name, out=tmp_path / "out.h5ad")

    write_user_data(tmp_path / "far.h5ad", ["ENSG1", "ENSG2"])
    with pytest.raises(InputError, match=r"none of its var_names is a gene of the network; they are such as 'ENSG1'"):
        export("far.h5ad")
    write_user_data(tmp_path / "twice.h5ad", [network.nodes["symbol"][0]] * 2)
    with pytest.raises(InputError, match=r"1 var_names occur more than once, .* by adata.var_names_make_unique\(\)$"):
        export("twice.h5ad")
    (tmp_path / "text.h5ad").write_text("no")
    with pytest.raises(InputError, match=r"text.h5ad: not readable as HDF5 \("):
        export("text.h5ad")
    with h5py.File(tmp_path / "table.h5ad", "w") as file:
        file["data"] = [1.0]
    with pytest.raises(InputError, match=r"table.h5ad: holds no obs; expected an AnnData file \(h5ad\)$"):
        export("table.h5ad")
    with h5py.File(tmp_path / "odd.h5ad", "w") as file:
        file["var"] = file["obs"] = [1.0]
    with pytest.raises(InputError, match=r"odd.h5ad: not readable as an AnnData file \(h5ad\) \(.*\); write it anew"):
        export("odd.h5ad")
    with pytest.raises(MissingInputError):
        export("lost.h5ad")
    assert not (tmp_path / "out.h5ad").exists()


def test_without_anndata_it_says_how_to_get_it(fused_network, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "anndata", None)
    with pytest.raises(ConfigError, match=r"^h5ad files need the package anndata; install it: pip install 'grnet\[ann"):
        grnet.export(fused_network, "anndata", out=tmp_path / "a.h5ad")


def test_an_export_that_is_broken_off_leaves_no_folder(fused_network, tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sif, "export_sif", stop)
    (tmp_path / "mine").mkdir()
    for out in ("new/deep", "mine"):
        with pytest.raises(KeyboardInterrupt):
            grnet.export(fused_network, ["csv", "sif"], out=tmp_path / out)
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]


def test_one_network_is_not_taken_for_its_letters(fused_network):
    with pytest.raises(ConfigError, match="needs two networks or more, got 1"):
        grnet.compare(str(fused_network))


def test_networks_and_lists_side_by_side(fused_network, network, embryo_lab, tmp_path, capfd):
    fewer = network.edges.iloc[::2]
    fewer[["tf", "target", "probability"]].to_csv(tmp_path / "half.csv", index=False)
    known = embryo_lab / "known_edges.csv"
    options = ("--known", known, "-o", tmp_path / "out", "--names", "all of it,[b]half")
    code, out, _ = run(capfd, "compare", fused_network, tmp_path / "half.csv", *options)
    assert code == 0
    assert "agreement of the 30 best edges of each" in out
    assert "[b]half does not list" in out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "checksums.json",
        "comparison.json",
        "config.toml",
        "edges.parquet",
        "provenance.json",
        "report.html",
    ]
    content = json.loads((tmp_path / "out/comparison.json").read_text("utf-8"))
    (entry,) = content["agreements"]
    best = set(pairs_of(network.edges.head(30)))
    assert entry["shared"] == len(best & set(pairs_of(fewer)))
    assert entry["shared_of_all"] == 30
    assert [one["edges"] for one in content["networks"]] == [60, 30]
    union = pd.read_parquet(tmp_path / "out/edges.parquet")
    assert set(pairs_of(union)) == set(pairs_of(network.edges))
    assert union["[b]half rank"].notna().sum() == 30
    by_pair = union.set_index(["tf", "target"])["all of it rank"]
    expected = network.edges.set_index(["tf", "target"])["rank"]
    assert by_pair.loc[expected.index].tolist() == expected.tolist()
    evaluation = grnet.evaluate(fused_network, known)
    ours = content["known"]["rows"][0]
    assert (content["known"]["n_pairs"], ours["auroc"]) == (evaluation.n_pairs, pytest.approx(evaluation.model.auroc))
    assert ours["early_precision"] == pytest.approx(evaluation.model.early_precision)
    assert run(capfd, "--quiet", "compare", fused_network, tmp_path / "half.csv", *options)[0] == 2
    assert run(capfd, "--quiet", "compare", fused_network, tmp_path / "half.csv", *options, "--overwrite")[0] == 0


def test_every_export_can_be_compared_with_its_network(fused_network, network, tmp_path):
    files = grnet.export(
        fused_network, ["graphml", "sif", "decoupler", "arboreto", "beeline", "csv"], out=tmp_path
    ).files
    for name, file in files.items():
        (entry,) = grnet.compare([fused_network, file]).agreements
        assert (entry.shared, entry.jaccard) == (60, 1.0), name
        if name in ("graphml", "decoupler", "csv", "sif"):
            assert (
                entry.same_sign == entry.signed == int((network.edges["sign"] != "unknown").sum())
                or name == "decoupler"
            )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("net",), "a comparison needs two networks or more, got 1"),
        (("net", "lost.csv"), "lost.csv: no such file or folder; expected a network folder or a list of edges"),
        (("net", "net/edges.parquet"), "net/edges.parquet: is a file of a network folder; name the folder: net"),
        (("net", "a.csv", "--names", "one"), "--names gives 1 names for 2 networks; give one for each"),
        (("net", "a.csv", "--names", "x,x"), "each network needs a name of its own, got x, x; give them with --names"),
        (("net", "a.csv", "--top", "7"), "--top lies in 1..1, the number of edges of a.csv, got 7"),
    ],
)
def test_compare_says_what_is_wrong(fused_network, tmp_path, monkeypatch, capfd, arguments, message):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(fused_network, "net")
    Path("a.csv").write_text("tf,target,weight\nx,y,1\n")
    assert run(capfd, "--quiet", "compare", *arguments) == (2, "", f"grnet: error: {message}\n")


def test_errors_of_other_tools_do_not_reach_the_user(fused_network, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00broken")
    with pytest.raises(GrnetError):
        grnet.compare([fused_network, tmp_path / "a.csv"])


def table_of(folder):
    """Return the expression of a dataset, genes × samples."""
    dataset = grnet.load_dataset(folder)
    return dataset.measurements[0].to_frame(dataset.genes.symbols)


@pytest.fixture(scope="module")
def fly_network(real_data, tmp_path_factory) -> Path:
    """A folder with the dataset of fly-eye and a network of its labelled pairs, as sure as they are co-expressed."""
    folder, fly_eye = tmp_path_factory.mktemp("fly"), real_data / "fly-eye"
    grnet.prepare(
        folder / "data",
        expression=[fly_eye / "tf_dataset.xlsx", fly_eye / "gene_dataset.xlsx"],
        tfs=fly_eye / "tf_dataset.xlsx",
        known_edges=fly_eye / "new_benchmark_dataset.xlsx",
        aliases={"Dp": "Dp2"},
    )
    genes = grnet.load_dataset(folder / "data").genes
    known = pd.read_parquet(folder / "data/known_edges.parquet")
    expression = table_of(folder / "data")
    r = [np.corrcoef(expression.loc[tf], expression.loc[target])[0, 1] for tf, target in pairs_of(known)]
    scores = known[["tf", "target", "label"]].assign(
        score=np.arctanh(np.abs(r)), probability=np.abs(r), spread=0.0, seed_spread=np.nan, correlation=r
    )
    edges = select_edges(in_shards(scores, 1000), InferConfig(top=3000))
    nodes = build_nodes(edges, genes, seed=0)
    (folder / "net").mkdir()
    summary = summarise(edges, nodes, n_candidates=len(scores), name="fly")
    write_network_files(folder / "net", Network(edges, nodes, summary))
    return folder


@pytest.mark.realdata
def test_decoupler_finds_the_activity_of_regulators(fly_network, tmp_path):
    """ULM: the t-value of the slope of expression on weight, over all genes, of each regulator in each sample."""
    decoupler = pytest.importorskip("decoupler")
    grnet.export(fly_network / "net", "decoupler", out=tmp_path / "edges.csv")
    net = pd.read_csv(tmp_path / "edges.csv")
    assert len(net) == 3000
    assert (
        (net["weight"] < 0).sum() == (grnet.load_network(fly_network / "net").edges["sign"] == "repression").sum() > 0
    )
    expression = table_of(fly_network / "data").T
    activity, padj = decoupler.mt.ulm(expression, net, tmin=5, verbose=False)
    counts = net.groupby("source").size()
    assert set(activity.columns) == set(counts[counts >= 5].index)
    assert activity.shape == padj.shape == (72, len(activity.columns))
    for tf in counts.nlargest(3).index:
        weights = net[net["source"] == tf].set_index("target")["weight"].reindex(expression.columns, fill_value=0.0)
        for row in (0, 40):
            sample = expression.iloc[row]
            r = np.corrcoef(weights, sample)[0, 1]
            expected = r * np.sqrt((len(sample) - 2) / (1 - r**2))
            assert activity.iloc[row][tf] == pytest.approx(expected, rel=1e-4)


@pytest.mark.realdata
def test_activities_follow_their_regulators(fly_network, tmp_path):
    """A sign is what makes it so: the activity of most TFs rises and falls with their own expression."""
    decoupler = pytest.importorskip("decoupler")
    grnet.export(fly_network / "net", "decoupler", out=tmp_path / "edges.csv")
    net = pd.read_csv(tmp_path / "edges.csv")
    expression = table_of(fly_network / "data").T
    activity, _ = decoupler.mt.ulm(expression, net, tmin=5, verbose=False)
    own = [np.corrcoef(activity[tf], expression[tf])[0, 1] for tf in activity]
    assert np.median(own) > 0.5


def test_a_name_that_hdf5_cannot_hold_is_refused(network, tmp_path):
    nodes, edges = network.nodes, network.edges
    swap = {nodes["symbol"][0]: "nul\x00inside"}
    renamed = [table.replace(swap) for table in (edges, nodes)]
    with pytest.raises(
        InputError, match=r"^h5ad cannot hold the name 'nul\\x00inside', which has a NUL character; ren"
    ):
        find_exporter("anndata")(Network(*renamed), tmp_path / "network.h5ad")
    assert list(tmp_path.iterdir()) == []
