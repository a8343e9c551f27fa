"""Manifests and folders → images with gene and view; what cannot be read is told, and nothing waits."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grnet.dataset import image_folders
from grnet.dataset.findings import Findings
from grnet.dataset.image_files import NamedFiles, read_image_file
from grnet.dataset.image_folders import Reading, read_place
from grnet.dataset.image_limits import ImageMissing, ImageRefused
from grnet.dataset.image_sources import list_images
from grnet.dataset.image_store import join_images
from grnet.dataset.names import NameBook
from grnet.schema.errors import InputError, MissingInputError

GENES = ["eve", "Nkx2-5", "ey_2", "fz", "fz2", "ftz"]


def draw(*paths):
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((16, 32), np.uint8)).save(path)


def join(path, *, keep_all=False, genes=GENES, aliases=None):
    findings = Findings()
    book = NameBook.build(genes, [""] * len(genes), aliases or {})
    joined, new = join_images(path, list_images(path, findings), book, keep_all=keep_all, findings=findings)
    return {candidate.source: (symbol, candidate.view) for symbol, candidate in joined}, findings, new


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("source", "readings"),
    [
        ("eve/lateral/1.png", [("eve", "lateral")]),
        ("eve/1.png", [("eve", "unspecified")]),
        ("eve.png", [("eve", "unspecified")]),
        ("eve_2.png", [("eve_2", "unspecified"), ("eve", "unspecified")]),
        ("eve-1.tif", [("eve-1", "unspecified"), ("eve", "unspecified")]),
        ("eve 1.tif", [("eve 1", "unspecified"), ("eve", "unspecified")]),
        ("eve (2).tif", [("eve (2)", "unspecified"), ("eve", "unspecified")]),
        ("eve(2).tif", [("eve(2)", "unspecified"), ("eve", "unspecified")]),
        ("eve2.tif", [("eve2", "unspecified")]),
        ("eve_Lateral_1.png", [("eve_Lateral_1", "unspecified"), ("eve_Lateral", "unspecified"), ("eve", "lateral")]),
        ("eve_1_dorsal.png", [("eve_1_dorsal", "unspecified"), ("eve_1", "dorsal"), ("eve", "dorsal")]),
        ("SOX2-OT.png", [("SOX2-OT", "unspecified")]),
        ("eve_1_2.png", [("eve_1_2", "unspecified"), ("eve_1", "unspecified")]),
        ("dorsal/eve_1.png", [("dorsal", "unspecified"), ("eve_1", "dorsal"), ("eve", "dorsal")]),
        ("tf/eve/1.png", [("eve", "unspecified"), ("tf", "eve")]),
        ("tf/eve.png", [("eve", "unspecified"), ("tf", "unspecified")]),
        ("tf/eve/lateral/1.png", [("eve", "lateral")]),
        ("a/b/c/1.png", []),
        ("1.png", []),
        ("0001_2.png", [("0001_2", "unspecified")]),
        ("lateral/12.png", [("lateral", "unspecified")]),
    ],
)
def test_what_a_place_may_mean(source, readings):
    assert [(reading.gene, reading.view) for reading in read_place(source)] == readings


def test_a_role_folder_is_no_gene_where_all_top_folders_are():
    assert read_place("tf/eve/1.png", roles_only=True) == (Reading("eve"),)
    assert read_place("TF/dorsal/1.png") == (Reading("dorsal"), Reading("TF", "dorsal"))


def test_files_directly_in_the_folder_name_their_gene():
    draw("p/eve.png", "p/eve_2.png", "p/Nkx2-5.png", "p/Nkx2-5-1.png", "p/ey_2.png", "p/ftz_lateral_1.png", "p/z/1.png")
    joined, findings, _ = join(Path("p"))
    assert joined == {
        "eve.png": ("eve", "unspecified"),
        "eve_2.png": ("eve", "unspecified"),
        "Nkx2-5.png": ("Nkx2-5", "unspecified"),
        "Nkx2-5-1.png": ("Nkx2-5", "unspecified"),
        "ey_2.png": ("ey_2", "unspecified"),
        "ftz_lateral_1.png": ("ftz", "lateral"),
    }
    assert findings.notes == [
        "gene told by the name of the file: 6 images, such as 'ftz_lateral_1.png' for 'ftz', view 'lateral'; "
        "views told so: 'lateral' 1"
    ]
    assert findings.rejected == [("p", 0, "z", "gene without expression: z/1.png")]


def test_a_name_that_may_be_another_gene_is_not_guessed():
    draw("p/fz-2.png", "p/fz_3.png", "p/eve.png")
    joined, findings, _ = join(Path("p"))
    assert joined == {"fz_3.png": ("fz", "unspecified"), "eve.png": ("eve", "unspecified")}
    assert findings.rejected == [
        (
            "p",
            0,
            "fz-2",
            "no gene name: fz-2.png: may be 'fz2' or an image of 'fz'; name it in a manifest",
        )
    ]


def test_aliases_translate_names_of_files():
    draw("p/even_1.png")
    assert join(Path("p"), aliases={"even": "eve"})[0] == {"even_1.png": ("eve", "unspecified")}


def test_new_genes_are_told_by_whole_names_only():
    draw("p/new.png", "p/other_1.png", "p/eve_1.png")
    joined, findings, new = join(Path("p"), keep_all=True)
    assert joined == {"new.png": ("new", "unspecified"), "eve_1.png": ("eve", "unspecified")}
    assert new == {"new": ""}
    assert [reason for *_, reason in findings.rejected] == [
        "no gene name: other_1.png: the gene may be any of 'other_1', 'other'; name it in a manifest"
    ]


def test_views_in_folders_above_files_of_genes():
    draw("p/lateral/eve.png", "p/dorsal/eve_1.png")
    assert join(Path("p"))[0] == {"lateral/eve.png": ("eve", "lateral"), "dorsal/eve_1.png": ("eve", "dorsal")}


def test_links_are_followed_and_each_real_folder_is_read_once():
    draw("store/1.png", "p/eve/1.png", "deep/a/b/c/d/1.png")
    Path("p/aaa").symlink_to("eve")
    Path("p/ftz").symlink_to("../store")
    Path("p/eve/loop").symlink_to("..")
    Path("p/eve/self").symlink_to("self")
    Path("p/eve/gone.png").symlink_to("nowhere.png")
    Path("p/eve/2.png").symlink_to("../../store/1.png")
    Path("p/deep").symlink_to("../deep")
    joined, findings, _ = join(Path("p"))
    assert set(joined) == {"eve/1.png", "eve/2.png", "ftz/1.png"}
    assert {(name, reason) for _, _, name, reason in findings.rejected} == {
        ("aaa", "repeated image: the same folder as 'eve'"),
        ("eve/loop", "repeated image: the same folder as '.'"),
        ("eve/self", "unreadable image: Too many levels of symbolic links"),
        ("eve/gone.png", "missing image file: a link to nothing"),
        ("deep/a/b/c", "no gene name: expected GENE/VIEW/ above files; this folder was not read"),
    }


def test_hidden_files_are_counted_and_pipes_are_refused():
    draw("p/eve/1.png", "p/eve/._1.png", "p/.cache/1.png")
    Path("p/.DS_Store").touch()
    Path("p/eve/Thumbs.db").touch()
    Path("p/eve/notes.txt").touch()
    os.mkfifo("p/eve/pipe.png")
    joined, findings, _ = join(Path("p"))
    assert set(joined) == {"eve/1.png"}
    assert findings.notes == ["hidden files and folders skipped: 4 ('.DS_Store', '.cache', 'eve/._1.png' and 1 more)"]
    assert findings.rejected == [
        ("p", 0, "eve/pipe.png", "not an image file: a pipe or a device, no regular file"),
        ("p", 0, "eve/notes.txt", "not an image file"),
    ]


def test_folders_that_cannot_be_read_are_told(monkeypatch):
    draw("p/eve/1.png", "p/ftz/1.png")
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("ftz"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(image_folders.os, "scandir", refuse)
    joined, findings, _ = join(Path("p"))
    assert set(joined) == {"eve/1.png"}
    assert findings.rejected == [("p", 0, "ftz", "unreadable image: the folder cannot be read: Permission denied")]
    with pytest.raises(InputError, match="ftz: cannot be read: Permission denied"):
        join(Path("p/ftz"))


def manifest(*paths, name="m.csv"):
    Path(name).write_text("gene,path\n" + "".join(f"eve,{path}\n" for path in paths))
    findings = Findings()
    return list_images(Path(name), findings), findings


def test_paths_from_windows_are_read_as_folders():
    draw("in situ/eve lat.JPG", "up.png", "sub/x.png", "sub/odd\\name.png")
    rows = ["in situ\\eve lat.JPG", ".\\in situ\\eve lat.JPG", "..\\up.png", "In Situ\\EVE lat.jpg", "odd\\name.png"]
    candidates, findings = manifest(*rows[:2], rows[3])
    assert [candidate.path.resolve() for candidate in candidates] == [Path("in situ/eve lat.JPG").resolve()] * 3
    assert [candidate.source for candidate in candidates] == [*rows[:2], rows[3]]
    assert findings.notes == [
        "paths with backslashes, as on Windows, read as folders: 3 images",
        "paths that match one file but for upper and lower case: 1 images, such as 'In Situ\\EVE lat.jpg' for "
        "'eve lat.JPG'",
    ]
    inside = NamedFiles(Path("sub"))
    assert inside.find("..\\up.png").path.resolve() == Path("up.png").resolve()
    assert inside.find("odd\\name.png").path == Path("sub/odd\\name.png")
    assert not inside.find("odd\\name.png").from_windows


@pytest.mark.parametrize("source", ["C:\\pictures\\eve.png", "C:/pictures/eve.png", "\\\\server\\share\\eve.png"])
def test_full_paths_of_windows_are_no_paths_here(source):
    (candidate,), _ = manifest(source)
    assert candidate.problem == "a full path of a Windows machine; write it relative to the manifest"


def test_a_file_is_found_whatever_the_case_if_it_is_the_only_one():
    draw("Pics/eve.PNG", "Pics/a/one.png", "pics/two.png", "both/x.png", "both/X.png", "Umlaut/u\u0308.png")
    here = NamedFiles(Path())
    assert here.find("pics/EVE.png").path == Path("Pics/eve.PNG")
    assert here.find("PICS/two.png").path == Path("pics/two.png")
    assert here.find("umlaut/\u00fc.png").path == Path("Umlaut/u\u0308.png")
    assert here.find("both/x.png").path == Path("both/x.png")
    assert here.find("BOTH/x.PNG").problem == "several files differ from it by case only: 'both/X.png', 'both/x.png'"
    assert here.find("../../etc/nothing.png").problem == ""
    assert here.find("pics").path == Path("pics")
    full = NamedFiles(Path()).find(str(Path("pics/TWO.PNG").absolute()))
    assert full.path == Path("pics/two.png").absolute()


DEVICE = "is a pipe or a device, not a file"


def test_nothing_waits_for_a_file():
    os.mkfifo("pipe")
    for path, error, reason in [
        ("pipe", ImageMissing, f"{DEVICE}; expected an image"),
        ("/dev/zero", ImageMissing, f"{DEVICE}; expected an image"),
        (".", ImageMissing, "is a folder; expected an image"),
        ("nothing", ImageMissing, ""),
        ("a\0b", ImageMissing, "not the name of a file (embedded null byte); expected an image"),
    ]:
        with pytest.raises(error) as caught:
            read_image_file(Path(path))
        assert str(caught.value) == reason
    Path("empty.csv").touch()
    with pytest.raises(InputError, match=r"^empty\.csv: the file is empty"):
        list_images(Path("empty.csv"), Findings())
    for path, reason in [("pipe", DEVICE), ("nothing", "no such file")]:
        with pytest.raises(MissingInputError, match=f"^{path}: {reason}; expected a manifest"):
            list_images(Path(path), Findings())


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="needs files of a Linux kernel")
def test_files_of_the_kernel_are_refused_unread():
    with pytest.raises(ImageMissing, match=f"^{DEVICE}; expected an image$"):
        read_image_file(Path("/proc/kmsg"))
    with pytest.raises(MissingInputError, match=f"^/proc/kmsg: {DEVICE}; expected a manifest"):
        list_images(Path("/proc/kmsg"), Findings())


def test_files_that_may_not_be_read_are_told(monkeypatch):
    draw("eve.png")

    def refuse(path, flags):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ImageRefused) as caught:
        read_image_file(Path("eve.png"))
    assert str(caught.value) == "Permission denied"
    assert not isinstance(caught.value, ImageMissing)
