"""The tree of a book: a click or Enter opens, dragging or Alt and the arrows bring into order."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from app.ui.languages import on_language_change
from app.ui.library.books.model import STATUS, TITLE, WORDS, BookModel
from app.ui.widgets.apply_theme import on_theme_change

_Key = Qt.Key
_AROUND = 14  # pixels beside the text of a narrow column
_ROOM_FOR_STATUS = 48  # letters' widths that the tree must have to say a status in words
_NONE, _ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier

KEYS: dict[tuple[Qt.KeyboardModifier, int], str] = {
    (_ALT, _Key.Key_Up): "up",
    (_ALT, _Key.Key_Down): "down",
    (_ALT, _Key.Key_Left): "out",
    (_ALT, _Key.Key_Right): "in",
    (_NONE, _Key.Key_Insert): "scene",
    (_SHIFT, _Key.Key_Insert): "chapter",
    (_NONE, _Key.Key_Delete): "remove",
    (_CTRL, _Key.Key_Z): "undo",
}
"""What a key asks for while the tree has the focus."""


class BookTree(QTreeView):
    """Shows a BookModel. `opened` carries the id of what is to be read, `wished` a wish of KEYS.

    Which branches are closed is kept through changes of the book, by the files or titles.
    """

    opened = Signal(int)
    wished = Signal(str)
    menu_asked = Signal(QPoint)

    def __init__(self, model: BookModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.book = model
        self._closed: set[str] = set()
        self._is_filling = False
        self.setModel(model)
        self.setProperty("kind", "book")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(14)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_asked)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(12)
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        for column in (STATUS, WORDS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        self.collapsed.connect(lambda index: self._remember(index, is_closed=True))
        self.expanded.connect(lambda index: self._remember(index, is_closed=False))
        model.modelReset.connect(self._unfold)
        model.modelReset.connect(self._fit_columns)
        model.dataChanged.connect(lambda _first, _last: self._fit_columns())
        self._word()
        on_language_change(self._word)
        on_theme_change(model.redraw)

    @property
    def place(self) -> int:
        """The id of what is selected; -1 if nothing is."""
        return self.book.place_of(self.currentIndex())

    def select(self, place: int) -> None:
        """Select an entry and show it."""
        index = self.book.index_of(place)
        self.setCurrentIndex(index)
        if index.isValid():
            self.scrollTo(index)

    def edit_title(self) -> None:
        """Let the title of what is selected be typed."""
        if self.book.is_entry(self.place):
            self.edit(self.currentIndex().siblingAtColumn(TITLE))

    def _word(self) -> None:
        self.setAccessibleName(self.tr("Book"))
        self.setAccessibleDescription(
            self.tr(
                "Enter opens a scene, F2 renames it, Space includes it in the book; Alt and the "
                "arrows move it."
            )
        )
        self.book.redraw()

    def _key(self, place: int) -> str:
        contents = self.book.contents
        if contents is None or not self.book.is_entry(place):
            return "" if contents is None else "not in the book"
        entry = contents.book.entries[place]
        return entry.file or f"{entry.kind} {entry.title}"

    def _remember(self, index: QModelIndex, *, is_closed: bool) -> None:
        if not self._is_filling:
            change = self._closed.add if is_closed else self._closed.discard
            change(self._key(self.book.place_of(index)))

    def _unfold(self) -> None:
        """Open all but what was closed before."""
        self._is_filling = True
        self.expandAll()
        if self._closed and self.book.contents is not None:
            for place in range(len(self.book.contents.book.entries)):
                if self._key(place) in self._closed:
                    self.collapse(self.book.index_of(place))
        self._is_filling = False

    def _fit_columns(self) -> None:
        """Give the status and the words the room that the longest of them needs.

        Qt's own way asks for the size of every row again and again.
        """
        status, words = self.book.widths
        letters = self.fontMetrics()
        self.setColumnHidden(STATUS, not status)
        self.setColumnWidth(STATUS, letters.horizontalAdvance(status) + _AROUND)
        self.setColumnWidth(WORDS, letters.horizontalAdvance(words) + _AROUND)
        self.viewport().update()

    # Keys and the mouse

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, a status is its dot alone; the tooltip says it."""
        room = _ROOM_FOR_STATUS * self.fontMetrics().averageCharWidth()
        self.book.show_status_words(self.viewport().width() >= room)
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the tree's own keys from the window's actions."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return super().event(event)
        if _wish(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter, and do what the tree's keys say."""
        wish = _wish(event)
        if wish and self.state() != QAbstractItemView.State.EditingState:
            self.wished.emit(wish)
        elif event.key() in (_Key.Key_Return, _Key.Key_Enter) and event.modifiers() == _NONE:
            if self.state() != QAbstractItemView.State.EditingState and self.place >= 0:
                self.opened.emit(self.place)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open what was clicked, but for a click on its tick or the arrow before it."""
        point = event.position().toPoint()
        index = self.indexAt(point)
        is_click = (
            event.button() == Qt.MouseButton.LeftButton
            and self.state() != QAbstractItemView.State.DraggingState
            and self.visualRect(index).contains(point)
            and not self._is_on_tick(index, point)
        )
        place = self.book.place_of(index)
        super().mouseReleaseEvent(event)
        if is_click:
            self.opened.emit(place)

    def _is_on_tick(self, index: QModelIndex, place: QPoint) -> bool:
        if index.column() != TITLE or not self.book.is_entry(self.book.place_of(index)):
            return False
        room = self.visualRect(index)
        return room.left() <= place.x() < room.left() + room.height()


def _wish(event: QKeyEvent) -> str:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return KEYS.get((modifiers, event.key()), "")
