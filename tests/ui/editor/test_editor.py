"""The page itself: plain text, input methods, reading nothing it need not read."""

from __future__ import annotations

import sys
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QInputMethodEvent,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QTextEdit

from app.ui.editor.editor import Editor
from app.ui.provenance.tracker import MIME


def compose(widget, preedit: str, commit: str = "") -> None:
    """Let an input method hold `preedit`, or put `commit` into the text."""
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(widget, event)


def shown(editor: Editor) -> str:
    cursor = editor.cursor_at(0, editor.document().characterCount() - 1)
    return cursor.selectedText().replace("\u2029", "\n")


MOVES = (
    QTextCursor.MoveOperation.Left,
    QTextCursor.MoveOperation.Up,
    QTextCursor.MoveOperation.End,
    QTextCursor.MoveOperation.Start,
    QTextCursor.MoveOperation.WordLeft,
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.text(alphabet="a 世😀\n\u00a0", max_size=5)),
        st.tuples(st.just("move"), st.sampled_from(MOVES)),
        st.tuples(st.just("select"), st.sampled_from(MOVES)),
        st.tuples(st.just("delete"), st.none()),
        st.tuples(st.just("undo"), st.none()),
        st.tuples(st.just("redo"), st.none()),
    ),
    max_size=25,
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_manuscript_is_always_what_is_shown(qapp, own_home, steps):
    editor = Editor()
    editor.set_text("Once upon\na time 😀\n")
    for kind, value in steps:
        cursor = editor.textCursor()
        if kind == "insert":
            editor.insert_plain(value)
        elif kind == "move":
            editor.moveCursor(value)
        elif kind == "select":
            editor.moveCursor(value, QTextCursor.MoveMode.KeepAnchor)
        elif kind == "delete":
            cursor.deletePreviousChar()
        elif kind == "undo":
            editor.undo()
        else:
            editor.redo()
        assert editor.manuscript.text() == shown(editor)
    while editor.history.can_undo:
        editor.undo()
    assert shown(editor) == "Once upon\na time 😀\n"
    assert not editor.document().isModified()


def test_select_all_and_type(studio, qtbot):
    studio.show("One\ntwo")
    studio.window.editor.selectAll()
    qtbot.keyClicks(studio.window.editor, "x")
    assert studio.text == "x"
    studio.do("undo")
    assert studio.text == "One\ntwo"


def test_hard_spaces_survive(studio, tmp_path):
    studio.show("Qui\u00a0? Moi\u202f!")
    studio.questions.save_answer = tmp_path / "fr.txt"
    studio.do("save")
    assert (tmp_path / "fr.txt").read_text("utf-8") == "Qui\u00a0? Moi\u202f!"


def test_shift_enter_is_a_plain_line_end(studio, qtbot):
    studio.show("a")
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(studio.window.editor, "b")
    assert studio.text == "a\nb"


def test_every_enter_counts_on_an_empty_page(studio, qtbot):
    for _ in range(2):
        qtbot.keyClick(studio.window.editor, Qt.Key.Key_Return)
    assert studio.text == "\n\n"


def test_copied_text_is_plain(studio):
    studio.show("One\ntwo")
    studio.window.editor.selectAll()
    data = studio.window.editor.createMimeDataFromSelection()
    assert isinstance(data, QMimeData)
    assert data.formats() == ["text/plain", MIME]  # the program's own, no rich text
    assert data.text() == "One\ntwo"


def test_every_paragraph_has_the_line_height(make_studio, qtbot):
    studio = make_studio(line_height=180)
    studio.show("One\ntwo\nthree")
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Return)
    studio.do("continue")
    studio.stream("four\nfive")
    block = studio.window.editor.document().firstBlock()
    heights = set()
    while block.isValid():
        heights.add(block.blockFormat().lineHeight())
        block = block.next()
    assert heights == {180.0}


def test_half_typed_text_triggers_nothing(studio, qtbot):
    editor = studio.window.editor
    studio.show("我")
    compose(editor, "xie")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        qtbot.keyClick(editor, key)
        qtbot.keyClick(editor, key, Qt.KeyboardModifier.ControlModifier)
    studio.do("continue")
    assert studio.worker.count_of("generate") == 0
    assert studio.text == "我"
    compose(editor, "", "写")
    assert studio.text == "我写"
    studio.do("continue")
    assert studio.worker.last("generate")[1]["prompt"] == "我写"


def test_the_model_waits_while_the_writer_composes(studio):
    studio.show("我。")
    studio.do("continue")
    studio.stream("他")
    compose(studio.window.editor, "shuo")
    studio.stream("来")
    assert studio.text == "我。他"
    compose(studio.window.editor, "", "说")
    studio.stream("了")
    studio.done()
    assert studio.text == "我。他来了说"
    assert studio.tinted == "他来了"


