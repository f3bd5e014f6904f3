"""A formatted text as a PDF file, and the child process that writes one."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF, QUuid
from PySide6.QtGui import QGuiApplication, QPageSize, QPainter, QPdfWriter

from app.core.conversion.blocks import FormattedText
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.pdf.outline import Bookmark, PageLink, with_outline
from app.core.conversion.pdf.process import DONE, PAGE, read_request
from app.ui.conversion.pages import SetPage, TextPages
from app.ui.conversion.typesetting import UNITS_PER_POINT

_TOLD_EVERY = 5  # pages
_HEAD = 2_000  # bytes, in which Qt says when it wrote the file


def pdf_file(
    text: FormattedText,
    profile: ExportProfile,
    moment: str,
    tell: Callable[[int], object] = lambda _pages: None,
) -> bytes:
    """The file: its fonts are embedded, chapters are bookmarks and the contents lead to them.

    `moment` is when the text was last changed, as `2026-01-31T12:00:00Z`.
    """
    pages = TextPages(text, profile)
    found = pages.all(tell)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    _write(buffer, text, profile, pages, found)
    data = _dated(bytes(buffer.data().data()), moment)
    return with_outline(data, _bookmarks(pages, found), _links(pages, found), text.language)


def _write(
    buffer: QBuffer,
    text: FormattedText,
    profile: ExportProfile,
    pages: TextPages,
    found: list[SetPage],
) -> None:
    writer = QPdfWriter(buffer)
    writer.setResolution(72 * UNITS_PER_POINT)
    size = QSizeF(*(10 * length for length in profile.page_cm))
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(text.title)
    writer.setAuthor(text.author)
    writer.setCreator("Lampblack")
    writer.setDocumentId(QUuid.createUuidV5(QUuid(), repr((text, profile)).encode()))
    painter = QPainter(writer)
    for number, page in enumerate(found):
        if number:
            writer.newPage()
        pages.paint(painter, page)
    painter.end()


def _dated(data: bytes, moment: str) -> bytes:
    """The file as made at a moment, where Qt wrote its own in UTC; no length changes."""
    head, rest = data[:_HEAD], data[_HEAD:]
    digits = re.sub(r"\D", "", moment).encode()
    head = re.sub(rb"D:\d{14}Z", b"D:%sZ" % digits, head)
    long = moment.replace("Z", "+00:00").encode()
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", long, head) + rest


def _bookmarks(pages: TextPages, found: list[SetPage]) -> list[Bookmark]:
    return [
        Bookmark(title, index, top)
        for index, page in enumerate(found)
        if page.number
        for title, top in pages.chapter_place(page)
    ]


def _links(pages: TextPages, found: list[SetPage]) -> list[PageLink]:
    links: list[PageLink] = []
    for index, page in enumerate(found):
        for link in page.links:
            area, chapter = pages.link_place(link)
            links.append(PageLink(index, area, chapter))
    return links


def run_pdf_writer() -> int:
    """Answer one request; the exit code."""
    request = read_request(sys.stdin.buffer.read())
    out = sys.stdout.buffer
    _application = QGuiApplication([sys.argv[0]])

    def tell(pages: int) -> None:
        if not pages % _TOLD_EVERY:
            out.write(b"%s %d\n" % (PAGE, pages))
            out.flush()

    data = pdf_file(request.text, request.profile, request.moment, tell)
    out.write(b"%s %d\n" % (DONE, len(data)))
    out.write(data)
    out.flush()
    return 0
