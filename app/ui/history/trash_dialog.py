"""The dialog of the trash: deleted documents, read and restored for thirty days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from app.core.documents.encodings import UnreadableTextError, decode, decode_as
from app.core.errors import LampblackError
from app.core.store import TrashedDocument
from app.ui.background import BackgroundTasks
from app.ui.numbers import data_size_text
from app.ui.sentences import told
from app.ui.texts import moment_text
from app.ui.widgets.two_line_list import TextListDialog

_SHOWN = 20_000  # characters


class TrashDialog(TextListDialog):
    """Lists documents, the last deleted first, and shows the selected one.

    `read` gives a document's bytes; it is called in the background. The signals carry documents.
    """

    restore_asked = Signal(object)
    restore_as_asked = Signal(object)
    delete_asked = Signal(object)

    def __init__(
        self,
        documents: Sequence[TrashedDocument],
        read: Callable[[int], bytes],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._read, self._asked = read, 0
        self._background = BackgroundTasks(lambda _error: None, self)
        self.setWindowTitle(self.tr("Trash"))
        self.list.setAccessibleName(self.tr("Deleted documents"))
        self.preview.setAccessibleName(self.tr("What is in it"))
        self.restore = self._button(self.tr("Restore"), self.restore_asked, "primary")
        self.restore.setDefault(True)
        self.restore_as = self._button(self.tr("Restore As…"), self.restore_as_asked)
        self.delete = self._button(self.tr("Delete for Ever…"), self.delete_asked)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.finished.connect(lambda _result: self._background.close())
        self._explain(is_empty=not documents)
        self.halves.setSizes([380, 440])
        self.resize(860, 480) if documents else self.resize(520, 140)
        self.fill((self._lines(one), one) for one in documents)
        for row, one in enumerate(documents):
            self.list.item(row).setToolTip(one.path)

    def remove(self, document: TrashedDocument) -> None:
        """Take a document off the list that is not in the trash any more."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == document:
                self.list.takeItem(row)
                break
        self._explain(is_empty=not self.list.count())

    def _explain(self, *, is_empty: bool) -> None:
        some = self.tr(
            "Deleted documents stay here for 30 days, with their history. Restoring one never "
            "writes over another file."
        )
        none = self.tr(
            "The trash is empty. What you delete in Lampblack stays here for 30 days, with its "
            "history."
        )
        self.intro.setText(none if is_empty else some)
        for button in (self.restore, self.restore_as, self.delete):
            button.setVisible(not is_empty)
        self.halves.setVisible(not is_empty)
        if is_empty:
            self.resize(520, 140)

    def _button(self, words: str, signal: object, kind: str = "") -> QPushButton:
        button = self.add_button(words, kind)
        button.clicked.connect(lambda: self._tell(signal))
        return button

    def _tell(self, signal: object) -> None:
        if (document := self.current()) is not None:
            signal.emit(document)  # type: ignore[attr-defined]  # a bound signal

    def _lines(self, document: TrashedDocument) -> str:
        """Its name; then when it was deleted, how large it is, and where it was."""
        when = self.tr("deleted {0}").format(moment_text(document.deleted_at))
        where = str(Path(document.path).parent)
        return f"{document.name}\n{when} · {data_size_text(document.size)} · {where}"

    def _show_current(self) -> None:
        document: TrashedDocument | None = self.current()
        self._asked += 1
        self.preview.setPlainText("")
        if document is None:
            return
        self._background.run(
            partial(_text_of, self._read, document),
            partial(self._show, self._asked),
            partial(self._fail, self._asked),
        )

    def _show(self, asked: int, text: str | None) -> None:
        if asked == self._asked:
            unread = self.tr("This is not a text that can be shown; it is restored as it is.")
            self.preview.setPlainText(unread if text is None else text)

    def _fail(self, asked: int, error: LampblackError) -> None:
        if asked == self._asked:
            self.preview.setPlainText(told(str(error)))


def _text_of(read: Callable[[int], bytes], document: TrashedDocument) -> str | None:
    """The beginning of a document; None for what is no text."""
    data = read(document.id)
    try:
        if document.encoding:
            return decode_as(data, document.encoding)[:_SHOWN]
        return decode(data).text[:_SHOWN]
    except (UnreadableTextError, UnicodeDecodeError):
        return None
