"""The images in the picture of a pair's evidence: of both genes, with where the models look, and one over the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from grnet.reports.evidence_axes import GOLD, SOFT, VIOLET, Box, Genes, cut_name, make_axes, write_text
from grnet.reports.picture_layout import MARGIN, Cell, PictureLayout, lay_out_pictures
from grnet.schema.arrays import Bytes, Float32, Float64
from grnet.schema.evidence import GeneEvidence, PairEvidence
from grnet.schema.picture_views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_VIEWS = 6
SCALE = 0.045
"""Room for the scale of maps over images, in parts of the figure."""
FINE = 240
"""Pixels, at least, across which a map is drawn that ends at the rim of a mask."""
NARROW = 0.4
"""Width, in parts of the figure, below which what the scale is of stands under it."""


def draw_images(figure: Figure, box: Box, genes: Genes, views: Sequence[View], pair: PairEvidence) -> None:
    """Draw the pictures of both genes and their overlay, for each view, and the scale of the maps over them."""
    x, y, width, height = box
    shown = [view for view in views if any(view.measurement in gene.values for gene in genes)]
    if not shown:
        _say(make_axes(figure, (x, y + 0.05, width, height - 0.05), bare=True), f"{_join(genes)}.")
        return
    drawn, limit = shown[:MOST_VIEWS], _find_limit(pair, shown)
    aspects = [_find_aspect(figure, genes, view) for view in drawn]
    layout = lay_out_pictures(box, aspects, below=SCALE if limit else 0.01)
    for cell in layout.cells:
        view, axes = drawn[cell.view], make_axes(figure, cell.box, bare=True)
        _name_cell(figure, cell, layout, x, (view, genes))
        if cell.role == 2:
            _show_overlay(axes, [gene.picture_in(view) for gene in genes], view)
        else:
            _show_image(axes, genes[cell.role], view, _map_of(pair, cell.role, view), limit)
    if len(shown) > MOST_VIEWS:
        words = f"Views not drawn: {cut_name(', '.join(view.name for view in shown[MOST_VIEWS:]), 60)}"
        write_text(figure, x + width, y - 0.015, words, size=8.5, colour=SOFT, align="right")
    if limit:
        lowest = min(cell.box[1] for cell in layout.cells)
        _draw_scale(figure, (x + MARGIN, lowest - 0.024, (width - MARGIN) * 0.6, 0.012), limit, pair)


def _name_cell(figure: Figure, cell: Cell, layout: PictureLayout, x: float, what: tuple[View, Genes]) -> None:
    """Write the names of genes and views above the first row and upright beside the first column."""
    (left, low, across, up), (view, genes) = cell.box, what
    gene = "both" if cell.role == 2 else cut_name(genes[cell.role].symbol, 20)
    above, is_top = (gene, cell.view == 0) if layout.views_are_rows else (cut_name(view.name, 20), cell.role == 0)
    beside, is_left = (view.name, cell.role == 0) if layout.views_are_rows else (gene, cell.view == 0)
    if is_top:
        look: Any = {"weight": "bold"} if layout.views_are_rows else {"size": 8.5, "colour": SOFT}
        write_text(figure, left + across / 2, low + up + 0.008, above, align="center", **look)
    if is_left:
        _write_upright(figure, x + 0.012, low + up / 2, beside)


def _write_upright(figure: Figure, x: float, y: float, name: str) -> None:
    """Write a name upright beside a row of pictures."""
    text = cut_name(name, 16)
    figure.text(x, y, text, rotation=90, fontsize=9, color=SOFT, ha="center", va="center", parse_math=False)


def _join(genes: Genes) -> str:
    names = [cut_name(gene.symbol, 24) for gene in genes]
    return f"Neither {names[0]} nor {names[1]} has an image"


def _find_aspect(figure: Figure, genes: Genes, view: View) -> float:
    """Return how high a picture is in parts of the figure's height, for each part of its width."""
    picture = next(picture for gene in genes if (picture := gene.picture_in(view)) is not None)
    aspect: float = picture.shape[0] / picture.shape[1] * figure.get_figwidth() / figure.get_figheight()
    return aspect


