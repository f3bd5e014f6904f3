"""What drove a sentence, in the window: which one, from which prompt, and the marks on the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QMainWindow, QMenu

from app.core.context.composition import ComposedPrompt
from app.core.documents.comments import without_comments
from app.core.errors import LampblackError
from app.core.interpretability.influence import Reading
from app.core.interpretability.influence_parts import (
    InfluenceKind,
    PromptPart,
    composed_parts,
    places_of,
    sent_parts,
)
from app.core.options.sampling import Sampling
from app.core.store.takes.kept import KeptTake
from app.engine.messages import ModelInfo
from app.program import Program
from app.tasks.cutting import sentence_at
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.documents.display import DocumentDisplay
from app.ui.editor.manuscript import Change, units
from app.ui.generation.prompt_maker import PromptMaker
from app.ui.generation.requests import begun_in, fields_from
from app.ui.generation.take_log import TakeLog
from app.ui.generation.token_counts import PromptReading
from app.ui.interpretability.why_places import without_begun
from app.ui.takes.anchors import Anchor, PlaceAnchors
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.status_bar import StatusBar
from app.ui.widgets.theme import Theme

if TYPE_CHECKING:
    from app.ui.interpretability.influence_dialog import InfluenceDialog
    from app.ui.interpretability.influence_run import InfluenceRun

_SPACES = " \t"


_NOTHING = ComposedPrompt()


class _AskedSentence(msgspec.Struct, frozen=True):
    """A sentence of the page: where it stands, and its text as a model reads it."""

    start: int
    end: int
    text: str


class InfluenceController(QObject):
    """Opens the window for the sentence at the caret, or for the selection.

    `open_memory` shows the memory. Nothing of it goes to a server: it needs a model of this
    machine.
    """

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        display: DocumentDisplay,
        prompts: PromptMaker,
        anchors: PlaceAnchors,
        take_log: TakeLog,
        sampling: Callable[[], Sampling],
        open_memory: Callable[[], object],
        status: StatusBar,
        actions: Actions,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._program, self._editor = program, display.editor
        self._prompts, self._anchors, self._log = prompts, anchors, take_log
        self._sampling, self._open_memory = sampling, open_memory
        self._status, self._actions, self._window = status, actions, window
        self._tasks = BackgroundTasks(documents.failed.emit, self)
        self._last = 0
        self._runs: list[InfluenceRun] = []
        self._place: tuple[int, int] | None = None
        self.dialog: InfluenceDialog | None = None
        self._editor.changed.connect(lambda change, _source: self._carry(change))
        documents.replaced.connect(self.close_dialog)
        display.menu_opens.connect(self._add_to_page_menu)
        actions.connect_all({"influence": self.open})
        on_theme_change(self._show_mark)

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes."""
        self.close_dialog()
        self._tasks.close()
        for run in self._runs:
            run.wait()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being looked for."""
        return self._tasks.is_idle

    def open(self) -> None:
        """Find out what drove the sentence."""
        model, asked = self._program.worker.model, self._sentence()
        if model is None:
            self._status.say(self.tr("Load a model first: it is what the sentence is scored with."))
        elif model.server is not None:
            self._status.say(
                self.tr("A server cannot say what drove a sentence. Load a model of this machine.")
            )
        elif model.labels:
            self._status.say(self.tr("This model only sorts texts; it cannot score a sentence."))
        elif not asked.text.strip():
            self._status.say(self.tr("Put the cursor into a sentence, or select one."))
        else:
            self._last += 1
            self._look_for_take(self._last, model, asked)

    def close_dialog(self) -> None:
        """Close the window; what it waits for is no longer wanted."""
        self._last += 1
        if self.dialog is not None:
            self.dialog.reject()

    # Which sentence

    def _sentence(self) -> _AskedSentence:
        """The selection, or the sentence of the caret, without the spaces at both ends."""
        manuscript = self._editor.manuscript
        start, end = self._editor.selection
        if start == end:
            line, stop = manuscript.line_start(start), manuscript.line_end(start)
            text = manuscript.text(line, stop)
            first, last = sentence_at(text, len(manuscript.text(line, start)))
            start, end = line + units(text[:first]), line + units(text[:last])
        start, end = manuscript.outside_comments(start, end)
        text = manuscript.text(start, end)
        start += units(text) - units(text.lstrip())
        text = text.strip()
        return _AskedSentence(start, start + units(text), without_comments(text))

    def _stands(self, asked: _AskedSentence) -> bool:
        """Whether the sentence is still where it was, which is said if not."""
        text = without_comments(self._editor.manuscript.text(asked.start, asked.end))
        if text != asked.text:
            self._status.say(self.tr("Put the cursor into a sentence, or select one."))
        return text == asked.text

    # Which prompt

    def _look_for_take(self, number: int, model: ModelInfo, asked: _AskedSentence) -> None:
        anchor = next(
            (
                one
                for one in self._anchors.all
                if one.take and one.start <= asked.start and asked.end <= one.stop
            ),
            None,
        )
        if anchor is None:
            self._compose(number, model, asked)
            return
        kept_takes, key = self._program.store.kept_takes, anchor.take

        def work() -> tuple[KeptTake | None, str]:
            self._log.wait()
            take = kept_takes.by_key(key)
            return take, kept_takes.request(take.request) if take is not None else ""

        self._tasks.run(work, partial(self._use_take, number, model, asked, anchor))

    def _use_take(
        self,
        number: int,
        model: ModelInfo,
        asked: _AskedSentence,
        anchor: Anchor,
        found: tuple[KeptTake | None, str],
    ) -> None:
        take, kept = found
        if number != self._last or not self._stands(asked):
            return
        wanted = len(self._editor.manuscript.text(anchor.start, asked.start))
        at = _nearest(take.record.text, asked.text, wanted) if take is not None else -1
        fields = fields_of(kept)
        if take is None or at < 0 or fields is None:
            self._compose(number, model, asked)
            return
        page = self._editor.manuscript.text(0, asked.start)
        begun = take.record.text[:at]
        turns = [(turn.role, turn.content) for turn in fields.get("messages", ())]
        prompt = ""
        if turns:
            begun = begun.lstrip() if turns[-1][0] != "assistant" else begun
            if begun:
                turns.append(("assistant", begun.rstrip(_SPACES)))
        else:
            joined = str(fields.get("prompt", "")) + self._gap(anchor, take.record.text) + begun
            prompt, begun = joined.rstrip(_SPACES), joined
        gap = begun[len(begun.rstrip(_SPACES)) :]
        parts = sent_parts(prompt, turns, self._prompts.story(), page)
        is_other = take.record.model != model.path
        self._show(model, asked, parts, gap, from_take=True, is_other_model=is_other)

    def _gap(self, anchor: Anchor, text: str) -> str:
        """The space before a take that its prompt was sent without."""
        before = self._editor.manuscript.text(max(0, anchor.start - 1), anchor.start)
        return before if before in _SPACES and not text[:1].isspace() else ""

    def _compose(self, number: int, model: ModelInfo, asked: _AskedSentence) -> None:
        """What the model would read now to write the sentence."""
        if number != self._last or not self._stands(asked):
            return
        before = self._editor.manuscript.readable(asked.start)
        sampling = msgspec.structs.replace(self._sampling(), max_tokens=-1)
        request = self._prompts.request(before, self._prompts.after(asked.end), "", sampling)
        if request.fills:  # what follows is read in a form of its own, for which there is no score
            request = msgspec.structs.replace(request, fills=False, after="")
        again = partial(self._compose, number, model, asked)
        made = self._prompts.made(request, again, self._fail)
        if made is not None:
            gap = before[len(before.rstrip(_SPACES)) :]
            self._show(model, asked, composed_parts(made), gap)

    def _fail(self, error: LampblackError) -> None:
        self._status.say(str(error))

    # What is shown

    def _show(
        self,
        model: ModelInfo,
        asked: _AskedSentence,
        parts: tuple[PromptPart, ...],
        gap: str,
        *,
        from_take: bool = False,
        is_other_model: bool = False,
    ) -> None:
        from app.ui.interpretability.influence_dialog import InfluenceDialog
        from app.ui.interpretability.influence_run import InfluenceQuestion, InfluenceRun

        page = self._editor.manuscript.text(0, asked.start)
        places = tuple(
            _in_units(place, page) if place is not None else None
            for place in places_of(parts, page, len(page))
        )
        question = InfluenceQuestion(
            sentence=asked.text,
            text=gap + asked.text,
            parts=parts,
            places=places,
            from_take=from_take,
            is_other_model=is_other_model,
        )
        self.close_dialog()
        self._runs = [run for run in self._runs if not run.is_over]
        run = InfluenceRun(self._program.worker.shared, model, self._window)
        self._runs.append(run)
        worker = self._program.worker
        self.dialog = dialog = InfluenceDialog(
            question, run, self._foresee, lambda: worker.model is model, self._window
        )
        dialog.marked.connect(self._mark)
        dialog.opened.connect(self._go_to)
        dialog.finished.connect(lambda _code: self._forget(dialog))
        dialog.show()

    def _forget(self, dialog: InfluenceDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _foresee(self, reading: Reading) -> float | None:
        prompt = PromptReading(reading.tokens, reading.known, 0, _NOTHING)
        return self._prompts.wait(prompt)

    def _carry(self, change: Change) -> None:
        if self.dialog is not None:
            self.dialog.carry(change)

    def _mark(self, place: tuple[int, int] | None) -> None:
        """Mark a part on the page, and bring it into view; the caret stays."""
        is_new = place != self._place
        self._place = place
        self._show_mark()
        if place is not None and is_new:
            self._editor.view.bring(place[0])

    def _show_mark(self) -> None:
        theme, form = Theme.current(), QTextCharFormat()
        form.setBackground(theme.found_tint)
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
        form.setUnderlineColor(theme.edge)
        layers = self._editor.layers
        place = self._place
        spans = layers.lines(self._editor.cursor_at(*place)) if place is not None else []
        layers.put("influence", spans, form)

    def _go_to(self, place: tuple[int, int] | None, kind: InfluenceKind) -> None:
        if place is not None:
            self._editor.move_caret(place[0])
            self._editor.setFocus()
        elif kind in ("memory", "lore", "note"):
            self._open_memory()
        self._window.activateWindow()

    def _add_to_page_menu(self, menu: QMenu, _place: QPoint) -> None:
        """Offer it in the page's menu."""
        menu.addSeparator()
        menu.addAction(self._actions["influence"])


def fields_of(kept: str) -> dict[str, Any] | None:
    """What a take's model read before all of its text; None where that cannot be scored again.

    What stood behind it is read in a form of its own, for which there is no score.
    """
    try:
        fields = without_begun(fields_from(kept), begun_in(kept))
    except ValueError:
        return None
    return fields if fields.get("suffix") is None else None


def _nearest(text: str, sought: str, wanted: int) -> int:
    """Where in `text` is what is sought that is nearest to a place; -1 if it is nowhere."""
    before, after = text.rfind(sought, 0, wanted + len(sought)), text.find(sought, wanted)
    found = [place for place in (before, after) if place >= 0]
    return min(found, key=lambda place: abs(place - wanted), default=-1)


def _in_units(place: tuple[int, int], text: str) -> tuple[int, int]:
    """A range of a text's characters in UTF-16 units."""
    start = units(text[: place[0]])
    return start, start + units(text[place[0] : place[1]])
