"""A real PDF file, written by the child process that the program starts for it."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.core.conversion.blocks import FormattedText
from app.core.conversion.export import render, titled
from app.core.conversion.looks.profiles import profile_named
from app.core.conversion.markdown_reader import read_markdown
from app.core.conversion.pdf import process
from app.core.conversion.pdf.outline import Bookmark, PageLink, with_outline
from app.core.conversion.pdf.process import PdfWriting
from app.core.errors import DocumentError

MOMENT = "2026-11-28T01:02:03Z"
READING = profile_named("reading")
SOURCE = """# One

Text[^1] with a [link](https://example.org/) and a [trap](file:///etc/passwd).

![never fetched](http://127.0.0.1:9/x.png) 夜里下雨

[^1]: Note.

# Two (2)

End.
"""


def book(source: str = SOURCE) -> FormattedText:
    return titled(read_markdown(source), "The Lamp", "Jane Doe", "zh-CN")


def newest(data: bytes, number: int) -> bytes:
    """The object as the last update of the file has it."""
    at = data.rindex(b"\n%d 0 obj" % number)
    return data[at : data.index(b"endobj", at)]


def test_a_file_has_bookmarks_links_embedded_fonts_and_nothing_of_the_outside() -> None:
    data = render(book(), ".pdf", READING, datetime(2026, 11, 28, 1, 2, 3, tzinfo=UTC))
    assert data.startswith(b"%PDF-1.4")
    assert data.endswith(b"%%EOF\n")
    root = newest(data, int(re.findall(rb"/Root (\d+) 0 R", data)[-1]))
    assert "zh-CN".encode("utf-16-be").hex().encode() in root
    outline = newest(data, int(re.search(rb"/Outlines (\d+) 0 R", root)[1]))  # type: ignore[index]
    assert b"/Count 2" in outline
    for title in ("One", "Two (2)"):
        assert b"/Title <feff%s>" % title.encode("utf-16-be").hex().encode() in data
    assert data.count(b"/Subtype /Link /Rect") == 2  # of the table of contents
    assert data.count(b"/Subtype /Link\n") == 1
    assert b"(https://example.org/)" in data
    assert b"passwd" not in data
    assert b"x.png" not in data
    fonts = data.count(b"/Type /FontDescriptor")
    assert fonts >= 2
    assert data.count(b"/FontFile2 ") + data.count(b"/FontFile3 ") == fonts
    assert data.count(b"/ToUnicode ") == fonts
    assert b"D:20261128010203Z" in data
    assert data == render(book(), ".pdf", READING, datetime(2026, 11, 28, 1, 2, 3, tzinfo=UTC))


def test_the_table_of_an_update_leads_to_every_object() -> None:
    data = PdfWriting().run(book(), READING, MOMENT)
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    rows = re.findall(rb"(\d+) 1\n(\d{10}) 00000 n \n", data[start:])
    assert len(rows) > 4
    for number, at in rows:
        assert data[int(at) :].startswith(b"%s 0 obj" % number)


def test_an_empty_text_is_a_page() -> None:
    data = PdfWriting().run(read_markdown(""), profile_named("manuscript"), MOMENT)
    assert b"/Count 1\n" in data


def test_what_is_no_file_of_qts_is_refused() -> None:
    for data in (b"", b"%PDF-1.4\n%%EOF", b"xref\n0 1\ntrailer\nstartxref\n0\n%%EOF\n"):
        with pytest.raises(ValueError, match="there is no"):
            with_outline(data, [Bookmark("a", 0, 0)], [PageLink(0, (0, 0, 1, 1), 0)], "en")


def test_the_pages_are_told_and_it_can_be_stopped() -> None:
    writing, told = PdfWriting(), threading.Event()
    seen: list[int] = []

    def tell(pages: int) -> None:
        seen.append(pages)
        told.set()
        writing.cancel()

    with pytest.raises(DocumentError, match="stopped"):
        writing.run(book("Word. " * 20_000), READING, MOMENT, tell)
    assert seen[0] > 0
    stopped = PdfWriting()
    stopped.cancel()
    with pytest.raises(DocumentError, match="stopped"):
        stopped.run(book(), READING, MOMENT)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys; sys.exit('no Qt here')", "no Qt here"),
        ("print('done 5'); print('ab')", "once"),
    ],
)
def test_a_child_that_ends_early_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    command: Callable[[str], list[str]] = lambda _word: [sys.executable, "-c", code]  # noqa: E731
    monkeypatch.setattr(process, "program_command", command)
    with pytest.raises(DocumentError, match=told):
        PdfWriting().run(book(), READING, MOMENT)


def test_a_child_that_cannot_start_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "program_command", lambda _word: ["/nonexistent/program"])
    with pytest.raises(DocumentError, match="did not start"):
        PdfWriting().run(book(), READING, MOMENT)


def test_the_command_line_has_no_qt() -> None:
    code = (
        "import sys, app.cli.documents.conversion, app.core.conversion.pdf.process as p; "
        "sys.exit(any('PySide6' in name for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="asks fontconfig which typefaces there are")
def test_chinese_has_the_typeface_of_its_language() -> None:
    listed = subprocess.run(["fc-list", ":family"], capture_output=True, text=True, check=False)
    if "Noto Serif CJK SC" not in listed.stdout:
        pytest.skip("there is no typeface for it here")
    for language, font in (("zh-CN", b"NotoSerifCJKsc"), ("ja", b"NotoSerifCJKjp")):
        text = titled(read_markdown("夜里下雨"), "", "", language)
        assert font in PdfWriting().run(text, READING, MOMENT)
