"""The Memory page: what is changed there is kept, sent, and goes where its text goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.context.entries import LONGEST, LoreEntry, StoryMemory, decode_story, encode_story
from tests.ui.generation.test_prompt_maker import CountingEngine

MAREN = LoreEntry("Maren", ("Marens", "Марен"), "The keeper.")


@pytest.fixture
def context(studio):
    studio.worker.shared = CountingEngine()
    return studio.window.manuscript.context


def opened(studio):
    studio.do("memory")
    page = studio.window.manuscript.context.page
    assert page is not None
    return page


def kept(studio, document):
    content = studio.program.store.story_memories.content(str(document))
    return decode_story(content) if content else None


def add(page, entry):
    page.lore.add_button.click()
    for part, text in (
        (page.lore.name, entry.name),
        (page.lore.spellings, ", ".join(entry.spellings)),
    ):
        part.setText(text)
        part.textEdited.emit(text)
    page.lore.text.setPlainText(entry.text)


def test_what_is_typed_is_sent_and_kept(studio, context, qtbot):
    studio.show("Maren woke.")
    page = opened(studio)
    assert page.memory.hasFocus()
    qtbot.keyClicks(page.memory, "It rains.")
    add(page, MAREN)
    assert context.story == StoryMemory(memory="It rains.", lore=(MAREN,))
    studio.do("continue")
    qtbot.waitUntil(lambda: studio.window.generation.prompts.is_idle)
    sent = studio.worker.last("generate")[1]["prompt"]
    assert sent == "It rains.\n\nMaren: The keeper.\n\n***\n\nMaren woke."
    qtbot.waitUntil(lambda: context.is_idle)
    assert kept(studio, studio.window.documents.journal) == context.story


def test_it_follows_its_document(studio, context, qtbot, tmp_path):
    studio.show("It rained.")
    page = opened(studio)
    page.memory.setPlainText("Rain.")
    first, other = tmp_path / "a.md", tmp_path / "b.md"
    other.write_text("Snow.", "utf-8")
    studio.window.documents.save_to(first)
    assert context.story.memory == "Rain."
    qtbot.waitUntil(lambda: context.is_idle)
    assert kept(studio, first) == StoryMemory(memory="Rain.")
    studio.window.documents.open_path(other)
    assert context.story == StoryMemory()
    qtbot.waitUntil(lambda: page.memory.toPlainText() == "")
    assert page.owner.text() == "For b.md"
    studio.window.documents.open_path(first)
    assert context.story.memory == "Rain."
    qtbot.waitUntil(lambda: page.memory.toPlainText() == "Rain.")


def test_the_texts_of_a_book_share_it(studio, context, qtbot, tmp_path):
    folder = tmp_path / "book"
    folder.mkdir()
    for name in ("one.md", "two.md"):
        (folder / name).write_text("It rained.", "utf-8")
    entries = (BookEntry(file="one.md"), BookEntry(file="two.md"))
    (folder / BOOK_FILE).write_bytes(encode_book(Book(title="Rain", entries=entries)))
    studio.window.manuscript.books.open(folder)
    page = opened(studio)
    qtbot.waitUntil(lambda: page.owner.text() == "For the book Rain")
    page.note.setPlainText("Slow.")
    page.depth_box.setValue(5)
    studio.window.documents.open_path(folder / "two.md")
    assert context.story == StoryMemory(note="Slow.", depth=5)
    qtbot.waitUntil(lambda: context.is_idle)
    assert kept(studio, folder) == context.story
    assert kept(studio, folder / "two.md") is None


def test_entries_are_filtered_renamed_deleted_and_brought_back(studio, context, qtbot):
    page = opened(studio)
    assert page.lore.hint.text()
    for name in ("Maren", "Lamp", "Skerry"):
        add(page, LoreEntry(name, (), "x"))
    lore = page.lore
    lore.filter.setText("lam")
    assert [lore.list.item(row).text() for row in range(lore.list.count())] == ["Lamp"]
    assert lore.name.text() == "Lamp"
    lore.name.setText("Lantern")
    lore.name.textEdited.emit("Lantern")
    assert [entry.name for entry in context.story.lore] == ["Maren", "Lantern", "Skerry"]
    qtbot.keyClick(lore.list, Qt.Key.Key_Delete)
    assert [entry.name for entry in context.story.lore] == ["Maren", "Skerry"]
    assert not lore.undo_button.isHidden()
    assert lore.undo_label.text() == "“Lantern” was deleted."
    lore.undo_button.click()
    assert [entry.name for entry in context.story.lore] == ["Maren", "Lantern", "Skerry"]
    assert lore.name.text() == "Lantern"
    lore.filter.setText("nothing has this")
    assert lore.hint.text() == "No entry has this in its names or its text."
    assert not lore.name.isVisible()


def test_a_file_is_exported_and_taken_in_again(studio, context, monkeypatch, tmp_path):
    page = opened(studio)
    page.memory.setPlainText("Rain.")
    add(page, MAREN)
    path = tmp_path / "memory.json"
    monkeypatch.setattr(context.questions, "target", lambda _title, _name: path)
    monkeypatch.setattr(context.questions, "source", lambda _title: path)
    context.export_file()
    assert decode_story(path.read_bytes()) == context.story
    page.memory.setPlainText("Sun.")
    path.write_bytes(encode_story(StoryMemory("Rain.", "Slow.", 7, (MAREN, LoreEntry("Lamp")))))
    context.import_file()
    assert context.story == StoryMemory("Sun.", "Slow.", 7, (MAREN, LoreEntry("Lamp")))
    assert page.note.toPlainText() == "Slow."
    path.write_text("{}")
    context.import_file()
    assert "This is no memory that Lampblack exported" in studio.banners[-1]
    monkeypatch.setattr(
        context.questions, "target", lambda _title, _name: tmp_path / "no" / "x.json"
    )
    context.export_file()
    assert "cannot be written" in studio.banners[-1]
    assert context.story.memory == "Sun."


def test_a_newer_memory_is_shown_as_such_and_never_written_over(studio, context, qtbot, tmp_path):
    path = tmp_path / "a.md"
    path.write_text("It rained.", "utf-8")
    newer = b'{"lampblack_memory": 2, "story": {"what": 1}}'
    studio.program.store.story_memories.keep(str(path), newer)
    page = opened(studio)
    studio.window.documents.open_path(path)
    qtbot.waitUntil(lambda: "newer version" in page.problem.text())
    assert not page.memory.isEnabled()
    context.change(StoryMemory("x"))
    context.keep()
    assert context.story == StoryMemory()
    qtbot.waitUntil(lambda: context.is_idle)
    assert studio.program.store.story_memories.content(str(path)) == newer


def test_a_file_that_was_moved_meanwhile_has_it(studio, context, qtbot, tmp_path):
    first, moved = tmp_path / "a.md", tmp_path / "b.md"
    first.write_text("It rained all day, and then it snowed.", "utf-8")
    studio.window.documents.open_path(first)
    qtbot.waitUntil(lambda: studio.program.store.has_history(str(first)))
    context.change(StoryMemory("Rain."))
    studio.window.documents.new()
    qtbot.waitUntil(lambda: context.is_idle)
    first.rename(moved)
    studio.window.documents.open_path(moved)
    qtbot.waitUntil(lambda: context.story.memory == "Rain.")


def test_what_is_typed_on_before_another_memory_is_there_does_not_replace_it(
    studio, context, qtbot, tmp_path
):
    first, other = tmp_path / "a.md", tmp_path / "b.md"
    for path, memory in ((first, "Rain."), (other, "Snow.")):
        path.write_text("It was May.", "utf-8")
        content = encode_story(StoryMemory(memory))
        studio.program.store.story_memories.keep(str(path), content)
    studio.window.documents.open_path(first)
    page = opened(studio)
    qtbot.waitUntil(lambda: page.memory.toPlainText() == "Rain.")
    studio.window.documents.open_path(other)
    qtbot.keyClicks(page.memory, "x")
    assert (context.story.memory, page.memory.toPlainText()) == ("Snow.", "Snow.")
    qtbot.keyClicks(page.memory, "x")
    context.settle()
    assert [kept(studio, path).memory for path in (first, other)] == ["Rain.", "xSnow."]


def test_a_recovered_text_has_it(studio, context, qtbot, tmp_path):
    from app.core.store import Recovery

    store = studio.program.store
    lost = store.begin("", "")
    store.story_memories.keep(lost, encode_story(StoryMemory("Rain.")))
    recovery = Recovery(id=lost, path="", text="It rained.", changed_at=1e9)
    studio.window.documents.restore(recovery)
    assert context.story.memory == "Rain."


def test_it_is_read_again_after_a_restart(make_studio, qtbot, tmp_path):
    path = Path(tmp_path) / "a.md"
    path.write_text("It rained.", "utf-8")
    studio = make_studio()
    studio.worker.shared = CountingEngine()
    studio.window.documents.open_path(path)
    opened(studio).memory.setPlainText("Rain.")
    studio.window.close()
    again = make_studio()
    again.worker.shared = CountingEngine()
    again.window.documents.open_path(path)
    assert again.window.manuscript.context.story.memory == "Rain."


def test_what_is_too_long_to_be_kept_is_said(studio, context):
    page = opened(studio)
    page.memory.setPlainText("x" * LONGEST)
    assert page.problem.text() == ""
    page.memory.setPlainText("x" * (LONGEST + 1))
    assert "200,000" in page.problem.text()
    assert len(context.story.memory) == LONGEST
    page.memory.setPlainText("x")
    assert page.problem.text() == ""
