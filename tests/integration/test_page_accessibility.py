"""axe-core finds nothing wrong with any page, on no tab and in neither theme."""

from __future__ import annotations

import pytest
from explorer_pages import CHROMIUM, READY, list_flags, needs_chromium
from npm_packages import place_of

import grnet

pytestmark = list(needs_chromium)

VIOLATIONS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" ")}`)"""


@pytest.fixture(scope="module")
def look():
    """Open a page and return what axe-core finds wrong with it."""
    script = place_of("axe-core")
    if not script.is_file():
        pytest.skip(f"no {script}; fetch it with: python tests/support/npm_packages.py")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as api:
        chromium = api.chromium.launch(executable_path=CHROMIUM, args=list_flags())
        # axe-core is no script of the page, whose policy would refuse it
        page = chromium.new_context(viewport={"width": 1400, "height": 900}, bypass_csp=True).new_page()

        def find(path, fragment="", ready="body"):
            page.goto("about:blank")
            page.goto(f"{path.as_uri()}#{fragment}")
            page.wait_for_selector(ready, timeout=60_000)
            page.evaluate(script.read_text(encoding="utf-8"))
            return page.evaluate(VIOLATIONS)

        yield find
        chromium.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_network_page(look, fused_network, theme):
    network = grnet.load_network(fused_network)
    tf, target = network.edges.iloc[0][["tf", "target"]]
    for fragment in (
        "",
        "tab=table",
        "tab=figures",
        "only=tfs",
        f"gene={tf}",
        f"focus={tf}&gene={tf}",
        f"tf={tf}&target={target}",
    ):
        found = look(fused_network / "network.html", f"{fragment}&theme={theme}", READY)
        assert found == [], fragment


def test_reports_and_evidence(look, fused_run, fused_network, tmp_path):
    tf, target = grnet.load_network(fused_network).edges.iloc[0][["tf", "target"]]
    grnet.explain(fused_run, tf, target, out=tmp_path / "pair.html")
    for path in (fused_run / "report.html", tmp_path / "pair.html"):
        assert look(path) == [], path.name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_of_two_networks(look, fused_network, theme, tmp_path):
    grnet.compare([fused_network, fused_network], names=["one", "other"], page=True, out=tmp_path / "compared")
    tf, target = grnet.load_network(fused_network).edges.iloc[0][["tf", "target"]]
    for fragment in ("", "tab=table", f"tf={tf}&target={target}"):
        found = look(tmp_path / "compared/network.html", f"{fragment}&theme={theme}", READY)
        assert found == [], fragment
