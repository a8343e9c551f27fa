"""The documentation site is built without a warning, loads nothing from the network, and has every command and name."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

import grnet
from grnet import plots
from grnet.cli import cli
from grnet.schema import errors

pytest.importorskip("myst_nb", reason='needs the extra: pip install -e ".[docs]"')
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LOADED = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "object": "data",
}


class LoadedFiles(HTMLParser):
    """What a page loads by its elements, without what it merely links to."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if LOADED.get(tag) in given and given.get("rel") != "canonical":
            self.addresses.append(given[LOADED[tag]] or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The built site; the tutorials, which have tests of their own, are not run."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(ROOT / "docs"), str(out)]
    environment = os.environ | {"GRNET_DOCS_EXECUTE": "off"}
    built = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)
    assert (built.returncode, built.stderr) == (0, "")
    return out


def text_of(page: Path) -> str:
    """Return the text of a page without its markup, with single spaces."""
    plain = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        plain = plain.replace(entity, sign)
    return " ".join(plain.split())


def test_pages_load_nothing_from_the_network(site):
    remote = {}
    for page in site.rglob("*.html"):
        files = LoadedFiles()
        files.feed(page.read_text(encoding="utf-8"))
        if found := [name for name in files.addresses if re.match(r"(https?:)?//", name)]:
            remote[page.name] = found
    assert remote == {}


def test_styles_and_scripts_load_nothing_from_the_network(site):
    remote = {
        style.name: found
        for style in site.rglob("*.css")
        if (
            found := re.findall(
                r"(?:@import|url\()\s*['\"]?((?:https?:)?//[^'\")]+)", style.read_text(encoding="utf-8")
            )
        )
    }
    assert remote == {}


def test_every_page_of_the_docs_is_in_the_site(site):
    sources = [path.relative_to(ROOT / "docs") for path in ROOT.glob("docs/**/*.md")]
    pages = [
        path.with_suffix(".html")
        for path in sources
        if path.parts[0] not in {"_ext", "_build"} and path.parts[:2] != ("tutorials", "data")
    ]
    assert [page for page in pages if not (site / page).is_file()] == []


def test_the_command_page_has_every_command_and_option_with_its_help(site):
    page = (site / "commands.html").read_text(encoding="utf-8")
    text = text_of(site / "commands.html")
    group = click.Context(cli, info_name="grnet")
    missing = []
    for name in cli.list_commands(group):
        command = cli.get_command(group, name)
        context = click.Context(command, info_name=name, parent=group)
        anchors = [f"grnet-{name}"] + [
            f"grnet-{name}{option.opts[0]}" for option in command.params if option.opts[0][0] == "-"
        ]
        missing += [anchor for anchor in anchors if f'id="{anchor}"' not in page]
        records = [option.get_help_record(context) for option in command.params]
        missing += [
            help_text for record in records if record for help_text in record if " ".join(help_text.split()) not in text
        ]
    assert missing == []


def test_the_reference_documents_every_public_name(site):
    pages = "".join(page.read_text(encoding="utf-8") for page in (site / "api").glob("*.html"))
    names = [f"grnet.{name}" for name in grnet.__all__]
    names += [f"grnet.plots.{name}" for name in plots.__all__]
    names += [f"grnet.schema.errors.{name}" for name, value in vars(errors).items() if inspect.isclass(value)]
    assert [name for name in names if f'id="{name}"' not in pages] == []


def test_the_reference_documents_the_class_that_each_function_returns(site):
    pages = "".join(page.read_text(encoding="utf-8") for page in (site / "api").glob("*.html"))
    documented = {match.rsplit(".", 1)[-1] for match in re.findall(r'id="(grnet\.[\w.]+)"', pages)}
    returned = {str(inspect.signature(getattr(grnet, name)).return_annotation) for name in grnet.__all__}
    classes = {word for text in returned for word in re.findall(r"\b[A-Z]\w+", text)} - {"Path", "None"}
    assert classes - documented == set()


def test_links_to_source_files_lead_to_pages_that_show_them(site):
    shown = text_of(site / "_source/grnet/dataset/prepare.py.html")
    assert "def prepare_dataset(" in shown
    assert "_source/grnet/dataset/prepare.py.html" in (site / "architecture.html").read_text(encoding="utf-8")


def test_a_flow_chart_is_a_drawing_with_all_its_nodes(site):
    page = (site / "architecture.html").read_text(encoding="utf-8")
    drawing = page[page.index('<div class="flow-chart"') :]
    labels = re.findall(r"<text [^>]+>([^<]+)</text>", drawing[: drawing.index("</svg>")])
    assert {"files of a lab", "dataset", "scores", "network.html"} <= set(labels)
    assert len(labels) == len(set(labels))
