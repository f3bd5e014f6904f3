"""Memory and context in the window: which story they belong to, keeping them, and both views."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QMenu

from app.core.context.entries import StoryMemory, decode_story, encode_story
from app.core.errors import DocumentError
from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.generation.prompt_maker import PromptMaker
from app.ui.generation.read_ahead import ReadingAhead
from app.ui.library.bar_controller import BarController
from app.ui.library.books.controller import BookController
from app.ui.sentences import Words
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.context.context_dialog import ContextDialog
    from app.ui.context.memory_page import MemoryPage
    from app.ui.library.side_bar import SideBar
    from app.ui.widgets.json_files import JsonFiles

_KEEP_MS = 800


class ContextController(QObject):
    """Keeps what the model is told beside the text: for the open book, else for the document.

    It is read in the background when another text comes; who asks for `story` before that is done
    waits for it. `story_changed` when it is another one, or was changed.
    """

    story_changed = Signal()

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        banners: BannerArea,
        status: StatusBar,
        actions: Actions,
        bar: BarController,
        books: BookController,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._store, self._kept = program.store, program.store.story_memories
        self._documents, self._books, self._bar = documents, books, bar
        self._banners, self._status, self._window = banners, status, window
        self._tasks = BackgroundTasks(documents.failed.emit, self)
        self._story = StoryMemory()
        self._owner = documents.marked_as
        self._content: bytes | None = None
        self._is_read, self._is_changed = True, False
        self._problem: Words = ""
        self.page: MemoryPage | None = None
        self._prompts: PromptMaker | None = None
        self._reading: ReadingAhead | None = None
        self._keeping = QTimer(self, singleShot=True, interval=_KEEP_MS)
        self._keeping.timeout.connect(self.keep)
        documents.leaving.connect(self.keep)
        documents.replaced.connect(self._follow)
        documents.saved.connect(lambda _path: self._follow_file())
        documents.followed.connect(lambda _path: self._follow_file())
        documents.recovered.connect(lambda _journal: self._read())
        books.changed.connect(self._follow)
        bar.fill(self._fill)
        actions.connect_all({"memory": self.open, "context_view": self.open_view})

    def join(self, prompts: PromptMaker, reading: ReadingAhead) -> None:
        """Let the prompts be made with it, and read again when it changes."""
        self._prompts, self._reading = prompts, reading
        prompts.story = lambda: self.story
        self.story_changed.connect(reading.wake)

    def begin(self) -> None:
        """The window is shown."""
        self._follow()

    def close(self) -> None:
        """The window closes: keep what was changed last."""
        self.keep()
        self._tasks.close(finish=True)
        self._store.flush()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is read or kept."""
        return self._tasks.is_idle and not self._is_changed

    @property
    def story(self) -> StoryMemory:
        """What is kept for the text on the page."""
        if not self._is_read:
            self._tasks.wait()
            self._take_up()
        return self._story

    def change(self, story: StoryMemory) -> None:
        """Keep this from now on."""
        if self._problem:
            return
        self._is_read = True  # what was being read is what it was before
        self._story, self._is_changed = story, True
        self._keeping.start()
        self.story_changed.emit()

    def keep(self) -> None:
        """Keep what was changed now."""
        self._keeping.stop()
        if self._is_changed:
            self._is_changed = False
            content = b"" if self._story == StoryMemory() else encode_story(self._story)
            self._tasks.run(partial(self._kept.keep, self._owner, content))

    def settle(self) -> None:
        """Keep what was changed, and wait for it: the store is about to be closed."""
        self.keep()
        self._tasks.wait()

    def look_again(self) -> None:
        """The text has something from before its file was moved, perhaps."""
        if self._story == StoryMemory() and not self._is_changed and not self._problem:
            self._read()

    # What the writer asks for

    def open(self) -> None:
        """Show the page of it in the side bar, with the focus in the memory."""
        self._bar.open()
        page = self.page
        if page is not None:
            self._bar.open(page)
            page.memory.setFocus()

    def open_view(self) -> ContextDialog | None:
        """Show what the model would read now."""
        from app.ui.context.context_dialog import ContextDialog

        if self._prompts is None or self._reading is None:
            return None
        dialog = ContextDialog(self._prompts, self._reading.sampling, self._window)
        dialog.memory_asked.connect(self.open)
        dialog.show_request(self._reading.request())
        show_dialog(dialog)
        return dialog

    def import_file(self) -> None:
        """Take in a file: what is there already stays, and entries of other names are added."""
        from app.ui.context.memory_files import read_story

        path = self.questions.source(self.tr("Import Memory and Lore"))
        if path is None or self._problem:
            return
        try:
            story = self.story.joined(read_story(path))
        except DocumentError as error:
            self._documents.failed.emit(error)
            return
        added = len(story.lore) - len(self.story.lore)
        self.change(story)
        self._show()
        self._status.say(self.tr("{0} entries were added.", "", added).format(added))

    def export_file(self) -> None:
        """Write all of it into a file."""
        from app.ui.context.memory_files import write_story

        path = self.questions.target(self.tr("Export Memory and Lore"), self.tr("Memory and lore"))
        if path is None:
            return
        try:
            write_story(path, self.story)
        except DocumentError as error:
            self._documents.failed.emit(error)
            return
        self._status.say(self.tr("Saved {0}").format(path))

    @cached_property
    def questions(self) -> JsonFiles:
        """Asks for files; made when it is first asked for."""
        from app.ui.widgets.json_files import JsonFiles

        return JsonFiles(self._window)

    # Inside

    @property
    def _is_book(self) -> bool:
        path = self._documents.path
        return path is not None and self._books.is_scene(path)

    def _owner_now(self) -> str:
        contents = self._books.book.contents
        if self._is_book and contents is not None:
            return str(contents.folder)
        return self._documents.marked_as

    def _follow(self) -> None:
        """Another text is on the page, or it belongs to a book now."""
        if self._owner_now() != self._owner:
            self.keep()
            self._read()

    def _follow_file(self) -> None:
        """The text has a file, or another one: what was being changed goes along."""
        if self._owner_now() == self._owner:
            return
        is_changing = self._is_changed
        story = self._story
        self._follow()
        if is_changing and not self._is_book:
            self.change(story)
            if self.page is not None:
                self.page.name_owner(self._owner_words())

    def _read(self) -> None:
        self._owner, self._is_read, self._content = self._owner_now(), False, None
        owner = self._owner

        def work() -> None:
            content = self._kept.content(owner)
            if owner == self._owner:
                self._content = content

        self._tasks.run_soon(work, lambda _nothing: self._take_up())

    def _take_up(self) -> None:
        """What was read is there."""
        if self._is_read or self._content is None:
            return
        self._is_read = True
        self._problem, self._story = "", StoryMemory()
        if self._content:
            try:
                self._story = decode_story(self._content)
            except DocumentError as error:  # of a newer version; it stays as it is
                self._problem = str(error)
        self._show()
        self.story_changed.emit()

    def _fill(self, bar: SideBar) -> None:
        from app.ui.context.memory_page import MemoryPage

        self.page = page = MemoryPage()
        page.changed.connect(self._on_page_changed)
        page.wished.connect(self._on_wish)
        bar.add_page(page, lambda: self.tr("Memory"), "lamp")
        self._show()

    def _show(self) -> None:
        if self.page is not None:
            self.page.show_story(self.story, self._owner_words(), self._problem)

    def _owner_words(self) -> Words:
        contents = self._books.book.contents
        if self._is_book and contents is not None:
            name = contents.name
            return lambda: self.tr("For the book {0}").format(name)
        return lambda: self.tr("For {0}").format(self._documents.name)

    def _on_page_changed(self, story: StoryMemory) -> None:
        """What is typed before this text's memory is there was meant for another text's."""
        if self._is_read:
            self.change(story)
        else:
            self._tasks.wait()
            self._take_up()

    def _on_wish(self, wish: str) -> None:
        if wish == "view":
            self.open_view()
            return
        assert self.page is not None
        menu = QMenu(self.page)
        menu.addAction(self.tr("Import…"), self.import_file)
        menu.addAction(self.tr("Export…"), self.export_file)
        button = self.page.more_button
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
