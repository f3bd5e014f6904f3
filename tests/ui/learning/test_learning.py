"""Learn My Style in the real window, with a trainer that does what the test says."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.errors import EngineMissingError, HousekeepingError, OutOfMemoryError
from app.core.models.model_file import inspect
from app.core.options.adapters import Adapter
from app.core.training.blind_test import read_result
from app.core.training.cards import learned_adapters
from app.ui.learning import gives_way
from app.ui.learning.controller import LearningController
from app.ui.learning.window import LearningWindow
from tests.host.tiny_llama import write_tiny
from tests.ui.conftest import Studio
from tests.ui.learning.fake_child import FakeChild

CHAPTER = "The lamp burned low and the wind came in over the sill of the old house. " * 80


@dataclass
class School:
    """A window with a model that can learn, and the trainers that were begun."""

    studio: Studio
    qtbot: QtBot
    folder: Path
    children: list[FakeChild] = field(default_factory=list)
    is_leaving: bool = True

    @property
    def learning(self) -> LearningController:
        return self.studio.window.manuscript.learning

    @property
    def window(self) -> LearningWindow:
        assert self.learning.window is not None
        return self.learning.window

    @property
    def child(self) -> FakeChild:
        return self.children[-1]

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.learning._tasks.is_idle, timeout=30_000)

    def open(self, words: str = CHAPTER * 3) -> LearningWindow:
        page = self.folder / "My Book.md"
        page.write_text(words, "utf-8")
        self.studio.window.documents.open_path(page)
        self.studio.do("learn_style")
        self.settle()
        return self.window

    def begin(self) -> FakeChild:
        before = len(self.children)
        self.window.setup.learn_button.click()
        self.qtbot.waitUntil(lambda: len(self.children) > before)
        self.qtbot.waitUntil(lambda: self.learning.run.plan is not None)
        return self.child

    def finish(self) -> None:
        for _step in range(6):
            self.child.step()
        self.qtbot.waitUntil(lambda: not self.learning.run.doing)
        self.settle()


@pytest.fixture
def school(
    make_studio: Callable[..., Studio],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[School]:
    monkeypatch.setattr(gives_way, "REST_MS", 0)
    studio = make_studio()
    model = inspect(write_tiny(tmp_path / "tiny.gguf", "F32"))
    studio.library.models.append(model)
    studio.program.settings_store.change(model=model.path)
    made = School(studio, qtbot, tmp_path)
    learning = made.learning

    def new_child() -> FakeChild:
        made.children.append(FakeChild())
        return made.children[-1]

    learning.run.new_child = new_child
    monkeypatch.setattr(learning.questions, "leave", lambda _name: made.is_leaving)
    yield made
    if learning.run.doing:
        learning.run.stop()
        qtbot.waitUntil(lambda: learning.is_idle)


def test_what_is_chosen_is_counted_and_judged(school: School) -> None:
    setup = school.open().setup
    assert setup.count.text() == "3,840 words in 1 file."
    assert "GGUF" in setup.model_note.text()
    assert "of memory" in setup.memory.text()
    assert setup.problem.text() == ""
    assert setup.learn_button.isEnabled()
    assert setup.name.text() == "My Book"


def test_too_few_words_are_refused_with_the_reason(school: School) -> None:
    setup = school.open("Too short.").setup
    assert "2,000 words" in setup.problem.text()
    assert not setup.learn_button.isEnabled()
    more = school.folder / "more.txt"
    more.write_text(CHAPTER * 3, "utf-8")
    with school.qtbot.waitSignal(setup.chosen):
        setup.pages.add([more])
    school.settle()
    assert setup.learn_button.isEnabled()
    assert "2 files" in setup.count.text()


def test_chapters_of_the_open_book_are_chosen_by_check_marks(school: School) -> None:
    book = school.folder / "book"
    book.mkdir()
    entries = []
    for number in range(3):
        (book / f"{number}.md").write_text(CHAPTER, "utf-8")
        entries.append(BookEntry(kind="chapter", file=f"{number}.md", title=f"Chapter {number}"))
    (book / BOOK_FILE).write_bytes(encode_book(Book(title="Lamps", entries=tuple(entries))))
    assert school.studio.window.manuscript.books.open(book)
    school.studio.do("learn_style")
    school.settle()
    setup = school.window.setup
    assert setup.count.text() == "3,840 words in 3 files."
    assert setup.name.text() == "Lamps"
    whole = setup.pages.topLevelItem(0)
    chapter = whole.child(1) if whole is not None else None
    assert chapter is not None
    with school.qtbot.waitSignal(setup.chosen):
        chapter.setCheckState(0, Qt.CheckState.Unchecked)
    school.settle()
    assert setup.count.text() == "2,560 words in 2 files."


def test_a_probe_says_how_long_it_takes(school: School) -> None:
    setup = school.open().setup
    setup.probe_button.click()
    assert not setup.learn_button.isEnabled()
    school.qtbot.waitUntil(lambda: not school.learning.run.doing)
    assert "about 1 min on this machine" in setup.time.text()
    assert setup.learn_button.isEnabled()
    assert not (school.studio.program.paths.runs).exists()


def test_a_training_is_followed_to_its_card_and_taken_into_use(school: School) -> None:
    window = school.open()
    school.begin()
    progress = window.progress
    assert window.stack.currentWidget() is progress
    school.child.step()
    school.qtbot.waitUntil(lambda: school.learning.run.held_out is not None)
    progress.show_now()
    assert progress.figures["step"].value.text() == "1 of 4"
    assert progress.figures["held_out"].value.text() == "3.000"
    assert "Held-out pages: 3.0" in progress.curve.accessibleDescription()
    for _step in range(5):
        school.child.step()
    school.qtbot.waitUntil(lambda: not school.learning.run.doing)
    school.settle()
    card = window.card
    assert window.stack.currentWidget() is card
    assert "3.000 before, 2.500 after" in card.facts.text()
    assert "can come back" in card.warning.text()
    assert card.texts.fields[0].toPlainText() == "It was dark 0."
    card.next_button.click()
    assert card.texts.fields[1].toPlainText() == "It burned low 1."
    (learned,) = learned_adapters(school.studio.program.paths.adapters)
    with school.qtbot.waitSignal(window.finished):
        card.use_button.click()
    model = school.studio.library.models[0]
    adapters = school.studio.program.metadata.record(model).adapters
    assert adapters == (Adapter(path=str(learned.folder / "My Book.gguf")),)
    assert school.studio.worker.last("load")[1]["adapters"] == adapters


def test_the_blind_test_is_answered_by_keys_and_kept(school: School) -> None:
    window = school.open()
    school.begin()
    school.finish()
    window.blind.draw = random.Random(3)
    window.card.test_button.click()
    blind = window.blind
    assert window.stack.currentWidget() is blind
    right = [pair.learned for pair in blind.pairs]
    for number, which in enumerate(right):
        assert blind.number.text() == f"Pair {number + 1} of 10, in a drawn order"
        wrong = number in (2, 5)
        QTest.keyClick(blind.texts.fields[1], (Qt.Key.Key_1, Qt.Key.Key_2)[which ^ wrong])
    assert "8 of 10" in blind.result.text()
    assert "in about 5 of 100 tries" in blind.result.text()
    school.settle()
    (learned,) = learned_adapters(school.studio.program.paths.adapters)
    result = read_result(learned.folder)
    assert result is not None
    assert (result.pairs, result.hits) == (10, 8)
    blind.back_button.click()
    assert "8 of 10" in window.card.tested.text()


def test_it_rests_while_the_model_writes_and_while_keys_come(school: School) -> None:
    school.open()
    child = school.begin()
    school.studio.worker.busy = True
    school.qtbot.waitUntil(lambda: child.wishes[-1] == "pause")
    assert school.window.progress.state_text() == "Paused while the model writes"
    assert school.learning.button.text() == "Learning: paused"
    school.studio.worker.busy = False
    school.qtbot.waitUntil(lambda: child.wishes[-1] == "go on")
    school.studio.show("I write.")
    assert child.wishes[-1] == "pause"
    assert school.window.progress.state_text() == "Paused while you write"
    school.qtbot.waitUntil(lambda: child.wishes[-1] == "go on")
    assert school.learning.way.reason == ""


def test_a_closed_window_leaves_it_running_with_a_way_back(school: School) -> None:
    school.open()
    child = school.begin()
    school.window.close()
    assert school.learning.window is None
    child.step()
    school.qtbot.waitUntil(lambda: school.learning.button.text() == "Learning: 25 %")
    school.learning.button.click()
    assert school.window.stack.currentWidget() is school.window.progress
    school.window.close()
    school.finish()
    assert school.learning.button.text() == "Learned: My Book"
    school.learning.button.click()
    assert school.window.stack.currentWidget() is school.window.card


def test_a_stopped_training_is_listed_and_goes_on(school: School) -> None:
    window = school.open()
    school.begin()
    school.child.step()
    school.qtbot.waitUntil(lambda: school.learning.run.step is not None)
    window.progress.stop_button.click()
    school.qtbot.waitUntil(lambda: not school.learning.run.doing)
    school.settle()
    setup = window.setup
    assert window.stack.currentWidget() is setup
    assert setup.failure.text() == ""
    assert setup.stopped_runs.count() == 1
    assert "My Book" in setup.stopped_runs.item(0).text()
    setup.resume_button.click()
    school.qtbot.waitUntil(lambda: bool(school.child.orders))
    assert school.child.orders[0].resumes
    school.finish()
    assert window.stack.currentWidget() is window.card


@pytest.mark.parametrize(
    "error",
    [
        OutOfMemoryError("The training ran out of memory.", "Choose a shorter length."),
        HousekeepingError("The checkpoint could not be written: No space left on device."),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_nothing_is_lost(
    school: School, error: OutOfMemoryError | HousekeepingError
) -> None:
    window = school.open()

    def failing() -> FakeChild:
        school.children.append(FakeChild(error))
        return school.children[-1]

    school.learning.run.new_child = failing
    school.begin()
    school.finish()
    assert window.setup.failure.text() == str(error)
    assert window.setup.stopped_runs.count() == 1


def test_without_the_engine_it_is_offered(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    error = EngineMissingError("This model needs the PyTorch engine, which is not installed.")

    def missing(_engine: str) -> tuple[str, ...]:
        raise error

    monkeypatch.setattr(school.studio.program.packs, "command", missing)
    setup = school.open().setup
    assert setup.problem.text() == str(error)
    assert not setup.learn_button.isEnabled()
    with school.qtbot.waitSignal(school.learning.engines_asked):
        setup.engines_button.click()


def test_leaving_is_asked_about_and_stops_it_with_a_checkpoint(school: School) -> None:
    school.open()
    child = school.begin()
    school.is_leaving = False
    school.studio.window.close()
    assert school.studio.window.isVisible()
    assert "stop" not in child.wishes
    school.is_leaving = True
    school.studio.window.close()
    assert child.wishes[-1] == "stop"
    (record,) = school.learning.run.records.list()
    assert record.state == "stopped"


def test_a_name_that_is_taken_is_told(school: School) -> None:
    window = school.open()
    (school.studio.program.paths.adapters / "My Book").mkdir(parents=True)
    window.setup.learn_button.click()
    school.qtbot.waitUntil(lambda: not school.learning.run.doing)
    assert "already an adapter" in window.setup.failure.text()
