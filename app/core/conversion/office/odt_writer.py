"""A formatted text as an OpenDocument text (ODF 1.3)."""

from __future__ import annotations

import re

from app.core.conversion.archive import write_archive
from app.core.conversion.blocks import (
    Block,
    BlockQuote,
    CodeBlock,
    FormattedText,
    Heading,
    ListBlock,
    Paragraph,
    SceneBreak,
    Span,
    Spans,
)
from app.core.conversion.front import (
    chapter_titles,
    contents_heading,
    title_page,
)
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.markup import XML_HEAD, escaped, is_safe_link
from app.core.conversion.office.odt_styles import NAMES, document_styles, list_styles, text_styles

_TYPE = "application/vnd.oasis.opendocument.text"
_SPACES = re.compile(r"(?<= ) +|^ +", re.MULTILINE)
_MANIFEST = f"""{XML_HEAD}\
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
 manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{_TYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""


class OdtWriter:
    """One document that is being written."""

    def __init__(self, text: FormattedText, profile: ExportProfile) -> None:
        self._text = text
        self._profile = profile
        self._notes = self._chapters = 0

    def write(self, modified: str) -> bytes:
        """The file; `modified` is when the text was last changed, in UTC as ISO 8601."""
        body = self._front() + self._blocks(self._text.blocks, "")
        content = (
            f'{XML_HEAD}<office:document-content {NAMES} office:version="1.3">\n'
            f"<office:automatic-styles>\n{text_styles()}{list_styles()}</office:automatic-styles>\n"
            f"<office:body><office:text>\n{body}</office:text></office:body>\n"
            "</office:document-content>\n"
        )
        return write_archive(
            (
                ("content.xml", content),
                ("styles.xml", document_styles(self._text, self._profile)),
                ("meta.xml", self._meta(modified)),
                ("META-INF/manifest.xml", _MANIFEST),
            ),
            _TYPE,
        )

    def _meta(self, modified: str) -> str:
        return (
            f'{XML_HEAD}<office:document-meta {NAMES} office:version="1.3"><office:meta>\n'
            f"<dc:title>{escaped(self._text.title)}</dc:title>\n"
            f"<meta:initial-creator>{escaped(self._text.author)}</meta:initial-creator>\n"
            f"<dc:creator>{escaped(self._text.author)}</dc:creator>\n"
            f"<dc:date>{modified.removesuffix('Z')}</dc:date>\n"
            f"<dc:language>{escaped(self._text.language)}</dc:language>\n"
            "</office:meta></office:document-meta>\n"
        )

    def _front(self) -> str:
        """The title page and the table of contents."""
        parts = []
        if page := title_page(self._text, self._profile):
            for number, line in enumerate(page.contact or (("",) if page.length else ())):
                length = f"<text:tab/>{escaped(page.length)}" if not number else ""
                style = "Contact" if number else "First_20_Contact"
                parts.append(_paragraph(style, escaped(line) + length))
            parts.append(_paragraph("Title" if not parts else "Low_20_Title", escaped(page.title)))
            if page.author:
                parts.append(_paragraph("Subtitle", escaped(page.author)))
        titles = chapter_titles(self._text)
        if self._profile.has_contents and len(titles) > 1:
            heading = escaped(contents_heading(self._text))
            parts.append(_paragraph("Contents_20_Heading", heading))
            parts += (
                _paragraph("Contents_20_1", f'<text:a xlink:type="simple" '
                           f'xlink:href="#chapter{number}">{escaped(title)}</text:a>')
                for number, title in enumerate(titles, 1)
            )  # fmt: skip
        first = self._text.blocks[0] if self._text.blocks else None
        if parts and not (isinstance(first, Heading) and first.level == 1):
            parts.append(_paragraph("New_20_Page", ""))
        return "".join(parts)

    def _blocks(self, blocks: tuple[Block, ...], style: str) -> str:
        done: list[str] = []
        former: Block | None = None
        for block in blocks:
            is_flat = not style and (former is None or isinstance(former, Heading | SceneBreak))
            is_first = is_flat and isinstance(block, Paragraph)
            done.append(self._block(block, "First_20_Paragraph" if is_first else style))
            former = block
        return "".join(done)

    def _block(self, block: Block, style: str) -> str:
        if isinstance(block, SceneBreak):
            return _paragraph("Scene_20_Break", escaped(self._profile.scene_break))
        if isinstance(block, CodeBlock):
            lines = block.text.split("\n")
            return "".join(_paragraph("Preformatted_20_Text", _written(line)) for line in lines)
        if isinstance(block, BlockQuote):
            return self._blocks(block.blocks, "Quotations")
        if isinstance(block, ListBlock):
            return self._list(block)
        if isinstance(block, Heading):
            return self._heading(block)
        return _paragraph(style or "Text_20_body", self._spans(block.spans))

    def _heading(self, block: Heading) -> str:
        mark = ""
        if block.level == 1:
            self._chapters += 1
            mark = f'<text:bookmark text:name="chapter{self._chapters}"/>'
        return (
            f'<text:h text:style-name="Heading_20_{block.level}" text:outline-level="{block.level}"'
            f">{mark}{self._spans(block.spans)}</text:h>\n"
        )

    def _list(self, block: ListBlock) -> str:
        style = "Numbers" if block.ordered else "Bullets"
        items: list[str] = []
        for number, item in enumerate(block.items):
            start = f' text:start-value="{block.start}"' if block.ordered and not number else ""
            body = self._blocks(item, "List_20_Paragraph") or _paragraph("List_20_Paragraph", "")
            items.append(f"<text:list-item{start}>{body}</text:list-item>\n")
        return f'<text:list text:style-name="{style}">\n{"".join(items)}</text:list>\n'

    def _spans(self, spans: Spans) -> str:
        return "".join(map(self._span, spans))

    def _span(self, span: Span) -> str:
        if span.note:
            return self._note(span)
        text = _written(span.text)
        looks = (("Code", span.code), ("Emphasis", span.emphasis), ("Strong", span.strong))
        for name, is_on in looks:
            if is_on:
                text = f'<text:span text:style-name="{name}">{text}</text:span>'
        if not is_safe_link(span.link):
            return text
        return f'<text:a xlink:type="simple" xlink:href="{escaped(span.link)}">{text}</text:a>'

    def _note(self, span: Span) -> str:
        self._notes += 1
        number = self._notes
        return (
            f'<text:note text:id="n{number}" text:note-class="footnote">'
            f"<text:note-citation>{number}</text:note-citation>"
            f"<text:note-body>{self._blocks(span.note, 'Footnote')}</text:note-body></text:note>"
        )


def write_odt(text: FormattedText, profile: ExportProfile, modified: str) -> bytes:
    """The text as an OpenDocument text; the same bytes for the same text and time."""
    return OdtWriter(text, profile).write(modified)


def _paragraph(style: str, inner: str) -> str:
    return f'<text:p text:style-name="{style}">{inner}</text:p>\n'


def _written(text: str) -> str:
    """Text in which every space counts, and line breaks."""
    spaced = _SPACES.sub(lambda found: f"\x00{len(found[0])}\x00", text)
    parts = spaced.split("\x00")
    done = [
        f'<text:s text:c="{part}"/>' if number % 2 else escaped(part)
        for number, part in enumerate(parts)
    ]
    return "".join(done).replace("\n", "<text:line-break/>")
