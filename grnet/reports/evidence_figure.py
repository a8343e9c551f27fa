"""The evidence for one pair as a picture: images, expression, what adds up to the score, and where the pair stands.

Gene names are text here, never markup. What is missing is said in its place. Same evidence: same picture.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from grnet.reports.evidence_axes import (
    DPI,
    FAINT,
    INK,
    SOFT,
    Genes,
    cut_name,
    draw_chances,
    draw_parts,
    write_head,
    write_text,
)
from grnet.reports.evidence_images import draw_images
from grnet.reports.evidence_profiles import draw_profiles
from grnet.reports.evidence_terms import draw_terms
from grnet.schema.evidence import AS_MEASURED, Evidence, PairEvidence, Place
from grnet.storage.files import replace_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 1600, 1120
"""Pixels."""
FONTS = (
    "DejaVu Sans",
    "Noto Sans",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans Arabic",
    "WenQuanYi Zen Hei",
    "Unifont",
    "Arial Unicode MS",
)
"""Asked for letters in this order, those of them that are here."""


def write_evidence_figure(path: Path, evidence: Evidence, pair: PairEvidence, *, of_all: Place | None = None) -> None:
    """Draw the evidence for a pair as a PNG picture, and write it atomically.

    Parameters
    ----------
    path : Path
    evidence : Evidence
        With both genes of the pair.
    pair : PairEvidence
    of_all : Place or None
        By probability, among all candidates; None where it is not known.
    """
    with _quiet_fonts():
        figure = draw_evidence(evidence, pair, of_all=of_all)
        with replace_file(path) as temporary:
            figure.savefig(temporary, format="png", dpi=DPI, metadata={"Software": None})


def draw_evidence(evidence: Evidence, pair: PairEvidence, *, of_all: Place | None = None) -> Figure:
    """Return the evidence for a pair as a figure; `of_all` is its place among all candidates, where that is known."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")
    tf, target = evidence.genes[pair.tf], evidence.genes[pair.target]
    _write_head(figure, evidence, pair)
    _draw_patterns(figure, evidence, pair, (tf, target))
    draw_profiles(figure, (tf, target), evidence, pair)
    write_head(figure, 0.58, 0.865, "What adds up to the score", _caption_parts(pair))
    draw_parts(figure, (0.725, 0.585, 0.205, 0.245), pair.contributions)
    write_head(figure, 0.58, 0.54, "Probability", _caption_chances(pair))
    draw_chances(figure, (0.60, 0.465, 0.355, 0.045), pair)
    _write_places(figure, 0.58, 0.405, pair, of_all)
    _write_near(figure, 0.58, 0.255, pair)
    _write_notes(figure, 0.79, 0.255, pair)
    return figure


def _draw_patterns(figure: Figure, evidence: Evidence, pair: PairEvidence, genes: Genes) -> None:
    """Draw where the genes are expressed: as pictures, as terms, or both beside each other."""
    left, low, width, height = 0.03, 0.46, 0.50, 0.385
    if evidence.views or not evidence.terms:
        across = 0.33 if evidence.terms else width
        lines = wrap(_caption_images(evidence, pair), 72 if evidence.terms else 112)
        write_head(figure, left, 0.865, "Maps" if _are_maps(evidence) else "Images", lines[0])
        for number, line in enumerate(lines[1:], start=1):
            write_text(figure, left, 0.848 - 0.014 * number, line, size=8.5, colour=SOFT)
        draw_images(figure, (left, low, across, height - 0.014 * (len(lines) - 1)), genes, evidence.views, pair)
        left, width = left + across + 0.02, width - across - 0.02
    for entry in evidence.terms[:1]:
        caption = "Numbers: genes that have it; the rarest first."
        write_head(figure, left, 0.865, cut_name(entry.name[:1].upper() + entry.name[1:], 20), caption)
        draw_terms(figure, (left, low, width, height), genes, entry)


def _write_head(figure: Figure, evidence: Evidence, pair: PairEvidence) -> None:
    write_text(figure, 0.03, 0.945, f"{cut_name(pair.tf, 34)} → {cut_name(pair.target, 34)}", size=22, weight="bold")
    known = {1: "a known edge", 0: "labelled as no edge", None: "not among the known edges"}[pair.label]
    write_text(figure, 0.03, 0.915, f"{known} · scored by {evidence.model}", size=10, colour=SOFT)
    write_text(figure, 0.97, 0.945, _state(pair.probability), size=22, weight="bold", align="right")
    write_text(figure, 0.97, 0.915, f"probability of an edge · score {pair.score:.2f}", colour=SOFT, align="right")


def _are_maps(evidence: Evidence) -> bool:
    """Return whether all pictures are drawn from values, none of images."""
    return bool(evidence.views) and all(view.is_drawn for view in evidence.views)


