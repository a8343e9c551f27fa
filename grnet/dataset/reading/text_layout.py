"""How a text is divided into cells: its separator, whether quotes enclose cells, and which lines are no rows.

The whole text is looked at once, line by line, before anything is read: a lone quote, a row of another width or a
footer far down the file would else move values to another gene.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grnet.dataset.reading.content import Content, open_text
from grnet.schema.errors import InputError
from grnet.storage.read_limits import check_memory

SEPARATORS = ("\t", ";", ",", "|", " ")
"""Tried in this order; the first by which most lines have the same number of cells is taken."""
_PEEK_LINES = 400
_SAME = 0.8
_MOST_FOOTERS = 20
_CHECKED_LINES, _BYTES_PER_LINE = 1 << 16, 250
"""Lines after which memory is checked, and what is kept of each until the layout is found."""
_MOST_SKIPPED = 1 << 20
"""Blank lines and comments that a text may have where it has fewer rows: a spreadsheet has no more rows."""
_QUOTED = re.compile(rb'"(?:[^"]|"")*"')
_SPACES = re.compile(rb"[ \t]+")
_ERROR_CELLS = (b"#N/A", b"#NAME?", b"#REF!", b"#VALUE!", b"#DIV/0!", b"#NULL!", b"#NUM!")
COMMENT, TITLE, BLANK, SIZES, FOOTER = "comments", "title", "blank", "the table's size", "remark below the table"


@dataclass(frozen=True)
class TextLayout:
    """How a text is divided.

    Attributes
    ----------
    separator : str
        " " stands for any run of spaces and tabs.
    quotes : bool
        Double quotes enclose cells.
    width : int
        Cells in most rows.
    skipped : dict of int to str
        1-based line → why it is no row.
    commented_header : int
        Line of the header, where it begins with #; 0 where there is none.
    n_lines : int
        Lines of the file.
    n_cells : int
        Cells of the rows; of those looked at, where these are the first alone.
    even : bool
        Each row has `width` cells and is one line of the file (the first may lack the name over row names).
    complete : bool
        All lines were looked at; False where the first ones alone were, which have no quotes.
    """

    separator: str
    quotes: bool
    width: int
    skipped: dict[int, str]
    commented_header: int
    n_lines: int
    n_cells: int
    even: bool
    complete: bool = True


def find_layout(
    content: Content, encoding: str, *, separator: str = "", ragged: bool = False, glance: bool = False
) -> TextLayout:
    """Find how a text is divided.

    Parameters
    ----------
    content : Content
        Of kind "text".
    encoding : str
    separator : str
        That the user has chosen; "" to find it.
    ragged : bool
        Rows may have different widths, as in lists of sets.
    glance : bool
        Look at the first lines only, unless they have quotes: who reads the rest has to check that it is like them.

    Raises
    ------
    UnicodeDecodeError
        The text is not UTF-8, where that was assumed.
    InputError
        A row has more cells than the table, or quotes cannot be told from characters.
    """
    peek = [line for line, _ in zip(read_lines(content, encoding), range(_PEEK_LINES), strict=False)]
    mark = separator or _find_separator(peek, content.suffix)
    glance = glance and len(peek) == _PEEK_LINES and not any(b'"' in line for line in peek)
    comments = _Comments(peek)
    bare, quoted, odd, loose, last_comment = Counter[int](), Counter[int](), 0, 0, 0
    skipped: dict[int, str] = {}
    widths: list[tuple[int, int, int]] = []  # line, cells if quotes are characters, cells if they enclose
    n_lines = 0
    for n_lines, line in enumerate(peek if glance else read_lines(content, encoding), start=1):
        if n_lines % _CHECKED_LINES == 0:
            check_memory(content.path, n_lines * _BYTES_PER_LINE, f"{n_lines:,} lines and more")
            _check_skipped(content.path, len(skipped), len(widths))
        if not line.isascii():
            line.decode("utf-8")
        if not line.strip():
            skipped[n_lines] = BLANK
        elif comments.takes(line):
            skipped[n_lines] = COMMENT
            last_comment = n_lines if not widths else last_comment
        else:
            pair = _count_cells(line, mark)
            if b'"' in line:
                odd += line.count(b'"') % 2
                loose += _has_loose_quote(line, mark)
            widths.append((n_lines, *pair))
            bare[pair[0]] += 1
            quoted[pair[1]] += 1
    _check_skipped(content.path, len(skipped), len(widths))
    quotes = _quotes_enclose(bare, quoted, odd, loose, widths)
    if odd and not quotes and max(bare.values(), default=0) < _SAME * len(widths):
        quotes = _is_even_csv(peek, mark, comments)
    common = quoted if quotes else bare
    width = max(common, key=lambda cells: (common[cells], cells)) if common else 1
    counted = [(line, pair[1] if quotes else pair[0]) for line, *pair in widths]
    counted = _skip_titles(counted, width, skipped)
    multiline = quotes and odd > 0
    even = bool(counted) and not multiline and all(cells == width for _, cells in counted[1:])
    even = even and counted[0][1] in (width, width - 1)
    if not ragged and not multiline and not glance:
        counted = _skip_footers(content, encoding, counted, width, skipped)
        even = bool(counted) and all(cells == width for _, cells in counted[1:]) and counted[0][1] in (width, width - 1)
    if not ragged and not multiline:
        _check_widths(content.path, counted, width, mark)
    header = last_comment if _is_commented_header(peek, last_comment, counted, mark, width, quotes) else 0
    n_cells = sum(cells for _, cells in counted)
    return TextLayout(mark, quotes, width, skipped, header, n_lines, n_cells, even and mark != " ", complete=not glance)


def _check_skipped(path: Path, n_skipped: int, n_rows: int) -> None:
    if n_skipped > max(_MOST_SKIPPED, n_rows):
        raise InputError(
            f"{path}: holds {n_skipped:,} and more blank lines and comments but only {n_rows:,} rows of a table; check "
            "that the file is what you think, and remove them"
        )


def read_lines(content: Content, encoding: str) -> Iterator[bytes]:
    r"""Yield the lines of a text as UTF-8 without their ends.

    Raises
    ------
    InputError
        The file is damaged, or is not in this encoding.
    """
    try:
        with open_text(content, encoding) as stream:
            for number, line in enumerate(stream):
                plain = line.rstrip(b"\r\n")
                yield plain.removeprefix(b"\xef\xbb\xbf") if number == 0 else plain
    except UnicodeError as error:
        raise InputError(
            f"{content.path}: the text is not {encoding} ({error}); save it in UTF-8, or name its encoding with "
            "--columns"
        ) from error


def split_line(line: str, separator: str, *, quotes: bool) -> list[str]:
    """Return the cells of one line; cells that quotes enclose completely lose them."""
    if quotes:
        return next(
            csv.reader(io.StringIO(_single_spaced(line) if separator == " " else line), delimiter=separator), []
        )
    cells = line.split() if separator == " " else line.split(separator)
    return [cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]


def _single_spaced(line: str) -> str:
    """Return a line with one space for each run of spaces outside quotes."""
    parts = line.strip().split('"')
    return '"'.join(re.sub(r"[ \t]+", " ", part) if place % 2 == 0 else part for place, part in enumerate(parts))


class _Comments:
    """Which lines say something about the table: # in most files, ! and ^ in GEO series, // and %% elsewhere."""

    def __init__(self, peek: list[bytes]) -> None:
        first = next((line for line in peek if line.strip()), b"")
        self._marks: tuple[bytes, ...] = (b"#", b"//")
        if first.startswith((b"!", b"^")):
            self._marks += (b"!", b"^")
        if first.startswith(b"%"):
            self._marks += (b"%",)

    def takes(self, line: bytes) -> bool:
        """Tell whether a line is a comment."""
        start = line.lstrip(b' \t"')
        return start.startswith(self._marks) and not start.startswith(_ERROR_CELLS)


