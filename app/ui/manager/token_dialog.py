"""The dialog for a token: what it is for, where to get it, and where it is kept."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.system.secret_store import is_secret
from app.ui.widgets.controls import NoteLabel, set_property


class GatedModel(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before a model: its page at the hub, and what is known of tokens for that hub.

    `tokens_page` is where an account's tokens are made; `can_keep` says whether there is a
    keyring, and `is_known` whether there is a token already.
    """

    title: str
    host: str
    page: str
    tokens_page: str
    can_keep: bool
    is_known: bool


class TokenDialog(QDialog):
    """Asks for a token without showing it. `given` carries it; `forgotten` asks to forget one."""

    given = Signal(str)
    forgotten = Signal()

    def __init__(self, gate: GatedModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gate = gate
        self.setWindowTitle(self.tr("Token for {0}").format(gate.host))
        self.about = QLabel(self._about_text())
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        flags = Qt.TextInteractionFlag
        self.about.setTextInteractionFlags(
            flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
        )
        self.about.setAccessibleName(self.about.text())
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(self.tr("Token"))
        self.field.textChanged.connect(self._show_state)
        self.kept = NoteLabel()
        self.kept.say(self._kept_text())
        self.buttons = self._make_buttons()
        self._lay_out()
        self._show_state()
        self.field.setFocus()

    def accept(self) -> None:
        """Hand the token over and close."""
        token = self.field.text().strip()
        self.field.clear()
        super().accept()
        self.given.emit(token)

    def _forget(self) -> None:
        super().reject()
        self.forgotten.emit()

    def _about_text(self) -> str:
        gate = self._gate
        return self.tr(
            "{0} is given only to people who accepted its makers’ terms.\n\n"
            "1. Accept them, signed in, on {1}\n"
            "2. Make a token that may read on {2}\n"
            "3. Paste it here."
        ).format(gate.title, gate.page, gate.tokens_page)

    def _kept_text(self) -> str:
        if self._gate.can_keep:
            text = self.tr(
                "It is kept in this system’s keyring and is sent to {0} alone, only with a "
                "download that asks for it."
            )
        else:
            text = self.tr(
                "There is no keyring here: it is sent to {0} alone, and forgotten when Lampblack "
                "ends."
            )
        return text.format(self._gate.host)

    def _make_buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        roles = QDialogButtonBox.ButtonRole
        self.use_button = QPushButton(self.tr("Use Token"))
        self.use_button.setToolTip(self.tr("Go on with the download, with this token"))
        set_property(self.use_button, "kind", "primary")
        self.use_button.setDefault(True)
        self.forget_button = QPushButton(self.tr("Forget Token"))
        self.forget_button.setToolTip(self.tr("Forget the token that is kept for this host"))
        self.forget_button.setAutoDefault(False)
        self.forget_button.clicked.connect(self._forget)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        box.addButton(self.use_button, roles.AcceptRole)
        box.addButton(cancel, roles.RejectRole)
        box.addButton(self.forget_button, roles.DestructiveRole)
        self.forget_button.setVisible(self._gate.is_known)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def _lay_out(self) -> None:
        form = QFormLayout()
        label = QLabel(self.tr("&Token"))
        label.setBuddy(self.field)
        form.addRow(label, self.field)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 20, 16)
        whole.setSpacing(12)
        whole.addWidget(self.about)
        whole.addLayout(form)
        whole.addWidget(self.kept)
        whole.addStretch(1)
        whole.addWidget(self.buttons)
        self.setMinimumWidth(560)

    def _show_state(self) -> None:
        self.use_button.setEnabled(is_secret(self.field.text()))
