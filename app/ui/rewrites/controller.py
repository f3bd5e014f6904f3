"""Rewrites in the window: offers the actions, runs one at a time, and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from app.core.documents.prompts import DEFAULT_SYSTEM
from app.core.errors import error_from
from app.core.rewrites.cleaning import CleanedAnswer
from app.core.rewrites.fitness import obstacle, uses_template
from app.core.rewrites.table import Rewrite
from app.engine.messages import Done, Failed, Prefill, Tokens
from app.program import Program
from app.ui.bridge import Bridge
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change
from app.ui.numbers import number_text
from app.ui.rewrites.answer_places import AnswerPlace, AnswerPlaces, WrittenAnswer
from app.ui.rewrites.keeping import RewriteLog
from app.ui.rewrites.offers import RewriteOffers, Writing
from app.ui.rewrites.rewriting import PassagePart, Rewriting, whole_part
from app.ui.rewrites.words import outcome_text, taken_off_text
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.rewrites.notes import NotesPage
    from app.ui.rewrites.palette import RewritePalette


class RewriteController(QObject):
    """Runs the actions on the selection.

    `proposals` opens tracked changes, `language` gives the document's as a code, `memory` what the
    writer wants the model always to know, `show_notes` brings the page of notes to the front.
    `about_to_write` carries the Cause of the version that is kept before; `moved` says that a
    rewrite began or ended.
    """

    about_to_write = Signal(str)
    moved = Signal()

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        writing: Writing,
        banners: BannerArea,
        status: StatusBar,
        proposals: AnswerPlaces,
        language: Callable[[], str],
        show_notes: Callable[[QWidget], object],
        bridge: Bridge,
    ) -> None:
        super().__init__(editor)
        self._program, self._documents, self._editor = program, documents, editor
        self._session, self._gate, self._loader = writing.session, writing.gate, writing.loader
        self._passport = writing.passport
        self._banners, self._status = banners, status
        self._proposals, self._show_notes = proposals, show_notes
        self.offers = RewriteOffers(
            program, editor, writing, lambda: self._running is not None, banners, language
        )
        self._log = RewriteLog(program.store)
        self.memory: Callable[[], str] = str
        self._doubted: set[tuple[str, str]] = set()
        self._running: Rewriting | None = None
        self._last: Rewriting | None = None
        self._is_waiting = False
        self._taken_off: list[CleanedAnswer] = []
        editor.changed.connect(self._follow)
        documents.leaving.connect(self._leave)
        documents.replaced.connect(self._forget)
        self._gate.allowed.connect(self.begin_waiting)
        self._gate.refused.connect(self.drop_waiting)
        self._gate.revoked.connect(self.stop)
        self._loader.leaving.connect(self.stop)
        bridge.subscribe(self._on_event, Prefill, Tokens, Done, Failed)

    @cached_property
    def notes(self) -> NotesPage:
        """The page of notes, made with the first one."""
        from app.ui.rewrites.notes import NotesPage

        page = NotesPage()
        page.insert_asked.connect(self._insert)
        page.passage_asked.connect(self._go_to)
        return page

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes: keep what is written, and end the thread that keeps it."""
        self.stop()
        if self._running is not None:
            self._end("cancelled")
        self._log.close()

    @property
    def running(self) -> bool:
        """Whether an answer is written or waited for."""
        return self._running is not None and not self._running.stopped

    @property
    def can_retry(self) -> bool:
        """Whether the last answer can be asked for again."""
        return self._last is not None and self._running is None

    # What is offered

    def open_palette(self, action: Rewrite | None = None, instruction: str = "") -> RewritePalette:
        """Show every action; with one, that is selected."""
        from app.ui.rewrites.palette import RewritePalette

        offers = self.offers
        palette = RewritePalette(offers.all(), offers.offer, self._editor.window())
        if action is not None:
            palette.begin_with(action, instruction)
        palette.chosen.connect(self._start_told)
        show_dialog(palette)
        return palette

    def ask(self, action: Rewrite) -> None:
        """Start an action, after the palette has asked or said what is to be asked or said."""
        offer = self.offers.offer(action)
        model = self._program.worker.model
        is_told = model is not None and (model.path, action.id) in self._doubted
        if action.asks or offer.obstacle or (offer.doubts and not is_told):
            self.open_palette(action)
        else:
            self.start(action)

    def taken_off_words(self) -> str:
        """What was taken off around the last answer."""
        parts = [part for found in self._taken_off for part in found.taken_off]
        return "\n\n".join(map(taken_off_text, parts))

    def show_taken_off(self) -> None:
        """Show it."""
        words = self.taken_off_words()
        box = QMessageBox(self._editor.window())
        box.setWindowTitle(self.tr("Taken Off"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(
            self.tr("This stood around the last answer and was taken off:")
            if words
            else self.tr("Nothing was taken off around the last answer.")
        )
        box.setInformativeText(words)
        for label in box.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)
        box.exec()

    # Running

    def start(self, action: Rewrite, instruction: str = "") -> None:
        """Have the model do an action with the selection."""
        if reason := self.offers.refusal():
            self._status.say(reason)
            return
        start, end = self._editor.selection
        parts = whole_part(start, self._editor.manuscript.text(start, end))
        self._begin(Rewriting(action, instruction, parts, self._opened))

    def retry(self) -> None:
        """Take the last answer away, and ask for another one."""
        last = self._last
        if last is None or self._running is not None:
            return
        for part in last.parts:
            if part.place is not None:
                part.place.abandon()
        if not last.stands(self._editor.manuscript):
            self._last = None
            self._status.say(self.tr("The passage has changed since: select it again."))
            self.moved.emit()
            return
        parts = [PassagePart(part.start, part.end, part.text, part.gap) for part in last.parts]
        self._begin(Rewriting(last.action, last.instruction, parts, self._opened))

    def stop(self) -> None:
        """Stop the model; what came stays."""
        running = self._running
        if running is None or running.stopped:
            return
        running.stopped = True
        if running.job:
            self._program.worker.cancel(running.job)
        elif self._is_waiting:
            self._gate.cancel()
            self._end("cancelled")
        self.moved.emit()

    def begin_waiting(self) -> None:
        """The model is there, and what is asked may go out: ask it."""
        running, model = self._running, self._program.worker.model
        if running is None or not self._is_waiting or model is None:
            return
        running.chat = uses_template(model.has_chat_template, self._passport())
        running.model = model.name
        reason = obstacle(
            running.action, model.name, has_template=running.chat, target=running.instruction
        )
        if reason:
            self._banners.say(reason)
            self.drop_waiting()
            return
        system = self._program.settings.system_prompt or DEFAULT_SYSTEM
        fields = running.fields(self._editor.manuscript, model, system)
        text = self._editor.manuscript.text
        around = text(0, running.part.start), text(running.part.end)
        admitted = self._gate.admit(fields, around)
        if admitted is not None:
            self._is_waiting = False
            running.job = self._program.worker.generate(**admitted)
            if running.action.goes == "change":
                running.open()

    def _begin(self, rewriting: Rewriting) -> None:
        self._session.accept()
        self._banners.clear("error")
        if rewriting.action.goes == "after":
            self.about_to_write.emit("generation")
        self._running, self._last = rewriting, None
        rewriting.language = self.offers.language_of(rewriting.original)
        rewriting.memory = self.memory()
        self._ask_for_part()
        self.moved.emit()

    def _ask_for_part(self) -> None:
        self._is_waiting = True
        if self._loader.prepare():
            self.begin_waiting()

    def drop_waiting(self) -> None:
        """No model came, or nothing may go out: nothing comes of it."""
        if self._running is not None and self._is_waiting:
            self._running.stopped = True
            self._end("cancelled")

    # The model's events

    def _on_event(self, event: Prefill | Tokens | Done | Failed) -> None:
        running = self._running
        if running is None or not running.job or event.job != running.job:
            return
        if isinstance(event, Prefill):
            self._show_progress(event.done / max(1, event.total))
        elif isinstance(event, Tokens):
            running.add(event.text)
        elif isinstance(event, Done):
            reason = event.takes[0].finish_reason if event.takes else "stop"
            running.seed = event.seed if len(running.parts) > 1 else None
            self._end(reason)
        else:
            if event.kind != "cancelled":
                self._banners.say(str(error_from(event.kind, event.message, event.hint)))
                running.stopped = True
            self._end("cancelled")

    def _show_progress(self, share: float) -> None:
        running = self._running
        assert running is not None
        percent = number_text(round(100 * share))
        self._status.show_progress(
            lambda: self.tr("Reading your text: {0} %").format(percent), share
        )

    def _end(self, reason: str) -> None:
        """The part's answer is over."""
        running = self._running
        assert running is not None
        running.job, self._is_waiting = 0, False
        running.end(reason)
        self._log.record(running, self._origin(), reason, self._program.worker.model)
        self._status.show_progress("", None)
        self._finish(running)

    def _finish(self, running: Rewriting) -> None:
        self._running, self._last = None, running
        self._taken_off = running.taken_off
        said = "" if running.stopped else outcome_text(running.part.outcome)
        if said:
            self._status.say(said)
        elif running.taken_off and running.action.goes == "change":
            self._status.say(self.tr("What stood around the answer was taken off."))
        self.moved.emit()

    def _opened(self, part: PassagePart) -> AnswerPlace:
        """What the answer to a part goes into."""
        running = self._running
        assert running is not None
        if running.action.goes == "note":
            from app.ui.rewrites.notes import Note, NoteAnswer

            note = Note(running.action, running.original, running.model)
            self._show_notes(self.notes)
            return NoteAnswer(self.notes, note)
        if running.action.goes == "after":
            return WrittenAnswer(self._editor, part.end, _lead(part.text))
        return self._proposals.begin(part.start, part.end, running.model)

    # Inside

    def _start_told(self, action: Rewrite, instruction: str) -> None:
        model = self._program.worker.model
        if model is not None:
            self._doubted.add((model.path, action.id))
        self.start(action, instruction)

    def _origin(self) -> tuple[str, str]:
        return self._documents.journal, str(self._documents.path or "")

    def _follow(self, change: Change, _source: Source) -> None:
        for rewriting in {id(one): one for one in (self._running, self._last) if one}.values():
            rewriting.follow(change)

    def _leave(self) -> None:
        self.stop()
        if self._running is not None:
            self._running.job = 0
            self._end("cancelled")

    def _forget(self) -> None:
        self._last = None
        if "notes" in vars(self):
            self.notes.clear()
        self.moved.emit()

    def _insert(self, text: str) -> None:
        if not self._editor.isReadOnly():
            self._editor.insert_plain(text)
            self._editor.setFocus()

    def _go_to(self, start: int, end: int) -> None:
        self._editor.setTextCursor(self._editor.cursor_at(start, end))
        self._editor.ensureCursorVisible()
        self._editor.setFocus()


def _lead(before: str) -> str:
    """What stands between a passage and what goes on after it."""
    last = before[-1:]
    return "" if not last or last.isspace() or ord(last) >= 0x2E80 else " "
