"""Files of a small lab → dataset directory → what `inspect` shows."""

from __future__ import annotations

import tomllib

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from grnet.cli import main
from grnet.dataset.contact_sheet import draw_contact_sheet
from grnet.dataset.directory import DatasetContents, load_dataset, write_dataset
from grnet.schema.errors import ConfigError, FormatError, InputError, MissingInputError, OutputExistsError
from grnet.schema.provenance import CALL_FILES
from grnet.workflow.inspect import inspect_dataset
from grnet.workflow.prepare import prepare


def picture(path, value, size=(16, 32)):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full(size, value, np.uint8)
    pixels[0, :3] = (0, 128, 255)
    Image.fromarray(pixels).save(path)
    return pixels


@pytest.fixture
def lab(tmp_path):
    """Four genes, two TFs, three samples, images by manifest, known edges with every kind of trouble."""
    (tmp_path / "expression.csv").write_text(
        "gene,id,a,b,c\ntin,F1,1,2,3\neve,F2,3,2,1\n<script>,F3,1,0,1\n../../x,F4,5,5,5\n"
    )
    (tmp_path / "tfs.txt").write_text("# factors\nTF\ntin\n\neve\nghost\ntin\n")
    (tmp_path / "edges.csv").write_text(
        "tf,target,label\ntin,eve,1\neve,<script>,0\ntin,../../x,1\ntin,tin,1\ntin,eve,1\ntin,Ghosts,0\n"
    )
    rows = ["gene,path,view,stage,fbgn"]
    for number, (gene, view, fbgn) in enumerate(
        [
            ("eve", "Lateral", "F2"),
            ("tin", "ventral", ""),
            ("other", "lateral", "F1"),
            ("../../x", "lateral", ""),
            ("no", "", ""),
        ]
    ):
        picture(tmp_path / "pictures" / f"{number}.png", 10 * (number + 1))
        rows.append(f"{gene},pictures/{number}.png,{view},4-6,{fbgn}")
    rows += ["eve,pictures/none.png,lateral,4-6,", "eve,broken.png,lateral,4-6,", "eve,pictures/0.png,lateral,4-6,"]
    (tmp_path / "broken.png").write_bytes((tmp_path / "pictures" / "0.png").read_bytes()[:50])
    (tmp_path / "images.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def files(lab):
    return {
        "expression": lab / "expression.csv",
        "tfs": lab / "tfs.txt",
        "known_edges": lab / "edges.csv",
        "images": lab / "images.csv",
    }


def test_prepare_joins_writes_and_counts(lab):
    summary = prepare(lab / "out", **files(lab), name="lab", organism="fly", units="log2 TPM")
    dataset = load_dataset(lab / "out")
    assert dataset.name == "lab"
    assert dataset.genes.to_frame().to_dict("list") == {
        "symbol": ["tin", "eve", "<script>", "../../x"],
        "id": ["F1", "F2", "F3", "F4"],
        "is_tf": [True, True, False, False],
        "n_images": [2, 1, 0, 1],
    }
    assert dataset.samples == ("a", "b", "c")
    assert dataset.expression.dtype == np.float32
    assert dataset.expression.tolist() == [[1, 2, 3], [3, 2, 1], [1, 0, 1], [5, 5, 5]]
    assert dataset.has_expression.tolist() == [True] * 4
    assert dataset.image_table.to_dict("list") == {
        "symbol": ["tin", "tin", "eve", "../../x"],
        "view": ["lateral", "ventral", "lateral", "lateral"],
        "stage": ["4-6"] * 4,
        "source": ["pictures/2.png", "pictures/1.png", "pictures/0.png", "pictures/3.png"],
        "row": [0, 1, 2, 3],
    }
    assert dataset.images.shape == (4, 16, 32)
    assert dataset.images.dtype == np.uint8
    assert dataset.images[:, 5, 5].tolist() == [30, 20, 10, 40]
    assert dataset.images[0, 0, :3].tolist() == [0, 128, 255]
    assert dataset.views == ("lateral", "ventral")
    assert dataset.image_gene.tolist() == [0, 0, 1, 3]
    assert dataset.image_size == (16, 32)
    assert dataset.labelled_pairs[["tf", "target", "label", "row"]].to_numpy().tolist() == [
        ["tin", "eve", 1, 2],
        ["eve", "<script>", 0, 3],
        ["tin", "../../x", 1, 4],
    ]
    assert [reason.split(" (")[0] for reason in dataset.rejected["reason"]] == [
        "gene without expression: pictures/4.png",
        "missing image file: pictures/none.png",
        "unreadable image: broken.png: truncated or damaged",
        "repeated image: pictures/0.png: as pictures/0.png",
        "gene without expression",
        "repeated TF",
        "self pair: label 1",
        "repeated pair: label 1, first in row 2",
        "unknown gene: Ghosts",
    ]
    assert dataset.rejected["row"].tolist() == [6, 7, 8, 9, 6, 7, 5, 6, 7]
    assert summary == inspect_dataset(lab / "out")
    assert summary.images_by_view == {"lateral": 3, "ventral": 1}
    assert (summary.n_known, summary.n_positive, summary.n_negative, summary.n_known_with_images) == (3, 2, 1, 2)
    (note,) = summary.notes
    assert note.startswith("constant expression")
    assert note.endswith(": 1 genes ('../../x')")
    assert not list(lab.glob(".*"))


def list_files(folder):
    """Return the paths of all files below a folder, from there, but of those that tell of the call."""
    files = [file.relative_to(folder) for file in folder.rglob("*") if file.is_file()]
    return sorted(file for file in files if file.name not in CALL_FILES)


def test_same_inputs_give_the_same_bytes_and_no_path_of_the_machine(lab):
    for name in ("first", "second"):
        prepare(lab / name, **files(lab))
    for file in list_files(lab / "first"):
        content = (lab / "first" / file).read_bytes()
        assert content == (lab / "second" / file).read_bytes(), file
        assert str(lab).encode() not in content
    settings = tomllib.loads((lab / "first" / "dataset.toml").read_text())
    assert settings["format_version"] == 2
    assert [entry["role"] for entry in settings["inputs"]] == ["expression", "tfs", "known_edges", "images"]


def test_genes_all_keeps_genes_that_have_images_only(lab):
    summary = prepare(lab / "out", **files(lab), genes="all")
    dataset = load_dataset(lab / "out")
    assert dataset.genes.symbols == ("tin", "eve", "<script>", "../../x", "no")
    assert dataset.has_expression.tolist() == [True, True, True, True, False]
    assert np.isnan(dataset.expression[4]).all()
    assert dataset.views == ("lateral", "unspecified", "ventral")
    assert summary.n_without_expression == 1
    assert summary.n_rejected_by_reason["gene without expression and images"] == 1
    (lab / "pictures" / "4.png").write_bytes(b"x")
    prepare(lab / "out", **files(lab), genes="all", overwrite=True)
    assert load_dataset(lab / "out").genes.symbols == ("tin", "eve", "<script>", "../../x")


def test_suggested_aliases_can_be_given(lab):
    (lab / "tfs.txt").write_text("TIN\neve\n")
    (lab / "edges.csv").write_text("eve,<script>\n")
    inputs = files(lab) | {"images": None}
    assert prepare(lab / "out", **inputs).alias_suggestions == (("TIN", "tin"),)
    summary = prepare(lab / "out", **inputs, aliases={"TIN": "tin"}, overwrite=True)
    assert (summary.alias_suggestions, summary.n_tfs) == ((), 2)


def test_without_a_tf_list_the_regulators_are_the_tfs(lab):
    inputs = files(lab) | {"tfs": None}
    summary = prepare(lab / "out", **inputs)
    assert summary.n_tfs == 2
    assert "no TF list: the TFs are the 2 regulators of the known edges" in summary.notes


@pytest.mark.parametrize("top", ["", "tf/", "gene/"])
def test_images_by_folder(lab, top):
    picture(lab / "pics" / f"{top}tin" / "dorsal" / "1.PNG", 10)
    picture(lab / "pics" / f"{top}tin" / "dorsal" / "2.bmp", 20)
    picture(lab / "pics" / f"{top}eve" / "lateral" / "1.tif", 30)
    (lab / "pics" / f"{top}eve" / "lateral" / "notes.txt").write_text("x")
    (lab / "pics" / ".DS_Store").write_text("x")
    prepare(lab / "out", **(files(lab) | {"images": lab / "pics"}))
    dataset = load_dataset(lab / "out")
    assert dataset.image_table[["symbol", "view", "source"]].to_numpy().tolist() == [
        ["tin", "dorsal", f"{top}tin/dorsal/1.PNG"],
        ["tin", "dorsal", f"{top}tin/dorsal/2.bmp"],
        ["eve", "lateral", f"{top}eve/lateral/1.tif"],
    ]
    assert dataset.images[:, 9, 9].tolist() == [10, 20, 30]
    assert dataset.rejected["reason"].tolist()[0] == "not an image file"


def test_images_are_resampled_to_one_size(lab):
    picture(lab / "pictures" / "1.png", 77, size=(32, 64))
    summary = prepare(lab / "out", **files(lab))
    assert load_dataset(lab / "out").images.shape == (4, 16, 32)
    assert "resampled to 16 × 32 (height × width): 1 images" in summary.notes
    prepare(lab / "big", **files(lab), image_size=(20, 24))
    assert load_dataset(lab / "big").images.shape == (4, 20, 24)


def test_without_images_the_dataset_is_complete(lab):
    summary = prepare(lab / "out", **(files(lab) | {"images": None, "known_edges": None}))
    dataset = load_dataset(lab / "out")
    assert (summary.n_images, dataset.images.shape, dataset.views) == (0, (0, 0, 0), ())
    with pytest.raises(InputError) as caught:
        inspect_dataset(lab / "out", contact_sheet=lab / "sheet.png")
    assert str(caught.value) == f"{lab / 'out'}: has no images; prepare it with --images, or leave out --contact-sheet"


def change(lab, name, text):
    (lab / name).write_text(text)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda lab: change(lab, "tfs.txt", "who\nwhat\n"),
            "{lab}/tfs.txt: none of its 2 names ('who', 'what') is a gene of the expression tables "
            "('../../x', '<script>', 'eve' and 1 more); expected names of the same kind; --aliases translates names",
        ),
        (
            lambda lab: change(lab, "images.csv", "gene,path\nwho,pictures/0.png\n"),
            "{lab}/images.csv: none of its 1 images belongs to a gene of the expression tables; their genes are such "
            "as 'who', those of the tables '../../x', '<script>', 'eve' and 1 more; --aliases translates names, "
            "--genes all keeps genes without expression",
        ),
        (
            lambda lab: change(lab, "images.csv", "gene,path\neve,pictures/none.png\n"),
            "{lab}/images.csv: missing image file: pictures/none.png; none of its 1 images could be read",
        ),
        (
            lambda lab: change(lab, "images.csv", "name,where\neve,pictures/0.png\n"),
            "{lab}/images.csv: a manifest needs a header with the columns gene and path (and may have view, stage, "
            "id); got 'name', 'where'; --columns 'images:gene=NAME,path=NAME' names them",
        ),
        (
            lambda lab: change(lab, "tfs.txt", "#\n\n"),
            "{lab}/tfs.txt: the table is empty; expected at least one row",
        ),
        (lambda lab: (lab / "edges.csv").unlink(), "{lab}/edges.csv: no such file; expected a table"),
    ],
)
def test_wrong_inputs_leave_nothing_behind(lab, spoil, message):
    spoil(lab)
    before = sorted(lab.iterdir())
    with pytest.raises((InputError, MissingInputError)) as caught:
        prepare(lab / "out", **files(lab))
    assert str(caught.value) == message.format(lab=lab)
    assert sorted(lab.iterdir()) == before


