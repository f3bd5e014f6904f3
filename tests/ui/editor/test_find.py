"""Find and replace in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.core.errors import SearchError

Key = Qt.Key


@pytest.fixture
def bar(studio):
    """The bar, asked for with its key."""
    studio.do("replace")
    return studio.window.page.find_bar


def marked(studio):
    """The texts that are marked in the window."""
    selections = studio.window.editor.layers._layers["found"]
    return [selection.cursor.selectedText() for selection in selections]


def waited(qtbot, bar, act):
    with qtbot.waitSignal(bar.finder.found, timeout=20_000):
        act()


def look_for(qtbot, bar, words, by=""):
    waited(qtbot, bar, lambda: (bar.replacement.setText(by), bar.line.setText(words)))


def test_what_is_found_is_counted_and_marked_as_it_is_typed(studio, bar, qtbot):
    studio.show("One two one 😀 ONE", caret=0)
    look_for(qtbot, bar, "one")
    assert bar.found.text() == "3 found"
    assert marked(studio) == ["One", "one", "ONE"]
    studio.do("find_next")
    assert studio.window.editor.selected_text() == "One"
    assert bar.found.text() == "1 of 3"
    studio.do("find_previous")
    assert studio.window.editor.selected_text() == "ONE"
    assert bar.found.text() == "3 of 3"
    waited(qtbot, bar, lambda: bar.switches.case.setChecked(True))
    assert (bar.found.text(), marked(studio)) == ("1 found", ["one"])
    bar.close_bar()
    assert marked(studio) == []


def test_marks_follow_the_text_and_the_view(studio, bar, qtbot):
    studio.show("tree\n" * 2000, caret=0)
    look_for(qtbot, bar, "tree")
    assert bar.found.text() == "2,000 found"
    assert 3 < len(marked(studio)) < 200
    top = marked(studio)
    editor = studio.window.editor
    editor.verticalScrollBar().setValue(editor.verticalScrollBar().maximum())
    places = [one.cursor.position() for one in editor.layers._layers["found"]]
    assert places[-1] > 9000
    waited(qtbot, bar, lambda: studio.show("tree", caret=0))
    assert bar.found.text() == "2,001 found"
    assert set(marked(studio)) == set(top)


def test_replace_goes_from_place_to_place(studio, bar, qtbot):
    studio.show("cat dog cat", caret=0)
    look_for(qtbot, bar, "cat", "bird")
    bar.replace_button.click()  # nothing is selected yet
    assert studio.text == "cat dog cat"
    assert studio.window.editor.selected_text() == "cat"
    bar.replacement.setFocus()
    QTest.keyClick(bar.replacement, Key.Key_Return)
    assert studio.text == "bird dog cat"
    assert studio.window.editor.selection == (9, 12)
    QTest.keyClick(bar.replacement, Key.Key_Return)
    assert studio.text == "bird dog bird"
    assert bar.found.text() == "Not found"
    studio.do("undo")
    assert studio.text == "bird dog cat"


def test_replace_all_is_one_step(studio, bar, qtbot):
    text = "".join(f"cat 😀 {n} Cat\n" for n in range(500))
    studio.show(text, caret=20)
    look_for(qtbot, bar, "cat", r"\1 dog")
    bar.all_button.click()
    assert studio.text == text.replace("cat", r"\1 dog").replace("Cat", r"\1 dog")
    assert bar.found.text() == "1,000 replaced"
    assert studio.window.editor.caret == 20 + 3 * 3
    with qtbot.waitSignal(bar.finder.found):
        pass
    assert bar.found.text() == "1,000 replaced"
    studio.do("undo")
    assert studio.text == text
    studio.do("redo")
    assert "cat" not in studio.text.lower()


def test_a_regular_expression_finds_and_replaces(studio, bar, qtbot):
    studio.show("Doe, Jane\nRoe, 😀 Ann", caret=0)
    bar.switches.pattern.setChecked(True)
    look_for(qtbot, bar, r"(\w+), (\W*\w+)$", r"\2 \1\n")
    assert bar.found.text() == "2 found"
    with qtbot.waitSignal(bar.finder.all_replaced):
        bar.all_button.click()
    assert studio.text == "Jane Doe\n\n😀 Ann Roe\n"
    studio.do("undo")
    look_for(qtbot, bar, "^")
    studio.window.editor.move_caret(0)
    for expected in (10, 0):  # an empty place is gone on from
        with qtbot.waitSignal(bar.finder.selected):
            studio.do("find_next")
        assert studio.window.editor.caret == expected


def test_what_is_wrong_is_said_below(studio, bar, qtbot):
    studio.show("aaaa", caret=0)
    bar.switches.pattern.setChecked(True)
    with qtbot.waitSignal(bar.finder.failed, timeout=20_000):
        bar.line.setText("(a")
    assert bar.problem.text().startswith("This is no regular expression, from character 1 on: ")
    assert bar.problem.isVisible()
    look_for(qtbot, bar, "a", "b")
    assert not bar.problem.isVisible()
    with qtbot.waitSignal(bar.finder.failed, timeout=20_000):
        bar.replacement.setText(r"\7")
    assert bar.problem.text().startswith("The replacement is not right")


def test_an_expression_that_takes_years_leaves_the_window_free(studio, bar, qtbot, monkeypatch):
    monkeypatch.setattr("app.core.documents.search_process.LIMIT_S", 1)
    studio.show("a" * 60, caret=0)
    bar.switches.pattern.setChecked(True)
    with qtbot.waitSignal(bar.finder.failed, timeout=30_000) as failed:
        bar.line.setText("(a+)+b")
        studio.do("find_next")
        studio.show("typed on", caret=0)
    assert isinstance(failed.args[0], SearchError)
    assert "takes too long" in bar.problem.text()


def test_all_places_are_replaced_across_soft_breaks(studio, bar, qtbot):
    text = "".join(f"<{n}> needle" for n in range(2000))
    studio.show(text, caret=0)
    editor = studio.window.editor
    assert editor.page.breaks
    look_for(qtbot, bar, "needle", "pin")
    assert bar.found.text() == "2,000 found"
    bar.all_button.click()
    assert editor.manuscript.text() == text.replace("needle", "pin")
    assert editor.page.breaks
    studio.do("undo")
    assert editor.manuscript.text() == text


def test_the_key_opens_both_lines_and_find_only_one(studio):
    studio.show("some words")
    page = studio.window.page
    QTest.keyClick(studio.window, Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert page.find_bar.replacement.isVisible()
    assert studio.text == "some words"
    QTest.keyClick(page.find_bar.replacement, Key.Key_Escape)
    assert page.find_bar.isHidden()
    studio.do("find")
    assert not page.find_bar.replacement.isVisible()


def test_without_words_nothing_is_replaced(studio, bar):
    studio.show("text")
    for button in (bar.replace_button, bar.all_button):
        button.click()
    assert studio.text == "text"
