"""What the model does while the writer pauses: it reads ahead, and counts the text's tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.context.composition import ContextRequest
from app.core.options.sampling import Sampling
from app.core.options.settings_store import SettingsStore
from app.engine.messages import Counted, Done, Loaded, ModelInfo
from app.engine.worker import Worker
from app.ui.bridge import Bridge
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.generation.prompt_maker import PromptMaker, prompt_fields
from app.ui.generation.write_bar import InstructionLine

PAUSE_MS = 1000
"""How long the writer pauses before the model reads, in milliseconds."""

_COUNT_MS = 800
_MOST_PER_TOKEN = 12  # units; longer texts fill the context for certain


class _InPause(QObject):
    """Works with the loaded model `pause_ms` after the text or the caret last changed.

    While the model is busy, the next pause is waited for.
    """

    def __init__(self, pause_ms: int, editor: Editor, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._editor = editor
        self._worker = worker
        self._job = 0
        self._timer = QTimer(self, singleShot=True, interval=pause_ms)
        self._timer.timeout.connect(self._on_pause)
        editor.changed.connect(lambda _change, _source: self.wake())
        editor.caret_moved.connect(self.wake)
        for moved in (editor.selectionChanged, editor.composed):
            moved.connect(self.wake)

    def wake(self) -> None:
        """Something changed: wait for the next pause."""
        self._timer.start()

    def close(self) -> None:
        """Work no more."""
        self._timer.stop()

    def _on_pause(self) -> None:
        model = self._worker.model
        if model is not None and self._worker.busy:
            self._timer.start()
        elif model is not None and not self._editor.is_composing:
            self._work(model)

    def _work(self, model: ModelInfo) -> None:
        raise NotImplementedError


class TokenCount(_InPause):
    """Tells how many tokens the model reads of the text up to the caret, and how many it can.

    With a server's model it tells nothing: each text is counted with what is written after it.
    """

    counted = Signal(int, int)

    def __init__(self, editor: Editor, worker: Worker, bridge: Bridge, parent: QObject) -> None:
        super().__init__(_COUNT_MS, editor, worker, parent)
        bridge.subscribe(self._on_counted, Counted)

    def _on_counted(self, event: Counted) -> None:
        model = self._worker.model
        if event.job == self._job and model is not None:
            self.counted.emit(min(event.tokens, model.context), model.context)

    def _work(self, model: ModelInfo) -> None:
        if model.server is not None:  # which is sent nothing that was not asked for
            return
        _start, end = self._editor.selection
        before = self._editor.manuscript.readable(end)
        if units(before) > model.context * _MOST_PER_TOKEN:
            self.counted.emit(model.context, model.context)
        else:
            self._job = self._worker.count(prompt=before)


class ReadingAhead(_InPause):
    """Lets the model read the present prompt, unseen.

    Whatever is asked of the model meanwhile goes first, and the next key stops it.
    """

    def __init__(
        self,
        editor: Editor,
        line: InstructionLine,
        worker: Worker,
        settings: SettingsStore,
        sampling: Callable[[], Sampling],
        prompts: PromptMaker,
        bridge: Bridge,
        parent: QObject,
    ) -> None:
        super().__init__(PAUSE_MS, editor, worker, parent)
        self._line = line
        self._settings = settings
        self._sampling = sampling
        self._prompts = prompts
        self._asked: dict[str, Any] = {}
        self._known: dict[str, Any] = {}
        line.textEdited.connect(lambda _text: self.wake())
        bridge.subscribe(self._on_loaded, Loaded)
        bridge.subscribe(self._on_done, Done)

    def wake(self) -> None:
        """Stop reading, and wait for the next pause."""
        self.close()
        if self._settings.settings.read_ahead:
            self._timer.start()

    def close(self) -> None:
        """Read no more."""
        super().close()
        if self._job:
            self._worker.cancel(self._job)
            self._job = 0

    def _on_loaded(self, _event: Loaded) -> None:
        self._known = {}  # a model that was just loaded has read nothing
        self.wake()

    def _on_done(self, event: Done) -> None:
        if event.job == self._job:
            self._known, self._job = self._asked, 0

    def _work(self, _model: ModelInfo) -> None:
        asked = self._request(self._place(), self._instruction())
        if not asked.before.strip():
            return
        made = self._prompts.made(asked, self._on_made, lambda _error: None)
        if made is None:
            return
        self._asked = {
            **prompt_fields(made.prompt),
            "max_tokens": self._sampling().max_tokens,
            "overflow": self._settings.settings.prompt_overflow,
        }
        if self._asked != self._known:
            self._job = self._worker.read_ahead(**self._asked)

    def request(self) -> ContextRequest:
        """What Continue would have read at the caret, or Send with what is in the line."""
        _start, end = self._editor.selection
        return self._request(end, self._line.text().strip())

    @property
    def sampling(self) -> Sampling:
        """The values that it would be written with."""
        return self._sampling()

    def _request(self, place: int, instruction: str) -> ContextRequest:
        before, after = self._editor.manuscript.readable(place), self._prompts.after(place)
        return self._prompts.request(before, after, instruction, self._sampling())

    def _on_made(self) -> None:
        """The prompt is ready: have it read, unless the writer went on meanwhile."""
        if not self._timer.isActive():
            self._on_pause()

    def _place(self) -> int:
        """Where the model would go on.

        At the very beginning there is no text. The caret stands there after a document was opened,
        and its writer will most likely go on at its end.
        """
        _start, end = self._editor.selection
        return end or len(self._editor.manuscript)

    def _instruction(self) -> str:
        """What is being typed in the instruction line."""
        return self._line.text().strip() if self._line.hasFocus() else ""
