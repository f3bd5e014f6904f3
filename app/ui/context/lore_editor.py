"""The list of lore entries with a filter, and the fields of the one that is selected."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.context.entries import (
    LONGEST,
    LONGEST_NAME,
    MOST_ENTRIES,
    MOST_SPELLINGS,
    LoreEntry,
    free_name,
)
from app.ui.languages import on_language_change
from app.ui.widgets.controls import FlowingNote, IconButton

_BETWEEN = re.compile(r"[,，、;；\n]+")
_LIST_ROWS = 5
_TEXT_ROWS = 5


class LoreEditor(QWidget):
    """Adds, renames, changes and deletes entries; `changed` after each, and Undo takes one back."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[LoreEntry] = []
        self._deleted: tuple[int, LoreEntry] | None = None
        self._is_filling = False
        self.filter = QLineEdit(clearButtonEnabled=True)
        self.add_button = IconButton("add", "")
        self.list = QListWidget()
        self.list.setProperty("kind", "texts")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hint = FlowingNote()
        self.name, self.spellings = QLineEdit(), QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.text = field(_TEXT_ROWS)
        self.name_label, self.spellings_label, self.text_label = QLabel(), QLabel(), QLabel()
        self.name_label.setBuddy(self.name)
        self.spellings_label.setBuddy(self.spellings)
        self.text_label.setBuddy(self.text)
        for label in (self.name_label, self.spellings_label, self.text_label):
            label.setWordWrap(True)
        self.delete_button = QPushButton()
        self.undo_label = FlowingNote()
        self.undo_button = QPushButton()
        for button in (self.delete_button, self.undo_button):
            button.setProperty("kind", "small")
        self._lay_out()
        self._connect()
        self._word()
        on_language_change(self._word)
        self.show_entries(())

    @property
    def entries(self) -> tuple[LoreEntry, ...]:
        """The entries in the writer's order."""
        return tuple(self._entries)

    def show_entries(self, entries: Sequence[LoreEntry]) -> None:
        """Show other entries; nothing that was deleted before can be taken back."""
        self._entries, self._deleted = list(entries), None
        self.filter.clear()
        self._fill(0)
        self._show_undo()

    def add(self) -> None:
        """Add an entry and put the focus into its name."""
        if len(self._entries) >= MOST_ENTRIES:
            return
        self.filter.clear()
        names = [entry.name for entry in self._entries]
        self._entries.append(LoreEntry(free_name(self.tr("New entry"), names)))
        self._fill(len(self._entries) - 1)
        self.changed.emit()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def delete(self) -> None:
        """Delete the selected entry."""
        place = self.place
        if place < 0:
            return
        self._deleted = place, self._entries.pop(place)
        self._fill(min(place, len(self._entries) - 1))
        self._show_undo()
        self.changed.emit()

    def undo(self) -> None:
        """Bring the entry back that was deleted last."""
        if self._deleted is None:
            return
        place, entry = self._deleted
        self._deleted = None
        self.filter.clear()
        self._entries.insert(place, entry)
        self._fill(place)
        self._show_undo()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    @property
    def place(self) -> int:
        """Which of the entries is selected; -1 for none."""
        item = self.list.currentItem()
        return -1 if item is None else int(item.data(Qt.ItemDataRole.UserRole))

    # Inside

    def _fill(self, selected: int) -> None:
        """List the entries that the filter lets through."""
        wanted = self.filter.text().strip().casefold()
        self._is_filling = True
        self.list.clear()
        for place, entry in enumerate(self._entries):
            if any(wanted in name.casefold() for name in (*entry.names, entry.text)) or not wanted:
                item = QListWidgetItem(entry.name)
                item.setData(Qt.ItemDataRole.UserRole, place)
                item.setToolTip(entry.name)
                self.list.addItem(item)
                if place == selected:
                    self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self._is_filling = False
        self._show_entry()

    def _show_entry(self) -> None:
        if self._is_filling:
            return
        place = self.place
        entry = self._entries[place] if place >= 0 else LoreEntry("")
        self._is_filling = True
        self.name.setText(entry.name)
        self.spellings.setText(", ".join(entry.spellings))
        self.text.setPlainText(entry.text)
        self._is_filling = False
        for part in self._fields:
            part.setVisible(place >= 0)
        self.list.setVisible(bool(self._entries))
        self.filter.setVisible(bool(self._entries))
        self._show_hint()

    def _take(self) -> None:
        """Something was typed into the fields."""
        place = self.place
        if self._is_filling or place < 0:
            return
        spellings = tuple(
            one.strip()[:LONGEST_NAME]
            for one in _BETWEEN.split(self.spellings.text())
            if one.strip()
        )
        self._entries[place] = replace(
            self._entries[place],
            name=self.name.text().strip(),
            spellings=spellings[:MOST_SPELLINGS],
            text=self.text.toPlainText()[:LONGEST],
        )
        self.list.currentItem().setText(self._entries[place].name)
        self.list.currentItem().setToolTip(self._entries[place].name)
        self.changed.emit()

    def _show_hint(self) -> None:
        if not self._entries:
            self.hint.say(
                lambda: self.tr(
                    "An entry is a person, a place or a thing. It is sent when its name occurs "
                    "near the cursor, or in an entry that is sent."
                )
            )
        elif not self.list.count():
            self.hint.say(lambda: self.tr("No entry has this in its names or its text."))
        else:
            self.hint.say("")

    def _show_undo(self) -> None:
        deleted = self._deleted
        if deleted is None:
            self.undo_label.say("")
        else:
            self.undo_label.say(lambda: self.tr("“{0}” was deleted.").format(deleted[1].name))
        self.undo_button.setVisible(deleted is not None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete with the key, in the list."""
        if watched is self.list and isinstance(event, QKeyEvent):
            is_press = event.type() == QEvent.Type.KeyPress
            if is_press and event.key() == Qt.Key.Key_Delete:
                self.delete()
                return True
        return False

    def _connect(self) -> None:
        self.filter.textChanged.connect(lambda _text: self._fill(self.place))
        self.list.currentItemChanged.connect(lambda _new, _old: self._show_entry())
        self.list.installEventFilter(self)
        self.add_button.clicked.connect(self.add)
        self.delete_button.clicked.connect(self.delete)
        self.undo_button.clicked.connect(self.undo)
        self.name.textEdited.connect(lambda _text: self._take())
        self.spellings.textEdited.connect(lambda _text: self._take())
        self.text.textChanged.connect(self._take)

    def _lay_out(self) -> None:
        rows = self.list.fontMetrics().height() + 8
        self.list.setFixedHeight(_LIST_ROWS * rows)
        self._fields: tuple[QWidget, ...] = (
            self.name_label, self.name, self.spellings_label, self.spellings, self.text_label,
            self.text, self.delete_button,
        )  # fmt: skip
        undo = QHBoxLayout()
        undo.addWidget(self.undo_label, 1)
        undo.addWidget(self.undo_button)
        last = QHBoxLayout()
        last.addWidget(self.delete_button)
        last.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(5)
        for part in (self.filter, self.list, self.hint):
            whole.addWidget(part)
        whole.addLayout(undo)
        for one in self._fields[:-1]:
            whole.addWidget(one)
        whole.addLayout(last)

    def _word(self) -> None:
        self.add_button.name(self.tr("Add an entry"))
        self.filter.setPlaceholderText(self.tr("Filter"))
        self.filter.setAccessibleName(self.tr("Filter the entries"))
        self.list.setAccessibleName(self.tr("Lore entries"))
        self.list.setAccessibleDescription(self.tr("Delete removes the selected entry."))
        self.name_label.setText(self.tr("Name"))
        self.spellings_label.setText(self.tr("Other spellings and inflections"))
        self.spellings.setPlaceholderText(self.tr("with commas between them"))
        self.text_label.setText(self.tr("What the model is told"))
        for label, part in (
            (self.name_label, self.name),
            (self.spellings_label, self.spellings),
            (self.text_label, self.text),
        ):
            part.setAccessibleName(label.text())
        self.delete_button.setText(self.tr("Delete"))
        self.delete_button.setToolTip(self.tr("Delete this entry"))
        self.undo_button.setText(self.tr("Undo"))
        self.undo_button.setToolTip(self.tr("Bring the deleted entry back"))
        self.undo_label.reword()
        self.hint.reword()


def field(rows: int) -> QPlainTextEdit:
    """A field for a text of some lines."""
    made = QPlainTextEdit()
    made.setProperty("kind", "field")
    made.setTabChangesFocus(True)
    made.setFixedHeight(rows * made.fontMetrics().lineSpacing() + 18)
    return made
