"""`grnet view`: a page of a network folder, with other limits, with and without the run that scored it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import grnet
from grnet.cli import main
from grnet.schema.errors import FormatError, OutputExistsError
from grnet.schema.progress import Progress


class Lines(Progress):
    def __init__(self):
        self.lines = []

    def say(self, text):
        self.lines.append(text)


@pytest.fixture
def copied(fused_network, tmp_path):
    return Path(shutil.copytree(fused_network, tmp_path / "network"))


@pytest.fixture
def orphaned(copied):
    """A network whose run is nowhere to be found."""
    (copied / "origin.json").write_text(json.dumps({"run": "/nowhere/at/all"}), encoding="utf-8")
    (copied / "checksums.json").unlink()
    return copied


def data_of(page: Path) -> dict:
    text = page.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="network-data">(.*?)</script>', text, re.S)[1])


def pairs_of(data: dict) -> list[tuple[str, str]]:
    symbols, edges = data["nodes"]["symbol"], data["edges"]
    return [(symbols[tf], symbols[target]) for tf, target in zip(edges["tf"], edges["target"], strict=True)]


def test_the_page_of_a_folder_is_written_again_byte_by_byte(fused_network, tmp_path):
    page, shown = grnet.view(fused_network, tmp_path / "again.html")
    assert page == tmp_path / "again.html"
    assert len(shown.edges) == 60
    assert page.read_bytes() == (fused_network / "network.html").read_bytes()


def test_a_network_in_bfloat16_is_looked_at_as_it_was_scored(fused_run, tmp_path):
    network = grnet.infer_network(fused_run, tmp_path / "network", top=20, prior=0.1, precision="bf16").network
    page, _ = grnet.view(network.path)
    assert page.read_bytes() == (network.path / "network.html").read_bytes()
    best = network.edges.iloc[0]
    pair = grnet.explain(fused_run, best["tf"], best["target"], tmp_path / "pair", network=network.path).pair
    assert (pair.score, pair.probability) == pytest.approx((best["score"], best["probability"]), abs=1e-5)
    exact = grnet.explain(fused_run, best["tf"], best["target"], tmp_path / "exact", prior=0.1).pair
    assert abs(exact.score - pair.score) > 1e-4


def test_folders_above_the_page_are_made_and_what_cannot_be_one_is_said_at_once(fused_network, tmp_path):
    page, _ = grnet.view(fused_network, tmp_path / "new" / "deep" / "page.html", top=5)
    assert len(pairs_of(data_of(page))) == 5
    with pytest.raises(OutputExistsError, match=r"new: is a folder; expected the name of a file to write"):
        grnet.view(fused_network, tmp_path / "new", overwrite=True)
    with pytest.raises(OutputExistsError, match=r"below\.html: cannot be made, since .*page\.html is a file"):
        grnet.view(fused_network, page / "below.html")


def test_the_page_shows_the_edges_that_other_limits_keep_with_their_evidence(fused_run, copied):
    page, shown = grnet.view(copied, top=90)
    assert page == copied.parent / "network.html"
    data = data_of(page)
    assert pairs_of(data) == list(zip(shown.edges["tf"], shown.edges["target"], strict=True))
    assert len(pairs_of(data)) == 90
    evidence = data["evidence"]["edges"]
    for row, score in enumerate(data["edges"]["score"]):
        parts = [evidence[name][row] for name in ("baseline", "rna", "image", "interaction", "network")]
        assert sum(parts) == pytest.approx(score, abs=2e-3)
    assert json.loads((copied / "summary.json").read_text(encoding="utf-8"))["edges"] == 60


def test_a_page_without_the_run_says_so_and_has_no_evidence(orphaned):
    told = Lines()
    page, shown = grnet.view(orphaned, top=10, progress=told)
    assert told.lines == [
        "/nowhere/at/all: the run that scored this network is not found, so the page has no evidence. Give it with "
        "--run RUN"
    ]
    assert data_of(page)["evidence"] is None
    assert len(shown.edges) == 10


def test_a_run_that_moved_can_be_named_or_lies_beside_the_network(fused_run, orphaned, tmp_path):
    shutil.copytree(fused_run, tmp_path / "elsewhere" / "run")
    dataset = fused_run.parent / "dataset"
    page, _ = grnet.view(orphaned, run=tmp_path / "elsewhere" / "run", dataset=dataset)
    assert data_of(page)["evidence"] is not None
    (orphaned / "origin.json").write_text(json.dumps({"run": "/gone/run"}), encoding="utf-8")
    shutil.copytree(fused_run, orphaned.parent / "run")
    page, _ = grnet.view(orphaned, tmp_path / "beside.html", dataset=dataset)
    assert data_of(page)["evidence"] is not None


def test_another_run_is_refused(fused_network, sdinet_run, tmp_path):
    with pytest.raises(FormatError, match=r"is not the run that .* was inferred with"):
        grnet.view(fused_network, tmp_path / "page.html", run=sdinet_run)
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_is_there_is_kept_unless_it_may_be_replaced(orphaned):
    page = orphaned.parent / "network.html"
    page.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputExistsError, match="add --overwrite"):
        grnet.view(orphaned)
    assert page.read_text(encoding="utf-8") == "mine"
    grnet.view(orphaned, overwrite=True)
    assert len(pairs_of(data_of(page))) == 60


def test_the_command_says_what_it_shows(orphaned, capsys, monkeypatch):
    monkeypatch.chdir(orphaned.parent)
    main(["view", "network", "-o", "strong.html", "--top", "12"])
    out, err = capsys.readouterr()
    assert re.search(r"12 most probable of 852 candidates: \d+ known and \d+ novel .* --top", out)
    assert out.splitlines()[-1] == "open strong.html"
    assert "Give it with --run RUN" in err
    assert len(pairs_of(data_of(orphaned.parent / "strong.html"))) == 12


def test_limits_that_keep_nothing_say_what_would_keep_some(orphaned, capsys, monkeypatch):
    monkeypatch.chdir(orphaned.parent)
    main(["--quiet", "view", "network", "-o", "none.html", "--probability", "1"])
    lines = capsys.readouterr().out.splitlines()
    said = r"No candidate has a probability of at least 1\. The best has (0\.\d+)\. .*--probability \1 .*"
    assert re.fullmatch(said, lines[0])
    assert lines[-1] == "`grnet view network --top 500 -o strongest.html` shows the strongest"
    assert not any(line.startswith("open") for line in lines)
    assert pairs_of(data_of(orphaned.parent / "none.html")) == []
