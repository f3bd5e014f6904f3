"""What the tests of the search in everything have in common."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.library.replace_dialog import ReplaceDialog
from app.ui.library.search_controller import SearchController

TEXTS = {
    "one.md": "The keeper slept.\n\nThe lamp went out.",
    "two.md": "😀 Nobody saw the keeper 在北京 go.",
    "three.txt": "Keepers all, said the keeper.\r\n",
}


def settle(search: SearchController, qtbot: QtBot) -> None:
    """Wait until nothing is typed, asked, read or replaced."""
    page = search.page
    qtbot.waitUntil(
        lambda: not page._timer.isActive() and search.finder.is_idle and search.replacer.is_idle
    )


def type_words(search: SearchController, qtbot: QtBot, words: str) -> None:
    search.page.line.setText(words)
    settle(search, qtbot)


def preview(search: SearchController, qtbot: QtBot, by: str) -> ReplaceDialog:
    search.page.replacement.setText(by)
    search.page.replace_button.click()
    settle(search, qtbot)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ReplaceDialog)
    return dialog
