"""Notes and places of takes of a scene that is split, merged with another, and put back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.rewrites.table import REWRITES
from app.core.store.notes.kept_notes import KeptNote, KeptPassage, KeptSentence
from app.core.store.takes.places import TakePlace
from app.ui.rewrites.notes import LinkedSentence, Note, NotePassage
from tests.ui.conftest import Studio

HEAD, TAIL = "The harbour lay in the rain.\n\n", "Nobody came home that night. 😀 Said he."
TEXT = HEAD + TAIL
TITLE = next(action for action in REWRITES if action.id == "title")
PLACES = {"head": (4, 11), "tail": (len(HEAD) + 7, len(HEAD) + 11)}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "Novel"
    folder.mkdir()
    (folder / "one.md").write_text(TEXT)
    (folder / "two.md").write_text("There before.\n")
    entries = (BookEntry(file="one.md"), BookEntry(file="two.md"))
    (folder / BOOK_FILE).write_bytes(encode_book(Book(entries=entries)))
    return folder


@pytest.fixture
def scene(studio: Studio, qtbot: QtBot, book: Path) -> Studio:
    """A scene with two takes' places, a note on each half and one on both, and one on the book."""
    path, store = book / "one.md", studio.program.store
    store.take_places.keep(
        str(path),
        [
            TakePlace(name, *span, TEXT[span[0] - 4 : span[0]], TEXT[span[1] : span[1] + 9])
            for name, span in PLACES.items()
        ],
    )
    of_book = KeptPassage(*PLACES["tail"], TEXT[30:37], TEXT[41:60], str(path))
    sentences = (KeptSentence("Night.", (of_book,)),)
    note = KeptNote(key="book", action="title", name="", text="Night.", sentences=sentences)
    store.kept_notes.keep(str(book), [note])
    studio.window.manuscript.books.open(book)
    studio.window.open_paths([path])
    parts = studio.window.manuscript
    parts._show_notes(parts.rewrites.notes)
    settle(studio, qtbot)
    for name, spans in (("head", ["head"]), ("both", ["head", "tail"]), ("tail", ["tail"])):
        linked = (LinkedSentence("S.", tuple(NotePassage(*PLACES[one]) for one in spans)),)
        parts.rewrites.notes.add(Note(TITLE, TEXT, text=name, sentences=linked))
    parts.rewrites.notes.add(Note(TITLE, "Nobody came home", text="unlinked"))
    return studio


def settle(studio: Studio, qtbot: QtBot) -> None:
    parts = studio.window.manuscript
    qtbot.waitUntil(lambda: parts.carrier.is_idle)
    qtbot.waitUntil(lambda: parts.takes.anchors._tasks.is_idle and parts.notes.is_idle)


def shown(studio: Studio, qtbot: QtBot) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The text at each place of takes, and the passages of each note, by its text."""
    settle(studio, qtbot)
    text, parts = studio.window.editor.manuscript.text, studio.window.manuscript
    places = {one.key: text(one.start, one.stop) for one in parts.takes.anchors.all}
    notes = {
        note.text: [
            Path(place.file).name if place.file else text(place.start, place.end)
            for sentence in note.sentences
            for place in sentence.passages
        ]
        for note in parts.rewrites.notes.notes
    }
    return places, notes


WHOLE = (
    {"head": "harbour", "tail": "came"},
    {
        "head": ["harbour"],
        "both": ["harbour", "came"],
        "tail": ["came"],
        "unlinked": [],
        "Night.": ["one.md"],
    },
)


def test_they_go_with_their_half_and_come_back_at_undo(
    scene: Studio, qtbot: QtBot, book: Path
) -> None:
    scene.window.editor.move_caret(len(HEAD))
    scene.do("split_scene")
    assert scene.text == TAIL
    second = scene.window.documents.path
    assert second is not None
    places, notes = shown(scene, qtbot)
    assert places == {"tail": "came"}
    own = {"both": ["came"], "tail": ["came"], "unlinked": []}
    assert notes == {**own, "Night.": [second.name]}
    scene.window.open_paths([book / "one.md"])
    places, notes = shown(scene, qtbot)
    assert places == {"head": "harbour"}
    assert notes == {"head": ["harbour"], "both": ["harbour"], "Night.": [second.name]}
    scene.window.manuscript.books.edits.undo()
    assert scene.text == TEXT
    assert shown(scene, qtbot) == WHOLE


def test_they_go_where_their_scene_is_merged_and_come_back_at_undo(
    scene: Studio, qtbot: QtBot, book: Path
) -> None:
    first = "It began.\n\n"
    (book / "zero.md").write_text(first)
    edits, current = scene.window.manuscript.books.edits, scene.window.manuscript.books.book
    scene.do("save")
    scene.window.open_paths([book / "two.md"])
    shown(scene, qtbot)
    current.read_again()
    qtbot.waitUntil(lambda: current.contents is not None and len(current.contents.loose) == 1)
    edits.add_loose("zero.md", 0)
    edits.merge(0)
    assert (book / "zero.md").read_text() == first + TEXT
    settle(scene, qtbot)
    assert shown(scene, qtbot)[1] == {"Night.": ["zero.md"]}, "the list of another scene is new"
    scene.window.open_paths([book / "zero.md"])
    places, notes = shown(scene, qtbot)
    assert places == WHOLE[0]
    assert notes == {**WHOLE[1], "Night.": ["zero.md"]}
    parts, held = scene.window.manuscript, threading.Event()
    parts.carrier._tasks.run(held.wait)
    edits.undo()
    qtbot.waitUntil(lambda: parts.notes.is_idle)  # what the page had is read before it is carried
    held.set()
    assert scene.text == first
    assert shown(scene, qtbot) == ({}, {"Night.": ["one.md"]})
    scene.window.open_paths([book / "one.md"])
    assert shown(scene, qtbot) == WHOLE
