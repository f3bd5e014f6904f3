"""The menu of a word: how likely it was, what else it could have been, and what to do with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.interpretability.why import ReadWord
from app.ui.interpretability.why_list import WordList
from app.ui.interpretability.why_words import rank_text, refusal_of, shown
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import IconButton, NoteLabel

_WIDTH, _GAP = 460, 6
_ROWS = 11
_Key = Qt.Key


class WhyDialog(QDialog):
    """Shows a word; `moved` asks for the next one (1) or the one before (-1).

    `chosen` carries what is to stand there, and whether what follows stays. `read_out` says that a
    word is shown, or why none is.
    """

    moved = Signal(int)
    chosen = Signal(object, bool)
    read_out = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Why This Word"))
        self.word, self.rank = QLabel(), QLabel()
        self.list = WordList()
        self.before = IconButton("chevron-left", self.tr("Word before (Left)"))
        self.after = IconButton("chevron-right", self.tr("Next word (Right)"))
        self.note, self.trouble = NoteLabel(), NoteLabel("wrong")
        self.go_on = QPushButton(self.tr("Go On from Here"))
        self.keep = QPushButton(self.tr("Keep What Follows"))
        self.read: ReadWord | None = None
        self.may_change = True
        self._prepare()
        self._lay_out()

    def _prepare(self) -> None:
        for label in (self.word, self.rank):
            label.setTextFormat(Qt.TextFormat.PlainText)
        font = self.word.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.2)
        self.word.setFont(font)
        self.rank.setProperty("kind", "muted")
        self.go_on.setProperty("kind", "primary")
        self.go_on.setToolTip(
            self.tr("Put the chosen word in, and have the model go on from there (Enter)")
        )
        self.keep.setToolTip(
            self.tr(
                "Put the chosen word in, and say how well what follows still fits (Shift+Enter)"
            )
        )
        self.go_on.clicked.connect(lambda: self._choose(keeps=False))
        self.keep.clicked.connect(lambda: self._choose(keeps=True))
        self.before.clicked.connect(lambda: self.moved.emit(-1))
        self.after.clicked.connect(lambda: self.moved.emit(1))
        for button in (self.go_on, self.keep):
            button.setAutoDefault(False)
        self.list.currentRowChanged.connect(lambda _row: self._judge())
        self.list.itemDoubleClicked.connect(lambda _item: self._choose(keeps=False))
        self.list.installEventFilter(self)
        row = self.list.fontMetrics().height() + 12
        self.list.setMinimumHeight(min(_ROWS * row + 8, 420))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.word)
        names.addWidget(self.rank)
        head.addLayout(names, 1)
        head.addWidget(self.before)
        head.addWidget(self.after)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.keep)
        foot.addWidget(self.go_on)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 14, 14, 14)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self.list, 1)
        whole.addWidget(self.trouble)
        whole.addWidget(self.note)
        whole.addLayout(foot)
        self.resize(_WIDTH, self.sizeHint().height())

    # What is shown

    def show_reading(self, share: float = 0.0) -> None:
        """The model reads: nothing can be chosen yet."""
        self.read = None
        self.list.clear()
        self.trouble.say("")
        words = self.tr("The model is reading… {0} %").format(round(100 * share))
        self.rank.setText(words if share else self.tr("The model is reading…"))
        self._judge()

    def show_word(self, word: ReadWord, note: str) -> None:
        """Show a word with what else could have stood there."""
        self.read = word
        self.word.setText(shown(word.text))
        self.rank.setText(rank_text(word))
        self.note.say(note)
        self.trouble.say("")
        self.list.fill(word)
        self.list.setFocus()
        self._judge()
        announce(self, f"{self.word.text()}: {self.rank.text()}")
        self.read_out.emit()

    def show_trouble(self, text: str) -> None:
        """Say why there is nothing to show."""
        self.read = None
        self.list.clear()
        self.rank.setText("")
        self.trouble.say(text)
        self._judge()
        self.read_out.emit()

    def stand_beside(self, word: QRect, screen: QRect) -> None:
        """Stand below a word on the screen, or above it where there is more room."""
        size = self.frameGeometry().size()
        left = min(max(screen.left(), word.left()), screen.right() - size.width())
        top = word.bottom() + _GAP
        if top + size.height() > screen.bottom():
            above = word.top() - _GAP - size.height()
            top = (
                above
                if above >= screen.top()
                else max(screen.top(), screen.bottom() - size.height())
            )
        self.move(left, top)

    def _judge(self) -> None:
        """What can be done with what is selected."""
        choice = self.list.current if self.read is not None else None
        can = choice is not None and choice.kind == "text" and self.may_change
        self.go_on.setEnabled(can)
        self.keep.setEnabled(can)
        if self.read is not None:
            self.trouble.say(refusal_of(choice) if choice is not None else "")

    def _choose(self, *, keeps: bool) -> None:
        choice = self.list.current
        if self.keep.isEnabled() and choice is not None:
            self.chosen.emit(choice, keeps)

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Numbers and arrows in the list."""
        if watched is self.list and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if self._press(event):
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The same keys wherever the focus is."""
        if not self._press(event):
            super().keyPressEvent(event)

    def _press(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (_Key.Key_Left, _Key.Key_Right):
            self.moved.emit(1 if key == _Key.Key_Right else -1)
        elif key in (_Key.Key_Return, _Key.Key_Enter):
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._choose(keeps=bool(shift))
        elif _Key.Key_0 <= key <= _Key.Key_9:
            self.list.choose(key - _Key.Key_0 or 10)
        else:
            return False
        return True