def _find_limit(pair: PairEvidence, views: Sequence[View]) -> float:
    """Return the largest change that a map shows; 0 without maps."""
    maps = [shown for view in views for role in (0, 1) if (shown := _map_of(pair, role, view)) is not None]
    return max((float(np.abs(shown).max(initial=0.0)) for shown in maps), default=0.0)


def _map_of(pair: PairEvidence, column: int, view: View) -> Float32 | None:
    if pair.saliency is None:
        return None
    whole = (pair.saliency.tf if column == 0 else pair.saliency.target).get(view.measurement)
    return None if whole is None else view.crop_map(whole)


def _show_image(axes: Axes, gene: GeneEvidence, view: View, map_of: Float32 | None, limit: float) -> None:
    """Show an image, and translucent over it where the models look: the stronger, the less is seen through."""
    image, count = gene.picture_in(view), gene.counts.get(view.measurement)
    if image is None:
        _say(axes, f"no {view.place}s of it" if view.is_drawn else "no image in this view")
        return
    height, width = image.shape
    extent = (0.0, float(width), float(height), 0.0)
    brightest = 255 if view.is_drawn else max(int(image.max()), 64)
    shown = image if view.filled is None else np.ma.masked_array(image, ~view.filled)
    _hatch(axes, view)
    axes.imshow(shown, cmap="gray", vmin=0, vmax=brightest, extent=extent, interpolation="nearest")
    if map_of is not None and limit > 0:
        share = np.clip(map_of / limit, -1, 1)
        _show_map(axes, share, view, extent)
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


def _show_map(axes: Axes, share: Float32, view: View, extent: tuple[float, float, float, float]) -> None:
    """Show a map of -1..1, and nothing of it outside the mask of its view."""
    look: Any = {"cmap": _diverging(), "vmin": -1, "vmax": 1, "extent": extent}
    if view.mask is None:
        axes.imshow(share, interpolation="bicubic", **look)
        return
    size = tuple(side * -(-FINE // view.mask.shape[1]) for side in reversed(view.mask.shape))
    fine = np.asarray(Image.fromarray(share).resize(size, Image.Resampling.BICUBIC))
    inside = np.asarray(Image.fromarray(view.mask).resize(size, Image.Resampling.NEAREST))
    axes.imshow(np.ma.masked_array(fine, ~inside), interpolation="nearest", **look)


def _hatch(axes: Axes, view: View) -> None:
    """Hatch the ground, which is seen through pixels without a place."""
    from matplotlib.patches import Rectangle

    if view.filled is not None:
        look: Any = {"hatch": "/////", "facecolor": "#eef1f4", "edgecolor": "#c8d0d8", "linewidth": 0}
        axes.add_patch(Rectangle((0, 0), 1, 1, transform=axes.transAxes, zorder=-1, **look))


def _diverging() -> Any:
    """Return violet to nothing to gold."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    steps = [(0.0, (*to_rgb(VIOLET), 0.75)), (0.5, (*to_rgb(VIOLET), 0.0)), (0.5, (*to_rgb(GOLD), 0.0))]
    return LinearSegmentedColormap.from_list("against to for", [*steps, (1.0, (*to_rgb(GOLD), 0.75))])


def _show_overlay(axes: Axes, images: Sequence[Bytes | None], view: View) -> None:
    """Show the TF in magenta and the target in green; images over their own range, drawn ones over that of the gene."""
    tf, target = images
    if tf is None or target is None:
        _say(axes, "nothing to compare")
        return
    first, second = (image / 255 if view.is_drawn else _stretch(image) for image in (tf, target))
    opaque = np.ones(tf.shape) if view.filled is None else view.filled.astype(np.float64)
    _hatch(axes, view)
    axes.imshow(np.stack([first, second, first, opaque], axis=-1), interpolation="nearest")


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
    words, low = f"what a place adds to the score ({how})", 0.015 if width > NARROW / 2 else 0.029
    write_text(figure, x + width / 2, y - low, words, size=8, colour=SOFT, align="center")


def _say(axes: Axes, words: str) -> None:
    axes.set_facecolor("#eef1f4")
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=8.5, color=SOFT)
