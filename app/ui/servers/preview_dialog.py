"""The dialog before a sending: where a text goes, and exactly what goes there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.options.servers import server_address
from app.engine.messages import Previewed, ServerPlace
from app.ui.sentences import joined
from app.ui.widgets.controls import NoteLabel, set_property


class PreviewDialog(QDialog):
    """Shows what a server would be sent. `sent` says whether it need not be shown again.

    `names_asked` asks for the names to mask; nothing is sent then.
    """

    sent = Signal(bool)
    names_asked = Signal()

    def __init__(self, shown: Previewed, place: ServerPlace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("What Is Sent"))
        self.where = QLabel()
        self.where.setWordWrap(True)
        self.where.setTextFormat(Qt.TextFormat.PlainText)
        self.where.setText(self._place_text(place))
        self.how = NoteLabel()
        self.how.say(self._way_text(shown, place))
        self.text = self._page(_text_of(shown), self.tr("The text as it is sent"))
        self.fields = self._page(shown.fields, self.tr("The whole request, as JSON"))
        self.replaced = self._make_table(shown.replaced)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.windowTitle())
        self.tabs.addTab(self.text, self.tr("Text"))
        self.tabs.addTab(self.replaced, self.tr("Replaced ({0})").format(len(shown.replaced)))
        self.tabs.addTab(self.fields, self.tr("Whole Request"))
        self._make_buttons()
        self._lay_out()
        self.resize(640, 480)

    # Making

    def _page(self, text: str, name: str) -> QPlainTextEdit:
        page = QPlainTextEdit(text)
        page.setProperty("kind", "field")
        page.setReadOnly(True)
        page.setTabChangesFocus(True)
        page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        page.setAccessibleName(name)
        page.setToolTip(name)
        return page

    def _make_table(self, replaced: tuple[tuple[str, str], ...]) -> QTreeWidget:
        table = QTreeWidget()
        table.setProperty("kind", "texts")
        table.setRootIsDecorated(False)
        name = self.tr("What stands in the text instead of what; it is put back in the answer")
        table.setAccessibleName(name)
        table.setToolTip(name)
        table.setHeaderLabels([self.tr("Sent"), self.tr("Stands for")])
        table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        table.addTopLevelItems([QTreeWidgetItem([*pair]) for pair in replaced])
        return table

    def _make_buttons(self) -> None:
        self.send = QPushButton(self.tr("&Send"))
        self.send.setToolTip(self.tr("Send this, and show the next text again before it goes"))
        self.send.setDefault(True)
        set_property(self.send, "kind", "primary")
        self.send.clicked.connect(lambda: self._send(is_last=False))
        self.send_always = QPushButton(self.tr("Send, and &Do Not Show This Again"))
        self.send_always.setToolTip(
            self.tr("Send this, and whatever you let this server write later, without asking")
        )
        self.send_always.clicked.connect(lambda: self._send(is_last=True))
        self.names = QPushButton(self.tr("&Names to Mask…"))
        self.names.setToolTip(
            self.tr("Send nothing now, and list names that are replaced before a sending")
        )
        self.names.clicked.connect(self._ask_names)
        cancel = QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(cancel)
        self.buttons.button(cancel).setToolTip(self.tr("Send nothing"))
        for button in (self.send, self.send_always):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.names.setAutoDefault(False)
        self.send_always.setAutoDefault(False)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        last = QHBoxLayout()
        last.setSpacing(8)
        last.addWidget(self.names)
        last.addStretch(1)
        last.addWidget(self.buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 20, 16)
        whole.setSpacing(10)
        whole.addWidget(self.where)
        whole.addWidget(self.how)
        whole.addWidget(self.tabs, 1)
        whole.addLayout(last)

    # Texts

    def _place_text(self, place: ServerPlace) -> str:
        address = server_address(place.url)
        number = "" if address.host == place.ip else f" ({place.ip})"
        words = self.tr("This leaves this machine. It goes to {0}.")
        return words.format(address.place + number)

    def _way_text(self, shown: Previewed, place: ServerPlace) -> str:
        encrypted = (
            self.tr("It is encrypted on the way.")
            if place.url.startswith("https:")
            else self.tr("It is not encrypted: everyone on the way can read it.")
        )
        if not place.masks:
            masked = self.tr("Nothing in it is masked, as you chose for this server.")
        elif shown.replaced:
            masked = self.tr("Names and numbers in it are replaced, and put back in the answer.")
        else:
            masked = self.tr("No name of your list, address or number was found in it to replace.")
        return joined((masked, encrypted, self.tr("Address: {0}").format(shown.url)))

    # What the user does

    def _send(self, *, is_last: bool) -> None:
        self.accept()
        self.sent.emit(is_last)

    def _ask_names(self) -> None:
        self.reject()
        self.names_asked.emit()


def _text_of(shown: Previewed) -> str:
    """The texts in their order, each under what it is in a chat."""
    parts = (f"{role.upper()}\n{text}" if role else text for role, text in shown.texts)
    return "\n\n".join(parts)
