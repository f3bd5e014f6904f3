"""Markdown and plain text read into a formatted text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

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
    joined,
    trimmed,
)
from app.core.documents.comments import without_comments

_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CJK_BREAK = re.compile(f"(?<=[{_CJK}])\n(?=[{_CJK}])")
_SCENE_BREAK = re.compile(r"(?:\\?[*#•·⁂~–—-]|\s)+")
_WRAPPED_AT = 100
"""Lines of a plain text that are at most as long, between blank lines, are one paragraph."""


class _State:
    """The look that the tokens of a line have at present."""

    def __init__(self) -> None:
        self.emphasis = self.strong = 0
        self.links: list[str] = []

    def span(self, text: str, *, code: bool = False) -> Span:
        link = self.links[-1] if self.links else ""
        return Span(text, self.emphasis > 0, self.strong > 0, code, link)


class _LinkParser(MarkdownIt):
    """A parser that takes every link for one: which are written is for those who write."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - markdown-it's own name
        return True


class _MarkdownReader:
    """One text of tokens; footnotes are read when they are called."""

    def __init__(self, source: str) -> None:
        self._environment: dict[str, Any] = {}
        # Without the rule at the end, a note's own tokens stay in the environment.
        parser = _LinkParser("commonmark", {"html": False, "maxNesting": 40})
        parser.use(footnote_plugin, inline=True)
        self._parser = parser
        self._tokens = parser.parse(source, self._environment)
        self._notes = _note_tokens(self._tokens)
        self._open: set[int] = set()
        self.left_out = 0

    def blocks(self) -> tuple[Block, ...]:
        return tuple(self._read(self._tokens))

    def _read(self, tokens: Sequence[Token]) -> Iterator[Block]:
        index = 0
        while index < len(tokens):
            end = _end_of(tokens, index)
            token, inside = tokens[index], tokens[index + 1 : end]
            yield from self._block(token, inside)
            index = end + 1

    def _block(self, token: Token, inside: Sequence[Token]) -> Iterator[Block]:
        kind = token.type
        if kind == "paragraph_open":
            yield from self._paragraph(inside[0])
        elif kind == "heading_open":
            yield Heading(int(token.tag[1:]), self._spans(inside[0]))
        elif kind == "hr":
            yield SceneBreak()
        elif kind in ("fence", "code_block"):
            yield CodeBlock(token.content.removesuffix("\n"))
        elif kind == "blockquote_open":
            yield BlockQuote(tuple(self._read(inside)))
        elif kind in ("bullet_list_open", "ordered_list_open"):
            start = int(token.attrs.get("start", 1))
            yield ListBlock(token.tag == "ol", tuple(self._items(inside)), start)

    def _items(self, tokens: Sequence[Token]) -> Iterator[tuple[Block, ...]]:
        index = 0
        while index < len(tokens):
            end = _end_of(tokens, index)
            yield tuple(self._read(tokens[index + 1 : end]))
            index = end + 1

    def _paragraph(self, inline: Token) -> Iterator[Block]:
        if is_scene_break(inline.content):
            yield SceneBreak()
        elif spans := self._spans(inline):
            yield Paragraph(spans)

    def _spans(self, inline: Token) -> Spans:
        return trimmed(_without_cjk_breaks(tuple(self._inline(inline.children or []))))

    def _inline(self, tokens: Sequence[Token]) -> Iterator[Span]:
        state = _State()
        for token in tokens:
            kind = token.type
            if kind in ("em_open", "em_close"):
                state.emphasis += token.nesting
            elif kind in ("strong_open", "strong_close"):
                state.strong += token.nesting
            elif kind == "link_open":
                state.links.append(str(token.attrs.get("href", "")))
            elif kind == "link_close":
                state.links.pop()
            elif kind == "footnote_ref":
                yield from self._note(token)
            else:
                yield from self._leaf(token, state)

    def _leaf(self, token: Token, state: _State) -> Iterator[Span]:
        if token.type == "code_inline":
            yield state.span(token.content, code=True)
        elif token.type == "hardbreak":
            yield state.span("\n")
        elif token.type == "softbreak":
            yield state.span("\r")
        elif token.type == "image":
            self.left_out += 1
            yield state.span(token.content)
        else:
            yield state.span(token.content)

    def _note(self, token: Token) -> Iterator[Span]:
        """The footnote that is called; one that calls itself is left out there."""
        number = int(token.meta["id"])
        if number in self._open:
            return
        self._open.add(number)
        blocks = tuple(self._read(self._notes.get(number, ())))
        self._open.discard(number)
        if blocks:
            yield Span(note=blocks)


def read_markdown(source: str, *, comments: bool = False) -> FormattedText:
    """The formatted text of Markdown; images become their description.

    Comments, `%%…%%` and `<!-- … -->`, are left out unless they are wanted.
    """
    reader = _MarkdownReader(source if comments else without_comments(source))
    blocks = reader.blocks()
    return FormattedText(blocks, left_out=reader.left_out)


def read_plain_text(source: str) -> FormattedText:
    """The formatted text of a plain text.

    Where blank lines part short lines, these are the lines of one paragraph; else every line is
    a paragraph of its own.
    """
    lines = source.split("\n")
    has_blank = any(not line.strip() for line in source.strip().split("\n"))
    is_wrapped = has_blank and all(len(line) <= _WRAPPED_AT for line in lines)
    parts = re.split(r"\n[ \t]*\n", source) if is_wrapped else lines
    return FormattedText(tuple(block for part in parts if (block := _plain_block(part))))


def _plain_block(part: str) -> Block | None:
    if is_scene_break(part):
        return SceneBreak()
    spans = trimmed(_without_cjk_breaks((Span(re.sub(r"[ \t]*\n[ \t]*", "\r", part.strip())),)))
    return Paragraph(spans) if spans else None


def is_scene_break(line: str) -> bool:
    """Whether a paragraph only marks a new scene: `***`, `* * *`, `#`, `⁂` and the like."""
    return len(line) < 40 and bool(line.strip() and _SCENE_BREAK.fullmatch(line))


def _without_cjk_breaks(spans: Spans) -> Spans:
    """A line end of the source is a space, and nothing between two Chinese characters."""
    text = "".join(span.text for span in spans)
    if "\r" not in text:
        return joined(spans)
    return joined(_unwrapped(spans, text))


def _unwrapped(spans: Spans, text: str) -> Iterator[Span]:
    from msgspec.structs import replace

    drops = {m.start() for m in _CJK_BREAK.finditer(text.replace("\r", "\n"))}
    place = 0
    for span in spans:
        letters = (
            ("" if place + at in drops else " ") if letter == "\r" else letter
            for at, letter in enumerate(span.text)
        )
        yield replace(span, text="".join(letters))
        place += len(span.text)


def _end_of(tokens: Sequence[Token], index: int) -> int:
    """The place of the token that closes the one at `index`; itself where it opens nothing."""
    depth = 0
    for place in range(index, len(tokens)):
        depth += tokens[place].nesting
        if depth <= 0:
            return place
    return len(tokens)


def _note_tokens(tokens: Sequence[Token]) -> dict[int, Sequence[Token]]:
    """The blocks of each footnote by its number."""
    found: dict[int, Sequence[Token]] = {}
    for index, token in enumerate(tokens):
        if token.type == "footnote_open":
            end = _end_of(tokens, index)
            inside = [one for one in tokens[index + 1 : end] if one.type != "footnote_anchor"]
            found[int(token.meta["id"])] = inside
    return found
