"""The dialog in which a passphrase is set, changed or removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import LampblackError
from app.core.store import Store
from app.core.store.passphrase import LEAST_LETTERS
from app.core.store.vault import Vault
from app.ui.background import BackgroundTasks
from app.ui.widgets.controls import NoteLabel

_WIDTH = 480
Change = Literal["set", "change", "remove"]


class PassphraseDialog(QDialog):
    """Asks for what is needed, then does it; it cannot be closed in the middle of it.

    `quieten` is handed what is to be done once the engine holds nothing; `done` follows, and says
    how many files could not be encrypted.
    """

    done_all = Signal(int)

    def __init__(
        self,
        change: Change,
        vault: Vault,
        store: Store,
        quieten: Callable[[Callable[[], object]], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._change, self._vault, self._store, self._quieten = change, vault, store, quieten
        self._is_working = False
        self._background = BackgroundTasks(self._on_failed, self)
        self.setWindowTitle(
            {
                "set": self.tr("Set a Passphrase"),
                "change": self.tr("Change the Passphrase"),
                "remove": self.tr("Remove the Passphrase"),
            }[change]
        )
        self.about = QLabel(self._about_text())
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.present = self._field(self.tr("Present passphrase"))
        self.new = self._field(self.tr("New passphrase"))
        self.again = self._field(self.tr("The same again"))
        self.agreed = QCheckBox(self.tr("I &know that a forgotten passphrase cannot be recovered"))
        self.agreed.setToolTip(self.tr("Write it down where only you find it"))
        self.agreed.toggled.connect(self._show_state)
        self.problem = NoteLabel("wrong")
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.progress.hide()
        self.buttons = self._make_buttons()
        self._lay_out()
        self._show_state()
        self.finished.connect(lambda _result: self._background.close(finish=True))

    def accept(self) -> None:
        """Begin."""
        if self._is_working or not self.do_button.isEnabled():
            return
        self.problem.say("")
        if self._change == "remove":
            self._begin()
        elif self.new.text() != self.again.text():
            self.problem.say(self.tr("The two new ones are not the same."))
        else:
            self._begin()

    def reject(self) -> None:
        """Close, unless it is at work."""
        if not self._is_working:
            super().reject()

    def _begin(self) -> None:
        self._is_working = True
        self._show_state()
        if self._change == "change":
            self._work()
        else:
            self._quieten(self._work)

    def _work(self) -> None:
        present, new, vault, store = self.present.text(), self.new.text(), self._vault, self._store

        def work() -> int:
            if self._change == "set":
                vault.set(new, store)
                return vault.finish()
            if self._change == "change":
                vault.change(present, new)
            else:
                vault.remove(present, store)
            return 0

        self._background.run(work, self._on_done)

    def _on_done(self, left: int) -> None:
        self._is_working = False
        for field in (self.present, self.new, self.again):
            field.clear()
        super().accept()
        self.done_all.emit(left)

    def _on_failed(self, error: LampblackError) -> None:
        self._is_working = False
        self.problem.say(str(error))
        self._show_state()
        (self.new if self._change == "set" else self.present).setFocus()

    def _about_text(self) -> str:
        if self._change == "set":
            return self.tr(
                "What Lampblack keeps is encrypted with it: unsaved texts, versions, takes, "
                "backups, saved prompts. It is asked for at each start.\n\n"
                "A forgotten passphrase cannot be recovered. Without it nobody can read any of "
                "this again, neither you nor anyone who could help you. Several words are good; "
                "write them down where only you find them.\n\n"
                "Files that you save stay plain files. So do settings, presets and the list of "
                "recent files. On a solid-state disk, remnants of what was plain until now may "
                "stay for a while."
            )
        if self._change == "change":
            return self.tr(
                "The new one counts at once. A copy of Lampblack’s folder from before can still "
                "be opened with the present one; where that matters, remove the passphrase and "
                "set a new one instead."
            )
        return self.tr("What Lampblack keeps can then be read by anyone who can read its folder.")

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setAccessibleName(name)
        field.textChanged.connect(self._show_state)
        return field

    def _make_buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        texts = {"set": self.tr("Set"), "change": self.tr("Change"), "remove": self.tr("Remove")}
        self.do_button = QPushButton(texts[self._change])
        self.do_button.setProperty("kind", "primary")
        self.do_button.setDefault(True)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAutoDefault(False)
        box.addButton(self.do_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def _lay_out(self) -> None:
        form = QFormLayout()
        for field in self._fields():
            label = QLabel(field.accessibleName())
            label.setBuddy(field)
            form.addRow(label, field)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 20, 16)
        whole.setSpacing(12)
        whole.addWidget(self.about)
        whole.addLayout(form)
        if self._change == "set":
            whole.addWidget(self.agreed)
        whole.addWidget(self.problem)
        whole.addWidget(self.progress)
        whole.addStretch(1)
        whole.addWidget(self.buttons)
        self.about.setMinimumSize(_WIDTH, self.about.heightForWidth(_WIDTH))  # else it may be cut
        self._fields()[0].setFocus()

    def _fields(self) -> tuple[QLineEdit, ...]:
        both = {"set": (), "change": (self.present,), "remove": (self.present,)}[self._change]
        return both if self._change == "remove" else (*both, self.new, self.again)

    def _show_state(self) -> None:
        if not hasattr(self, "do_button"):
            return
        is_whole = all(field.text() for field in self._fields())
        is_long = self._change == "remove" or len(self.new.text()) >= LEAST_LETTERS
        has_agreed = self._change != "set" or self.agreed.isChecked()
        is_idle = not self._is_working
        self.do_button.setEnabled(is_whole and is_long and has_agreed and is_idle)
        self.do_button.setToolTip(
            ""
            if is_long
            else self.tr("A passphrase has at least %n character(s).", "", LEAST_LETTERS)
        )
        for widget in (*self._fields(), self.agreed, self.cancel_button):
            widget.setEnabled(is_idle)
        self.progress.setVisible(self._is_working)
