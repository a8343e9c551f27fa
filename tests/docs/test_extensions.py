"""What the extensions of the documentation site make of commands, charts, docstrings and links."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

pytest.importorskip("sphinx", reason='needs the extra: pip install -e ".[docs]"')

ROOT = Path(__file__).parents[2]


def load_extension(name: str) -> ModuleType:
    """Import a module of docs/_ext."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/_ext/{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def flow_chart():
    return load_extension("flow_chart")


def test_a_chart_is_read_with_its_labels_and_shapes(flow_chart):
    chart = flow_chart.read_chart(["flowchart LR", "  a([files of a lab]) --> b[dataset]", "b --> c[(scores)]"])
    assert chart.labels == {"a": "files of a lab", "b": "dataset", "c": "scores"}
    assert chart.shapes == {"a": "end", "b": "box", "c": "store"}
    assert chart.arrows == [("a", "b"), ("b", "c")]


def test_a_line_that_is_no_arrow_is_refused(flow_chart):
    with pytest.raises(ValueError, match=r"expected A --> B, got 'a -.- b'"):
        flow_chart.read_chart(["flowchart LR", "a -.- b"])


def test_a_drawing_goes_from_left_to_right_and_escapes_labels(flow_chart):
    drawing = flow_chart.draw_chart(flow_chart.read_chart(["flowchart LR", "a[first < x] --> b", "b --> c"]))
    places = [float(piece.split('"')[0]) for piece in drawing.split('<text x="')[1:]]
    assert places == sorted(places)
    assert "first &lt; x</text>" in drawing
    assert drawing.count('class="arrow"') == 2


@pytest.mark.parametrize(
    ("line", "escaped"),
    [
        ("AUROC of |Pearson r| over pairs", r"AUROC of \|Pearson r\| over pairs"),
        ("the |r| of pairs and |s|", r"the \|r\| of pairs and \|s\|"),
        ("`a | b`, or `|r|`", "`a | b`, or `|r|`"),
        ("str | None", "str | None"),
    ],
)
def test_bars_of_absolute_values_are_escaped(line, escaped):
    lines = [line]
    load_extension("docstring_text").escape_bars(None, "function", "f", None, None, lines)
    assert lines == [escaped]


def test_attributes_that_are_described_together_get_an_entry_each():
    lines = ["Counts.", "", "Attributes", "----------", "low, high : float", "    Ends.", "path : Path"]
    load_extension("docstring_text").split_attributes(None, "class", "C", None, None, lines)
    assert lines[4:] == ["low : float", "    Ends.", "high : float", "    Ends.", "path : Path"]


@pytest.fixture
def app(tmp_path):
    """A project with a page, a folder of pages, and files outside docs/."""
    for name in ("docs/page.md", "docs/more/deep.md", "CONTRIBUTING.md", "grnet/prepare.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# A page\n")
    config = SimpleNamespace(outside_pages={"CONTRIBUTING.md": "contributing"}, outside_repository="")
    env = SimpleNamespace(doc2path=lambda docname: str(tmp_path / "docs" / f"{docname}.md"))
    return SimpleNamespace(srcdir=str(tmp_path / "docs"), config=config, env=env)


@pytest.mark.parametrize(
    ("docname", "text", "written"),
    [
        ("page", "[CONTRIBUTING.md](../CONTRIBUTING.md#the-rooms)", "[](contributing.md#the-rooms)"),
        ("more/deep", "[page.md](../page.md)", "[](../page.md)"),
        ("page", "![a picture](page.md)", "![a picture](page.md)"),
        ("page", "[rooms](../CONTRIBUTING.md#the-rooms)", "[rooms](contributing.md#the-rooms)"),
        ("page", "[code](../grnet/prepare.py)", "[code](page:_source/grnet/prepare.py.html)"),
        ("more/deep", "[code](../../grnet/prepare.py)", "[code](page:../_source/grnet/prepare.py.html)"),
        ("more/deep", "[page](../page.md#a-page)", "[page](../page.md#a-page)"),
        (
            "page",
            "[web](https://example.org/page.md) [gone](gone.md)",
            "[web](https://example.org/page.md) [gone](gone.md)",
        ),
        ("page", "```\n[code](../grnet/prepare.py)\n```\n", "```\n[code](../grnet/prepare.py)\n```\n"),
    ],
)
def test_links_to_files_outside_the_docs_lead_to_pages(app, docname, text, written):
    content = [text]
    load_extension("outside_links").rewrite_page(app, docname, content)
    assert content == [written]


def test_links_of_an_included_file_are_those_of_the_page_that_includes_it(app):
    content = ["[page](docs/page.md#a-page), [code](grnet/prepare.py), [self](CONTRIBUTING.md)"]
    load_extension("outside_links").rewrite_included(app, Path("../CONTRIBUTING.md"), "contributing", content)
    assert content == ["[page](page.md#a-page), [code](page:_source/grnet/prepare.py.html), [self](contributing.md)"]


def test_links_to_source_files_lead_to_the_repository_once_it_has_an_address(app):
    app.config.outside_repository = "https://example.org/grnet"
    content = ["[code](../grnet/prepare.py), [folder](../grnet)"]
    load_extension("outside_links").rewrite_page(app, "page", content)
    code, folder = "https://example.org/grnet/blob/main/grnet/prepare.py", "https://example.org/grnet/tree/main/grnet"
    assert content == [f"[code]({code}), [folder]({folder})"]


def test_pieces_of_what_a_cell_prints_are_joined_as_they_are():
    pytest.importorskip("myst_nb")
    from nbformat import NotebookNode

    def piece(name, text):
        return NotebookNode(output_type="stream", name=name, text=text)

    table = NotebookNode(output_type="execute_result")
    joined = load_extension("printed_pieces").join_pieces(
        [
            piece("stderr", "no"),
            piece("stdout", "one li"),
            table,
            piece("stdout", "ne\n  two\n"),
            piece("stderr", "te\n"),
        ]
    )
    assert [(output.get("name"), output.get("text")) for output in joined] == [
        ("stdout", "one line\n  two\n"),
        ("stderr", "note\n"),
        (None, None),
    ]
