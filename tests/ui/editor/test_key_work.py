"""What a key makes the window do in a long text: counted, for it must not grow with the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QTextBlock, QTextDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.changes.change_marks import ChangeMarks
from app.ui.editor.manuscript import Manuscript
from app.ui.editor.page_layout import PageLayout
from tests.ui.conftest import Studio

LONG = "\n\n".join(["The keeper slept. " * 12] * 400)
KEYS = 20


@pytest.fixture
def long_studio(make_studio: Callable[..., Studio], qtbot: QtBot) -> Studio:
    studio = make_studio()
    studio.show(LONG, caret=len(LONG) // 2)
    qtbot.waitUntil(lambda: studio.window.page.highlighter.is_done)
    qtbot.waitUntil(lambda: studio.window.editor.manuscript.is_counted)
    return studio


def type_keys(studio: Studio) -> None:
    for _ in range(KEYS):
        QTest.keyClicks(studio.window.editor, "a")


def test_a_key_reads_what_is_around_it_alone(
    long_studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, text = list[int](), Manuscript.text

    def noted(manuscript: Manuscript, *place: Any) -> str:
        found = text(manuscript, *place)
        read.append(len(found))
        return found

    def whole(_document: QTextDocument) -> str:
        raise AssertionError("the whole document is read")

    monkeypatch.setattr(Manuscript, "text", noted)
    monkeypatch.setattr(QTextDocument, "toPlainText", whole)
    type_keys(long_studio)
    assert max(read) < 1000
    assert sum(read) < 1000 * KEYS


def test_a_key_draws_no_changes_where_none_are_open(
    long_studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, draw = list[None](), ChangeMarks._draw

    def noted(marks: ChangeMarks) -> None:
        drawn.append(None)
        draw(marks)

    monkeypatch.setattr(ChangeMarks, "_draw", noted)
    type_keys(long_studio)
    assert not drawn
    tracked = long_studio.window.manuscript.changes.tracked
    tracked.begin(0, 3, "Tiny").finish("A")
    assert drawn
    tracked.reject([one.id for one in tracked.open])
    drawn.clear()
    type_keys(long_studio)
    assert not drawn
    assert not long_studio.window.editor.page.breaks.pieces


def test_a_key_lays_out_its_own_paragraph_once(
    long_studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid, lay_out = list[int](), PageLayout._lay_out
    walked, ensure = list[None](), PageLayout._ensure

    def noted(layout: PageLayout, block: QTextBlock, number: int) -> float:
        laid.append(number)
        return lay_out(layout, block, number)

    def walk(layout: PageLayout, *place: float) -> bool:
        walked.append(None)
        return ensure(layout, *place)

    type_keys(long_studio)
    monkeypatch.setattr(PageLayout, "_lay_out", noted)
    monkeypatch.setattr(PageLayout, "_ensure", walk)
    type_keys(long_studio)
    assert len(laid) == KEYS
    assert len(set(laid)) == 1
    assert len(walked) <= 2  # where the paragraph got a row


def test_the_words_of_a_long_text_wait_for_a_pause_in_the_typing(
    make_studio: Callable[..., Studio], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    studio.show("\n\n".join(["The keeper slept. " * 12] * 3000), caret=0)
    manuscript, display = studio.window.editor.manuscript, studio.window.display
    counted, count_on = list[None](), Manuscript.count_on

    def noted(manuscript: Manuscript) -> None:
        counted.append(None)
        count_on(manuscript)

    monkeypatch.setattr(Manuscript, "count_on", noted)
    qtbot.waitUntil(lambda: bool(counted))
    assert not manuscript.is_counted
    counted.clear()
    studio.window.editor.insert_plain("a")
    assert display.counting_on.remainingTime() > 5
    assert not counted
    qtbot.waitUntil(lambda: manuscript.is_counted)
    assert manuscript.words == 108_000
