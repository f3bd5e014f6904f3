"""Makes the prompts for the model, aside: for Continue, for reading ahead, and to be shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QObject

from app.core.context.composer import compose
from app.core.context.composition import ComposedPrompt, Composition, ContextRequest
from app.core.context.entries import StoryMemory
from app.core.context.pieces import first_words
from app.core.context.reading_pace import ReadingPace
from app.core.documents.prompts import DEFAULT_SYSTEM
from app.core.errors import LampblackError
from app.core.masking import Masker
from app.core.options.sampling import Sampling
from app.core.options.settings import Settings
from app.core.options.settings_store import SettingsStore
from app.core.text.words import count_words
from app.engine.messages import ChatMessage, Done, Loaded, ModelInfo
from app.engine.worker import Worker
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge
from app.ui.editor.editor import Editor
from app.ui.generation.server_room import ServerRoom
from app.ui.generation.takes import TakeRequest
from app.ui.generation.token_counts import EngineCounter, EstimatedCounter, PromptReading
from app.ui.numbers import number_text

_AFTER = 25_000  # units after the place, more than are looked at: a name may go over that end
_KEPT = 4  # prompts: Continue asks for the one that was read ahead and shown
_UNKNOWN_SIZE = 1_000_000  # tokens of a server that does not tell how much it reads

_Key = tuple[StoryMemory, ContextRequest, str, int]


class PromptMaker(QObject):
    """Composes prompts with the present model and settings; `story` gives what is kept beside.

    What is to be counted is counted in the background. The same request gives the same prompt,
    whoever asks for it.
    """

    def __init__(
        self,
        worker: Worker,
        settings: SettingsStore,
        editor: Editor,
        bridge: Bridge,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._worker, self._settings, self._editor = worker, settings, editor
        self.story: Callable[[], StoryMemory] = StoryMemory
        self.room = ServerRoom()
        self._counter: EngineCounter | None = None
        self._tasks = BackgroundTasks(lambda _error: None, self)
        self._made: dict[_Key, Composition] = {}
        self._pace = ReadingPace()
        bridge.subscribe(self._on_done, Done)
        bridge.subscribe(lambda _event: self._pace.forget(), Loaded)

    def close(self) -> None:
        """Make no more."""
        self._tasks.close()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being made."""
        return self._tasks.is_idle

    # What is asked

    def after(self, place: int) -> str:
        """The text after a place, as a model reads it."""
        return self._editor.manuscript.readable_after(place, _AFTER)

    def request(
        self, before: str, after: str, instruction: str, sampling: Sampling, takes: int = 1
    ) -> ContextRequest:
        """What is to be read for going on between two texts, or for an instruction there."""
        settings, model = self._settings.settings, self._worker.model
        fills = model is not None and model.fills_middle and model.server is None
        is_sent = sends_following(settings, fills=fills and not instruction)
        size = (model.context if model is not None else 0) or _UNKNOWN_SIZE
        return ContextRequest(
            before=self._seen(before, instruction, sampling.max_tokens),
            after=after if is_sent else "",
            instruction=instruction,
            system=settings.system_prompt,
            size=size,
            answer=_answer_room(sampling.max_tokens, takes, size),
            fills=fills,
            cuts=settings.prompt_overflow == "drop_head" and size != _UNKNOWN_SIZE,
        )

    def ready(self, request: ContextRequest) -> Composition | None:
        """The prompt, where it is made already or needs no counting; None where not."""
        story = self.story()
        if story.is_empty and not request.after.strip():
            return compose(story, request, EstimatedCounter(1.0))
        return self._made.get(self._key(story, request))

    def made(
        self,
        request: ContextRequest,
        again: Callable[[], object],
        failed: Callable[[LampblackError], object],
    ) -> Composition | None:
        """The prompt, or None while it is made: `again` or `failed` is called then."""
        found = self.ready(request)
        if found is None:
            self.prepare(request, again, failed)
        return found

    def fields(
        self,
        asked: TakeRequest,
        after: str,
        sampling: Sampling,
        again: Callable[[], object],
        failed: Callable[[LampblackError], object],
    ) -> dict[str, Any] | None:
        """The fields of `Generate` for takes between their text `before` and `after`; see `made`.

        What of the text is sent is noted with the request.
        """
        takes = len(asked.takes)
        request = self.request(asked.before, after, asked.group.instruction, sampling, takes)
        made = self.made(request, again, failed)
        if made is None:
            return None
        asked.sent = made.before
        return {
            **prompt_fields(made.prompt),
            "sampling": stopping(sampling, request, undivided_for(self._worker.model)),
            "n": takes,
            "overflow": self._settings.settings.prompt_overflow,
        }

    def cut_text(self, sent: str) -> str:
        """What is said where only the text `sent` fits."""
        model = self._worker.model
        if model is not None and model.server is not None:
            words = self.tr("The text is too long for the server: it is sent the last {0} words.")
        else:
            words = self.tr("The text is too long for the model: it reads the last {0} words.")
        return words.format(number_text(count_words(sent)))

    def prepare(
        self,
        request: ContextRequest,
        then: Callable[[], object],
        failed: Callable[[LampblackError], object],
    ) -> None:
        """Have the prompt made, and call `then` when it is ready."""
        story, model = self.story(), self._worker.model
        key = self._key(story, request)
        counter = self._counter_for(model)
        undivided = undivided_for(model)
        self._tasks.run(
            partial(compose, story, request, counter, undivided),
            partial(self._keep, key, then),
            failed,
        )

    def foresee(
        self,
        prompt: ComposedPrompt,
        max_tokens: int,
        then: Callable[[PromptReading], object],
        failed: Callable[[LampblackError], object],
    ) -> None:
        """Have `then` told how the engine will read a prompt for one take."""
        counter = self._counter_for(self._worker.model)
        self._tasks.run(partial(counter.reading, prompt, max_tokens, 1), then, failed)

    def wait(self, reading: PromptReading) -> float | None:
        """How many seconds it will take; None where nothing was measured yet."""
        return self._pace.wait(reading.tokens, reading.known)

    def _on_done(self, event: Done) -> None:
        stats = event.stats
        model = self._worker.model
        if model is not None and model.server is None:
            self._pace.learn(stats.prompt_tokens, stats.reused_tokens, stats.prefill_s)

    # Inside

    def _seen(self, before: str, instruction: str, max_tokens: int) -> str:
        """What of the text may go out, where a server is to get the text alone."""
        settings = self._settings.settings
        model = self._worker.model
        if settings.prompt_overflow != "drop_head" or not self.story().is_empty:
            return before
        beside = f"{instruction}{settings.system_prompt or DEFAULT_SYSTEM}" * bool(instruction)
        return self.room.end_of(before, beside, max_tokens, model)

    def _key(self, story: StoryMemory, request: ContextRequest) -> _Key:
        model = self._worker.model
        return story, request, model.path if model is not None else "", id(model)

    def _keep(self, key: _Key, then: Callable[[], object], made: Composition) -> None:
        self._made[key] = made
        while len(self._made) > _KEPT:
            del self._made[next(iter(self._made))]
        then()

    def _counter_for(self, model: ModelInfo | None) -> EngineCounter | EstimatedCounter:
        if model is not None and model.server is not None:
            return EstimatedCounter(self.room.bytes_per_token(model))
        if self._counter is None or self._counter.model is not model:
            self._counter = EngineCounter(self._worker.shared, model)
        return self._counter


