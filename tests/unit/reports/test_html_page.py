"""Report pages: what is in them is escaped without the caller's help."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from grnet.pages.page_parts import read_plotly
from grnet.reports.html_page import Page

NASTY = "<b>&\"'"
SAFE = "&lt;b&gt;&amp;&#34;&#39;"


def body_of(page: Page) -> str:
    """Return what stands between the page's first heading and its end."""
    return page.render().split("</h1>\n")[1].split("</main>")[0]


def test_every_part_escapes_its_text():
    page = Page(NASTY)
    page.add_heading(NASTY)
    page.add_subheading(NASTY)
    page.add_text(NASTY)
    page.add_box([NASTY, "two"], kind="warning")
    page.add_box([], kind="finding")
    text = page.render()
    assert f"<title>{SAFE}</title>" in text
    assert f"<h1>{SAFE}</h1>" in text
    assert body_of(page) == (
        f'<h2>{SAFE}</h2>\n<h3>{SAFE}</h3>\n<p>{SAFE}</p>\n<div class="box warning"><p>{SAFE}</p><p>two</p></div>\n'
    )


def test_a_table_has_text_and_numbers_and_marked_rows():
    page = Page("t")
    page.add_table((NASTY, "n"), [(NASTY, "1"), (("a", NASTY), "2"), ("c", ("3", "4"))], strong=[1], apart=[1, 2])
    assert body_of(page) == (
        '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table><thead><tr>'
        f'<th scope="col" class="text">{SAFE}</th>'
        '<th scope="col" class="number">n</th></tr></thead>\n'
        "<tbody>\n"
        f'<tr><td class="text">{SAFE}</td><td class="number">1</td></tr>\n'
        f'<tr class="strong apart"><td class="text">a<small>{SAFE}</small></td><td class="number">2</td></tr>\n'
        '<tr class="apart"><td class="text">c</td><td class="number">3<small>4</small></td></tr>\n'
        "</tbody></table></div>\n"
    )


def test_a_row_of_another_length_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        Page("t").add_table(("a", "b"), [("1",)])


def test_settings_are_flat():
    page = Page("t")
    page.add_settings({"a": {"b": [1, True]}, "c": NASTY})
    text = body_of(page)
    assert '<tr><td class="text">a.b</td><td class="text">1, yes</td></tr>' in text
    assert f'<tr><td class="text">c</td><td class="text">{SAFE}</td></tr>' in text


def test_plots_are_numbered_and_plotly_is_there_only_with_them():
    page = Page("t")
    assert "<script" not in page.render()
    page.add_plots([go.Figure(), go.Figure()])
    page.add_plots([go.Figure()])
    text = page.render()
    assert [f'id="plot-{n}"' in text for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert text.count(f"<script>{read_plotly()}</script>") == 1
    assert text == page.render()
