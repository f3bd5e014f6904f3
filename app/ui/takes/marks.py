"""Small marks in the margin of the page, at the lines that takes were written for."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtWidgets import QToolButton

from app.core.system.throttle import Throttle
from app.ui.editor.editor import Editor
from app.ui.languages import on_language_change
from app.ui.takes.anchors import Anchor, PlaceAnchors
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme

_GAP = 8  # pixels between a mark and the text
_WIDTH, _ICON = 18, 14
_REDRAWN_MS = 60  # between two looks at a page that is drawn again and again


class MarginMarks(QObject):
    """A button left of each line in view that has places; `opened` carries the key of the last.

    The keyboard's way is the action; a screen reader finds the buttons below the page.
    """

    opened = Signal(str)

    def __init__(self, editor: Editor, anchors: PlaceAnchors) -> None:
        super().__init__(editor)
        self._editor, self._anchors = editor, anchors
        self._buttons: list[QToolButton] = []
        self.later = QTimer(self, singleShot=True)
        self.is_time = Throttle(_REDRAWN_MS / 1000)
        self.later.timeout.connect(self.place)
        editor.verticalScrollBar().valueChanged.connect(self._wake)
        editor.document().documentLayout().update.connect(self._follow_text)
        anchors.moved.connect(self._wake)
        on_theme_change(self._recolour)
        on_language_change(self._word)

    def _wake(self, *_of_the_signal: object) -> None:
        if self._buttons or self._anchors.is_any:
            self.later.start(0)

    def _follow_text(self, *_of_the_signal: object) -> None:
        """The page is drawn again: at once, but not at every word of a text that streams."""
        if (self._buttons or self._anchors.is_any) and not self.later.isActive():
            self.later.start(0 if self.is_time() else _REDRAWN_MS)

    def place(self) -> None:
        """Put the marks where the places are now."""
        rows = self._rows()
        while len(self._buttons) < len(rows):
            self._buttons.append(self._new())
        left = self._editor.viewport().x() - _WIDTH - _GAP
        for index, button in enumerate(self._buttons):
            button.setVisible(index < len(rows))
        for (top, height), button in zip(rows, self._buttons, strict=False):
            button.setProperty("place", rows[top, height].key)
            button.setFixedSize(_WIDTH, min(_WIDTH, height))
            middle = self._editor.viewport().y() + top + (height - button.height()) // 2
            button.move(max(1, left), middle)

    def _rows(self) -> dict[tuple[int, int], Anchor]:
        """The top and the height of each line in view with a place, and the last one in it."""
        anchors = self._anchors.all
        first, last = self._editor.visible if anchors else (0, 0)
        rows = {}
        for anchor in anchors:
            if not first <= anchor.start <= last:
                continue
            cursor = self._editor.cursor_at(anchor.start)
            rect = self._editor.cursorRect(cursor)
            if (
                cursor.block().isVisible()
                and 0 <= rect.center().y() < self._editor.viewport().height()
            ):
                rows[rect.top(), rect.height()] = anchor
        return rows

    def _new(self) -> QToolButton:
        button = QToolButton(self._editor)
        button.setAutoRaise(True)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFocusPolicy(button.focusPolicy().NoFocus)
        button.setCursor(button.cursor().shape().PointingHandCursor)
        button.setStyleSheet("QToolButton { padding: 0; }")
        button.clicked.connect(lambda: self.opened.emit(button.property("place")))
        self._name(button)
        self._colour(button)
        return button

    def _name(self, button: QToolButton) -> None:
        button.setAccessibleName(self.tr("Takes of this line"))
        button.setToolTip(self.tr("See the takes that were written here (Ctrl+F3)"))

    def _colour(self, button: QToolButton) -> None:
        button.setIcon(icon("takes", Theme.current().edge))

    def _word(self) -> None:
        for button in self._buttons:
            self._name(button)

    def _recolour(self) -> None:
        for button in self._buttons:
            self._colour(button)
