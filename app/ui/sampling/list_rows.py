"""Row widgets that hold lists: stop texts and banned phrases, word bias, the order of steps."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.sampling.parameter_row import ParameterRow, translated
from app.ui.widgets.controls import IconButton
from app.ui.widgets.number_box import NumberBox, number_of, shown_number

_View = TypeVar("_View", bound="QListWidget | QTableWidget")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_READ = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r"}
_SHOWN = str.maketrans({"\n": "↵", "\t": "⇥", "\r": "␍"})
_RAW = Qt.ItemDataRole.UserRole
_VISIBLE_ROWS = 6
_EDITABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable


def escaped(text: str) -> str:
    r"""`text` as it is typed: a line break is \n, a tab \t, a backslash two of them."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def unescaped(typed: str) -> str:
    """What a typed text means; a backslash before any other letter stays a backslash."""
    out, characters = [], iter(typed)
    for character in characters:
        if character != "\\":
            out.append(character)
            continue
        following = next(characters, "")
        out.append(_READ.get(following, "\\" + following))
    return "".join(out)


def shown(text: str) -> str:
    """`text` on one line, with signs for what cannot be seen, such as ↵ and outer spaces."""
    body = text.strip(" ")
    if not body:
        return "␣" * len(text)
    head, tail = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    return "␣" * head + body.translate(_SHOWN) + "␣" * tail


