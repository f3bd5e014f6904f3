"""A formatted text as XHTML: the body that web pages and e-books share, and the one-file page."""

from __future__ import annotations

from app.core.conversion.blocks import (
    Block,
    BlockQuote,
    CodeBlock,
    FormattedText,
    Heading,
    ListBlock,
    SceneBreak,
    Span,
    Spans,
    plain_text,
    spans_of,
    split_chapters,
)
from app.core.conversion.front import contents_heading, title_page
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.markup import escaped, is_safe_link


class BodyWriter:
    """Writes blocks as XHTML; every footnote comes after the chapter that calls it.

    With `is_epub`, footnotes say in EPUB's words what they are.
    """

    def __init__(self, scene_break: str, *, is_epub: bool = False) -> None:
        self._scene_break = scene_break
        self._is_epub = is_epub
        self._notes: list[str] = []
        self._count = 0
        self._headings = 0

    def chapter(self, blocks: tuple[Block, ...]) -> str:
        """The blocks of one chapter and its footnotes."""
        body = self.blocks(blocks)
        notes, self._notes = "".join(self._notes), []
        return f'{body}<section class="notes">\n{notes}</section>\n' if notes else body

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        """Blocks, one below the other."""
        return "".join(map(self._block, blocks))

    def _block(self, block: Block) -> str:
        if isinstance(block, SceneBreak):
            return f'<p class="break" role="separator">{escaped(self._scene_break)}</p>\n'
        if isinstance(block, CodeBlock):
            return f"<pre>{escaped(block.text)}</pre>\n"
        if isinstance(block, BlockQuote):
            return f"<blockquote>\n{self.blocks(block.blocks)}</blockquote>\n"
        if isinstance(block, ListBlock):
            items = "".join(f"<li>{self._item(item)}</li>\n" for item in block.items)
            start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
            name = "ol" if block.ordered else "ul"
            return f"<{name}{start}>\n{items}</{name}>\n"
        if isinstance(block, Heading):
            self._headings += 1
            name = f"h{block.level}"
            return f'<{name} id="h{self._headings}">{self.spans(block.spans)}</{name}>\n'
        return f"<p>{self.spans(spans_of(block))}</p>\n"

    def _item(self, item: tuple[Block, ...]) -> str:
        """An item; a single paragraph stands in it bare."""
        if len(item) == 1 and (spans := spans_of(item[0])) and not isinstance(item[0], Heading):
            return self.spans(spans)
        return self.blocks(item)

    def spans(self, spans: Spans) -> str:
        """The spans of one paragraph."""
        return "".join(map(self._span, spans))

    def _span(self, span: Span) -> str:
        if span.note:
            return self._note(span)
        text = escaped(span.text).replace("\n", "<br/>\n")
        looks = (("code", span.code), ("em", span.emphasis), ("strong", span.strong))
        for name, is_on in looks:
            text = f"<{name}>{text}</{name}>" if is_on else text
        if not is_safe_link(span.link):
            return text
        return f'<a href="{_address(span.link)}">{text}</a>'

    def _note(self, span: Span) -> str:
        self._count += 1
        number = self._count
        kinds = (' epub:type="noteref"', ' epub:type="footnote"') if self._is_epub else ("", "")
        place = len(self._notes)
        self._notes.append("")
        back = f'<a href="#r{number}" role="doc-backlink">{number}</a>'
        body = self.blocks(span.note)
        self._notes[place] = (
            f'<aside id="n{number}"{kinds[1]} role="doc-footnote">'
            f'<p class="number">{back}</p>{body}</aside>\n'
        )
        return (
            f'<sup><a id="r{number}" href="#n{number}"{kinds[0]} role="doc-noteref">{number}</a>'
            "</sup>"
        )


