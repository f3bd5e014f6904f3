"""Whatever comes in, by whatever door: the page, its positions, undo and the file agree."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QApplication

from app.core.documents.normalise import normalise
from app.core.documents.text_files import open_document
from app.core.store import TakeRecord
from app.core.store.journal import kept_text as journal_text
from tests.core.documents.test_normalise import HOSTILE, PIECES
from tests.ui.editor.test_editor import compose

OWN = "The writer's own.\nTwo lines."


def by_paste(editor, text):
    data = QMimeData()
    data.setText(text)
    editor.insertFromMimeData(data)


def by_input_method(editor, text):
    compose(editor, "", text)


def by_key(editor, text):
    event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, text)
    QApplication.sendEvent(editor, event)


def by_another_program(editor, text):
    """As an assistive program inserts: with a cursor on the document itself."""
    QTextCursor(editor.textCursor()).insertText(text)


DOORS = (by_paste, by_input_method, by_another_program)


@pytest.mark.parametrize("door", DOORS)
def test_every_door_gives_the_same_text(studio, door):
    studio.show("ab", caret=1)
    door(studio.window.editor, "1\r\n2\r3\u20284\u20295\0\ufeff6")
    assert studio.text == "a1\n2\n3\n4\n56b"
    studio.do("undo")
    assert studio.text == "ab"


def test_a_frame_mark_is_dropped(studio):
    for door in (by_paste, by_input_method):
        door(studio.window.editor, "a\ufdd0b\ufdd1")
    assert studio.text == "abab"


def test_a_key_may_carry_a_line_separator(studio):
    by_key(studio.window.editor, "\u2028")
    assert studio.text == "\n"


def test_half_a_pair_of_surrogates_is_marked(studio):
    studio.window.editor.insert_plain("a\ud83db")
    assert studio.text == "a\ufffdb"


@pytest.mark.parametrize("pieces", [("one\r\ntwo\r\n", "three"), ("one\r", "\ntwo\r", "\nthree")])
def test_the_models_line_ends_are_single_and_undo_spares_the_writer(studio, tmp_path, pieces):
    studio.questions.save_answer = tmp_path / "own.txt"
    studio.show(OWN)
    studio.do("continue")
    studio.stream(*pieces)
    studio.done()
    assert studio.text.removeprefix(OWN).split("\n")[:2] == ["one", "two"]
    assert studio.tinted == studio.text.removeprefix(OWN)
    studio.do("undo")
    assert studio.text == OWN
    studio.do("save")
    assert (tmp_path / "own.txt").read_bytes() == OWN.encode()


def test_a_file_can_be_opened_after_the_model_wrote_nul(studio, tmp_path):
    studio.questions.save_answer = tmp_path / "nul.txt"
    studio.show(OWN)
    studio.do("continue")
    studio.stream("a\0b\u2028c", "\ufdd0d")
    studio.done()
    studio.do("save")
    assert open_document(tmp_path / "nul.txt").text == OWN + "ab\ncd"


def test_the_store_keeps_what_stands_on_the_page(studio):
    studio.do("continue")
    studio.stream("one\r", "\ntwo\0")
    studio.done()
    journal = studio.window.documents.journal
    takes: tuple[TakeRecord, ...] = studio.window.generation.take_log.takes(journal, "")
    assert [take.text for take in takes] == ["one\ntwo"] == [studio.text]


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("stream"), st.text(alphabet=HOSTILE, max_size=4)),
        st.tuples(st.sampled_from(DOORS), st.text(alphabet=HOSTILE, max_size=4)),
        st.tuples(st.just("undo"), st.none()),
        st.tuples(st.just("redo"), st.none()),
    ),
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(PIECES)
def test_any_pieces_leave_the_page_the_store_and_the_file_in_agreement(studio, tmp_path, pieces):
    path = tmp_path / "any.txt"
    studio.window.documents.new()
    studio.show(OWN)
    studio.do("continue")
    studio.stream(*pieces)
    studio.done()
    assert studio.text == OWN + normalise("".join(pieces))
    path.unlink(missing_ok=True)
    studio.questions.save_answer = path
    studio.window.documents.save_as()
    assert open_document(path).text == studio.text
    assert recovered(studio) == studio.text
    if studio.text != OWN:
        studio.window.editor.undo()
    assert studio.text == OWN


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EVENTS)
def test_writer_and_model_at_once_leave_undo_whole(studio, events):
    studio.window.documents.new()
    studio.show(OWN)
    studio.do("continue")
    editor = studio.window.editor
    for kind, text in events:
        if kind == "stream":
            studio.stream(text)
        elif kind in ("undo", "redo"):
            getattr(editor, kind)()
        else:
            kind(editor, text)
        assert recovered(studio) == studio.text == normalise(studio.text)
    studio.done()
    while editor.history.can_redo:
        editor.redo()
    written = studio.text
    while editor.history.can_undo:
        editor.undo()
        assert recovered(studio) == studio.text
    assert studio.text == ""
    while editor.history.can_redo:
        editor.redo()
    assert studio.text == written


def recovered(studio) -> str:
    """The text that recovery would find on the disk."""
    store, journal = studio.program.store, studio.window.documents.journal
    read = partial(journal_text, journal=journal)
    found: str = store._thread.call(lambda: store._database.run(read, ""), "")
    return found
