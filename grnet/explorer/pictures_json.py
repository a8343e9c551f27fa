"""Pictures on a page: images and maps of genes as wide as there is room for, and where the models look in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grnet.explorer.data_uris import encode_image, encode_map, encode_mask
from grnet.explorer.page_room import Room, say_missing, size_added, size_of
from grnet.schema.evidence import GeneEvidence, PairEvidence, Saliency
from grnet.schema.picture_views import View

IMAGE_WIDTHS = (128, 96, 64, 48, 32)
MAP_WIDTH = 32
_PROBED = 40  # genes whose images tell how long those of all will be

Picture = dict[str, Any]


def describe_view(view: View) -> dict[str, Any]:
    """Return what a page says of a view."""
    return {
        "name": view.name,
        "measurement": view.measurement,
        "place": view.place,
        "units": view.units,
        "drawn": view.is_drawn,
        "masked": view.filled is not None,
        "mask": None if view.mask is None else encode_mask(view.mask),
    }


def fill_images(
    column: list[Any],
    genes: Sequence[GeneEvidence | None],
    views: Sequence[View],
    order: Sequence[int],
    room: Room,
) -> list[str]:
    """Enter images as wide as there is room for; at the least width those of genes with most edges first."""
    seen = {i: gene for i in order if (gene := genes[i]) is not None}
    for i in seen:
        column[i] = []
    shown = {i: gene for i, gene in seen.items() if any(view.measurement in gene.values for view in views)}
    if not shown:
        return []
    native = _find_width(list(shown.values()), views)
    widths = [min(native, IMAGE_WIDTHS[0]), *(width for width in IMAGE_WIDTHS[1:] if width < native)]
    width, pictures = _encode_within(list(shown.items()), views, widths, room.free)
    taken = room.take_in_order((i, size_added(entry)) for i, entry in pictures.items())
    for i in pictures:
        column[i] = None
    for i in taken:
        column[i] = pictures[i]
    smaller = taken and width < native
    said = [f"Images are {width} pixels wide in this page, {native:,} in the dataset."] if smaller else []
    return said + say_missing("images", "are", len(pictures) - len(taken), len(pictures))


def _find_width(genes: Sequence[GeneEvidence], views: Sequence[View]) -> int:
    """Return how wide the widest picture is."""
    widths: list[int] = []
    for view in views:
        pictures = (gene.picture_in(view) for gene in genes)
        widths += [picture.shape[1] for picture in pictures if picture is not None]
    return max(widths)


def _encode_within(
    genes: Sequence[tuple[int, GeneEvidence]], views: Sequence[View], widths: Sequence[int], free: int
) -> tuple[int, dict[int, list[Picture]]]:
    """Return the largest of `widths` at which all images take `free` bytes, else the least, and the images."""
    probed = genes[:: max(1, len(genes) // _PROBED)]
    for width in widths[:-1]:
        expected = sum(size_of(_draw(gene, views, width)) for _, gene in probed) * len(genes) / len(probed)
        if expected > 1.1 * free:
            continue
        pictures = {i: _draw(gene, views, width) for i, gene in genes}
        if sum(map(size_of, pictures.values())) <= free:
            return width, pictures
    return widths[-1], {i: _draw(gene, views, widths[-1]) for i, gene in genes}


def _draw(gene: GeneEvidence, views: Sequence[View], width: int) -> list[Picture]:
    return [
        {
            "name": view.name,
            "n": gene.counts.get(view.measurement),
            "top": _short(gene.tops.get(view.measurement)),
            "src": encode_image(picture, width=width, filled=view.filled),
        }
        for view in views
        if (picture := gene.picture_in(view)) is not None
    ]


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")


def fill_saliency(
    columns: dict[str, list[Any]], pairs: Sequence[PairEvidence | None], views: Sequence[View], room: Room
) -> list[str]:
    """Enter maps of saliency, those of the best edges first."""
    shown = {e: pair.saliency for e, pair in enumerate(pairs) if pair is not None and pair.saliency}
    maps = {e: _encode_saliency(saliency, views) for e, saliency in shown.items()}
    taken = room.take_in_order((e, size_added(entry)) for e, entry in maps.items())
    for e in taken:
        columns["saliency"][e] = maps[e]
    if len(taken) == len(maps):
        return []
    if not taken:
        return [f"Where the models look is not shown for {len(maps):,} edges that have it."]
    return [f"Where the models look is shown for the {len(taken):,} strongest of {len(maps):,} edges that have it."]


def _encode_saliency(saliency: Saliency, views: Sequence[View]) -> dict[str, Any]:
    sides = [
        {view.name: view.crop_map(side[view.measurement]) for view in views if view.measurement in side}
        for side in (saliency.tf, saliency.target)
    ]
    largest = max((float(np.abs(shown).max(initial=0.0)) for side in sides for shown in side.values()), default=0.0)
    limit = float(f"{largest:.4g}") or 1.0
    tf, target = ({name: encode_map(shown, limit, width=MAP_WIDTH) for name, shown in side.items()} for side in sides)
    return {"method": saliency.method, "limit": limit, "tf": tf, "target": target}
