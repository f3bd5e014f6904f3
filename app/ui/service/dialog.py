"""The dialog of the local service: its address, its token for the clipboard, its requests."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.engine.service_messages import Seen
from app.ui.numbers import number_text
from app.ui.texts import clock_text
from app.ui.widgets.controls import NoteLabel, set_property

_RIGHT = (3, 4, 5)
_TO_THE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ServiceDialog(QDialog):
    """Shows what it is told of the service.

    `switched` when the user switches it on or off, `token_asked` for the token on the clipboard.
    """

    switched = Signal()
    token_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = ""
        self.setWindowTitle(self.tr("Local Service"))
        self.state = QLabel()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.about = NoteLabel()
        self.about.say(
            self.tr(
                "Programs of this machine write with the loaded model at this address, with the "
                "token; your own writing goes first. It speaks OpenAI’s API (add /v1), "
                "llama-server’s and KoboldCpp’s. Port, network and web pages are chosen in the "
                "settings."
            )
        )
        self.refusal = NoteLabel("wrong")
        self.reach = NoteLabel()
        self.reach.setTextInteractionFlags(self.state.textInteractionFlags())
        self.requests = self._make_requests()
        self.copy_address = self._button(
            self.tr("Copy &Address"), self.tr("Put the address on the clipboard")
        )
        self.copy_token = self._button(
            self.tr("Copy &Token"), self.tr("Put the token on the clipboard; it is not shown")
        )
        self.toggle = self._button("", "")
        self.copy_address.clicked.connect(self._copy_address)
        self.copy_token.clicked.connect(self.token_asked)
        self.toggle.clicked.connect(self.switched)
        self._lay_out()

    def _button(self, text: str, help_text: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(help_text)
        button.setAutoDefault(False)
        return button

    def _make_requests(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setProperty("kind", "texts")
        tree.setRootIsDecorated(False)
        tree.setAccessibleName(self.tr("The last requests"))
        tree.setToolTip(self.tr("The last requests, the newest first; no text of theirs is kept"))
        tree.setHeaderLabels(
            [
                self.tr("Time"),
                self.tr("Method"),
                self.tr("Path"),
                self.tr("Status"),
                self.tr("Seconds"),
                self.tr("Tokens"),
            ]
        )
        header = tree.header()
        header.setStretchLastSection(False)
        for column in range(len(_RIGHT) + 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for column in _RIGHT:
            tree.headerItem().setTextAlignment(column, _TO_THE_RIGHT)
        return tree

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        for button in (self.copy_address, self.copy_token):
            line.addWidget(button)
        line.addStretch(1)
        line.addWidget(self.toggle)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 20, 16)
        whole.setSpacing(12)
        whole.addWidget(self.state)
        whole.addWidget(self.reach)
        whole.addWidget(self.about)
        whole.addWidget(self.refusal)
        whole.addLayout(line)
        whole.addWidget(self.requests, 1)
        whole.addWidget(close)
        self.resize(620, 420)

    def _copy_address(self) -> None:
        QGuiApplication.clipboard().setText(self._address)

    def show_service(
        self, address: str, reach: str, requests: Iterable[Seen], refusal: str
    ) -> None:
        """Show the address, empty while it is off, and the last requests, newest first.

        `reach` says which other machines reach it, empty for none; `refusal` why no request is
        answered now, if so.
        """
        self.refusal.say(refusal if address else "")
        self._address = address
        on, off = self.tr("On at {0}"), self.tr("The local service is off.")
        self.state.setText(on.format(address) if address else off)
        self.reach.say(reach)
        set_property(self.reach, "kind", "muted" if address.startswith("https") else "wrong")
        self.copy_address.setEnabled(bool(address))
        self.copy_token.setEnabled(bool(address))
        self.toggle.setText(self.tr("&Switch Off") if address else self.tr("&Switch On"))
        ends = self.tr("End the service; requests that run are broken off")
        self.toggle.setToolTip(ends if address else self.tr("Begin to answer other programs"))
        self.requests.clear()
        self.requests.addTopLevelItems([_item(seen) for seen in requests])


def _item(seen: Seen) -> QTreeWidgetItem:
    tokens = seen.prompt_tokens + seen.completion_tokens
    at = clock_text(seen.at)
    cells = [
        at,
        seen.method,
        seen.path,
        f"{seen.status}",
        number_text(seen.seconds, 2),
        number_text(tokens),
    ]
    item = QTreeWidgetItem(cells)
    for column in _RIGHT:
        item.setTextAlignment(column, _TO_THE_RIGHT)
    return item
