"""The form that asks for the passphrase: at the start, and on the page of a locked window."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import LampblackError, WrongPassphraseError
from app.core.store.vault import Vault
from app.ui.background import BackgroundTasks
from app.ui.sentences import joined
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import FlowingNote
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme

LONGEST_WAIT_S = 30
"""How long the form makes one wait at most after a wrong passphrase; it begins with a second."""

_LAMP = 48
_TITLE = 1.3  # times the letters around it
_WIDTH = 380


class UnlockForm(QWidget):
    """Asks for the passphrase and takes the key; `unlocked` follows, `left` asks to go away.

    After each wrong one it makes one wait, twice as long as before.
    """

    unlocked = Signal()
    left = Signal()

    def __init__(self, vault: Vault, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vault = vault
        self._wrong = 0
        self._background = BackgroundTasks(self._on_failed, self)
        self.waiting = QTimer(self, singleShot=True)
        self.waiting.timeout.connect(self._let_type)
        self.lamp = QLabel()
        self.lamp.setPixmap(icon("lamp-on", Theme.current().muted).pixmap(_LAMP, _LAMP))
        self.title = QLabel(self.tr("Lampblack is locked"))
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * _TITLE)
        font.setWeight(QFont.Weight.DemiBold)
        self.title.setFont(font)
        self.label = QLabel(self.tr("&Passphrase"))
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(self.tr("Passphrase"))
        self.label.setBuddy(self.field)
        self.problem = FlowingNote("wrong")
        self.remember = QCheckBox(self.tr("&Remember on this computer"))
        self.remember.setToolTip(
            self.tr("Keep the key in this system’s keyring, so that it is not asked for again")
        )
        self.remember.hide()
        self.unlock_button = QPushButton(self.tr("&Unlock"))
        self.unlock_button.setProperty("kind", "primary")
        self.unlock_button.setDefault(True)
        self.unlock_button.clicked.connect(self.submit)
        self.leave_button = QPushButton(self.tr("&Quit"))
        self.leave_button.setAutoDefault(False)
        self.leave_button.clicked.connect(self.left)
        self.field.returnPressed.connect(self.submit)
        self._lay_out()

    @property
    def is_busy(self) -> bool:
        """Whether a passphrase is being tried."""
        return not self._background.is_idle

    def offer_to_remember(self) -> None:
        """Offer to keep the key in the keyring, if there is one; looking for it takes a moment."""
        self._background.run(lambda: self._vault.can_remember, self.remember.setVisible)

    def submit(self) -> None:
        """Try what was typed."""
        if not self.field.text() or not self.field.isEnabled():
            return
        typed = self.field.text()
        self.field.clear()
        self._enable(False)
        self.unlock_button.setText(self.tr("Unlocking…"))
        self._background.run(lambda: self._unlock(typed), lambda _done: self._on_unlocked())

    def close_tasks(self) -> None:
        """End the thread that takes the passphrase."""
        self._background.close()

    def _unlock(self, typed: str) -> None:
        """In the background: keyrings and scrypt both take their time."""
        self._vault.unlock(typed)
        if self.remember.isChecked():
            self._vault.remember(is_on=True)

    def _on_unlocked(self) -> None:
        self._wrong = 0
        self.problem.say("")
        self._let_type()
        self.unlocked.emit()

    def _on_failed(self, error: LampblackError) -> None:
        if not isinstance(error, WrongPassphraseError):
            self.problem.say(str(error))
            self._let_type()
            return
        self.unlock_button.setText(self.tr("&Unlock"))
        seconds = min(2**self._wrong, LONGEST_WAIT_S)
        self._wrong += 1
        wait = self.tr("Wait %n second(s).", "", seconds)
        self.problem.say(lambda: joined((str(error), wait)))
        announce(self, joined((str(error), wait)), is_urgent=True)
        self.waiting.start(seconds * 1000)

    def _let_type(self) -> None:
        self.unlock_button.setText(self.tr("&Unlock"))
        self._enable(True)
        self.field.setFocus()

    def _enable(self, is_on: bool) -> None:
        for widget in (self.field, self.unlock_button, self.remember):
            widget.setEnabled(is_on)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.leave_button)
        buttons.addStretch(1)
        buttons.addWidget(self.unlock_button)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(28, 24, 28, 24)
        lines.setSpacing(10)
        lines.addWidget(self.lamp, 0, Qt.AlignmentFlag.AlignHCenter)
        lines.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        lines.addSpacing(8)
        for widget in (self.label, self.field, self.problem, self.remember):
            lines.addWidget(widget)
        lines.addSpacing(4)
        lines.addLayout(buttons)
        self.setMinimumWidth(_WIDTH)
        self.setFocusProxy(self.field)


class UnlockDialog(QDialog):
    """Asks for the passphrase before there is a window; rejected where the writer leaves."""

    def __init__(self, vault: Vault, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Lampblack")
        self.form = UnlockForm(vault)
        self.form.unlocked.connect(self.accept)
        self.form.left.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.form)
        self.finished.connect(lambda _result: self.form.close_tasks())
        self.form.offer_to_remember()
        self.form.field.setFocus()


def unlock_at_start(vault: Vault) -> bool:
    """Take the key from the keyring, or ask for the passphrase; False where the writer leaves."""
    return vault.unlock_remembered() or bool(UnlockDialog(vault).exec())
