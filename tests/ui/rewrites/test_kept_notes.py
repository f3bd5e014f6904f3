"""Notes that stay: they are there again when their document is opened, and where it is saved as."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.rewrites.table import REWRITES
from app.ui.rewrites.notes import LinkedSentence, Note, NotePassage, NotesPage
from tests.ui.conftest import Studio

TEXT = "It was May.\n\nIt rained on Monday in the harbour.\n\nThe end came soon."
START, END = 13, 48
SUMMARISE = next(action for action in REWRITES if action.id == "summarise")


def page_of(studio: Studio) -> NotesPage:
    page: NotesPage = studio.window.manuscript.rewrites.notes
    return page


def settle(studio: Studio, qtbot) -> None:
    qtbot.waitUntil(lambda: studio.window.manuscript.notes.is_idle)


@pytest.fixture
def noted(studio: Studio, tmp_path: Path) -> tuple[Studio, Path]:
    """A file on the page with a note, of which a sentence leads to the second paragraph."""
    path = tmp_path / "novel.md"
    path.write_text(TEXT)
    studio.window.documents.open_path(path)
    studio.window.manuscript._show_notes(page_of(studio))
    place = NotePassage(START, END)
    note = Note(SUMMARISE, TEXT, text="Rain.", sentences=(LinkedSentence("Rain.", (place,)),))
    page_of(studio).add(note)
    return studio, path


def test_an_answer_is_kept_as_soon_as_it_is_complete(passage: Studio) -> None:
    rewrites = passage.window.manuscript.rewrites
    rewrites.start(next(action for action in REWRITES if action.id == "title"))
    passage.stream("Rain on Monday")
    kept = passage.program.store.kept_notes
    assert kept.of(passage.window.documents.marked_as) == ()
    passage.done()
    (note,) = kept.of(passage.window.documents.marked_as)
    assert (note.text, note.action) == ("Rain on Monday", "title")


def test_a_note_is_there_again_with_its_links_where_the_text_is_now(noted, qtbot) -> None:
    studio, path = noted
    studio.window.editor.move_caret(0)
    studio.window.editor.insert_plain("雨雨 ")
    studio.do("save")
    studio.do("new")
    assert page_of(studio).notes == []
    path.write_text("Another beginning.\n\n" + path.read_text())
    studio.window.documents.open_path(path)
    settle(studio, qtbot)
    (note,) = page_of(studio).notes
    assert (note.text, note.action) == ("Rain.", SUMMARISE)
    assert not page_of(studio).source_button.isHidden()
    page_of(studio).source_button.click()
    assert studio.window.editor.selected_text() == TEXT[START:END]


def test_a_link_to_what_is_gone_goes_and_the_note_stays(noted, qtbot) -> None:
    studio, path = noted
    studio.do("new")
    path.write_text("Something else altogether.")
    studio.window.documents.open_path(path)
    settle(studio, qtbot)
    (note,) = page_of(studio).notes
    assert (note.text, note.sentences[0].passages) == ("Rain.", ())
    assert page_of(studio).source_button.isHidden()
    studio.window.editor.insert_plain("A word more. ")
    studio.do("save")
    studio.do("new")
    path.write_text("New. " + TEXT)  # another program brings it back
    studio.window.documents.open_path(path)
    settle(studio, qtbot)
    (note,) = page_of(studio).notes
    assert note.sentences[0].passages == (NotePassage(5 + START, 5 + END),)
    assert note.sentences[0].lost == ()


def test_a_note_that_was_deleted_does_not_come_back(noted, qtbot) -> None:
    studio, path = noted
    studio.do("save")
    studio.window.manuscript.notes.join()
    page_of(studio).remove_button.click()
    studio.do("new")
    studio.window.documents.open_path(path)
    settle(studio, qtbot)
    assert page_of(studio).notes == []


def test_notes_go_with_a_text_that_gets_another_name(noted, tmp_path: Path, qtbot) -> None:
    studio, path = noted
    other = tmp_path / "other.md"
    studio.do("save")
    studio.questions.save_answer = other
    studio.do("save_as")
    studio.do("new")
    for one in (other, path):
        studio.window.documents.open_path(one)
        settle(studio, qtbot)
        assert [note.text for note in page_of(studio).notes] == ["Rain."]
        studio.do("new")


def test_the_page_of_a_new_window_has_the_notes_of_before(noted, make_studio, qtbot) -> None:
    studio, path = noted
    studio.window.close()
    studio.program.store.flush()  # as the program does when it ends
    again = make_studio()
    again.window.documents.open_path(path)
    settle(again, qtbot)
    assert [note.text for note in page_of(again).notes] == ["Rain."]
    again.do("notes")
    assert page_of(again).isVisible()
