"""Errors that a user can meet.

Each says in one line what is wrong, where, what was expected and how to mend it. The command line shows that line
and exits with code 2; every class also inherits the built-in that a Python caller would expect to catch.
"""

from __future__ import annotations


class GrnetError(Exception):
    """Base of every error that grnet raises on purpose."""


class InputError(GrnetError, ValueError):
    """A file or table that the user gave cannot be used as it is."""


class MissingInputError(GrnetError, FileNotFoundError):
    """A file or folder that the user named does not exist."""


class OutputExistsError(GrnetError, FileExistsError):
    """The folder or file to be written is already there."""


class FormatError(GrnetError, ValueError):
    """A dataset, run or network folder is damaged or was written by another format version."""


class ConfigError(GrnetError, ValueError):
    """Options that contradict each other or lie outside their range; gathers every problem at once."""


class DownloadError(GrnetError, ConnectionError):
    """A file of a database cannot be fetched, or is not the one that was expected."""


class ClusterError(GrnetError, RuntimeError):
    """The machines that were asked to do the work cannot be reached, or cannot do it."""


class TooLittleMemoryError(GrnetError, MemoryError):
    """There is not enough free memory even for the smallest step of the work."""
