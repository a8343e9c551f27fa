"""Image candidates → `images.npy` and its table: joined with genes, in one size, in the order of the genes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from grnet.dataset.findings import Findings, Reason
from grnet.dataset.image_contents import ArrayContent, FileContent, ImageContent
from grnet.dataset.image_files import read_image_file
from grnet.dataset.image_genes import choose_gene, describe_file_names
from grnet.dataset.image_limits import ImageMissing, ImageRefused, ImageTooLarge
from grnet.dataset.image_pixels import fit_pixels
from grnet.dataset.image_sources import ImageCandidate
from grnet.dataset.image_stack import new_image_stack
from grnet.dataset.names import NameBook
from grnet.dataset.table_cells import listed
from grnet.schema.arrays import Bytes
from grnet.schema.errors import InputError
from grnet.schema.progress import Progress
from grnet.schema.sources import ImageSource
from grnet.schema.tables import IMAGES, ROW, SOURCE, STAGE, SYMBOL, VIEW, empty_table

SIDE_LIMITS = (8, 2048)
KEPT_BYTES = 2**28
"""Of image files that are kept in memory from measuring to decoding; the others are read again."""
Joined = tuple[str, ImageCandidate]


@dataclass(frozen=True)
class StoredImages:
    """What was written.

    Attributes
    ----------
    table : DataFrame
        IMAGES, `row` counts up.
    size : (height, width)
    sha256 : str
        Of the sources and contents of all images that were opened.
    """

    table: pd.DataFrame
    size: tuple[int, int]
    sha256: str


def join_images(
    path: ImageSource, candidates: Sequence[ImageCandidate], book: NameBook, *, keep_all: bool, findings: Findings
) -> tuple[list[Joined], dict[str, str]]:
    """Give each image its gene: by symbol, then by id.

    Parameters
    ----------
    path : Path, GivenTable or GivenImages
        The manifest, folder or arrays, for messages.
    candidates : sequence of ImageCandidate
    book : NameBook
        The genes that have expression.
    keep_all : bool
        Take genes without expression, too.
    findings : Findings
        Takes images of genes that are not taken.

    Returns
    -------
    joined : list of (symbol, candidate)
    new_genes : dict of str to str
        Symbol → id of genes without expression, in order of appearance; empty unless `keep_all`.

    Raises
    ------
    InputError
        No image joins.
    """
    joined: list[Joined] = []
    new_genes: dict[str, str] = {}
    conflicts: dict[str, None] = {}
    for given in candidates:
        symbol, candidate, doubt = choose_gene(given, book)
        if symbol is None:
            if _refuse_gene(candidate, doubt, keep_all=keep_all, findings=findings):
                continue
            symbol = book.canonical(candidate.gene)
            new_genes[symbol] = new_genes.get(symbol) or candidate.gene_id
        if book.by_id.get(candidate.gene_id, symbol) != symbol:
            conflicts[candidate.gene] = None
        joined.append((symbol, candidate))
    if not joined:
        raise InputError(
            f"{path}: none of its {len(candidates)} images belongs to a gene of the expression "
            f"tables; their genes are such as {listed(dict.fromkeys(c.gene for c in candidates), 3)}, those of the "
            f"tables {listed(sorted(book.symbols), 3)}; --aliases translates names, "
            "--genes all keeps genes without expression"
            + ("" if candidates[0].row else ", and a manifest (gene, path, …) names the gene of each image")
        )
    if conflicts:
        findings.note(f"images joined by symbol, although their id belongs to another gene: {listed(conflicts)}")
    for note in describe_file_names(joined):
        findings.note(note)
    return joined, new_genes


def _refuse_gene(candidate: ImageCandidate, doubt: str, *, keep_all: bool, findings: Findings) -> bool:
    """Tell whether an image of no known gene is refused, and keep the names that it may have meant."""
    names = dict.fromkeys((candidate.gene, *(reading.gene for reading in candidate.readings)))
    for name in names:
        findings.miss(name, candidate.gene_id)
    if keep_all and len(names) > 1 and not doubt:
        doubt = f"the gene may be any of {listed(names)}; name it in a manifest"
    if doubt:
        _reject(candidate, Reason.NO_NAME, doubt, findings)
    elif not keep_all:
        _reject(candidate, Reason.NO_EXPRESSION, "", findings)
    return bool(doubt) or not keep_all


def store_images(
    joined: Sequence[Joined],
    order: dict[str, int],
    path: Path,
    *,
    source: ImageSource,
    image_size: tuple[int, int] | None,
    findings: Findings,
    progress: Progress,
) -> StoredImages:
    """Decode images to grey in one size and write them.

    Parameters
    ----------
    joined : sequence of (symbol, candidate)
    order : dict of str to int
        Position of each gene; images are sorted by it, then by view, then stay in the order of the input.
    path : Path
        The file `images.npy` to write.
    source : Path, GivenTable or GivenImages
        The manifest, folder or arrays, for messages.
    image_size : (height, width) or None
        None takes the most common size.
    findings : Findings
        Takes images that cannot be read, are too large, or repeat one of the same gene and view.
    progress : Progress

    Raises
    ------
    InputError
        No image can be read, or the most common size is out of range.
    """
    ordered = sorted(joined, key=lambda item: (order[item[0]], item[1].view))
    contents = _Contents()
    size = image_size or _common_size(source, [candidate for _, candidate in ordered], contents)
    kept: list[Joined] = []
    counts: Counter[str] = Counter()
    seen: dict[tuple[str, str, bytes], ImageCandidate] = {}
    digest = hashlib.sha256()
    refused_before = len(findings.rejected)
    with new_image_stack(path, size) as stack, progress.track("reading images", len(ordered), "images") as step:
        for symbol, candidate in ordered:
            step(1)
            content = _read_content(candidate, contents, findings)
            if content is None:
                continue
            own = content.digest()
            digest.update(candidate.source.encode() + b"\0" + own)
            first = seen.setdefault((symbol, candidate.view, own), candidate)
            if first is not candidate:
                _reject(candidate, Reason.REPEATED_IMAGE, f"as {first.source}", findings)
                continue
            pixels = _decode(candidate, content, size, counts, findings)
            if pixels is not None:
                stack.add(pixels)
                kept.append((symbol, candidate))
    if not kept:
        *_, reason = findings.rejected[refused_before]
        raise InputError(f"{source}: {reason}; none of its {len(ordered)} images could be read")
    for note, count in counts.items():
        findings.note(f"{note}: {count:,} images")
    return StoredImages(_table_of(kept), size, digest.hexdigest())


def _common_size(source: ImageSource, candidates: list[ImageCandidate], contents: _Contents) -> tuple[int, int]:
    sizes: Counter[tuple[int, int]] = Counter()
    for candidate in candidates:
        try:
            sizes[contents.look(candidate).size()] += 1
        except ImageRefused:
            continue
    if not sizes:
        return SIDE_LIMITS[0], SIDE_LIMITS[0]
    height, width = sizes.most_common(1)[0][0]
    low, high = SIDE_LIMITS
    if not (low <= height <= high and low <= width <= high):
        raise InputError(
            f"{source}: most images have {height} × {width} pixels (height × width), outside "
            f"{low}..{high}; choose a size that they are resampled to: --image-size HEIGHTxWIDTH"
        )
    return height, width


class _Contents:
    """What images consist of, read once: kept from measuring to decoding, as long as all take little memory."""

    def __init__(self) -> None:
        self._kept: dict[int, ImageContent] = {}
        self._n_bytes = 0

    def look(self, candidate: ImageCandidate) -> ImageContent:
        """Return the content of an image that will be taken later."""
        content = _open(candidate)
        if isinstance(content, FileContent) and self._n_bytes + len(content.content) <= KEPT_BYTES:
            self._kept[id(candidate)] = content
            self._n_bytes += len(content.content)
        return content

    def take(self, candidate: ImageCandidate) -> ImageContent:
        """Return the content of an image, and keep it no longer."""
        kept = self._kept.pop(id(candidate), None)
        return _open(candidate) if kept is None else kept


def _open(candidate: ImageCandidate) -> ImageContent:
    if candidate.pixels is not None:
        return ArrayContent(candidate.pixels)
    return FileContent(read_image_file(candidate.path))


def _read_content(candidate: ImageCandidate, contents: _Contents, findings: Findings) -> ImageContent | None:
    try:
        return contents.take(candidate)
    except ImageRefused as error:
        _refuse(candidate, error, findings)
    return None


def _decode(
    candidate: ImageCandidate, content: ImageContent, size: tuple[int, int], counts: Counter[str], findings: Findings
) -> Bytes | None:
    try:
        image = content.decode()
    except ImageRefused as error:
        _refuse(candidate, error, findings)
        return None
    height, width = image.pixels.shape
    counts["more than 8 bits, stretched to 0..255 between the percentiles 0.1 and 99.9"] += image.rescaled
    counts["turned upright, as the orientation in the file says"] += image.turned
    counts["transparent everywhere, taken as if opaque"] += image.opacity_ignored
    counts["several frames in the file, of which the first was taken"] += image.frames > 1
    counts[f"resampled to {size[0]} × {size[1]} (height × width)"] += (height, width) != size
    stretched = abs(height / width / (size[0] / size[1]) - 1) > 0.05
    counts["stretched, because their shape differs from that of the other images"] += stretched
    for note in [note for note, count in counts.items() if not count]:
        del counts[note]
    return fit_pixels(image.pixels, size)


def _refuse(candidate: ImageCandidate, error: ImageRefused, findings: Findings) -> None:
    if isinstance(error, ImageMissing):
        _reject(candidate, Reason.MISSING_IMAGE, candidate.problem or str(error), findings)
    elif isinstance(error, ImageTooLarge):
        _reject(candidate, Reason.LARGE_IMAGE, str(error), findings)
    else:
        _reject(candidate, Reason.UNREADABLE_IMAGE, str(error), findings)


def _reject(candidate: ImageCandidate, reason: Reason, detail: str, findings: Findings) -> None:
    text = f"{candidate.source}: {detail}" if detail else candidate.source
    findings.reject(candidate.file, candidate.row, candidate.gene, reason, text)


def _table_of(kept: list[Joined]) -> pd.DataFrame:
    if not kept:
        return empty_table(IMAGES)
    return pd.DataFrame(
        {
            SYMBOL: [symbol for symbol, _ in kept],
            VIEW: [candidate.view for _, candidate in kept],
            STAGE: [candidate.stage for _, candidate in kept],
            SOURCE: [candidate.source for _, candidate in kept],
            ROW: np.arange(len(kept), dtype=np.int64),
        }
    )
