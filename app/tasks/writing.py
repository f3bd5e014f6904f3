"""Tasks that answer with a text: one answer, or the answers to the parts of a long text."""

from __future__ import annotations

from msgspec.structs import replace

from app.core.errors import CancelledError
from app.core.options.sampling import Sampling
from app.engine.messages import FinishReason
from app.tasks.cutting import seam, spaced
from app.tasks.task_run import Emit, TaskRun

_SPARE = 64
"""Tokens that an answer may have beside those that grow with the text."""


class Answer:
    """A text that is being written: what is passed on of it is what it is at the end.

    The spaces that an answer begins and ends with are left out, unless it is taken as it comes.
    """

    def __init__(self, emit: Emit, *, as_it_comes: bool = False) -> None:
        self.text = ""
        self._emit = emit
        self._as_it_comes = as_it_comes
        self._begun = as_it_comes
        self._held = ""

    def begin(self) -> None:
        """What comes next is the beginning of an answer."""
        self._begun, self._held = self._as_it_comes, ""

    def feed(self, piece: str) -> None:
        """More of an answer."""
        if not self._begun:
            piece = piece.lstrip()
            self._begun = bool(piece)
        piece = self._held + piece
        kept = piece if self._as_it_comes else piece.rstrip()
        self._held = piece[len(kept) :]
        self.add(kept)

    def add(self, text: str) -> None:
        """Text that is not the model's."""
        if text:
            self.text += text
            self._emit(text)


def write(run: TaskRun, text: str, emit: Emit) -> tuple[str, FinishReason]:
    """The text of the answer, and why it ends."""
    answer = Answer(emit, as_it_comes=run.task.joining == "drop head")
    try:
        if run.task.joining == "in order":
            reason = _in_order(run, text, answer)
        elif run.task.joining == "summarise again":
            reason = _summarise(run, text, answer)
        else:
            reason = _answer(run, text, run.sampling, answer)
            if run.chat:  # a text that is only gone on with has no end of its own
                _note_end(run, reason)
    except CancelledError:
        reason = "cancelled"
    if reason == "cancelled":
        run.note("It was stopped before its end.")
    return answer.text, reason


def _answer(run: TaskRun, text: str, sampling: Sampling, answer: Answer) -> FinishReason:
    """Write one answer."""
    answer.begin()
    done = run.generate(run.asked(text), sampling, answer.feed)
    if dropped := done.stats.dropped_tokens:
        run.note(
            f"The text is longer than the context: its first {dropped:,} tokens were left out."
        )
    return done.takes[0].finish_reason


def _in_order(run: TaskRun, text: str, answer: Answer) -> FinishReason:
    """Answer part by part; what stands between the parts' words stands between the answers."""
    growth = run.task.growth if run.sampling.max_tokens < 0 else 0.0
    limit = run.room(_SPARE if growth else _longest(run), growth)
    parts, former, reason = run.parts(text, limit), "", _STOP
    for number, part in enumerate(parts, 1):
        before, words, after = spaced(part)
        if words:
            answer.add(before or (seam(former, answer.text) if former == former.rstrip() else ""))
            reason = _answer(run, words, _grown(run, words), answer)
            _note_end(run, reason, number if len(parts) > 1 else 0)
            answer.add(after)
        else:
            answer.add(before)
        if reason == "cancelled":
            break
        former = part
    return reason


_STOP: FinishReason = "stop"


def _grown(run: TaskRun, words: str) -> Sampling:
    """The sampling for an answer whose length is bounded by the text's."""
    if run.sampling.max_tokens >= 0:
        return run.sampling
    tokens = run.length(words)
    most = int(run.task.growth * tokens) + _SPARE
    if run.model.context:
        most = min(most, max(1, run.model.context - run.overhead - tokens))
    return replace(run.sampling, max_tokens=most)


def _longest(run: TaskRun) -> int:
    """The room that is kept for an answer: at most a quarter of the context."""
    quarter = run.model.context // 4
    return min(run.sampling.max_tokens, quarter) if run.sampling.max_tokens >= 0 else quarter


def _note_end(run: TaskRun, reason: FinishReason, part: int = 0) -> None:
    what = f"The answer to part {part}" if part else "The answer"
    if reason == "length":
        run.note(f"{what} was ended at the most tokens that it may have.")
    elif reason == "banned":
        run.note(f"{what} ends early because every way on led to a banned phrase.")


def _summarise(run: TaskRun, text: str, answer: Answer) -> FinishReason:
    """Summarise the parts, and then their summaries, until they fit into one."""
    limit = run.room(_longest(run))
    while len(parts := run.parts(text, limit)) > 1:
        shorter = "\n\n".join(_summaries(run, parts))
        if len(shorter) >= len(text):
            run.note("The summaries of the parts are no shorter, so they were not put together.")
            answer.add(shorter)
            return "stop"
        text = shorter
        run.note("Each part was summarised, and then the summaries.")
    reason = _answer(run, text, run.sampling, answer)
    _note_end(run, reason)
    return reason


def _summaries(run: TaskRun, parts: list[str]) -> list[str]:
    found = []
    for number, part in enumerate(parts, 1):
        if not part.strip():
            continue
        inner = Answer(_unheard)
        reason = _answer(run, part.strip(), run.sampling, inner)
        if reason == "cancelled":
            raise CancelledError("Stopped.")
        _note_end(run, reason, number)
        found.append(inner.text)
    return found


def _unheard(_piece: str) -> None:
    """For what is not part of the result."""
