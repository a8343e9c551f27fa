"""A browser for the tests that look at pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from closed_folders import layouts_name_all_files as layouts_name_all_files
from explorer_pages import CHROMIUM, READY, REPORT_VIOLATIONS, WEBGL, list_flags


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as api:
        chromium = api.chromium.launch(executable_path=CHROMIUM, args=list_flags(*WEBGL))
        yield chromium
        chromium.close()


class Visit:
    """Opens page files in one tab, and keeps what the browser reports and asks for."""

    def __init__(self, browser) -> None:
        self.reports: list[str] = []
        self.requests: list[str] = []
        self.opened: list[str] = []
        self.context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
        self.context.add_init_script(REPORT_VIOLATIONS)
        self.page = self.context.new_page()
        self.page.on("console", self._report)
        self.page.on("pageerror", lambda error: self.reports.append(str(error)))
        self.page.on("dialog", lambda dialog: self.reports.append(dialog.message) or dialog.dismiss())
        self.page.on("request", self._keep)

    def _report(self, message) -> None:
        if "GL Driver Message (OpenGL, Performance" not in message.text:  # of WebGL that a program imitates
            self.reports.append(message.text)

    def _keep(self, request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self.requests.append(request.url.split("#")[0])

    def __call__(self, path: Path, fragment: str = "", *, ready: str = READY):
        """Open a page, with a fragment or without, and wait until it can be used: until there is an element `ready`."""
        self.opened.append(path.as_uri())
        self.page.goto("about:blank")
        self.page.goto(path.as_uri() + (f"#{fragment}" if fragment else ""))
        self.page.wait_for_selector(ready, timeout=60_000)
        return self.page


@pytest.fixture
def visit(browser):
    """Open a page file; afterwards the browser has asked for that file alone and has had nothing to report."""
    visit = Visit(browser)
    yield visit
    visit.context.close()
    assert visit.reports == []
    assert [url for url in visit.requests if url != "about:blank"] == visit.opened
