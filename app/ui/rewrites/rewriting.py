"""One rewrite: its passage in parts, what the model is asked for each, and where answers go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from app.core.changes.compare import applied, compare_so_far
from app.core.documents.comments import comment_spans, without_comments
from app.core.rewrites.asking import TokenEstimate, sampling_for, side_bytes
from app.core.rewrites.cleaning import CleanedAnswer, clean
from app.core.rewrites.outcome import Outcome, outcome
from app.core.rewrites.prompts import AskedPassage, around, asked
from app.core.rewrites.table import Rewrite
from app.engine.messages import ChatMessage, ModelInfo
from app.tasks.cutting import cut, spaced
from app.ui.editor.manuscript import Change, Manuscript, units
from app.ui.generation.prompt_maker import undivided_for
from app.ui.rewrites.answer_places import AnswerPlace

_SIDE = 12_000  # units of the manuscript that are looked at beside the passage


class PassagePart(msgspec.Struct, eq=False):
    """A part of the passage, from `start` to `end` in UTF-16 units, with its `text`.

    `gap` is the space between it and the next part. `raw` is the answer as it comes, `answer` what
    is left of it.
    """

    start: int
    end: int
    text: str
    gap: str = ""
    raw: str = ""
    answer: str = ""
    place: AnswerPlace | None = None
    reason: str = ""
    outcome: Outcome = "new"

    def follow(self, change: Change, *, is_begun: bool) -> None:
        """Move along with a change of the text; what is put in at its beginning is no part of it,
        unless it is the answer.
        """
        start = change.carry(self.start, after_insertion=not is_begun)
        self.end = max(change.carry(self.end), start)
        self.start = start


class Rewriting(msgspec.Struct, eq=False):
    """An action on a passage: the parts are worked one after the other.

    `open_place` makes what an answer goes into, and `then` is called once all parts are done. The
    parts of what is not `on_page` are of a text of its own, from the documents `sources`. `job` is
    the engine's while a part is written.
    """

    action: Rewrite
    instruction: str
    parts: list[PassagePart]
    open_place: Callable[[PassagePart], AnswerPlace]
    language: str = ""
    memory: str = ""
    chat: bool = True
    model: str = ""
    seed: int | None = None
    at: int = 0
    job: int = 0
    began: float = msgspec.field(default_factory=time.monotonic)
    stopped: bool = False
    on_page: bool = True
    sources: tuple[str, ...] = ()
    then: Callable[[], None] | None = None
    taken_off: list[CleanedAnswer] = msgspec.field(default_factory=list)

    @property
    def part(self) -> PassagePart:
        """The part that is worked now."""
        return self.parts[self.at]

    @property
    def original(self) -> str:
        """The whole passage."""
        return "".join(part.text + part.gap for part in self.parts[:-1]) + self.parts[-1].text

    @property
    def is_last(self) -> bool:
        """Whether no part follows this one."""
        return self.at == len(self.parts) - 1

    @property
    def left_s(self) -> float | None:
        """About how many seconds the other parts take, once one is done."""
        done = sum(len(part.text) for part in self.parts[: self.at])
        rest = sum(len(part.text) for part in self.parts[self.at :])
        return (time.monotonic() - self.began) * rest / done if done else None

    def borders(self, manuscript: Manuscript) -> tuple[tuple[str, str], tuple[str, str]]:
        """The text before the part's begin and what follows that, and the same of its end."""
        part = self.part
        if self.on_page:
            text, end = manuscript.text, min(len(manuscript), part.end + _SIDE)
            ahead = text(max(0, part.start - _SIDE), part.start)
            after = text(part.end, end)
            passage = text(part.start, part.end)
            return _border(ahead, passage + after), _border(ahead + passage, after)
        ahead = "".join(one.text + one.gap for one in self.parts[: self.at])
        rest = part.gap + "".join(one.text + one.gap for one in self.parts[self.at + 1 :])
        return _border(ahead, part.text + rest), _border(ahead + part.text, rest)

    def passage(
        self,
        manuscript: Manuscript,
        context: int,
        undivided: Callable[[str, int], int] = lambda _text, place: place,
    ) -> AskedPassage:
        """The part with what stands around it, of the parts before as they are rewritten.

        `undivided` gives the first place from one on at which a text may be cut.
        """
        part, memory = self.part, around("", self.memory, side_bytes(context), undivided)[1]
        if not self.on_page:
            return AskedPassage(
                selection=part.text,
                instruction=self.instruction,
                language=self.language,
                memory=memory,
            )
        most = side_bytes(context)
        if self.at and self.action.goes == "change":
            done = "".join((one.answer or one.text) + one.gap for one in self.parts[: self.at])
            before = manuscript.readable(self.parts[0].start) + without_comments(done)
        else:
            before = manuscript.readable(part.start)
        after = manuscript.readable_after(part.end, _SIDE)
        before, after = around(before, after, most, undivided)
        return AskedPassage(
            selection=without_comments(part.text).strip(),
            before=before,
            after=after,
            instruction=self.instruction,
            language=self.language,
            memory=memory,
        )

    def fields(self, manuscript: Manuscript, model: ModelInfo, system: str) -> dict[str, Any]:
        """The fields of `Generate` for the part."""
        passage = self.passage(manuscript, model.context, undivided_for(model))
        prompt = asked(self.action, passage, chat=self.chat, system=system)
        sampling = sampling_for(self.action, passage.selection, model.context)
        stop = (*sampling.stop, *prompt.stop)
        sampling = msgspec.structs.replace(sampling, stop=stop, seed=self.seed)
        turns = ({"role": role, "content": text} for role, text in prompt.turns)
        said: dict[str, Any] = {"prompt": prompt.prompt}
        if prompt.turns:
            said = {"messages": tuple(msgspec.convert(turn, ChatMessage) for turn in turns)}
        return {**said, "sampling": sampling, "n": 1, "overflow": "fail"}

    def add(self, text: str) -> None:
        """More of the answer came: show what is sure of it."""
        part = self.part
        part.raw += text
        part.answer = self._cleaned(is_over=False).text
        self.open().show(part.answer)

    def end(self, reason: str) -> Outcome:
        """The part's answer is over; what came of it."""
        part = self.part
        cleaned = self._cleaned(is_over=True)
        part.answer, part.reason = cleaned.text, reason
        if cleaned.taken_off:
            self.taken_off.append(cleaned)
        part.outcome = outcome(self.action, part.text, part.answer, reason)
        is_change = self.action.goes == "change"
        if not part.answer or (is_change and part.outcome == "same"):
            if part.place is not None:
                part.place.abandon()
                part.place = None
        elif is_change and (part.outcome == "half" or reason == "cancelled"):
            so_far = compare_so_far(part.text, part.answer)
            self.open().finish(applied(part.text, so_far))
        else:
            self.open().finish(part.answer)
        return part.outcome

    def follow(self, change: Change) -> None:
        """Move along with a change of the text."""
        for number, part in enumerate(self.parts if self.on_page else ()):
            part.follow(change, is_begun=number <= self.at)

    def stands(self, manuscript: Manuscript) -> bool:
        """Whether the passage is as it was when it was worked."""
        return manuscript.text(self.parts[0].start, self.parts[-1].end) == self.original

    def _cleaned(self, *, is_over: bool) -> CleanedAnswer:
        label = "" if self.chat else self.action.label
        return clean(self.part.raw, self.part.text, label, is_over=is_over)

    def open(self) -> AnswerPlace:
        """What the part's answer goes into."""
        if self.part.place is None:
            self.part.place = self.open_place(self.part)
        return self.part.place


