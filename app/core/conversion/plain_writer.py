"""A formatted text as plain text: paragraphs between blank lines, footnotes at the end."""

from __future__ import annotations

from app.core.conversion.blocks import (
    Block,
    BlockQuote,
    CodeBlock,
    FormattedText,
    ListBlock,
    SceneBreak,
    Span,
    spans_of,
)

_QUOTE_INDENT = 4


class _PlainWriter:
    """The blocks of one text; `notes` collects the footnotes."""

    def __init__(self, scene_break: str) -> None:
        self._scene_break = scene_break
        self.notes: list[str] = []

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        return "\n\n".join(self._block(block) for block in blocks)

    def _block(self, block: Block) -> str:
        if isinstance(block, SceneBreak):
            return self._scene_break
        if isinstance(block, CodeBlock):
            return block.text
        if isinstance(block, BlockQuote):
            return _indented(self.blocks(block.blocks), _QUOTE_INDENT, first=True)
        if isinstance(block, ListBlock):
            signs = [f"{n}. " if block.ordered else "- " for n in _numbers(block)]
            items = zip(signs, block.items, strict=True)
            return "\n".join(s + _indented(self.blocks(i), len(s), first=False) for s, i in items)
        return "".join(map(self._span, spans_of(block)))

    def _span(self, span: Span) -> str:
        if not span.note:
            return span.text
        self.notes.append("")
        number = len(self.notes)
        self.notes[number - 1] = f"[{number}] {self.blocks(span.note)}"
        return f"[{number}]"


def write_plain(text: FormattedText, scene_break: str) -> str:
    """The text as plain text, with a line feed at its end."""
    writer = _PlainWriter(scene_break)
    body = writer.blocks(text.blocks)
    return "\n\n".join((body, *writer.notes)) + "\n"


def _numbers(block: ListBlock) -> range:
    return range(block.start, block.start + len(block.items))


def _indented(body: str, columns: int, *, first: bool) -> str:
    lines = body.split("\n")
    space = " " * columns
    return "\n".join(
        space + line if line and (first or n) else line for n, line in enumerate(lines)
    )
