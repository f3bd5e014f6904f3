"""A formatted text as a Word document (ECMA-376, WordprocessingML)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from app.core.changes.marked import OUR_NAME, SIGNS, pieces
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
    TitlePage,
    chapter_titles,
    contents_heading,
    running_head,
    title_page,
)
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.markup import XML_HEAD, escaped, is_safe_link
from app.core.conversion.office import docx_styles as fixed


class _Place(Struct, frozen=True):
    """Where a block stands: in which style, and how deep in which list."""

    style: str = ""
    level: int = -1


_FLAT_AFTER = (Heading, SceneBreak)
"""After these a paragraph is not indented."""


class DocxWriter:
    """One document that is being written."""

    def __init__(self, text: FormattedText, profile: ExportProfile) -> None:
        self._text = text
        self._profile = profile
        self._notes: list[str] = []
        self._links: list[str] = []
        self._starts: list[tuple[int, int]] = []
        self._chapters = 0
        self._modified = ""
        self._revisions = 0
        self._mark: tuple[str, int] | None = None
        self._change = "", 0  # the kind and the author of the change that is open

    def write(self, modified: str) -> bytes:
        """The file; `modified` is when the text was last changed, in UTC as ISO 8601."""
        self._modified = modified
        body = "".join((self._front(), self._blocks(self._text.blocks, _Place()), self._section()))
        links = fixed.links(self._links)
        return write_archive(
            (
                ("[Content_Types].xml", fixed.CONTENT_TYPES),
                ("_rels/.rels", fixed.PACKAGE_LINKS),
                ("docProps/core.xml", fixed.core_properties(self._text, modified)),
                ("word/document.xml", _part("document", f"<w:body>\n{body}</w:body>")),
                ("word/_rels/document.xml.rels", links),
                ("word/_rels/footnotes.xml.rels", links),
                ("word/styles.xml", fixed.styles(self._text, self._profile)),
                ("word/settings.xml", fixed.SETTINGS),
                ("word/numbering.xml", fixed.numbering(self._starts)),
                ("word/footnotes.xml", _part("footnotes", _SEPARATORS + "".join(self._notes))),
                ("word/header1.xml", _part("hdr", self._running_head())),
            )
        )

    def _front(self) -> str:
        """The title page and the table of contents."""
        parts: list[str] = []
        if page := title_page(self._text, self._profile):
            parts += self._contact(page)
            parts.append(_styled("Title", _run(page.title)))
            if page.author:
                parts.append(_styled("Subtitle", _run(page.author)))
        titles = chapter_titles(self._text)
        if self._profile.has_contents and len(titles) > 1:
            turn = "<w:pageBreakBefore/>" if parts else ""
            parts.append(_styled("TOCHeading", _run(contents_heading(self._text)), turn))
            parts += _contents(titles)
        first = self._text.blocks[0] if self._text.blocks else None
        if parts and not (isinstance(first, Heading) and first.level == 1):
            parts.append(_styled("", '<w:r><w:br w:type="page"/></w:r>'))
        return "".join(parts)

    def _contact(self, page: TitlePage) -> Iterator[str]:
        """How to reach the author, and at the right of the first line how long the text is."""
        lines = page.contact or (("",) if page.length else ())
        right = fixed.twips(self._profile.page_cm[0] - 2 * self._profile.margin_cm)
        tab = f'<w:tabs><w:tab w:val="right" w:pos="{right}"/></w:tabs>'
        for number, line in enumerate(lines):
            length = f"<w:r><w:tab/></w:r>{_run(page.length)}" if page.length and not number else ""
            yield _styled("Contact", _run(line) + length, tab if length else "")

    def _blocks(self, blocks: tuple[Block, ...], place: _Place) -> str:
        done: list[str] = []
        former: Block | None = None
        for block in blocks:
            is_flat = not place.style and (former is None or isinstance(former, _FLAT_AFTER))
            spot = _Place("FirstParagraph") if is_flat and isinstance(block, Paragraph) else place
            done.append(self._block(block, spot))
            former = block
        return "".join(done)

    def _block(self, block: Block, place: _Place) -> str:
        if isinstance(block, SceneBreak):
            return _styled("SceneBreak", _run(self._profile.scene_break))
        if isinstance(block, CodeBlock):
            return "".join(
                self._paragraph("SourceCode", self._runs(line, ""))
                for line in block.text.split("\n")
            )
        if isinstance(block, BlockQuote):
            return self._blocks(block.blocks, _Place("Quote", place.level))
        if isinstance(block, ListBlock):
            return self._list(block, min(place.level + 1, fixed.DEEPEST_LIST))
        if isinstance(block, Heading):
            return self._heading(block)
        return self._paragraph(place.style, self._spans(block.spans))

    def _heading(self, block: Heading) -> str:
        inner = self._spans(block.spans)
        if block.level == 1:
            self._chapters += 1
            inner = _bookmark(self._chapters, inner)
        return self._paragraph(f"Heading{block.level}", inner)

    def _list(self, block: ListBlock, level: int) -> str:
        number = 1
        if block.ordered:
            self._starts.append((level, block.start))
            number = len(self._starts) + 1
        layout = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        return "".join(self._item(item, level, layout) for item in block.items)

    def _item(self, item: tuple[Block, ...], level: int, layout: str) -> str:
        """The first paragraph has the sign; what follows is indented alike."""
        first = item[0] if item and isinstance(item[0], Paragraph) else None
        rest = item[1:] if first else item
        spans = self._spans(first.spans if first else ())
        head = self._paragraph("ListParagraph", spans, layout)
        return head + self._blocks(rest, _Place(f"ListContinue{level + 1}", level))

    def _spans(self, spans: Spans) -> str:
        return "".join(map(self._span, spans))

    def _span(self, span: Span) -> str:
        if span.note:
            return self._note(span)
        look = "".join(
            tag
            for tag, is_on in (
                ('<w:rStyle w:val="Hyperlink"/>', is_safe_link(span.link) and not span.code),
                ('<w:rStyle w:val="VerbatimChar"/>', span.code),
                ("<w:b/>", span.strong),
                ("<w:i/>", span.emphasis),
            )
            if is_on
        )
        run = self._runs(span.text, look)
        if not is_safe_link(span.link):
            return run
        if span.link not in self._links:
            self._links.append(span.link)
        number = self._links.index(span.link) + 1
        return f'<w:hyperlink r:id="rIdL{number}">{run}</w:hyperlink>'

    # Tracked changes

    def _runs(self, text: str, look: str) -> str:
        """The runs of a text, those of a tracked change in its element."""
        done: list[str] = []
        for part, kind, author in pieces(text, *self._change):
            if kind.endswith("-end"):
                self._mark = kind, author
                continue
            self._change = kind, author
            if part:
                self._mark = None
                done.append(self._revised(part, look, kind, author))
        return "".join(done)

    def _revised(self, text: str, look: str, kind: str, author: int) -> str:
        if not kind:
            return _run(text, look)
        run = _run(text, look, "delText" if kind == "removed" else "t")
        name = _REVISIONS[kind]
        return f"<w:{name} {self._by(author)}>{run}</w:{name}>"

    def _by(self, author: int) -> str:
        """The number, author and time of the next revision."""
        self._revisions += 1
        authors = self._text.authors
        name = OUR_NAME + authors[author] if author < len(authors) else OUR_NAME.rstrip(", ")
        number = f'w:id="{self._revisions + _FIRST_REVISION}"'
        return f'{number} w:author="{escaped(name)}" w:date="{self._modified}"'

    def _paragraph(self, style: str, inner: str, layout: str = "") -> str:
        """A paragraph of the text, of which the end can be a tracked change."""
        if self._mark is not None:
            kind, author = self._mark
            name = _REVISIONS[kind.removesuffix("-end")]
            layout += f"<w:rPr><w:{name} {self._by(author)}/></w:rPr>"
            self._mark = None
        return _styled(style, inner, layout)

    def _note(self, span: Span) -> str:
        mark = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
        place = len(self._notes)
        self._notes.append("")
        number = place + 1
        body = self._blocks(span.note, _Place("FootnoteText"))
        head, tag, rest = body.partition("</w:pPr>")
        self._notes[place] = (
            f'<w:footnote w:id="{number}">{head}{tag}{mark}<w:footnoteRef/></w:r>'
            f"{_run(' ')}{rest}</w:footnote>\n"
        )
        return f'{mark}<w:footnoteReference w:id="{number}"/></w:r>'

    def _running_head(self) -> str:
        """Author, title and page, as submissions have it."""
        if not self._profile.has_running_head:
            return _styled("Header", "")
        words = running_head(self._text, self._profile)
        page = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        return _styled("Header", _run(words) + page)

    def _section(self) -> str:
        width, height = map(fixed.twips, self._profile.page_cm)
        margin = fixed.twips(self._profile.margin_cm)
        sides = " ".join(f'w:{side}="{margin}"' for side in ("top", "right", "bottom", "left"))
        return (
            '<w:sectPr><w:headerReference w:type="default" r:id="rId5"/>'
            f'<w:pgSz w:w="{width}" w:h="{height}"/>'
            f'<w:pgMar {sides} w:header="708" w:footer="708" w:gutter="0"/>'
            "<w:titlePg/></w:sectPr>\n"
        )


_SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>\n'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/>'
    "</w:r></w:p></w:footnote>\n"
)


_REVISIONS = {"added": "ins", "removed": "del"}
_FIRST_REVISION = 10_000  # beyond the numbers of bookmarks


def write_docx(text: FormattedText, profile: ExportProfile, modified: str) -> bytes:
    """The text as a Word document; the same bytes for the same text and time."""
    return DocxWriter(text, profile).write(modified)


def _part(name: str, inner: str) -> str:
    return f"{XML_HEAD}<w:{name} {fixed.W} {fixed.R}>\n{inner}</w:{name}>\n"


def _styled(style: str, inner: str, layout: str = "") -> str:
    name = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{name}{layout}</w:pPr>{inner}</w:p>\n"


def _run(text: str, look: str = "", tag: str = "t") -> str:
    look = f"<w:rPr>{look}</w:rPr>" if look else ""
    lines = (
        f'<w:{tag} xml:space="preserve">{escaped(line)}</w:{tag}>' if line else ""
        for line in text.split("\n")
    )
    return f"<w:r>{look}{'<w:br/>'.join(lines)}</w:r>"


def _bookmark(number: int, inner: str) -> str:
    return (
        f'<w:bookmarkStart w:id="{number}" w:name="chapter{number}"/>{inner}'
        f'<w:bookmarkEnd w:id="{number}"/>'
    )


def _contents(titles: list[str]) -> Iterator[str]:
    """A table of contents that Word can renew, filled with the chapters."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
        ' TOC \\o "1-1" \\h </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    for number, title in enumerate(titles, 1):
        row = _run(SIGNS.sub("", title))
        row = f'<w:hyperlink w:anchor="chapter{number}">{row}</w:hyperlink>'
        first = begin if number == 1 else ""
        last = end if number == len(titles) else ""
        yield _styled("TOC1", f"{first}{row}{last}")
