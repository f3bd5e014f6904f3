"""Keeps versions of the document on the page, shows them, and puts back what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.documents.text_files import Replaced
from app.core.errors import LampblackError
from app.core.provenance.origins import AnyOrigin
from app.core.store import Cause
from app.core.store.backups import back_up
from app.core.store.moved import MovedDocument, find_moved
from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.history.excerpt import MarkedPassage
from app.ui.widgets.banner import BannerArea, OwnBanner
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

_HOUR_MS = 3_600_000


class _Look:
    """Finds out what a text that was opened was called before; what is to be kept waits for it."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.moved: MovedDocument | None = None
        self.waiting: list[Callable[[], object]] = []


class HistoryController(QObject):
    """Has versions kept when a document is opened and saved, by the hour, and when told to.

    `hourly` runs from the first change after a version on. `kept` comes after each version, and
    `joined` when the history of another document became this one's; `found` when it was the same
    document under another name, or a copy.
    """

    kept = Signal()
    joined = Signal()
    found = Signal()

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        banners: BannerArea,
        status: StatusBar,
        actions: Actions,
    ) -> None:
        super().__init__(editor)
        self._program = program
        self._store, self._documents, self._editor = program.store, documents, editor
        self._banners, self._status = banners, status
        self._document = documents.marked_as
        self._kept_said = OwnBanner(banners)
        self._is_changed = False
        self._looks: list[_Look] = []  # under way; the last one may be the page's
        self._look: _Look | None = None  # the page's, as long as it is under way
        self.origin_of: Callable[[str, int, int], AnyOrigin | None] = lambda *_passage: None
        """Where a passage of a version comes from, by the version's text and two places in it."""
        self._background = BackgroundTasks(documents.failed.emit, self)
        self.hourly = QTimer(self, singleShot=True, interval=_HOUR_MS)
        self.hourly.timeout.connect(lambda: self.take("hourly"))
        documents.leaving.connect(self._kept_said.clear)
        documents.replaced.connect(self._on_replaced)
        documents.recovered.connect(self._on_recovered)
        documents.saved.connect(lambda _path: self._on_saved())
        documents.followed.connect(self._on_followed)
        documents.former_kept.connect(self._say_kept)
        editor.changed.connect(lambda _change, _source: self._on_changed())
        actions.connect_all({"history": self.open})

    def begin(self) -> None:
        """Back the store up, once a day."""
        paths, key = self._program.paths, self._program.store_key
        day = datetime.now().astimezone().date()
        self._background.run(lambda: back_up(paths.store_file, paths.backups, day, key))

    def take(self, cause: Cause) -> None:
        """Keep the text as it is now, if it changed since the last version."""
        self.hourly.stop()
        if self._is_changed:
            self._is_changed = False
            text = self._editor.manuscript.text()
            self._keep(partial(self._store.take_snapshot, self._document, text, cause))
            self.kept.emit()

    def open(self) -> None:
        """Show the versions of this document."""
        from app.ui.history.dialog import HistoryDialog

        versions = self._store.snapshots(self._document)
        present = self._editor.manuscript.text()
        read, window = self._store.snapshot_text, self._editor.window()
        dialog = HistoryDialog(versions, present, read, window)
        dialog.restore_asked.connect(partial(self.restore, present))
        show_dialog(dialog)

    def restore(self, present: str, text: str, passage: MarkedPassage | None) -> None:
        """Put a version's `text` on the page, or a passage of it, as one step that Undo takes back.

        The passage was marked in the difference from `present`.
        """
        if self._editor.isReadOnly():
            self._status.say(self.tr("This text can only be read here."))
            return
        if self._editor.is_composing or self._editor.manuscript.text() != present:
            self._status.say(self.tr("The text has changed meanwhile: open the history again."))
            return
        whole = MarkedPassage((0, units(text)), (0, len(self._editor.manuscript)))
        place = passage or whole
        self.take("restore")
        self._editor.setTextCursor(self._editor.cursor_at(*place.new))
        with self._editor.putting(self.origin_of(text, *place.old)):
            self._editor.insert_plain(_between(text, *place.old))
        self._status.say(self.tr("Restored. Undo takes it back."))

    def close(self) -> None:
        """The window closes."""
        self.hourly.stop()
        if any(look.waiting for look in self._looks):
            self._background.wait()
            for look in tuple(self._looks):
                self._on_looked(look)
        self._background.close()

    def _keep(self, call: Callable[[], object]) -> None:
        """Have the store keep something, after the text as it was opened."""
        if self._look is not None:
            self._look.waiting.append(call)
        else:
            call()

    def _on_changed(self) -> None:
        self._is_changed = True
        if not self.hourly.isActive():
            self.hourly.start()

    def _on_replaced(self) -> None:
        """Another text is on the page: find out what it was called before, then keep it."""
        self._document = self._documents.marked_as
        self._is_changed = self._documents.is_modified
        self.hourly.stop()
        self._look = None
        if self._documents.path is None:
            return
        self._look = look = _Look(self._document, self._documents.document.text)
        self._looks.append(look)

        def work() -> None:
            look.moved = find_moved(self._store, look.name, look.text)

        def failed(error: LampblackError) -> None:
            self._documents.failed.emit(error)
            self._on_looked(look)

        self._background.run_soon(work, lambda _nothing: self._on_looked(look), failed)

    def _on_looked(self, look: _Look) -> None:
        """What a document was before is known; it may not be on the page any more."""
        if look not in self._looks:
            return
        self._looks.remove(look)
        if look is self._look:
            self._look = None
        name, moved = look.name, look.moved
        if moved is not None and moved.is_sure:
            self._follow(moved, name)
            self.found.emit()
        elif moved is not None:
            self._ask(moved, name)
        self._store.take_snapshot(name, look.text, "opened")
        for call in look.waiting:
            call()

    def _follow(self, moved: MovedDocument, name: str) -> None:
        if moved.is_copy:
            self._store.copy_history(moved.document, name)
            self.joined.emit()
            return
        self._store.rename_history(moved.document, name)
        self.joined.emit()
        said = self.tr("This was {0} before: its history was found again.")
        self._status.say(said.format(moved.document))

    def _ask(self, moved: MovedDocument, name: str) -> None:
        """Whether a document that is only alike is the same one."""

        def words() -> str:
            return self.tr(
                "This text is much like {0}, which is not there any more. Is it the same document, "
                "moved or renamed? Then its history belongs here."
            ).format(moved.document)

        def choices() -> dict[str, Callable[[], object]]:
            return {self.tr("The Same Document"): partial(self._take_over, moved, name)}

        self._banners.say(words, "notice", choices)

    def _take_over(self, moved: MovedDocument, name: str) -> None:
        self._store.copy_history(moved.document, name)
        self.joined.emit()
        self._status.say(self.tr("Its history is here now."))

    def _on_recovered(self, journal: str) -> None:
        """An untitled text of a program that ended: its versions are those of this one."""
        if self._documents.path is None:
            self._store.rename_history(journal, self._document)
            self.joined.emit()

    def _on_saved(self) -> None:
        """The document has a file, or another one, which is a copy."""
        before, self._document = self._document, self._documents.marked_as
        if before != self._document:
            if before == self._documents.journal:
                self._store.rename_history(before, self._document)
            self._keep(partial(self._store.copy_history, before, self._document))
            self._is_changed = True
        self.take("saved")

    def _on_followed(self, path: str) -> None:
        """Another program moved the file: its history goes along."""
        before, self._document = self._document, path
        self._keep(partial(self._store.rename_history, before, path))
        self._keep(partial(self._store.copy_history, before, path))

    def _say_kept(self, kept: Replaced) -> None:
        """The file held more than what it was saved with, or what another program wrote."""
        name, is_foreign = self._documents.name, kept.is_foreign

        def words() -> str:
            if is_foreign:
                said = self.tr("What {0} held before it was saved over is kept in the history.")
            else:
                said = self.tr(
                    "{0} has become much shorter. What it held before is kept in the history."
                )
            return said.format(name)

        self._kept_said.say(words, choices=lambda: {self.tr("Show History"): self.open})


def _between(text: str, start: int, end: int) -> str:
    """The text from `start` to `end`, in UTF-16 units."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
