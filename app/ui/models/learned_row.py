"""An adapter that was learned here, in the list of a model's: its card and its buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.options.adapters import Adapter
from app.core.training.cards import LearnedAdapter
from app.ui.numbers import number_text
from app.ui.sentences import told
from app.ui.texts import moment_text
from app.ui.widgets.controls import IconButton, NoteLabel


class LearnedRow(QWidget):
    """`attached` carries the path of `adapter`, its form for the model; None: it has none for it.

    The other signals ask for its folder and for the trash.
    """

    attached = Signal(str)
    folder_asked = Signal()
    trash_asked = Signal()

    def __init__(
        self,
        learned: LearnedAdapter,
        adapter: Adapter | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        card, self.path = learned.card, adapter.path if adapter is not None else ""
        name = QLabel(card.name)
        about = NoteLabel()
        about.say(lambda: self._about(learned))
        self.setToolTip(told(card.warning))
        self.attach_button = QPushButton(self.tr("Attach"))
        self.attach_button.setProperty("kind", "small")
        self.attach_button.setAccessibleName(self.tr("Attach {0}").format(card.name))
        self.attach_button.clicked.connect(lambda: self.attached.emit(self.path))
        folder = IconButton("folder", self.tr("Show {0} in its folder").format(card.name))
        folder.clicked.connect(self.folder_asked)
        trash = IconButton("trash", self.tr("Move {0} to the trash").format(card.name))
        trash.clicked.connect(self.trash_asked)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(name)
        texts.addWidget(about)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addLayout(texts, 1)
        for part in (self.attach_button, folder, trash):
            line.addWidget(part)

    def allow(self, *, is_attached: bool, has_room: bool) -> None:
        """Offer to attach it, where it is not and there is room for one more."""
        self.attach_button.setEnabled(bool(self.path) and not is_attached and has_room)

    def _about(self, learned: LearnedAdapter) -> str:
        card = learned.card
        text = self.tr("Learned {0} on {1}, from {2} words; loss {3} before, {4} after.")
        return text.format(
            moment_text(card.made_at),
            card.base,
            number_text(card.words),
            number_text(card.loss_before, 2),
            number_text(card.loss_after, 2),
        )
