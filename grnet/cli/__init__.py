"""The command line: parse, call the workflow, show, exit code. It computes nothing itself.

Command modules are imported when their command is asked for, and heavy libraries inside the commands, so that
`grnet --help` answers at once.
"""

from __future__ import annotations

import importlib
import logging
import sys

import click

from grnet.cli.command import common_options
from grnet.cli.console import Verbosity, error_line, fault_line, usage_line
from grnet.cli.process import TerminatedError, drop_unwritable_output, hear_signals, open_streams, set_libraries
from grnet.cli.suggestions import ask_whether, suggest_commands
from grnet.schema.errors import GrnetError
from grnet.schema.kept_work import find_kept_work

COMMANDS = {
    "demo": "grnet.cli.demo_commands:demo_command",
    "simulate": "grnet.cli.simulate_commands:simulate_command",
    "fetch": "grnet.cli.fetch_commands:fetch_command",
    "prepare": "grnet.cli.prepare_commands:prepare_command",
    "inspect": "grnet.cli.prepare_commands:inspect_command",
    "train": "grnet.cli.training_commands:train_command",
    "crossval": "grnet.cli.training_commands:crossval_command",
    "infer-network": "grnet.cli.model_commands:infer_network_command",
    "evaluate": "grnet.cli.model_commands:evaluate_command",
    "explain": "grnet.cli.explain_commands:explain_command",
    "view": "grnet.cli.view_commands:view_command",
    "export": "grnet.cli.export_commands:export_command",
    "compare": "grnet.cli.export_commands:compare_command",
    "info": "grnet.cli.info_commands:info_command",
    "check": "grnet.cli.check_commands:check_command",
}
"""Command → where its click command lives, in the order of a user's work."""


class LazyGroup(click.Group):
    """A group that imports the module of a command when the command is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a user's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of `cmd_name` and return its command, or None where there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is asked for.

        Raises
        ------
        click.UsageError
            There is no such command; those that may have been meant are named.
        """
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(
                f"no such command {name!r}{ask_whether(suggest_commands(name, list(COMMANDS)))}", ctx
            )
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, params=list(common_options()), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grnet")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Infer gene regulatory networks from pictures of gene expression and RNA-seq.

    \b
    grnet demo                      run all of this on a synthetic embryo
    grnet fetch                     fetch known edges and TF lists of databases
    grnet prepare DATA ...          read your files into a dataset directory
    grnet train DATA -o RUN         train models and report out-of-fold figures
    grnet crossval DATA -o FIGURES  cross-validate a model on a split of the labelled pairs
    grnet infer-network RUN -o NET  score every candidate and build the network
    grnet evaluate NET --known E    compare all scores with known edges
    grnet explain RUN TF TARGET     show the evidence for one pair
    grnet view NET --top 500        write the network page with other limits
    grnet export NET --to cx2       write files for Cytoscape, decoupler, pySCENIC, scanpy, ...
    grnet compare A B ...           compare networks of grnet and other tools
    grnet info FOLDER               describe how a folder came to be, for a paper
    grnet check FOLDER              find out whether a folder is as it was written
    """  # noqa: D301 (\b keeps click from wrapping the lines)
    ctx.ensure_object(Verbosity)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit.

    Exit codes: 0 done; 1 nobody reads the output; 2 wrong input or options, one line says what; 70 a fault of grnet;
    130 interrupted; 143 and 129 ended by a signal.
    """
    verbosity, code = Verbosity(), 0
    try:
        _run(arguments, verbosity)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
        raise
    finally:
        if verbosity.log is not None:
            verbosity.log.close(code)


def _run(arguments: list[str] | None, verbosity: Verbosity) -> None:
    """Run the command line; exit with a code other than 0 where it did not end well."""
    set_libraries()
    open_streams()
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    try:
        with hear_signals():
            cli.main(args=arguments, prog_name="grnet", standalone_mode=False, obj=verbosity)
            sys.stdout.flush()
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _tell(usage_line(error), verbosity)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt, TerminatedError) as stop:
        left = _tell_kept_work(stop) or "no half-written folder was left behind"
        _tell(f"grnet: interrupted; {left}", verbosity)
        sys.exit(128 + stop.number if isinstance(stop, TerminatedError) else 130)
    except BrokenPipeError:
        drop_unwritable_output()
        sys.exit(1)
    except (GrnetError, OSError, MemoryError) as error:
        if verbosity.debug:
            raise
        kept = _tell_kept_work(error)
        _tell(error_line(error) + (f"; {kept}" if kept else ""), verbosity)
        drop_unwritable_output()
        sys.exit(2)
    except Exception as error:
        if verbosity.debug:
            raise
        kept = _tell_kept_work(error)
        _tell(fault_line(error) + (f"; {kept}" if kept else ""), verbosity, error)
        sys.exit(70)


def _tell(line: str, verbosity: Verbosity, fault: BaseException | None = None) -> None:
    """Show a line on what ended a command, and note it in its log, with the traceback of a fault."""
    click.echo(line, err=True)
    if verbosity.log is not None:
        verbosity.log.note_error(line, fault)


def _tell_kept_work(error: BaseException) -> str:
    """Return where the work is that an error interrupted, and how to resume it; "" where nothing was kept."""
    kept = find_kept_work(error)
    return f"finished work is kept in {kept}, and the same command resumes from it" if kept else ""
