"""Every page that grnet writes: its policy admits its own scripts alone, whatever names it shows, and it works so."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from explorer_pages import READY, needs_chromium
from hostile_lab import COMMANDS, MORE_PAGES, SCRIPT, walk_through

REPORTS = ("[b]run/report.html", "[b]crossval/report.html", "[b]judged/report.html", "[b]compared/report.html")
EXPLORERS = ("[b]net/network.html", "[b]view.html")
EVIDENCE = "[b]why.html"
PAGES = (*REPORTS, *EXPLORERS, EVIDENCE)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working folder of a lab with hostile names, after every command that writes a page."""
    work = tmp_path_factory.mktemp("pages")
    walk_through(work, (*COMMANDS, *MORE_PAGES))
    return work


class Elements(HTMLParser):
    """Collects the scripts and style sheets of a page, its policy, and what could load or run anything else."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.policy, self.addresses, self.handlers = "", [], []
        self.tags: list[str] = []
        self.code: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.handlers += [name for name in given if name.startswith("on") or name == "style"]
        self.addresses += [given[name] for name in ("src", "href", "action", "srcset", "data") if name in given]
        if given.get("http-equiv") == "Content-Security-Policy":
            assert not {"script", "style"} & set(self.tags), "the policy comes before all that it is for"
            self.policy = given["content"]
        if tag in self.code and given.get("type") != "application/json":
            self._inside = tag
            self.code[tag].append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.code[self._inside][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None


def hashes_of(texts: list[str]) -> list[str]:
    return [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts]


def test_every_page_of_the_commands_is_here(lab):
    assert {path.relative_to(lab).as_posix() for path in lab.rglob("*.html")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_admits_the_scripts_and_styles_of_the_page_alone(lab, name):
    page = Elements((lab / name).read_text(encoding="utf-8"))
    policy = dict(directive.split(" ", 1) for directive in page.policy.split("; "))
    assert sorted(policy.pop("script-src").split()) == sorted(hashes_of(page.code["script"]) or ["'none'"])
    drawn = [""] if any("plotly.js" in script[:200] for script in page.code["script"]) else []
    assert policy.pop("style-src").split() == hashes_of([*page.code["style"], *drawn])
    assert policy.pop("img-src") == ("data: blob:" if drawn else "data:")
    nothing = ("default-src", "connect-src", "object-src", "base-uri", "form-action")
    assert policy == dict.fromkeys(nothing, "'none'")
    assert "unsafe" not in page.policy


@pytest.mark.parametrize("name", PAGES)
def test_names_stay_text(lab, name):
    text = (lab / name).read_text(encoding="utf-8")
    page = Elements(text)
    assert SCRIPT in text.replace("&lt;", "<").replace("&gt;", ">").replace("\\u003c", "<").replace("\\u003e", ">")
    for raw in ("<script>alert", "<img src=x", "<i>side", "<b>genes", "<!--<", "<svg onload", 'href="javascript'):
        assert raw not in text, raw
    assert page.addresses == ["data:,"]
    assert page.handlers == []
    assert len(page.code["style"]) == 1
    assert not {"x", "red", "a", "iframe", "object", "form"} & set(page.tags)
    assert "\u2028" not in "".join(re.findall(r'<script type="application/json".*?</script>', text, re.DOTALL))


browser_mark, chromium_mark = needs_chromium


@browser_mark
@chromium_mark
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_drawn_and_its_plots_are_used_and_saved(lab, name, visit):
    page = visit(lab / name, ready="footer")
    plots = page.locator(".plot")
    assert page.locator(".plot .main-svg").count() >= plots.count() > 0
    assert page.evaluate("() => getComputedStyle(document.querySelector('.plots')).display") == "flex"
    for place in range(plots.count()):
        plots.nth(place).hover()
    box = plots.first.bounding_box()
    for share in range(1, 10):
        page.mouse.move(box["x"] + box["width"] * share / 10, box["y"] + box["height"] / 2)
    with page.expect_download() as picture:
        plots.first.locator(".modebar-btn").first.click()
    assert picture.value.suggested_filename.endswith(".png")


@browser_mark
@chromium_mark
@pytest.mark.parametrize("draw", ["svg", "webgl"])
@pytest.mark.parametrize("name", EXPLORERS)
def test_the_explorer_page_is_walked_through(lab, name, draw, visit):
    page = visit(lab / name, f"draw={draw}")
    for gene in (SCRIPT, "<!--", "__proto__", "javascript:alert(1)"):
        page.fill("#search", gene)
        page.press("#search", "Enter")
        page.wait_for_timeout(100)
    page.hover("#surface", position={"x": 300, "y": 300})
    page.mouse.wheel(0, -300)
    page.mouse.down()
    page.mouse.move(500, 500, steps=4)
    page.mouse.up()
    page.locator("#threshold").evaluate("slider => { slider.value = 3; slider.dispatchEvent(new Event('input')); }")
    for control in ("#theme", "#tab-table", "#copy-table", "#tab-figures", "#help-open", "#help-close", "#tab-network"):
        page.click(control)
        page.wait_for_timeout(100)
    for button in ("#save-png", "#save-svg"):
        with page.expect_download():
            page.click(button)
    page.click("#reset")
    page.wait_for_timeout(500)


@browser_mark
@chromium_mark
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_evidence_page_is_shown(lab, scheme, visit):
    visit.page.emulate_media(color_scheme=scheme)
    page = visit(lab / EVIDENCE)
    assert SCRIPT in page.inner_text("#edges")
    assert page.evaluate("() => document.documentElement.dataset.theme") == scheme


@browser_mark
@chromium_mark
def test_a_script_that_is_smuggled_in_does_not_run(lab, tmp_path, browser):
    text = (lab / EVIDENCE).read_text(encoding="utf-8")
    smuggled = (
        "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'><a href='javascript:window.ran=3'>a</a>"
    )
    (tmp_path / "page.html").write_text(text.replace("<main>", f"<main>{smuggled}"), encoding="utf-8")
    page = browser.new_page()
    reports = []
    page.on("console", lambda message: reports.append(message.text))
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector(READY)
    page.click("main a")
    assert page.evaluate("() => window.ran") is None
    assert sum("Content Security Policy" in report for report in reports) >= 4
    page.close()
