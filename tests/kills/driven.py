"""The real program, led by a seeded choice of everything that a writer does, until it is killed.

A script of its own, started by run.py with a JSON object of what to do. Each line on stdout is a
JSON object: what was given to the store, and when, before it is given.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import __main__ as program
from app.core.books.book import moved_down
from app.core.books.contents import BookContents, open_book
from app.core.books.editing import arranged, merge, split
from app.core.books.steps import BookStep, carry_out
from app.core.conversion.export import formatted, render, write_export
from app.core.conversion.looks.profiles import PROFILES
from app.core.errors import BookError, LampblackError
from app.core.options.sampling import Sampling
from app.core.store import Recovery, Store
from app.core.store.backups import back_up
from app.ui import application
from app.ui.editor.manuscript import units
from app.ui.library.books.controller import BookController
from app.ui.library.books.page import BookPage
from app.ui.questions import Questions, Unsaved
from app.ui.window.main_window import MainWindow
from tests.kills.moments import WORDS, Paths

_LONGEST_PAUSE_MS = 40
_LONGEST_TEXT = 20_000


def say(**facts: object) -> None:
    """A line in one piece: what the pipe has, the kill cannot take back."""
    line = json.dumps({"at": time.monotonic(), **facts}) + "\n"
    os.write(1, line.encode())


class ToldStore(Store):
    """Tells what it is given before it takes it."""

    def begin(self, path: str, text: str) -> str:
        journal = super().begin(path, text)
        say(begin=journal, path=path, text=text)
        return journal

    def edit(self, journal: str, position: int, removed: int, added: str) -> None:
        say(edit=journal, position=position, removed=removed, added=added)
        super().edit(journal, position, removed, added)

    def saved(self, journal: str, path: str) -> None:
        say(saved=journal, path=path)
        super().saved(journal, path)

    def end(self, journal: str) -> None:
        say(end=journal)
        super().end(journal)

    def discard(self, journal: str, now: str = "") -> None:
        say(discard=journal)
        super().discard(journal, now)


class Decided(Questions):
    """Answers by chance instead of asking."""

    chance = random.Random()

    def unsaved(self, _name: str) -> Unsaved:
        return self.chance.choice(("save", "discard"))

    def overwrite(self, _error: Any) -> bool:
        return True


class Writer(QObject):
    """Does one thing after the other."""

    def __init__(self, window: MainWindow, task: dict[str, Any]) -> None:
        super().__init__(window)
        self._window, self._editor = window, window.editor
        self._chance = random.Random(task["seed"])
        Decided.chance = self._chance
        self._files = Paths(Path(task["folder"]))
        self._days = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._do)
        names = [name for name in vars(Writer) if name.startswith("do_")]
        self._deeds = [getattr(self, name) for name in names]
        self._weights = [_WEIGHTS.get(name.removeprefix("do_"), 1) for name in names]

    def begin(self, found: tuple[Recovery, ...], model: str) -> None:
        """Take back what was not saved, as the writer does, and go on writing."""
        for dialog in QApplication.topLevelWidgets():
            if type(dialog).__name__ == "RecoveryDialog":
                dialog.close()
        for number, one in enumerate(found):
            if number == 0:
                self._window.documents.restore(one)
            else:
                self._window.program.store.discard(one.id)
        self._show_book()
        self._window.program.store.flush()
        say(ready=True)
        if model:
            sampling = Sampling(max_tokens=400, temperature=1.0, min_p=0.05)
            self._window.sampling.set_sampling(sampling)
            self._window.models.load(model)
        self._timer.start(0)

    def _do(self) -> None:
        (deed,) = self._chance.choices(self._deeds, self._weights)
        try:
            deed()
        except LampblackError as error:
            say(problem=error.message)
        say(page=self._editor.manuscript.text(), journal=self._window.documents.journal)
        self._timer.start(self._chance.randrange(_LONGEST_PAUSE_MS))

    # What a writer does

    def do_type(self) -> None:
        words = " ".join(self._chance.choices(WORDS, k=self._chance.randint(1, 4)))
        QTest.keyClicks(self._editor, f"{words} ")

    def do_type_signs(self) -> None:
        self._editor.insert_plain(self._chance.choice(("雨 ", "😀", "\n\n", "“café”")))

    def do_cut(self) -> None:
        text = self._editor.manuscript.text()
        start = self._chance.randint(0, len(text))
        most = len(text) if len(text) > _LONGEST_TEXT else 40
        end = start + self._chance.randint(0, most)
        self._editor.replace_text(units(text[:start]), units(text[:end]), "")

    def do_move(self) -> None:
        text = self._editor.manuscript.text()
        self._editor.move_caret(units(text[: self._chance.randint(0, len(text))]))

    def do_undo(self) -> None:
        self._trigger("undo")

    def do_redo(self) -> None:
        self._trigger("redo")

    def do_stream(self) -> None:
        self._editor.move_caret(len(self._editor.manuscript))
        self._trigger("continue")

    def do_retry(self) -> None:
        self._trigger("retry")

    def do_stop(self) -> None:
        self._trigger("stop")

    def do_accept(self) -> None:
        self._trigger("accept")

    def do_save(self) -> None:
        documents = self._window.documents
        path = documents.path or self._files.draft(self._chance)
        say(saving=str(path), text=self._editor.manuscript.text())
        documents.save_to(path)

    def do_save_as(self) -> None:
        path = self._files.draft(self._chance)
        say(saving=str(path), text=self._editor.manuscript.text())
        self._window.documents.save_to(path, overwrite=True)

    def do_open(self) -> None:
        documents = self._window.documents
        if documents.path is not None:  # it may be saved first
            say(saving=str(documents.path), text=self._editor.manuscript.text())
            documents.open_path(self._files.draft(self._chance))

    def do_version(self) -> None:
        self._window.history.take("hourly")

    def do_restore(self) -> None:
        store, documents = self._window.program.store, self._window.documents
        if versions := store.snapshots(documents.marked_as):
            text = store.snapshot_text(self._chance.choice(versions).id)
            self._window.history.restore(self._editor.manuscript.text(), text, None)

    def do_export(self) -> None:
        target = self._files.exported(self._chance)
        text = formatted(Path("novel.md"), self._editor.manuscript.text())
        profile = self._chance.choice(PROFILES)
        moment = self._window.program.paths.store_file.stat().st_mtime
        data = render(text, target.suffix, profile, datetime.fromtimestamp(moment, UTC))
        write_export(target, data, overwrite=True)

    def do_back_up(self) -> None:
        paths = self._window.program.paths
        self._days += 1
        day = date(2020, 1, 1) + timedelta(days=self._chance.randint(0, 5000) + self._days)
        back_up(paths.store_file, paths.backups, day)

    def do_reorder(self) -> None:
        self._change_book(lambda found, place: arranged(found, moved_down(found.book, place)))

    def do_split(self) -> None:
        def step(found: BookContents, place: int) -> BookStep:
            text = self._files.book_text(found.book.entries[place].file)
            return split(found, place, self._chance.randint(1, len(text))).step

        self._change_book(step)

    def do_merge(self) -> None:
        self._change_book(merge)

    # What a writer does with the book that the window shows

    def do_shown_move(self) -> None:
        """Drag an entry onto another one, as the tree drops it."""
        if len(places := self._places()) > 1:
            model = self._page.model
            dragged, to = map(model.index_of, self._chance.sample(places, 2))
            action = Qt.DropAction.MoveAction
            model.dropMimeData(model.mimeData([dragged]), action, -1, -1, to)

    def do_shown_rename(self) -> None:
        if places := self._places():
            title = " ".join(self._chance.choices(WORDS, k=2))
            self._page.model.setData(self._page.model.index_of(self._chance.choice(places)), title)

    def do_shown_split(self) -> None:
        """Go to a scene, divide it at the cursor, and come back: nothing is written in a scene."""
        contents, documents = self._books.book.contents, self._window.documents
        if contents is None or documents.path is None:
            return
        draft, places = documents.path, self._places()
        say(saving=str(draft), text=self._editor.manuscript.text())  # it may be saved first
        path = contents.path(contents.book.entries[self._chance.choice(places)])
        if path is not None and documents.open_path(path):
            self.do_move()
            self._trigger("split_scene")
        documents.open_path(draft)

    def do_shown_merge(self) -> None:
        self._books.edits.merge(self._chance.choice(self._places()))

    def do_shown_undo(self) -> None:
        self._page.undo_button.click()

    def _show_book(self) -> None:
        """Have the book in the side bar, with no scene of it on the page."""
        self._window.manuscript.bar.open()
        self._books.book.stepped.connect(lambda _step: say(step=True))
        self._books.book.show(open_book(self._files.shown_book))

    @property
    def _books(self) -> BookController:
        return self._window.manuscript.books

    @property
    def _page(self) -> BookPage:
        page = self._books.page
        assert page is not None
        return page

    def _places(self) -> list[int]:
        contents = self._books.book.contents
        return list(range(len(contents.book.entries))) if contents is not None else []

    def _change_book(self, make: Callable[[BookContents, int], BookStep]) -> None:
        found = open_book(self._files.book)
        if len(found.book.entries) > 1:
            place = self._chance.randrange(len(found.book.entries) - 1)
            with suppress(BookError):  # such as a text that would be empty
                carry_out(found.folder, make(found, place), found.data, lambda *_: None)

    def _trigger(self, name: str) -> None:
        action = self._window.actions_table[name]
        if action.isEnabled():
            action.trigger()


_WEIGHTS = {
    "type": 12,
    "type_signs": 3,
    "stream": 2,
    "save": 3,
    "move": 3,
    "shown_move": 3,
    "shown_split": 4,
    "shown_merge": 3,
    "shown_undo": 4,
}


def main(task: dict[str, Any]) -> int:
    import app.core.store
    import app.ui.window.main_window as main_window

    setattr(app.core.store, "Store", ToldStore)  # noqa: B010 - which the program imports late
    setattr(main_window, "Questions", Decided)  # noqa: B010
    began = application._begin

    def begin(window: MainWindow, *rest: Any) -> None:
        found = window.program.store.recoverable()
        say(found=[[one.id, one.path, one.text] for one in found])
        began(window, *rest)
        Writer(window, task).begin(found, task["model"])

    setattr(application, "_begin", begin)  # noqa: B010 - driven from its first moment
    return program.main(["open", task["document"]])


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
