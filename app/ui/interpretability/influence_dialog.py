"""The window that shows which parts of a prompt drove a sentence, as far as they are scored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.errors import LampblackError
from app.core.interpretability.influence import Influence, InfluencePlan, Reading, ranked
from app.core.interpretability.influence_parts import InfluenceKind
from app.ui.editor.manuscript import Change
from app.ui.interpretability.influence_rows import InfluenceList
from app.ui.interpretability.influence_run import InfluenceQuestion, InfluenceRun
from app.ui.interpretability.influence_words import InfluenceWords
from app.ui.numbers import number_text
from app.ui.sentences import joined, told
from app.ui.widgets.controls import NoteLabel, ProgressStrip

_LONG_S = 10.0
"""How many seconds it may take without being asked for once more."""

_LONG_TOKENS = 4000  # where the model's speed is not known yet
_REFRESH_MS = 150
_MOST_SHOWN = 300  # characters of the sentence
_WHOLE = -1

Foresee = Callable[[Reading], float | None]
"""Gives the seconds that a reading takes; None where no speed was measured."""


class InfluenceDialog(QDialog):
    """Ranks the parts while they are scored; Stop leaves what is done, and it can be gone on with.

    That is so while `is_current` says that the model is still the one it was begun with.

    `marked` carries where the selected part stands on the page, or None; `opened` carries the same
    and the part's kind, when the writer wants to go there.
    """

    marked = Signal(object)
    opened = Signal(object, str)

    def __init__(
        self,
        question: InfluenceQuestion,
        run: InfluenceRun,
        foresee: Foresee,
        is_current: Callable[[], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.question, self.run, self._foresee = question, run, foresee
        self._is_current = is_current
        self._words = InfluenceWords(self)
        self._places = dict(enumerate(question.places))
        self._whole: float | None = None
        self._without: dict[int, float] = {}
        self.plan: InfluencePlan | None = None
        self._is_changed = False
        self._refresh = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refresh.timeout.connect(self._show_rows)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.note, self.changed_note = NoteLabel(), NoteLabel()
        self.list = InfluenceList()
        self.strip = ProgressStrip()
        self.help = NoteLabel()
        self.buttons = QDialogButtonBox()
        self._lay_out()
        run.planned.connect(self._on_planned)
        run.scored.connect(self._on_scored)
        run.moved.connect(self._on_moved)
        run.ended.connect(self._on_ended)
        self.strip.stopped.connect(run.stop)
        self.list.currentItemChanged.connect(lambda *_items: self._mark())
        self.list.opened.connect(lambda _number: self._open())
        self.finished.connect(lambda _code: self._close())
        run.plan(question)

    def _lay_out(self) -> None:
        self.setWindowTitle(self.tr("What Drove This"))
        text = self.question.sentence
        shown = text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN].rstrip() + "…"
        self.sentence.setText(self.tr("“{0}”").format(shown))
        self.sentence.setAccessibleName(self.tr("The sentence"))
        self.note.say(self.tr("Counting the parts of the prompt…"))
        self.list.setAccessibleName(self.tr("Parts of the prompt, what mattered most first"))
        self.help.say(
            self.tr(
                "How this is found: each part is left out once, and the sentence is scored again "
                "(leave-one-out). The number is how much less likely the sentence is without it; a "
                "hollow bar and a minus mean that it would be likelier. Parts that say the same "
                "cover for each other: then none of them seems to matter. It tells what this model "
                "does with this prompt, not why."
            )
        )
        self.go_button = self._button(self.tr("Go There"))
        self.go_button.setToolTip(self.tr("Go to the selected part: on the page or in the memory"))
        self.start_button = self._button(self.tr("Start"))
        self.copy_button = self._button(self.tr("Copy"))
        self.copy_button.setToolTip(self.tr("Copy the list as text"))
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        self.go_button.clicked.connect(self._open)
        self.start_button.clicked.connect(self._start)
        self.copy_button.clicked.connect(self._copy)
        self.start_button.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(10)
        for above in (self.sentence, self.note, self.changed_note):
            whole.addWidget(above)
        whole.addWidget(self.list, 1)
        for below in (self.strip, self.help, self.buttons):
            whole.addWidget(below)
        self._allow()
        self.resize(560, 640)

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)  # Enter is the list's
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button

    # What is found

    @property
    def found(self) -> tuple[Influence, ...]:
        """The parts that are scored, what mattered most first."""
        return () if self._whole is None else ranked(self._whole, self._without)

    @property
    def left(self) -> tuple[int, ...]:
        """The numbers of the parts that are not scored yet, in the order in which that is done."""
        if self.plan is None:
            return ()
        return tuple(one for one in self.plan.open_parts if one not in self._without)

    @property
    def is_settled(self) -> bool:
        """Whether nothing goes on, and all is shown."""
        return self.plan is not None and self.run.is_idle and not self._refresh.isActive()

    def carry(self, change: Change) -> None:
        """The page was changed: let the parts move along, and say so."""
        for number, place in self._places.items():
            if place is not None:
                start = change.carry(place[0], after_insertion=True)
                self._places[number] = start, max(start, change.carry(place[1]))
        self._mark()
        if not self._is_changed:
            self._is_changed = True
            self.changed_note.say(
                self.tr("The text was changed meanwhile; this is about the text as it was.")
            )

    # The engine

    def _on_planned(self, plan: InfluencePlan) -> None:
        self.plan = plan
        self._places = {new: self._places[old] for new, old in enumerate(plan.kept)}
        numbers = self.left
        if not numbers:
            self.note.say(self.tr("Nothing stands before this sentence that could be left out."))
            return
        tokens, seconds = self._cost(numbers)
        is_long = tokens > _LONG_TOKENS if seconds is None else seconds > _LONG_S
        if not is_long:
            self._start()
            return
        count = len(numbers)
        self._tell_cost(
            self.tr("{0} parts are to be left out, one after the other.", "", count), numbers
        )
        self.start_button.show()
        self.start_button.setFocus()
        self._allow()

    def _cost(self, numbers: Sequence[int]) -> tuple[int, float | None]:
        """The tokens to be read for these parts, and the seconds if they can be foreseen."""
        assert self.plan is not None
        readings = self.plan.readings(numbers)
        times = [self._foresee(one) for one in readings]
        known = [one for one in times if one is not None]
        return sum(one.read for one in readings), sum(known) if len(known) == len(times) else None

    def _tell_cost(self, words: str, numbers: Sequence[int]) -> None:
        tokens, seconds = self._cost(numbers)
        said = [words.format(number_text(len(numbers)))]
        read = self.tr("That means reading {0}").format(self._words.tokens(tokens))
        if seconds is None:
            said.append(self.tr("{0}; how long it takes is known once some are read.").format(read))
        else:
            said.append(self.tr("{0}: {1}.").format(read, self._words.duration(seconds)))
        said.append(self.tr("What the model is asked to write goes before it."))
        self.note.say(joined(said))

    def _start(self) -> None:
        """Score the parts that are left."""
        if self.plan is None or self.run.is_running or not self.left:
            return
        self.start_button.hide()
        if not self._is_current():
            self.note.say(self.tr("Another model is loaded now. Close this window, and ask again."))
            return
        count = len(self.left)
        self._tell_cost(
            self.tr("{0} parts are left out, one after the other.", "", count), self.left
        )
        self.list.setFocus()
        self.strip.show_fraction(self.tr("Reading the prompt…"), 0.0)
        self.run.start(self.plan, self.left)

    def _on_scored(self, number: int, value: float) -> None:
        if number == _WHOLE:
            self._whole = value
        else:
            self._without[number] = value
        if not self._refresh.isActive():
            self._refresh.start()

    def _on_moved(self, done: int, total: int) -> None:
        share = done / total if total else 0.0
        plan = self.plan
        if plan is None:
            return
        count = len(plan.open_parts)
        said = self.tr("{0} of {1} parts", "", count).format(
            number_text(len(self._without)), number_text(count)
        )
        if done:
            gone = time.monotonic() - self.run.begun_at
            left = self._words.duration(gone * (total - done) / done)
            said = self.tr("{0}, {1} left").format(said, left)
        self.strip.show_fraction(said, share)

    def _on_ended(self, error: LampblackError | None) -> None:
        self._refresh.stop()
        self._show_rows()
        self.strip.hide()
        plan = self.plan
        if plan is None:
            self.note.say(told(str(error)) if error is not None else "")
            return
        done, total = len(self._without), len(plan.open_parts)
        words = self._reason(error)
        if self.left:
            share = self.tr(
                "{0} of {1} parts were left out so far; the rest is not known.", "", total
            )
            words.append(share.format(number_text(done), number_text(total)))
            self.start_button.setText(self.tr("Go On"))
            self.start_button.show()
        else:
            words += self._summary(plan)
        self.note.say(joined(words))
        self._allow()

    @staticmethod
    def _reason(error: LampblackError | None) -> list[str]:
        return [] if error is None or error.kind == "cancelled" else [told(str(error))]

    def _summary(self, plan: InfluencePlan) -> list[str]:
        assert self._whole is not None
        said = self.tr("After the whole prompt the log probability of its {0} is {1} nats.")
        value = ("−" if self._whole < 0 else "") + number_text(abs(self._whole), 1)
        words = [said.format(self._words.tokens(plan.tokens), value)]
        if self.question.from_take:
            words.append(self.tr("The prompt is the one that this take was written from."))
        else:
            words.append(
                self.tr("The prompt is what the model would read before the sentence now.")
            )
        if self.question.is_other_model:
            words.append(self.tr("Another model wrote it than the one that is loaded."))
        if plan.dropped:
            said = self.tr("{0} paragraphs at the beginning have no room.", "", plan.dropped)
            words.append(said.format(number_text(plan.dropped)))
        return words

    # What is shown

    def _show_rows(self) -> None:
        plan, found = self.plan, self.found
        if plan is None or not found:
            return
        selected = self.list.selected() if self.list.count() else -1
        most = max(abs(one.nats) for one in found) or 1.0
        self.list.blockSignals(True)
        self.list.clear()
        for one in found:
            share = one.nats / most if one.matters else 0.0
            self.list.add(
                one.number,
                self._words.name(plan.parts[one.number]),
                self._words.nats(one),
                self._words.about(plan, one),
                share,
            )
        self.list.blockSignals(False)
        self.list.select(selected)
        self._mark()

    def _allow(self) -> None:
        self.copy_button.setEnabled(bool(self.list.count()))
        number = self.list.selected()
        self.go_button.setEnabled(number >= 0 and self._target(number) is not None)

    def _target(self, number: int) -> tuple[tuple[int, int] | None, InfluenceKind] | None:
        """Where a part can be gone to: a place on the page, or a kind that the memory has."""
        assert self.plan is not None
        kind, place = self.plan.parts[number].kind, self._places.get(number)
        if place is not None and place[0] < place[1]:
            return place, kind
        return (None, kind) if kind in ("memory", "lore", "note") else None

    def _mark(self) -> None:
        number = self.list.selected()
        target = self._target(number) if number >= 0 and self.plan is not None else None
        self.marked.emit(target[0] if target is not None else None)
        self._allow()

    def _open(self) -> None:
        number = self.list.selected()
        target = self._target(number) if number >= 0 and self.plan is not None else None
        if target is not None:
            self.opened.emit(*target)

    def as_text(self) -> str:
        """The list as text."""
        assert self.plan is not None
        lines = [self.sentence.text(), self.note.text(), ""]
        for place, one in enumerate(self.found, 1):
            name = self._words.name(self.plan.parts[one.number])
            nats, about = self._words.nats(one), self._words.about(self.plan, one)
            lines.append(f"{number_text(place)}. {name} · {nats} · {about}")
        return "\n".join((*lines, "", self.help.text()))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())

    def _close(self) -> None:
        self._refresh.stop()
        self.marked.emit(None)
        self.run.close()
