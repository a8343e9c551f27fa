"""`grnet compare --page`: two networks in one drawing."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from explorer_pages import drawn, needs_chromium, wait_drawn

import grnet
from grnet.schema.errors import ConfigError


@pytest.fixture(scope="module")
def two_networks(fused_run, fused_network, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "network"
    grnet.infer_network(fused_run, other, top=30)
    return fused_network, other


@pytest.fixture(scope="module")
def page_file(two_networks, tmp_path_factory):
    out = tmp_path_factory.mktemp("compared") / "comparison"
    grnet.compare(list(two_networks), names=["sixty", "<thirty>"], page=True, out=out)
    return out / "network.html"


def test_the_page_holds_the_edges_of_both(page_file, two_networks):
    text = page_file.read_text(encoding="utf-8")
    start = text.index('id="network-data">') + len('id="network-data">')
    data = json.loads(text[start : text.index("</script>", start)])
    assert data["compared"]["names"] == ["sixty", "<thirty>"]
    assert data["compared"]["held"].count("both") == 30
    assert data["compared"]["held"].count("first") == 30
    first, second = data["compared"]["probability"]
    assert first == second == data["edges"]["probability"]
    assert len(pd.read_parquet(page_file.parent / "edges.parquet")) == 60


@needs_chromium[0]
@needs_chromium[1]
def test_edges_are_filtered_by_who_keeps_them(page_file, visit):
    page = visit(page_file)
    wait_drawn(page, 60)
    assert len(drawn(page)["edges"]) == 60
    labels = page.locator("#filters label").all_inner_texts()
    assert [label.split("\n")[0].rstrip("0123456789 ") for label in labels[:3]] == [
        "only sixty",
        "only <thirty>",
        "both networks",
    ]
    page.uncheck("#filter-both")
    page.wait_for_function("() => explorer.shownEdges().length === 30")
    page.wait_for_function("() => location.hash.includes('hide=both')")
    page.click("#tab-table")
    assert page.locator("#edges th").all_inner_texts()[-3:] == ["sixty", "<thirty>", "Kept by"]
    page.locator("#listed tr").first.click()
    assert "kept by only sixty" in page.inner_text("#panel-body")


def test_what_cannot_be_drawn_is_refused_before_anything_is_read(two_networks, tmp_path):
    first, second = two_networks
    edges = tmp_path / "list.csv"
    edges.write_text("tf,target,score\na,b,1\n", encoding="utf-8")
    for networks, out, told in (
        ([first, second], None, "--page: give a folder with --out"),
        ([first, second, first], tmp_path / "out", "--page: draws two networks, got 3; name two"),
        ([first, edges], tmp_path / "out", r"--page: list\.csv: is a list of edges"),
    ):
        with pytest.raises(ConfigError, match=told):
            grnet.compare(networks, page=True, out=out)
    assert not (tmp_path / "out").exists()