def _border(before: str, after: str) -> tuple[str, str]:
    """The text on both sides; a space or mark between them ends the word before it."""
    ends = bool(after) and not after[0].isalnum() and after[0] != "\n"
    return before + after[:1] * ends, after[ends:]


def passage_parts(start: int, text: str, limit: int) -> list[PassagePart]:
    """A passage in parts of about `limit` tokens, cut at the ends of paragraphs and sentences.

    The writer's comments are in no part: no answer can take them away.
    """
    parts: list[PassagePart] = []
    at, place, former_end = start, 0, 0
    for piece, is_comment in _pieces(text, limit):
        lead, inner, _gap = spaced(piece)
        if inner and not is_comment:
            if parts:
                parts[-1].gap = text[former_end : place + len(lead)]
            begin = at + units(lead)
            parts.append(PassagePart(begin, begin + units(inner), inner))
            former_end = place + len(lead) + len(inner)
        at, place = at + units(piece), place + len(piece)
    return parts


def _pieces(text: str, limit: int) -> Iterator[tuple[str, bool]]:
    """The text in pieces that are it when they are joined, and whether each is a comment."""
    at = 0
    for start, end in (*comment_spans(text), (len(text), len(text))):
        between = text[at:start]
        yield from ((one, False) for one in cut(between, limit, TokenEstimate(between).count))
        yield text[start:end], True
        at = end


def lead_after(before: str) -> str:
    """What stands between a passage and what goes on after it."""
    last = before[-1:]
    return "" if not last or last.isspace() or ord(last) >= 0x2E80 else " "
