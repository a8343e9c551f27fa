"""The encoding of a text: a byte-order mark, the places of zero bytes, or whether the bytes are UTF-8."""

from __future__ import annotations

import codecs

from grnet.dataset.reading.content import Content
from grnet.schema.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte-order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 without a byte-order mark",
    "utf-16-be": "UTF-16 without a byte-order mark",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
}
_MOSTLY = 0.4


def find_encoding(content: Content, chosen: str = "") -> str:
    """Return the name of the codec of a text.

    Parameters
    ----------
    content : Content
        Of kind "text".
    chosen : str
        The encoding that the user names; "" to find it. What has no mark and no zero bytes is taken for UTF-8;
        "utf_8" is the same with the line ends of old Macs, which need translation.

    Raises
    ------
    InputError
        The bytes are no text, or the chosen encoding does not exist.
    """
    if chosen:
        try:
            return codecs.lookup(chosen).name
        except LookupError as error:
            raise InputError(f"{content.path}: there is no encoding '{chosen}'; expected one such as utf-8") from error
    head = content.begin()
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if marked:
        return marked
    if b"\0" in head:
        return _wide_encoding(content, head)
    return "utf_8" if b"\r" in head and b"\n" not in head else "utf-8"


def _wide_encoding(content: Content, head: bytes) -> str:
    """Return UTF-16 by where its zero bytes are; most characters of a table are ASCII."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > _MOSTLY * half and even < odd // 10:
        return "utf-16-le"
    if even > _MOSTLY * half and odd < even // 10:
        return "utf-16-be"
    raise InputError(
        f"{content.path}: not readable as a table of text (it has zero bytes); expected CSV, TSV, XLSX or Parquet"
    )
