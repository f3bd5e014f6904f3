"""The palette, the menus and the keys of own actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.core.passport import Passport
from app.core.rewrites.own_rewrites import OwnFields
from app.core.rewrites.table import REWRITES
from app.ui.rewrites.menus import key_trouble
from app.ui.rewrites.palette import RewritePalette
from tests.ui.conftest import Studio
from tests.ui.rewrites.conftest import PASSAGE

ACTIONS = {action.id: action for action in REWRITES}


def opened(studio: Studio) -> RewritePalette:
    studio.do("rewrite")
    palette: RewritePalette | None = studio.window.findChild(RewritePalette)
    assert palette is not None
    return palette


def test_typing_finds_actions_and_enter_starts_one(passage: Studio, qtbot: QtBot) -> None:
    palette = opened(passage)
    assert len(palette.names) == len(REWRITES)
    qtbot.keyClicks(palette.line, "fix gr")
    assert palette.names == ["Fix Grammar and Spelling"]
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert "Correct the grammar" in passage.worker.last("generate")[1]["messages"][-1].content
    passage.done()


def test_the_arrows_move_while_the_field_has_the_focus(passage: Studio, qtbot: QtBot) -> None:
    palette = opened(passage)
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.current is not None
    assert palette.current.action.id == REWRITES[1].id
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    assert palette.current.action.id == REWRITES[0].id
    palette.reject()


def test_an_action_that_needs_an_instruction_asks_for_it(passage: Studio, qtbot: QtBot) -> None:
    palette = opened(passage)
    qtbot.keyClicks(palette.line, "translate")
    assert not palette.start.isEnabled()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClicks(palette.instruction, "Welsh")
    qtbot.keyClick(palette.instruction, Qt.Key.Key_Return)
    assert "into Welsh" in passage.worker.last("generate")[1]["messages"][-1].content
    passage.done()


def test_without_a_selection_it_says_why_nothing_can_be_had(studio: Studio, qtbot: QtBot) -> None:
    studio.show(PASSAGE)
    palette = opened(studio)
    assert palette.reason.text() == "Select the passage first."
    assert not palette.start.isEnabled()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert studio.worker.count_of("generate") == 0
    qtbot.keyClicks(palette.line, "xyz")
    assert palette.names == []
    assert palette.reason.text() == "No action has such a name."
    palette.reject()


def test_a_doubt_is_said_before_and_once(passage: Studio) -> None:
    rewrites = passage.window.manuscript.rewrites
    passport = Passport(kind="instruct", followed=1, instructions=4)
    rewrites.offers._writing.passport = lambda: passport  # type: ignore[method-assign]
    rewrites.ask(ACTIONS["shorten"])
    palette: RewritePalette | None = passage.window.findChild(RewritePalette)
    assert palette is not None
    assert "followed 1 of 4" in palette.doubt.text()
    assert passage.worker.count_of("generate") == 0
    palette.start.click()
    assert passage.worker.count_of("generate") == 1
    passage.done()
    passage.window.editor.selectAll()
    rewrites.ask(ACTIONS["shorten"])
    assert passage.worker.count_of("generate") == 2
    passage.done()


def test_the_menus_offer_the_actions_for_a_selection(passage: Studio) -> None:
    menus = passage.window.manuscript.rewrite_menus
    menus.menu.aboutToShow.emit()
    items = {item.text(): item for item in menus.menu.actions()}
    assert items["Shorten"].isEnabled()
    assert items["Translate…"].isEnabled()
    items["Shorten"].trigger()
    assert passage.worker.count_of("generate") == 1
    passage.done()
    passage.window.editor.move_caret(0)
    menus.menu.aboutToShow.emit()
    items = {item.text(): item for item in menus.menu.actions()}
    assert not items["Shorten"].isEnabled()
    assert items["Shorten"].toolTip() == "Select the passage first."


def test_the_pages_menu_has_them_too(passage: Studio) -> None:
    menu = QMenu(passage.window)
    menu.addAction("Copy")
    display = passage.window.manuscript._display
    display.menu_opens.emit(menu, passage.window.editor.viewport().rect().center())
    titles = [inner.title() for inner in menu.findChildren(QMenu)]
    assert titles == ["Rewrite the Selection"]
    menu.deleteLater()


def test_an_own_action_has_a_key(passage: Studio) -> None:
    manuscript = passage.window.manuscript
    fields = OwnFields(prompt="Say it as a pirate.\n\n{selection}", key="Ctrl+Alt+F5")
    manuscript.rewrites.offers.own.save("Pirate", fields)
    manuscript.rewrite_menus.begin()
    (item,) = manuscript.rewrite_menus._keyed
    assert item.shortcut().toString() == "Ctrl+Alt+F5"
    item.trigger()
    assert "as a pirate" in passage.worker.last("generate")[1]["messages"][-1].content
    passage.done()


def test_keys_that_others_have_or_that_write_are_refused() -> None:
    assert key_trouble("Ctrl+Alt+F5") == ""
    assert key_trouble("F2") == "taken"
    assert key_trouble("Ctrl+K") == "taken"
    assert key_trouble("Ctrl+Alt+E") == "letter"
    assert key_trouble("A") == "unknown"
    assert key_trouble("nonsense") == "unknown"