def _count_cells(line: bytes, separator: str) -> tuple[int, int]:
    """Return the cells of a line where quotes are characters, and where they enclose cells."""
    if separator == " ":
        bare = len(line.split())
        return bare, (len(_QUOTED.sub(b"q", line).split()) if b'"' in line else bare)
    mark = separator.encode()
    bare = line.count(mark) + 1
    if b'"' not in line:
        return bare, bare
    return bare, _QUOTED.sub(b"q", line).count(mark) + 1


def _find_separator(peek: list[bytes], suffix: str) -> str:
    """Return the separator by which the lines have the same number of cells, 2 or more."""
    comments = _Comments(peek)
    lines = [line for line in peek if line.strip() and not comments.takes(line)]
    order = [mark for mark in SEPARATORS if not (mark == ";" and suffix == ".csv" and not _leads(lines, ";", ","))]
    order += [mark for mark in SEPARATORS if mark not in order]
    share = {}
    for mark in order:
        counts = Counter(min(_count_cells(line, mark)) for line in lines)
        counts = Counter({cells: count for cells, count in counts.items() if cells > 1})
        share[mark] = (counts.most_common(1)[0][1] if counts else 0, counts.total())
    n = max(len(lines), 1)
    regular = [mark for mark in order if share[mark][0] >= _SAME * n]
    if regular:
        return regular[0]
    some = [mark for mark in order if share[mark][1] > n / 2]
    return some[0] if some else ("," if suffix == ".csv" else "\t")


def _leads(lines: list[bytes], mark: str, other: str) -> bool:
    """Tell whether `mark` divides the lines at least as evenly as `other` does."""
    spread = [len({min(_count_cells(line, each)) for line in lines}) for each in (mark, other)]
    return spread[0] <= spread[1] and any(mark.encode() in line for line in lines)


