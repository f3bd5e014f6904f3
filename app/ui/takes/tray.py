"""The tray: takes side by side below the page, or one below the other beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.generation.takes import TakeText
from app.ui.languages import on_language_change
from app.ui.sentences import Words, told
from app.ui.takes.card import TakeCard
from app.ui.takes.tree import TakeTree
from app.ui.widgets.announce import announce
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.controls import ElidedLabel, IconButton
from app.ui.widgets.theme import Theme

_TREE_LETTERS = 26  # letters that a row of the tree has room for where it stands left of the cards
_LINES_BESIDE = 5  # lines of a take's text that are always in sight where cards stand in a column


class TrayItem(msgspec.Struct, frozen=True):
    """What a card shows: a take, the numbers of its sentences in the mix, and its state."""

    take: TakeText
    chosen: tuple[int, ...] = ()
    is_shown: bool = False
    is_mixed: bool = False


class TakeTray(QWidget):
    """Shows items; everything can be done by key in the text of a card, and with the mouse.

    Signals carry the number of a card, counted from 0.
    """

    picked = Signal(int)
    sentence_asked = Signal(int, int)
    continued = Signal(int)
    starred = Signal(int)
    renamed = Signal(int, str)
    copied = Signal(int)
    more_asked = Signal()
    side_asked = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[TakeCard] = []
        self._items: Sequence[TrayItem] = ()
        self._said: Words = ""
        self._is_beside = False
        self._focused = 0
        self.title = QLabel()
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.status = ElidedLabel()
        self.status.setProperty("kind", "muted")
        self.more = IconButton("add", "")
        self.side = IconButton("panel", "")
        self.closing = IconButton("close", "")
        self.more.clicked.connect(self.more_asked)
        self.side.clicked.connect(self.side_asked)
        self.closing.clicked.connect(self.left)
        self.tree = TakeTree()
        self.tree.hide()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._show_focused)
        self._lay_out()
        self._word()
        self._recolour()
        on_language_change(self._word)
        on_theme_change(self._recolour)

    def show_items(self, items: Sequence[TrayItem]) -> None:
        """Show these takes, in this order."""
        while len(self.cards) < len(items):
            self._add_card()
        while len(self.cards) > len(items):
            card = self.cards.pop()
            if card.isAncestorOf(self.focusWidget() or self):
                self.focus_card(len(self.cards) - 1)
            card.hide()
            card.deleteLater()
        self._items = items
        plain = [item for item in items if not item.is_mixed]
        first = plain[0].take.text if plain else ""
        for number, (card, item) in enumerate(zip(self.cards, items, strict=True)):
            card.show_take(
                number + 1,
                item.take,
                "" if item.is_mixed else first,
                item.chosen,
                is_shown=item.is_shown,
                is_mixed=item.is_mixed,
            )
        self.more.setEnabled(bool(items) and all(item.take.finished for item in items))

    def follow_in_tab_order(self, before: QWidget) -> None:
        """Let Tab come from `before` through the tray to what came after `before`."""
        for one in self.findChildren(QWidget):
            if one.focusPolicy().value & Qt.FocusPolicy.TabFocus.value:
                QWidget.setTabOrder(before, one)
                before = one

    def say(self, words: Words) -> None:
        """Say beside the title how far it is, or what happened."""
        if told(words) != self.status.text():
            self._said = words
            self.status.setText(told(words))
            self.status.setToolTip(told(words))

    def lie(self, *, beside: bool) -> None:
        """Put the cards into a column, for a tray beside the page, or into a row."""
        self._is_beside = beside
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._row.setDirection(down if beside else right)
        self._middle.setDirection(down if beside else right)
        self.fit_tree()
        for card in self.cards:
            self._set_height(card)
        self._word()

    def fit_tree(self) -> None:
        """Give the tree its room: a column left of the cards, or some rows above them."""
        most, width = 16_777_215, self.fontMetrics().averageCharWidth() * _TREE_LETTERS
        height = self.tree.rows_height()
        self.tree.setMinimumSize(0 if self._is_beside else width, 0)
        self.tree.setMaximumSize(
            most if self._is_beside else width, height if self._is_beside else most
        )

    def focus_card(self, number: int) -> None:
        """Put the focus into the text of a card, the last one where there are fewer."""
        if self.cards:
            self._focused = max(0, min(number, len(self.cards) - 1))
            self.cards[self._focused].view.setFocus()

    def event(self, event: QEvent) -> bool:
        """Once the takes are written, Esc is the tray's own, whatever else could be stopped."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and all(item.take.finished for item in self._items)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the tray from wherever in it the focus is."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    # Inside

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 6, 10, 0)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.status, 1)
        for button in (self.more, self.side, self.closing):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            head.addWidget(button)
        body = QWidget()
        body.setProperty("kind", "body")
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, body)
        self._row.setContentsMargins(16, 4, 16, 8)
        self._row.setSpacing(8)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setProperty("kind", "plain")
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(0)
        self._middle.addWidget(self.tree)
        self._middle.addWidget(self._area, 1)
        whole.addLayout(head)
        whole.addLayout(self._middle, 1)
        self.setAutoFillBackground(True)

    def _add_card(self) -> None:
        card = TakeCard()
        number = len(self.cards)
        card.picked.connect(partial(self._pick, number))
        card.sentence_asked.connect(partial(self.sentence_asked.emit, number))
        card.continued.connect(partial(self.continued.emit, number))
        card.starred.connect(partial(self.starred.emit, number))
        card.renamed.connect(partial(self.renamed.emit, number))
        card.copied.connect(partial(self.copied.emit, number))
        card.entered.connect(partial(self._enter, number))
        card.view.key_pressed.connect(partial(self._on_key, number))
        self.cards.append(card)
        self._row.addWidget(card)
        self._set_height(card)

    def _set_height(self, card: TakeCard) -> None:
        lines = _LINES_BESIDE if self._is_beside else 2
        card.view.setMinimumHeight(self.fontMetrics().lineSpacing() * lines)

    def _enter(self, number: int) -> None:
        self._focused = number
        self._later.start()

    def _show_focused(self) -> None:
        if self._focused < len(self.cards):
            self._area.ensureWidgetVisible(self.cards[self._focused], 8, 0)

    def _pick(self, number: int) -> None:
        self.cards[number].view.setFocus()
        self.picked.emit(number)

    def _on_key(self, number: int, event: QKeyEvent) -> None:
        """Do what a key in the text of a card stands for; others are left to the text."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.matches(QKeySequence.StandardKey.Copy):
            selected = self.cards[number].view.textCursor().hasSelection()
            if selected:
                self.cards[number].view.copy()
            else:
                self.copied.emit(number)
            event.accept()
            return
        plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if not plain or not self._do(number, event):
            event.ignore()

    def _do(self, number: int, event: QKeyEvent) -> bool:
        key, view = Qt.Key(event.key()), self.cards[number].view
        digit = event.text() if event.text() in tuple("123456789") else ""
        if digit:
            if int(digit) <= len(self.cards):
                self.focus_card(int(digit) - 1)
                self.picked.emit(int(digit) - 1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.focus_card(number + (1 if key == Qt.Key.Key_Right else -1))
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            view.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._items[number].is_shown:
                self.left.emit()
            else:
                self.picked.emit(number)
        elif key == Qt.Key.Key_Space:
            if not self._items[number].is_mixed:
                self.sentence_asked.emit(number, view.sentence)
        elif key == Qt.Key.Key_Plus:
            self.more.click()
        elif key == Qt.Key.Key_F2:
            self.cards[number].begin_naming()
        elif event.text().lower() == "c":
            self.cards[number].go_on.click()
        elif event.text().lower() == "s":
            self.cards[number].star.click()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            return False
        event.accept()
        return True

    def _word(self) -> None:
        self.setAccessibleName(self.tr("Takes"))
        self.title.setText(self.tr("Takes"))
        self.status.setText(told(self._said))
        self.more.name(self.tr("Two More Takes (+)"))
        below, beside = self.tr("Below the Page"), self.tr("Beside the Page")
        self.side.name(below if self._is_beside else beside)
        self.closing.name(self.tr("Leave the Takes (Esc)"))
        self._area.setAccessibleName(self.tr("Takes side by side"))

    def _recolour(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, Theme.current().surround)
        self.setPalette(palette)

    def tell(self, text: str) -> None:
        """Have a screen reader say something."""
        announce(self, text)
