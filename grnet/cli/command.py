"""The class of every command: the options that all have, and what is noted of how it was called."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from grnet.cli.config_file import UNSAVED, read_config, write_config
from grnet.cli.console import Verbosity
from grnet.cli.log_file import LogFile

_TYPED, _LOG = "grnet.typed", "grnet.log"
"""Keys in the context of a command: the words that were typed, and the file of the log."""


class GrnetCommand(click.Command):
    """A command with --config, --log, --quiet and --debug, whose folders say how it was called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend([*file_options(), *common_options()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words that were typed, and parse them."""
        ctx.meta[_TYPED] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; folders that it writes hold its words and its options."""
        from grnet.workflow.call_context import command_line

        typed: list[str] = ctx.meta[_TYPED]
        command = shlex.join(["grnet", str(ctx.info_name), *typed])
        if _LOG in ctx.meta:
            log = ctx.ensure_object(Verbosity).log = LogFile(ctx.meta[_LOG])
            log.start(command)
        given, _, _ = self.make_parser(ctx).parse_args(args=list(typed))
        typed_values = {name: value for name, value in given.items() if _is_given(value)}
        values = {**(ctx.default_map or {}), **typed_values}
        kept = {name: value for name, value in values.items() if name not in UNSAVED}
        with command_line(command, write_config(str(ctx.info_name), self.params, kept)):
            return super().invoke(ctx)


def _is_given(value: object) -> bool:
    """Whether the parser found a value; what click says of others depends on its version."""
    return isinstance(value, str | bool | list | tuple) and value not in ([], ())


def file_options() -> list[click.Option]:
    """Return fresh --config and --log options."""
    path = click.Path(path_type=Path)
    return [
        click.Option(
            ["--config"],
            type=path,
            metavar="FILE",
            is_eager=True,
            expose_value=False,
            callback=_take_config,
            help="Take options from this TOML file, from the table of this command. Options on the command line "
            "take precedence. Folders of results hold such a file, config.toml.",
        ),
        click.Option(
            ["--log"],
            type=path,
            metavar="FILE",
            expose_value=False,
            callback=_keep_log,
            help="Append what is shown to this file, each line with its time.",
        ),
    ]


def common_options() -> list[click.Option]:
    """Return fresh --quiet and --debug options."""
    return [
        click.Option(["--quiet"], is_flag=True, expose_value=False, callback=_set_flag, help="Show no progress."),
        click.Option(
            ["--debug"], is_flag=True, expose_value=False, callback=_set_flag, help="Show the traceback of an error."
        ),
    ]


def _take_config(ctx: click.Context, parameter: click.Parameter, file: Path | None) -> None:
    if file is not None and not ctx.resilient_parsing:
        group = ctx.find_root().command
        commands = group.list_commands(ctx) if isinstance(group, click.Group) else [str(ctx.info_name)]
        ctx.default_map = read_config(file, ctx, commands)


def _keep_log(ctx: click.Context, parameter: click.Parameter, file: Path | None) -> None:
    if file is not None:
        ctx.meta[_LOG] = file


def _set_flag(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        setattr(ctx.ensure_object(Verbosity), str(parameter.name), True)