def _has_loose_quote(line: bytes, separator: str) -> bool:
    """Tell whether a line has a quote that neither begins nor ends a cell."""
    ends = rb"[ \t]" if separator == " " else re.escape(separator.encode())
    rest = re.sub(rb"(?:^|(?<=" + ends + rb'))"(?:[^"]|"")*"(?=' + ends + rb"|$)", b"", line)
    return b'"' in rest


def _quotes_enclose(
    bare: Counter[int], quoted: Counter[int], odd: int, loose: int, widths: list[tuple[int, int, int]]
) -> bool:
    """Tell whether quotes enclose cells: by which reading the rows have the same number of cells."""
    below = {cells for _, _, cells in widths[1:]}
    if not odd and not loose and len(below) <= 1:
        return True
    if bare == quoted:
        return not odd
    even_bare = max(bare.values(), default=0) >= _SAME * len(widths)
    even_quoted = max(quoted.values(), default=0) >= _SAME * len(widths)
    if odd and even_bare and len(bare) <= len(quoted):
        return False
    if even_quoted and not odd:
        return len(quoted) <= len(bare) or max(quoted.values()) >= max(bare.values())
    return not even_bare


def _skip_titles(counted: list[tuple[int, int]], width: int, skipped: dict[int, str]) -> list[tuple[int, int]]:
    """Set aside lines above the table that are far narrower than it: titles, and the line of sizes in GCT."""
    start = 0
    narrow = width - 1 if width > 2 else width
    while start < len(counted) - 1 and counted[start][1] < narrow and counted[start][1] <= max(2, width // 3):
        line, cells = counted[start]
        skipped[line] = SIZES if cells == 2 and width > 3 and line == 2 else TITLE
        start += 1
    return counted[start:] if start < len(counted) - 1 or start == 0 else counted


def _skip_footers(
    content: Content, encoding: str, counted: list[tuple[int, int]], width: int, skipped: dict[int, str]
) -> list[tuple[int, int]]:
    """Set aside sentences below the table: lines of one cell of several words. A row that was cut off is none."""
    last = {line for line, cells in counted[-_MOST_FOOTERS:] if cells == 1}
    if width < 3 or not last:
        return counted
    lines = enumerate(read_lines(content, encoding), start=1)
    texts = {number: line.strip(b'" \t') for number, line in lines if number in last}
    end = len(counted)
    while end > 1 and counted[end - 1][0] in last and len(texts[counted[end - 1][0]].split()) > 1:
        end -= 1
        skipped[counted[end][0]] = FOOTER
    return counted[:end]


def _is_even_csv(peek: list[bytes], separator: str, comments: _Comments) -> bool:
    """Tell whether quotes that enclose line breaks divide the first lines into rows of the same number of cells."""
    if separator == " ":
        return False
    kept = (line.decode("utf-8", "replace") + "\n" for line in peek if not comments.takes(line))
    try:
        widths = [len(cells) for cells in csv.reader(kept, delimiter=separator, strict=True) if cells]
    except csv.Error:
        return False
    return len(widths) > 2 and widths[1] > 1 and len(set(widths[1 : -1 if len(peek) == _PEEK_LINES else None])) == 1


def _check_widths(path: Path, counted: list[tuple[int, int]], width: int, mark: str) -> None:
    """Raise where a row has more cells than the table: a separator stands inside a cell."""
    wide = max(width, counted[0][1]) if counted else width
    strange = [(line, cells) for line, cells in counted if cells > wide]
    common = sum(cells == width for _, cells in counted) >= _SAME * len(counted)
    if strange and common and mark != " " and not _only_empty_ends(counted, width):
        line, cells = strange[0]
        more = f" ({len(strange) - 1} more such lines)" if len(strange) > 1 else ""
        raise InputError(
            f"{path}:{line}: {cells} cells, but the table has {wide} columns{more}. Quote cells that contain the "
            "separator, and remove unpaired quotes"
        )


def _only_empty_ends(counted: list[tuple[int, int]], width: int) -> bool:
    return len({cells for _, cells in counted}) == 1


def _is_commented_header(
    peek: list[bytes], line: int, counted: list[tuple[int, int]], mark: str, width: int, quotes: bool
) -> bool:
    """Tell whether the last comment above the table names its columns, as "#node1 node2 …" does."""
    if not line or line > len(peek) or not counted or width < 2 or counted[0][0] <= line or counted[0][0] > len(peek):
        return False
    text = peek[line - 1].decode("utf-8", "replace").lstrip('"#/!% ')
    cells = [cell.strip() for cell in split_line(text, mark, quotes=quotes)]
    below = peek[counted[0][0] - 1].decode("utf-8", "replace")
    first = [cell.strip() for cell in split_line(below, mark, quotes=quotes)]
    from grnet.dataset.reading.column_words import is_column_word

    if len(cells) != width or len(set(cells)) < width or any(is_column_word(cell) for cell in first[:2]):
        return False
    return any(is_column_word(cell) for cell in cells)
