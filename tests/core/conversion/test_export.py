"""A text is written in every format: escaped, the same each time, all or nothing."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from app.core.conversion.blocks import FormattedText
from app.core.conversion.export import (
    FORMATS,
    format_of,
    formatted,
    joined_texts,
    render,
    titled,
    write_export,
)
from app.core.conversion.looks.profiles import PROFILES, profile_named
from app.core.conversion.typography import smart
from app.core.errors import DocumentError, ParameterError

NOW = datetime(2026, 11, 28, tzinfo=UTC)
WRITTEN_HERE = [row.suffix for row in FORMATS if row.suffix != ".pdf"]
"""What needs no child process."""
SOURCE = """Before all <b> & "so"\x01.

# One & *only*

He said -- "it's *so*"... `"code" --`[^1] [link](https://example.org/?a=1&b=2)
[bad](javascript:alert(1))

***

> Quoted.

3. three
4. four

   - deep

     more

## A part

```
code
  <lines>
```

# Two

End^[An *inline* note.].

[^1]: A note.

    Its second paragraph.
"""


def text(source: str = SOURCE) -> FormattedText:
    return titled(formatted(Path("a.md"), source), "A <Title>", 'Jane "J" Doe', "en")


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("suffix", WRITTEN_HERE)
def test_the_same_text_gives_the_same_bytes(suffix: str) -> None:
    for row in PROFILES:
        assert render(text(), suffix, row, NOW) == render(text(), suffix, row, NOW)


@pytest.mark.parametrize("suffix", WRITTEN_HERE)
@pytest.mark.parametrize("source", ["", "# Only", SOURCE, "[^1]\n\n[^1]:\n", "> - > 1. x"])
def test_every_part_is_well_formed(suffix: str, source: str) -> None:
    data = render(text(source), suffix, PROFILES[0], NOW)
    if suffix in (".docx", ".odt", ".epub"):
        for name, content in parts(data).items():
            assert b"\x01" not in content
            if name.endswith((".xml", ".xhtml", ".opf", ".rels")):
                ElementTree.fromstring(content)
    elif suffix == ".html":
        ElementTree.fromstring(data.decode().removeprefix("<!DOCTYPE html>"))


def test_a_web_page_needs_nothing_else_and_runs_nothing() -> None:
    page = render(text(), ".html", PROFILES[0], NOW).decode()
    assert "&lt;b&gt; &amp; “so”." in page
    assert "— “it’s <em>so</em>”…" in page
    assert "<code>&quot;code&quot; --</code>" in page
    assert "javascript" not in page
    addresses = re.findall(r'(?:src|href|url)[=(]"?([^")>]*)', page)
    outside = [found for found in addresses if not found.startswith("#")]
    assert outside == ["https://example.org/?a=1&amp;b=2"]
    for address in addresses:
        assert not address.startswith("#") or f'id="{address[1:]}"' in page


def test_an_e_book_begins_with_its_type_and_has_a_file_for_each_chapter() -> None:
    data = render(text(), ".epub", profile_named("e-book"), NOW)
    assert data[30:58] == b"mimetypeapplication/epub+zip"
    found = parts(data)
    assert [name for name in found if "chapter" in name] == [
        f"EPUB/chapter-00{n}.xhtml" for n in (1, 2, 3)
    ]
    assert b"2026-11-28T00:00:00Z" in found["EPUB/package.opf"]
    assert re.findall(rb'href="(.*?)">(.*?)<', found["EPUB/nav.xhtml"]) == [
        (b"title.xhtml", b"A &lt;Title&gt;"),
        (b"chapter-002.xhtml", b"One &amp; only"),
        (b"chapter-003.xhtml", b"Two"),
    ]
    for name in ("EPUB/chapter-002.xhtml", "EPUB/chapter-003.xhtml"):
        targets = re.findall(rb'href="#(.*?)"', found[name])
        assert targets
        assert all(b'id="%s"' % target in found[name] for target in targets)


def test_a_word_document_has_title_chapters_notes_and_a_running_head() -> None:
    found = parts(render(text(), ".docx", profile_named("manuscript"), NOW))
    body = found["word/document.xml"].decode()
    assert '<w:pStyle w:val="Title"/>' in body
    assert body.count('<w:pStyle w:val="Heading1"/>') == 2
    assert body.count("<w:footnoteReference ") == 2
    assert "TOC" not in body
    assert b">Doe / A &lt;TITLE&gt; / <" in found["word/header1.xml"]
    assert b'w:line="480"' in found["word/styles.xml"]
    assert b'<w:startOverride w:val="3"/>' in found["word/numbering.xml"]


def test_a_submission_says_how_to_reach_the_author_and_how_long_it_is() -> None:
    whole = replace(text(), contact="Jane Doe\n1 Road <a>\njane@example.org")
    for suffix, part in (
        (".docx", "word/document.xml"),
        (".odt", "content.xml"),
        (".epub", "EPUB/title.xhtml"),
    ):
        found = parts(render(whole, suffix, profile_named("manuscript"), NOW))[part].decode()
        order = [found.rindex(words) for words in ("1 Road &lt;a&gt;", "jane@", "A &lt;Title&gt;")]
        assert order == sorted(order)
        assert re.search(r"about \d0 words", found)
        assert "by Jane &quot;J&quot; Doe" in found
        reading = parts(render(whole, suffix, profile_named("reading"), NOW))[part].decode()
        assert "1 Road" not in reading
        assert "words" not in reading


def test_plain_text_has_its_notes_at_the_end() -> None:
    written = render(text(), ".txt", profile_named("manuscript"), NOW).decode()
    assert "\n\n#\n\n" in written
    assert "\n\n    Quoted.\n\n" in written
    assert "4. four\n\n   - deep\n\n     more" in written
    assert written.endswith("[1] A note.\n\nIts second paragraph.\n\n[2] An inline note.\n")


def test_quotes_look_at_what_is_before_them() -> None:
    source = '"\'Tis *"the"* rock \'n\' roll of the \'90s," she said---("so").'
    shown = render(smart(text(source)), ".txt", PROFILES[1], NOW).decode()
    assert shown == "“‘Tis “the” rock ‘n’ roll of the ’90s,” she said—(“so”).\n"


def test_texts_are_joined_with_a_break_where_no_heading_begins() -> None:
    one, two = formatted(Path("a.md"), "a"), formatted(Path("b.txt"), "*b*")
    three = formatted(Path("c.md"), "# c")
    joined = joined_texts([one, two, three])
    assert render(joined, ".md", PROFILES[1], NOW) == b"a\n\n***\n\n\\*b\\*\n\n# c\n"


def test_nothing_is_written_over_unless_that_is_said(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    with pytest.raises(DocumentError, match="already a file"):
        write_export(target, b"new")
    assert target.read_bytes() == b"old"
    write_export(target, b"new", overwrite=True)
    assert target.read_bytes() == b"new"
    with pytest.raises(DocumentError, match="there is no"):
        write_export(tmp_path / "none" / "a.txt", b"new")


def test_an_unknown_suffix_or_profile_names_those_that_are_known() -> None:
    assert format_of(Path("A.HTM")).suffix == ".html"
    with pytest.raises(ParameterError, match=r"Known are: .*\.epub"):
        format_of(Path("a.exe"))
    with pytest.raises(ParameterError, match="manuscript"):
        profile_named("none")


@pytest.mark.skipif(
    not (shutil.which("java") and shutil.which("epubcheck")), reason="epubcheck is not installed"
)
@pytest.mark.parametrize("source", ["", SOURCE], ids=["empty", "full"])
def test_epubcheck_passes(tmp_path: Path, source: str) -> None:
    book = tmp_path / "a.epub"
    book.write_bytes(render(text(source), ".epub", profile_named("e-book"), NOW))
    checker = shutil.which("epubcheck") or ""
    checked = subprocess.run(
        ["java", "-jar", checker, str(book)], capture_output=True, text=True, check=False
    )
    assert "No errors or warnings" in checked.stdout, checked.stdout + checked.stderr
