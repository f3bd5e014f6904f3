"""A formatted text as Markdown, which reads as the same text again, and as plain text."""

from __future__ import annotations

import re
from itertools import pairwise

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
    spans_of,
    trimmed,
)

_SPECIAL = re.compile(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/?])|&(?=#?\w+;)")
_COMMENT = re.compile(r"(?<=<)(?=!)|(?<=%)(?=%)")
_LINE_START = re.compile(r"^(?=[#>+=~]|-)|(?<=^\d)(?=[.)])|(?<=^\d\d)(?=[.)])")
_LONG_NUMBER = re.compile(r"^(\d{3,9})(?=[.)])")


class MarkdownWriter:
    """Writes the blocks of one text; the footnotes are numbered and come at the end."""

    def __init__(self) -> None:
        self._notes: list[str] = []

    def write(self, text: FormattedText) -> str:
        """The whole text as Markdown, with a line feed at its end."""
        body = self._blocks(text.blocks)
        notes = [f"[^{number}]: {note}" for number, note in enumerate(self._notes, 1)]
        parts = [part for part in (body, *notes) if part]
        return "\n\n".join(parts) + "\n" if parts else ""

    def _blocks(self, blocks: tuple[Block, ...]) -> str:
        marks = _list_marks(blocks)
        parts = (self._block(block, mark) for block, mark in zip(blocks, marks, strict=True))
        return "\n\n".join(part for part in parts if part)

    def _block(self, block: Block, mark: bool) -> str:
        if isinstance(block, SceneBreak):
            return "***"
        if isinstance(block, CodeBlock):
            fence = "`" * max(3, 1 + _longest_ticks(block.text))
            return f"{fence}\n{block.text}\n{fence}"
        if isinstance(block, BlockQuote):
            lines = self._blocks(block.blocks).split("\n")
            return "\n".join(f"> {line}".rstrip() for line in lines)
        if isinstance(block, ListBlock):
            return self._list(block, mark)
        line = self._spans(spans_of(block))
        if isinstance(block, Heading):
            one = line.replace("\\\n", " ")
            return f"{'#' * block.level} {re.sub(r'(#+)$', _backslash, one)}".rstrip()
        return line

    def _list(self, block: ListBlock, mark: bool) -> str:
        lines: list[str] = []
        for number, item in enumerate(block.items, block.start):
            sign = f"{number}{')' if mark else '.'}" if block.ordered else "*" if mark else "-"
            body = self._blocks(item) or "&#32;"
            lines.append(f"{sign} {_indented(body, len(sign) + 1)}")
        is_loose = any(len(item) > 1 for item in block.items)
        return ("\n\n" if is_loose else "\n").join(lines)

    def _spans(self, spans: Spans) -> str:
        text = "".join(self._span(span) for span in trimmed(spans))
        return "\n".join(_line(line) for line in text.split("\n"))

    def _span(self, span: Span) -> str:
        if span.note:
            self._notes.append("")
            place = len(self._notes)
            self._notes[place - 1] = _indented(self._blocks(span.note), 4)
            return f"[^{place}]"
        text = _code(span.text) if span.code else _escaped(span.text)
        for mark, is_on in (("*", span.emphasis), ("**", span.strong)):
            text = f"{mark}{text}{mark}" if is_on and text.strip() else text
        return f"[{text}](<{_address(span.link)}>)" if span.link else text


def write_markdown(text: FormattedText) -> str:
    """The text as Markdown."""
    return MarkdownWriter().write(text)


def _list_marks(blocks: tuple[Block, ...]) -> list[bool]:
    """Of each block whether its list has the other mark, as two lists in a row need."""
    marks = [False]
    for former, block in pairwise(blocks):
        both = isinstance(former, ListBlock) and isinstance(block, ListBlock)
        marks.append(both and not marks[-1])
    return marks[: len(blocks)]


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(_backslash, text)
    return _COMMENT.sub(r"\\", text).replace("\n", "\\\n")


def _line(line: str) -> str:
    """A line whose beginning is not taken for a heading, a quote or a list."""
    return _LONG_NUMBER.sub(r"\1\\", _LINE_START.sub(r"\\", line, count=1), count=1)


def _code(text: str) -> str:
    ticks = "`" * (1 + _longest_ticks(text))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text.replace(chr(10), ' ')}{space}{ticks}"


def _address(link: str) -> str:
    return re.sub(r"[<>\\]", _backslash, link.replace("\n", "%0A"))


def _longest_ticks(text: str) -> int:
    return max((len(found) for found in re.findall("`+", text)), default=0)


def _backslash(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _indented(body: str, columns: int) -> str:
    """A body whose lines after the first are indented."""
    first, *rest = body.split("\n")
    return "\n".join((first, *(" " * columns + line if line else "" for line in rest)))
