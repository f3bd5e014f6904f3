"""The actions in the menus: a part of the Write menu, one of the page's, and keys of their own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.core.rewrites.table import Rewrite
from app.ui.action_table import ROWS
from app.ui.actions import Actions
from app.ui.documents.display import DocumentDisplay
from app.ui.languages import on_language_change
from app.ui.rewrites.controller import RewriteController
from app.ui.rewrites.offers import Offer
from app.ui.rewrites.words import help_of, name_of, taken_off_text
from app.ui.sentences import told
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.json_files import JsonFiles

if TYPE_CHECKING:
    from app.ui.rewrites.own_dialog import OwnRewritesDialog


class RewriteMenus(QObject):
    """Fills the menus when they are opened, as what can be had depends on the selection."""

    def __init__(
        self,
        rewrites: RewriteController,
        display: DocumentDisplay,
        actions: Actions,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._rewrites, self._actions, self._window = rewrites, actions, window
        self.files = JsonFiles(window)
        self._keyed: list[QAction] = []
        actions.connect_all(
            {
                "rewrite": lambda: rewrites.open_palette(),
                "own_rewrites": self.edit_own,
            }
        )
        self.menu = QMenu(window)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(lambda: self._fill(self.menu))
        display.menu_opens.connect(self._add_to_page_menu)
        self._word()
        on_language_change(self._word)

    def begin(self) -> None:
        """The window is shown: put them into its menu, and let the own actions' keys work."""
        self._actions.menus["Write"].insertMenu(self._actions["own_rewrites"], self.menu)
        self._bind_keys()

    def close(self) -> None:
        """The window closes."""

    def _word(self) -> None:
        self.menu.setTitle(self.tr("Rewrite the Selection"))
        self.menu.setAccessibleName(self.menu.title())

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        kind = ""
        for offer in self._rewrites.offers.all():
            group = "own" if offer.action.is_own else offer.action.kind
            if kind and group != kind:
                menu.addSeparator()
            kind = group
            menu.addAction(self._item(menu, offer))
        menu.addSeparator()
        taken = menu.addAction(self.tr("Show What Was Taken Off…"))
        taken.setToolTip(self.tr("See what stood around the last answer"))
        taken.triggered.connect(self.show_taken_off)

    def _item(self, menu: QMenu, offer: Offer) -> QAction:
        action = offer.action
        dots = "…" if action.asks or offer.doubts else ""
        item = QAction(name_of(action).replace("&", "&&") + dots, menu)
        item.setToolTip("\n".join((help_of(action), *map(told, offer.doubts))))
        if offer.obstacle:
            item.setEnabled(False)
            item.setToolTip(told(offer.obstacle))
        item.triggered.connect(partial(self._ask, action))
        return item

    def _ask(self, action: Rewrite, _checked: bool = False) -> None:
        self._rewrites.ask(action)

    def _add_to_page_menu(self, menu: QMenu, _place: QPoint) -> None:
        """Offer the actions for what is selected."""
        actions = menu.actions()
        before = actions[-1] if actions else None
        inner = QMenu(self.tr("Rewrite the Selection"), menu)
        inner.setToolTipsVisible(True)
        self._fill(inner)
        inner.setEnabled(any(not offer.obstacle for offer in self._rewrites.offers.all()))
        if before is not None:
            menu.insertMenu(before, inner)
        else:
            menu.addMenu(inner)

    def show_taken_off(self) -> None:
        """Show what was taken off around the last answer."""
        from PySide6.QtWidgets import QLabel, QMessageBox

        parts = self._rewrites.taken_off
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Taken Off"))
        box.setText(
            self.tr("This stood around the last answer and was taken off:")
            if parts
            else self.tr("Nothing was taken off around the last answer.")
        )
        box.setInformativeText("\n\n".join(map(taken_off_text, parts)))
        for label in box.findChildren(QLabel):  # a model's words are no markup
            label.setTextFormat(Qt.TextFormat.PlainText)
        box.exec()

    def edit_own(self) -> OwnRewritesDialog:
        """Let the writer edit the own actions."""
        from app.ui.rewrites.own_dialog import OwnRewritesDialog

        def trouble(key: str, name: str) -> str:
            others = (one for one in self._rewrites.offers.own.own() if one.name != name)
            return key_trouble(key, others)

        dialog = OwnRewritesDialog(self._rewrites.offers.own, self.files, trouble, self._window)
        dialog.changed.connect(self._bind_keys)
        show_dialog(dialog)
        return dialog

    def _bind_keys(self) -> None:
        """Make the keys of the own actions work that are not the window's own."""
        for item in self._keyed:
            self._window.removeAction(item)
            item.deleteLater()
        self._keyed = []
        for action in self._rewrites.offers.own.own():
            keys = QKeySequence(action.key)
            if action.key and not key_trouble(action.key):
                item = QAction(name_of(action), self._window)
                item.setShortcut(keys)
                item.triggered.connect(partial(self._ask, action))
                self._window.addAction(item)
                self._keyed.append(item)


def key_trouble(key: str, others: Iterable[Rewrite] = ()) -> str:
    """Why a key cannot be had for an action: "unknown", "taken" or "letter"; empty if it can.

    Ctrl+Alt with a letter or digit writes a sign on many keyboards.
    """
    keys = QKeySequence(key)
    text = keys.toString(QKeySequence.SequenceFormat.PortableText)
    last = text.rpartition("+")[2] if not text.endswith("++") else "+"
    if keys.count() != 1 or not last or ("Ctrl" not in text and not last.startswith("F")):
        return "unknown"
    if "Ctrl+Alt" in text and len(last) == 1:
        return "letter"
    taken = {QKeySequence(one) for row in ROWS.values() for one in row.shortcuts}
    taken |= {QKeySequence(action.key) for action in others if action.key}
    return "taken" if keys in taken else ""
