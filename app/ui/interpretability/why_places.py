"""Where a word stands, and what the model really reads before it."""

from __future__ import annotations

from typing import Any

import msgspec

from app.core.interpretability.why import ReadWord, stretch_at
from app.core.provenance.spans import OriginSpans
from app.core.store import Store
from app.core.store.takes.kept import KeptTake
from app.engine.messages import ChatMessage
from app.ui.editor.manuscript import Manuscript, units
from app.ui.generation.requests import begun_in, blank_take, fields_from

_NEAR = 200  # units of a line on either side of a place that are looked at
_BLANKS = " \t"
_READ = ("prompt", "suffix", "messages")


class Stretch(msgspec.Struct, frozen=True):
    """What is read at once: `text` from `start` to `end`, in units.

    The model wrote it as the take `take` from `offset` on, in units of its text; 0 for none.
    """

    start: int
    end: int
    text: str
    take: int = 0
    offset: int = 0

    def place(self, word: ReadWord) -> tuple[int, int]:
        """Where a word of it begins and ends, in units."""
        start = self.start + units(self.text[: word.start])
        return start, start + units(word.text)


class WordPlace(msgspec.Struct, frozen=True):
    """A stretch with the fields of `Generate` that the model reads before it.

    `kept` is the take that wrote it, where the fields are what that take saw.
    """

    stretch: Stretch
    fields: dict[str, Any]
    kept: KeptTake | None = None

    @property
    def reads(self) -> dict[str, Any]:
        """What of the fields is read."""
        return {name: self.fields[name] for name in _READ if self.fields.get(name) is not None}


def without_begun(fields: dict[str, Any], begun: str) -> dict[str, Any]:
    """The fields without what of a take's text their prompt has at its end.

    Raises ValueError where it does not end so.
    """
    messages = tuple(fields.get("messages") or ())
    text = messages[-1].content if messages else str(fields.get("prompt") or "")
    if not text.endswith(begun):
        raise ValueError(begun)
    text = text[: len(text) - len(begun)]
    if not begun:
        return fields
    if not messages:
        return fields | {"prompt": text}
    last = (ChatMessage(role=messages[-1].role, content=text),) if text else ()
    return fields | {"messages": (*messages[:-1], *last)}


def extended(fields: dict[str, Any], text: str) -> dict[str, Any]:
    """The fields of a prompt, as if the model had written `text` after it already."""
    found = dict(fields)
    messages = tuple(fields.get("messages") or ())
    if not messages:
        return found | {"prompt": str(fields.get("prompt") or "") + text}
    begun = ""
    if messages[-1].role == "assistant":
        begun, messages = messages[-1].content, messages[:-1]
    if not begun + text:
        return found
    return found | {"messages": (*messages, ChatMessage(role="assistant", content=begun + text))}


def stretch_of(
    manuscript: Manuscript, spans: OriginSpans, position: int, *, steps_back: bool = True
) -> Stretch | None:
    """What is read at once at `position`; None in a comment, which no model reads, or at nothing.

    Of what a take wrote only that is in it.
    """
    start = max(manuscript.line_start(position), position - _NEAR)
    end = min(manuscript.line_end(position), position + _NEAR)
    for first, last in manuscript.comments:
        if first + steps_back <= position < last:
            return None
        start = max(start, last) if last <= position else start
        end = min(end, first) if first >= position else end
    line = _without_halves(manuscript.text(start, end))
    place = len(_without_halves(manuscript.text(start, position)))
    first, last = stretch_at(line, place, steps_back=steps_back)
    text = line[first:last]
    if not text:
        return None
    begin = start + units(line[:first])
    lead = len(text) - len(text.lstrip(_BLANKS)) if text.strip(_BLANKS) else 0
    span = spans.at(begin + lead) if begin + lead < len(manuscript) else None
    if span is None or span.run.kind != "generated" or not span.run.take:
        return Stretch(begin, begin + units(text), text)
    most = span.end - begin
    while units(text) > most and len(text) > lead + 1:
        text = text[:-1]
    offset = span.run.offset + begin + lead - span.start
    return Stretch(begin, begin + units(text), text, span.run.take, offset)


def beside_comments(manuscript: Manuscript, position: int, by: int) -> int:
    """The position, or where the text goes on in the direction `by` if it is in a comment."""
    for first, last in manuscript.comments[::by]:
        if first <= position < last:
            position = last if by > 0 else first - 1
    return position


def _without_halves(text: str) -> str:
    """The text with another letter for half of one that was cut off at its end."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def stands_as_written(manuscript: Manuscript, place: WordPlace) -> bool:
    """Whether the page has before a word of a take still what the model read there, as is kept."""
    if place.kept is None:
        return False
    text, record = place.stretch.text, place.kept.record
    lead = len(text) - len(text.lstrip(_BLANKS)) if text.strip(_BLANKS) else 0
    seen = record.prompt + _begun(record.text, place.stretch.offset)
    return manuscript.readable(place.stretch.start + lead).endswith(seen)


def seen_by_take(store: Store, stretch: Stretch) -> WordPlace | None:
    """The place with what its take saw before it; None where that is not kept, or was changed.

    Reads the store: not for the window's thread.
    """
    record = store.provenance.takes([stretch.take]).get(stretch.take)
    kept = store.kept_takes.of_number(record.id) if record is not None else None
    if record is None or kept is None or not kept.request:
        return None
    asked = store.kept_takes.request(kept.request)
    try:
        fields, begun = without_begun(fields_from(asked), begun_in(asked)), begun_in(asked)
    except ValueError:
        return None
    blank = blank_take("" if begun else record.prompt, record.instruction)
    before = _begun(record.text, stretch.offset)
    body = stretch.text.lstrip(_BLANKS) if stretch.text.strip(_BLANKS) else stretch.text
    if not record.text[len(before) :].startswith(body) or len(before) < len(blank.lead):
        return None
    head = " " if blank.strip_once and blank.strip else ""
    written = head + before[len(blank.lead) :]
    gap = stretch.text[: len(stretch.text) - len(body)]
    if gap:
        if not written.endswith(gap):
            return None
        written = written[: len(written) - len(gap)]
    return WordPlace(stretch, extended(fields, written) if written else fields, kept)


def _begun(text: str, length: int) -> str:
    """The first `length` units of a text."""
    if text.isascii():
        return text[:length]
    data = text.encode("utf-16-le", "surrogatepass")[: 2 * length]
    return data.decode("utf-16-le", "ignore")


def take_end(spans: OriginSpans, stretch: Stretch, length: int) -> int:
    """Where what its take wrote ends that begins in the stretch; without a take, the stretch."""
    end = stretch.end
    while stretch.take and end < length:
        span = spans.at(end)
        if span is None or span.run.take != stretch.take or span.end <= end:
            break
        end = span.end
    return end
