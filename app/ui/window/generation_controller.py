"""Generation in the window: joins the session with everything that starts and shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.core.errors import error_from
from app.core.options.sampling import Sampling
from app.core.options.servers import server_address
from app.core.passport import Passport
from app.engine.messages import Failed, ModelInfo, Stats
from app.program import Program
from app.ui.actions import Actions
from app.ui.bridge import Bridge
from app.ui.documents.controller import DocumentController
from app.ui.documents.kept_here import KeptHere
from app.ui.generation.prompt_maker import PromptMaker
from app.ui.generation.read_ahead import ReadingAhead, TokenCount
from app.ui.generation.session import Session
from app.ui.generation.spoken_take import SpokenTake
from app.ui.generation.take_log import TakeLog
from app.ui.models.controller import ModelController
from app.ui.models.loader import ModelLoader
from app.ui.models.passport_controller import PassportController
from app.ui.numbers import number_text
from app.ui.servers.gate import SendingGate
from app.ui.widgets.status_bar import StatusBar
from app.ui.window.page import PageColumn


class WritesBeside(Protocol):
    """What else has the model write, one at a time with the session."""

    @property
    def running(self) -> bool:
        """Whether the model writes for it, or will as soon as it is there."""

    @property
    def can_retry(self) -> bool:
        """Whether its last answer can be asked for again."""

    def stop(self) -> None:
        """Stop it."""

    def retry(self) -> None:
        """Ask for its last answer again."""

    def begin_waiting(self) -> None:
        """There is a model."""

    def drop_waiting(self) -> None:
        """There is none."""


class ScoresBeside(Protocol):
    """What has the model score a text; it needs none of what is written to end."""

    @property
    def running(self) -> bool:
        """Whether the writer waits for it."""

    def stop(self) -> None:
        """Stop it."""

    def begin_waiting(self) -> None:
        """There is a model."""

    def drop_waiting(self) -> None:
        """There is none."""


class GenerationController(QObject):
    """Starts, stops and shows the session, which writes with the values that `sampling` gives.

    `about_to_write` carries the Cause of the version to be kept of the text as it is.
    """

    about_to_write = Signal(str)

    def __init__(
        self,
        program: Program,
        page: PageColumn,
        status: StatusBar,
        actions: Actions,
        models: ModelController,
        documents: DocumentController,
        passports: PassportController,
        sampling: Callable[[], Sampling],
        kept_here: KeptHere,
        bridge: Bridge,
    ) -> None:
        super().__init__(page)
        self._program = program
        self._page = page
        self._status = status
        self._actions = actions
        self._models = models
        self._documents = documents
        self.passports = passports
        self.sampling = sampling
        self.take_log = TakeLog(program.store, program.worker)
        self._instruction = ""
        self._beside: WritesBeside | None = None
        self._scoring: ScoresBeside | None = None
        self.bridge = bridge
        editor, line = page.editor, page.write_bar.line
        worker, settings = program.worker, program.settings_store
        self.gate = SendingGate(program, kept_here, page.banners, bridge, page)
        self.prompts = PromptMaker(worker, settings, editor, bridge, self)
        self.session = Session(
            editor,
            worker,
            settings,
            sampling,
            self.prompts,
            models.loader.prepare,
            self.gate.admit,
            self.origin,
            bridge,
            self,
        )
        self.tokens = TokenCount(editor, worker, bridge, self)
        self._spoken = SpokenTake(self.session, settings, editor)
        self.reading = ReadingAhead(
            editor, line, worker, settings, sampling, self.prompts, bridge, self
        )
        self._connect()

    def origin(self) -> tuple[str, str]:
        """The journal and the file that takes are kept with."""
        return self._documents.journal, str(self._documents.path or "")

    @property
    def loader(self) -> ModelLoader:
        """Loads the model."""
        return self._models.loader

    def passport(self) -> Passport | None:
        """What is known of the loaded model."""
        return self.passports.passport

    def close(self) -> None:
        """The window closes: keep what is written, and end the thread that keeps it."""
        self.tokens.close()
        self.reading.close()
        self.prompts.close()
        self.session.end()
        self.take_log.close()

    def _connect(self) -> None:
        session, line = self.session, self._page.write_bar.line
        session.moved.connect(self.show_takes)
        session.said.connect(self._status.say)
        session.failed.connect(self._on_generation_failed)
        session.reading.connect(self._on_reading)
        session.speed.connect(self._status.show_speed)
        session.measured.connect(self._on_measured)
        session.dropped.connect(self.gate.cancel)
        session.take_ended.connect(self.take_log.record)
        self.tokens.counted.connect(self._status.show_context)
        self._status.stopped.connect(self.stop)
        line.sent.connect(self._instruct)
        line.left.connect(self._page.editor.setFocus)
        self._models.moved.connect(self.show_takes)
        self.passports.moved.connect(self.show_takes)
        self._models.ready.connect(self._show_place)
        self._models.gone.connect(lambda: self._page.write_bar.show_place(""))
        self._models.not_ready.connect(self._give_back)
        self._models.not_ready.connect(session.drop_waiting)
        self._models.loader.leaving.connect(session.stop)
        self.gate.allowed.connect(self._on_allowed)
        self.gate.revoked.connect(self._on_revoked)
        self.gate.refused.connect(session.drop_waiting)
        self.gate.refused.connect(self._give_back)
        self._documents.leaving.connect(session.leave)
        self._actions.connect_all(
            {
                "continue": self.go_on,
                "instruct": line.setFocus,
                "stop": self.stop,
                "retry": self.retry,
                "take_before": lambda: session.switch(-1),
                "take_after": lambda: session.switch(1),
                "accept": session.accept,
            }
        )

    def write_beside(self, other: WritesBeside) -> None:
        """Let Stop and Retry be the other's too, and tell it when there is a model."""
        self._beside = other
        self._models.ready.connect(lambda _model: other.begin_waiting())
        self._models.not_ready.connect(other.drop_waiting)

    def score_beside(self, other: ScoresBeside) -> None:
        """Let Stop be the other's when nothing else can be stopped, and tell it of a model."""
        self._scoring = other
        self._models.ready.connect(lambda _model: other.begin_waiting())
        self._models.not_ready.connect(other.drop_waiting)

    def is_kept_busy(self) -> bool:
        """Whether something else has the model write, which is said."""
        if self._beside is None or not self._beside.running:
            return False
        self._status.say(self.tr("The model is still writing. Esc stops it."))
        return True

    def go_on(self, count: int = 1, *, is_shown: bool = True) -> None:
        """Let the model go on; what went wrong before is over."""
        if self.is_kept_busy():
            return
        self.begin_writing("generation")
        self.session.go_on(count, is_shown=is_shown)

    def begin_writing(self, cause: str) -> None:
        """Something is about to be asked of the model: a version is kept, `cause` says why."""
        self._instruction = ""
        self._page.banners.clear("error")
        self.about_to_write.emit(cause)

    def retry(self) -> None:
        """Have another take written in the place of this one, or another answer."""
        session, beside = self.session, self._beside
        if session.group is None and not session.running and beside and beside.can_retry:
            beside.retry()
            return
        if self.is_kept_busy():
            return
        self.begin_writing("rewrite")
        self.session.retry()

    def stop(self) -> None:
        """Stop the model, or else the examination of the model that is in progress."""
        if self.session.running and not self.session.waiting:
            self.session.stop()
        elif self._beside is not None and self._beside.running:
            self._beside.stop()
        elif self._models.busy:
            self.session.drop_waiting()
            self._models.stop()
        elif self.session.waiting:  # for the writer's choice of a model
            self.session.drop_waiting()
            self._give_back()
        elif self.passports.is_running:
            self.passports.stop()
        elif self._scoring is not None:
            self._scoring.stop()

    def _show_place(self, model: ModelInfo) -> None:
        """Say beside the button to write with where the text goes."""
        place = model.server
        goes = place is not None and not place.is_here
        self._page.write_bar.show_place(server_address(place.url).place if place and goes else "")
        if place is not None:  # it is known again with what is written there
            self._status.show_context(0, 0)

    def _on_allowed(self) -> None:
        """What was asked for may go out, if there still is a model for it."""
        if self._models.loader.prepare():
            self.session.begin_waiting()

    def _on_revoked(self) -> None:
        """The document may not be with another machine any more: stop what is written there."""
        if self.session.running and not self.session.waiting:
            self.session.stop()
            self.gate.tell_stopped()

    def _instruct(self, instruction: str) -> None:
        if self.is_kept_busy():
            return
        busy = self.session.running
        self.about_to_write.emit("generation")
        self.session.instruct(instruction)
        if self.session.running and not busy:
            self._instruction = instruction
            self._page.write_bar.line.clear()
        self._page.editor.setFocus()

    def _give_back(self) -> None:
        """Put the instruction back that nothing came of, unless another is being typed."""
        if not self._page.write_bar.line.text():
            self._page.write_bar.line.setText(self._instruction)
        self._instruction = ""

    def _on_generation_failed(self, event: Failed) -> None:
        self._give_back()
        self._page.banners.say(str(error_from(event.kind, event.message, event.hint)))

    def _on_reading(self, done: int, total: int) -> None:
        if not total:
            self._status.show_progress("", None)
            return
        percent = 100 * done // total
        self._status.show_progress(
            lambda: self.tr("Reading your text: {0} %").format(number_text(percent)), done / total
        )

    def _on_measured(self, stats: Stats) -> None:
        self._instruction = ""
        model = self._models.loader.model
        if model is not None:
            used = stats.prompt_tokens + stats.completion_tokens
            self._status.show_context(min(used, model.context), model.context)
            self._status.show_draft(model.draft, stats.draft_kept, stats.draft_gain)
        if stats.dropped_tokens:
            text = self.tr(
                "The text is longer than the model can read at once: it did not see the first {0} "
                "tokens."
            )
            self._status.say(text.format(number_text(stats.dropped_tokens)))

    def show_takes(self) -> None:
        """Show what can be done with the takes now."""
        session, table = self.session, self._actions
        beside, group = self._beside, session.group
        running = session.running or (beside is not None and beside.running)
        shown = group if group is not None and group.is_shown else None
        count = session.take_count if shown else 0
        self._page.write_bar.takes.show_take(shown.active + 1 if shown else 0, count)
        self._page.write_bar.show_running(running)
        is_scoring = self._scoring is not None and self._scoring.running
        can_stop = running or self._models.busy or self.passports.is_running or is_scoring
        table["stop"].setEnabled(can_stop)
        can_retry = group is not None or (beside is not None and beside.can_retry)
        table["retry"].setEnabled(can_retry)
        table["accept"].setEnabled(shown is not None and shown.take.finished)
        for name in ("take_before", "take_after"):
            table[name].setEnabled(session.take_count > 1)
