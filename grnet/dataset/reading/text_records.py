"""A text and its layout → the cells of each row, with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from grnet.dataset.reading.content import Content
from grnet.dataset.reading.text_layout import TextLayout, read_lines, split_line
from grnet.schema.errors import InputError


def read_records(content: Content, codec: str, layout: TextLayout, most: int | None) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of each row; of the rows after the first no more than `most`, where that is given."""
    for given, record in enumerate(_records(content, codec, layout)):
        if most is not None and given > most:
            return
        yield record


def _records(content: Content, codec: str, layout: TextLayout) -> Iterator[tuple[int, list[str]]]:
    if layout.quotes and not layout.even and layout.separator != " ":
        yield from _quoted_records(content, codec, layout)
        return
    for number, text in _kept_lines(content, codec, layout):
        yield number, split_line(text, layout.separator, quotes=layout.quotes and '"' in text)


def _kept_lines(content: Content, codec: str, layout: TextLayout) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line of the table, a header that is a comment without its marks."""
    for number, line in enumerate(read_lines(content, codec), start=1):
        if number in layout.skipped and number != layout.commented_header:
            continue
        text = line.decode("utf-8")
        yield number, text.lstrip("#/!% ") if number == layout.commented_header else text


def _note_numbers(lines: Iterator[tuple[int, str]], numbers: list[int]) -> Iterator[str]:
    """Yield the texts of numbered lines, each with its line end, and put the numbers of those read into `numbers`."""
    for number, text in lines:
        numbers.append(number)
        yield text + "\n"


def _quoted_records(content: Content, codec: str, layout: TextLayout) -> Iterator[tuple[int, list[str]]]:
    """Yield rows whose cells may hold line breaks within quotes."""
    numbers: list[int] = []
    kept = _kept_lines(content, codec, layout)
    start = 0
    try:
        for cells in csv.reader(_note_numbers(kept, numbers), delimiter=layout.separator):
            line = numbers[start]
            start = len(numbers)
            yield line, cells
    except csv.Error as error:
        raise InputError(
            f"{content.path}:{numbers[-1]}: not readable as CSV ({error}); mend the quotes of this line"
        ) from error
