"""What office and web formats give: lines one after the other, which become nested blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from app.core.conversion.blocks import (
    Block,
    BlockQuote,
    CodeBlock,
    Heading,
    ListBlock,
    Paragraph,
    SceneBreak,
    Spans,
    plain_text,
    trimmed,
)
from app.core.conversion.markdown_reader import is_scene_break


class FlatLine(Struct, frozen=True):
    """One paragraph of a flat format.

    `level` is a heading's, from 1, or an item's, from 0. An `item` begins with a sign, `more` goes
    on in the item of its level. `key` tells two lists of one level apart.
    """

    spans: Spans
    kind: Literal["paragraph", "heading", "break", "code", "item", "more"] = "paragraph"
    level: int = 0
    is_ordered: bool = False
    start: int = 1
    key: str = ""
    is_quote: bool = False


def assembled(lines: Sequence[FlatLine]) -> tuple[Block, ...]:
    """The lines as blocks; empty paragraphs are left out."""
    return tuple(_blocks([line for line in lines if _has_content(line)]))


def _has_content(line: FlatLine) -> bool:
    return line.kind in ("break", "item", "code") or bool(trimmed(line.spans))


def _blocks(lines: list[FlatLine]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.is_quote:
            end = _end(lines, at, lambda one: one.is_quote)
            inner = [_unquoted(one) for one in lines[at:end]]
            yield BlockQuote(tuple(_blocks(inner)))
        elif line.kind == "code":
            end = _end(lines, at, lambda one: one.kind == "code" and not one.is_quote)
            yield CodeBlock("\n".join(_code(one) for one in lines[at:end]))
        elif line.kind == "item":
            block, end = _list(lines, at)
            yield block
        else:
            end = at + 1
            yield _single(line)
        at = end


def _end(lines: list[FlatLine], at: int, belongs: object) -> int:
    assert callable(belongs)
    while at < len(lines) and belongs(lines[at]):
        at += 1
    return at


def _unquoted(line: FlatLine) -> FlatLine:
    from msgspec.structs import replace

    return replace(line, is_quote=False)


def _code(line: FlatLine) -> str:
    return "".join(span.text for span in line.spans)


def _single(line: FlatLine) -> Block:
    spans = trimmed(line.spans)
    if line.kind == "heading":
        return Heading(min(max(line.level, 1), 6), spans)
    has_note = any(span.note for span in spans)
    if line.kind == "break" or (not has_note and is_scene_break(plain_text(spans))):
        return SceneBreak()
    return Paragraph(spans)


def _list(lines: list[FlatLine], at: int) -> tuple[ListBlock, int]:
    """The list that begins at a line, with the lists inside, and the place after it."""
    first = lines[at]
    items: list[tuple[Block, ...]] = []
    while at < len(lines) and _is_next(first, lines[at]):
        spans = trimmed(lines[at].spans)
        item: list[Block] = [Paragraph(spans)] if spans else []
        at += 1
        while at < len(lines) and _is_inside(first, lines[at]):
            if lines[at].kind == "item":
                block, at = _list(lines, at)
                item.append(block)
            else:
                item.append(_single(lines[at]))
                at += 1
        items.append(tuple(item))
    return ListBlock(first.is_ordered, tuple(items), first.start if first.is_ordered else 1), at


def _is_next(first: FlatLine, line: FlatLine) -> bool:
    """Whether a line is the next item of the list that `first` began."""
    return (
        line.kind == "item"
        and not line.is_quote
        and (line.level, line.key, line.is_ordered) == (first.level, first.key, first.is_ordered)
    )


def _is_inside(first: FlatLine, line: FlatLine) -> bool:
    """Whether a line belongs to the item before it: a deeper list, or what goes on in it."""
    if line.is_quote:
        return False
    return (line.kind == "item" and line.level > first.level) or (
        line.kind == "more" and line.level >= first.level
    )
