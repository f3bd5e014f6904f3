"""Pasting formatted text as Markdown, where that is asked for."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from app.core.errors import LampblackError
from app.core.provenance.origins import Origin
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.editor.editor import Editor
from app.ui.widgets.status_bar import StatusBar

_AT_ONCE = 50_000  # letters of HTML, which are read in some milliseconds


class RichPaste(QObject):
    """Pastes the clipboard's HTML as Markdown; what it names, such as pictures, is never fetched.

    A long text is read aside. What cannot be read is pasted as plain text, and that is said.
    """

    def __init__(self, editor: Editor, status: StatusBar, actions: Actions) -> None:
        super().__init__(editor)
        self._editor = editor
        self._status = status
        self._tasks = BackgroundTasks(lambda _error: None, self)
        actions.connect_all({"paste_markdown": self.paste})

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read."""
        return self._tasks.is_idle

    def begin(self) -> None:
        """The window is shown: there is nothing to prepare."""

    def close(self) -> None:
        """The window closes."""
        self._tasks.close()

    def paste(self) -> None:
        """Paste what the clipboard holds."""
        self.insert(QGuiApplication.clipboard().mimeData())

    def insert(self, source: QMimeData) -> None:
        """Insert what `source` holds at the caret, as Markdown if it is formatted."""
        if self._editor.is_composing or self._editor.isReadOnly():
            return
        if not source.hasHtml():
            self._editor.insertFromMimeData(source)
            return
        markup, plain = source.html(), source.text()
        if len(markup) <= _AT_ONCE:
            try:
                self._insert(markdown_of(markup))
            except LampblackError as error:
                self._on_failed(self._editor.history, plain, error)
            return
        text = self._editor.history  # of the text that is on the page now
        self._tasks.run(
            partial(markdown_of, markup),
            partial(self._on_read, text),
            partial(self._on_failed, text, plain),
        )

    def _insert(self, text: str) -> None:
        with self._editor.putting(Origin("pasted")):
            self._editor.insert_plain(text)

    def _on_read(self, text: object, markdown: str) -> None:
        if text is self._editor.history:
            self._insert(markdown)

    def _on_failed(self, text: object, plain: str, error: LampblackError) -> None:
        if text is self._editor.history:
            self._insert(plain)
            words = self.tr("Pasted as plain text, for the formatted text could not be read: {0}")
            self._status.say(words.format(error.message))


def markdown_of(markup: str) -> str:
    """HTML as Markdown; raises LampblackError where it is more than is read."""
    from app.core.conversion.html_reader import read_html
    from app.core.conversion.markdown_writer import write_markdown

    return write_markdown(read_html(markup, "HTML")).strip("\n")
