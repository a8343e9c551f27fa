"""What the documents tell a user to type or to open is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest
from readme_commands import FENCE, read_commands

import grnet
from grnet.cli import cli

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "data/README.md")] + sorted(
    ROOT.glob("docs/**/*.md")
)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name_of(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_grnet_commands_parse(document):
    for words in read_commands(document, "grnet"):
        group = click.Context(cli, info_name="grnet")
        if words == ["--version"]:
            continue
        command = cli.get_command(group, words[0])
        assert command is not None, words
        given = "--config" in words  # the file of options is the reader's
        command.make_context(words[0], list(words[1:]), parent=group, resilient_parsing=given)


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "CHANGELOG.md"], ids=name_of)
def test_commands_and_options_in_running_text_exist(document):
    group = click.Context(cli, info_name="grnet")
    names = cli.list_commands(group)
    commands = [cli.get_command(group, name) for name in names]
    options = {text for command in commands if command for option in command.params for text in option.opts}
    options |= {"--help", "--version"}
    for script in (ROOT / "benchmarks").glob("*.py"):
        options |= set(re.findall(r'add_argument\(\s*"(--[a-z-]+)"', script.read_text(encoding="utf-8")))
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", document.read_text(encoding="utf-8")))
    assert {text.split()[1] for text in inline if re.match(r"grnet [a-z]", text)} <= set(names)
    assert {word for text in inline for word in text.split() if re.match("--[a-z]", word)} <= options


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_make_targets_exist(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {words[0] for words in read_commands(document, "make")}
    named |= set(re.findall(r"`make ([a-z-]+)`", document.read_text(encoding="utf-8")))
    assert named <= targets


def test_the_readme_names_the_demo_the_main_commands_and_the_tests():
    readme = ROOT / "README.md"
    assert [words[0] for words in read_commands(readme, "grnet")] == ["demo", "prepare", "train", "infer-network"]
    assert [words[0] for words in read_commands(readme, "make")] == ["demo", "test", "docs"]


def test_the_page_on_your_own_files_goes_through_the_main_commands():
    page = ROOT / "docs/your_own_files.md"
    commands = ["prepare", "inspect", "train", "crossval", "infer-network", "evaluate", "explain", "view", "export"]
    assert [words[0] for words in read_commands(page, "grnet")] == [*commands, "compare", "check"]


def test_python_in_the_documents_calls_public_functions():
    blocks = {name_of(document): PYTHON.findall(document.read_text(encoding="utf-8")) for document in DOCUMENTS}
    calls = [node for text in blocks.values() for node in ast.walk(ast.parse("\n".join(text)))]
    attributes = [node for node in calls if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    named = {node.attr for node in attributes if node.value.id == "grnet"}
    assert {"prepare", "train", "infer_network", "evaluate", "explain", "export"} <= named
    assert named <= {*grnet.__all__, "plots"}
