"""The dialog of a model's draft model: which smaller one guesses ahead for it, or none."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app.core.models.drafts import NoDraft
from app.core.models.model_file import ModelFile
from app.core.system.machine import Verdict
from app.ui.manager.card_texts import verdict_text
from app.ui.models.cards import facts
from app.ui.numbers import data_size_text
from app.ui.widgets.card_list import DOT
from app.ui.widgets.controls import NoteLabel, QuietCombo, set_property


class DraftOffer(msgspec.Struct, frozen=True):
    """A model that can guess; `needed` are the bytes of both, 0 where that is not known."""

    model: ModelFile
    needed: int = 0
    verdict: Verdict | str = ""


class DraftOffers(msgspec.Struct, frozen=True):
    """What can be chosen for a model, what is chosen now, and why there is nothing."""

    offers: tuple[DraftOffer, ...] = ()
    chosen: str = ""
    reason: NoDraft = ""


class DraftDialog(QDialog):
    """Offers the models that can guess for the model of that name.

    `chosen` carries the path of the one that was chosen; it is empty for none.
    """

    chosen = Signal(str)

    def __init__(self, name: str, found: DraftOffers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offers: Mapping[str, DraftOffer] = {one.model.path: one for one in found.offers}
        self.setWindowTitle(self.tr("Draft Model"))
        self.about = QLabel(self._about_text(name))
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.combo = QuietCombo()
        self.combo.setMinimumContentsLength(32)
        self.combo.addItem(self.tr("None: it writes alone"), "")
        for one in found.offers:
            self.combo.addItem(f"{one.model.name}{DOT}{facts(one.model)}", one.model.path)
        if found.chosen and found.chosen not in self._offers:
            self.combo.addItem(found.chosen, found.chosen)
        self.combo.setCurrentIndex(self.combo.findData(found.chosen))
        self.combo.currentIndexChanged.connect(self._show_state)
        self.memory = NoteLabel()
        self.reason = NoteLabel()
        self.reason.say(self._reason_text(found.reason))
        self.buttons = self._make_buttons()
        self._lay_out()
        self._show_state()

    def accept(self) -> None:
        """Close and tell the choice."""
        super().accept()
        self.chosen.emit(self.combo.currentData())

    def _about_text(self, name: str) -> str:
        return self.tr(
            "A smaller model with the same vocabulary guesses the next words, and {0} checks "
            "several of them in the time of one. {0} still chooses every word, with the chances "
            "that it always has. Both are timed when {0} is loaded: where guessing does not pay "
            "here, it is left out and you are told."
        ).format(name)

    def _reason_text(self, reason: NoDraft) -> str:
        texts: dict[NoDraft, str] = {
            "classifier": self.tr("This model sorts texts, and has nothing to guess."),
            "size": self.tr(
                "No other model here is clearly smaller. One of the same family could guess, or a "
                "copy of this one in fewer bits (Smaller Copy…)."
            ),
            "words": self.tr(
                "The smaller models here have other vocabularies. One of the same family could "
                "guess, or a copy of this one in fewer bits (Smaller Copy…)."
            ),
            "unreadable": self.tr("The vocabulary of this model cannot be read."),
        }
        return texts.get(reason, "")

    def _show_state(self) -> None:
        offer = self._offers.get(self.combo.currentData())
        if offer is None or not offer.needed:
            self.memory.say("")
            return
        words = self.tr("Both together need {0} of memory: {1}.")
        verdict = verdict_text(offer.verdict).lower()
        self.memory.say(words.format(data_size_text(offer.needed), verdict))
        set_property(self.memory, "kind", "wrong" if offer.verdict == "too large" else "muted")

    def _make_buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole.AcceptRole
        self.use_button = buttons.addButton(self.tr("Use This"), role)
        self.use_button.setToolTip(self.tr("Remember it for this model"))
        self.use_button.setDefault(True)
        set_property(self.use_button, "kind", "primary")
        buttons.addButton(kinds.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _lay_out(self) -> None:
        label = QLabel(self.tr("&Draft model"))
        label.setBuddy(self.combo)
        self.combo.setToolTip(self.windowTitle())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 20, 16)
        whole.setSpacing(10)
        for widget in (self.about, label, self.combo, self.memory, self.reason):
            whole.addWidget(widget)
        whole.addStretch(1)
        whole.addWidget(self.buttons)
        self.setMinimumWidth(520)