def stylesheet(profile: ExportProfile) -> str:
    """CSS of a profile; an e-book's reader may set typeface, size and margins over it."""
    justify = "justify" if profile.is_justified else "left"
    indent = profile.indent_cm / 0.42  # of a 12 pt em
    return f"""\
body {{ line-height: {profile.line_spacing * 1.2:g}; text-align: {justify}; }}
p {{ margin: 0 0 {profile.gap_pt / profile.size_pt:g}em; text-indent: {indent:.2g}em; }}
h1, h2, h3, h4, h5, h6 {{ text-align: left; line-height: 1.2; font-weight: bold; }}
h1 {{ margin: 3em 0 1.5em; }}
h1 + p, h2 + p, h3 + p, .break + p, li p, aside p, .title p {{ text-indent: 0; }}
.break {{ text-align: center; text-indent: 0; margin: 1em 0; }}
blockquote {{ margin: 1em 2em; }}
pre {{ white-space: pre-wrap; font-family: monospace; }}
.title {{ text-align: center; margin: 0 0 30%; page-break-after: always; }}
.title h1 {{ text-align: center; margin: 30% 0 1em; }}
.contact, .length {{ text-indent: 0; text-align: left; }}
.length {{ float: right; }}
.notes {{ margin-top: 3em; font-size: 0.9em; }}
.notes .number {{ float: left; margin: 0 0.7em 0 0; }}
"""


def language_of(text: FormattedText) -> str:
    """The attributes that say what language a page is in."""
    language = escaped(text.language)
    return f'lang="{language}" xml:lang="{language}"'


def title_section(text: FormattedText, profile: ExportProfile) -> str:
    """What the title page shows; "" where there is none."""
    page = title_page(text, profile)
    if page is None:
        return ""
    contact = "<br/>\n".join(map(escaped, page.contact))
    reached = f'<p class="contact">{contact}</p>\n' if contact else ""
    length = f'<p class="length">{escaped(page.length)}</p>\n' if page.length else ""
    author = f"<p>{escaped(page.author)}</p>\n" if page.author else ""
    head = f"<h1>{escaped(page.title)}</h1>\n"
    return f'<section class="title">\n{length}{reached}{head}{author}</section>\n'


def write_html(text: FormattedText, profile: ExportProfile) -> str:
    """One web page that needs nothing else and fetches nothing."""
    writer = BodyWriter(profile.scene_break)
    body = "".join(f"<section>\n{writer.chapter(c)}</section>\n" for c in chapters(text))
    css = (
        "html { color-scheme: light dark; }\n"
        f"body {{ font-family: {_family(profile)}; max-width: 38em; margin: 2em auto; "
        f"padding: 0 1em; }}\n{stylesheet(profile)}"
    )
    title = title_section(text, profile)
    contents = _contents(text) if profile.has_contents else ""
    return f"""\
<!DOCTYPE html>
<html {language_of(text)}>
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{escaped(text.title) or "—"}</title>
<style>
{css}</style>
</head>
<body>
{title}{contents}{body}</body>
</html>
"""


def chapters(text: FormattedText) -> list[tuple[Block, ...]]:
    """The text chapter by chapter."""
    return list(split_chapters(text.blocks))


def _contents(text: FormattedText) -> str:
    """Links to the chapters; "" where there are fewer than two."""
    places: list[tuple[int, str]] = []
    for number, block in enumerate(_all_headings(text.blocks), 1):
        if block.level == 1:
            places.append((number, plain_text(block.spans)))
    if len(places) < 2:
        return ""
    rows = "".join(f'<li><a href="#h{at}">{escaped(name)}</a></li>\n' for at, name in places)
    return f"<nav>\n<h2>{contents_heading(text)}</h2>\n<ol>\n{rows}</ol>\n</nav>\n"


def _all_headings(blocks: tuple[Block, ...]) -> list[Heading]:
    """Headings in the order in which `BodyWriter` numbers them."""
    found: list[Heading] = []
    for block in blocks:
        if isinstance(block, Heading):
            found.append(block)
        elif isinstance(block, BlockQuote):
            found += _all_headings(block.blocks)
        elif isinstance(block, ListBlock):
            found += [h for item in block.items for h in _all_headings(item)]
        found += [h for span in spans_of(block) for h in _all_headings(span.note)]
    return found


def _family(profile: ExportProfile) -> str:
    return "serif" if profile.font == "serif" else f"'{profile.font}', serif"


def _address(link: str) -> str:
    return escaped(link.replace("\n", "%0A").replace(" ", "%20"))
