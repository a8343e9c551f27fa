"""`grnet check`: a whole folder, each kind of damage with the command that mends it, and what opening it says."""

from __future__ import annotations

import shutil

import pytest

from grnet.cli import main


@pytest.fixture
def copies(tmp_path, fused_network):
    """Copies of the folders of the whole path, which tests may damage."""
    for name in ("dataset", "run", "network"):
        shutil.copytree(fused_network.parent / name, tmp_path / name)
    return tmp_path


def refused(capfd, *arguments):
    """Return what a command prints, and its error line."""
    capfd.readouterr()
    with pytest.raises(SystemExit) as caught:
        main(["--quiet", *map(str, arguments)])
    assert caught.value.code == 2
    printed = capfd.readouterr()
    (line,) = printed.err.splitlines()
    return printed.out.splitlines(), line


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "kind"), [("dataset", "dataset directory"), ("run", "run folder"), ("network", "network folder")]
)
def test_a_whole_folder_is_told(copies, accepted, name, kind):
    assert accepted("check", str(copies / name)).splitlines() == [f"{copies / name}: {kind}, whole"]


@pytest.mark.parametrize(
    ("file", "command"),
    [
        ("dataset/expression.parquet", "grnet prepare DATASET … --overwrite"),
        ("dataset/images.npy", "grnet prepare DATASET … --overwrite"),
        ("run/fold-1/weights.safetensors", "grnet train DATASET -o RUN --overwrite"),
        ("run/report.html", "grnet train DATASET -o RUN --overwrite"),
        ("network/scores/part-00000.parquet", "grnet infer-network RUN -o NETWORK --overwrite"),
        ("network/network.html", "grnet view NETWORK -o NETWORK/network.html --overwrite"),
        ("network/edges.decoupler.csv", "grnet export NETWORK --to decoupler -o NETWORK --overwrite"),
    ],
)
def test_a_flipped_bit_is_found_wherever_it_is(copies, capfd, file, command):
    folder = copies / file.split("/")[0]
    flip(copies / file)
    lines, error = refused(capfd, "check", folder)
    assert lines[0] == f"{copies / file}: changed"
    assert lines[-1] == f"if you made the change on purpose, delete {folder / 'checksums.json'}"
    for word in ("NETWORK", "DATASET", "RUN"):
        if word.lower() == folder.name:
            command = command.replace(word, str(folder))
    assert error == f"grnet: error: {folder}: 1 damaged file; to make it anew: {command}"


def test_damage_is_found_when_a_folder_is_opened(copies, capfd):
    flip(copies / "run" / "fold-0" / "weights.safetensors")
    _, error = refused(capfd, "infer-network", copies / "run", "-o", copies / "new")
    assert error == (
        f"grnet: error: {copies}/run/fold-0/weights.safetensors: was changed or damaged since it was written; "
        "train the run anew with: grnet train (`grnet check` says more)"
    )
    assert not (copies / "new").exists()


def test_a_missing_file_is_told(copies, capfd):
    (copies / "network" / "report.json").unlink()
    lines, error = refused(capfd, "check", copies / "network")
    assert lines[0] == f"{copies / 'network' / 'report.json'}: missing"
    assert "1 damaged file" in error


def test_a_page_that_is_written_into_a_network_is_recorded(copies, accepted):
    network = copies / "network"
    accepted("view", str(network), "-o", str(network / "network.html"), "--overwrite")
    assert accepted("check", str(network)).splitlines() == [f"{network}: network folder, whole"]


def test_a_page_whose_record_did_not_follow_is_written_anew(copies, accepted):
    network = copies / "network"
    (network / "network.html").write_text("written by a command that was ended then", encoding="utf-8")
    accepted("view", str(network), "-o", str(network / "network.html"), "--overwrite")
    assert accepted("check", str(network)).splitlines() == [f"{network}: network folder, whole"]


def test_a_folder_without_checksums_is_told(copies, accepted):
    (copies / "run" / "checksums.json").unlink()
    assert accepted("check", str(copies / "run")).splitlines() == [
        f"{copies / 'run'}: has no checksums, since an earlier version wrote it; its contents alone were checked",
        f"{copies / 'run'}: run folder, whole",
    ]


def test_what_is_no_folder_of_grnet_is_told(tmp_path, capfd):
    _, error = refused(capfd, "check", tmp_path)
    assert error.startswith(f"grnet: error: {tmp_path}: not a folder that grnet wrote; expected one of dataset.toml")
    _, error = refused(capfd, "check", tmp_path / "none")
    assert error == f"grnet: error: {tmp_path / 'none'}: no such folder; expected one that grnet wrote"
