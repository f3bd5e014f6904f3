"""What is announced to those who do not see it: the model's sentences, errors, progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget

from app.tasks.cutting import last_sentence_end
from app.ui.languages import change_language
from app.ui.widgets import announce as module
from app.ui.widgets.announce import SpokenProgress, announce
from app.ui.widgets.controls import NoteLabel
from tests.ui.conftest import MODEL, Studio

POLITENESS = QAccessible.AnnouncementPoliteness


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, bool]]]:
    """What a screen reader is told from now on, and whether at once."""
    told: list[tuple[str, bool]] = []

    def deliver(event: QAccessibleAnnouncementEvent) -> None:
        told.append((event.message(), event.politeness() is POLITENESS.Assertive))

    monkeypatch.setattr(module, "_deliver", deliver)
    QAccessible.setActive(True)
    yield told
    QAccessible.setActive(False)


Heard = list[tuple[str, bool]]


def words(heard: Heard) -> list[str]:
    return [text for text, _is_urgent in heard]


def test_nothing_is_announced_where_nobody_listens(qtbot, heard: Heard) -> None:
    QAccessible.setActive(False)
    widget = QWidget()
    qtbot.addWidget(widget)
    announce(widget, "Hello")
    assert heard == []


def test_the_text_is_announced_by_the_sentence(studio: Studio, heard: Heard) -> None:
    studio.do("continue")
    studio.stream("The rain", " stopped", ". ")
    assert words(heard) == ["The rain stopped."]
    studio.stream("Nobody saw", " it? “No", "!” ", "3.14", " is")
    assert words(heard)[1:] == ["Nobody saw it?", "“No!”"]
    studio.stream(" a number\n", "And")
    assert words(heard)[3:] == ["3.14 is a number"]
    studio.done()
    assert words(heard)[4:] == ["And", "The model has written 13 words."]


def test_chinese_sentences_need_no_space(studio: Studio, heard: Heard) -> None:
    studio.do("continue")
    studio.stream("雨停", "了。", "谁也没", "看见！他", "走了")
    assert words(heard) == ["雨停了。", "谁也没看见！"]
    studio.done()
    assert words(heard)[2] == "他走了"


@pytest.mark.parametrize(("choice", "told"), [("end", 1), ("nothing", 0)])
def test_the_text_can_be_silenced(
    make_studio: Callable[..., Studio], heard: Heard, choice: str, told: int
) -> None:
    studio = make_studio(announce=choice)
    heard.clear()
    studio.do("continue")
    studio.stream("One. ", "Two. ", "Three.")
    assert heard == []
    studio.done()
    assert words(heard) == ["The model has written 3 words."][:told]


def test_what_is_written_already_is_not_read_again(studio: Studio, heard: Heard) -> None:
    studio.do("continue")
    studio.stream("One. ")
    studio.done()
    studio.do("retry")
    studio.stream("Other. ")
    studio.done()
    heard.clear()
    studio.do("take_before")
    assert words(heard) == ["Take 1 of 2"]


def test_a_stopped_take_is_read_to_its_end(studio: Studio, heard: Heard) -> None:
    studio.do("continue")
    studio.stream("One. And the")
    studio.do("stop")
    studio.done("cancelled")
    assert words(heard)[:2] == ["One.", "And the"]


def test_errors_are_announced_at_once_and_notices_in_their_turn(
    studio: Studio, heard: Heard
) -> None:
    studio.window.page.banners.say("The disk is full.")
    studio.window.page.banners.say("Load it again.", "notice")
    assert heard == [("The disk is full.", True), ("Load it again.", False)]


def test_what_is_wrong_in_a_dialog_is_announced_once(qtbot, heard: Heard) -> None:
    label = NoteLabel("wrong")
    qtbot.addWidget(label)
    label.say("Before it is shown.")
    label.show()
    for _ in range(2):
        label.say("That cannot be a key.")
    label.say("")
    assert heard == [("That cannot be a key.", True)]


def test_the_status_bar_and_the_find_bar_are_heard(studio: Studio, heard: Heard) -> None:
    studio.window.status.say("Saved rain.txt")
    studio.window.status.show_model(replace(MODEL, path="/models/雨.gguf"))
    bar = studio.window.page.find_bar
    bar.line.setText("nowhere")
    bar.find_next()
    assert words(heard) == ["Saved rain.txt", "Model: 雨 · CPU", "Not found"]


def test_progress_is_told_at_each_quarter_and_only_where_it_lasts(
    qtbot, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    widget, now = QWidget(), [0.0]
    qtbot.addWidget(widget)
    monkeypatch.setattr("app.ui.widgets.announce.time.monotonic", lambda: now[0])
    progress = SpokenProgress(widget)
    for percent in range(101):
        now[0] = percent / 10
        progress.tell(f"Reading your text: {percent} %", percent / 100)
    assert words(heard) == [
        "Reading your text: 20 %",
        "Reading your text: 25 %",
        "Reading your text: 50 %",
        "Reading your text: 75 %",
        "Reading your text: 100 %",
    ]
    heard.clear()
    progress.tell("", None)
    progress.tell("Loading Tiny", 0.0)
    now[0] += 1.9
    progress.tell("Loading Tiny", 0.9)
    assert heard == []
    now[0] += 0.2
    progress.tell("Loading Tiny", 0.9)
    assert words(heard) == ["Loading Tiny, 75 %"]


@pytest.mark.parametrize(
    ("text", "end"),
    [("", 0), ("One", 0), ("One.", 0), ("One. Two", 5), ("一。二", 2), ("a\nb", 2), ("“A!” b", 5)],
)
def test_where_the_last_sentence_ends(text: str, end: int) -> None:
    assert last_sentence_end(text) == end


FOLDED = "Folded, with 4 words out of sight."


def test_a_folded_heading_is_told_when_the_caret_comes_to_it(studio: Studio, heard: Heard) -> None:
    studio.show("before\n# One\nfour words are here\n# Two\nend", caret=0)
    editor = studio.window.editor
    editor.move_caret(9)
    studio.do("fold")
    assert words(heard) == ["Folded. The text is all there; Ctrl+. shows it again."]
    heard.clear()
    QTest.keyClick(editor, Qt.Key.Key_Left)
    assert heard == [], "the heading is the same"
    QTest.keyClick(editor, Qt.Key.Key_Up)
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert words(heard) == [FOLDED]
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert editor.textCursor().block().text() == "# Two"
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert words(heard) == [FOLDED, FOLDED]


def test_the_page_and_the_marks_say_what_is_folded(studio: Studio, heard: Heard) -> None:
    studio.show("# One\nfour words are here\n# Two\nend", caret=0)
    editor = studio.window.editor
    plain = "Write here. Ctrl+Enter lets the model go on."
    assert editor.accessibleDescription() == plain
    studio.do("fold_all")
    assert (
        editor.accessibleDescription()
        == f"{plain} 2 sections are folded; Ctrl+. shows the one at the cursor."
    )
    marks = [one for one in editor.viewport().findChildren(QToolButton) if one.isVisible()]
    assert [(mark.accessibleName(), mark.accessibleDescription()) for mark in marks] == [
        ("Unfold “One”", FOLDED),
        ("Unfold “Two”", "Folded, with 1 word out of sight."),
    ]
    change_language("zh_CN", studio.program.paths.cache)
    assert "2" in editor.accessibleDescription()
    assert plain not in editor.accessibleDescription()
    change_language("en", studio.program.paths.cache)
    studio.do("fold")
    studio.do("fold_all")
    assert editor.accessibleDescription() == plain
