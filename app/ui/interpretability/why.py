"""Why this word: shows what a word could have been, and puts another in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu

from app.core.errors import LampblackError
from app.core.interpretability.why import ReadWord, WordChoice, fit
from app.core.provenance.spans import OriginSpans
from app.program import Program
from app.ui.actions import Actions
from app.ui.documents.controller import DocumentController
from app.ui.documents.display import DocumentDisplay
from app.ui.editor.editor import Editor
from app.ui.generation.prompt_maker import prompt_fields, stopping
from app.ui.interpretability.why_hover import WordHover
from app.ui.interpretability.why_lookup import WordLookup, WritesHere
from app.ui.interpretability.why_places import (
    Stretch,
    WordPlace,
    beside_comments,
    extended,
    stands_as_written,
    stretch_of,
    take_end,
)
from app.ui.interpretability.why_reading import REST
from app.ui.interpretability.why_replacing import WordReplacer
from app.ui.interpretability.why_words import fit_text
from app.ui.numbers import number_text
from app.ui.texts import model_title
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.interpretability.why_dialog import WhyDialog


class WhyController(QObject):
    """Opens the menu of a word at the caret or the mouse.

    `spans` gives where the parts of the page came from. `fitted` carries what is said of what
    follows a word that was replaced.
    """

    fitted = Signal(str)

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        display: DocumentDisplay,
        writing: WritesHere,
        spans: Callable[[], OriginSpans],
        status: StatusBar,
        actions: Actions,
    ) -> None:
        super().__init__(display.editor)
        self._program, self._documents = program, documents
        self._editor: Editor = display.editor
        self._writing, self._spans, self._status = writing, spans, status
        self.lookup = WordLookup(program, self._editor, writing)
        self.hover = WordHover(program, self._editor, writing, spans)
        self._replacer = WordReplacer(self._editor, writing, documents, spans)
        self._dialog: WhyDialog | None = None
        self._stretch: Stretch | None = None
        self._place: WordPlace | None = None
        self._words: tuple[ReadWord, ...] = ()
        self._at = 0
        self._caret = 0
        self._reads_rest = False
        self._asked = 0
        self._action = actions["why"]
        actions.connect_all({"why": lambda: self.open()})
        display.menu_opens.connect(self._add_to_page_menu)
        documents.leaving.connect(self.leave)

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes."""
        self.leave()
        self.lookup.close()
        self.hover.close()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is read."""
        return self.lookup.is_idle and self.hover.is_idle

    # The menu

    def open(self, position: int | None = None) -> WhyDialog | None:
        """Show the menu of the word at a position, or at the caret."""
        at = self._editor.caret if position is None else position
        reason = self._refusal()
        if reason:
            self._status.say(reason)
            return None
        stretch = stretch_of(self._editor.manuscript, self._spans(), at)
        if stretch is None:
            self._status.say(self.tr("There is no word here that the model reads."))
            return None
        from app.ui.interpretability.why_dialog import WhyDialog

        self._end_rest()
        self._caret = self._editor.caret
        dialog = self._dialog = WhyDialog(self._editor.window())
        dialog.may_change = not self._editor.isReadOnly()
        dialog.moved.connect(self._move)
        dialog.chosen.connect(self._choose)
        dialog.finished.connect(lambda _result: self._closed(dialog))
        show_dialog(dialog)
        self._read(stretch, at - stretch.start)
        self._place_beside(stretch)
        return dialog

    def _refusal(self) -> str:
        """Why no word can be looked at; empty where one can."""
        model = self._program.worker.model
        if model is None:
            return self.tr("Load a model first: it says what else a word could have been.")
        if model.server is not None:
            return self.tr(
                "Only a model on this machine says how likely its words were: this one is a"
                " server’s. Choose another model for this."
            )
        if model.labels:
            return self.tr("This model only sorts texts; it writes no words. Choose another model.")
        if self._editor.is_composing:
            return self.tr("Finish the word that is being typed, then go on.")
        if self._writing.session.running:
            return self.tr("The model is still writing. Esc stops it.")
        return ""

    def _read(self, stretch: Stretch, at: int) -> None:
        """Read a stretch, and then show its word at `at` units, from the end where negative."""
        assert self._dialog is not None
        self._stretch, self._place, self._words = stretch, None, ()
        self._dialog.show_reading()

        def then(place: WordPlace, words: tuple[ReadWord, ...]) -> None:
            self._place, self._words = place, words
            ends = [place.stretch.place(word)[1] - place.stretch.start for word in words]
            inside = (number for number, end in enumerate(ends) if at < end)
            self._at = len(words) - 1 if at < 0 else next(inside, len(words) - 1)
            self._show()

        def progress(share: float) -> None:
            if self._dialog is not None:
                self._dialog.show_reading(share)

        self.lookup.look(stretch, then, self._fail, progress)

    def _show(self) -> None:
        dialog, place = self._dialog, self._place
        if dialog is None or place is None:
            return
        if not self._words:
            dialog.show_trouble(self.tr("The model gave no numbers for this word."))
            return
        word = self._words[self._at]
        self._editor.setTextCursor(self._editor.cursor_at(*place.stretch.place(word)))
        self._editor.ensureCursorVisible()
        dialog.show_word(word, self._note(place))
        self._place_beside(place.stretch)

    def _note(self, place: WordPlace) -> str:
        """Which distribution is shown."""
        model = self._program.worker.model
        if place.kept is None:
            seen = self.tr("after what it would be given to read here now")
        else:
            seen = self.tr("after what it read when it wrote this")
        own = self.tr("The model’s own probabilities, {0}, before any sampling step.").format(seen)
        if place.kept is None or model is None or place.kept.record.model == model.path:
            return own
        other = self.tr("{0} wrote this; these are those of {1}.")
        return f"{own} {other.format(model_title(place.kept.record.model), model.name)}"

    def _fail(self, error: LampblackError) -> None:
        if self._dialog is not None and error.kind != "cancelled":
            self._dialog.show_trouble(str(error))

    def _place_beside(self, stretch: Stretch) -> None:
        if self._dialog is None:
            return
        editor = self._editor
        rect = editor.cursorRect(editor.cursor_at(stretch.start + len(stretch.text[:1])))
        rect.moveTopLeft(editor.viewport().mapToGlobal(rect.topLeft()))
        self._dialog.stand_beside(rect, editor.screen().availableGeometry())

    def _move(self, by: int) -> None:
        """Show the next word, or the one before."""
        stretch = self._stretch
        if stretch is None or self._dialog is None or not self.lookup.is_idle:
            return
        if 0 <= self._at + by < len(self._words):
            self._at += by
            self._show()
            return
        at = stretch.end if by > 0 else stretch.start - 1
        at = beside_comments(self._editor.manuscript, at, by)
        if not 0 <= at < len(self._editor.manuscript):
            return
        found = stretch_of(self._editor.manuscript, self._spans(), at, steps_back=False)
        if found is None or (found.start, found.end) == (stretch.start, stretch.end):
            return
        self._read(found, 0 if by > 0 else -1)

    def _closed(self, dialog: WhyDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None
            self.lookup.stop()
            self._editor.move_caret(self._caret)
            self._editor.setFocus()

    def stop(self) -> None:
        """Read nothing more of what was asked for."""
        self._asked += 1
        self._end_rest()
        self.lookup.stop()
        self.hover.stop()

    def leave(self) -> None:
        """Close the menu, which shows words of the page; what waits for it is not wanted."""
        self.stop()
        if self._dialog is not None:
            self._dialog.reject()

    def _add_to_page_menu(self, menu: QMenu, point: QPoint) -> None:
        """Offer it for the word at the mouse."""
        editor = self._editor
        item = menu.addAction(self._action.text().replace("…", "") + "…")
        item.setToolTip(self._action.toolTip())
        cursor = editor.cursorForPosition(point)
        position = editor.selection_of(cursor)[0]
        item.setEnabled(self._program.worker.model is not None and len(editor.manuscript) > 0)
        item.triggered.connect(lambda: self.open(position))

    # Replacing

    def _choose(self, choice: WordChoice, keeps: bool) -> None:
        """Put another word there, and go on from it or keep what follows."""
        place, dialog = self._place, self._dialog
        if place is None or dialog is None or self._writing.is_kept_busy():
            return
        word = self._words[self._at]
        self._dialog = None
        self.lookup.stop()
        dialog.accept()
        self._editor.setFocus()
        if keeps:
            self._keep(place, word, choice)
        else:
            self._go_on(place, word, choice)

    def _go_on(self, place: WordPlace, word: ReadWord, choice: WordChoice) -> None:
        start, _end = place.stretch.place(word)
        end = take_end(self._spans(), place.stretch, len(self._editor.manuscript))
        kept, manuscript = place.kept, self._editor.manuscript
        is_asked = kept is not None and bool(
            kept.record.instruction
        )  # of that the page has nothing
        if is_asked or stands_as_written(manuscript, place):
            begun = place.stretch.text[: word.start] + choice.text
            fields = extended(place.fields, begun)
            self._write(place, start, end, choice, self._repeated(fields))
            return
        prompts = self._writing.prompts
        sampling = self._writing.sampling()
        before, after = manuscript.readable(start) + choice.text, prompts.after(end)
        request = prompts.request(before, after, "", sampling)
        self._asked += 1
        number, whole = self._asked, manuscript.text()

        def begin() -> None:
            if number != self._asked:
                return
            if whole != manuscript.text():
                self._status.say(self.tr("The text was changed meanwhile: choose the word again."))
                return
            made = prompts.made(request, begin, failed)
            if made is not None:
                fields = {
                    **prompt_fields(made.prompt),
                    "sampling": stopping(sampling, request),
                    "n": 1,
                    "overflow": self._program.settings.prompt_overflow,
                }
                self._write(place, start, end, choice, fields)

        def failed(error: LampblackError) -> None:
            if number == self._asked:
                self._say_error(error)

        begin()

    def _repeated(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields of a take from before, for one take with a new seed."""
        from msgspec.structs import replace

        sampling = replace(fields["sampling"], seed=self._writing.sampling().seed)
        overflow = self._program.settings.prompt_overflow
        kept = ("prompt", "suffix", "messages")
        found: dict[str, Any] = {name: fields[name] for name in kept if name in fields}
        return {**found, "sampling": sampling, "n": 1, "overflow": overflow}

    def _write(
        self, place: WordPlace, start: int, end: int, choice: WordChoice, fields: dict[str, Any]
    ) -> None:
        if self._refusal():
            self._status.say(self._refusal())
            return
        if self._writing.is_kept_busy():  # by what was asked for while the prompt was made
            return
        self._replacer.go_on(place, start, end, choice.text, fields)

    def _keep(self, place: WordPlace, word: ReadWord, choice: WordChoice) -> None:
        start, end = place.stretch.place(word)
        rest = self._replacer.keep(start, end, choice.text, REST)
        if not rest.strip():
            self._status.say(self.tr("Replaced. Nothing follows that could fit or not."))
            return
        reads = extended(place.reads, place.stretch.text[: word.start])
        words = (place.stretch.text[word.start : word.end], choice.text)
        self._reads_rest = True
        self._show_progress(0.0)
        self.lookup.reader.rest(
            reads, words, rest, self._tell_fit, self._say_error, self._show_progress
        )

    def _show_progress(self, share: float) -> None:
        percent = number_text(round(100 * share))
        self._status.show_progress(
            lambda: self.tr("Reading what follows: {0} %").format(percent), share
        )

    def _end_rest(self) -> None:
        """What follows a word is read no more."""
        if self._reads_rest:
            self._reads_rest = False
            self._status.show_progress("", None)

    def _tell_fit(self, found: tuple[float, float]) -> None:
        self._end_rest()
        before, after = found
        said = fit_text(fit(before, after), before, after)
        self._status.say(said)
        self.fitted.emit(said)

    def _say_error(self, error: LampblackError) -> None:
        self._end_rest()
        if error.kind != "cancelled":
            self._status.say(str(error))
