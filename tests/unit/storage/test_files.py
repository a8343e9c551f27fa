"""Files that are written: whole or not at all, and never in the place of what they must not replace."""

from __future__ import annotations

import os
import re

import pytest

from grnet.schema.errors import OutputExistsError
from grnet.storage.files import check_file_free, replace_file


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_appears_when_it_is_complete(tmp_path):
    with replace_file(tmp_path / "a.csv") as temporary:
        assert temporary.suffix == ".csv"
        temporary.write_text("x", encoding="utf-8")
        assert not (tmp_path / "a.csv").exists()
    assert names(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_what_was_there_stays_on_an_error(tmp_path, error):
    def write_half():
        with replace_file(tmp_path / "a.csv") as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise error

    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    with pytest.raises(error):
        write_half()
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["a.csv"]


def test_an_error_of_the_file_system_names_the_file(tmp_path):
    with pytest.raises(OSError) as caught, replace_file(tmp_path / "a.csv"):
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(tmp_path / "a.csv")
    with pytest.raises(OSError) as caught, replace_file(tmp_path / "a.csv") as temporary:
        raise OSError(28, "No space left on device", str(temporary))
    assert caught.value.filename == str(tmp_path / "a.csv")


@pytest.fixture
def network(tmp_path):
    """The folder of a network, as far as its names go."""
    folder = tmp_path / "net"
    folder.mkdir()
    for name in ("summary.json", "nodes.parquet", "network.html"):
        (folder / name).write_text("{}", encoding="utf-8")
    return folder


def test_parts_of_a_folder_of_grnet_are_not_replaced(network):
    told = re.escape(f"{network}/nodes.parquet: is a part of {network}, so --overwrite leaves it as it is")
    with pytest.raises(OutputExistsError, match=told):
        check_file_free(network / "nodes.parquet", overwrite=True, usual="network.html")
    check_file_free(network / "network.html", overwrite=True, usual="network.html")
    (network / "mine.html").touch()
    check_file_free(network / "mine.html", overwrite=True, usual="network.html")


def test_a_file_of_another_kind_is_not_replaced(tmp_path):
    (tmp_path / "mine.csv").touch()
    with pytest.raises(OutputExistsError, match=r"mine\.csv: is there and its name does not end in \.html"):
        check_file_free(tmp_path / "mine.csv", overwrite=True, usual="network.html")
    check_file_free(tmp_path / "mine.csv", overwrite=True, usual="edges.tsv")
    with pytest.raises(OutputExistsError, match="already exists and is left as it is"):
        check_file_free(tmp_path / "mine.csv", usual="edges.tsv")


def test_links_pipes_and_devices_are_never_replaced(tmp_path):
    (tmp_path / "own.html").write_text("mine", encoding="utf-8")
    (tmp_path / "link.html").symlink_to("own.html")
    (tmp_path / "dangling.html").symlink_to("none.html")
    os.mkfifo(tmp_path / "pipe.html")
    for name, what in (("link", "a link"), ("dangling", "a link"), ("pipe", "a pipe or a device")):
        with pytest.raises(OutputExistsError, match=f"{name}.html: is {what}, which is never replaced"):
            check_file_free(tmp_path / f"{name}.html", overwrite=True, usual="network.html")
    with pytest.raises(OutputExistsError, match="/dev/null: is a pipe or a device"):
        check_file_free(type(tmp_path)("/dev/null"), overwrite=True)
