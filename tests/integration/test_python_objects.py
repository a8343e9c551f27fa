"""A dataset is the same from objects and from files, and the example of docs/python.md runs as it stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import grnet
from grnet.schema.errors import ConfigError, InputError

DOCUMENT = Path(__file__).parents[2] / "docs" / "python.md"


def read_settings(folder: Path) -> dict:
    return tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))


@pytest.fixture
def lab(tmp_path):
    """A lab's files and the same as objects: two tables with annotation, TFs, labelled edges, and images."""
    rng = np.random.default_rng(0)
    symbols = [f"gene{i}" for i in range(12)]
    table = pd.DataFrame(rng.normal(5, 2, (12, 6)).round(3), columns=[f"s{i}" for i in range(6)])
    table.insert(0, "length", rng.integers(500, 5000, 12))
    table.insert(0, "symbol", symbols)
    known = pd.DataFrame(
        {"tf": ["gene0", "gene1", "gene0", "gene0", "nobody"], "target": ["gene2", "gene3", "gene4", "gene2", "gene5"]}
    )
    known["label"] = [1, 0, 1, 1, 1]
    arrays = {symbol: {"lateral": rng.integers(0, 255, (10, 12), dtype=np.uint8)} for symbol in symbols[:3]}
    (tmp_path / "images").mkdir()
    for symbol, views in arrays.items():
        Image.fromarray(views["lateral"]).save(tmp_path / "images" / f"{symbol}.png")
    manifest = pd.DataFrame({"gene": list(arrays), "view": "lateral", "path": [f"images/{s}.png" for s in arrays]})
    table.to_csv(tmp_path / "expression.csv", index=False)
    known.to_csv(tmp_path / "known.csv", index=False)
    manifest.to_csv(tmp_path / "images.csv", index=False)
    (tmp_path / "tfs.txt").write_text("gene0\ngene1\n")
    grnet.prepare(
        tmp_path / "files",
        expression=tmp_path / "expression.csv",
        tfs=tmp_path / "tfs.txt",
        known_edges=tmp_path / "known.csv",
        images=tmp_path / "images.csv",
        aliases={"nobody": "gene6"},
    )
    return tmp_path, table, known, arrays


def test_objects_give_the_dataset_of_the_files(lab):
    folder, table, known, arrays = lab
    summary = grnet.prepare(
        folder / "objects",
        expression=table.set_index("symbol"),
        tfs=["gene0", "gene1"],
        known_edges=known,
        images=arrays,
        aliases={"nobody": "gene6"},
    )
    one, other = (grnet.load_dataset(folder / name) for name in ("files", "objects"))
    assert one.genes.symbols == other.genes.symbols
    assert [*one.genes.is_tf] == [*other.genes.is_tf]
    assert one.samples == other.samples
    np.testing.assert_array_equal(one.expression, other.expression)
    np.testing.assert_array_equal(one.images, other.images)
    assert one.image_table["view"].tolist() == other.image_table["view"].tolist() == ["lateral"] * 3
    ends = ["tf", "target", "label"]
    assert one.labelled_pairs[ends].to_numpy().tolist() == other.labelled_pairs[ends].to_numpy().tolist()
    assert len(other.labelled_pairs) == 3
    # lines of a file count from its header, rows of an object from its first
    assert [row - 1 for row in one.labelled_pairs["row"]] == other.labelled_pairs["row"].tolist() == [1, 2, 3]
    assert [row - 1 for row in one.rejected["row"]] == other.rejected["row"].tolist() == [4, 5]
    assert summary.reading[0] == (
        "expression (DataFrame): symbol = symbol; 6 samples s0 … s5; logarithms or small values (0 to 8.92); set "
        "aside: length (annotation)"
    )


