"""The page of the side bar that searches in every text, and the way to replace in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.books.library_search import MOST_HITS, FoundText
from app.core.documents.normalise import normalise
from app.core.documents.search import Query
from app.core.errors import LampblackError
from app.ui.languages import on_language_change
from app.ui.library.results import ResultGroup, ResultsModel, ResultsView
from app.ui.numbers import number_text
from app.ui.sentences import Words, told
from app.ui.texts import moment_text
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.search_switches import SearchSwitches

_PAUSE_MS = 120  # after a key, before it is searched


class SearchPage(QWidget):
    """The words, how they are meant, what was found, and what to put in its place.

    `asked` when something else is to be searched for, `chosen` carries a FoundText and the number
    of a place in it, `replace_asked` what is to be put in all places.
    """

    asked = Signal()
    chosen = Signal(object, int)
    replace_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line, self.replacement = QLineEdit(), QLineEdit()
        self.switches, self.takes = SearchSwitches(), QCheckBox()
        self.replace_button = QPushButton()
        self.problem = NoteLabel("wrong")
        self.count = QLabel()
        self.model = ResultsModel(self)
        self.list = ResultsView(self.model)
        self._told: Words = ""
        self._is_cut = False
        self._reading = 0
        self._later: list[ResultGroup] | None = None
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()
        self._connect()
        self._word()
        on_language_change(self._word)
        self.clear()

    def _lay_out(self) -> None:
        self.setFocusProxy(self.line)
        self.takes.setChecked(True)
        self.count.setWordWrap(True)
        self.count.setProperty("kind", "muted")
        self.replace_button.setProperty("kind", "small")
        how = QHBoxLayout()
        how.setSpacing(4)
        how.addWidget(self.switches)
        how.addStretch(1)
        how.addWidget(self.takes)
        replacing = QHBoxLayout()
        replacing.setSpacing(6)
        replacing.addWidget(self.replacement, 1)
        replacing.addWidget(self.replace_button)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(10, 10, 10, 10)
        lines.setSpacing(6)
        lines.addWidget(self.line)
        lines.addLayout(how)
        lines.addLayout(replacing)
        lines.addWidget(self.problem)
        lines.addWidget(self.count)
        lines.addWidget(self.list, 1)

    def _connect(self) -> None:
        self.line.textChanged.connect(lambda _text: self._timer.start())
        self._timer.timeout.connect(self.asked)
        self.line.returnPressed.connect(self._enter)
        self.switches.toggled.connect(self.asked)
        self.takes.toggled.connect(lambda _on: self.asked.emit())
        self.list.chosen.connect(lambda group, number: self.chosen.emit(group.key, number))
        for signal in (self.replacement.returnPressed, self.replace_button.clicked):
            signal.connect(self._ask_to_replace)

    def _word(self) -> None:
        self.setAccessibleName(self.tr("Search in everything"))
        self.line.setAccessibleName(self.tr("Search"))
        self.line.setPlaceholderText(self.tr("Search in every text"))
        self.replacement.setAccessibleName(self.tr("Replace with"))
        self.replacement.setPlaceholderText(self.tr("Replace with"))
        self.takes.setText(self.tr("Takes"))
        self.takes.setToolTip(self.tr("Search in what the model wrote, too"))
        self.replace_button.setText(self.tr("Replace…"))
        self.replace_button.setToolTip(
            self.tr("See what would change in every text, then replace it")
        )
        self.list.setAccessibleName(self.tr("Places found"))
        self._say(self._told)

    # What is asked

    @property
    def query(self) -> Query:
        """What is searched for."""
        return self.switches.query(self.line.text())

    def begin(self, words: str) -> None:
        """Search for `words` now, or go on with those that are there."""
        if words and not self.switches.pattern.isChecked():
            self.line.setText(words)
        self._timer.stop()
        self.line.setFocus()
        self.line.selectAll()
        self.asked.emit()

    def _enter(self) -> None:
        """Search now, or go to the list where that is done."""
        if self._timer.isActive():
            self._timer.stop()
            self.asked.emit()
        elif self.model.groups:
            self.list.setFocus()
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.model.index(0, 0, self.model.index(0, 0)))

    def _ask_to_replace(self) -> None:
        if self.replace_button.isEnabled():
            self.replace_asked.emit(normalise(self.replacement.text()))

    # What was found

    def clear(self) -> None:
        """Show that nothing is searched for."""
        self._later = None
        self.model.clear()
        self._is_cut = False
        self.problem.say("")
        self._say(self._intro)
        self._allow()

    def begin_results(self, *, is_same: bool = False) -> None:
        """Another search begins; one for the same words changes the list when it is over."""
        self._is_cut = False
        self._later = [] if is_same else None
        if is_same:
            return
        self.model.clear()
        self.problem.say("")
        self._say("")
        self._allow()

    def add(self, texts: Sequence[FoundText], open_name: str) -> None:
        """Show texts with places; `open_name` is the name of the one on the page."""
        for text in texts:
            self._is_cut = self._is_cut or text.is_cut
        for text in texts:
            is_loose_page = text.kind == "page" and not text.group
            title = open_name if is_loose_page else self._title(text)
            tip = "" if text.kind == "take" else text.name
            group = ResultGroup(text, title, tip or title, len(text.spans), text.hit)
            if self._later is not None:
                self._later.append(group)
            else:
                self.model.add(group)
        if self._later is None:
            self._say(self._counted)

    def finish(self) -> None:
        """All that there is was found."""
        is_same = self._later is not None
        if self._later is not None:
            self.list.exchange(self._later)
            self._later = None
        self._say(self._counted)
        self._allow()
        if not is_same:
            announce(self, self.count.text())

    def fail(self, error: LampblackError) -> None:
        """Say why there is nothing."""
        self._later = None
        self.model.clear()
        self._say("")
        self.problem.say(lambda: told(str(error)))
        self._allow()

    def show_reading(self, left: int) -> None:
        """So many texts are still read; what is in them is not found yet."""
        self._reading = left
        self._say(self._told)

    @property
    def found(self) -> list[FoundText]:
        """The texts that are listed."""
        return [group.key for group in self.model.groups]

    def _title(self, text: FoundText) -> str:
        if text.kind == "take":
            model = Path(text.model).stem or self.tr("a model")
            return self.tr("Take by {0}, {1}").format(model, moment_text(text.made_at))
        name = Path(text.name).stem
        return f"{name} · {text.group}" if text.group else Path(text.name).name

    def _intro(self) -> str:
        return self.tr(
            "Searches in this text, in its book, in recent texts and books, and in every take."
        )

    def _counted(self) -> str:
        places = sum(group.count for group in self.model.groups)
        if not places:
            return self.tr("Nothing found.")
        if self._is_cut:
            return self.tr("The first {0} places. More words find fewer.").format(
                number_text(MOST_HITS)
            )
        texts = len(self.model.groups)
        return self.tr("{0} in {1}").format(
            self.tr("{0} places", "", places).format(number_text(places)),
            self.tr("{0} texts", "", texts).format(number_text(texts)),
        )

    def _say(self, words: Words) -> None:
        self._told = words
        reading = self.tr("Reading {0} texts…", "", self._reading).format(
            number_text(self._reading)
        )
        self.count.setText("\n".join(filter(None, (told(words), reading * bool(self._reading)))))
        self.count.setVisible(bool(self.count.text()))

    def _allow(self) -> None:
        """Replace where all places are known and one of them is in a file or on the page."""
        texts = [text for text in self.found if text.kind != "take"]
        self.replace_button.setEnabled(bool(texts) and not self._is_cut)
