"""The window's actions and menus, made out of the table of actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolButton, QWidget

from app.ui.action_table import ACTIONS, CONTEXT, MENUS, ROWS, ActionRow
from app.ui.languages import on_language_change
from app.ui.sentences import told
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme


def translated(text: str) -> str:
    """A text of the table in the user's language."""
    return QCoreApplication.translate(CONTEXT, text)


def action_of(row: ActionRow, parent: QObject) -> QAction:
    """The action of a row; its tooltip names the first key as this system writes it."""
    action = QAction(translated(row.text), parent)
    action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
    action.setToolTip(_tip(row))
    action.setCheckable(row.checkable)
    return action


def _tip(row: ActionRow) -> str:
    key = QKeySequence(row.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{translated(row.help)} ({key})"


class Actions(QObject):
    """Every action of one window by its id."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions = {row.id: self._make(row) for row in ACTIONS}
        self._connected: set[str] = set()
        self.menus: dict[str, QMenu] = {}
        window.addActions(list(self._actions.values()))
        self._drawn: set[str] = set()
        on_language_change(self._word)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect_all(self, slots: dict[str, Callable[[], object]]) -> None:
        """Let each named action call its slot, without Qt's `checked`."""
        for name, slot in slots.items():
            self._connected.add(name)
            self._actions[name].triggered.connect(lambda _checked=False, call=slot: call())

    def allow(self, name: str, is_on: bool, reason: str = "") -> None:
        """Enable an action or not; the tooltip gives the `reason`."""
        self._actions[name].setEnabled(is_on)
        self._actions[name].setToolTip("\n".join(filter(None, (_tip(ROWS[name]), told(reason)))))

    def is_connected(self, name: str) -> bool:
        """Whether the action does anything."""
        return name in self._connected

    def redraw(self) -> None:
        """Draw the icons that are shown again, in the colours of the present theme."""
        drawn, self._drawn = self._drawn, set()
        for name in drawn:
            self.draw(name)

    def draw(self, name: str) -> QAction:
        """Give the action its icon; drawing all of them at the start would cost a tenth second."""
        row = ROWS[name]
        if row.icon and name not in self._drawn:
            self._drawn.add(name)
            self._actions[name].setIcon(icon(row.icon, Theme.current().muted))
        return self._actions[name]

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus of the table in `bar`; `menus` has them by their names in the table."""
        for name in MENUS:
            menu = self.menus[name] = bar.addMenu("")
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(partial(self._draw_menu, name))
            for row in (row for row in ACTIONS if row.menu == name):
                if row.starts_group:
                    menu.addSeparator()
                menu.addAction(self._actions[row.id])
        self._word_menus()

    def _word(self) -> None:
        """Say everything in the present language; who gave a reason to `allow` gives it again."""
        for row in ACTIONS:
            self._actions[row.id].setText(translated(row.text))
            self._actions[row.id].setToolTip(_tip(row))
        self._word_menus()

    def _word_menus(self) -> None:
        for name, menu in self.menus.items():
            menu.setTitle("&" + translated(name))
            menu.setAccessibleName(translated(name))

    def _draw_menu(self, menu: str) -> None:
        for row in ACTIONS:
            if row.menu == menu:
                self.draw(row.id)

    def _make(self, row: ActionRow) -> QAction:
        action = action_of(row, self)
        action.setObjectName(row.id)
        action.setMenuRole(_ROLES.get(row.id, QAction.MenuRole.NoRole))
        return action


_ROLES = {
    "quit": QAction.MenuRole.QuitRole,
    "settings": QAction.MenuRole.PreferencesRole,
    "about": QAction.MenuRole.AboutRole,
}


class _ActionButton(QToolButton):
    """A small button for an action, named for assistive programs."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        self.setIconSize(QSize(18, 18))
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name()
        action.changed.connect(self._name)

    def _name(self) -> None:
        self.setAccessibleName(self.defaultAction().text())


def tool_button(actions: Actions, name: str) -> QToolButton:
    """The button of an action of the table."""
    return _ActionButton(actions.draw(name))
