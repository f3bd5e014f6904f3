"""Asks the engine how likely words are, aside; one question at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from app.core.errors import CancelledError, LampblackError
from app.core.interpretability.why import MOST_OTHERS, ReadWord, average, read_words
from app.engine.messages import Event, Prefill, Score, Scored
from app.engine.worker import Worker
from app.ui.background import BackgroundTasks
from app.ui.interpretability.why_places import WordPlace, extended

REST = 800
"""The most units of what follows a word that are read again."""

_Ask = Callable[[dict[str, Any], Callable[[float], object]], Scored]


class WhyReader(QObject):
    """Reads words and what follows them with the model of this machine.

    Whatever is asked stops what was asked before, of which nothing comes any more.
    """

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self.tasks = BackgroundTasks(lambda _error: None, self)
        self._asked = self._job = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is read."""
        return self.tasks.is_idle

    def stop(self) -> None:
        """What was asked for is not wanted any more."""
        self._asked += 1
        job, self._job = self._job, 0
        if job:
            self._worker.shared.cancel(job)

    def close(self) -> None:
        """Read no more."""
        self.stop()
        self.tasks.close(wait=False)

    def words(
        self,
        place: WordPlace,
        then: Callable[[tuple[ReadWord, ...]], object],
        failed: Callable[[LampblackError], object],
        progress: Callable[[float], object],
    ) -> None:
        """Read the words of a place, with what else could have stood there."""
        fields = {**_read(place.reads), "text": place.stretch.text}
        asked = fields | {"probabilities": MOST_OTHERS + 1}
        self._run(lambda ask: read_words(ask(asked, progress).details), then, failed)

    def rest(
        self,
        reads: dict[str, Any],
        words: tuple[str, str],
        rest: str,
        then: Callable[[tuple[float, float]], object],
        failed: Callable[[LampblackError], object],
        progress: Callable[[float], object],
    ) -> None:
        """Read what follows the first of two words, then what follows the second.

        Tells how likely each of its tokens was on average after both, from 0 to 1.
        """

        def work(ask: _Ask) -> tuple[float, float]:
            found = []
            for number, word in enumerate(words):
                fields = {**_read(extended(reads, word)), "text": rest, "told": 0}
                half = partial(_half, progress, number)
                scored = ask(fields, half)
                found.append(average(scored.log_probability, scored.tokens))
            return found[0], found[1]

        self._run(work, then, failed)

    def _run(
        self,
        work: Callable[[_Ask], Any],
        then: Callable[[Any], object],
        failed: Callable[[LampblackError], object],
    ) -> None:
        self.stop()
        number = self._asked

        def still(call: Callable[[Any], object], value: Any) -> None:
            if number == self._asked:
                call(value)

        ask = partial(self._ask, number)
        self.tasks.run(lambda: work(ask), partial(still, then), partial(still, failed))

    def _ask(
        self, number: int, fields: dict[str, Any], progress: Callable[[float], object]
    ) -> Scored:
        """What the engine says; on the thread of the tasks. Raises LampblackError."""
        engine = self._worker.shared
        job = self._job = engine.next_job()
        if number != self._asked:  # stopped before it began, or between two questions
            raise CancelledError("Stopped.")

        def on_event(event: Event) -> None:
            if isinstance(event, Prefill) and event.total and event.done < event.total:
                self.tasks.tell(partial(progress, event.done / event.total))

        found = engine.run(Score(job=job, **fields), on_event)
        assert isinstance(found, Scored)
        self._job = 0
        return found


def _half(progress: Callable[[float], object], number: int, share: float) -> object:
    return progress((number + share) / 2)


def _read(reads: dict[str, Any]) -> dict[str, Any]:
    """The fields of `Score` for a prompt of which the head may be dropped, if it can be."""
    overflow = "fail" if reads.get("suffix") is not None else "drop_head"
    return {**reads, "overflow": overflow}
