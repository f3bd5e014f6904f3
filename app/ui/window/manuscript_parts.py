"""What the window has for the manuscript beside the page: its history, and what else keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow, QWidget

from app.program import Program
from app.ui.actions import Actions
from app.ui.changes.controller import ChangesController
from app.ui.context.controller import ContextController
from app.ui.conversion.controller import ConversionController, is_importable
from app.ui.documents.controller import DocumentController
from app.ui.documents.display import DocumentDisplay
from app.ui.documents.elsewhere import OpenElsewhere
from app.ui.documents.save_retry import SaveRetry
from app.ui.editor.folding import FoldController
from app.ui.editor.rich_paste import RichPaste
from app.ui.history.backups_controller import BackupsController
from app.ui.history.controller import HistoryController
from app.ui.history.outside import OutsideChanges
from app.ui.history.trash_controller import TrashController
from app.ui.interpretability.influence_controller import InfluenceController
from app.ui.interpretability.surprise_controller import SurpriseController
from app.ui.interpretability.why import WhyController
from app.ui.learning.controller import LearningController
from app.ui.library.bar_controller import BarController
from app.ui.library.books.carrier import NoteCarrier
from app.ui.library.books.controller import BookController
from app.ui.library.progress_controller import ProgressController
from app.ui.library.search_controller import SearchController
from app.ui.library.search_sources import SearchSources
from app.ui.lock.controller import LockController
from app.ui.models.loader import ModelLoader
from app.ui.provenance.controller import ProvenanceController
from app.ui.rewrites.book_summary import BookSummary
from app.ui.rewrites.controller import RewriteController
from app.ui.rewrites.menus import RewriteMenus
from app.ui.rewrites.note_keeper import NoteKeeper
from app.ui.runs.controller import RunsController
from app.ui.spelling.controller import SpellingController
from app.ui.takes.controller import TakesController
from app.ui.widgets.status_bar import StatusBar
from app.ui.window.generation_controller import GenerationController
from app.ui.window.page import PageColumn
from app.ui.window.view_controller import ViewController
from app.ui.window_state import WindowMemory


class WindowPart(Protocol):
    """A part that is told when the window is shown and when it closes."""

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes."""


