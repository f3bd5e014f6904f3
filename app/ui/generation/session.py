"""The generation session: what the writer asks of the model, and where its answer stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.core.errors import LampblackError
from app.core.options.sampling import Sampling
from app.core.options.settings_store import SettingsStore
from app.engine.messages import Done, Failed, Prefill, Tokens
from app.engine.worker import Worker
from app.ui.bridge import Bridge
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change
from app.ui.editor.undo_history import UndoStep
from app.ui.generation.prompt_maker import PromptMaker
from app.ui.generation.requests import RequestMaker, blank_take, sides, sources
from app.ui.generation.take_writer import TakeWriter
from app.ui.generation.takes import TakeEnd, TakeGroup, TakeRequest, TakeText, new_key


class Session(QObject):
    """Writes the model's takes into the editor, and keeps them apart from the writer's own text.

    `prepare` answers whether a model is loaded, and `admit` gives the fields of `Generate` that may
    go out now, out of them and the text on both sides of the place, or None; where not,
    `begin_waiting` or `drop_waiting` is called as soon as that is decided. `origin` gives the
    document's journal and path. `dropped` says that what `admit` has not decided yet is not wanted
    any more. `prompts` makes what the model reads.
    """

    moved = Signal()
    said = Signal(str)
    failed = Signal(object)
    reading = Signal(int, int)
    speed = Signal(float)
    measured = Signal(object)
    take_ended = Signal(object)
    dropped = Signal()

    def __init__(
        self,
        editor: Editor,
        worker: Worker,
        settings: SettingsStore,
        sampling: Callable[[], Sampling],
        prompts: PromptMaker,
        prepare: Callable[[], bool],
        admit: Callable[..., dict[str, Any] | None],
        origin: Callable[[], tuple[str, str]],
        bridge: Bridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._worker = worker
        self._text = TakeWriter(editor, self.moved.emit)
        self._maker = RequestMaker(worker, settings, sampling, prompts)
        self._prepare = prepare
        self._admit = admit
        self._origin = origin
        self._prompts, self._requests = prompts, dict[int, TakeRequest]()
        self._waiting: TakeRequest | None = None
        self.group: TakeGroup | None = None
        self.place_at: Callable[[int], tuple[str, str]] = lambda _position: ("", "")
        """The keys of the place that is at a position, and of the take that ends there."""
        editor.changed.connect(self._on_changed)
        editor.composed.connect(lambda: self._text.catch_up(self.group))
        editor.step_undone.connect(self._on_step_undone)
        editor.step_redone.connect(self._on_step_redone)
        bridge.subscribe(self._on_event, Prefill, Tokens, Done, Failed)

    @property
    def running(self) -> bool:
        """Whether the model writes, or will as soon as it is loaded."""
        return self._waiting is not None or any(
            not request.stopped for request in self._requests.values()
        )

    @property
    def is_settled(self) -> bool:
        """Whether nothing more comes of the engine, also of what was stopped."""
        return not self._requests

    @property
    def waiting(self) -> bool:
        """Whether a request waits for a model."""
        return self._waiting is not None

    @property
    def take_count(self) -> int:
        """How many takes there are for the present place."""
        return len(self.group.takes) if self.group else 0

    # What the writer asks for

    def go_on(self, count: int = 1, *, is_shown: bool = True) -> None:
        """Accept what stands and let the model go on at the caret, in `count` takes.

        Unless one `is_shown` at once, none is in the text before it is picked.
        """
        self._begin("", count, is_shown=is_shown)

    def instruct(self, instruction: str) -> None:
        """Let the model write what `instruction` asks for, at the caret."""
        if instruction.strip():
            self._begin(instruction.strip(), 1)

    def retry(self) -> None:
        """Write another take in the place of the active one, which stays reachable."""
        if self.group is not None and not self._editor.is_composing:
            group = self.group
            self.stop()
            if not group.takes:
                self._open(group)
            group.is_shown = True
            self._ask(group, 1)

    def more(self, count: int) -> None:
        """Have `count` more takes written for the same place; what is shown stays."""
        if self.group is not None and not self.running:
            self._ask(self.group, count, shows=False)

    def again(self, group: TakeGroup, fields: dict[str, Any], before: str) -> None:
        """Have takes written into `group`, of which none is shown yet, as `fields` ask for it.

        `before` is the end of the text that they go on from, as it was then.
        """
        self.accept()
        self.group = group
        takes = tuple(blank_take(before, group.instruction) for _ in range(fields["n"]))
        group.takes += takes
        self._send(TakeRequest(group, takes, *self._origin(), before=before, given=fields))

    def pick(self, index: int) -> None:
        """Show that take in the text."""
        group = self.group
        if group is not None and not self._editor.is_composing:
            is_new, group.is_shown = not group.is_shown, True
            self._text.show(group, index, force=is_new)
            self._editor.move_caret(group.end)

    def hide(self) -> None:
        """Take what is shown out of the text again, until one is picked."""
        if self.group is not None and self.group.is_shown and not self._editor.is_composing:
            self.group.is_shown = False
            self._text.show(self.group, self.group.active, force=True)

    def rewrite(self, take: TakeText, text: str) -> None:
        """Let a take that is written have another text, also where it is shown."""
        take.text = text
        group = self.group
        if group is not None and group.is_shown and group.takes and group.take is take:
            self._text.show(group, group.active, force=True)

    def adopt(self, group: TakeGroup) -> None:
        """Accept what stands, and make another place's takes the ones to choose from."""
        self.accept()
        self.group = group
        self._text.tint(self.group)

    def stop(self) -> None:
        """Stop writing; what is written stays."""
        self.drop_waiting()
        for request in list(self._requests.values()):
            if not request.stopped:
                request.stopped = True
                self._worker.cancel(request.job)
        self.moved.emit()

    def accept(self) -> None:
        """Make the active take the writer's own text; the others stay in the store."""
        if self.group is None:
            return
        if self.group.step is not None:
            self.group.step.owner = None
        self.group = None
        self._text.tint(self.group)

    def switch(self, by: int) -> None:
        """Show the take that lies `by` further on, around the end."""
        group = self.group
        if group is not None and not group.is_shown:
            self.pick(0 if by > 0 else len(group.takes) - 1)
        elif group is not None and len(group.takes) > 1:
            self.pick((group.active + by) % len(group.takes))

    def leave(self) -> None:
        """Stop and let go of the text, because another document comes."""
        self.stop()
        self.accept()

    def end(self) -> None:
        """The window closes: no event comes any more, so keep what is written now."""
        self.stop()
        for request in self._requests.values():
            self._end_takes(request, "cancelled")
        self._requests.clear()

    # Beginning

    def _begin(self, instruction: str, count: int, *, is_shown: bool = True) -> None:
        if self._editor.isReadOnly():
            self.said.emit(self.tr("This text can only be read here."))
            return
        if self._editor.is_composing:
            self.said.emit(self.tr("Finish the word that is being typed, then go on."))
            return
        if self.running:
            self.said.emit(self.tr("The model is still writing. Esc stops it."))
            return
        _start, position = self._editor.selection
        place, parent = self.place_at(position)
        self.accept()
        self._editor.move_caret(position)
        group = TakeGroup(
            position, instruction, is_shown=is_shown, place_key=place or new_key(), parent=parent
        )
        if is_shown:
            self._open(group)
        self.group = group
        self._ask(group, count)

    def _open(self, group: TakeGroup) -> None:
        group.step = self._editor.history.open(group.start, group)
        self.group = group

    def _ask(self, group: TakeGroup, count: int, *, shows: bool = True) -> None:
        """Make room for `count` more takes, have them written, and show the first of them."""
        before, first = self._editor.manuscript.readable(group.start), len(group.takes)
        takes = tuple(blank_take(before, group.instruction) for _ in range(count))
        group.takes += takes
        if shows and group.is_shown:
            self._text.show(group, first)
        self._send(TakeRequest(group, takes, *self._origin()))

    def _send(self, request: TakeRequest) -> None:
        """Have a request written as soon as there is a model for it."""
        self._waiting = request
        if self._prepare():
            self.begin_waiting()
        self.moved.emit()

    def begin_waiting(self) -> None:
        """The model is ready: hand over the request that waited for it, as soon as it may go."""
        request = self._waiting
        if request is None:
            return
        if request.given is None:
            request.before = self._editor.manuscript.readable(request.group.start)
        after = self._prompts.after(request.group.end)
        fields = self._maker.fields(request, after, self.begin_waiting, self._on_unmade)
        fields = fields and self._admit(fields, sides(request, after), sources=sources(request))
        if not fields:
            return
        self._waiting = None
        self._maker.sent(request, fields)
        request.job = self._worker.generate(**fields)
        self._requests[request.job] = request
        if len(request.sent) < len(request.before):
            self.said.emit(self._prompts.cut_text(request.sent))
        self.moved.emit()

    def _on_unmade(self, error: LampblackError) -> None:
        """The prompt could not be made, because the engine could not count it."""
        if self._waiting is not None:
            self.drop_waiting()
            self.failed.emit(Failed(job=0, kind=error.kind, message=error.message, hint=error.hint))

    def drop_waiting(self) -> None:
        """No model came: forget the request that waited for one."""
        request, self._waiting = self._waiting, None
        if request is not None:
            self.dropped.emit()
            self._close(request)

    # The model's events

    def _on_event(self, event: Prefill | Tokens | Done | Failed) -> None:
        request = self._requests.get(event.job)
        if request is None:
            return
        if isinstance(event, Prefill):
            self.reading.emit(event.done, event.total)
        elif isinstance(event, Tokens):
            self._on_tokens(request, event)
        elif isinstance(event, Done):
            self._on_done(request, event)
        else:
            self._on_failed(request, event)

    def _on_tokens(self, request: TakeRequest, event: Tokens) -> None:
        request.takes[event.take].add(event.text)
        now = time.monotonic()
        if request.tokens:
            self.speed.emit(request.tokens / max(now - request.first_token_at, 1e-3))
        else:
            request.first_token_at = now
            self.reading.emit(0, 0)
        request.tokens += event.tokens
        self._text.catch_up(self.group)

    def _on_done(self, request: TakeRequest, event: Done) -> None:
        request.finish()
        for take in event.takes:
            text, reason = request.takes[take.index], take.finish_reason
            self.take_ended.emit(TakeEnd(request, text, reason, event.seed, event.settings))
        empty = not any(take.text for take in request.takes)
        self._close(request)
        self.speed.emit(event.stats.tokens_per_s)
        self._maker.learn(request, event)
        self.measured.emit(event.stats)
        if any(take.finish_reason == "banned" for take in event.takes):
            self.said.emit(
                self.tr("The writing ended because every way on led to a banned phrase.")
            )
        elif empty and not request.stopped:
            self.said.emit(self.tr("The model had nothing to add here."))

    def _on_failed(self, request: TakeRequest, event: Failed) -> None:
        self._end_takes(request, "cancelled" if event.kind == "cancelled" else "failed")
        self._close(request)
        if event.kind != "cancelled":
            self.failed.emit(event)

    def _end_takes(self, request: TakeRequest, reason: str) -> None:
        request.finish()
        for take in request.takes:
            self.take_ended.emit(TakeEnd(request, take, reason, request.sampling.seed))

    def _close(self, request: TakeRequest) -> None:
        """The request is over: forget its empty takes, and the group if it has no other."""
        self._requests.pop(request.job, None)
        group = request.group
        shown = group.take if group.takes else None
        request.finish()
        for take in request.takes:
            if not take.text and take in group.takes:
                group.drop(take)
        if not group.takes and group.step is not None:
            self._editor.history.drop(group.step)
            group.step = None
        if group is self.group:
            self._after_drop(group, shown)
        self.reading.emit(0, 0)
        self.moved.emit()

    def _after_drop(self, group: TakeGroup, shown: TakeText | None) -> None:
        if not group.takes:
            self.group = None
            self._text.tint(self.group)
        elif group.is_shown and group.take is not shown:
            self._text.show(group, group.active, force=True)
        else:
            self._text.catch_up(self.group)

    # The writer's own changes

    def _on_changed(self, change: Change, _source: Source) -> None:
        group = self.group
        if group is None or self._text.is_writing:
            return
        touched = group.touches(change)
        cut = touched and bool(change.removed) and change.removed_end >= group.end
        group.follow(change)
        if cut:
            self.stop()
        if not touched:
            self._text.tint(self.group)
        elif self.running and not group.take.finished:
            self._hand_over(group)
        else:
            self.accept()

    def _hand_over(self, group: TakeGroup) -> None:
        """The writer changed the take while it is written: that part is theirs from now on."""
        if group.step is not None:
            group.step.owner = None
        group.split()
        self._text.tint(self.group)

    def _on_step_undone(self, step: UndoStep) -> None:
        """The take is about to leave the text; Redo may bring it back."""
        if self.group is not None and self.group.step is step:
            self.stop()
            self.group = None
            self._text.tint(self.group)

    def _on_step_redone(self, step: UndoStep) -> None:
        group = step.owner
        if isinstance(group, TakeGroup) and group.takes:
            self.accept()
            self.group = group
            group.place(step.changes[0].position)
            self._text.tint(self.group)
            self._text.catch_up(self.group)