def _caption_images(evidence: Evidence, pair: PairEvidence) -> str:
    shown = "Means of each gene's images."
    if _are_maps(evidence):
        shown = "White: a gene's largest value; hatched: nothing measured."
    if pair.saliency is not None:
        shown = "Gold: what is seen here raises the score; violet: it lowers it."
    measurements = dict.fromkeys(view.measurement for view in evidence.views)
    ways = [f"{name}: r = {_say_ways(pair.correlations[name])}." for name in measurements if name in pair.correlations]
    return " ".join([shown, "Both: TF magenta, target green, white where alike.", *ways])


def _say_ways(correlations: Mapping[str, float]) -> str:
    """Say r by the values themselves, and in further ways: "0.34; smoothed 0.72"."""
    return "; ".join(f"{r:.2f}" if way == AS_MEASURED else f"{way} {r:.2f}" for way, r in correlations.items())


def _caption_parts(pair: PairEvidence) -> str:
    if pair.contributions.network:
        return "The mean logit and its parts. Known network: links of both genes to other genes by known edges."
    exact = pair.contributions.method == "exact"
    how = "the models add these parts" if exact else "as Shapley values, with and without a modality"
    return f"The score is a logit, the mean of the models that scored the pair; {how}."


def _caption_chances(pair: PairEvidence) -> str:
    if pair.fold is not None:
        return f"{_state(pair.probability)}, from the models of fold {pair.fold}, which did not see the pair."
    seeds = "" if pair.seed_spread is None else f", ± {pair.seed_spread:.3f} between seeds"
    return (
        f"{_state(pair.probability)} ± {pair.spread:.3f} between folds{seeds}. Dots: what the models of each fold give."
    )


def _state(probability: float) -> str:
    text = f"{probability:.3f}"
    return {"0.000": "< 0.001", "1.000": "> 0.999"}.get(text, text)


def _write_places(figure: Figure, x: float, y: float, pair: PairEvidence, of_all: Place | None) -> None:
    """Write a small table: where the pair stands, by probability and by the baseline without a model."""
    places = pair.places
    write_head(figure, x, y, "Its place", "1 is the best; |r| is the baseline without a model")
    r = "" if pair.correlation is None else f" = {abs(pair.correlation):.2f}"
    for offset, words in ((0.24, "by probability"), (0.32, f"by |r|{r}")):
        write_text(figure, x + offset, y - 0.042, words, size=9, colour=SOFT)
    rows = (
        (f"among candidate regulators of {cut_name(pair.target, 18)}", places.of_target, places.correlation_of_target),
        (f"among candidate targets of {cut_name(pair.tf, 18)}", places.of_tf, places.correlation_of_tf),
        ("among all candidates", of_all, places.correlation_of_all),
    )
    for number, (words, place, by_correlation) in enumerate(rows):
        line = y - 0.064 - 0.022 * number
        write_text(figure, x, line, words)
        write_text(figure, x + 0.24, line, _count(place), weight="bold")
        write_text(figure, x + 0.32, line, _count(by_correlation))


def _count(place: Place | None) -> str:
    return "–" if place is None else f"{place.place:,} of {place.among:,}"


def _write_near(figure: Figure, x: float, y: float, pair: PairEvidence) -> None:
    write_head(figure, x, y, "Known edges like it", "r of the two TFs and of the two targets")
    if not pair.near:
        write_text(figure, x, y - 0.045, "No similar known edge.", colour=SOFT)
    for number, edge in enumerate(pair.near):
        line = y - 0.045 - 0.03 * number
        write_text(figure, x, line, f"{cut_name(edge.tf, 14)} → {cut_name(edge.target, 14)}")
        alike = (
            "same TF" if edge.tf == pair.tf else f"TF r = {edge.tf_correlation:.2f}",
            "same target" if edge.target == pair.target else f"target r = {edge.target_correlation:.2f}",
        )
        write_text(figure, x, line - 0.0135, ", ".join(alike), size=8, colour=SOFT)


def _write_notes(figure: Figure, x: float, y: float, pair: PairEvidence) -> None:
    write_head(figure, x, y, "Notes")
    lines = [line for note in pair.notes for line in [*wrap(cut_name(note, 240), 40, break_on_hyphens=False), ""]]
    most = 14
    if len(lines) > most:
        lines = [*lines[: most - 1], "…"]
    for number, line in enumerate(lines or ["Nothing is missing."]):
        write_text(figure, x, y - 0.025 - 0.0155 * number, line, size=9, colour=INK if lines else FAINT)


@contextmanager
def _quiet_fonts() -> Iterator[None]:
    """Take the fonts that are here, and be silent about letters that none of them has: they are drawn as boxes."""
    import matplotlib
    from matplotlib.font_manager import fontManager

    here = set(fontManager.get_font_names())
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), matplotlib.rc_context({"font.family": [f for f in FONTS if f in here]}):
            warnings.filterwarnings("ignore", message=".*[Gg]lyph.*")
            warnings.filterwarnings("ignore", message=".*Matplotlib currently does not support.*")
            yield
    finally:
        log.setLevel(level)