class _EscapeDelegate(QStyledItemDelegate):
    """Edits an item in its typed form and shows it in its visible form."""

    edited = Signal(int, str)

    Index = QModelIndex | QPersistentModelIndex

    def createEditor(  # noqa: N802 (Qt override)
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QWidget:
        """A plain line."""
        return QLineEdit(parent)

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 (Qt override)
        """Put the typed form in."""
        cast("QLineEdit", editor).setText(escaped(str(index.data(_RAW))))

    def setModelData(  # noqa: N802 (Qt override)
        self, editor: QWidget, _model: object, index: Index
    ) -> None:
        """Tell what was typed; the row decides."""
        self.edited.emit(index.row(), unescaped(cast("QLineEdit", editor).text()))


class _EntriesRow(ParameterRow):
    """A view of entries; a line below it adds one, Delete and a button remove the selected."""

    view: QListWidget | QTableWidget

    def _invitation(self) -> str:
        """What the empty line says, in the present language."""
        raise NotImplementedError

    def _word(self) -> None:
        self.edit.setPlaceholderText(self._invitation())
        self.add_button.setToolTip(self.tr("Add"))
        self.remove_button.setToolTip(self.tr("Remove the selected"))
        super()._word()

    def _entries_field(self, *beside: QWidget) -> QWidget:
        """The view over a line to type in, with `beside` after it."""
        self.edit = QLineEdit()
        self.edit.returnPressed.connect(self._add)
        self.add_button = IconButton("add", "")
        self.add_button.clicked.connect(self._add)
        self.remove_button = IconButton("remove", "")
        self.remove_button.clicked.connect(self._remove)
        self.view.installEventFilter(self)
        line = in_line(self.edit, *beside, self.add_button, self.remove_button)
        return _column(self.view, line)  # with a focus proxy, Tab would pass the view over

    def _name_all(self) -> None:
        super()._name_all()
        self.label.setBuddy(self.edit)
        name = self.edit.accessibleName()  # the same buttons stand in other rows, too
        self.add_button.setAccessibleName(self.tr("Add to “{0}”").format(name))
        self.remove_button.setAccessibleName(self.tr("Remove the selected from “{0}”").format(name))

    def _named(self) -> tuple[QWidget, ...]:
        return (self.edit, self.view)

    def _entered(self, text: str) -> Any:
        """The value with `text` added to it."""
        raise NotImplementedError

    def _show_value(self) -> None:
        with QSignalBlocker(self.view):
            self._fill()
        _fit(self.view, len(self._value))
        self.remove_button.setVisible(bool(self._value))

    def _fill(self) -> None:
        """Put the entries into the view."""
        raise NotImplementedError

    def _add(self) -> None:
        text = unescaped(self.edit.text())
        if not text:
            return
        self.take(self._entered(text))
        if not self.problem():
            self.edit.clear()
            self._show_value()
            self.view.scrollToBottom()

    def _remove(self) -> None:
        gone = {index.row() for index in self.view.selectedIndexes()}
        entries = self._value.items() if isinstance(self._value, dict) else self._value
        kept = (entry for row, entry in enumerate(entries) if row not in gone)
        self.take(type(self._value)(kept))
        self._show_value()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete removes the selected entries."""
        if _pressed(event) not in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return super().eventFilter(watched, event)
        self._remove()
        return True


class TextsRow(_EntriesRow):
    """A list of texts; a double click edits one."""

    def _make_field(self) -> QWidget:
        self.view = self.list = _plain(QListWidget())
        delegate = _EscapeDelegate(self.list)
        # Queued: the list is filled again, which must not happen under the open editor.
        delegate.edited.connect(self._edited, Qt.ConnectionType.QueuedConnection)
        self.list.setItemDelegate(delegate)
        return self._entries_field()

    def _invitation(self) -> str:
        if form := translated(self.bound.row.form):
            return self.tr("Add {0}").format(form)
        return self.tr("Add a text, \\n for a line break")

    def _fill(self) -> None:
        self.list.clear()
        for text in self._value:
            item = QListWidgetItem(shown(text))
            item.setData(_RAW, text)
            item.setToolTip(escaped(text))
            item.setSizeHint(QSize(0, _row_height(self.list)))
            item.setFlags(_EDITABLE)
            self.list.addItem(item)

    def _entered(self, text: str) -> tuple[str, ...]:
        return self._value if text in self._value else (*self._value, text)

    def _edited(self, row: int, text: str) -> None:
        texts = list(self._value)
        texts[row : row + 1] = [text] if text and text not in texts[:row] else []
        self.take(tuple(texts))
        self._show_value()


class BiasRow(_EntriesRow):
    """A table of texts and their bias, which a double click edits."""

    def _make_field(self) -> QWidget:
        self.view = self.table = _plain(QTableWidget(0, 2))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.hide()
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.itemChanged.connect(self._edited)
        row = self.bound.row
        self.box = NumberBox(row.low or 0, row.high or 0, 1, whole=False)
        self.box.setProperty("kind", "beside")
        self.box.setValue(-5)
        return self._entries_field(self.box)

    def _invitation(self) -> str:
        return self.tr("Add a text")

    def _named(self) -> tuple[QWidget, ...]:
        return (*super()._named(), self.box)

    def _fill(self) -> None:
        self.table.setRowCount(len(self._value))
        for row, (text, bias) in enumerate(self._value.items()):
            name = QTableWidgetItem(shown(text))
            name.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            number = QTableWidgetItem(shown_number(bias, self.locale()))
            number.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, 0, name)
            self.table.setItem(row, 1, number)
            self.table.setRowHeight(row, _row_height(self.table))

    def _entered(self, text: str) -> dict[str, float]:
        return {**self._value, text: self.box.value()}

    def _edited(self, item: QTableWidgetItem) -> None:
        text = list(self._value)[item.row()]
        number = number_of(item.text(), self.locale())
        bias: object = item.text() if number is None else number
        self.take({**self._value, text: bias})
        self._show_value()


class OrderRow(ParameterRow):
    """Steps in an order: drag, or Alt+Up and Alt+Down; an unticked step is left out."""

    def _make_field(self) -> QWidget:
        self.list = _plain(QListWidget())
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.installEventFilter(self)
        self.list.model().rowsMoved.connect(self._rearranged)
        self.list.itemChanged.connect(self._rearranged)
        self.up = IconButton("chevron-up", "")
        self.down = IconButton("chevron-down", "")
        self.up.clicked.connect(lambda: self.move_selected(-1))
        self.down.clicked.connect(lambda: self.move_selected(1))
        line = in_line(self.up, self.down)
        cast("QHBoxLayout", line.layout()).addStretch(1)
        field = _column(self.list, line)
        field.setFocusProxy(self.list)
        return field

    def _word(self) -> None:
        self.up.name(self.tr("Move the step up (Alt+Up)"))
        self.down.name(self.tr("Move the step down (Alt+Down)"))
        super()._word()

    def _named(self) -> tuple[QWidget, ...]:
        return (self.list,)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt+Up and Alt+Down move the selected step."""
        key = _pressed(event)
        alt = isinstance(event, QKeyEvent) and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if not alt or key not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return super().eventFilter(watched, event)
        self.move_selected(-1 if key == Qt.Key.Key_Up else 1)
        return True

    def _show_value(self) -> None:
        with QSignalBlocker(self.list):
            self._fill()
        _fit(self.list, self.list.count(), self.list.count())

    def _fill(self) -> None:
        self.list.clear()
        left_out = (step for step in self.bound.row.choices if step not in self._value)
        for step in (*self._value, *left_out):
            item = QListWidgetItem(translated(step.replace("_", "-")))
            item.setData(_RAW, step)
            item.setSizeHint(QSize(0, _row_height(self.list)))
            kept = step in self._value
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            item.setCheckState(Qt.CheckState.Checked if kept else Qt.CheckState.Unchecked)
            self.list.addItem(item)

    def move_selected(self, by: int) -> None:
        """Move the selected step up (-1) or down (1)."""
        row = self.list.currentRow()
        if row < 0 or not 0 <= row + by < self.list.count():
            return
        with QSignalBlocker(self.list):
            self.list.insertItem(row + by, self.list.takeItem(row))
            self.list.setCurrentRow(row + by)
        self._rearranged()

    def _rearranged(self) -> None:
        items = [self.list.item(row) for row in range(self.list.count())]
        kept = (item for item in items if item.checkState() == Qt.CheckState.Checked)
        self.take(tuple(item.data(_RAW) for item in kept))


def _pressed(event: QEvent) -> int | None:
    """The key that `event` is the press of."""
    is_press = event.type() == QEvent.Type.KeyPress
    return event.key() if is_press and isinstance(event, QKeyEvent) else None


def _plain(view: _View) -> _View:
    view.setProperty("kind", "texts")
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    return view


def _fit(view: QListWidget | QTableWidget, count: int, most: int = _VISIBLE_ROWS) -> None:
    """Make the view as high as its entries; an empty one is not there."""
    view.setVisible(bool(count))
    view.setFixedHeight(_row_height(view) * min(count, most) + 4)


def _row_height(view: QWidget) -> int:
    return view.fontMetrics().height() + 7


def in_line(*widgets: QWidget, spacing: int = 4) -> QWidget:
    """Widgets side by side, of which the first is as wide as it can be."""
    line = QWidget()
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    layout.setStretch(0, 1)
    return line


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 2, 0, 0)
    layout.setSpacing(4)
    for widget in widgets:
        layout.addWidget(widget)
    return column