def test_an_output_that_exists_is_left_alone(lab):
    (lab / "out").mkdir()
    (lab / "out" / "mine.txt").write_text("precious")
    with pytest.raises(OutputExistsError, match="already exists and is left as it is"):
        prepare(lab / "out", **files(lab))
    assert (lab / "out" / "mine.txt").read_text() == "precious"


def test_options_out_of_range(lab):
    with pytest.raises(ConfigError, match="needs expression: --expression FILE"):
        prepare(lab / "out", expression=[])
    with pytest.raises(InputError, match="prepare needs the TFs: give --tfs FILE"):
        prepare(lab / "out", expression=lab / "expression.csv")


def test_contact_sheet_shows_each_gene_and_refuses_to_overwrite(lab):
    prepare(lab / "out", **files(lab))
    dataset = load_dataset(lab / "out")
    assert draw_contact_sheet(dataset, lab / "sheet.png") == 4
    assert draw_contact_sheet(dataset, lab / "small.png", max_images=2) == 2
    with Image.open(lab / "sheet.png") as sheet:
        assert sheet.format == "PNG"
        pixels = np.asarray(sheet.convert("RGB"))
    for value in (10, 20, 30, 40):
        assert ((pixels == value).all(axis=2)).sum() > 500
    with pytest.raises(OutputExistsError, match=r"sheet.png: already exists"):
        inspect_dataset(lab / "out", contact_sheet=lab / "sheet.png")
    inspect_dataset(lab / "out", contact_sheet=lab / "sheet.png", overwrite=True)


