"""Finds out what the model reads before a word, and has it read the word."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from app.core.errors import LampblackError
from app.core.interpretability.why import ReadWord
from app.core.options.sampling import Sampling
from app.program import Program
from app.ui.editor.editor import Editor
from app.ui.generation.prompt_maker import PromptMaker, prompt_fields
from app.ui.generation.session import Session
from app.ui.generation.take_log import TakeLog
from app.ui.interpretability.why_places import Stretch, WordPlace, extended, seen_by_take
from app.ui.interpretability.why_reading import WhyReader

Found = Callable[[WordPlace, tuple[ReadWord, ...]], object]
Trouble = Callable[[LampblackError], object]
Progress = Callable[[float], object]


class WritesHere(Protocol):
    """What has the model write on the page, and what it writes with."""

    session: Session
    prompts: PromptMaker
    take_log: TakeLog
    sampling: Callable[[], Sampling]

    def is_kept_busy(self) -> bool:
        """Whether something else has the model write, which is said."""

    def begin_writing(self, cause: str) -> None:
        """Something is about to be asked of the model: a version is kept."""


class WordLookup(QObject):
    """Reads the words of one stretch after the other; the next one stops the one before."""

    def __init__(self, program: Program, editor: Editor, writing: WritesHere) -> None:
        super().__init__(editor)
        self._program, self._editor, self._writing = program, editor, writing
        self.reader = WhyReader(program.worker, self)
        self._asked = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is read."""
        return self.reader.is_idle

    def stop(self) -> None:
        """Nothing that was asked for is wanted any more."""
        self._asked += 1
        self.reader.stop()

    def close(self) -> None:
        """Read no more."""
        self._asked += 1
        self.reader.close()

    def look(
        self,
        stretch: Stretch,
        then: Found,
        failed: Trouble,
        progress: Progress = lambda _share: None,
    ) -> None:
        """Read a stretch: after what its take saw, else after what would be given there now."""
        self.stop()
        number = self._asked
        ask = partial(self._score, number, then, failed, progress)
        compose = partial(self._compose, number, stretch, ask, failed)
        store, log = self._program.store, self._writing.take_log

        def look_up() -> WordPlace | None:
            log.wait()
            return seen_by_take(store, stretch)

        def found(place: WordPlace | None) -> None:
            if place is None:
                compose()
            else:
                ask(place)

        if stretch.take:
            self.reader.tasks.run(look_up, found, lambda _error: compose())
        else:
            compose()

    def _compose(
        self, number: int, stretch: Stretch, ask: Callable[[WordPlace], object], failed: Trouble
    ) -> None:
        if number != self._asked:
            return
        prompts, manuscript = self._writing.prompts, self._editor.manuscript
        before, after = manuscript.readable(stretch.start), prompts.after(stretch.end)
        request = prompts.request(before, after, "", self._writing.sampling())
        again = partial(self._compose, number, stretch, ask, failed)
        made = prompts.made(request, again, failed)
        if made is None:
            return
        fields = prompt_fields(made.prompt)
        gap = before[len(before.rstrip(" \t")) :]
        ask(WordPlace(stretch, extended(fields, gap) if gap else fields))

    def _score(
        self, number: int, then: Found, failed: Trouble, progress: Progress, place: WordPlace
    ) -> None:
        if number == self._asked:
            self.reader.words(place, partial(then, place), failed, progress)
