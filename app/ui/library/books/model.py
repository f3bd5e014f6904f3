"""A book as a tree for Qt: its entries, and below them the texts that are not in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont

from app.core.books.book import Book, branch_end, included, parents
from app.core.books.contents import BookContents
from app.core.books.facts import TextFacts, title_of
from app.ui.library.books.texts import kind_text, status_dot, status_text
from app.ui.numbers import number_text
from app.ui.widgets.theme import Theme

TITLE, STATUS, WORDS = range(3)
_GROUP = 1_000_000_000  # the id of the heading above the texts that are not in the book
_MIME = "application/x-lampblack-entry"
_Role = Qt.ItemDataRole
_Flag = Qt.ItemFlag
_Index = QModelIndex | QPersistentModelIndex
_ACTS = (_Role.EditRole, _Role.CheckStateRole)


class BookModel(QAbstractItemModel):
    """Shows one book; what is done to it is asked for by signals.

    An entry's id is its place in the list. `renamed` carries a place and a title, `switched` a
    place and whether it is included, `dropped` the id of what was dragged and the place before
    which it was put.
    """

    renamed = Signal(int, str)
    switched = Signal(int, bool)
    dropped = Signal(int, int)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.contents: BookContents | None = None
        self._children: dict[int, list[int]] = {-1: []}
        self._parents: list[int] = []
        self._places: dict[int, int] = {}
        self._included: frozenset[int] = frozenset()
        self._facts: dict[str, TextFacts] = {}
        self._has_status_words = False

    # What is shown

    def show_book(self, contents: BookContents | None) -> None:
        """Show another book, or another state; where all stays in its place, so do the rows."""
        book = contents.book if contents is not None else Book()
        former, self.contents = self.contents, contents
        self._included = frozenset(included(book))
        if former is not None and contents is not None and _has_same_rows(former, contents):
            self.redraw()
            return
        self.beginResetModel()
        self._parents = parents(book)
        self._children = {-1: []}
        for place, above in enumerate(self._parents):
            self._children.setdefault(above, []).append(place)
        loose = len(contents.loose) if contents is not None else 0
        if loose:
            self._children[-1].append(_GROUP)
            self._children[_GROUP] = list(range(_GROUP + 1, _GROUP + 1 + loose))
        self._places = {
            one: row for children in self._children.values() for row, one in enumerate(children)
        }
        self.endResetModel()

    def take_facts(self, facts: dict[str, TextFacts]) -> None:
        """Show what was found out about texts, by their names."""
        if all(self._facts.get(name) == found for name, found in facts.items()):
            return
        self._facts |= facts
        self.redraw()

    def redraw(self) -> None:
        """Show all again: in other colours, in another language, with other words.

        It is told of the outermost rows alone: a view that hears of it draws all that it shows.
        """
        last = len(self._children[-1]) - 1
        if last >= 0:
            self.dataChanged.emit(self.index(0, TITLE), self.index(last, WORDS))

    def show_status_words(self, is_on: bool) -> None:
        """Say each status in words beside its dot, or not."""
        if is_on != self._has_status_words:
            self._has_status_words = is_on
            self.redraw()

    @property
    def widths(self) -> tuple[str, str]:
        """The longest texts beside a title: the status, nothing where none has any, the words."""
        book = self.contents.book if self.contents is not None else Book()
        shown = {entry.status for entry in book.entries if entry.status}
        names = map(status_text, shown) if self._has_status_words else ("",) * len(shown)
        return max((f"● {name}" for name in names), key=len, default=""), number_text(
            max(999, self.book_words)
        )

    def words(self, place: int) -> int:
        """The words of an entry's branch as far as they are included; -1 if they are not known."""
        assert self.contents is not None
        book = self.contents.book
        places = list(range(place, branch_end(book, place)))
        if place in self._included:
            places = [one for one in places if one in self._included]
        return self._sum(places)

    @property
    def book_words(self) -> int:
        """The words of all that is included."""
        return max(0, self._sum(list(self._included))) if self.contents is not None else 0

    def title(self, place: int) -> str:
        """What an entry or a text that is not in the book is called."""
        assert self.contents is not None
        if place > _GROUP:
            return self.contents.loose[place - _GROUP - 1].file
        entry = self.contents.book.entries[place]
        return title_of(entry, self._facts.get(entry.file)) or kind_text(entry.kind)

    def loose_file(self, place: int) -> str:
        """The name of a text that is not in the book; empty for everything else."""
        loose = self.contents.loose if self.contents is not None else ()
        return loose[place - _GROUP - 1].file if place > _GROUP else ""

    def index_of(self, place: int) -> QModelIndex:
        """Where an entry is shown; the root for -1."""
        if place < 0 or place not in self._places:
            return QModelIndex()
        return self.createIndex(self._places[place], TITLE, place)

    @staticmethod
    def place_of(index: _Index) -> int:
        """The id of what is shown at an index; -1 for the root."""
        return int(index.internalId()) if index.isValid() else -1

    @staticmethod
    def is_entry(place: int) -> bool:
        """Whether an id is that of an entry."""
        return 0 <= place < _GROUP

    def _sum(self, places: Sequence[int]) -> int:
        assert self.contents is not None
        entries = self.contents.book.entries
        found = [self._facts.get(entries[one].file) for one in places]
        known = [facts.words for facts in found if facts is not None and facts.words >= 0]
        return sum(known) if known else -1

    # Qt's questions

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The index of a row and column below a parent."""
        children = self._children.get(self.place_of(parent), [])
        if not 0 <= row < len(children) or not 0 <= column <= WORDS:
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: _Index | None = None) -> Any:
        """What an index lies in."""
        if index is None:
            return super().parent()
        place = self.place_of(index)
        if place > _GROUP:
            return self.index_of(_GROUP)
        return self.index_of(self._parents[place]) if self.is_entry(place) else QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """How many lie in a parent."""
        if parent.isValid() and parent.column() != TITLE:
            return 0
        return len(self._children.get(self.place_of(parent), ()))

    def columnCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """The title, the status, the words."""
        return WORDS + 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """What can be done with an index."""
        place = self.place_of(index)
        if place < 0:
            return _Flag.ItemIsDropEnabled
        found = _Flag.ItemIsEnabled | _Flag.ItemIsSelectable
        if self.is_entry(place):
            found |= _Flag.ItemIsDragEnabled | _Flag.ItemIsDropEnabled
            if index.column() == TITLE:
                found |= _Flag.ItemIsEditable | _Flag.ItemIsUserCheckable
        elif place > _GROUP:
            found |= _Flag.ItemIsDragEnabled
        return found

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """What is shown at an index."""
        place = self.place_of(index)
        if place < 0 or self.contents is None:
            return None
        if place >= _GROUP:
            return self._loose_data(place, index.column(), role)
        return self._entry_data(place, index.column(), role)

    def _entry_data(self, place: int, column: int, role: int) -> Any:
        assert self.contents is not None
        entry = self.contents.book.entries[place]
        if role == _Role.TextAlignmentRole and column == WORDS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == _Role.ForegroundRole:
            return self._colour(place)
        if role == _Role.FontRole and column == TITLE and entry.kind == "part":
            font = QFont()
            font.setBold(True)
            return font
        if role == _Role.ToolTipRole:
            return self.description(place)
        if column == TITLE:
            if role == _Role.CheckStateRole:
                return Qt.CheckState.Checked if entry.is_included else Qt.CheckState.Unchecked
            if role == _Role.EditRole:
                return self.title(place)
            if role == _Role.DisplayRole:
                return self._shown_title(place)
            if role == _Role.AccessibleTextRole:
                return self.description(place).replace("\n", ", ")
        if column == STATUS and role == _Role.DecorationRole:
            return status_dot(entry.status)
        if column == STATUS and role == _Role.AccessibleTextRole:
            return status_text(entry.status)
        if column == STATUS and role == _Role.DisplayRole:
            return status_text(entry.status) if entry.status and self._has_status_words else ""
        if column == WORDS and role == _Role.DisplayRole:
            words = self.words(place)
            return number_text(words) if words >= 0 else ""
        if column == WORDS and role == _Role.AccessibleTextRole:
            words = max(0, self.words(place))
            return self.tr("{0} words", "", words).format(number_text(words))
        return None

    def _loose_data(self, place: int, column: int, role: int) -> Any:
        if column != TITLE:
            return self.tr("Not in the book") if role == _Role.AccessibleTextRole else None
        if role == _Role.ForegroundRole:
            return Theme.current().muted
        if place == _GROUP:
            return self.tr("Not in the book") if role == _Role.DisplayRole else None
        assert self.contents is not None
        text = self.contents.loose[place - _GROUP - 1]
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return text.file
        if role == _Role.ToolTipRole:
            if text.conflict_of:
                return self.tr(
                    "A sync program made this copy of {0}: two computers changed it at the same "
                    "time. Compare the two, and take over what is missing."
                ).format(text.conflict_of)
            return self.tr("This text is in the folder and not in the book.")
        return None

    def description(self, place: int) -> str:
        """An entry in words, a line for each thing."""
        assert self.contents is not None
        entry = self.contents.book.entries[place]
        words = self.words(place)
        lines = [self.title(place), kind_text(entry.kind)]
        if entry.status:
            lines.append(status_text(entry.status))
        if words >= 0:
            lines.append(self.tr("{0} words", "", words).format(number_text(words)))
        if place not in self._included:
            lines.append(self.tr("Not included in the book"))
        if entry.file in self.contents.missing:
            lines.append(self.tr("The file is not there: {0}").format(entry.file))
        elif entry.file in self.contents.refused:
            lines.append(self.tr("The file has a name that is not opened: {0}").format(entry.file))
        elif entry.file:
            lines.append(entry.file)
        if entry.notes:
            lines.append(entry.notes)
        return "\n".join(lines)

    def _shown_title(self, place: int) -> str:
        assert self.contents is not None
        title = self.title(place).replace("\n", " ")
        gone = self.contents.missing | self.contents.refused
        if self.contents.book.entries[place].file in gone:
            return self.tr("{0} (missing)").format(title)
        return title

    def _colour(self, place: int) -> Any:
        assert self.contents is not None
        theme, entry = Theme.current(), self.contents.book.entries[place]
        if entry.file in self.contents.missing or entry.file in self.contents.refused:
            return theme.error_ink
        return theme.ink if place in self._included else theme.muted

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:  # noqa: N802
        """Ask for what was typed or ticked."""
        place = self.place_of(index)
        if not self.is_entry(place) or role not in _ACTS:
            return False
        if role == _Role.CheckStateRole:
            self.switched.emit(place, Qt.CheckState(value) == Qt.CheckState.Checked)
        elif str(value).strip() != self.title(place):
            self.renamed.emit(place, str(value).strip())
        return True

    # Dragging

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802 (Qt override)
        """Only to move."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: N802 (Qt override)
        """What can be dropped: an entry of this tree."""
        return [_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 (Qt override)
        """The id of what is dragged."""
        data = QMimeData()
        place = self.place_of(indexes[0])
        data.setData(_MIME, QByteArray(msgspec.json.encode([id(self), place])))
        return data

    def dropMimeData(  # noqa: N802 (Qt override)
        self, data: QMimeData, action: Qt.DropAction, row: int, _column: int, parent: _Index
    ) -> bool:
        """Ask for a move; False, so that the view removes nothing by itself."""
        if action == Qt.DropAction.MoveAction and data.hasFormat(_MIME):
            owner, place = msgspec.json.decode(data.data(_MIME).data(), type=tuple[int, int])
            if owner == id(self):
                self.dropped.emit(place, self._place_before(row, self.place_of(parent)))
        return False

    def _place_before(self, row: int, parent: int) -> int:
        """The place in the list that a drop means: between two rows, or at the end of a branch."""
        assert self.contents is not None
        book = self.contents.book
        end = len(book.entries)
        if parent >= _GROUP:
            return end
        children = self._children.get(parent, [])
        if 0 <= row < len(children):
            return min(children[row], end)
        return branch_end(book, parent) if parent >= 0 else end


def _has_same_rows(one: BookContents, other: BookContents) -> bool:
    """Whether two states of a book are shown in the same rows."""
    return (
        one.folder == other.folder
        and parents(one.book) == parents(other.book)
        and [entry.file for entry in one.book.entries] == [e.file for e in other.book.entries]
        and len(one.loose) == len(other.loose)
    )