def test_write_and_load_are_inverse(lab):
    prepare(lab / "out", **files(lab))
    dataset = load_dataset(lab / "out")
    contents = DatasetContents(
        dataset.genes,
        dataset.measurements,
        dataset.image_table,
        dataset.labelled_pairs,
        dataset.rejected,
        {key: value for key, value in dataset.settings.items() if key not in ("format_version", "measurements")},
    )
    write_dataset(lab / "copy", contents, dataset.images)
    for file in list_files(lab / "out"):
        assert (lab / "out" / file).read_bytes() == (lab / "copy" / file).read_bytes(), file


@pytest.mark.parametrize(
    ("name", "content", "error", "text"),
    [
        ("dataset.toml", None, FormatError, "not a dataset directory (it has no dataset.toml)"),
        ("dataset.toml", b"format_version = 9\n", FormatError, "format version 9; this grnet reads version 2"),
        ("dataset.toml", b"= =", FormatError, "not readable as TOML"),
        ("genes.parquet", None, MissingInputError, "no such file"),
        ("genes.parquet", b"PAR1 no", FormatError, "not readable as a Parquet file"),
        ("dataset.toml", b"format_version = 1\n", FormatError, "make one with: grnet prepare"),
        ("expression.parquet", None, MissingInputError, "no such file"),
        ("expression.parquet", b"x", FormatError, "not readable as a Parquet file"),
        ("pictures.places.parquet", b"x", FormatError, "not readable as a Parquet file"),
        ("images.npy", None, MissingInputError, "no such file"),
        ("images.npy", b"x", FormatError, "not readable as a NumPy file"),
        ("known_edges.parquet", b"", FormatError, "not readable as a Parquet file"),
        ("rejected.parquet", None, MissingInputError, "no such file"),
    ],
)
def test_damaged_directories_are_told(lab, name, content, error, text):
    prepare(lab / "out", **files(lab))
    file = lab / "out" / name
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with pytest.raises(error) as caught:
        load_dataset(lab / "out")
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_images_and_tables_that_do_not_fit_are_told(lab):
    prepare(lab / "out", **files(lab))
    np.save(lab / "out" / "images.npy", np.zeros((3, 16, 32), np.uint8))
    with pytest.raises(FormatError, match=r"got uint8 \[3, 16, 32\], expected uint8 \[4, height, width\]"):
        load_dataset(lab / "out")
    with pytest.raises(MissingInputError, match="no such folder; expected a dataset directory"):
        load_dataset(lab / "nowhere")


