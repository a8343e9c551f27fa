"""The images in the picture of a pair's evidence: of both genes, with where the models look, and one over the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from grnet.reports.evidence_axes import GOLD, SOFT, VIOLET, Box, Genes, cut_name, make_axes, write_text
from grnet.schema.arrays import Bytes, Float32, Float64
from grnet.schema.evidence import PairEvidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_VIEWS = 4
MARGIN, TITLE, SCALE = 0.03, 0.022, 0.045
"""Room for the names of views, of genes, and for the scale, in parts of the figure."""


def draw_images(figure: Figure, box: Box, genes: Genes, views: Sequence[str], pair: PairEvidence) -> None:
    """Draw the pictures of both genes and their overlay, a row for each view, and the scale of the maps over them.

    A view is a measurement that is shown as pictures.
    """
    x, y, width, height = box
    shown = [view for view in views if any(view in gene.values for gene in genes)]
    if not shown:
        _say(make_axes(figure, (x, y + 0.05, width, height - 0.05), bare=True), f"{_join(genes)}.")
        return
    limit, lowest = _find_limit(pair), y + height
    for view, column, cell in _lay_out(
        box, shown[:MOST_VIEWS], _find_aspect(figure, genes, shown), SCALE if limit else 0.01
    ):
        left, low, across, up = cell
        if column == 0:
            _write_view(figure, x + 0.012, low + up / 2, view)
        if view == shown[0]:
            words = "both" if column == 2 else cut_name(genes[column].symbol, 20)
            write_text(figure, left + across / 2, low + up + 0.006, words, weight="bold", align="center")
        axes = make_axes(figure, (left + 0.003, low + 0.004, across - 0.006, up - 0.008), bare=True)
        if column == 2:
            _show_overlay(axes, [gene.picture(view) for gene in genes])
        else:
            gene = genes[column]
            _show_image(axes, gene.picture(view), _map_of(pair, column, view), limit, gene.counts.get(view))
        lowest = min(lowest, low)
    if len(shown) > MOST_VIEWS:
        words = f"Views not drawn: {cut_name(', '.join(shown[MOST_VIEWS:]), 60)}"
        write_text(figure, x + width, y - 0.015, words, size=8.5, colour=SOFT, align="right")
    if limit:
        _draw_scale(figure, (x + MARGIN, lowest - 0.02, (width - MARGIN) * 0.6, 0.012), limit, pair)


def _lay_out(
    box: Box, views: Sequence[str], aspect: float, below: float
) -> Iterator[tuple[str, int, tuple[float, float, float, float]]]:
    """Yield view, column (TF, target, both) and box of each image: three in a row, or two where there is one view."""
    x, y, width, height = box
    columns = 3 if len(views) > 1 else 2
    lines = len(views) if len(views) > 1 else 2
    title = TITLE if len(views) > 1 else 2 * TITLE
    across = (width - MARGIN) / columns
    up = min((height - title - below) / lines, across * aspect + 0.008)
    across = min(across, (up - 0.008) / aspect + 0.006)
    for row, view in enumerate(views):
        for column in range(3):
            line = row + column // columns
            low = y + height - (line + 1) * (up + (TITLE if columns == 2 else 0)) - (TITLE if columns == 3 else 0)
            yield view, column, (x + MARGIN + column % columns * across, low, across, up)


def _write_view(figure: Figure, x: float, y: float, view: str) -> None:
    """Write the name of a view upright beside its row."""
    text = cut_name(view, 16)
    figure.text(x, y, text, rotation=90, fontsize=9, color=SOFT, ha="center", va="center", parse_math=False)


def _join(genes: Genes) -> str:
    names = [cut_name(gene.symbol, 24) for gene in genes]
    return f"Neither {names[0]} nor {names[1]} has an image"


def _find_aspect(figure: Figure, genes: Genes, views: Sequence[str]) -> float:
    """Return how high an image is in parts of the figure's height, for each part of its width."""
    image = next(gene.values[view] for gene in genes for view in views if view in gene.values)
    aspect: float = image.shape[0] / image.shape[1] * figure.get_figwidth() / figure.get_figheight()
    return aspect


