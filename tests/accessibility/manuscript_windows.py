"""The windows of the text that is written, each with something in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.books.replacing import PlannedText
from app.core.context.entries import LoreEntry, StoryMemory
from app.core.conversion.looks.profiles import PROFILES
from app.core.errors import DocumentChangedError
from app.core.interpretability.surprise import SurpriseRun
from app.core.options.presets import BUILTIN
from app.core.options.sampling import Sampling
from app.core.passport import Passport
from app.core.provenance.origins import Origin
from app.core.provenance.report import KnownTake, make_report, parts_of
from app.core.provenance.spans import KINDS, OriginRun
from app.core.rewrites.own_rewrites import OwnFields
from app.core.rewrites.table import REWRITES
from app.core.store import DayWords, Recovery, Snapshot, TakeRecord, TrashedDocument
from app.core.store.backups import BackupContents
from app.core.store.takes.kept import KeptTake
from app.core.store.takes.tree import TakeBranch, tree_of_take
from app.ui.conversion.profile_dialog import ProfileDialog
from app.ui.conversion.text_dialog import TextDialog
from app.ui.documents.open_as_dialog import OpenAsDialog
from app.ui.documents.recovery import RecoveryDialog
from app.ui.generation.takes import TakeGroup, TakeText
from app.ui.generation.takes_dialog import TakesDialog
from app.ui.history.backups_dialog import BackupsDialog
from app.ui.history.comparison import ComparisonDialog
from app.ui.history.dialog import HistoryDialog
from app.ui.history.trash_dialog import TrashDialog
from app.ui.library.books.questions import BookDetailsDialog, BookQuestions
from app.ui.library.progress_dialog import ProgressDialog, ProgressNow
from app.ui.library.replace_dialog import ReplaceDialog
from app.ui.provenance.report_dialog import ProvenanceDialog
from app.ui.rewrites.notes import LinkedSentence, Note, NotePassage
from app.ui.spelling.dialog import SpellingDialog
from app.ui.takes.again_dialog import AgainDialog
from app.ui.takes.all_takes import AllTakesDialog, TakeSource
from tests.ui.conftest import MODEL
from tests.ui.context.test_context_dialog import KnowingEngine
from tests.ui.interpretability import test_influence as influence
from tests.ui.interpretability.word_engine import ScoringEngine
from tests.ui.manager.conftest import Shop


class OpenedWindow:
    """Opens the windows by their names; `studio` and its models are made beforehand."""

    def __init__(
        self, made: Shop, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.shop, self.studio, self.qtbot, self.folder = made, made.studio, qtbot, folder
        self.window, self.monkeypatch = made.studio.window, monkeypatch
        assert self.window.sampling.list  # made now, and not at some time while a test looks
        self.boxes: list[QMessageBox] = []
        monkeypatch.setattr(QMessageBox, "exec", lambda box: self.boxes.append(box) or 0)

    def open(self, name: str) -> QWidget:
        """Show a window; the main window stays open behind it."""
        shown: QWidget = getattr(self, name.replace(" ", "_"))()
        if not shown.isVisible():
            shown.show()
        self.qtbot.waitUntil(shown.isVisible)
        return shown

    # Menus

    def _popup(self, menu: QMenu) -> QWidget:
        menu.popup(QPoint(0, 0))
        return menu

    def _shown_menu(self) -> QWidget:
        found = QApplication.activePopupWidget()
        assert isinstance(found, QMenu)
        return found

    # Questions

    def _box(self, ask: Callable[[], object]) -> QWidget:
        ask()
        return self.boxes[-1]


class ManuscriptWindows(OpenedWindow):
    """The windows that have to do with the text."""

    def takes(self) -> QWidget:
        takes = [TakeRecord(text=f"Take {n}", created_at=1e9) for n in range(3)]
        return TakesDialog(takes, self.window)

    def all_takes(self) -> QWidget:
        """The history with a take of every kind, one with a star and one of an earlier version."""
        takes = self.studio.program.store.kept_takes
        for number, name in enumerate(("", "雨")):
            record = TakeRecord(
                text=f"Take {number}", journal="j", model="/m/Tiny.gguf", created_at=1e9
            )
            above = "k0" if number else ""
            kept = KeptTake(
                record=record, key=f"k{number}", preset="Balanced", name=name, parent=above
            )
            takes.add(kept, '{"prompt":"It rained."}')
        takes.star("k1", is_on=True)
        source = TakeSource(
            takes.found,
            takes.models,
            takes.presets,
            takes.request,
            lambda _take: 0,
            lambda key: tree_of_take(takes, key),
        )
        dialog = AllTakesDialog(source, "j", "", self.window)
        dialog.tabs.setCurrentWidget(dialog.tree)
        self.qtbot.waitUntil(lambda: dialog.background.is_idle)
        return dialog

    def what_drove_this(self) -> QWidget:
        """The ranked parts, one of them against the sentence, after an edit of the page."""
        dialog: QWidget = influence.shown_with_all(self.studio, self.qtbot)
        return dialog

    def again_but(self) -> QWidget:
        models = ["/m/Tiny.gguf", "/m/雨.gguf"]
        return AgainDialog(Sampling(), models[0], models, BUILTIN, self.window)

    def takes_side_by_side(self) -> QWidget:
        """The tray with three takes: one on the page, one with a star and a name, and a mix."""
        self.studio.show("The old keeper")
        texts = (" ran. He fell.", " sat.", " 睡了。")
        takes = [TakeText(text=text, finished=True) for text in texts]
        group = TakeGroup(len(self.window.editor.manuscript), takes=takes, is_shown=False)
        self.window.session.adopt(group)
        tray = self.window.manuscript.takes.tray
        tray.open(group)
        tray.pick(1)
        tray.mix(0, 0)
        tray.star(2)
        tray.rename(2, "雨")
        above = KeptTake(record=TakeRecord(text="The tower."), key="t")
        below = KeptTake(record=TakeRecord(text=texts[0]), place=group.place_key, is_starred=True)
        QApplication.processEvents()
        self.qtbot.waitUntil(lambda: self.window.manuscript.takes._tasks.is_idle)
        branches = [TakeBranch(below, is_again=number > 0) for number in range(2)]
        tray.tray.tree.show_branches([TakeBranch(above, branches=branches)], group.place_key)
        tray.tray.tree.show()
        tray.tray.fit_tree()
        return self.window

    def heat_view(self) -> QWidget:
        """A scored text with a word in every step, and the legend above it."""
        self.studio.show("The old lamp rained purple 雨.")
        surprise = self.window.manuscript.surprise
        surprise.toggle()
        words = ((0, 3, 0.1), (3, 4, 0.7), (7, 5, 3.0), (12, 7, 5.0), (19, 7, 9.0), (26, 2, 0.9))
        numbers = surprise.scorer.numbers
        numbers.begin()
        numbers.put(
            (at, SurpriseRun(length, value, 1, 1, value > 4)) for at, length, value in words
        )
        surprise.tint.show_now()
        return self.window

    def why_this_word(self) -> QWidget:
        """A word with everything that can stand in its place, one of which cannot be put in."""
        self.studio.show("The old lamp rained.", 6)
        self.studio.worker.model, self.studio.worker.shared = MODEL, ScoringEngine()
        dialog = self.window.manuscript.why.open()
        assert dialog is not None
        self.qtbot.waitUntil(lambda: dialog.read is not None)
        dialog.list.choose(4)
        return dialog

    def history(self) -> QWidget:
        seen = [(1, "opened", 0, 0), (2, "generation", 12, 3), (3, "hourly", 0, 40)]
        versions = [
            Snapshot(id=number, made_at=1e9, cause=cause, words=100, gained=gained, lost=lost)
            for number, cause, gained, lost in seen
        ]
        dialog = HistoryDialog(versions, "It rained.", lambda _id: "It snowed. 雨", self.window)
        self.qtbot.waitUntil(lambda: dialog._background.is_idle)
        return dialog

    def trash(self) -> QWidget:
        deleted = [
            TrashedDocument(
                id=number,
                name=f"雨 {number}.md",
                path=f"/book/雨 {number}.md",
                encoding="utf-8",
                size=12_345,
                deleted_at=1e9,
                versions=3,
            )
            for number in (1, 2)
        ]
        dialog = TrashDialog(deleted, lambda _id: "It rained. 雨".encode(), self.window)
        self.qtbot.waitUntil(lambda: dialog._background.is_idle)
        return dialog

    def backups(self) -> QWidget:
        paths = [self.folder / f"store-2026-11-2{day}.sqlite" for day in (8, 7)]
        for path in paths:
            path.write_bytes(bytes(123_456))
        contents = BackupContents(documents=12, versions=3_456, takes=78)
        dialog = BackupsDialog(paths, lambda _path: contents, lambda path: path, self.window)
        self.qtbot.waitUntil(lambda: dialog._background.is_idle)
        return dialog

    def comparison(self) -> QWidget:
        dialog = ComparisonDialog("雨.md", "It rained. 雨", "It snowed. 雨", self.window)
        self.qtbot.waitUntil(lambda: dialog._background.is_idle)
        return dialog

    def search_everywhere(self) -> QWidget:
        """The page of the search, with places found, one wrong sentence, and texts to be read."""
        self.studio.show("The old keeper kept the lamp.")
        search = self.window.manuscript.search
        search.open()
        search.page.line.setText("keep")
        self.qtbot.waitUntil(lambda: search.finder.is_idle and bool(search.page.model.groups))
        search.page.problem.say("That went wrong.")
        search.page.show_reading(3)
        return self.window

    def book(self) -> QWidget:
        """The side bar with a book: every state of an entry, notes, and what was done last."""
        folder = self.folder / "book"
        folder.mkdir()
        (folder / "one.md").write_text("# One\n\nIt rained. 雨\n")
        (folder / "loose.md").write_text("loose")
        entries = (
            BookEntry(kind="part", title="Part"),
            BookEntry(kind="chapter", file="one.md", status="draft", notes="Look up the tides."),
            BookEntry(file="gone.md", is_included=False),
        )
        (folder / BOOK_FILE).write_bytes(encode_book(Book(title="雨", entries=entries)))
        books = self.window.manuscript.books
        books.open(folder)
        books.edits.set_status(1, "revised")
        page = books.page
        assert page is not None
        page.tree.select(1)
        self.qtbot.waitUntil(lambda: page.total.text() != "")
        return self.window

    def book_menu(self) -> QWidget:
        self.book()
        page = self.window.manuscript.books.page
        assert page is not None
        index = page.model.index_of(1)
        page.tree.menu_asked.emit(page.tree.visualRect(index).center())
        return self._shown_menu()

    def book_details(self) -> QWidget:
        return BookDetailsDialog(Book(title="雨", author="Doe"), "rain", self.window)

    def make_a_book(self) -> QWidget:
        return self._box(lambda: BookQuestions(self.window).make(self.folder, 2))

    def replace_everywhere(self) -> QWidget:
        text = "The old keeper kept the lamp."
        spans, new = [(8, 12), (15, 19)], ["guard", "雨"]
        planned = PlannedText(name="", text=text, spans=spans, replacements=new)
        error = DocumentChangedError("It was changed.", "Look first.")
        return ReplaceDialog([planned], "rain.txt", [error], self.window)

    def progress(self) -> QWidget:
        self.window.manuscript.progress.button.show_goal(250, 500, is_daily=True)
        days = [DayWords(date(2026, 11, 1) + timedelta(days=n), 300, 40 * n, 90) for n in range(14)]
        now = ProgressNow(
            days=days, session=12, words=1200, book_words=80_000, goal=250, wanted=90_000
        )
        return ProgressDialog(now, self.window)

    def memory(self) -> QWidget:
        """The page of memory and lore, with an entry deleted and a sentence of what is wrong."""
        context = self.window.manuscript.context
        context.open()
        page = context.page
        assert page is not None
        lore = (LoreEntry("Maren", ("Марен",), "The keeper. 雨"), LoreEntry("Lamp"))
        page.show_story(StoryMemory("It rains.", "Slow.", 2, lore), "For 雨.md", "That went wrong.")
        page.lore.delete()
        return self.window

    def context_view(self) -> QWidget:
        """A memory, a lore entry that is sent, one that is left out, and the wait."""
        self.studio.worker.shared = KnowingEngine()
        lore = (LoreEntry("keeper", (), "Sixty. 雨"), LoreEntry("Lamp", (), "Old."))
        self.window.manuscript.context.change(StoryMemory("It rains.", "Slow.", 1, lore))
        self.studio.show("The old keeper slept.")
        dialog = self.window.manuscript.context.open_view()
        assert dialog is not None
        self.qtbot.waitUntil(lambda: dialog.is_settled)
        return dialog

    def origins(self) -> QWidget:
        """The page with its tint, and what the status bar says of it."""
        editor = self.window.editor
        for kind in KINDS:
            with editor.putting(Origin(kind)):
                editor.insert_plain(f"It was {kind}. ")
        self.studio.do("origins")
        return self.window

    def provenance_report(self) -> QWidget:
        runs = (OriginRun(3, "typed"), OriginRun(7, "generated", 1, 0))
        parts = parts_of("rain.txt", "It rained.", runs)
        takes = {1: KnownTake(7, 2, "/models/Tiny.gguf", 1e9)}
        report = make_report("rain.txt", parts, lambda _keys: takes, lambda _path: "MIT", 1e9)
        return ProvenanceDialog(report, self.folder, self.window)

    def export(self) -> QWidget:
        self.studio.show("# One\n\nIt rained.\n\n# Two\n\nIt snowed.\n\n![](x.png)\n")
        return self._settled(self.window.manuscript.conversion.export())

    def print_text(self) -> QWidget:
        self.studio.show("It rained.")
        return self._settled(self.window.manuscript.conversion.print_text())

    def _settled(self, dialog: TextDialog) -> QWidget:
        dialog.trouble.say("That went wrong.")
        dialog.progress.show_fraction("Writing", 0.5)
        self.qtbot.waitUntil(
            lambda: dialog.background.is_idle and dialog.preview.is_idle, timeout=20_000
        )
        return dialog

    def export_profile(self) -> QWidget:
        dialog = ProfileDialog(PROFILES[1], self.window, is_own=False)
        dialog.say("That went wrong.")
        return dialog

    def import_text(self) -> QWidget:
        path = self.folder / "rain.md"
        path.write_text("# One\n\nIt rained.\n\n# Two\n\n![](x.png)\n")
        dialog = self.window.manuscript.conversion.import_file(path)
        self.qtbot.waitUntil(lambda: dialog.background.is_idle, timeout=20_000)
        return dialog

    def recovery(self) -> QWidget:
        recovery = Recovery(id="x", path="", text="Chapter one.", changed_at=1e9)
        return RecoveryDialog([recovery], self.window)

    def open_as(self) -> QWidget:
        path = self.folder / "письмо.txt"
        path.write_text("Привет", "koi8-r")
        return OpenAsDialog(path, "koi8-r", (), self.window)

    def spelling(self) -> QWidget:
        """Words that no dictionary has, the writer's own and the document's."""
        spelling = self.window.manuscript.spelling
        spelling.choose("en_US", for_all=True)
        self.qtbot.waitUntil(lambda: spelling.marks.checker is not None)
        spelling.add("Grommelwick")
        spelling.accept("Llanfair")
        dialog = SpellingDialog(spelling, "Teh teh old keeper xqz Grommelwick", self.window)
        self.qtbot.waitUntil(lambda: dialog.unknown.count() == 3)
        return dialog

    # Rewrites

    def rewrites(self) -> QWidget:
        """The palette with an action that asks for something, and a doubt."""
        self._select_passage()
        rewrites = self.window.manuscript.rewrites
        passport = Passport(kind="instruct", followed=1, instructions=4)
        self.monkeypatch.setattr(rewrites.offers._writing, "passport", lambda: passport)
        palette = rewrites.open_palette()
        palette.begin_with(next(one for one in REWRITES if one.translates), "French")
        return palette

    def notes(self) -> QWidget:
        """The page of notes beside the text, with a sentence that leads to where it came from."""
        manuscript = self.window.manuscript
        action = next(one for one in REWRITES if one.id == "summarise")
        sentences = (LinkedSentence("It rained. 雨", (NotePassage(0, 3),)),)
        manuscript.rewrites.notes.add(Note(action, "It rained.", text="雨", sentences=sentences))
        manuscript._show_notes(manuscript.rewrites.notes)
        return self.window

    def _select_passage(self) -> None:
        self.studio.show("It rained. 雨")
        self.window.editor.selectAll()

    def own_rewrites(self) -> QWidget:
        """The dialog of own actions, with one, and one sentence that is wrong."""
        own = self.window.manuscript.rewrites.offers.own
        own.save("雨", OwnFields(prompt="{selection}", key="Ctrl+Alt+F5"))
        dialog = self.window.manuscript.rewrite_menus.edit_own()
        dialog.problem.say("That went wrong.")
        return dialog
