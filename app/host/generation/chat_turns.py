"""The turns of a conversation in the shapes that chat templates take, and which were lost.

Templates want content as text or as typed parts, know a system role or not, trim, escape for HTML,
and drop the thoughts of earlier answers. None may drop anything else of what was said.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import TemplateError
from app.engine.messages import ChatMessage

Turn = dict[str, Any]
"""A message as templates expect it: `role`, and `content` as text or typed parts."""

_PRIVATE = range(0xE000, 0xF8FF)
_THOUGHT_ENDS = ("</think>", "</thinking>", "[/THINK]", "</seed:think>", "<channel|>")
_PRINTED = ("{'type': 'text'", '{"type": "text"')  # typed parts that were taken for a text


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """A piece of rendered text: `is_markup` may hold the model's control tokens, the rest not."""

    text: str
    is_markup: bool


class Marks:
    """Two characters that occur in no message: they hide control texts, and stand for contents."""

    def __init__(self, messages: Sequence[ChatMessage], control: re.Pattern[str] | None) -> None:
        self._control = control
        self._hidden: list[str] = []
        used = set().union(*(message.content for message in messages))
        free = (chr(code) for code in _PRIVATE if chr(code) not in used)
        self._open, self._close = next(free, ""), next(free, "")
        if not self._close:
            raise TemplateError("The messages use every private character of Unicode.")

    def hide(self, message: ChatMessage) -> Turn:
        """The message with its control texts hidden."""
        content = message.content
        if self._control is not None:
            content = self._control.sub(self._hide, content)
        return {"role": message.role, "content": content}

    def probes(self, turns: Sequence[Turn]) -> list[Turn]:
        """The turns, each with a mark of its own for a content; empty ones stay so."""
        marks = (f"{self._open}{place}{self._close}" for place in range(len(turns)))
        return [
            {**turn, "content": mark if turn["content"].strip() else turn["content"]}
            for turn, mark in zip(turns, marks, strict=True)
        ]

    def reveal(self, text: str) -> list[RenderedPart]:
        """The rendered text in its parts, those that were hidden being plain text again."""
        pieces = re.split(f"{self._open}([0-9]{{1,9}}){self._close}", text)
        parts = [
            RenderedPart(self._shown(int(piece)), False) if place % 2 else RenderedPart(piece, True)
            for place, piece in enumerate(pieces)
        ]
        return [part for part in parts if part.text]

    def _shown(self, number: int) -> str:
        if number >= len(self._hidden):
            raise TemplateError("The model's chat template writes a mark that is not its own.")
        return self._hidden[number]

    def _hide(self, found: re.Match[str]) -> str:
        self._hidden.append(found.group())
        return f"{self._open}{len(self._hidden) - 1}{self._close}"


def shapes(turns: list[Turn]) -> Iterator[tuple[list[Turn], bool]]:
    """The turns in every shape that a template may want, and whether it has typed parts.

    First as they are; then as vision models want them; then the same without a system role.
    """
    for base in (turns, folded(turns)) if any(map(_is_system, turns)) else (turns,):
        yield base, False
        yield [_typed(turn) for turn in base], True
        if any(turn["role"] != "user" for turn in base):
            yield [_typed(turn) if turn["role"] == "user" else turn for turn in base], True


def folded(turns: list[Turn]) -> list[Turn]:
    """The turns without a system role: its text goes to the head of the first user turn."""
    system = "\n\n".join(turn["content"] for turn in turns if _is_system(turn))
    others = [dict(turn) for turn in turns if not _is_system(turn)]
    if not others or others[0]["role"] != "user":
        return [{"role": "user", "content": system}, *others]
    others[0]["content"] = f"{system}\n\n{others[0]['content']}"
    return others


def lost(turns: Sequence[Turn], text: str) -> int | None:
    """The first turn whose words are not in the rendered text; system text may stand anywhere."""
    text, start = _bare(text), 0
    for number, turn in enumerate(turns):
        begin = 0 if _is_system(turn) else start
        places = [(text.find(words, begin), words) for words in _wordings(turn)]
        found = [place + len(words) for place, words in places if place >= 0]
        if not found:
            return number
        start = start if _is_system(turn) else min(found)
    return None


def is_printed(text: str) -> bool:
    """Whether a template took typed parts for a text and wrote them out as a list."""
    return any(sign in text for sign in _PRINTED)


def named(number: int, turns: Sequence[Turn]) -> str:
    """A turn in words, as a sentence about it needs them."""
    if _is_system(turns[number]):
        return "the system text"
    last = number == len(turns) - 1
    return "the last message" if last else f"message {number + 1} of {len(turns)}"


def _is_system(turn: Turn) -> bool:
    return bool(turn["role"] == "system")


def _typed(turn: Turn) -> Turn:
    return {**turn, "content": [{"type": "text", "text": turn["content"]}]}


def _wordings(turn: Turn) -> Iterator[str]:
    """A content as it may stand in a prompt; what an assistant thought may be left out."""
    content = turn["content"]
    yield _bare(content)
    yield _bare(json.dumps(content, ensure_ascii=False)[1:-1])
    if turn["role"] == "assistant":
        for end in _THOUGHT_ENDS:
            if end in content:
                yield _bare(content.rpartition(end)[2])


def _bare(text: str) -> str:
    """A text as it is compared: without white space, HTML's escapes and case."""
    return "".join(html.unescape(text).split()).casefold()
