"""What can be done with the selected model: one row per action, for buttons, keys and the menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.ui.action_table import ActionRow, action_rows
from app.ui.actions import action_of, translated

_TABLE = """
Model
load | Load | Ctrl+L | - | Load this model and write with it
fit | Does It Fit?… | Ctrl+Shift+F | - | See what memory it needs here, and what would make it fit
draft | Draft Model… | Ctrl+Shift+W | - | Choose a smaller model that guesses ahead for it
passport | Try It Out… | Ctrl+Shift+P | - | Find out in some seconds what it is good for, and \
how fast it is here
---
rename | Rename… | F2 | - | Show it under another name; its file stays
*favourite | Favourite | Ctrl+D | - | Keep it at the top of the list
reveal | Show in Folder | Ctrl+Shift+E | - | Show it in the file manager
---
verify | Verify | Ctrl+Shift+V | - | Read every byte and compare its checksum
quantize | Smaller Copy… | Ctrl+Shift+K | - | Make a copy that takes less room
remove | Remove… | Del | - | Take it off the list, or into the trash
"""

MODEL_ACTIONS = tuple(action_rows(_TABLE))
"""Everything that the manager does to a model, in the order of its buttons and of its menu."""


class ModelActions(QObject):
    """The actions of a tab, each with a button that does the same; `call` hears which it was."""

    def __init__(self, tab: QWidget, call: Callable[[str], object]) -> None:
        super().__init__(tab)
        self.buttons: dict[str, QPushButton] = {}
        self._actions: dict[str, QAction] = {}
        for row in MODEL_ACTIONS:
            action = self._actions[row.id] = self._action(row, tab)
            action.triggered.connect(lambda _on=False, name=row.id: call(name))
            self.buttons[row.id] = self._button(row, action)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def enable(self, name: str, *, on: bool) -> None:
        """Let an action and its button be used, or not."""
        self._actions[name].setEnabled(on)
        self.buttons[name].setEnabled(on)

    def rename(self, name: str, text: str) -> None:
        """Call an action otherwise, as what it would do changes."""
        self._actions[name].setText(text)
        self.buttons[name].setText(text)

    def check(self, name: str, *, on: bool) -> None:
        """Show an action as done already, or not."""
        self._actions[name].setChecked(on)
        self.buttons[name].setChecked(on)

    def menu(self, parent: QWidget) -> QMenu:
        """The context menu of a model."""
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        for row in MODEL_ACTIONS:
            if row.starts_group:
                menu.addSeparator()
            menu.addAction(self._actions[row.id])
        return menu

    def _action(self, row: ActionRow, tab: QWidget) -> QAction:
        action = action_of(row, tab)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        tab.addAction(action)
        return action

    def _button(self, row: ActionRow, action: QAction) -> QPushButton:
        button = QPushButton(translated(row.text))
        button.setToolTip(action.toolTip())
        button.setCheckable(row.checkable)
        button.clicked.connect(lambda _on=False: action.trigger())
        return button
