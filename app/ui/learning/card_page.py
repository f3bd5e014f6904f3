"""The page of what was learned: its card, texts before and after, and what to do with it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.core.training.blind_test import BlindResult
from app.core.training.cards import LearnedAdapter
from app.ui.learning.side_by_side import SideBySide
from app.ui.learning.words import time_text
from app.ui.numbers import data_size_text, number_text
from app.ui.sentences import joined, told
from app.ui.texts import list_text, moment_text
from app.ui.widgets.controls import FlowingNote, IconButton
from app.ui.widgets.section import PanelScroll
from app.ui.widgets.theme import heading_font

_MOST_PAGES = 6

_tr = QCoreApplication.translate


class CardPage(PanelScroll):
    """`use_asked`, `test_asked`, `folder_asked` and `again_asked` are its buttons."""

    use_asked = Signal()
    test_asked = Signal()
    folder_asked = Signal()
    again_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column.setContentsMargins(18, 14, 16, 14)
        self.column.setSpacing(8)
        self.learned: LearnedAdapter | None = None
        self._pair = 0
        self.title = QLabel()
        self.title.setFont(heading_font(self.font(), 2))
        self.title.setWordWrap(True)
        self.facts = FlowingNote("")
        self.warning = FlowingNote("wrong")
        self.problem = FlowingNote("wrong")
        self.tested = FlowingNote()
        self.pair_label = QLabel()
        self.prompt = FlowingNote()
        self.texts = SideBySide()
        self.texts.name(self.tr("Before"), self.tr("After"))
        self._lay_out()

    def _lay_out(self) -> None:
        self.before_button = IconButton("chevron-left", self.tr("Pair before"))
        self.next_button = IconButton("chevron-right", self.tr("Next pair"))
        self.before_button.clicked.connect(lambda: self._turn(-1))
        self.next_button.clicked.connect(lambda: self._turn(1))
        self.use_button = QPushButton(self.tr("&Use It Now"))
        self.use_button.setProperty("kind", "primary")
        self.test_button = QPushButton(self.tr("&Blind Test…"))
        self.test_button.setToolTip(self.tr("Ten pairs, hidden: which sounds like you?"))
        self.folder_button = QPushButton(self.tr("Show in &Folder"))
        self.again_button = QPushButton(self.tr("&Learn Another…"))
        self.use_button.clicked.connect(self.use_asked)
        self.test_button.clicked.connect(self.test_asked)
        self.folder_button.clicked.connect(self.folder_asked)
        self.again_button.clicked.connect(self.again_asked)
        pair = QHBoxLayout()
        pair.addWidget(self.pair_label, 1)
        pair.addWidget(self.before_button)
        pair.addWidget(self.next_button)
        first, second = QHBoxLayout(), QHBoxLayout()
        for line, buttons in (
            (first, (self.again_button, self.folder_button)),
            (second, (self.test_button, self.use_button)),
        ):
            line.addStretch(1)
            for button in buttons:
                line.addWidget(button)
        for part in (self.title, self.facts, self.warning, self.tested):
            self.column.addWidget(part)
        self.column.addLayout(pair)
        self.column.addWidget(self.prompt)
        self.column.addWidget(self.texts, 1)
        self.column.addWidget(self.problem)
        self.column.addLayout(first)
        self.column.addLayout(second)

    def show_learned(self, learned: LearnedAdapter, result: BlindResult | None) -> None:
        """Show an adapter's card, and what came of its blind test."""
        card, self.learned, self._pair = learned.card, learned, 0
        self.title.setText(self.tr("“{0}” is learned").format(card.name))
        self.facts.say("\n".join(_facts(learned)))
        self.warning.say(card.warning)
        self.problem.say(card.gguf_problem)
        self.show_result(result)
        self.test_button.setEnabled(bool(card.pairs))
        self._turn(0)

    def show_result(self, result: BlindResult | None) -> None:
        """Show what came of the blind test."""
        self.tested.say("" if result is None else result_text(result))

    def _turn(self, by: int) -> None:
        pairs = self.learned.card.pairs if self.learned is not None else ()
        if not pairs:
            self.prompt.say("")
            self.texts.show_texts("", "")
            self.pair_label.setText(self.tr("There are no samples."))
            return
        self._pair = (self._pair + by) % len(pairs)
        pair = pairs[self._pair]
        numbers = number_text(self._pair + 1), number_text(len(pairs))
        self.pair_label.setText(
            self.tr("Sample {0} of {1}, on words it has not seen").format(*numbers)
        )
        self.prompt.say(f"… {' '.join(pair.prompt.split())} …")
        self.texts.show_texts(pair.before.strip(), pair.after.strip())


def result_text(result: BlindResult) -> str:
    """What came of a blind test, and how much that says."""
    hits, pairs = number_text(result.hits), number_text(result.pairs)
    said = _tr("Learning", "In the blind test you took {0} of {1} learned texts for your own.")
    often = max(1, round(100 * result.chance)) if result.chance < 0.995 else 100
    luck = _tr(
        "Learning", "Who chooses without looking gets {0} or more of {1} in about {2} of 100 tries."
    )
    least = _tr(
        "Learning", "Who chooses without looking gets {0} or more of {1} in 1 of {2} tries."
    )
    if result.chance < 0.005:
        chance = least.format(hits, pairs, number_text(round(1 / result.chance)))
    else:
        chance = luck.format(hits, pairs, number_text(often))
    return joined((said.format(hits, pairs), chance))


def _facts(learned: LearnedAdapter) -> Iterator[str]:
    card = learned.card
    names = list_text(card.pages[:_MOST_PAGES])
    more = len(card.pages) - _MOST_PAGES
    if more > 0:
        names = _tr("Learning", "{0} and {1} more").format(names, number_text(more))
    made = _tr("Learning", "Learned {0} on {1}, from {2} words: {3}.")
    yield made.format(moment_text(card.made_at), card.base, number_text(card.words), names)
    loss = _tr(
        "Learning",
        "Loss on pages held out: {0} before, {1} after, at step {2} of {3}. Lower is nearer to "
        "you.",
    )
    yield loss.format(
        number_text(card.loss_before, 3),
        number_text(card.loss_after, 3),
        number_text(card.best_step),
        number_text(card.steps),
    )
    spent = _tr("Learning", "It took {0}, at {1} tokens per second, and {2} of memory.")
    yield spent.format(
        time_text(card.seconds), number_text(card.speed), told(data_size_text(card.memory))
    )
