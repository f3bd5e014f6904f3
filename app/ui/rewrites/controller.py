"""Rewrites in the window: offers the actions, runs one at a time, and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.documents.comments import without_comments
from app.core.documents.prompts import DEFAULT_SYSTEM, latest
from app.core.errors import error_from
from app.core.rewrites.asking import room
from app.core.rewrites.cleaning import CleanedAnswer, TakenOff
from app.core.rewrites.fitness import obstacle, uses_template
from app.core.rewrites.table import REWRITES, SUMMARISE, Rewrite
from app.engine.messages import Done, Failed, Prefill, Tokens
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change, units
from app.ui.numbers import number_text
from app.ui.rewrites.answer_places import AnswerPlace, AnswerPlaces, WrittenAnswer
from app.ui.rewrites.keeping import RewriteLog
from app.ui.rewrites.offers import ModelAccess, RewriteOffers
from app.ui.rewrites.rewriting import PassagePart, Rewriting, lead_after, passage_parts
from app.ui.rewrites.words import outcome_text
from app.ui.texts import left_text
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.rewrites.book_text import BookText
    from app.ui.rewrites.digests import Digests
    from app.ui.rewrites.notes import Note, NotesPage
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
        writing: ModelAccess,
        banners: BannerArea,
        status: StatusBar,
        proposals: AnswerPlaces,
        language: Callable[[], str],
        show_notes: Callable[[QWidget], object],
        bridge: Bridge,
    ) -> None:
        super().__init__(editor)
        self._program, self._documents, self._editor = program, documents, editor
        self._session, self._gate = writing.session, writing.gate
        self._loader, self._passport = writing.loader, writing.passport
        self._banners, self._status = banners, status
        self._proposals, self._show_notes = proposals, show_notes
        self.offers = RewriteOffers(
            program, editor, writing, lambda: self._running is not None, banners, language
        )
        self._log = RewriteLog(program.store)
        self._background = BackgroundTasks(documents.failed.emit, self)
        self.memory: Callable[[], str] = str
        self._doubted: set[tuple[str, str]] = set()
        self._running: Rewriting | None = None
        self._last: Rewriting | None = None
        self._base: Rewriting | None = None  # what the last action began with
        self._asked: tuple[Rewrite, str] = (REWRITES[0], "")
        self._note: Note | None = None
        self._is_waiting = False
        self._taken_off: list[CleanedAnswer] = []
        editor.changed.connect(self._follow)
        documents.leaving.connect(self.end)
        documents.replaced.connect(self._forget)
        self._gate.allowed.connect(self.begin_waiting)
        self._gate.refused.connect(self.drop_waiting)
        for over in (self._gate.revoked, self._loader.leaving):
            over.connect(self.stop)
        bridge.subscribe(self._on_event, Prefill, Tokens, Done, Failed)

    @cached_property
    def notes(self) -> NotesPage:
        """The page of notes, made with the first one."""
        from app.ui.rewrites.notes import NotesPage

        return NotesPage()

    @cached_property
    def digests(self) -> Digests:
        """What notes are made with."""
        from app.ui.rewrites.digests import Digests

        return Digests(self.notes, self._begin, self._background)

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes: keep what is written, and end the thread that keeps it."""
        self.end()
        self._log.close()
        self._background.close()

    @property
    def running(self) -> bool:
        """Whether an answer is written or waited for."""
        return self._running is not None and not self._running.stopped

    @property
    def is_settled(self) -> bool:
        """Whether nothing more comes, also of what was stopped, and all of it is kept."""
        return self._running is None and self._log.is_idle

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

    @property
    def taken_off(self) -> tuple[TakenOff, ...]:
        """What was taken off around the last answer."""
        return tuple(part for found in self._taken_off for part in found.taken_off)

    # Running

    def start(self, action: Rewrite, instruction: str = "") -> None:
        """Have the model do an action with the selection."""
        if reason := self.offers.refusal():
            self._status.say(reason)
            return
        start, end = self._editor.manuscript.outside_comments(*self._editor.selection)
        self._run(action, instruction, start, self._editor.manuscript.text(start, end))

    def retry(self) -> None:
        """Take the last answer away, and ask for another one."""
        last = self._last
        if last is None or self._running is not None:
            return
        for part in last.parts if last.action.goes != "note" else ():
            if part.place is not None:
                part.place.abandon()
        if not last.stands(self._editor.manuscript):
            self._last = None
            self._status.say(self.tr("The passage has changed since: select it again."))
            self.moved.emit()
            return
        self._run(*self._asked, last.parts[0].start, last.original)

    def _run(self, action: Rewrite, instruction: str, start: int, text: str) -> None:
        """Ask for an action on the text that stands at `start`, in parts where it is long."""
        model = self._program.worker.model
        context, self._asked = model.context if model is not None else 0, (action, instruction)
        limit = room(action, context)
        if action.goes_on:
            tail = latest(text.rstrip(), 2 * limit)
            end = start + units(text.rstrip())
            start, end = self._editor.manuscript.outside_comments(end - units(tail), end)
            text, limit = self._editor.manuscript.text(start, end), 2 * len(tail) + 1
        parts = passage_parts(start, text, limit)
        if action.goes_on:
            parts = parts[-1:]  # what stands before it goes along
        if not parts:
            self._status.say(self.tr("There is nothing but comments in the selection."))
            return
        self._note = None
        if action.goes == "note":
            first, self._note = self.digests.first(action, instruction, parts, context)
            self._show_notes(self.notes)
        else:
            first = Rewriting(action, instruction, parts, self._opened)
        self._start_first(first, text)

    def summarise(self, texts: BookText) -> None:
        """Summarise texts that need not be on the page, in parts, into a note."""
        model, action = self._program.worker.model, SUMMARISE
        context = model.context if model is not None else 0
        parts = texts.parts(room(action, context))
        first, self._note = self.digests.first(action, "", parts, context)
        texts.mark(self._note)
        first.on_page, first.sources = False, texts.sources
        self._show_notes(self.notes)
        self._start_first(first, texts.text)

    def _start_first(self, first: Rewriting, text: str) -> None:
        self._base = first
        self._last = None
        self._session.accept()
        self._banners.clear("error")
        if first.action.goes == "after":
            self.about_to_write.emit("generation")
        first.language = self.offers.language_of(text)
        first.memory = without_comments(self.memory())
        self._begin(first)

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

    def end(self) -> None:
        """Stop, with what came until now as the whole answer."""
        self.stop()
        if self._running is not None:
            self._end("cancelled")

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
        borders = running.borders(self._editor.manuscript)
        admitted = self._gate.admit(fields, *borders, sources=running.sources)
        if admitted is not None:
            self._is_waiting = False
            running.job = self._program.worker.generate(**admitted)
            self._show_part(running)
            if running.action.goes == "change":
                running.open()
                if not running.at:  # what is selected hides the marks of the changes
                    self._editor.setTextCursor(self._editor.cursor_at(running.part.start))

    def _begin(self, rewriting: Rewriting) -> None:
        self._running = rewriting
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
        """How much of the prompt is read; of a passage in parts, how far it is."""
        running = self._running
        assert running is not None
        if len(running.parts) == 1:
            percent = number_text(round(100 * share))
            self._status.show_progress(
                lambda: self.tr("Reading your text: {0} %").format(percent), share
            )

    def _show_part(self, running: Rewriting) -> None:
        """Which part is worked, and how long the others will take."""
        count = len(running.parts)
        if count > 1:
            words = self.tr("Part {0} of {1}").format(running.at + 1, count)
            left = "" if running.left_s is None else f" · {left_text(running.left_s)}"
            self._status.show_progress(words + left, running.at / count)

    def _end(self, reason: str) -> None:
        """The part's answer is over: ask for the next part, or for what comes after the last."""
        running = self._running
        assert running is not None
        running.job, self._is_waiting = 0, False
        running.end(reason)
        self._log.record(running, self._origin(), reason, self._program.worker.model)
        self._status.show_progress("", None)
        then = running.then if any(part.answer for part in running.parts) else None
        if running.is_last and then is not None and not running.stopped:
            then()
        elif running.is_last or running.stopped:
            self._finish(running)
        else:
            running.at += 1
            self._ask_for_part()

    def _finish(self, running: Rewriting) -> None:
        base = self._base
        self._running, self._last = None, base if base is not None and base.on_page else None
        self._taken_off = running.taken_off
        is_half_note = running.action.goes == "note" and running.part.outcome == "half"
        said = "" if running.stopped or is_half_note else outcome_text(running.part.outcome)
        if said:
            self._status.say(said)
        elif running.stopped and len(running.parts) > 1:
            done = self.tr("Stopped at part {0} of {1}; what is done stays.")
            self._status.say(done.format(running.at + 1, len(running.parts)))
        elif running.taken_off and running.action.goes == "change":
            self._status.say(self.tr("What stood around the answer was taken off."))
        note = self._note
        if note is not None and note.text and base is not None and note.action.id == "summarise":
            self.digests.link(note, 0 if note.files else base.parts[0].start)
        self.moved.emit()

    def _opened(self, part: PassagePart) -> AnswerPlace:
        """What the answer to a part goes into."""
        running = self._running
        assert running is not None
        if running.action.goes == "after":
            return WrittenAnswer(self._editor, part.end, lead_after(part.text))
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
        for one in {id(one): one for one in (self._running, self._base) if one}.values():
            one.follow(change)
        if "notes" in vars(self):
            self.notes.carry(change)

    def _forget(self) -> None:
        self._last = self._base = self._note = None
        if "notes" in vars(self):
            self.notes.clear()
        self.moved.emit()
