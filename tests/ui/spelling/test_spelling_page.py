"""Spelling on the page, in the real window with the shipped dictionary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.ui.spelling.dialog import SpellingDialog
from tests.ui.conftest import Studio


def marked(studio: Studio) -> list[str]:
    found = studio.window.editor.layers._layers["spelling"]
    wave = QTextCharFormat.UnderlineStyle.SpellCheckUnderline
    assert all(one.format.underlineStyle() == wave for one in found)
    return [one.cursor.selectedText() for one in found]


@pytest.fixture
def checked(
    studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Studio:
    """A window whose dictionary was read: the shipped one, whatever the machine has."""
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("DICPATH", "")
    studio.program.settings_store.change(spelling_language="en_US")
    studio.window.manuscript.spelling._read()
    qtbot.waitUntil(lambda: studio.window.manuscript.spelling.marks.checker is not None)
    return studio


def test_unknown_words_in_the_window_are_underlined(checked: Studio, qtbot: QtBot) -> None:
    checked.show("I recieve it.\nTeh sea.", caret=0)
    qtbot.waitUntil(lambda: marked(checked) == ["recieve", "Teh"])
    checked.do("spelling")
    qtbot.waitUntil(lambda: marked(checked) == [])
    assert checked.program.settings.spelling is False
    assert not checked.window.actions_table["spelling"].isChecked()
    checked.do("spelling")
    qtbot.waitUntil(lambda: marked(checked) == ["recieve", "Teh"])


def test_a_word_that_is_being_typed_is_left_alone(checked: Studio, qtbot: QtBot) -> None:
    checked.show("", caret=0)
    QTest.keyClicks(checked.window.editor, "zzq teh")
    qtbot.waitUntil(lambda: marked(checked) == ["zzq"])
    QTest.keyClicks(checked.window.editor, " ")
    qtbot.waitUntil(lambda: marked(checked) == ["zzq", "teh"])


def test_letters_beyond_the_first_plane_move_no_mark(checked: Studio, qtbot: QtBot) -> None:
    checked.show("😀😀 teh 😀 sea xqz", caret=0)
    qtbot.waitUntil(lambda: marked(checked) == ["teh", "xqz"])


def test_code_is_not_checked(checked: Studio, qtbot: QtBot) -> None:
    checked.show("wrod\n```\nzzq\n```\nxqz `pyton`", caret=0)
    qtbot.waitUntil(lambda: checked.window.page.highlighter.is_done)
    checked.window.manuscript.spelling.marks.wake()
    qtbot.waitUntil(lambda: marked(checked) == ["wrod", "xqz"])


@pytest.fixture
def context_menu(
    checked: Studio, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int, str], list[str]]:
    """Opens the menu at a place, takes one choice and gives all that were offered."""
    monkeypatch.setattr(QMenu, "popup", lambda _menu, _place: None)  # nothing to grab keys from

    def open_at(position: int, choice: str) -> list[str]:
        editor, menus = checked.window.editor, []
        take = checked.window.display.menu_opens.connect(lambda menu, _place: menus.append(menu))
        place = editor.cursorRect(editor.cursor_at(position)).center()
        editor.customContextMenuRequested.emit(place)
        checked.window.display.menu_opens.disconnect(take)
        (menu,) = menus
        next(one for one in menu.actions() if one.text() == choice).trigger()
        offered = [one.text() for one in menu.actions()]
        menu.deleteLater()
        return offered

    return open_at


def test_the_context_menu_offers_what_was_meant(
    checked: Studio, context_menu: Callable[[int, str], list[str]]
) -> None:
    checked.show("I recieve it.", caret=0)
    offered = context_menu(4, "receive")
    assert offered.index("receive") < offered.index("Add to My Words") < offered.index("Cut")
    assert checked.text == "I receive it."
    checked.do("undo")
    assert checked.text == "I recieve it."


def test_own_words_hold_everywhere_and_accepted_ones_here(
    checked: Studio,
    context_menu: Callable[[int, str], list[str]],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    path = tmp_path / "novel.md"
    path.write_text("zzq xqz wvk", encoding="utf-8")
    checked.window.open_paths([path])
    qtbot.waitUntil(lambda: marked(checked) == ["zzq", "xqz", "wvk"])
    for word, choice in (("zzq", "Add to My Words"), ("xqz", "Accept in This Document")):
        context_menu(checked.text.index(word) + 1, choice)
    qtbot.waitUntil(lambda: marked(checked) == ["wvk"])
    other = tmp_path / "other.md"
    other.write_text("zzq xqz", encoding="utf-8")
    checked.window.open_paths([other])
    qtbot.waitUntil(lambda: marked(checked) == ["xqz"])
    checked.window.documents.save_to(tmp_path / "third.md")
    checked.window.open_paths([path])
    qtbot.waitUntil(lambda: marked(checked) == ["wvk"])


def test_the_next_unknown_word_is_selected_around_the_end(checked: Studio) -> None:
    checked.show("teh sea\n" + "The old keeper.\n" * 300 + "xqz", caret=0)
    for word in ("teh", "xqz", "teh"):
        checked.do("next_misspelling")
        assert checked.window.editor.selected_text() == word


def test_a_text_in_another_language_is_not_underlined_all_over(
    checked: Studio, qtbot: QtBot
) -> None:
    german = "Der alte Wärter stieg langsam die Treppe hinauf und sah auf das graue Meer hinaus. "
    with qtbot.waitSignal(checked.window.manuscript.spelling.marks.strange):
        checked.show(german * 3, caret=0)
    assert marked(checked) == []
    (banner,) = checked.window.page.banners.banners()
    assert "unknown in" in banner.text
    checked.window.manuscript.spelling.choose("none", for_all=False)
    assert checked.window.manuscript.spelling.dictionary is None


def test_the_dialog_lists_words_and_takes_them(checked: Studio, qtbot: QtBot) -> None:
    checked.show("teh teh xqz sea", caret=0)
    checked.do("spelling_words")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SpellingDialog)
    qtbot.waitUntil(lambda: dialog.unknown.count() == 2)
    assert [dialog.unknown.item(row).text() for row in range(2)] == ["teh · 2 times", "xqz"]
    dialog.find_asked.emit("xqz")
    assert checked.window.editor.selected_text() == "xqz"
    dialog._take(checked.window.manuscript.spelling.add)
    assert [dialog.mine.item(row).text() for row in range(dialog.mine.count())] == ["teh"]
    dialog.mine.setCurrentRow(0)
    dialog._remove(dialog.mine, True)
    qtbot.waitUntil(lambda: dialog.unknown.count() == 2)
    dialog.language.setCurrentIndex(dialog.language.findData("none"))
    dialog._choose()
    qtbot.waitUntil(lambda: dialog.unknown.count() == 0)
    dialog.reject()


def test_a_composition_is_never_underlined(checked: Studio, qtbot: QtBot) -> None:
    checked.show("teh ", caret=4)
    qtbot.waitUntil(lambda: marked(checked) == ["teh"])
    checked.window.editor._preedit = "ni"
    checked.window.manuscript.spelling.marks._mark()
    assert marked(checked) == []
    checked.window.editor._preedit = ""
    checked.window.manuscript.spelling.marks._mark()
    assert marked(checked) == ["teh"]