def sends_following(settings: Settings, *, fills: bool) -> bool:
    """Whether what follows the cursor is sent; `fills` says whether there are tokens for it."""
    return settings.following_text == "always" or (settings.following_text == "able" and fills)


def prompt_fields(prompt: ComposedPrompt) -> dict[str, Any]:
    """The fields of `Generate` and `Read` for a prompt."""
    if prompt.turns:
        turns = ({"role": role, "content": text} for role, text in prompt.turns)
        return {"messages": tuple(msgspec.convert(turn, ChatMessage) for turn in turns)}
    if prompt.suffix is not None:
        return {"prompt": prompt.prompt, "suffix": prompt.suffix}
    return {"prompt": prompt.prompt}


def stopping(
    sampling: Sampling,
    request: ContextRequest,
    undivided: Callable[[str, int], int] = lambda _text, place: place,
) -> Sampling:
    """`sampling` that ends before the model would repeat what follows the cursor.

    It is as it was where that would be cut within what is masked.
    """
    words, end = first_words(request.after), len(first_words(request.after))
    if not words or words in sampling.stop or undivided(request.after.strip(), end) != end:
        return sampling
    return msgspec.structs.replace(sampling, stop=(*sampling.stop, words))


def _answer_room(max_tokens: int, takes: int, size: int) -> int:
    """How many tokens a prompt that is cut leaves for what is written, as in the engine."""
    quarter = size // 4
    return max(1, quarter if max_tokens < 0 else min(max_tokens * takes, quarter))


def undivided_for(model: ModelInfo | None) -> Callable[[str, int], int]:
    """What gives the first place from one on at which a cut divides nothing that is masked."""
    if model is not None and model.server is not None and model.server.masks:
        return Masker(model.server.names).undivided
    return lambda _text, place: place