class ManuscriptParts(QObject):
    """Makes these parts, begins them in this order and closes them in this order."""

    def __init__(
        self,
        program: Program,
        page: PageColumn,
        documents: DocumentController,
        display: DocumentDisplay,
        status: StatusBar,
        actions: Actions,
        parent: QMainWindow,
    ) -> None:
        super().__init__(parent)
        self._program, self._page = program, page
        self._documents, self._display = documents, display
        self._status, self._actions = status, actions
        self._has_notes = False
        self.history = HistoryController(
            program, documents, page.editor, page.banners, status, actions
        )
        self.changes = ChangesController(
            program,
            documents,
            display,
            page.banners,
            page.lines_above,
            status,
            actions,
            self.history.take,
            self,
        )
        memory = WindowMemory(program.paths.config / "window.ini")
        self.bar = BarController(program.settings_store, memory, actions, parent)
        self.books = BookController(
            program, page.editor, page.banners, documents, status, actions, self.bar, parent
        )
        self.spelling = SpellingController(
            program, documents, display, page.banners, status, actions, self
        )
        self.search = SearchController(
            program,
            documents,
            page.editor,
            page.banners,
            status,
            actions,
            SearchSources(program, documents, self.books.source),
            memory.encoding,
            self.bar.open,
        )
        self.context = ContextController(
            program, documents, page.banners, status, actions, self.bar, self.books, parent
        )
        self.progress = ProgressController(
            program.store,
            documents,
            page.editor,
            status,
            actions,
            lambda: self.books.working,
            lambda: self.books.words,
        )
        self.books.book.counted.connect(lambda _facts: self.progress.follow_book())
        self.books.changed.connect(self.progress.follow_book)
        self.books.changed.connect(self.search.follow_later)
        self.bar.fill(lambda bar: bar.add_page(self.search.page, lambda: self.tr("Search"), "find"))
        self.saving = SaveRetry(program, documents, page.editor, page.banners)
        self.outside = OutsideChanges(
            program, documents, page.editor, page.banners, status, self.saving
        )
        self.saving.device = lambda: self.outside.device
        documents.is_stuck = lambda: self.outside.is_stuck
        self.elsewhere = OpenElsewhere(program, documents, page.editor, page.banners, status)
        self.conversion = ConversionController(
            program, documents, page.editor, page.banners, status, actions
        )
        self.conversion.book = lambda: self.books.book.contents
        self.conversion.open_book = self.books.open
        self.provenance = ProvenanceController(program, documents, page.editor, status, actions)
        self._follow_origins()
        self.conversion.changes = self.changes.in_characters
        self.conversion.open_changes = self.changes.open_text
        self.folds = FoldController(page.editor, status, actions)
        self.paste = RichPaste(page.editor, status, actions)
        self.trash = TrashController(program, documents, page.banners, status, actions, parent)
        self.backups = BackupsController(program, documents, page.banners, status, actions, parent)
        self.runs = RunsController(program, documents, actions, parent)
        self._parts: tuple[WindowPart, ...] = (
            self.provenance,
            self.folds,
            self.paste,
            self.history,
            self.changes,
            self.trash,
            self.backups,
            self.spelling,
            self.outside,
            self.saving,
            self.search,
            self.progress,
            self.elsewhere,
            self.conversion,
            self.books,
            self.carrier,
            self.context,
            self.bar,
            self.runs,
        )

    def _follow_origins(self) -> None:
        """Have the origins of texts follow what is done to them beside the page."""
        keeper, book = self.provenance.keeper, self.books.book
        self.history.kept.connect(keeper.keep)
        self.history.joined.connect(keeper.look_again)
        self.history.origin_of = keeper.origin_of_version
        self.search.replacer.replaced.connect(keeper.follow_replaced)
        book.stepped.connect(lambda step: keeper.follow_step(book.contents, step))
        self.carrier = carrier = NoteCarrier(self._program.store, self._documents, self)
        book.stepped.connect(lambda step: carrier.follow(book.contents, step))
        self.provenance.book = lambda: (
            book.contents.folder
            if book.contents is not None and self.books.edits.shown >= 0
            else None
        )

    def beside(self, page: QWidget) -> QWidget:
        """The side bar and the page with its side panel, as the middle of the window."""
        return self.bar.beside(page)

    def follow(
        self, generation: GenerationController, loader: ModelLoader, window: QMainWindow
    ) -> None:
        """Keep a version before the model writes; make the lock, which stops what these two do."""
        generation.about_to_write.connect(self.history.take)
        session, page = generation.session, self._page
        self.takes = TakesController(
            self._program,
            page.middle,
            page.editor,
            self._documents,
            session,
            generation.take_log,
            lambda count: generation.go_on(count, is_shown=False),
            generation.begin_writing,
            generation.is_kept_busy,
            loader.load,
            self._status,
            self._actions,
        )
        for joined in (self.history.joined, self.carrier.carried):
            joined.connect(self.takes.anchors.read)
        self.context.join(generation.prompts, generation.reading)
        for signal in (self.history.joined, self.history.found):
            signal.connect(self.context.look_again)
        self.lock = LockController(
            self._program, self._documents, self._display, session, loader, self._status,
            self._actions, window,
        )  # fmt: skip
        self.lock.quieting.connect(self.search.finder.lock)
        self.lock.unlocked.connect(self.search.follow_later)
        self.lock.quieting.connect(self.context.settle)
        self._parts += (self.takes, self.lock)
        self.lock.locked.connect(self.search.lock)
        self.lock.unlocked.connect(self.search.follow_later)
        self.lock.unlocked.connect(self.progress.begin)
        self._make_rewrites(generation, window)
        self._make_influence(generation, window)
        self.learning = LearningController(
            self._program, self._documents, page.editor, lambda: self.books.book.contents, loader,
            page.banners, self._status, self._actions, window,
        )  # fmt: skip
        generation.about_to_write.connect(lambda _cause: self.learning.way.hold())
        self.lock.quieting.connect(self.learning.close_window)
        generation.passports.is_held = lambda: bool(self.learning.run.doing)
        self.learning.run.moved.connect(generation.passports.give_way)
        self._parts += (self.learning,)

    def may_leave(self) -> bool:
        """Whether the program may end."""
        return self.learning.may_leave()

    def _make_rewrites(self, generation: GenerationController, window: QMainWindow) -> None:
        """Offer the actions for a selection, and let their notes have a page of the side bar."""
        self.rewrites = rewrites = RewriteController(
            self._program,
            self._documents,
            self._page.editor,
            generation,
            self._page.banners,
            self._status,
            self.changes.tracked,
            lambda: self.spelling.language,
            self._show_notes,
            generation.bridge,
        )
        rewrites.about_to_write.connect(self.history.take)
        self.changes.keeper.finishing.connect(rewrites.end)
        self.lock.quieting.connect(rewrites.stop)
        self.lock.is_kept = lambda: rewrites.is_settled and generation.take_log.is_idle
        rewrites.moved.connect(generation.show_takes)
        rewrites.memory = lambda: self.context.story.memory
        generation.write_beside(rewrites)
        self.rewrite_menus = RewriteMenus(rewrites, self._display, self._actions, window)
        self.notes = NoteKeeper(
            rewrites,
            self._documents,
            self._page.editor,
            self._program.store.kept_notes,
            lambda: self._has_notes,
            self._book_folder,
            self._status.say,
        )
        self.book_summary = BookSummary(
            rewrites, self._documents, self._page.editor, lambda: self.books.book.contents,
            self._status.say,
        )  # fmt: skip
        self.notes.found.connect(self._add_notes)
        self.books.changed.connect(self.notes.follow_book)
        for signal in (self.history.joined, self.history.found):
            signal.connect(self.notes.look_again)
        self.carrier.carried.connect(self.notes.read_anew)
        self._actions.connect_all(
            {
                "notes": lambda: self._show_notes(rewrites.notes),
                "summarise_book": self.book_summary.start,
            }
        )
        self._parts += (rewrites, self.rewrite_menus, self.notes, self.book_summary)
        self._make_heat_view(generation)
        self._make_word_menu(generation)

    def _make_word_menu(self, generation: GenerationController) -> None:
        """Show what else a word could have been."""
        self.why = WhyController(
            self._program,
            self._documents,
            self._display,
            generation,
            lambda: self.provenance.keeper.tracker.spans,
            self._status,
            self._actions,
        )
        self.lock.quieting.connect(self.why.leave)
        self._parts += (self.why,)

    def _make_heat_view(self, generation: GenerationController) -> None:
        """Show what the model would not have expected; Stop stops the scoring of it, too."""
        self.surprise = surprise = SurpriseController(
            self._program,
            self._documents,
            self._page.editor,
            self._page.lines_above,
            self._page.banners,
            self._status,
            self._actions,
            self.provenance,
            generation,
        )
        generation.score_beside(surprise)
        surprise.moved.connect(generation.show_takes)
        self.lock.quieting.connect(surprise.stop)
        self._parts += (surprise,)

    def _book_folder(self) -> str:
        contents = self.books.book.contents
        return str(contents.folder) if contents is not None else ""

    def _make_influence(self, generation: GenerationController, window: QMainWindow) -> None:
        """Let the writer ask what drove a sentence."""
        self.influence = InfluenceController(
            self._program,
            self._documents,
            self._display,
            generation.prompts,
            self.takes.anchors,
            generation.take_log,
            lambda: generation.reading.sampling,
            self.context.open,
            self._status,
            self._actions,
            window,
        )
        self.lock.quieting.connect(self.influence.close_dialog)
        self._parts += (self.influence,)

    def _add_notes(self) -> None:
        """Give the notes a page in the side bar, which need not be in front."""
        if not self._has_notes:
            self._has_notes = True
            self.notes.join()
            page = self.rewrites.notes
            self.bar.fill(lambda bar: bar.add_page(page, lambda: self.tr("Notes"), "write"))

    def _show_notes(self, page: QWidget) -> None:
        self._add_notes()
        self.bar.open(page)

    def join(self, view: ViewController) -> None:
        """Show the passphrase in the settings, let the lock follow them, and F6 find the bar."""
        view.follow_bar(self.bar)
        view.passphrase = self.passphrase_section
        view.settings_applied.connect(self.lock.follow)
        self.lock.asked_to_set.connect(lambda: view.open_settings("Privacy"))
        self.learning.engines_asked.connect(lambda: view.open_settings("Engines"))

    def passphrase_section(self) -> QWidget:
        """The part of the settings for the passphrase."""
        from app.ui.lock.section import PassphraseSection

        return PassphraseSection(self._program, self.lock)

    def open_dropped(self, paths: Sequence[Path]) -> list[Path]:
        """Open a book, or offer to import a file of another program; what is neither is left."""
        rest = self.books.open_dropped(paths)
        others = [path for path in rest if is_importable(path)]
        if others:
            self.conversion.offer(others[0])
        return [path for path in rest if path not in others]

    def begin(self) -> None:
        """The window is shown."""
        for part in self._parts:
            part.begin()

    def close(self) -> None:
        """The window closes."""
        for part in self._parts:
            part.close()
