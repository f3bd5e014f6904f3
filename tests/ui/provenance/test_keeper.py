"""Origins through saving, reopening, versions, other programs, crashes and steps of a book."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.provenance.spans import OriginRun, Runs
from app.core.store import Recovery
from tests.ui.conftest import Studio

Run = OriginRun


def runs(studio: Studio, qtbot: QtBot) -> Runs:
    """What the text on the page is made of, once that is looked up; takes are called 1."""
    keeper = studio.window.manuscript.provenance.keeper
    qtbot.waitUntil(lambda: keeper.is_idle)
    assert len(keeper.tracker.spans) == len(studio.window.editor.manuscript)
    return tuple(
        OriginRun(run.length, run.kind, int(bool(run.take)), run.offset)
        for run in keeper.tracker.spans.runs
    )


def open_file(studio: Studio, qtbot: QtBot, path: Path) -> None:
    studio.window.open_paths([path])
    keeper, history = studio.window.manuscript.provenance.keeper, studio.window.history
    qtbot.waitUntil(lambda: keeper.is_idle and history._background.is_idle)


def write(studio: Studio, text: str) -> None:
    """Type at the caret."""
    QTest.keyClicks(studio.window.editor, text)


def generate(studio: Studio, text: str) -> None:
    studio.do("continue")
    studio.stream(*text.split("|"))
    studio.done()
    studio.do("accept")


WRITTEN = (Run(8, "unknown"), Run(4, "typed"), Run(9, "generated", 1, 0))


@pytest.fixture
def written(studio: Studio, qtbot: QtBot, tmp_path: Path) -> Path:
    """A file with a text that was there, some that was typed, and a take; saved."""
    path = tmp_path / "novel.md"
    path.write_text("It was. ", encoding="utf-8")
    open_file(studio, qtbot, path)
    studio.window.editor.move_caret(8)
    write(studio, "And ")
    generate(studio, "it |rained")  # the space goes on from the writer's
    studio.do("save")
    assert studio.text == "It was. And it rained"
    return path


def test_a_take_is_known_by_what_it_was(studio: Studio, qtbot: QtBot, written: Path) -> None:
    assert runs(studio, qtbot) == WRITTEN
    log, keeper = studio.program.store.provenance, studio.window.manuscript.provenance.keeper
    key = keeper.tracker.spans.runs[-1].take
    assert studio.window.generation.take_log.takes("", str(written))[-1].text == "it rained"
    assert log.takes([key])[key].text == "it rained"


def test_it_is_known_again_when_the_file_is_opened(
    studio: Studio, qtbot: QtBot, written: Path
) -> None:
    studio.do("new")
    assert runs(studio, qtbot) == ()
    open_file(studio, qtbot, written)
    assert runs(studio, qtbot) == WRITTEN
    moved = written.rename(written.with_name("moved.md"))
    studio.do("new")
    open_file(studio, qtbot, moved)
    assert runs(studio, qtbot) == WRITTEN


def test_what_is_typed_before_it_is_known_goes_into_it(
    studio: Studio, qtbot: QtBot, written: Path
) -> None:
    studio.do("new")
    studio.window.open_paths([written])
    studio.window.editor.move_caret(0)
    write(studio, "So: ")
    studio.do("save")
    assert runs(studio, qtbot) == (Run(4, "typed"), *WRITTEN)
    studio.do("new")
    open_file(studio, qtbot, written)
    assert runs(studio, qtbot) == (Run(4, "typed"), *WRITTEN)


@pytest.mark.parametrize("left_by", ["new", "open", "close"])
def test_what_is_typed_and_left_before_it_is_known_is_known_again(
    make_studio: Callable[..., Studio], studio: Studio, qtbot: QtBot, written: Path, left_by: str
) -> None:
    """What was saved is kept as it was saved, not with what was typed afterwards and discarded."""
    other = written.with_name("other.md")
    other.write_text("Other.", "utf-8")
    studio.do("new")
    studio.window.open_paths([written])
    studio.window.editor.move_caret(0)
    write(studio, "So: ")
    studio.do("save")
    write(studio, "well ")
    studio.questions.unsaved_answer = "discard"
    if left_by == "open":
        studio.window.open_paths([other])
    elif left_by == "new":
        studio.do("new")
    else:
        studio.window.close()
        studio.program.store.flush()
        studio = make_studio()
    open_file(studio, qtbot, written)
    assert runs(studio, qtbot) == (Run(4, "typed"), *WRITTEN)


def test_what_another_program_wrote_is_unknown(studio: Studio, qtbot: QtBot, written: Path) -> None:
    studio.do("new")
    written.write_text("It was. But then. And it rained", encoding="utf-8")
    open_file(studio, qtbot, written)
    assert runs(studio, qtbot) == (Run(18, "unknown"), *WRITTEN[1:])
    theirs = "Now. It was. But then. And it is rained"
    written.write_text(theirs, encoding="utf-8")
    documents = studio.window.documents
    document = documents.read_outside(theirs.encode(), written.stat().st_mtime_ns)
    studio.window.manuscript.outside.load(document)
    assert studio.text == theirs
    assert runs(studio, qtbot) == (
        Run(23, "unknown"),
        Run(4, "typed"),
        Run(3, "generated", 1, 0),
        Run(3, "unknown"),
        Run(6, "generated", 1, 3),
    )


def test_a_version_comes_back_with_its_origins(studio: Studio, qtbot: QtBot, written: Path) -> None:
    studio.window.editor.selectAll()
    write(studio, "All new.")
    studio.do("save")
    assert runs(studio, qtbot) == (Run(8, "typed"),)
    store, history = studio.program.store, studio.window.history
    version = next(
        one for one in store.snapshots(str(written)) if store.snapshot_text(one.id)[-1] == "d"
    )
    history.restore(studio.text, store.snapshot_text(version.id), None)
    assert runs(studio, qtbot) == WRITTEN
    studio.do("undo")
    assert runs(studio, qtbot) == (Run(8, "typed"),)


def test_a_crash_loses_nothing(
    studio: Studio, qtbot: QtBot, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, documents = studio.program.store, studio.window.documents
    write(studio, " on")
    store.flush()
    journal, text = documents.journal, studio.text
    recovery = Recovery(id=journal, path=str(written), text=text, changed_at=1.0)
    monkeypatch.setattr(type(store), "end", lambda _store, _journal: None)  # it never came to it
    studio.questions.unsaved_answer = "discard"
    studio.do("new")
    assert documents.restore(recovery)
    assert runs(studio, qtbot) == (*WRITTEN, Run(3, "typed"))
    assert store.provenance.live(journal) is None


def test_an_untitled_text_keeps_its_origins_in_its_first_file(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    write(studio, "Mine. ")
    generate(studio, "Its.")
    path = studio.questions.save_answer = tmp_path / "first.md"
    studio.do("save")
    studio.do("new")
    open_file(studio, qtbot, path)
    assert runs(studio, qtbot) == (Run(6, "typed"), Run(4, "generated", 1, 0))


def test_replacing_everywhere_on_the_page_leaves_the_rest(
    studio: Studio, qtbot: QtBot, written: Path
) -> None:
    studio.do("replace")
    bar = studio.window.page.find_bar
    bar.line.setText("it")
    bar.replacement.setText("all")
    qtbot.waitUntil(lambda: bar.found.text().startswith("2"))
    bar.all_button.click()
    assert studio.text == "all was. And all rained"
    replaced = runs(studio, qtbot)
    assert replaced == (
        Run(3, "typed"),
        Run(6, "unknown"),
        Run(7, "typed"),
        Run(7, "generated", 1, 2),
    )
    studio.do("undo")
    assert runs(studio, qtbot) == WRITTEN
    studio.do("redo")
    assert runs(studio, qtbot) == replaced


def test_a_file_in_which_something_was_replaced_keeps_the_rest(
    studio: Studio, qtbot: QtBot, written: Path
) -> None:
    studio.do("new")
    replacer, before = studio.window.manuscript.search.replacer, written.read_text("utf-8")
    after = before.replace("it ", "all ")
    written.write_text(after, encoding="utf-8")
    replacer.replaced.emit(str(written), before, after)
    open_file(studio, qtbot, written)
    assert runs(studio, qtbot) == (*WRITTEN[:1], Run(7, "typed"), Run(7, "generated", 1, 2))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "Novel"
    folder.mkdir()
    (folder / "one.md").write_text("First.\n\n")
    (folder / "two.md").write_text("There before.\n")
    entries = (BookEntry(file="one.md"), BookEntry(file="two.md"))
    (folder / BOOK_FILE).write_bytes(encode_book(Book(entries=entries)))
    return folder


def test_scenes_that_are_split_and_merged(studio: Studio, qtbot: QtBot, book: Path) -> None:
    studio.window.manuscript.books.open(book)
    open_file(studio, qtbot, book / "one.md")
    studio.window.editor.move_caret(8)
    write(studio, "Mine. ")
    generate(studio, "Its.")
    studio.window.editor.move_caret(8)
    studio.do("split_scene")
    assert studio.text == "Mine. Its."
    assert runs(studio, qtbot) == (Run(6, "typed"), Run(4, "generated", 1, 0))
    studio.window.manuscript.books.edits.merge(0)
    assert studio.text == "First.\n\nMine. Its."
    assert runs(studio, qtbot) == (
        Run(8, "unknown"),
        Run(6, "typed"),
        Run(4, "generated", 1, 0),
    )
    studio.window.manuscript.books.edits.undo()
    (second,) = set(book.glob("*.md")) - {book / "one.md", book / "two.md"}
    open_file(studio, qtbot, second)
    assert runs(studio, qtbot) == (Run(6, "typed"), Run(4, "generated", 1, 0))
