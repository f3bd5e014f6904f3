"""The passphrase's part of the settings, which does what it says at once."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.lock.controller import LockController
from app.ui.lock.passphrase_dialog import Change, PassphraseDialog
from app.ui.widgets.controls import FlowingNote, show_dialog


class PassphraseSection(QWidget):
    """Says whether there is a passphrase, and has the buttons to set, change and remove it."""

    def __init__(
        self, program: Program, lock: LockController, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._program, self._lock = program, lock
        self._background = BackgroundTasks(lambda error: self.problem.say(str(error)), self)
        self.title = QLabel(self.tr("Passphrase"))
        self.title.setProperty("kind", "heading")
        self.about = FlowingNote()
        self.about.say(
            self.tr(
                "Encrypts what Lampblack keeps of your texts, and lets you lock the window. Your "
                "own files stay as they are."
            )
        )
        self.state = FlowingNote("")
        self.problem = FlowingNote("wrong")
        self.set_button = self._button(self.tr("S&et…"), self.tr("Set a passphrase"), "set")
        self.change_button = self._button(
            self.tr("C&hange…"), self.tr("Change the passphrase"), "change"
        )
        self.remove_button = self._button(
            self.tr("Remo&ve…"), self.tr("Remove the passphrase"), "remove"
        )
        self.remember = QCheckBox(self.tr("&Remember on this computer"))
        self.remember.setToolTip(
            self.tr("Keep the key in this system’s keyring, so that it is not asked for again")
        )
        self.remember.clicked.connect(self._remember)
        self._can_remember = False
        self._lay_out()
        self.show_state()
        vault = program.vault
        self._background.run(lambda: vault.can_remember, self._on_keyring)
        self.destroyed.connect(self._background.close)

    def show_state(self) -> None:
        """Show what there is now."""
        vault = self._program.vault
        self.state.say(
            self.tr("It is set: everything is encrypted.")
            if vault.is_set
            else self.tr("None is set.")
        )
        self.set_button.setVisible(not vault.is_set)
        self.change_button.setVisible(vault.is_set)
        self.remove_button.setVisible(vault.is_set)
        self.remember.setVisible(vault.is_set and self._can_remember)
        self.remember.setChecked(vault.is_remembered)

    def open(self, change: Change) -> None:
        """Show the dialog that sets, changes or removes it."""
        self.problem.say("")
        program, lock = self._program, self._lock
        dialog = PassphraseDialog(change, program.vault, program.store, lock.quieten, self)
        dialog.done_all.connect(self._on_done)
        dialog.finished.connect(lambda _result: lock.load_again())
        show_dialog(dialog)

    def _on_done(self, left: int) -> None:
        self._lock.follow()
        self.show_state()
        if left:
            self.problem.say(
                self.tr(
                    "%n file(s) could not be encrypted yet: Lampblack tries again at each start.",
                    "",
                    left,
                )
            )

    def _on_keyring(self, is_there: bool) -> None:
        self._can_remember = is_there
        self.show_state()

    def _remember(self, is_on: bool) -> None:
        vault = self._program.vault
        self._background.run(lambda: vault.remember(is_on=is_on), self._on_remembered)

    def _on_remembered(self, is_done: bool) -> None:
        self.show_state()
        if not is_done:
            self.problem.say(self.tr("The keyring did not do it: unlock it, and try again."))

    def _button(self, text: str, name: str, change: Change) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.open(change))
        return button

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        for button in (self.set_button, self.change_button, self.remove_button):
            line.addWidget(button)
        line.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        for widget in (self.title, self.about, self.state, self.problem):
            whole.addWidget(widget)
        whole.addLayout(line)
        whole.addWidget(self.remember)
