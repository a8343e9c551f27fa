"""A dataset's images → one PNG of labelled thumbnails, to see at a glance whether the right pictures were taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from grnet.dataset.directory import Dataset
from grnet.schema.errors import InputError
from grnet.schema.tables import STAGE, SYMBOL, VIEW
from grnet.storage.files import replace_file

PAPER, INK, FAINT, TF_INK, FRAME = "#ffffff", "#1c1e21", "#6a7078", "#a33b1f", "#d5d8dc"
THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT = 150, 110
GAP, MARGIN, LABEL_HEIGHT, HEADER_HEIGHT = 12, 24, 36, 62
COLUMNS, IMAGES_PER_GENE, LABEL_LETTERS = 8, 4, 20


@dataclass(frozen=True)
class _Tile:
    """One thumbnail: index of the image and the two lines below it."""

    image: int
    title: str
    caption: str
    is_tf: bool


def draw_contact_sheet(dataset: Dataset, out: Path, *, max_images: int = 96) -> int:
    """Draw thumbnails with gene and view, gene by gene, each gene at most four times.

    Parameters
    ----------
    dataset : Dataset
    out : Path
        PNG to write.
    max_images : int
        Where there are more, genes are taken at equal distances through the dataset.

    Returns
    -------
    int
        Thumbnails drawn.

    Raises
    ------
    InputError
        The dataset has no images.
    """
    if not len(dataset.image_table):
        raise InputError(f"{dataset.path}: has no images; prepare it with --images, or leave out --contact-sheet")
    tiles = list(_choose_tiles(dataset, max(1, max_images)))
    height, width = dataset.image_size
    scale = min(THUMBNAIL_WIDTH / width, THUMBNAIL_HEIGHT / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    columns = min(COLUMNS, len(tiles))
    cell = (THUMBNAIL_WIDTH + GAP, size[1] + LABEL_HEIGHT + GAP)
    rows = -(-len(tiles) // columns)
    sheet_width = max(2 * MARGIN + columns * cell[0] - GAP, 620)
    sheet = Image.new("RGB", (sheet_width, MARGIN + HEADER_HEIGHT + rows * cell[1] + MARGIN), PAPER)
    draw = ImageDraw.Draw(sheet)
    _draw_header(draw, dataset, len(tiles))
    for number, tile in enumerate(tiles):
        corner = (MARGIN + number % columns * cell[0], MARGIN + HEADER_HEIGHT + number // columns * cell[1])
        _draw_tile(sheet, draw, dataset, tile, corner, size)
    with replace_file(out) as temporary:
        sheet.save(temporary, format="PNG", optimize=True)
    return len(tiles)


def _choose_tiles(dataset: Dataset, max_images: int) -> Iterator[_Tile]:
    """Yield tiles gene by gene; a gene's views take turns where it has more images than are shown."""
    genes = np.flatnonzero(dataset.genes.n_images > 0)
    shown = {int(gene): _images_of(dataset, int(gene)) for gene in genes}
    total, step = sum(len(images) for images in shown.values()), 1.0
    if total > max_images:
        step = total / max_images
    picked = [int(genes[int(place)]) for place in np.arange(0, len(genes), step)]
    left = max_images
    for gene in picked:
        for image in shown[gene][:left]:
            line = dataset.image_table.iloc[image]
            caption = " · ".join(text for text in (line[VIEW], line[STAGE]) if text)
            yield _Tile(image, _shorten(str(line[SYMBOL])), _shorten(caption), bool(dataset.genes.is_tf[gene]))
        left -= min(left, len(shown[gene]))


def _images_of(dataset: Dataset, gene: int) -> list[int]:
    images = np.flatnonzero(dataset.image_gene == gene)
    turn = dataset.image_table.iloc[images].groupby(VIEW).cumcount().to_numpy()
    first = images[np.argsort(turn, kind="stable")][:IMAGES_PER_GENE]
    return sorted(int(image) for image in first)


def _shorten(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return plain if len(plain) <= LABEL_LETTERS else plain[: LABEL_LETTERS - 1] + "…"


def _draw_header(draw: ImageDraw.ImageDraw, dataset: Dataset, shown: int) -> None:
    genes = int((dataset.genes.n_images > 0).sum())
    draw.text((MARGIN, MARGIN - 6), _shorten(dataset.name), fill=INK, font=ImageFont.load_default(22))
    line = f"{len(dataset.image_table):,} images of {genes:,} genes, {shown:,} shown"
    draw.text((MARGIN, MARGIN + 24), line, fill=FAINT, font=ImageFont.load_default(14))
    left = MARGIN + draw.textlength(line, font=ImageFont.load_default(14)) + 18
    draw.text((left, MARGIN + 24), "transcription factors in red", fill=TF_INK, font=ImageFont.load_default(14))


def _draw_tile(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    dataset: Dataset,
    tile: _Tile,
    corner: tuple[int, int],
    size: tuple[int, int],
) -> None:
    pixels = Image.fromarray(np.asarray(dataset.images[tile.image]))
    left = corner[0]
    sheet.paste(pixels.resize(size, Image.Resampling.BICUBIC), (left, corner[1]))
    draw.rectangle((left, corner[1], left + size[0] - 1, corner[1] + size[1] - 1), outline=FRAME)
    below = corner[1] + size[1] + 2
    draw.text((left, below), tile.title, fill=TF_INK if tile.is_tf else INK, font=ImageFont.load_default(14))
    draw.text((left, below + 17), tile.caption, fill=FAINT, font=ImageFont.load_default(12))
