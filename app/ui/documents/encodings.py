"""What the window says about a file's encoding, and Open As…, which changes it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from app.core.errors import DocumentError, LampblackError
from app.program import Program
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.numbers import number_text
from app.ui.questions import Questions
from app.ui.sentences import Words, encoding_text
from app.ui.texts import list_text
from app.ui.widgets.banner import Banner, BannerArea, Choices
from app.ui.widgets.controls import show_dialog

if TYPE_CHECKING:
    from app.core.documents.encodings import Damage
    from app.ui.documents.open_as_dialog import OpenAsDialog

_LINES = 8  # named in a sentence
_MOST_MARKS = 2000


class Encodings(QObject):
    """Says in banners what was guessed or is damaged, and shows the dialog."""

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        banners: BannerArea,
        questions: Questions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._program, self._documents, self._editor = program, documents, editor
        self._banners, self._questions = banners, questions
        self._shown: list[Banner] = []
        self.dialog: OpenAsDialog | None = None
        documents.leaving.connect(self._clear)
        documents.replaced.connect(self._tell_guess)
        documents.damaged.connect(self._offer_copy)
        documents.copied.connect(self._tell_damage)
        documents.outside.connect(self._mark)

    def open_as(self, path: Path | None = None) -> None:
        """Show the dialog for `path`, or the open file, or one that is asked for."""
        from app.ui.documents.open_as_dialog import OpenAsDialog

        path = path or self._documents.path or self._questions.open_path(Path.home())
        if path is None:
            return
        is_open = path == self._documents.path
        try:
            former = self._program.store.former_files(str(path.absolute()))
            encoding = self._documents.document.encoding if is_open else ""
            self.dialog = OpenAsDialog(path, encoding, former, self._window)
        except LampblackError as error:
            self._documents.failed.emit(error)
            return
        self.dialog.destroyed.connect(self._forget)
        self.dialog.chosen.connect(partial(self._documents.open_path, path))
        show_dialog(self.dialog)

    def _forget(self) -> None:
        self.dialog = None

    def _say(self, words: Words, choices: Choices = dict) -> None:
        banner = self._banners.say(words, "notice", choices)
        banner.dismissed.connect(lambda: self._shown.clear())
        self._shown = [banner]

    def _clear(self) -> None:
        for banner in tuple(self._shown):
            banner.dismiss()

    def _tell_guess(self) -> None:
        document = self._documents.document
        if document.guessed:
            from app.core.documents.encodings import name_of

            self._clear()
            name, encoding = self._documents.name, name_of(document.encoding)
            self._say(
                lambda: self.tr(
                    "{0} does not say what encoding it is in. It was read as {1}."
                ).format(name, encoding_text(encoding)),
                lambda: {self.tr("Open As…"): partial(self.open_as, document.path)},
            )

    def _offer_copy(self, error: DocumentError, path: Path) -> None:
        self._banners.say(
            str(error),
            choices=lambda: {
                self.tr("Open a Copy"): partial(self._documents.open_copy, path),
                self.tr("Open As…"): partial(self.open_as, path),
            },
        )

    def _tell_damage(self, path: Path, damage: Damage) -> None:
        def said() -> str:
            lines = list_text(number_text(line) for line in damage.lines[:_LINES])
            more = "…" if len(damage.lines) > _LINES else ""
            words = self.tr(
                "This is a copy of {0}, which was left alone. Damaged places, each marked with "
                "�: {1} (line {2})."
            )
            return words.format(path.name, number_text(damage.places), lines + more)

        self._say(said)

    def _mark(self, letters: frozenset[str]) -> None:
        """Mark every letter of `letters` on the page, and select the first."""
        text = self._editor.manuscript.text()
        pattern = re.compile("|".join(map(re.escape, sorted(letters, key=len, reverse=True))))
        cursors: list[QTextCursor] = []
        position = before = 0
        for match in pattern.finditer(text):
            position += units(text[before : match.start()])
            length = units(match[0])
            cursors.append(self._editor.cursor_at(position, position + length))
            position, before = position + length, match.end()
            if len(cursors) == _MOST_MARKS:
                break
        self._editor.setExtraSelections(
            [*self._editor.extraSelections(), *(self._marked(cursor) for cursor in cursors)]
        )
        if cursors:
            self._editor.setTextCursor(cursors[0])
            self._editor.ensureCursorVisible()
            self._editor.setFocus()

    def _marked(self, cursor: QTextCursor) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        selection.cursor = cursor
        background = selection.format
        background.setBackground(Qt.GlobalColor.darkYellow)
        background.setForeground(Qt.GlobalColor.white)
        return selection
