"""One take in the tray: its number, name and star, its text, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.editor.manuscript import count_words
from app.ui.generation.takes import TakeText
from app.ui.languages import on_language_change
from app.ui.numbers import number_text
from app.ui.takes.take_view import TakeView
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.controls import ElidedLabel, set_property
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme

NARROWEST = 228
"""How many pixels a card is wide at least, at the usual size of letters."""


class TakeCard(QFrame):
    """A card for the take that `show_take` gives; its signals say what the writer asks for."""

    picked = Signal()
    sentence_asked = Signal(int)
    continued = Signal()
    starred = Signal()
    renamed = Signal(str)
    copied = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "take")
        self._number, self._is_mixed, self._is_shown = 1, False, False
        self._is_starred, self._is_writing, self._given = False, True, ""
        self.badge = QLabel()
        self.badge.setProperty("kind", "badge")
        self.title = ElidedLabel()
        self.state = QLabel()
        self.state.setProperty("kind", "muted")
        self.name = QLineEdit()
        self.name.setMaxLength(80)
        self.name.hide()
        self.name.returnPressed.connect(self._end_naming)
        self.name.editingFinished.connect(self._end_naming)
        self.view = TakeView()
        self.view.sentence_asked.connect(self.sentence_asked)
        self.view.entered.connect(self.entered)
        self.pick = QPushButton()
        self.pick.setProperty("kind", "small")
        self.pick.clicked.connect(self.picked)
        self.star = self._button(self.starred.emit)
        self.sentence = self._button(lambda: self.sentence_asked.emit(self.view.sentence))
        self.go_on = self._button(self.continued.emit)
        self.more = self._button(lambda: None)
        self._make_menu()
        self._lay_out()
        self._word()
        self._recolour()
        on_language_change(self._word)
        on_theme_change(self._recolour)

    def show_take(
        self, number: int, take: TakeText, first: str, chosen: tuple[int, ...], **kind: bool
    ) -> None:
        """Show take `number`, counted from 1; `kind` says if it `is_shown` on the page or mixed."""
        self._number, self._is_mixed = number, kind.get("is_mixed", False)
        self._is_shown, self._is_starred = kind.get("is_shown", False), take.is_starred
        self._is_writing, self._given = not take.finished, take.name
        self._words = count_words(take.text)
        self.view.show_take(take.text, first, chosen)
        for button in (self.pick, self.sentence, self.go_on, self.star, self.more):
            button.setEnabled(bool(take.text))
        self.sentence.setVisible(not self._is_mixed)
        set_property(self, "shown", self._is_shown)
        self._word()
        self._recolour()

    def begin_naming(self) -> None:
        """Let the writer type a name, over the title."""
        self.name.setText(self._given)
        self.title.hide()
        self.name.show()
        self.name.selectAll()
        self.name.setFocus()

    def sizeHint(self) -> QSize:
        """Three of them fill a desk's width."""
        return QSize(self._width(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Narrower, nothing could be read; lower, not even a line."""
        return QSize(self._width(), super().minimumSizeHint().height())

    def _width(self) -> int:
        return max(NARROWEST, self.fontMetrics().averageCharWidth() * 30)

    # Inside

    def _button(self, call: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: call())
        return button

    def _make_menu(self) -> None:
        self.menu = QMenu(self)
        self.naming, self.copying = QAction(self), QAction(self)
        self.naming.triggered.connect(self.begin_naming)
        self.copying.triggered.connect(lambda: self.copied.emit())
        self.menu.addActions([self.naming, self.copying])
        self.more.setMenu(self.menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 4, 0)
        head.setSpacing(6)
        head.addWidget(self.badge)
        head.addWidget(self.title, 1)
        head.addWidget(self.name, 1)
        head.addWidget(self.state)
        head.addWidget(self.star)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 4, 6)
        foot.setSpacing(2)
        foot.addWidget(self.pick)
        foot.addStretch(1)
        for button in (self.sentence, self.go_on, self.more):
            foot.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addLayout(head)
        whole.addWidget(self.view, 1)
        whole.addLayout(foot)
        self.view.setMinimumHeight(self.fontMetrics().height() * 2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def _end_naming(self) -> None:
        if self.name.isVisibleTo(self):
            self.name.hide()
            self.title.show()
            self.renamed.emit(self.name.text().strip())
            self.view.setFocus()

    def leave_naming(self) -> None:
        """Keep the name that it had."""
        self.name.setText(self._given)
        self._end_naming()

    _words = 0

    def _word(self) -> None:
        number = number_text(self._number)
        called = self.tr("Mixed") if self._is_mixed else self.tr("Take {0}").format(number)
        title = self._given or called
        self.badge.setText(number)
        self.title.setText(title)
        self.title.setToolTip(title)
        words = self.tr("%n words", "", self._words)
        writing = self.tr("Writing…") if self._words else ""
        self.state.setText(writing if self._is_writing else words)
        state = [title if title == called else f"{called}, {title}"]
        state += [self.tr("on the page")] * self._is_shown
        state += [self.tr("with a star")] * self._is_starred
        state += [self.state.text()]
        self.view.setAccessibleName(", ".join(state))
        self.setAccessibleName(called)
        self.name.setAccessibleName(self.tr("Name of the take"))
        self.name.setPlaceholderText(self.tr("Name of the take"))
        self.pick.setText(self.tr("On the Page") if self._is_shown else self.tr("Pick"))
        tip = self.tr("Put this take on the page (Enter or {0})").format(number)
        self._name(self.pick, self.tr("Pick {0}").format(called), tip)
        star = self.tr("Take the star off {0}") if self._is_starred else self.tr("Star {0}")
        self._name(self.star, star.format(called), star.format(called) + " (S)")
        sentence = self.tr("Add the marked sentence of {0} to a mix, or take it out")
        self._name(
            self.sentence, sentence.format(called), sentence.format(called) + self.tr(" (Space)")
        )
        go_on = self.tr("Continue {0}").format(called)
        self._name(
            self.go_on, go_on, self.tr("Put this take on the page and go on from its end (C)")
        )
        self._name(self.more, self.tr("More for {0}").format(called), self.tr("Name or copy it"))
        self.naming.setText(self.tr("Name…") + "\tF2")
        self.copying.setText(self.tr("Copy") + "\tCtrl+C")

    def _name(self, button: QWidget, name: str, tip: str) -> None:
        button.setAccessibleName(name)
        button.setToolTip(tip)

    def _recolour(self) -> None:
        theme = Theme.current()
        star = icon("star-full", theme.accent) if self._is_starred else icon("star", theme.muted)
        self.star.setIcon(star)
        for button, drawing in (
            (self.sentence, "add-line"), (self.go_on, "continue"), (self.more, "more"),
        ):  # fmt: skip
            button.setIcon(icon(drawing, theme.muted))