def _find_limit(pair: PairEvidence) -> float:
    """Return the largest change on any map; 0 without maps."""
    if pair.saliency is None:
        return 0.0
    maps = [*pair.saliency.tf.values(), *pair.saliency.target.values()]
    return max((float(np.abs(values).max()) for values in maps), default=0.0)


def _map_of(pair: PairEvidence, column: int, view: str) -> Float32 | None:
    if pair.saliency is None:
        return None
    return (pair.saliency.tf if column == 0 else pair.saliency.target).get(view)


def _show_image(axes: Axes, image: Bytes | None, map_of: Float32 | None, limit: float, count: int | None) -> None:
    """Show an image, and translucent over it where the models look: the stronger, the less is seen through."""
    if image is None:
        _say(axes, "no image in this view")
        return
    height, width = image.shape
    extent = (0.0, float(width), float(height), 0.0)
    axes.imshow(image, cmap="gray", vmin=0, vmax=max(int(image.max()), 64), extent=extent, interpolation="nearest")
    if map_of is not None and limit > 0:
        share = np.clip(map_of / limit, -1, 1)
        axes.imshow(share, cmap=_diverging(), vmin=-1, vmax=1, extent=extent, interpolation="bicubic")
    if count:
        at: Any = {"xy": (1, 0), "xycoords": "axes fraction", "xytext": (-3, 3), "textcoords": "offset points"}
        axes.annotate(
            f"mean of {count}" if count > 1 else "1 image",
            **at,
            fontsize=7,
            color="white",
            ha="right",
            bbox={"facecolor": "#000000b0", "linewidth": 0, "pad": 1.5},
        )
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)


def _diverging() -> Any:
    """Return violet to nothing to gold."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    steps = [(0.0, (*to_rgb(VIOLET), 0.75)), (0.5, (*to_rgb(VIOLET), 0.0)), (0.5, (*to_rgb(GOLD), 0.0))]
    return LinearSegmentedColormap.from_list("against to for", [*steps, (1.0, (*to_rgb(GOLD), 0.75))])


def _show_overlay(axes: Axes, images: Sequence[Bytes | None]) -> None:
    """Show the TF in magenta and the target in green."""
    tf, target = images
    if tf is None or target is None:
        _say(axes, "nothing to compare")
        return
    first, second = (_stretch(image) for image in (tf, target))
    axes.imshow(np.stack([first, second, first], axis=-1), interpolation="nearest")


def _stretch(image: Bytes) -> Float64:
    """Return an image as 0..1 over its own range."""
    values = image.astype(np.float64)
    return np.asarray((values - values.min()) / max(float(np.ptp(values)), 1.0))


def _draw_scale(figure: Figure, box: Box, limit: float, pair: PairEvidence) -> None:
    """Draw what the colours over the images stand for."""
    axes = make_axes(figure, box, bare=True)
    axes.set_facecolor("#777777")
    axes.imshow(np.linspace(-1, 1, 256)[None], cmap=_diverging(), aspect="auto", extent=(-limit, limit, 0, 1))
    x, y, width, _ = box
    how = "when a patch is covered" if pair.saliency and pair.saliency.method == "occlusion" else "by gradient × input"
    for place, words, align in ((0.0, f"−{limit:.2g}", "left"), (1.0, f"+{limit:.2g}", "right")):
        write_text(figure, x + place * width, y - 0.015, words, size=8, colour=SOFT, align=align)
    words = f"what a place adds to the score ({how})"
    write_text(figure, x + width / 2, y - 0.015, words, size=8, colour=SOFT, align="center")


def _say(axes: Axes, words: str) -> None:
    axes.set_facecolor("#eef1f4")
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=8.5, color=SOFT)
