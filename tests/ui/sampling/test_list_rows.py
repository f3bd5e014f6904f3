from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.core.options.rows import rows_by_name
from app.core.options.sampling import DEFAULT_ORDER, Sampling
from app.ui.sampling.list_rows import escaped, shown, unescaped
from app.ui.sampling.value_rows import make_row

BOUND = rows_by_name(Sampling)


@pytest.fixture
def made(qtbot):
    def make(name: str) -> Any:
        row = make_row(BOUND[name])
        qtbot.addWidget(row)
        row.show()
        return row

    return make


def texts(row: Any) -> list[str]:
    return [row.list.item(index).text() for index in range(row.list.count())]


def test_the_buttons_of_each_row_say_which_row_they_are_of(made) -> None:
    names = [
        button.accessibleName()
        for row in map(made, ("stop", "banned_phrases"))
        for button in (row.add_button, row.remove_button)
    ]
    assert names == [
        "Add to “Stop texts”",
        "Remove the selected from “Stop texts”",
        "Add to “Banned phrases”",
        "Remove the selected from “Banned phrases”",
    ]


@given(st.text())
def test_what_is_escaped_can_be_read_again(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert "\n" not in escaped(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (r"\n\n", "\n\n"),
        (r"a\tb", "a\tb"),
        (r"C:\dir", r"C:\dir"),
        ("end\\", "end\\"),
        (r"\\n", r"\n"),
    ],
)
def test_typed_texts(typed: str, meant: str) -> None:
    assert unescaped(typed) == meant


@pytest.mark.parametrize(
    ("text", "seen"),
    [("\n\n", "↵↵"), (" end ", "␣end␣"), ("  ", "␣␣"), ("第二章", "第二章"), ("a b", "a b")],
)
def test_what_cannot_be_seen_has_a_sign(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_texts_are_added_by_enter_and_shown_on_one_line(made, qtbot) -> None:
    row = made("stop")
    assert not row.list.isVisible()
    for typed in (r"\n\n", "THE END"):
        qtbot.keyClicks(row.edit, typed)
        with qtbot.waitSignal(row.changed):
            qtbot.keyClick(row.edit, Qt.Key.Key_Return)
    assert row.value() == ("\n\n", "THE END")
    assert texts(row) == ["↵↵", "THE END"]
    assert row.edit.text() == ""


def test_the_same_text_is_not_added_twice(made, qtbot) -> None:
    row = made("stop")
    row.set_value(("a",))
    row.edit.setText("a")
    with qtbot.assertNotEmitted(row.changed):
        row.add_button.click()


def test_delete_removes_the_selected(made, qtbot) -> None:
    row = made("stop")
    row.set_value(("a", "b", "c"))
    row.list.setCurrentRow(1)
    qtbot.keyClick(row.list, Qt.Key.Key_Delete)
    assert row.value() == ("a", "c")


def test_a_text_can_be_edited_in_place(made, qtbot) -> None:
    row = made("stop")
    row.set_value(("a\n", "b"))
    row.list.editItem(row.list.item(0))
    editor = row.list.viewport().findChild(QLineEdit)
    assert editor.text() == r"a\n"
    editor.setText(r"\tz")
    with qtbot.waitSignal(row.changed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert row.value() == ("\tz", "b")
    assert texts(row) == ["⇥z", "b"]


def test_too_many_texts_are_refused_with_a_sentence(made) -> None:
    row = made("dry_breakers")
    row.set_value(tuple(str(number) for number in range(64)))
    row.edit.setText("one more")
    row.add_button.click()
    assert len(row.value()) == 64
    assert "at most 64" in row.note.text()
    assert row.edit.text() == "one more"


def test_bias_is_added_edited_and_removed(made, qtbot) -> None:
    row = made("logit_bias")
    row.box.setValue(4.5)
    row.edit.setText("月光")
    qtbot.keyClick(row.edit, Qt.Key.Key_Return)
    assert row.value() == {"月光": 4.5}
    row.table.item(0, 1).setText("-7")
    assert row.value() == {"月光": -7.0}
    row.table.item(0, 1).setText("-700")
    assert row.value() == {"月光": -7.0}
    assert "between -100 and 100" in row.note.text()
    row.table.selectRow(0)
    row.remove_button.click()
    assert row.value() == {}
    assert not row.table.isVisible()


def test_delete_removes_the_selected_bias(made, qtbot) -> None:
    row = made("logit_bias")
    row.set_value({"a": 1.0, "b": 2.0})
    row.table.selectRow(0)
    qtbot.keyClick(row.table, Qt.Key.Key_Delete)
    assert row.value() == {"b": 2.0}


@pytest.mark.parametrize("typed", ["much", ""])
def test_a_bias_that_is_no_number_is_refused(made, typed: str) -> None:
    row = made("logit_bias")
    row.set_value({"a": 1.0})
    row.table.item(0, 1).setText(typed)
    assert row.value() == {"a": 1.0}
    assert row.table.item(0, 1).text() == "1"
    assert "number" in row.note.text()


def test_a_step_moves_by_keyboard(made, qtbot) -> None:
    row = made("order")
    row.list.setCurrentRow(0)
    qtbot.keyClick(row.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert row.value() == (DEFAULT_ORDER[1], DEFAULT_ORDER[0], *DEFAULT_ORDER[2:])
    row.up.click()
    assert row.value() == DEFAULT_ORDER
    row.up.click()
    assert row.value() == DEFAULT_ORDER


def test_a_dragged_step_counts(made) -> None:
    row = made("order")
    row.list.model().moveRow(row.list.rootIndex(), 0, row.list.rootIndex(), 3)
    assert row.value()[2] == DEFAULT_ORDER[0]


def test_an_unticked_step_is_left_out(made) -> None:
    row = made("order")
    row.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert row.value() == (DEFAULT_ORDER[0], *DEFAULT_ORDER[2:])
    row.set_value(row.value())
    assert row.list.count() == len(DEFAULT_ORDER)
    assert row.list.item(row.list.count() - 1).checkState() == Qt.CheckState.Unchecked
