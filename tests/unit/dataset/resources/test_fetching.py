"""Fetching from a server of the test: what is kept, what is told, and that nothing is kept of what failed."""

from __future__ import annotations

import hashlib
import tomllib

import pytest
import resource_server as made

from grnet.dataset.resources.cache import cache_folder, describe_origin, find_cached, folder_of
from grnet.dataset.resources.catalogue import Resource, find_resource
from grnet.dataset.resources.fetching import fetch_resource
from grnet.schema.errors import ConfigError, DownloadError, FormatError, InputError, MissingInputError


@pytest.fixture
def server(tmp_path, monkeypatch):
    with made.resources_for_tests(tmp_path, monkeypatch) as running:
        yield running


def resource(name: str) -> Resource:
    return find_resource(name, "tfs", "--tfs")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_collectri_is_kept_as_edges_tfs_and_download(server, tmp_path):
    fetched = fetch_resource(resource("collectri:human"))
    assert fetched.folder == tmp_path / "cache" / "collectri-human"
    assert fetched.file_of("edges").read_text(encoding="utf-8") == (
        "tf,target,effect,source\n"
        "MYC,CDK4,activation,CollecTRI 2.0\n"
        "MYC,TERT,activation,CollecTRI 2.0\n"
        "SOX2,NANOG,repression,CollecTRI 2.0\n"
    )
    assert fetched.file_of("tfs").read_text(encoding="utf-8") == "MYC\nSOX2\n"
    assert fetched.download.read_text(encoding="utf-8") == made.COLLECTRI
    assert (fetched.n_edges, fetched.n_tfs) == (3, 2)
    assert fetched.notes == ("rows of complexes, which are not one gene, left out: 3 ('AP1', 'NFKB')",)
    assert fetched.sha256[fetched.download.name] == sha256(made.COLLECTRI)
    assert sorted(file.name for file in fetched.folder.iterdir()) == [
        "collectri-human.csv",
        "collectri-human.download",
        "collectri-human.tfs.txt",
        "resource.toml",
    ]


def test_the_record_says_where_it_is_from(server):
    fetched = fetch_resource(resource("collectri:human"))
    record = tomllib.loads((fetched.folder / "resource.toml").read_text(encoding="utf-8"))
    assert record["address"] == f"{server.address}/collectri"
    assert record["licence"] == "CC BY 4.0"
    assert record["sha256"]["collectri-human.download"] == sha256(made.COLLECTRI)
    assert find_cached(resource("collectri:human")) == fetched
    origin = describe_origin(fetched.file_of("edges"))
    assert origin["resource"] == "collectri:human"
    assert origin["download_sha256"] == sha256(made.COLLECTRI)
    assert describe_origin(fetched.folder.parent / "other.csv") == {}


def test_a_folder_of_ones_own_with_a_resource_toml_is_no_cache(tmp_path):
    (tmp_path / "resource.toml").write_text("mine = true\n", encoding="utf-8")
    assert describe_origin(tmp_path / "expression.csv") == {}
    assert describe_origin([("MYC", "TERT")]) == {}


def test_rows_of_one_pair_are_joined_and_counted(server):
    trrust = fetch_resource(resource("trrust:human"))
    assert trrust.file_of("edges").read_text(encoding="utf-8").splitlines()[1:] == [
        "AATF,BAX,repression,TRRUST v2",
        "AATF,CDKN1A,unknown,TRRUST v2",
        "MYC,TERT,both,TRRUST v2",
    ]
    assert trrust.notes == ("rows joined with another row of the same pair: 1",)


def test_omnipath_complexes_are_told(server):
    mouse = fetch_resource(resource("collectri:mouse"))
    assert mouse.n_edges == 3
    assert mouse.notes == ("rows of complexes, which are not one gene, left out: 1 ('Fos_Jun')",)


def test_dorothea_keeps_the_levels_that_are_asked_for(server):
    default = fetch_resource(resource("dorothea:human"))
    assert server.asked == ["/dorothea?levels=A,B,C"]
    assert default.file_of("edges").read_text(encoding="utf-8").splitlines()[1:] == [
        "MYC,TERT,activation,DoRothEA A",
        "SOX2,NANOG,repression,DoRothEA C",
    ]
    assert default.notes == (
        "rows joined with another row of the same pair: 1",
        "rows of other levels of confidence, left out: 1",
        "levels of confidence kept: A, B, C",
    )
    assert fetch_resource(resource("dorothea:human"), levels="cba") == default
    every = fetch_resource(resource("dorothea:human"), levels="D,C,B,A")
    assert (every.levels, every.n_edges) == ("ABCD", 3)
    assert server.asked[1:] == ["/dorothea?levels=A,B,C,D"]
    assert fetch_resource(resource("dorothea:human")) == every


@pytest.mark.parametrize(
    ("name", "levels", "says"),
    [
        ("dorothea:human", "AE", "--levels takes letters of ABCD, such as ABC; got 'AE'"),
        ("dorothea:human", "", "--levels takes letters of ABCD"),
        ("trrust:human", "A", "--levels: trrust:human has no levels of confidence; leave the option out"),
    ],
)
def test_wrong_levels(server, name, levels, says):
    with pytest.raises(ConfigError, match=says):
        fetch_resource(resource(name), levels=levels)
    assert server.asked == []


