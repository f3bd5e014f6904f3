"""The palette: every action in a list that typing shortens, with what is to be said before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.rewrites.table import Rewrite
from app.ui.rewrites.offers import Offer
from app.ui.rewrites.words import asks_of, goes_text, help_of, name_of, rewrite_tr
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.theme import Theme
from app.ui.widgets.two_line_list import TwoLines

_LINE_END = "\u2028"
_WIDTH, _HEIGHT = 580, 540
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class RewritePalette(QDialog):
    """Lists what is offered; `chosen` carries an action and its instruction.

    `offer` tells what is to be said of an action with an instruction, as it is typed.
    """

    chosen = Signal(object, str)

    def __init__(
        self,
        offers: Sequence[Offer],
        offer: Callable[[Rewrite, str], Offer],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._offers, self._offer = offers, offer
        self.setWindowTitle(self.tr("Rewrite"))
        self.line, self.list = QLineEdit(), QListWidget()
        self.instruction, self.start = QLineEdit(), QPushButton(self.tr("Start"))
        self.asks = QLabel()
        self.reason, self.doubt = NoteLabel("wrong"), NoteLabel()
        self._prepare()
        self._lay_out()
        self._fill("")
        self.line.setFocus()

    def _prepare(self) -> None:
        self.line.setPlaceholderText(self.tr("Type to find an action"))
        self.line.setAccessibleName(self.tr("Find an action"))
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list.setProperty("kind", "texts")
        self.list.setItemDelegate(TwoLines(self.list))
        self.list.setAccessibleName(self.tr("Actions"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_items: self._show_current())
        self.list.itemActivated.connect(lambda _item: self._go_on())
        self.instruction.textChanged.connect(lambda _text: self._judge())
        self.instruction.installEventFilter(self)
        self.asks.setBuddy(self.instruction)
        self.start.setProperty("kind", "primary")
        self.start.setAutoDefault(False)
        self.start.clicked.connect(lambda: self._go_on(is_answered=True))

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.instruction, 1)
        foot.addStretch(0)
        foot.addWidget(self.start)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 14, 14, 14)
        whole.setSpacing(8)
        whole.addWidget(self.line)
        whole.addWidget(self.list, 1)
        whole.addWidget(self.reason)
        whole.addWidget(self.doubt)
        whole.addWidget(self.asks)
        whole.addLayout(foot)
        self.resize(_WIDTH, _HEIGHT)

    def begin_with(self, action: Rewrite, instruction: str = "") -> None:
        """Select an action, and ask for its instruction."""
        self.select(action)
        self.instruction.setText(instruction)
        (self.instruction if action.asks else self.start).setFocus()

    def select(self, action: Rewrite) -> None:
        """Select an action of the list."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(Qt.ItemDataRole.UserRole).action.id == action.id:
                self.list.setCurrentItem(item)

    @property
    def current(self) -> Offer | None:
        """What is selected."""
        item = self.list.currentItem()
        offer: Offer | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return offer

    @property
    def names(self) -> list[str]:
        """The names that are listed now."""
        rows = (self.list.item(row) for row in range(self.list.count()))
        return [name_of(item.data(Qt.ItemDataRole.UserRole).action) for item in rows]

    def _fill(self, typed: str) -> None:
        former = self.current
        self.list.clear()
        for offer in matching(self._offers, typed):
            self.list.addItem(_item(offer))
        self.list.setCurrentRow(0)
        if former is not None and not typed:
            self.select(former.action)
        if not self.list.count():
            self._show_current()

    def _show_current(self) -> None:
        offer = self.current
        asks = asks_of(offer.action) if offer is not None else ""
        self.asks.setText(asks)
        self.asks.setVisible(bool(asks))
        self.instruction.setVisible(bool(asks))
        self.instruction.setAccessibleName(asks)
        if offer is not None:
            suggestions = [rewrite_tr(text) for text in offer.action.suggestions]
            completer = QCompleter(QStringListModel(suggestions, self), self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
            self.instruction.setCompleter(completer)
            self.instruction.setPlaceholderText(", ".join(suggestions))
        self._judge()

    def _judge(self) -> None:
        """Say why the selected action cannot be had, or what may go wrong with it."""
        offer = self.current
        if offer is None:
            self.reason.say(self.tr("No action has such a name."))
            self.doubt.say("")
            self.start.setEnabled(False)
            return
        action, typed = offer.action, self.instruction.text().strip()
        offer = self._offer(action, typed if action.asks else "")
        self.reason.say(offer.obstacle)
        self.doubt.say("\n".join(map(told, offer.doubts)))
        is_missing = bool(action.asks) and not action.may_be_bare and not typed
        self.start.setEnabled(not offer.obstacle and not is_missing)

    def _go_on(self, *, is_answered: bool = False) -> None:
        """Start what is selected, or ask first for what it needs, unless that `is_answered`."""
        offer = self.current
        if offer is None or offer.obstacle:
            return
        action = offer.action
        if action.asks and not is_answered:
            self.instruction.setFocus()
        elif self.start.isEnabled():
            typed = self.instruction.text().strip() if action.asks else ""
            self.accept()
            self.chosen.emit(action, in_english(action, typed))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list and start from the fields."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go_on(is_answered=watched is self.instruction)
                return True
            if event.key() in _MOVES:
                self.list.event(event)
                return True
        return super().eventFilter(watched, event)


def matching(offers: Iterable[Offer], typed: str) -> list[Offer]:
    """The offers in whose name or help each typed word begins a word; those by name first."""
    words = typed.casefold().split()
    found = []
    for place, offer in enumerate(offers):
        name, rest = name_of(offer.action).casefold(), help_of(offer.action).casefold()
        english = "" if offer.action.is_own else offer.action.name.casefold()
        by_name = all(_begins(word, f"{name} {english}") for word in words)
        if by_name or all(_begins(word, f"{name} {english} {rest}") for word in words):
            found.append((not by_name, place, offer))
    return [offer for *_order, offer in sorted(found, key=lambda one: one[:2])]


def _begins(word: str, text: str) -> bool:
    """Whether a word begins with it; within a word of a script without spaces, too."""
    return f" {word}" in f" {text}" or (not word.isascii() and word in text)


def in_english(action: Rewrite, typed: str) -> str:
    """The suggestion that was typed, as the table has it; anything else as it is."""
    known = {rewrite_tr(text).casefold(): text for text in action.suggestions}
    return known.get(typed.casefold(), typed)


def _item(offer: Offer) -> QListWidgetItem:
    action = offer.action
    keys = QKeySequence(action.key).toString(QKeySequence.SequenceFormat.NativeText)
    name = f"{name_of(action)}  ({keys})" if keys else name_of(action)
    more = told(offer.obstacle) or f"{help_of(action)} — {goes_text(action.goes)}"
    item = QListWidgetItem(f"{name}{_LINE_END}{more}")
    item.setData(Qt.ItemDataRole.UserRole, offer)
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}. {more}")
    if offer.obstacle:
        item.setForeground(QColor(Theme.current().muted))
    return item
