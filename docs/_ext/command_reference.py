"""The directive `command-reference`: every command of grnet with its arguments and options, read from click."""

from __future__ import annotations

import inspect
import re

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from grnet.cli import cli

OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*[a-z])")


class CommandReference(SphinxDirective):
    """Sections for all commands, in the order of `grnet --help`."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each command."""
        group = click.Context(cli, info_name="grnet", help_option_names=["-h", "--help"])
        sections: list[nodes.Node] = [self._describe(cli, group)]
        for name in cli.list_commands(group):
            command = cli.get_command(group, name)
            if command is not None and not command.hidden:
                sections.append(self._describe(command, click.Context(command, info_name=name, parent=group)))
        return sections

    def _describe(self, command: click.Command, context: click.Context) -> nodes.section:
        """Return the section of a command: usage, what it does, options."""
        title, anchor = context.command_path, context.command_path.replace(" ", "-")
        section = nodes.section("", nodes.title("", "", nodes.literal("", title)), ids=[anchor])
        self.state.document.note_explicit_target(section, section)
        standard = self.env.domains.standard_domain
        standard.note_hyperlink_target(anchor, self.env.docname, anchor, title)
        usage = " ".join([title, *command.collect_usage_pieces(context)])
        section += nodes.literal_block(usage, usage, language="none")
        section += _show_help(command.help or "")
        options = nodes.definition_list(classes=["command-options"])
        for parameter in command.get_params(context):
            record = parameter.get_help_record(context)
            if record is not None:
                options += self._list_option(parameter, record, context)
        section += options
        return section

    def _list_option(
        self, parameter: click.Parameter, record: tuple[str, str], context: click.Context
    ) -> nodes.definition_list_item:
        """Return an option with its help, and make it a target of the search."""
        anchor = f"{context.command_path.replace(' ', '-')}{parameter.opts[0]}"
        term = nodes.term("", "", nodes.literal("", record[0]), ids=[anchor])
        for option in [*parameter.opts, *parameter.secondary_opts]:
            self.env.domains.standard_domain.add_program_option(context.command_path, option, self.env.docname, anchor)
        return nodes.definition_list_item(
            "", term, nodes.definition("", nodes.paragraph("", "", *_mark_options(record[1])))
        )


def _show_help(text: str) -> list[nodes.Node]:
    """Return the paragraphs of a help text; a mark of click keeps the lines of some as they are."""
    shown: list[nodes.Node] = []
    for block in inspect.cleandoc(text).split("\n\n"):
        if block.startswith("\b\n"):
            shown.append(nodes.literal_block("", block.removeprefix("\b\n"), language="none"))
        else:
            shown.append(nodes.paragraph("", "", *_mark_options(" ".join(block.split()))))
    return shown


def _mark_options(text: str) -> list[nodes.Node]:
    """Return a help text with its options as code."""
    pieces = OPTION.split(text)
    return [nodes.literal("", piece) if n % 2 else nodes.Text(piece) for n, piece in enumerate(pieces) if piece]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("command-reference", CommandReference)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
