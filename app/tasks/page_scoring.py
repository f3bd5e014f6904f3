"""Scores a passage of a page: the surprise of each of its tokens after what stands before it.

A passage that is longer than a window is read in those of `app.engine.windows`, which overlap by
half; what is before it is read along with it as far as half a window has room for it. It leaves
most of the engine to others, and is stopped between two steps of theirs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from app.core.errors import CancelledError
from app.core.interpretability.surprise import SurpriseRun, surprise_of
from app.core.interpretability.surprise_text import (
    ReadText,
    TokenGroup,
    foreign_tokens,
    letters_start,
    no_scores,
    surprise_runs,
    token_ends,
    token_groups,
)
from app.engine.messages import (
    Event,
    Finished,
    JobCommand,
    ModelInfo,
    Score,
    Scored,
    TokenDetail,
    Tokenize,
    Tokenized,
)
from app.engine.windows import WINDOW, spans
from app.tasks.task_run import blocks

LEAD = 8 * WINDOW
"""How many characters before a passage are enough for the half window that is read of them."""

F = TypeVar("F", bound=Finished)
Tell = Callable[[list[tuple[int, SurpriseRun]], float], object]
"""Is told runs with their places on the page, and how far it is, from 0 to 1."""


class ScoringEngine(Protocol):
    """What it needs of an engine."""

    def next_job(self) -> int:
        """A job number that was never used."""

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        """Do the command and return its last event; raises LampblackError."""

    def cancel(self, job: int) -> None:
        """Stop a job, from any thread, before or after it began."""


class PageScoring:
    """Scores `read` from the unit `start` on by `model`; what is before that is its lead.

    `is_loaded` answers whether that is the model that is asked: what was found by another one is
    of no use, and the text may be nobody else's.
    """

    def __init__(
        self,
        engine: ScoringEngine,
        model: ModelInfo,
        read: ReadText,
        start: int,
        is_loaded: Callable[[], bool] = lambda: True,
    ) -> None:
        self._engine, self._model, self._read, self._start = engine, model, read, start
        self._is_loaded = is_loaded
        self._lock = threading.Lock()
        self._job = 0
        self._is_cancelled = False

    def cancel(self) -> None:
        """Stop it, from any thread; `run` raises CancelledError."""
        with self._lock:
            self._is_cancelled, job = True, self._job
        if job:
            self._engine.cancel(job)

    def run(self, tell: Tell) -> None:
        """Score it, and tell of each window; raises LampblackError."""
        if self._knows("tokenize") and not self._masks:
            self._in_windows(tell)
        else:
            self._at_once(tell)

    def _in_windows(self, tell: Tell) -> None:
        ids, groups, has_begin = self._tokens()
        first = next((number for number, one in enumerate(groups) if one.end > self._start), None)
        if first is None:
            tell([], 1.0)
            return
        size = min(self._model.context or WINDOW, WINDOW)
        target = groups[first].first
        offset = max(0, target - size // 2)
        begin = (ids[0],) if has_begin and offset else ()
        read = (*begin, *ids[offset:])
        base = offset - len(begin)  # the number in `ids` of the first of `read`
        known = [-1.0] * len(ids)
        told = first
        for start, end, after in spans(len(read), size):
            window = read[start:end]
            if has_begin:
                window = (ids[0], *window[1:])
            for at, detail in enumerate(self._score(window)[after:], base + start + after + 1):
                known[at] = surprise_of(detail.probability)
            until = told
            while until < len(groups) and groups[until].last <= base + end:
                until += 1
            done = (base + end - target) / (len(ids) - target)
            tell(self._found(groups[told:until], known), min(done, 1.0))
            told = until

    def _found(
        self, groups: Sequence[TokenGroup], known: Sequence[float]
    ) -> list[tuple[int, SurpriseRun]]:
        wanted = [one for one in groups if letters_start(self._read.text, one) >= self._start]
        return surprise_runs(self._read, wanted, known)

    def _tokens(self) -> tuple[tuple[int, ...], list[TokenGroup], bool]:
        """The tokens of all that is read, with their places, and whether one only begins it."""
        ids, pieces = list[int](), list[bytes]()
        for number, block in enumerate(blocks(self._read.text)):
            command = Tokenize(job=0, text=block, begins=not number)
            found = self._do(command, Tokenized)
            ids += found.ids
            pieces += found.pieces
        groups = self._groups(pieces)
        return tuple(ids), groups, bool(groups) and groups[0].first > 0

    def _groups(self, pieces: Sequence[bytes]) -> list[TokenGroup]:
        ends = token_ends(self._read.text, pieces)
        if ends is None:
            raise foreign_tokens()
        return token_groups(self._read.text, ends)

    def _at_once(self, tell: Tell) -> None:
        """By a server that alone knows its tokens: it reads the text in one piece."""
        details = self._score((), self._read.text)
        told = [one.torn or one.text.encode() for one in details]
        text = self._read.text.encode()
        first = text[: max(0, len(text) - sum(map(len, told)))]
        groups = self._groups([first, *told])
        known = [-1.0, *(surprise_of(one.probability) for one in details)]
        begin = next((at for at, one in enumerate(groups) if one.end > self._start), len(groups))
        tell(self._found(groups[begin:], known), 1.0)

    # The engine

    def _knows(self, ability: str) -> bool:
        """Whether the engine can do this; one on this machine can do it all."""
        return self._model.engine != "server" or ability in self._model.abilities

    @property
    def _masks(self) -> bool:
        return self._model.server is not None and self._model.server.masks

    def _score(self, tokens: tuple[int, ...], text: str = "") -> Sequence[TokenDetail]:
        if not self._knows("score"):
            raise no_scores(self._model.name)
        command = Score(job=0, text=text, tokens=tokens, background=True)
        return self._do(command, Scored).details

    def _do(self, command: JobCommand, kind: type[F]) -> F:
        with self._lock:
            if self._is_cancelled or not self._is_loaded():
                raise CancelledError("Stopped.")
            self._job = job = self._engine.next_job()
        try:
            finished = self._engine.run(msgspec.structs.replace(command, job=job), lambda _e: None)
        finally:
            with self._lock:
                self._job = 0
        assert isinstance(finished, kind)
        return finished
