"""The explorer page in the frame that a notebook shows: sandboxed, and it works."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from explorer_pages import READY, REPORT_VIOLATIONS, make_page, needs_chromium

from grnet.network import page_display
from grnet.network.page_display import show_page

pytestmark = list(needs_chromium)


@pytest.fixture
def notebook(browser, tmp_path, monkeypatch):
    """Return a tab with a notebook's page, in it the frame of a network, and what the browser reported."""
    monkeypatch.setattr(page_display, "in_notebook", lambda: True)
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(HTML=lambda text: text))
    path, edges, _ = make_page(tmp_path, 60)
    cell = tmp_path / "notebook.html"
    head = '<!DOCTYPE html><link rel="icon" href="data:,"><textarea id="paste"></textarea>'
    cell.write_text(head + show_page(path), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    context.add_init_script(REPORT_VIOLATIONS)
    tab = context.new_page()
    reports: list[str] = []
    tab.on("console", lambda message: reports.append(message.text))
    tab.on("pageerror", lambda error: reports.append(str(error)))
    tab.goto(cell.as_uri())
    frame = tab.frames[1]
    frame.wait_for_selector(READY, timeout=60_000)
    yield tab, frame, edges
    context.close()
    # the frame may not use the clipboard by itself; the page copies by the browser's own command instead
    assert [text for text in reports if "Clipboard API has been blocked" not in text] == []


def test_the_page_works_in_a_frame(notebook):
    tab, frame, edges = notebook
    assert frame.evaluate("() => explorer.shownEdges().length") == len(edges)
    frame.fill("#search", edges["tf"][0])
    frame.press("#search", "Enter")
    frame.wait_for_selector("#panel-tools:not([hidden])")
    frame.click("#tab-table")
    frame.wait_for_selector("#listed tr")
    frame.click("#theme")
    with tab.expect_download() as csv:
        frame.click("#save-csv")
    assert csv.value.suggested_filename.endswith(".csv")
    frame.click("#tab-network")
    with tab.expect_download() as picture:
        frame.click("#save-png")
    assert picture.value.suggested_filename == "network.png"
    frame.click("#tab-table")
    frame.click("#copy-table")
    frame.wait_for_function("() => /copied/i.test(document.getElementById('says').textContent)")
    tab.click("#paste")
    tab.keyboard.press("Control+V")
    assert tab.input_value("#paste").splitlines()[1].split("\t")[1:3] == [edges["tf"][0], edges["target"][0]]
    frame.click("#help-open")
    frame.click("#help-close")
    frame.wait_for_selector("#help", state="hidden")


def test_the_page_reaches_nothing_of_the_notebook(notebook):
    _, frame, _ = notebook
    refused = frame.evaluate("() => { try { return parent.document.title; } catch (error) { return error.name; } }")
    assert refused == "SecurityError"
    assert frame.evaluate("() => origin") == "null"
