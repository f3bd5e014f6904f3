"""Documents in the window: opening, saving, asking, and getting back what a crash left."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from app.core.store import Recovery
from app.ui.documents.recovery import RecoveryController
from app.ui.questions import Questions, filter_for


def recovering(studio):
    """What offers the recovered texts at a start."""
    window = studio.window
    return RecoveryController(studio.program, window.documents, window.questions, window)


def test_saving_and_opening(studio, tmp_path):
    path = tmp_path / "novel.txt"
    studio.questions.save_answer = path
    studio.show("Chapter one\nIt rained.")
    assert studio.window.isWindowModified()
    studio.do("save")
    assert path.read_text() == "Chapter one\nIt rained."
    assert studio.questions.asked == ["save Chapter one.txt"]
    assert not studio.window.isWindowModified()
    assert studio.window.windowTitle() == "novel.txt[*] — Lampblack"
    studio.do("new")
    assert studio.text == ""
    studio.window.open_paths([path])
    assert studio.text == "Chapter one\nIt rained."
    assert studio.program.settings.recent_files == (str(path),)
    assert not studio.window.actions_table["undo"].isEnabled()


def test_a_file_is_gone_on_with_where_it_was_left(studio, make_studio, tmp_path):
    novel, other = tmp_path / "novel.txt", tmp_path / "été.txt"
    novel.write_text("Chapter one", "utf-8")
    other.write_text("Notes", "utf-8")
    editor = studio.window.editor
    studio.window.open_paths([novel])
    assert editor.textCursor().position() == 0, "a new one begins at its start"
    editor.move_caret(7)
    studio.window.open_paths([other])
    editor.move_caret(5)
    studio.window.open_paths([novel])
    assert editor.textCursor().position() == 7
    editor.move_caret(9)
    studio.window.close()
    novel.write_text("Short", "utf-8")
    again = make_studio()
    again.window.open_paths([other])
    assert again.window.editor.textCursor().position() == 5
    again.window.open_paths([novel])
    assert again.window.editor.textCursor().position() == 5, "never behind the end"


def test_windows_line_ends_come_back(studio, tmp_path):
    path = tmp_path / "dos.txt"
    path.write_bytes(b"one\r\ntwo\r\n")
    studio.window.open_paths([path])
    studio.show("three")
    studio.do("save")
    assert path.read_bytes() == b"one\r\ntwo\r\nthree"


@pytest.mark.parametrize(("answer", "left"), [("cancel", "Mine"), ("discard", "")])
def test_unsaved_text_is_asked_about(studio, answer, left):
    studio.show("Mine")
    studio.questions.unsaved_answer = answer
    studio.do("new")
    assert studio.text == left
    assert studio.questions.asked == ["unsaved Untitled"]


def test_saving_from_the_question(studio, tmp_path):
    studio.show("Mine")
    studio.questions.unsaved_answer = "save"
    studio.questions.save_answer = tmp_path / "mine.txt"
    studio.do("new")
    assert (tmp_path / "mine.txt").read_text() == "Mine"
    assert studio.text == ""


@pytest.mark.parametrize(("answer", "text"), [("save", "First Mine"), ("discard", "First")])
def test_the_open_file_opened_again_is_what_the_answer_left(studio, tmp_path, answer, text):
    path = tmp_path / "mine.txt"
    path.write_text("First")
    studio.window.open_paths([path])
    studio.show(" Mine")
    studio.questions.unsaved_answer = answer
    studio.window.open_paths([path])
    assert (studio.text, path.read_text()) == (text, text)
    assert not studio.window.isWindowModified()


def test_a_file_that_cannot_be_opened_leaves_what_was_not_saved(studio, tmp_path):
    studio.show("Mine")
    studio.questions.unsaved_answer = "discard"
    studio.window.open_paths([tmp_path / "gone.txt"])
    assert studio.text == "Mine"
    assert studio.window.isWindowModified()


def test_closing_can_be_called_off(studio):
    studio.show("Mine")
    studio.questions.unsaved_answer = "cancel"
    assert not studio.window.close()
    assert studio.window.isVisible()


def test_undo_back_to_the_saved_text_is_unmodified(studio, tmp_path):
    studio.questions.save_answer = tmp_path / "a.txt"
    studio.show("One")
    studio.do("save")
    studio.show(" two")
    assert studio.window.isWindowModified()
    studio.do("undo")
    assert not studio.window.isWindowModified()
    studio.do("undo")
    assert studio.window.isWindowModified()
    studio.do("redo")
    assert not studio.window.isWindowModified()


def test_a_foreign_change_is_asked_about(studio, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("first")
    studio.window.open_paths([path])
    path.write_text("from elsewhere")
    studio.show(" mine")
    studio.do("save")
    assert studio.questions.asked == ["Another program has changed a.txt since it was opened."]
    assert path.read_text() == "from elsewhere"
    studio.questions.overwrite_answer = True
    studio.do("save")
    assert path.read_text() == "first mine"


def test_saving_while_the_model_writes(studio, tmp_path):
    path = studio.questions.save_answer = tmp_path / "a.txt"
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    studio.do("save")
    assert path.read_text() == "A b"
    assert not studio.window.isWindowModified()
    studio.stream(" c")
    assert studio.window.isWindowModified()
    studio.done()
    studio.do("save")
    assert path.read_text() == "A b c"


def test_opening_while_the_model_writes_stops_it(studio, tmp_path):
    path = tmp_path / "other.txt"
    path.write_text("Other")
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    studio.window.open_paths([path])
    assert studio.worker.cancelled
    studio.stream(" late")
    studio.done("cancelled")
    assert studio.text == "Other"
    assert not studio.window.isWindowModified()


def test_a_file_that_cannot_be_opened_keeps_the_text(studio, tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    studio.show("Mine")
    studio.window.open_paths([path])
    assert studio.text == "Mine"
    assert len(studio.banners) == 1


def test_recent_files_are_offered(studio, tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
        studio.window.open_paths([tmp_path / name])
    menu = studio.window.recent_menu
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()][:2] == ["b.txt", "a.txt"]
    menu.actions()[1].trigger()
    assert studio.text == "a.txt"
    menu.actions()[-1].trigger()
    assert studio.program.settings.recent_files == ()


def test_a_vanished_recent_file_is_forgotten(studio, tmp_path):
    path = tmp_path / "gone.txt"
    path.write_text("x")
    studio.window.open_paths([path])
    path.unlink()
    studio.window.open_paths([path])
    assert studio.program.settings.recent_files == ()
    assert len(studio.banners) == 1


def test_a_dropped_file_is_opened_and_dropped_text_is_plain(studio, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("From a file")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    studio.window.editor.insertFromMimeData(data)
    assert studio.text == "From a file"
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("bold\r\nnew\u2028line")
    studio.window.editor.move_caret(0)
    studio.window.editor.insertFromMimeData(data)
    assert studio.text == "bold\nnew\nlineFrom a file"
    assert studio.window.editor.document().firstBlock().charFormat().fontWeight() != 700


def test_every_edit_is_journaled_in_utf16_units(studio, qtbot, monkeypatch):
    text = bytearray()

    def edit(_store, journal, position, removed, added):
        assert journal == studio.window.documents.journal
        text[position * 2 : (position + removed) * 2] = added.encode("utf-16-le")

    monkeypatch.setattr(type(studio.program.store), "edit", edit)
    studio.show("Hello 世界 😀\nEnd", caret=11)
    qtbot.keyClicks(studio.window.editor, "!")
    studio.do("continue")
    studio.stream(" And 😀", " more")
    studio.done()
    studio.do("retry")
    studio.stream(" Other")
    studio.done()
    studio.do("take_before")
    studio.do("undo")
    studio.do("redo")
    assert text.decode("utf-16-le") == studio.text == "Hello 世界 😀! And 😀 more\nEnd"


def test_recovered_text_comes_back_unsaved(studio, tmp_path, monkeypatch):
    file = tmp_path / "novel.txt"
    file.write_text("Chapter one.")
    recovery = Recovery(id="x", path=str(file), text="Chapter one. And two.", changed_at=1e9)
    discarded = []
    monkeypatch.setattr(type(studio.program.store), "recoverable", lambda _self: (recovery,))
    monkeypatch.setattr(
        type(studio.program.store), "discard", lambda _self, name, *_to: discarded.append(name)
    )
    harness = recovering(studio)
    harness.begin()
    assert harness.dialog is not None
    assert "novel.txt" in harness.dialog.list.item(0).text()
    harness.dialog.restore.click()
    assert studio.text == "Chapter one. And two."
    assert studio.window.isWindowModified()
    assert studio.window.documents.path == file
    assert discarded == ["x"]
    studio.do("save")
    assert file.read_text() == "Chapter one. And two."


def test_recovered_text_is_kept_until_discarded(studio, monkeypatch):
    recoveries = tuple(
        Recovery(id=name, path="", text=f"Text {name}", changed_at=1e9) for name in "ab"
    )
    discarded = []
    monkeypatch.setattr(type(studio.program.store), "recoverable", lambda _self: recoveries)
    monkeypatch.setattr(
        type(studio.program.store), "discard", lambda _self, name, *_to: discarded.append(name)
    )
    harness = recovering(studio)
    harness.begin()
    dialog = harness.dialog
    assert dialog is not None
    dialog.discard_asked.emit(dialog.current())
    assert discarded == ["a"]
    assert dialog.list.count() == 1
    dialog.reject()
    assert discarded == ["a"]


def test_saving_recovered_text_elsewhere(studio, tmp_path, monkeypatch):
    recovery = Recovery(id="x", path="", text="Lost and found", changed_at=1e9)
    monkeypatch.setattr(type(studio.program.store), "recoverable", lambda _self: (recovery,))
    monkeypatch.setattr(type(studio.program.store), "discard", lambda _self, _name: None)
    studio.questions.save_answer = Path(tmp_path / "found.txt")
    harness = recovering(studio)
    harness.begin()
    harness.save(recovery)
    assert (tmp_path / "found.txt").read_text() == "Lost and found"
    assert studio.text == ""


def test_saving_over_an_existing_file_is_asked_about_once_and_truly(studio, tmp_path):
    path = studio.questions.save_answer = tmp_path / "old.txt"
    path.write_text("an older book")
    studio.show("a new book")
    studio.do("save_as")
    assert studio.questions.asked == ["save a new book.txt", "There is already a file old.txt."]
    assert path.read_text() == "an older book"


def test_recovered_text_replaces_a_file_only_after_a_question(studio, tmp_path, monkeypatch):
    recovery = Recovery(id="x", path="", text="Lost and found", changed_at=1e9)
    monkeypatch.setattr(type(studio.program.store), "discard", lambda _self, _name: None)
    path = studio.questions.save_answer = tmp_path / "found.txt"
    path.write_text("something else")
    harness = recovering(studio)
    harness.save(recovery)
    assert path.read_text() == "something else"
    studio.questions.overwrite_answer = True
    harness.save(recovery)
    assert path.read_text() == "Lost and found"


@pytest.mark.parametrize(
    ("name", "expected"), [("a.md", "M (*.md)"), ("a.TXT", "T (*.txt)"), ("a.tex", "All (*)")]
)
def test_the_save_dialog_shows_files_of_the_manuscripts_kind(name, expected):
    assert filter_for(Path(name), "T (*.txt);;M (*.md);;All (*)") == expected


def test_the_dialogs_show_markdown_and_ask_nothing_twice(studio, monkeypatch):
    asked = []
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *given: asked.append(given) or ("", ""))
    questions = Questions(studio.window)
    assert questions.open_path(Path("/x")) is None
    assert questions.save_path(Path("/x/a.md")) is None
    assert "*.md" in asked[0][3].split(";;")[0]
    assert QFileDialog.Option.DontConfirmOverwrite in asked[1]


def test_a_file_dropped_beside_the_lines_is_opened(studio, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("From a file")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    place, none = QPoint(3, 90), Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(place, copy, data, left, none)
    QApplication.sendEvent(studio.window.editor, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(studio.window.page, QDropEvent(QPointF(place), copy, data, left, none))
    assert studio.text == "From a file"


@pytest.mark.parametrize("name", ["--engine", "-style", "@x", "-platform"])
@pytest.mark.parametrize("way", ["open", "drop", "recent"])
def test_a_name_that_looks_like_a_flag_is_a_name(
    studio, qtbot, tmp_path, name: str, way: str
) -> None:
    """Opened, dropped or taken from the recent files, changed and saved."""
    with contextlib.chdir(tmp_path):
        Path(name).write_text("A text.")
        if way == "open":
            studio.window.open_paths([Path(name)])
        elif way == "drop":
            studio.window.editor.files_dropped.emit([Path(name).absolute()])
        else:
            studio.window.documents.open_path(Path(name).absolute())
            studio.window.documents.new()
            (recent,) = studio.program.settings.recent_files
            assert recent == str(tmp_path / name)
            studio.window.documents.open_path(Path(recent))
        assert studio.text == "A text."
        studio.show("A text. More.")
        assert studio.window.documents.save()
        assert Path(name).read_text() == studio.text
        assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [name]
