"""The parts of a prompt that can be left out: of one that is composed now, or was sent before.

A prompt that was sent is kept as the text that the model read. Its parts are found again by the
program's own words between them (see `app.core.context.composer`) and by what the memory says now;
what is in none of these places is text of the manuscript.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from app.core.context.composer import entry_text
from app.core.context.composition import Composition, PartKind
from app.core.context.entries import StoryMemory
from app.core.context.pieces import paragraphs
from app.core.documents.prompts import asked_of

InfluenceKind = PartKind | Literal["paragraph", "answer"]
"""As the composer's; "paragraph" is one of the text, "answer" one that the model wrote itself."""

Role = Literal["", "system", "user", "assistant"]
"""Whose message of a chat a part belongs to; of a plain prompt nobody's."""

_BREAK = "***\n\n"
_NOTE, _FOLLOWING = "[Author's note: ", "[What follows later: "
_HEAD = asked_of("x", "")[0]
_INSTRUCTION = "\n\nInstruction: "
_LEAST = 8  # characters of a paragraph by which it can be found where the rest was edited
_MOST_SOUGHT = 40


class PromptPart(msgspec.Struct, frozen=True):
    """A part of a prompt, exactly as it is sent; lore has its entry's `name`.

    The program's own words, and what a prompt cannot be without, are never left out: `is_fixed`.
    """

    kind: InfluenceKind
    text: str
    role: Role = ""
    name: str = ""
    is_fixed: bool = False


def composed_parts(composition: Composition) -> tuple[PromptPart, ...]:
    """The parts of a prompt that is composed now; what stands behind the cursor is not among them.

    The text is divided into its paragraphs.
    """
    found: list[PromptPart] = []
    for part in composition.parts:
        if part.turn == "suffix":
            continue
        role: Role = "" if part.turn == "prompt" else part.turn
        if part.kind == "text":
            found += text_parts(part.text, role)
        else:
            name = part.mention.entry.name if part.mention else ""
            found.append(PromptPart(part.kind, part.text, role, name, part.kind == "frame"))
    return _with_fixed(found)


def sent_parts(
    prompt: str, turns: Sequence[tuple[str, str]], story: StoryMemory, page: str
) -> tuple[PromptPart, ...]:
    """The parts of a prompt that was sent, or of the turns of a chat, as (role, content).

    `story` is the memory as it is now, `page` the text on the page.
    """
    if not turns:
        return _with_fixed([*_plain_parts(prompt, story, page)])
    found: list[PromptPart] = []
    for role, content in turns:
        if role == "user":
            found += _user_parts(content, story)
        elif role == "system":
            found.append(PromptPart("system", content, "system"))
        else:
            found += text_parts(content, "assistant", kind="answer")
    return _with_fixed(found)


def text_parts(
    text: str, role: Role = "", kind: Literal["paragraph", "answer"] = "paragraph"
) -> Iterator[PromptPart]:
    """The paragraphs of a text with the lines behind them, and the author's note between them."""
    blank = ""
    for paragraph in paragraphs(text):
        if not paragraph.strip():
            blank += paragraph
            continue
        is_note = paragraph.startswith(_NOTE) and paragraph.rstrip().endswith("]")
        yield PromptPart("note" if is_note else kind, blank + paragraph, role)
        blank = ""
    if blank:
        yield PromptPart(kind, blank, role, is_fixed=True)


def _plain_parts(prompt: str, story: StoryMemory, page: str) -> Iterator[PromptPart]:
    head, mark, text = prompt.partition(_BREAK)
    first = next((one.strip() for one in paragraphs(head) if one.strip()), "")
    if not mark or not first or first in page:  # a scene's end is written in the same way
        yield from text_parts(prompt)
        return
    yield from _told_parts(head, story, "")
    yield PromptPart("frame", mark, is_fixed=True)
    yield from text_parts(text)


def _user_parts(content: str, story: StoryMemory) -> Iterator[PromptPart]:
    told, head, rest = content.partition(_HEAD)
    if not head:
        yield PromptPart("instruction", content, "user")
        return
    yield from _told_parts(told, story, "user")
    yield PromptPart("frame", head, "user", is_fixed=True)
    place = rest.rfind(_INSTRUCTION)
    place = place if place >= 0 else len(rest)
    yield from text_parts(rest[:place], "user")
    if rest[place:]:
        yield PromptPart("instruction", rest[place:], "user")


def _told_parts(head: str, story: StoryMemory, role: Role) -> Iterator[PromptPart]:
    """What stands before the text: lore that is known, what follows, and else the memory."""
    lore = [(entry.name, text) for entry in story.lore if (text := entry_text(entry))]
    memory, at = "", 0
    while at < len(head):
        name, text = next((one for one in lore if head.startswith(one[1], at)), ("", ""))
        kind: PartKind = "lore"
        if not text and head.startswith(_FOLLOWING, at):
            end = head.find("]\n\n", at)
            kind, text = "following", head[at : end + 1 if end >= 0 else len(head)]
        if not text:
            text = paragraphs(head[at:])[0]
            memory += text
            at += len(text)
            continue
        if memory:
            yield PromptPart("memory", memory, role)
            memory = ""
        end = at + len(text)
        while head[end : end + 1] == "\n":
            end += 1
        yield PromptPart(kind, head[at:end], role, name)
        at = end
    if memory:
        yield PromptPart("memory", memory, role)


def _with_fixed(parts: Sequence[PromptPart]) -> tuple[PromptPart, ...]:
    """The parts, of which a chat's only user's one is fixed: no template goes without it."""
    users = [place for place, part in enumerate(parts) if part.role == "user"]
    return tuple(
        msgspec.structs.replace(part, is_fixed=True) if users == [place] else part
        for place, part in enumerate(parts)
    )


def places_of(parts: Sequence[PromptPart], text: str, end: int) -> list[tuple[int, int] | None]:
    """Where the paragraphs stand in a text before `end`, in characters; None for what does not.

    One that was edited since is found by its first or its last words.
    """
    found: list[tuple[int, int] | None] = [None] * len(parts)
    for number in range(len(parts) - 1, -1, -1):
        if parts[number].kind in ("paragraph", "answer"):
            place = _place_of(parts[number].text.strip(), text, end)
            if place is not None:
                found[number], end = place, place[0]
    return found


def _place_of(sought: str, text: str, end: int) -> tuple[int, int] | None:
    at = text.rfind(sought, 0, end)
    if at >= 0:
        return at, at + len(sought)
    length = min(_MOST_SOUGHT, len(sought) // 2)
    for words in (sought[:length], sought[len(sought) - length :]):
        at = text.rfind(words, 0, end) if len(words) >= _LEAST else -1
        if at >= 0:
            start, stop = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            return start, min(end, stop if stop >= 0 else len(text))
    return None
