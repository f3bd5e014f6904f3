"""A formatted text: the blocks and spans that every format is written from and read into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TypeAlias

import msgspec


class Span(msgspec.Struct, frozen=True):
    """A piece of a paragraph in one look; a line feed in `text` is a line break.

    `link` is an address, or "". `note` has the blocks of a footnote that is called here; such a
    span has no text.
    """

    text: str = ""
    emphasis: bool = False
    strong: bool = False
    code: bool = False
    link: str = ""
    note: tuple[Block, ...] = ()


Spans: TypeAlias = tuple[Span, ...]


class Heading(msgspec.Struct, frozen=True, tag=True):
    """A heading; `level` is 1 for a chapter and at most 6."""

    level: int
    spans: Spans


class Paragraph(msgspec.Struct, frozen=True, tag=True):
    """A paragraph."""

    spans: Spans


class SceneBreak(msgspec.Struct, frozen=True, tag=True):
    """A break between two scenes."""


class BlockQuote(msgspec.Struct, frozen=True, tag=True):
    """Blocks that are quoted."""

    blocks: tuple[Block, ...]


class ListBlock(msgspec.Struct, frozen=True, tag=True):
    """A list; an item is a row of blocks, and `start` the first number of an ordered one."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]
    start: int = 1


class CodeBlock(msgspec.Struct, frozen=True, tag=True):
    """Lines that keep their spaces, in one typeface width."""

    text: str


Block: TypeAlias = Heading | Paragraph | SceneBreak | BlockQuote | ListBlock | CodeBlock


class FormattedText(msgspec.Struct, frozen=True):
    """A whole text and what its title page says; `language` is a BCP 47 tag.

    `contact` has the lines of an address, for submissions. `left_out` counts what the source had
    and the text has not: images, above all. `authors` are those of its tracked changes, where it
    has any; a Word document alone is written with them. `restyled` counts its tracked changes of
    formatting, which are accepted.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    author: str = ""
    language: str = "en"
    contact: str = ""
    left_out: int = 0
    authors: tuple[str, ...] = ()
    restyled: int = 0


def plain_text(spans: Spans) -> str:
    """The letters of spans, without footnotes; a line break is a space."""
    return "".join(span.text for span in spans).replace("\n", " ")


def nested(block: Block) -> tuple[Block, ...]:
    """The blocks right inside of a block, without those of footnotes."""
    if isinstance(block, BlockQuote):
        return block.blocks
    if isinstance(block, ListBlock):
        return tuple(inner for item in block.items for inner in item)
    return ()


def spans_of(block: Block) -> Spans:
    """The spans of a heading or a paragraph; nothing for other blocks."""
    return block.spans if isinstance(block, Heading | Paragraph) else ()


def has_notes(block: Block) -> bool:
    """Whether a footnote is called in a block or inside of it."""
    return any(span.note for span in spans_of(block)) or any(map(has_notes, nested(block)))


def split_chapters(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, ...]]:
    """The blocks chapter by chapter: each begins with a heading 1, but for what precedes all."""
    begin = 0
    for index, block in enumerate(blocks):
        if index > begin and isinstance(block, Heading) and block.level == 1:
            yield blocks[begin:index]
            begin = index
    if begin < len(blocks):
        yield blocks[begin:]


def joined(spans: Iterable[Span]) -> Spans:
    """Spans with neighbours of one look made one, and empty ones dropped."""
    found: list[Span] = []
    for (is_note, *_), group in groupby(spans, _look):
        same = list(group)
        if is_note:
            found += same
        elif text := "".join(span.text for span in same):
            found.append(msgspec.structs.replace(same[0], text=text))
    return tuple(found)


def trimmed(spans: Spans) -> Spans:
    """Spans without white space at either end; within, that at the edge of a look has none."""
    found = list(joined(_edges_outside(joined(spans))))
    while found and not found[0].note and not found[0].text.strip():
        found.pop(0)
    while found and not found[-1].note and not found[-1].text.strip():
        found.pop()
    if found and found[0].text:
        found[0] = msgspec.structs.replace(found[0], text=found[0].text.lstrip())
    if found and found[-1].text:
        found[-1] = msgspec.structs.replace(found[-1], text=found[-1].text.rstrip())
    return tuple(found)


def _edges_outside(spans: Spans) -> Iterator[Span]:
    """Spans whose white space at either end has no look, which Markdown could not write."""
    for span in spans:
        inner = span.text.strip()
        if span.note or span.code or not (span.emphasis or span.strong or span.link):
            yield span
        elif not inner:
            yield Span(span.text)
        else:
            begin = span.text.index(inner)
            yield Span(span.text[:begin])
            yield Span(inner, span.emphasis, span.strong, span.code, span.link)
            yield Span(span.text[begin + len(inner) :])


def _look(span: Span) -> tuple[bool, bool, bool, bool, str]:
    """Whether a span is a footnote's call, then its look in the order of its fields."""
    return bool(span.note), span.emphasis, span.strong, span.code, span.link
