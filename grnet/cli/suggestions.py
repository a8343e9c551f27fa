"""What a user may have meant by a command or an option that does not exist.

Enter: what was typed, and the names that exist. Leave: those that are near, the nearest first. Names are near by a
synonym in one of the tables below, by a common beginning, or by their letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

COMMAND_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "demo": ("example", "tour", "tutorial"),
    "simulate": ("generate", "synthetic"),
    "fetch": ("download", "get", "resources"),
    "prepare": ("build", "convert", "create", "import", "init", "load", "preprocess", "read"),
    "inspect": ("describe", "show-data", "stats"),
    "train": ("fit", "learn", "model"),
    "crossval": ("cross-validate", "cross-validation", "cv", "validate"),
    "infer-network": ("grn", "network", "predict", "run", "score"),
    "evaluate": ("assess", "benchmark", "eval", "test"),
    "explain": ("evidence", "why"),
    "view": ("draw", "explore", "html", "open", "page", "plot", "show", "visualise", "visualize"),
    "export": ("cytoscape", "save", "write"),
    "compare": ("diff",),
    "info": ("cite", "history", "methods", "provenance", "record"),
    "check": ("fsck", "repair", "verify"),
}
"""Command → names that other tools have for such a thing."""
OPTION_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "--aliases": ("--synonyms",),
    "--device": ("--cuda", "--gpu"),
    "--expression": ("--counts", "--exp", "--expr", "--input", "--matrix", "--rna"),
    "--images": ("--image", "--pictures"),
    "--known": ("--edges", "--gold", "--gold-standard", "--known-edges", "--truth"),
    "--known-edges": ("--edges", "--gold", "--known", "--labels", "--prior-network", "--truth"),
    "--modality": ("--mode", "--type"),
    "--out": ("--out-dir", "--outdir", "--output", "--output-dir"),
    "--overwrite": ("--force", "--replace"),
    "--probability": ("--cutoff", "--min-probability", "--threshold"),
    "--quiet": ("--silent",),
    "--debug": ("--traceback", "--verbose"),
    "--tfs": ("--regulators", "--tf-list", "--transcription-factors"),
    "--to": ("--format",),
    "--top": ("--edges", "--max-edges", "--number", "--num-edges"),
}
"""Option → names that other tools have for such a thing; an option is suggested where the command has it."""
MOST = 3


def suggest_commands(typed: str, names: Sequence[str]) -> list[str]:
    """Return commands that may have been meant."""
    return _suggest(typed.lower().replace("_", "-"), names, COMMAND_SYNONYMS)


def suggest_options(typed: str, names: Iterable[str]) -> list[str]:
    """Return options, of those that a command has, that may have been meant."""
    spelled = typed.lower().replace("_", "-")
    return _suggest(spelled, [name for name in names if name.startswith("--")], OPTION_SYNONYMS)


def suggest_names(typed: str, names: Iterable[str]) -> list[str]:
    """Return names, of those that there are, that may have been meant."""
    return _suggest(typed.lower().replace("_", "-"), list(names), {})


def ask_whether(names: Sequence[str]) -> str:
    """Return "; did you mean A or B?"; "" where there are none."""
    return f"; did you mean {' or '.join(names)}?" if names else ""


def _suggest(typed: str, names: Sequence[str], synonyms: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the names that are near, the nearest first: synonyms, then what begins alike, then similar letters."""
    meant = [name for name in names if typed == name or typed in synonyms.get(name, ())]
    begins = [name for name in names if name.startswith(typed) or typed.startswith(name)]
    near = [] if meant or begins else get_close_matches(typed, names, MOST, 0.6)
    return list(dict.fromkeys([*meant, *begins, *near]))[:MOST]
