"""A formatted text as EPUB 3: https://www.w3.org/TR/epub-33/."""

from __future__ import annotations

import uuid

from app.core.conversion.archive import write_archive
from app.core.conversion.blocks import FormattedText, Heading, plain_text
from app.core.conversion.front import contents_heading
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.markup import XML_HEAD, escaped
from app.core.conversion.xhtml_writer import (
    BodyWriter,
    chapters,
    language_of,
    stylesheet,
    title_section,
)

_CONTAINER = f"""{XML_HEAD}\
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
_NAMES = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
_SPACE = uuid.UUID("b8b33fd4-1f0e-4d6c-9b5c-6b9f6f1b9d6e")
"""Under which a book's own number is made out of its content."""


def write_epub(text: FormattedText, profile: ExportProfile, modified: str) -> bytes:
    """An e-book with a file for each chapter; the same bytes for the same text.

    `modified` is when the text was last changed, as `2026-01-31T12:00:00Z`. Raises nothing.
    """
    writer = BodyWriter(profile.scene_break, is_epub=True)
    pages: list[tuple[str, str, str]] = []  # file, title, body
    if title := title_section(text, profile):
        pages.append(("title.xhtml", text.title, title))
    for number, blocks in enumerate(chapters(text) or [()], 1):
        head = blocks[0] if blocks else None
        name = plain_text(head.spans) if isinstance(head, Heading) else ""
        pages.append((f"chapter-{number:03}.xhtml", name, writer.chapter(blocks)))
    shown = [(file, name) for file, name, _body in pages if name]
    first = pages[0][0]
    parts = [
        ("META-INF/container.xml", _CONTAINER),
        ("EPUB/package.opf", _package(text, profile, [page[0] for page in pages], modified)),
        ("EPUB/nav.xhtml", _nav(text, shown or [(first, text.title or "—")])),
        ("EPUB/style.css", stylesheet(profile)),
        *((f"EPUB/{file}", _page(text, name, body)) for file, name, body in pages),
    ]
    return write_archive(parts, "application/epub+zip")


def _page(text: FormattedText, title: str, body: str) -> str:
    return f"""{XML_HEAD}\
<!DOCTYPE html>
<html {_NAMES} {language_of(text)}>
<head>
<title>{escaped(title or text.title) or "—"}</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body>
{body or "<p></p>"}</body>
</html>
"""


def _nav(text: FormattedText, pages: list[tuple[str, str]]) -> str:
    rows = "".join(f'<li><a href="{file}">{escaped(name)}</a></li>\n' for file, name in pages)
    heading = contents_heading(text)
    body = f'<nav epub:type="toc" id="toc">\n<h2>{heading}</h2>\n<ol>\n{rows}</ol>\n</nav>\n'
    return _page(text, heading, body)


def _package(text: FormattedText, profile: ExportProfile, files: list[str], modified: str) -> str:
    number = uuid.uuid5(_SPACE, repr((text, profile.id)))
    items = "".join(
        f'<item id="p{n}" href="{file}" media-type="application/xhtml+xml"/>\n'
        for n, file in enumerate(files)
    )
    spine = [f'<itemref idref="p{n}"/>\n' for n in range(len(files))]
    if profile.has_contents and len(files) > 2:
        spine.insert(1 if files[0] == "title.xhtml" else 0, '<itemref idref="nav"/>\n')
    author = f"<dc:creator>{escaped(text.author)}</dc:creator>\n" if text.author else ""
    return f"""{XML_HEAD}\
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"
 xml:lang="{escaped(text.language)}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{number}</dc:identifier>
<dc:title>{escaped(text.title) or "—"}</dc:title>
{author}<dc:language>{escaped(text.language)}</dc:language>
<meta property="dcterms:modified">{escaped(modified)}</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="style.css" media-type="text/css"/>
{items}</manifest>
<spine>
{"".join(spine)}</spine>
</package>
"""
