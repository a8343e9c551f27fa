"""Where the work is kept that an error broke off: noted on the error, read by whoever shows it."""

from __future__ import annotations

from pathlib import Path

_KEPT = "grnet_kept_work"


def note_kept_work(error: BaseException, place: Path) -> None:
    """Note on an error where the work is kept that it breaks off."""
    error.__dict__[_KEPT] = place


def find_kept_work(error: BaseException) -> Path | None:
    """Return where the work is kept that `error` broke off; None where nothing is, or no longer is.

    A caller further out may have deleted it with a folder of its own.
    """
    cause: BaseException | None = error
    while cause is not None:
        kept = cause.__dict__.get(_KEPT)
        if isinstance(kept, Path) and kept.is_dir():
            return kept
        cause = cause.__cause__
    return None