def test_what_was_read_is_kept_in_the_dataset(lab):
    folder, table, known, arrays = lab
    given = {
        "expression": [table, {"gene0": table.iloc[0, 2:].astype(float)}][:1],
        "known_edges": known,
        "images": arrays,
    }
    for name in ("one", "two"):
        grnet.prepare(folder / name, **given, tfs=pd.Series(["gene0", "gene1"]))
    settings = read_settings(folder / "one")
    assert [(each["file"], each.get("container")) for each in settings["reading"]] == [
        ("expression (DataFrame)", "DataFrame"),
        ("tfs (Series)", "Series"),
        ("known_edges (DataFrame)", "DataFrame"),
    ]
    assert [each["role"] for each in settings["inputs"]] == ["expression", "tfs", "known_edges", "images"]
    assert [len(each.get("sha256", "")) for each in settings["inputs"]] == [64, 64, 64, 0]
    assert len(settings["inputs"][3]["images_sha256"]) == 64
    assert settings == read_settings(folder / "two")
    rejected = pd.read_parquet(folder / "one" / "rejected.parquet")
    assert rejected.to_dict("records") == [
        {"file": "known_edges (DataFrame)", "row": 4, "name": "gene0 -> gene2", "reason": rejected["reason"][0]},
        {"file": "known_edges (DataFrame)", "row": 5, "name": "nobody -> gene5", "reason": rejected["reason"][1]},
    ]
    assert rejected["reason"].str.contains("repeated pair|unknown gene|without expression|no gene").all()


def test_columns_of_objects_are_chosen_by_kind_or_name(lab):
    folder, table, known, _ = lab
    odd = known.rename(columns={"label": "seen"}).assign(other=[0, 1, 0, 0, 0])
    for place, file in enumerate(("known-edges", "known_edges (DataFrame)")):
        out = folder / f"chosen{place}"
        grnet.prepare(out, expression=table, tfs=["gene0", "gene1"], known_edges=odd, columns=[f"{file}:label=seen"])
        assert pd.read_parquet(out / "known_edges.parquet")["label"].tolist() == [1, 0, 1]
    with pytest.raises(ConfigError, match="no such file is given; expected one of 'expression \\(DataFrame\\)'"):
        grnet.prepare(folder / "no", expression=table, tfs=["gene0"], columns=["x.csv:symbol=symbol"])
    assert not (folder / "no").exists()


def test_faults_of_objects_are_one_line_and_leave_nothing(lab):
    folder, table, known, _ = lab
    twice = pd.concat([table, table[["s1"]]], axis=1)
    with pytest.raises(InputError) as caught:
        grnet.prepare(folder / "no", expression=twice, tfs=["gene0"])
    assert str(caught.value) == "expression (DataFrame): samples of the same name: 's1'; give each sample its own name"
    with pytest.raises(InputError, match=r"known_edges \(DataFrame\):3.*label"):
        grnet.prepare(
            folder / "no", expression=table, known_edges=known.astype(object).assign(label=[1, 0, "seven", 1, 1])
        )
    with pytest.raises(InputError, match=r"^images \(dict\): none of its 1 images belongs to a gene"):
        grnet.prepare(folder / "no", expression=table, tfs=["gene0"], images={"x": np.zeros((9, 9))})
    with pytest.raises(InputError, match=r"^images \(dict\): .*not finite.*none of its 1 images could be read"):
        grnet.prepare(folder / "no", expression=table, tfs=["gene0"], images={"gene0": np.full((9, 9), np.nan)})
    assert not (folder / "no").exists()


def test_text_numbers_and_genes_in_columns_are_read_as_in_files(lab):
    folder, table, _, _ = lab
    plain = table.drop(columns="length").set_index("symbol")
    grnet.prepare(folder / "plain", expression=plain, tfs=["gene0", "gene1"])
    grnet.prepare(folder / "text", expression=plain.astype(str), tfs=["gene0", "gene1"])
    grnet.prepare(folder / "turned", expression=plain.T, tfs=["gene0", "gene1"], transpose=True)
    grnet.prepare(folder / "dict", expression=dict(plain.iterrows()), tfs=["gene0", "gene1"])
    wanted = grnet.load_dataset(folder / "plain")
    for name in ("text", "turned", "dict"):
        loaded = grnet.load_dataset(folder / name)
        assert loaded.genes.symbols == wanted.genes.symbols
        np.testing.assert_array_equal(loaded.expression, wanted.expression)


