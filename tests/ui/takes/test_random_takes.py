"""Random edits, takes, actions, undo and redo in one window: page, places and history agree."""

from __future__ import annotations

import random
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.core.rewrites.table import REWRITES
from app.ui.editor.manuscript import units
from tests.ui.changes.test_random_changes import document

WORDS = ("the", "cat", "sat", "我们", "😀", ".", "\n\n", "mat", "on")
KEYS = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_A, Qt.Key.Key_Return)
ACTIONS = {
    "write after": next(one for one in REWRITES if one.goes == "after"),
    "rewrite": next(one for one in REWRITES if one.id == "rewrite"),
}
TRIGGERED = (
    *("undo", "undo", "redo", "continue", "continue_many", "retry", "accept"),
    *("take_before", "take_after"),
    *("accept_change", "reject_change", "accept_changes", "reject_changes"),
)
STEPS = ("type", "type", "key", "stream", "stream", "stream", "done", "stop", "pick", "more", "mix")


class Script:
    """Does random steps in a window."""

    def __init__(self, bench: Any, seed: int) -> None:
        self.chance, self.studio = random.Random(seed), bench.studio
        self.window = bench.studio.window
        self.editor, self.takes = self.window.editor, bench.controller

    def words(self, most: int) -> str:
        return " ".join(self.chance.choices(WORDS, k=self.chance.randint(1, most)))

    def place(self) -> int:
        text = self.editor.manuscript.text()
        return units(text[: self.chance.randint(0, len(text))])

    def select(self, *places: int) -> None:
        self.editor.setTextCursor(self.editor.cursor_at(*places))

    @property
    def is_writing(self) -> bool:
        """Whether anything may still come of the engine."""
        session, rewrites = self.window.generation.session, self.window.manuscript.rewrites
        return not session.is_settled or rewrites._running is not None

    def step(self) -> None:
        kind = self.chance.choice((*STEPS, *ACTIONS, *TRIGGERED))
        if kind == "type":
            self.editor.move_caret(self.place())
            self.editor.insert_plain(self.words(2))
        elif kind == "key":
            self.select(self.place(), self.place())
            QTest.keyClick(self.editor, self.chance.choice(KEYS))
        elif kind in ACTIONS:
            self.select(*sorted((self.place(), self.place())))
            self.window.manuscript.rewrites.start(ACTIONS[kind])
        elif kind in ("stream", "done", "stop"):
            self.go_on(kind)
        elif kind in ("pick", "more", "mix"):
            self.use_tray(kind)
        elif self.window.actions_table[kind].isEnabled():
            self.studio.do(kind)

    def go_on(self, kind: str) -> None:
        """Let the engine write, if anything is asked of it."""
        if not self.is_writing:
            return
        if kind == "stream":
            count = self.studio.worker.last("generate")[1]["n"]
            self.studio.stream(f" {self.words(3)}", take=self.chance.randrange(count))
        elif kind == "done":
            self.studio.done()
        else:
            self.window.generation.stop()
            self.studio.done("cancelled")

    def use_tray(self, kind: str) -> None:
        if "tray" not in vars(self.takes) or not self.takes.tray.is_open:
            return
        tray = self.takes.tray
        tray.follow()
        if kind == "more":
            tray.more()
        elif tray.takes:
            number = self.chance.randrange(len(tray.takes))
            if kind == "pick":
                tray.pick(number)
            else:
                tray.mix(number, 0)

    def check(self) -> None:
        manuscript, changes = self.editor.manuscript, self.window.manuscript.changes
        length = len(manuscript)
        assert document(self.editor) == manuscript.text()
        assert self.editor.page.breaks.pieces == changes.tracked._marks._pieces()
        assert all(0 <= one.start <= one.end <= length for one in changes.tracked.open)
        assert all(0 <= one.start <= one.stop <= length for one in self.takes.anchors.all)
        group = self.window.generation.session.group
        if group is not None and group.takes:
            assert manuscript.text(group.start, group.end) == group.shown[: group.written]


@pytest.mark.parametrize("seed", [9, 12, 70, *range(100, 110)])
def test_nothing_is_lost_whatever_comes_in_between(make_bench: Any, seed: int) -> None:
    script = Script(make_bench(takes_at_once=2), seed)
    editor = script.editor
    editor.insert_plain(script.words(12))
    editor.history.close_step()
    for _ in range(60):
        script.step()
        script.check()
    script.go_on("stop")
    script.window.generation.session.accept()
    move_all(script, "redo")
    last = editor.manuscript.text()
    move_all(script, "undo")
    assert editor.manuscript.text() == ""
    move_all(script, "redo")
    assert editor.manuscript.text() == last


def move_all(script: Script, kind: str) -> None:
    """Undo or redo everything."""
    history = script.editor.history
    while history.can_undo if kind == "undo" else history.can_redo:
        getattr(script.editor, kind)()
        script.check()
