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

_MARK = re.compile(r"---?|\.\.\.|[\"']")
_PLAIN = {"---": "—", "--": "–", "...": "…"}
_OPENS_AFTER = re.compile(r"[\s(\[{<“‘—–/]")


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
    """The spans of one paragraph, in which a quote looks at the letter before it, in any span."""
    found: list[Span] = []
    before = ""
    for span in spans:
        if span.note:
            found.append(replace(span, note=tuple(map(_block, span.note))))
            continue
        text = span.text if span.code else _smart_piece(span.text, before)
        found.append(replace(span, text=text))
        before = text[-1:] or before
    return tuple(found)


def _smart_piece(text: str, before: str) -> str:
    """A piece that follows the letter `before`, or begins the paragraph with ""."""
    done: list[str] = []
    end = 0
    for match in _MARK.finditer(text):
        done.append(text[end : match.start()])
        former = next((part[-1] for part in reversed(done) if part), before)
        following = text[match.end() : match.end() + 1]
        done.append(_PLAIN.get(match[0]) or _quote(match[0], former, following))
        end = match.end()
    return "".join((*done, text[end:]))


def _quote(mark: str, before: str, following: str) -> str:
    """An opening quote at a beginning, a closing one elsewhere; '90s has an apostrophe."""
    opens = not before or bool(_OPENS_AFTER.match(before))
    if mark == '"':
        return "“" if opens else "”"
    return "‘" if opens and not following.isdigit() else "’"