def test_lists_of_tfs(server):
    fly = fetch_resource(resource("aertslab:fly"))
    assert fly.file_of("tfs").read_text(encoding="utf-8") == "AATF\nMYC\nZNF10\n"
    assert (fly.n_tfs, fly.n_edges) == (3, 0)
    fish = fetch_resource(resource("animaltfdb:zebrafish"))
    assert fish.file_of("tfs").read_text(encoding="utf-8") == "ENSDARG00000012345\nsox2\n"


def test_what_is_there_is_not_fetched_again_but_with_refresh(server):
    first = fetch_resource(resource("trrust:human"))
    assert fetch_resource(resource("trrust:human")) == first
    assert server.asked == ["/trrust"]
    assert fetch_resource(resource("trrust:human"), refresh=True) == first
    assert server.asked == ["/trrust", "/trrust"]


def test_damage_is_found_and_mended_by_fetching(server):
    fetched = fetch_resource(resource("trrust:human"))
    fetched.file_of("edges").write_text("tf,target\nMYC,TERT\n", encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        find_cached(resource("trrust:human"))
    assert str(caught.value) == (
        f"{fetched.file_of('edges')}: is missing or was changed since it was fetched; fetch it again: "
        "grnet fetch edges --source trrust --organism human --refresh"
    )
    assert fetch_resource(resource("trrust:human")) == fetched
    (fetched.folder / "resource.toml").write_text("name = 3", encoding="utf-8")
    with pytest.raises(FormatError, match=r"not readable as the record of a fetched resource \('notes'\); fetch it"):
        find_cached(resource("trrust:human"))


def test_a_file_stands_for_the_network(server, tmp_path):
    (tmp_path / "by-hand.tsv").write_text(made.TRRUST, encoding="utf-8")
    fetched = fetch_resource(resource("trrust:human"), file=tmp_path / "by-hand.tsv")
    assert server.asked == []
    assert fetched.n_edges == 3
    assert fetched.notes[-1] == "read from the file by-hand.tsv, not from the address"
    with pytest.raises(MissingInputError, match="--file nowhere: no such file"):
        fetch_resource(resource("trrust:human"), file=tmp_path.relative_to(tmp_path) / "nowhere")


@pytest.mark.parametrize(
    ("path", "error", "says"),
    [
        ("/gone", DownloadError, r"/gone \(the server answered 404 Not Found\); try again later, or download it on"),
        ("/trrust-broken-off", DownloadError, r"cannot fetch http://127.*\(the connection broke off\)"),
        ("/page", InputError, "trrust:human: what was fetched is not as expected; nothing was kept: .*'<html>"),
    ],
)
def test_what_fails_leaves_nothing(server, tmp_path, path, error, says):
    made.write_addresses(tmp_path / "resources.toml", server.address, trrust_human=path)
    with pytest.raises(error, match=says):
        fetch_resource(resource("trrust:human"))
    assert not cache_folder().exists()


def test_without_a_server_one_line_says_so(tmp_path, monkeypatch):
    with made.resources_for_tests(tmp_path, monkeypatch) as server:
        address = server.address
    with pytest.raises(DownloadError) as caught:
        fetch_resource(resource("trrust:human"))
    assert str(caught.value) == (
        f"trrust:human: cannot fetch {address}/trrust (no network, or the server is down); try again later, or "
        "download it on another machine and add --file FILE"
    )
    assert not cache_folder().exists()


def test_an_address_of_no_known_kind_is_told(server, tmp_path):
    made.write_addresses(tmp_path / "resources.toml", "gopher://x", trrust_human="/y")
    with pytest.raises(DownloadError, match="cannot fetch gopher://x/y"):
        fetch_resource(resource("trrust:human"))


def test_another_checksum_leaves_what_was_there(server, tmp_path):
    fetched = fetch_resource(resource("trrust:human"))
    table = tmp_path / "resources.toml"
    table.write_text(
        f'[trrust.organisms.human]\naddress = "{server.address}/trrust"\nsha256 = "{"0" * 64}"\n', encoding="utf-8"
    )
    with pytest.raises(
        DownloadError, match=rf"has the SHA-256 {sha256(made.TRRUST)}; expected 0{{64}}: it was damaged"
    ):
        fetch_resource(resource("trrust:human"), refresh=True)
    assert find_cached(resource("trrust:human")) == fetched
    assert sorted(entry.name for entry in cache_folder().iterdir()) == ["trrust-human"]


def test_a_users_file_in_the_cache_is_never_deleted(server):
    fetched = fetch_resource(resource("trrust:human"))
    (fetched.folder / "my notes.docx").write_text("mine")
    with pytest.raises(FileExistsError, match=r"holds my notes\.docx, not written by grnet"):
        fetch_resource(resource("trrust:human"), refresh=True)
    assert (fetched.folder / "my notes.docx").read_text() == "mine"


def test_the_cache_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("GRNET_CACHE", str(tmp_path / "here"))
    assert folder_of(resource("trrust:human")) == tmp_path / "here" / "trrust-human"
    monkeypatch.delenv("GRNET_CACHE")
    assert cache_folder().name == "grnet"
