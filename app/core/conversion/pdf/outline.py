"""Bookmarks, links and the language, added to a PDF file that Qt wrote and that has none of them.

They come as an incremental update: new and changed objects at the file's end, and a table of where
they are, ISO 32000-1, 7.5.6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct


class Bookmark(Struct, frozen=True):
    """A chapter: its title, the index of its page, and its distance from the top in points."""

    title: str
    page: int
    top: float


class PageLink(Struct, frozen=True):
    """A rectangle on the page of an index that leads to a bookmark, by its index.

    `area` is left, top, width and height in points, from the upper left corner.
    """

    page: int
    area: tuple[float, float, float, float]
    bookmark: int


class _PdfFile:
    """The objects of a file with one plain table of references, as Qt writes it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.start = int(_found(rb"startxref\s+(\d+)\s+%%EOF\s*$", data[-64:])[1])
        head = _found(rb"xref\s+0 (\d+)\s+", data[self.start : self.start + 64])
        self.count = int(head[1])
        table = self.start + head.end()
        trailer = data[table + 20 * self.count :]
        self.root = int(_found(rb"/Root (\d+) 0 R", trailer)[1])
        self.info = int(_found(rb"/Info (\d+) 0 R", trailer)[1])
        self.id = _found(rb"/ID (\[[^\]]*\])", trailer)[1]
        self._table = table
        pages = int(_found(rb"/Pages (\d+) 0 R", self.content(self.root))[1])
        kids = _found(rb"/Kids\s*\[([^\]]*)\]", self.content(pages))[1]
        self.pages = [int(number) for number in re.findall(rb"(\d+) 0 R", kids)]

    def content(self, number: int) -> bytes:
        """What an object is, between `obj` and `endobj`."""
        row = self._table + 20 * number
        at = int(self.data[row : row + 10])
        head = _found(rb"%d 0 obj\s*" % number, self.data[at : at + 32])
        begin = at + head.end()
        return self.data[begin : self.data.index(b"endobj", begin)].strip()

    def height(self, page: int) -> float:
        """How high a page is, in points."""
        box = _found(rb"/MediaBox \[([^\]]*)\]", self.content(page))[1].split()
        return float(box[3])


def with_outline(
    data: bytes, bookmarks: Sequence[Bookmark], links: Sequence[PageLink], language: str
) -> bytes:
    """The file with bookmarks, links and its language.

    Raises ValueError where the file is not built as it should be.
    """
    try:
        return _updated(_PdfFile(data), bookmarks, links, language)
    except IndexError as error:
        raise ValueError("a page that there is not") from error


def _updated(
    pdf: _PdfFile, bookmarks: Sequence[Bookmark], links: Sequence[PageLink], language: str
) -> bytes:
    changed: dict[int, bytes] = {}
    places = [_place(pdf, mark) for mark in bookmarks]
    root = pdf.content(pdf.root).removesuffix(b">>")
    root += b"/Lang %s\n" % _text(language)
    next_number = pdf.count
    if bookmarks:
        outline = next_number
        next_number += 1 + len(bookmarks)
        changed |= _outline(outline, bookmarks, places)
        root += b"/Outlines %d 0 R\n/PageMode /UseOutlines\n" % outline
    changed[pdf.root] = root + b">>"
    for page in sorted({link.page for link in links}):
        own = [link for link in links if link.page == page]
        numbers = range(next_number, next_number + len(own))
        next_number += len(own)
        height = pdf.height(pdf.pages[page])
        for number, link in zip(numbers, own, strict=True):
            changed[number] = _link(link, height, places[link.bookmark])
        row = int(_found(rb"/Annots (\d+) 0 R", pdf.content(pdf.pages[page]))[1])
        former = pdf.content(row).strip(b"[] \n")
        added = b" ".join(b"%d 0 R" % number for number in numbers)
        changed[row] = b"[ %s %s ]" % (former, added)
    return _appended(pdf, changed, next_number)


def _outline(
    first: int, bookmarks: Sequence[Bookmark], places: Sequence[bytes]
) -> dict[int, bytes]:
    """The outline as object `first`, and its items after it."""
    count = len(bookmarks)
    found = {
        first: b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>"
        % (first + 1, first + count, count)
    }
    for index, (mark, place) in enumerate(zip(bookmarks, places, strict=True)):
        number = first + 1 + index
        before = b" /Prev %d 0 R" % (number - 1) if index else b""
        after = b" /Next %d 0 R" % (number + 1) if index + 1 < count else b""
        title = _text(mark.title or "—")
        found[number] = b"<< /Title %s /Parent %d 0 R%s%s /Dest %s >>" % (
            title, first, before, after, place,
        )  # fmt: skip
    return found


def _place(pdf: _PdfFile, mark: Bookmark) -> bytes:
    page = pdf.pages[mark.page]
    return b"[%d 0 R /XYZ 0 %.2f null]" % (page, pdf.height(page) - mark.top)


def _link(link: PageLink, height: float, place: bytes) -> bytes:
    left, top, width, tall = link.area
    box = b"%.2f %.2f %.2f %.2f" % (left, height - top - tall, left + width, height - top)
    return b"<< /Type /Annot /Subtype /Link /Rect [%s] /Border [0 0 0] /Dest %s >>" % (box, place)


def _appended(pdf: _PdfFile, changed: dict[int, bytes], count: int) -> bytes:
    done = bytearray(pdf.data)
    rows: list[bytes] = []
    for number in sorted(changed):
        rows.append(b"%d 1\n%010d 00000 n \n" % (number, len(done)))
        done += b"%d 0 obj\n%s\nendobj\n" % (number, changed[number])
    start = len(done)
    trailer = b"<< /Size %d /Info %d 0 R /Root %d 0 R /Prev %d /ID %s >>" % (
        count, pdf.info, pdf.root, pdf.start, pdf.id,
    )  # fmt: skip
    done += b"xref\n%s" % b"".join(rows)
    done += b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)
    return bytes(done)


def _text(words: str) -> bytes:
    """A text string: UTF-16 with a byte order mark, in hexadecimal digits."""
    return b"<%s>" % ("\ufeff" + words).encode("utf-16-be", "replace").hex().encode()


def _found(pattern: bytes, data: bytes) -> re.Match[bytes]:
    match = re.search(pattern, data)
    if match is None:
        raise ValueError(f"there is no {pattern.decode('latin-1')}")
    return match