def test_enter_in_the_instruction_line_belongs_to_the_input_method(studio, qtbot):
    line = studio.window.page.write_bar.line
    studio.do("instruct")
    compose(line, "xin")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert studio.worker.count_of("generate") == 0
    compose(line, "", "写信")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert studio.worker.count_of("generate") == 1


def test_writing_never_reads_the_whole_text(make_studio, qtbot, monkeypatch):
    studio = make_studio()
    editor = studio.window.editor
    paragraph = "The rain had not stopped for a week. " * 12
    editor.set_text("\n".join([paragraph] * 250))
    read = []

    def spy(*_args):
        read.append(1)
        return ""

    for method in ("toPlainText", "toHtml", "toMarkdown"):
        monkeypatch.setattr(QTextEdit, method, spy)
        monkeypatch.setattr(QTextDocument, method, spy)
    longest = 0
    original = QTextCursor.selectedText

    def selected(cursor):
        nonlocal longest
        text = original(cursor)
        longest = max(longest, len(text))
        return text

    monkeypatch.setattr(QTextCursor, "selectedText", selected)
    whole: list[Any] = []
    monkeypatch.setattr(
        type(editor.manuscript),
        "text",
        _spied(type(editor.manuscript).text, len(editor.manuscript), whole),
    )
    editor.move_caret(len(editor.manuscript))
    studio.do("continue")
    whole.clear()
    for _ in range(50):
        studio.stream(" word")
    qtbot.keyClicks(editor, "typing")
    studio.done()
    assert not read
    assert longest < 100
    assert not whole


def _spied(original, length, found):
    def text(self, start=0, end=None):
        answer = original(self, start, end)
        if len(answer) > length // 2:
            found.append(answer[:20])
        return answer

    return text


def test_the_view_follows_the_model_only_where_the_writer_looks(studio):
    editor = studio.window.editor
    studio.show("\n".join(f"Line {number}" for number in range(200)), caret=0)
    editor.move_caret(len(editor.manuscript))
    editor.ensureCursorVisible()
    studio.do("continue")
    studio.stream(*["\nmore"] * 30)
    bar = editor.verticalScrollBar()
    assert editor.view.shows(editor.tint[1])
    bar.setValue(0)
    studio.stream(*["\nmore"] * 5)
    assert bar.value() == 0


def test_the_wheel_and_the_mouse_work_beside_the_page(studio, qtbot):
    editor = studio.window.editor
    studio.window.resize(1600, 700)
    QApplication.processEvents()
    studio.show("\n".join(f"Line {number}" for number in range(200)))
    beside = QPoint(4, 300)
    assert editor.viewport().x() > 20
    bar = editor.verticalScrollBar()
    bar.setValue(400)
    wheel = QWheelEvent(
        QPointF(beside),
        QPointF(editor.mapToGlobal(beside)),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor, wheel)
    assert bar.value() > 400
    qtbot.mouseClick(editor, Qt.MouseButton.LeftButton, pos=beside)
    place = editor.cursorRect().center().y() + editor.viewport().y()
    assert abs(place - 300) < 60


def test_the_menu_undoes_with_our_history(studio, qtbot, monkeypatch):
    shown = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, place: shown.append((menu, place)))
    view, place = studio.window.editor.viewport(), QPoint(20, 20)
    kind, at = QContextMenuEvent.Reason.Mouse, view.mapToGlobal(place)
    QApplication.sendEvent(view, QContextMenuEvent(kind, place, at))
    [(menu, where)] = shown
    assert where == at
    assert studio.window.actions_table["undo"] in menu.actions()
    with qtbot.waitSignal(menu.destroyed):
        menu.aboutToHide.emit()


def test_void_calls_keep_the_references_of_none(qapp):
    """PySide6 6.12.0 on Python 3.11 loses one in each void call, and dies of it."""
    document = QTextDocument()
    before = sys.getrefcount(None)
    for _ in range(10_000):
        document.setModified(False)
    assert abs(sys.getrefcount(None) - before) < 1000


def test_the_lines_stay_as_they_are_when_the_scroll_bar_comes(studio):
    editor = studio.window.editor
    studio.show("word " * 60)
    assert not editor.verticalScrollBar().isVisible()
    before = editor.viewport().width()
    studio.show("\n" * 100)
    assert editor.verticalScrollBar().isVisible()
    assert editor.viewport().width() == before


def test_only_another_width_lays_a_long_text_out_again(qtbot):
    """A banner above the page makes it lower, and laying a novel out again takes a tenth second."""
    editor = Editor()
    qtbot.addWidget(editor)
    editor.resize(460, 600)
    editor.set_text("She left the harbour in the evening.\n" * 400)
    with qtbot.waitExposed(editor):
        editor.show()
    page = editor.document().pageSize().width()
    widths: list[int] = []
    layout = editor.document().documentLayout()
    layout.update.connect(lambda _part: widths.append(editor.viewport().width()))
    editor.resize(460, 480)
    assert editor.viewport().height() == 480
    assert editor.document().pageSize().width() == page == editor.viewport().width()
    assert widths == []
