"""Smart typography: curly quotes, dashes and ellipses for what was typed on a keyboard."""

from __future__ import annotations

import re

from msgspec.structs import replace

from app.core.conversion.blocks import (
    Block,
    BlockQuote,
    FormattedText,
    Heading,
    ListBlock,
    Paragraph,
    Span,
    Spans,
)
from app.core.text.typography import curly_quote, dash

_MARK = re.compile(r"---?|\.\.\.|[\"']")
_LOOKED_AT = 2_000
"""How much of a paragraph a quote looks back at, in characters: a page of Chinese dialogue."""


def smart(text: FormattedText) -> FormattedText:
    """The text with curly quotes, dashes (-- and ---) and ellipses; code stays as it is."""
    return replace(text, blocks=tuple(map(_block, text.blocks)))


def _block(block: Block) -> Block:
    if isinstance(block, Heading | Paragraph):
        return replace(block, spans=smart_spans(block.spans))
    if isinstance(block, BlockQuote):
        return BlockQuote(tuple(map(_block, block.blocks)))
    if isinstance(block, ListBlock):
        return replace(block, items=tuple(tuple(map(_block, item)) for item in block.items))
    return block


def smart_spans(spans: Spans) -> Spans:
    """The spans of one paragraph, in which a quote looks at what is before it, in any span."""
    found: list[Span] = []
    line = ""
    for span in spans:
        if span.note:
            found.append(replace(span, note=tuple(map(_block, span.note))))
            continue
        text = span.text if span.code else _smart_piece(span.text, line)
        found.append(replace(span, text=text))
        line = (line + text)[-_LOOKED_AT:]
    return tuple(found)


def _smart_piece(text: str, line: str) -> str:
    """A piece that follows `line`, what the paragraph has before it."""
    done: list[str] = []
    end = 0
    for match in _MARK.finditer(text):
        plain = text[end : match.start()]
        line = (line + plain)[-_LOOKED_AT:]
        sign = _sign(match[0], line, text[match.end() : match.end() + 1])
        done += (plain, sign)
        line += sign
        end = match.end()
    return "".join((*done, text[end:]))


def _sign(mark: str, line: str, following: str) -> str:
    if mark == "...":
        return "…"
    return dash(line, following) if mark.startswith("-") else curly_quote(line, mark, following)
