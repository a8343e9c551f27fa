"""An image and the genes → the gene that it shows, from what its place may mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from grnet.dataset.image_folders import NO_VIEW, Reading
from grnet.dataset.image_sources import ImageCandidate
from grnet.dataset.names import NameBook
from grnet.dataset.table_cells import header_word, quote


def choose_gene(candidate: ImageCandidate, book: NameBook) -> tuple[str | None, ImageCandidate, str]:
    """Return the symbol of the first reading that is a gene, the candidate as read so, and what is not clear.

    Parameters
    ----------
    candidate : ImageCandidate
    book : NameBook
        The genes of the dataset.

    Returns
    -------
    symbol : str or None
        None where no reading is a gene, or it is not clear which.
    candidate : ImageCandidate
        With the gene and the view of the reading; as given where there is none.
    doubt : str
        Why no gene can be chosen though a name fits; else "".
    """
    symbol = book.resolve(candidate.gene, candidate.gene_id)
    if symbol is not None:
        return symbol, candidate, ""
    for reading in candidate.readings:
        symbol = book.resolve(reading.gene)
        if symbol is None:
            continue
        other = _written_apart(candidate, reading, book) if reading.by_file else None
        if other:
            doubt = f"may be {quote(other)} or an image of {quote(symbol)}; name it in a manifest"
            return None, candidate, doubt
        return symbol, replace(candidate, gene=reading.gene, view=reading.view, by_file=reading.by_file), ""
    return None, candidate, ""


def _written_apart(candidate: ImageCandidate, chosen: Reading, book: NameBook) -> str | None:
    """Return the gene that a longer reading is but for case and punctuation: "fz-2" is fz2 where fz is a gene too."""
    longer = [candidate.gene]
    for reading in candidate.readings:
        if reading == chosen:
            break
        longer.append(reading.gene)
    keys = {header_word(name) for name in longer}
    return next((symbol for symbol in sorted(book.symbols) if header_word(symbol) in keys), None)


def describe_file_names(joined: Sequence[tuple[str, ImageCandidate]]) -> list[str]:
    """Return a line on the images whose gene was told by the name of the file."""
    named = [(symbol, candidate) for symbol, candidate in joined if candidate.by_file]
    if not named:
        return []
    symbol, example = max(named, key=lambda pair: len(pair[1].source) - len(pair[0]))
    view = f", view {quote(example.view)}" if example.view != NO_VIEW else ""
    views = Counter(candidate.view for _, candidate in named)
    told = ", ".join(f"{quote(view)} {count:,}" for view, count in sorted(views.items()) if view != NO_VIEW)
    return [
        f"gene told by the name of the file: {len(named):,} images, such as {quote(example.source)} for "
        f"{quote(symbol)}{view}" + (f"; views told so: {told}" if told else "")
    ]
