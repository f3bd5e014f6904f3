"""The menus of the book: for an entry, for a text that is not in it, and below the two buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.core.books.book import KINDS, STATUSES
from app.core.books.contents import BookContents
from app.ui.library.books.texts import kind_text, status_dot, status_text

_tr = QCoreApplication.translate

Call = Callable[[], object]


class Edits(Protocol):
    """What can be done with an entry."""

    def do(self, wish: str) -> None:
        """Do what a key asks for with what is selected."""

    def include(self, place: int, is_included: bool) -> None:
        """Take it into the book or leave it out."""

    def set_status(self, place: int, status: str) -> None:
        """Say how far it is."""

    def set_kind(self, place: int, kind: str) -> None:
        """Make a part, chapter or scene of it."""

    def merge(self, place: int) -> None:
        """Append the next text."""

    def take_out(self, place: int) -> None:
        """Take it off the list."""


def _add(menu: QMenu, text: str, call: Call, keys: str = "", *, on: bool = True) -> None:
    """One line of a menu, with the key that does the same in the tree."""
    shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    action = menu.addAction(f"{text}\t{shown}" if keys else text)
    action.setEnabled(on)
    action.triggered.connect(lambda _checked=False: call())


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def add_menu(parent: QWidget, do: Callable[[str], object]) -> QMenu:
    """What can be added after what is selected."""
    menu = _menu(parent)
    _add_new(menu, do)
    return menu


def _add_new(menu: QMenu, do: Callable[[str], object]) -> None:
    _add(menu, _tr("BookMenus", "New Scene…"), partial(do, "scene"), "Ins")
    chapter = _tr("BookMenus", "New Chapter…")
    _add(menu, chapter, partial(do, "chapter"), "Shift+Ins")
    _add(menu, _tr("BookMenus", "New Part…"), partial(do, "part"))


def more_menu(parent: QWidget, details: Call, wish: Callable[[str], object]) -> QMenu:
    """What can be done with the whole book."""
    menu = _menu(parent)
    _add(menu, _tr("BookMenus", "Title and Author…"), details)
    _add(
        menu,
        _tr("BookMenus", "Summarise the Book"),
        partial(wish, "summarise"),
        "Ctrl+Shift+F1",
    )
    menu.addSeparator()
    _add(menu, _tr("BookMenus", "Open Book…"), partial(wish, "open"), "F5")
    _add(menu, _tr("BookMenus", "New Book…"), partial(wish, "new"), "Shift+F5")
    _add(menu, _tr("BookMenus", "Close Book"), partial(wish, "close"))
    return menu


def loose_menu(parent: QWidget, add: Call) -> QMenu:
    """What can be done with a text that is not in the book."""
    menu = _menu(parent)
    _add(menu, _tr("BookMenus", "Add to the Book"), add)
    return menu


def entry_menu(page: QWidget, contents: BookContents, place: int, edits: Edits) -> QMenu:
    """What can be done with an entry."""
    menu, entry = _menu(page), contents.book.entries[place]
    _add_new(menu, edits.do)
    menu.addSeparator()
    _add(menu, _tr("BookMenus", "Rename…"), partial(edits.do, "rename"), "F2")
    _add_choices(
        menu.addMenu(_tr("BookMenus", "Kind")),
        [(kind, kind_text(kind)) for kind in KINDS],
        entry.kind,
        partial(edits.set_kind, place),
    )
    statuses = menu.addMenu(_tr("BookMenus", "Status"))
    names = [(status.id, status_text(status.id)) for status in STATUSES]
    _add_choices(statuses, names, entry.status, partial(edits.set_status, place))
    for action, status in zip(statuses.actions(), STATUSES, strict=True):
        action.setIcon(status_dot(status.id))
    switch = menu.addAction(_tr("BookMenus", "Include in the Book"))
    switch.setCheckable(True)
    switch.setChecked(entry.is_included)
    switch.triggered.connect(lambda is_on: edits.include(place, is_on))
    menu.addSeparator()
    _add(menu, _tr("BookMenus", "Move Up"), partial(edits.do, "up"), "Alt+Up")
    _add(menu, _tr("BookMenus", "Move Down"), partial(edits.do, "down"), "Alt+Down")
    _add(menu, _tr("BookMenus", "Move Out"), partial(edits.do, "out"), "Alt+Left")
    _add(menu, _tr("BookMenus", "Move In"), partial(edits.do, "in"), "Alt+Right")
    menu.addSeparator()
    has_next = place + 1 < len(contents.book.entries)
    _add(
        menu,
        _tr("BookMenus", "Merge with the Next"),
        partial(edits.merge, place),
        "Shift+F2",
        on=has_next,
    )
    menu.addSeparator()
    _add(menu, _tr("BookMenus", "Take Out of the Book"), partial(edits.take_out, place))
    _add(menu, _tr("BookMenus", "Move to the Trash"), partial(edits.do, "remove"), "Del")
    return menu


def _add_choices(
    menu: QMenu, names: list[tuple[str, str]], present: str, choose: Callable[[str], object]
) -> None:
    group = QActionGroup(menu)
    for name, text in names:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(name == present)
        action.triggered.connect(lambda _checked=False, name=name: choose(name))
        group.addAction(action)
