"""The words of the day, the goals and their ring, in the real window over the real store."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.core.store import DayWords, Recovery
from app.core.text.words import count_words
from app.ui.editor.manuscript import Manuscript, SelectedWords
from app.ui.library.goal_button import GoalButton
from app.ui.library.progress_chart import ProgressChart
from app.ui.library.progress_controller import ProgressController
from app.ui.library.progress_dialog import ProgressDialog
from app.ui.widgets.apply_theme import apply_theme
from tests.ui.conftest import Studio

DAY = date(2026, 11, 28)


class Clock:
    """A day that the test sets."""

    day = DAY

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(studio: Studio, qtbot: QtBot, clock: Clock) -> ProgressController:
    """The window's own, on the test's day."""
    made = studio.window.manuscript.progress
    made._today = made.tally._today = clock
    made.begin()
    settle(made, qtbot)
    return made


def settle(progress: ProgressController, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: progress.is_idle and not progress.showing.isActive())


def kept(studio: Studio, day: date = DAY) -> DayWords:
    """What the store has of a day."""
    studio.window.manuscript.progress.keep()
    found = studio.program.store.word_log.days(day, day)
    return found[0] if found else DayWords(day)


def open_dialog(studio: Studio, progress: ProgressController, qtbot: QtBot) -> ProgressDialog:
    studio.do("progress")
    settle(progress, qtbot)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ProgressDialog)
    return dialog


def test_typing_and_cutting_are_counted(studio: Studio, progress: ProgressController) -> None:
    studio.show("The old keeper slept. 雨下了。")
    assert kept(studio) == DayWords(DAY, written=7)
    studio.window.editor.move_caret(0)
    studio.window.editor.replace_text(0, 8, "")
    assert kept(studio) == DayWords(DAY, written=7, cut=2)
    studio.do("undo")
    assert kept(studio).own == 7
    assert progress.tally.session == 7


def test_the_models_words_are_its_own(studio: Studio, progress: ProgressController) -> None:
    studio.show("Once")
    studio.do("continue")
    studio.stream(" upon a time")
    studio.done()
    assert kept(studio) == DayWords(DAY, written=1, by_model=3)
    studio.do("retry")
    studio.stream(" there was")
    studio.done()
    assert kept(studio) == DayWords(DAY, written=1, by_model=2)
    studio.do("accept")
    studio.do("undo")
    assert kept(studio) == DayWords(DAY, written=1, by_model=0)
    studio.do("redo")
    assert kept(studio) == DayWords(DAY, written=1, by_model=2)


def test_a_file_that_is_opened_was_written_before(
    studio: Studio, progress: ProgressController, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Ten words " * 5)
    studio.window.open_paths([path])
    assert kept(studio) == DayWords(DAY)
    studio.show("more")
    studio.window.documents.new()
    assert studio.program.store.word_log.days(DAY, DAY) == (DayWords(DAY, written=1),)


def test_a_recovered_text_was_counted_before(studio: Studio, progress: ProgressController) -> None:
    studio.show("Two words")
    studio.window.documents.restore(Recovery(id="f" * 32, path="", text="a b c", changed_at=1.0))
    assert kept(studio) == DayWords(DAY, written=2)
    assert progress.tally.session == 2


def test_midnight_begins_another_day(
    studio: Studio, progress: ProgressController, clock: Clock, qtbot: QtBot
) -> None:
    studio.program.store.word_log.keep_goal(5)
    progress.begin()
    settle(progress, qtbot)
    studio.show("One two three.")
    settle(progress, qtbot)
    assert progress.button.text() == "3 of 5"
    clock.day = DAY + timedelta(days=1)
    studio.show(" Four.")
    settle(progress, qtbot)
    assert progress.button.text() == "1 of 5"
    clock.day = DAY  # the clock is set back
    studio.show(" Five.")
    settle(progress, qtbot)
    assert progress.button.text() == "4 of 5"
    assert kept(studio).own == 4
    assert kept(studio, DAY + timedelta(days=1)).own == 1


def test_the_goal_is_set_in_the_dialog_and_reached_quietly(
    studio: Studio, progress: ProgressController, qtbot: QtBot
) -> None:
    assert not progress.button.isVisible()
    studio.show("One two.")
    dialog = open_dialog(studio, progress, qtbot)
    assert "2 words of your own (2 written, 0 cut); 0 by the model" in dialog.facts.text()
    dialog.goal.setValue(3)
    dialog.wanted.setValue(8)
    settle(progress, qtbot)
    dialog.reject()
    button = progress.button
    assert button.isVisible()
    assert button.accessibleName() == "Today: 2 of 3 words of your own"
    assert button.text() == "2 of 3"
    studio.show(" Three.")
    settle(progress, qtbot)
    assert studio.window.status.currentMessage() == "The goal of today is reached."
    studio.window.status.clearMessage()
    studio.show(" Four.")
    settle(progress, qtbot)
    assert studio.window.status.currentMessage() == ""
    assert studio.program.store.word_log.goal() == 3
    assert studio.program.store.word_log.goal(studio.window.documents.marked_as) == 8
    dialog = open_dialog(studio, progress, qtbot)
    dialog.goal.setValue(0)
    settle(progress, qtbot)
    dialog.reject()
    assert button.accessibleName() == "4 of 8 words wanted here"


def test_the_words_in_the_status_bar_open_the_dialog(
    studio: Studio, progress: ProgressController, qtbot: QtBot
) -> None:
    studio.show("One two.")
    qtbot.waitUntil(lambda: studio.window.status.words.text() == "2 words")
    QTest.mouseClick(studio.window.status.words, Qt.MouseButton.LeftButton)
    settle(progress, qtbot)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ProgressDialog)
    dialog.reject()


def test_the_table_has_every_day_the_newest_first(
    studio: Studio, progress: ProgressController, qtbot: QtBot
) -> None:
    log = studio.program.store.word_log
    log.add(DayWords(DAY - timedelta(days=1), written=1200, cut=200, by_model=30), "/a")
    log.add(DayWords(DAY - timedelta(days=400), written=7), "/a")
    table = open_dialog(studio, progress, qtbot).table
    rows = [
        [table.item(row, column).text() for column in range(1, 5)]  # type: ignore[union-attr]
        for row in range(table.rowCount())
    ]
    assert len(rows) == 56
    assert rows[:3] == [
        ["0", "0", "0", "0"],
        ["1,000", "1,200", "200", "30"],
        ["0", "0", "0", "0"],
    ]
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    dialog.close()


def pixels(image: QImage, wanted: str) -> int:
    colours = (
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    )
    return sum(name == wanted for name in colours)


@pytest.mark.parametrize("theme", ["light", "dark", "sepia", "contrast"])
def test_the_chart_is_drawn_in_every_theme(qtbot: QtBot, theme: str) -> None:
    apply_theme(theme)
    chart = ProgressChart()
    qtbot.addWidget(chart)
    chart.resize(400, 160)
    days = [DayWords(DAY - timedelta(days=back)) for back in range(27, -1, -1)]
    chart.show_days(days, 0)
    from app.ui.widgets.theme import Theme

    accent, wrong = Theme.current().accent.name(), Theme.current().error_ink.name()
    assert not pixels(chart.grab().toImage(), accent)
    days[3] = DayWords(days[3].day, written=800, by_model=100)
    days[4] = DayWords(days[4].day, written=10, cut=900, by_model=-50)
    chart.show_days(days, 500)
    shown = chart.grab().toImage()
    assert pixels(shown, accent) > 100
    assert pixels(shown, wrong) > 100
    apply_theme("light")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(-(10**6), 10**6)] * 3), max_size=60),
    st.integers(0, 10**6),
)
def test_no_numbers_are_too_strange_for_the_chart(
    qapp: QApplication, numbers: list[tuple[int, int, int]], goal: int
) -> None:
    chart = ProgressChart()
    chart.resize(300, 120)
    days = [DayWords(DAY + timedelta(days=n), *one) for n, one in enumerate(numbers)]
    chart.show_days(days, goal)
    low, high, step = chart._scale
    assert low <= 0 < high
    assert (high - low) // step <= 7
    assert not chart.grab().isNull()
    chart.deleteLater()


def test_a_day_tells_its_numbers_below_the_pointer(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[str]()
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, _widget: told.append(text))
    chart = ProgressChart()
    qtbot.addWidget(chart)
    chart.resize(400, 160)
    chart.show_days([DayWords(DAY, written=12, by_model=5)], 0)
    for place in (QPoint(200, 80), QPoint(1, 80)):
        QApplication.sendEvent(
            chart, QHelpEvent(QEvent.Type.ToolTip, place, chart.mapToGlobal(place))
        )
    (text,) = told
    assert text.endswith(": 12 of your own, 5 by the model")
    chart.show_days((), 0)
    assert not chart.grab().isNull()


def test_a_ring_is_drawn_as_much_as_is_reached(qtbot: QtBot) -> None:
    button = GoalButton()
    qtbot.addWidget(button)
    from app.ui.library.goal_button import ring
    from app.ui.widgets.theme import Theme

    accent = Theme.current().accent.name()
    shown = [pixels(ring(part, 2.0).toImage(), accent) for part in (0.0, 0.25, 0.5, 1.0)]
    assert shown[0] == 0
    assert shown == sorted(set(shown))


# Counting what is selected


@settings(max_examples=200, deadline=None)
@given(
    st.text("ab 雨-’'\n😀", max_size=80),
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=8),
)
def test_a_selection_that_moves_is_counted_right(text: str, places: list[tuple[int, int]]) -> None:
    manuscript = Manuscript(text)
    selected = SelectedWords(manuscript)
    for one, other in places:
        start, end = sorted((min(one, len(manuscript)), min(other, len(manuscript))))
        assert selected.count(start, end) == count_words(manuscript.text(start, end))


def test_counting_a_growing_selection_of_a_novel_is_no_work() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefgh", k=6)) for _ in range(2000)]
    manuscript = Manuscript(" ".join(chance.choices(words, k=120_000)))
    selected, end = SelectedWords(manuscript), len(manuscript)
    selected.count(7, end - 2000)
    began = time.thread_time()
    for step in range(200):
        assert selected.count(7, end - 2000 + step * 7) > 119_000
    assert (time.thread_time() - began) / 200 < 0.005
    assert selected.count(0, end) == 120_000


def test_counting_as_one_types_in_a_novel_holds_nothing_up(
    studio: Studio, progress: ProgressController
) -> None:
    studio.show("word " * 120_000)
    studio.show("one")
    handler: Callable[[object], None] = progress._on_changed  # type: ignore[assignment]
    from app.ui.editor.editor import Source

    began = time.thread_time()
    for _ in range(1000):
        handler(Source.WRITER)
    assert (time.thread_time() - began) / 1000 < 0.001
    began = time.thread_time()
    progress.show_now()
    assert time.thread_time() - began < 0.01