def test_names_that_genes_lack_are_told(lab):
    prepare(lab / "out", **files(lab))
    known = pd.read_parquet(lab / "out" / "known_edges.parquet").replace("tin", "stranger")
    known.to_parquet(lab / "out" / "known_edges.parquet")
    with pytest.raises(FormatError, match=r"names 'stranger', which genes.parquet lacks"):
        load_dataset(lab / "out")


def test_commands_print_names_as_they_are_without_control_characters(lab, capsys):
    change(lab, "expression.csv", "[red]x[/red],1,2\nA\x1b[31mB,4,4\n")
    change(lab, "tfs.txt", "[red]x[/red]\n[bold]y\n")
    main(["prepare", str(lab / "out"), "--expression", str(lab / "expression.csv"), "--tfs", str(lab / "tfs.txt")])
    shown = capsys.readouterr().out
    assert "2, of which 1 TFs" in shown
    assert "refused: gene without expression" in shown
    assert "1 genes ('A?[31mB')" in shown
    assert "\x1b" not in shown
    main(["inspect", str(lab / "out")])
    assert "1 genes ('A?[31mB')" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["inspect", "nowhere"], 2, "grnet: error: nowhere: no such folder; expected a dataset directory"),
        (["prepare", "out", "--expression", "no.csv", "--tfs", "no.txt"], 2, "grnet: error: no.txt: no such file"),
        (["prepare", "out", "--expression", "no.csv", "--alias", "x"], 2, "expected NAME=SYMBOL, such as Dp=Dp2"),
        (["prepare", "out", "--expression", "no.csv", "--image-size", "9"], 2, "expected HEIGHTxWIDTH in pixels"),
    ],
)
def test_commands_end_with_one_line_and_code_two(tmp_path, monkeypatch, capsys, arguments, code, text):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == code
    assert text in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_image_whose_id_is_another_genes_is_told(lab):
    change(lab, "images.csv", "gene,path,id\ntin,pictures/0.png,F2\n")
    summary = prepare(lab / "out", **files(lab))
    assert "images joined by symbol, although their id belongs to another gene: 'tin'" in summary.notes
