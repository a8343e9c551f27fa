"""`grnet fetch` on the command line: what it shows, and one line for all that may go wrong."""

from __future__ import annotations

import pytest
import resource_server as made

EXPRESSION = "gene,a,b,c\nMYC,1.5,2.5,3.5\nTERT,2.5,1.5,0.5\nSOX2,3.5,1.5,2.5\nNANOG,1.5,1.5,2.5\nCDK4,0.5,1.5,2.5\n"


@pytest.fixture
def server(tmp_path, monkeypatch):
    with made.resources_for_tests(tmp_path, monkeypatch) as running:
        yield running


def test_fetch_shows_place_terms_checksum_and_use(server, accepted, tmp_path):
    lines = accepted("fetch", "edges", "--source", "collectri", "--organism", "human").splitlines()
    assert lines[0].startswith("collectri:human: 3 known edges of 2 TFs; CollecTRI 2.0, fetched 20")
    assert lines[1:5] == [
        f"  file: {tmp_path}/cache/collectri-human/collectri-human.csv",
        "  licence: CC BY 4.0",
        "  cite: Müller-Dott et al. 2023, doi:10.1093/nar/gkad841",
        f"  address: {server.address}/collectri",
    ]
    assert lines[6] == "  note: rows of complexes, which are not one gene, left out: 3 ('AP1', 'NFKB')"
    assert lines[7] == "  use it: grnet prepare DATA --expression FILE --known-edges collectri:human"
    tfs = accepted("fetch", "tfs", "--source", "collectri", "--organism", "human").splitlines()
    assert tfs[1].endswith("collectri-human.tfs.txt")
    assert tfs[7].endswith("--tfs collectri:human")


def test_the_list_names_sources_and_what_is_there(server, accepted):
    assert "nothing; fetch known edges with: grnet fetch edges" in accepted("fetch")
    accepted("fetch", "tfs", "--organism", "fly")
    shown = accepted("fetch", "list")
    assert [line.split()[0] for line in shown.splitlines() if " tfs " in line] == [
        *("collectri", "dorothea", "trrust", "lambert", "aertslab", "animaltfdb")
    ]
    assert "  aertslab:fly: 3 TFs, fetched 20" in shown


def test_prepare_and_its_words_on_the_screen(server, accepted, tmp_path):
    (tmp_path / "expr.csv").write_text(EXPRESSION, encoding="utf-8")
    accepted("fetch", "edges", "--organism", "human")
    shown = accepted(
        *("prepare", str(tmp_path / "data"), "--expression", str(tmp_path / "expr.csv")),
        *("--known-edges", "collectri:human", "--tfs", "collectri:human"),
    )
    assert "known-edges collectri-human.csv: tf = tf; target = target; sign = effect; source = source" in shown
    assert "note: known edges: collectri:human, fetched 20" in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("fetch edges", "which organism? Add --organism, one of human, mouse, rat"),
        ("fetch edges --organism yeast", "--organism 'yeast': there are no known edges of it; expected one of human"),
        ("fetch edges --organism human --source chea3", "--source 'chea3': it has no known edges of human that grnet"),
        ("fetch edges --organism human --levels A", "--levels: collectri:human has no levels of confidence"),
        ("fetch edges --organism human --file nowhere.csv", "--file nowhere.csv: no such file"),
        ("fetch tfs --source animaltfdb --organism fly", "animaltfdb:fly: cannot fetch http://127.0.0.1"),
        ("fetch tfs --source lambert --organism human", "lambert:human: what was fetched is not as expected"),
        (
            "prepare data --expression e.csv --known-edges collectri:human",
            "collectri:human: is not in the cache; fetch",
        ),
        ("prepare data --expression e.csv --tfs colectri:human", "did you mean collectri:human"),
        ("prepare data --expression e.csv --known-edges lambert:human", "is a list of TFs and holds no edges"),
    ],
)
def test_what_is_wrong_is_one_line_and_writes_nothing(server, refused, tmp_path, arguments, says):
    made.write_addresses(tmp_path / "resources.toml", server.address, lambert_human="/page", animaltfdb_fly="/gone")
    assert says in refused(*arguments.split())


def test_without_a_server_nothing_is_written(refused, tmp_path, monkeypatch):
    with made.resources_for_tests(tmp_path, monkeypatch):
        pass
    said = refused("fetch", "edges", "--source", "collectri", "--organism", "mouse")
    assert "no network, or the server is down" in said
    assert "add --file FILE" in said