def test_networks_and_known_edges_are_taken_as_objects(fused_network, tmp_path):
    network = grnet.load_network(fused_network)
    known = network.edges[["tf", "target"]].assign(label=np.arange(len(network.edges)) % 2)
    known.to_csv(tmp_path / "known.csv", index=False)
    of_file = grnet.evaluate(fused_network, tmp_path / "known.csv", universe="labelled")
    rows = list(known.itertuples(index=False, name=None))
    assert of_file.n_pairs == len(known)
    for edges in (known, rows):
        assert repr(grnet.evaluate(network, edges, universe="labelled").rankings) == repr(of_file.rankings)  # NaN too

    best = network.edges[["tf", "target", "probability"]].head(30)
    best.to_csv(tmp_path / "best.csv", index=False)
    graph = nx.from_pandas_edgelist(best.astype({"probability": float}), "tf", "target", "probability", nx.DiGraph)
    names = ["grnet", "list"]
    wanted = grnet.compare([fused_network, tmp_path / "best.csv"], names=names, known=tmp_path / "known.csv")
    for other in (best, graph):
        made = grnet.compare([network, other], names=names, known=known)
        assert repr(made.agreements) == repr(wanted.agreements)
        assert repr(made.known.rows) == repr(wanted.known.rows)
    assert grnet.compare([network, best]).lists[1].name == "networks[1] (DataFrame)"
    with pytest.raises(InputError, match=r"^networks\[1\]: the graph has no directions; expected a networkx.DiGraph"):
        grnet.compare([network, graph.to_undirected()])


def test_the_example_of_the_document_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, names)
    assert (names["summary"].n_genes, names["summary"].n_tfs) == (72, 12)
    assert list(names["strongest"].columns) == ["tf", "target", "probability"]
    assert names["graph"].number_of_edges() == len(names["edges"]) == 100
    assert names["figures"].n_positives == 77
    assert names["compared"].agreements[0].jaccard == 1.0
    assert {"grnet (RNA)", "|Pearson|"} <= {trace.name for trace in names["roc"].data}
    assert (names["pictured"].n_images, names["pictured"].image_size) == (12, (16, 32))
    assert "training" in capsys.readouterr().err


@pytest.mark.realdata
def test_the_fly_eye_from_pandas_is_the_fly_eye_from_files(real_data, tmp_path):
    folder = real_data / "fly-eye"
    names = ("tf_dataset.xlsx", "gene_dataset.xlsx", "new_benchmark_dataset.xlsx")
    tfs, genes, known = (pd.read_excel(folder / name, header=None) for name in names)
    images = pd.read_csv(folder / "images.csv")
    given = {"aliases": {"Dp": "Dp2"}}
    grnet.prepare(
        tmp_path / "files",
        expression=[folder / names[0], folder / names[1]],
        tfs=folder / names[0],
        known_edges=folder / names[2],
        images=folder / "images.csv",
        **given,
    )
    pictures = {
        gene: {"lateral": [np.asarray(Image.open(folder / path)) for path in part["path"]]}
        for gene, part in images.groupby("gene", sort=False)
        if gene in {*genes[0], *tfs[0]}
    }
    summary = grnet.prepare(
        tmp_path / "objects", expression=[tfs, genes], tfs=tfs[0], known_edges=known, images=pictures, **given
    )
    loaded = [grnet.load_dataset(tmp_path / name) for name in ("files", "objects")]
    assert loaded[0].genes.symbols == loaded[1].genes.symbols
    assert loaded[0].genes.ids == loaded[1].genes.ids
    np.testing.assert_array_equal(loaded[0].expression, loaded[1].expression)
    columns = ["tf", "target", "label", "row"]
    pd.testing.assert_frame_equal(loaded[0].labelled_pairs[columns], loaded[1].labelled_pairs[columns])
    assert (summary.n_positive, summary.n_negative) == (2737, 2628)
    shared = set(pictures) & set(loaded[0].image_table["symbol"])
    assert len(shared) > 200
    for symbol in shared:
        first, other = (
            {image.tobytes() for image in each.images[each.image_gene == each.genes.position[symbol]]}
            for each in loaded
        )
        assert other <= first  # images that join by their id alone are in the files' dataset only
