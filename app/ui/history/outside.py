"""What other programs do to the open file: noticed, said, and left to the writer to decide."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from app.core.documents.file_watch import FileState, FileWatch
from app.core.documents.text_files import Document
from app.core.errors import LampblackError, StoreError
from app.core.provenance.origins import Reworked
from app.core.store import Cause
from app.core.text.differences import edits
from app.core.text.shared_ends import shared_ends
from app.program import Program
from app.ui.bridge import Bridge
from app.ui.documents.controller import DocumentController
from app.ui.documents.save_retry import SaveRetry
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import count_words, units
from app.ui.numbers import number_text
from app.ui.widgets.banner import BannerArea, OwnBanner
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

_MOST_PLACES = 300  # that are replaced one by one; each is laid out by itself

_Found = tuple[int, FileState]
_Choices = dict[str, Callable[[], object]]


class OutsideChanges(QObject):
    """Watches the file of the document on the page, from `begin` to `close`.

    Every text that another one replaces is in the history first, and what is put on the page is one
    step that Undo takes back.
    """

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        banners: BannerArea,
        status: StatusBar,
        saving: SaveRetry,
    ) -> None:
        super().__init__(editor)
        self._store = program.store
        self._documents, self._editor, self._status = documents, editor, status
        self._saving = saving
        self._banner = OwnBanner(banners)
        self._bridge = Bridge(self)
        self._bridge.subscribe(self._on_found, tuple)
        self._is_begun = False
        self._watch: FileWatch | None = None
        self._is_moved = False
        self._number = 0  # of the watch; what an earlier one found counts no more
        documents.leaving.connect(self._banner.clear)
        documents.not_saved.connect(lambda _error, _path: self._on_not_saved())
        for moved in (documents.replaced, documents.saved, documents.followed):
            moved.connect(lambda *_path: self._begin_again())

        documents.conflicted.connect(self._begin_again)

    @property
    def device(self) -> int | None:
        """The device that the file was on when it was last seen."""
        return self._watch.device if self._watch is not None else None

    @property
    def is_stuck(self) -> bool:
        """Whether the file's folder does not answer now."""
        return self._watch is not None and self._watch.is_stuck

    def begin(self) -> None:
        """The window is shown: look at the file from now on."""
        self._is_begun = True
        self._begin_again()

    def close(self) -> None:
        """The window closes."""
        self._is_begun = False
        self._end_watch()
        self._bridge.close()

    # What the writer decides

    def load(self, theirs: Document) -> None:
        """Put the file's text on the page, as one step that Undo takes back."""
        if not self._is_current(theirs):
            return
        if self._editor.is_composing:
            self._say_changed(theirs)
            self._status.say(self.tr("Finish the word that is being typed, then go on."))
            return
        mine = self._editor.manuscript.text()
        if not self._keep(mine, "replaced"):
            self._say_changed(theirs)
            return
        self._store.take_snapshot(self._documents.marked_as, theirs.text, "outside")
        self._put(mine, theirs.text)
        self._documents.adopt(theirs, is_saved=True)
        self._status.say(self.tr("Loaded. Undo brings your text back, and so does the history."))

    def keep_mine(self, theirs: Document) -> None:
        """Leave the page as it is; the next save replaces what the file holds."""
        if not self._is_current(theirs):
            return
        if not self._keep(theirs.text, "outside"):
            self._say_changed(theirs)
            return
        self._documents.adopt(theirs, is_saved=False)
        self._status.say(
            self.tr("Your text stays; saving replaces the other one, which the history has.")
        )

    def compare(self, theirs: Document) -> None:
        """Show both texts side by side, and ask again."""
        from app.ui.history.comparison import ComparisonDialog

        mine = self._editor.manuscript.text()
        dialog = ComparisonDialog(
            self._documents.name, mine, theirs.text, parent=self._editor.window()
        )
        answers = {"theirs": self.load, "mine": self.keep_mine, "": self._say_changed}
        dialog.answered.connect(lambda answer: answers[answer](theirs))
        show_dialog(dialog)

    def follow(self, state: FileState) -> None:
        """Take the file's new place for the document's."""
        if state.path == self._documents.path and state.place is not None:
            self._documents.follow(state.place)
            self._settle()
            self._status.say(self.tr("The document is {0} now.").format(state.place))

    # What is found

    def _begin_again(self) -> None:
        """Watch the file as it is now known."""
        self._end_watch()
        self._banner.clear()
        self._is_moved = False
        document = self._documents.document
        if not self._is_begun or document.path is None or document.stamp is None:
            return
        self._number += 1
        tell = partial(self._tell, self._bridge, self._number)
        self._watch = FileWatch(document.path, document.stamp.sha256, tell)

    def _end_watch(self) -> None:
        self._number += 1
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    @staticmethod
    def _tell(bridge: Bridge, number: int, state: FileState) -> None:
        """On the watch's thread."""
        bridge.post((number, state))

    def _on_found(self, found: _Found) -> None:
        number, state = found
        if number != self._number:
            return
        if state.kind == "gone":
            self._on_gone(state)
        elif state.kind == "moved":
            self._is_moved = True
            self._on_moved(state)
        elif state.stamp is not None:
            self._on_there(state, state.stamp.mtime_ns)

    def _on_there(self, state: FileState, mtime_ns: int) -> None:
        self._is_moved = False
        try:
            theirs = self._documents.read_outside(state.data, mtime_ns)
        except LampblackError:
            self._say_unreadable()
            return
        if self._editor.isReadOnly():  # another window of ours has saved it
            self._documents.open_path(theirs.path or state.path)
        elif theirs.text == self._editor.manuscript.text():
            self._documents.adopt(theirs, is_saved=True)
            self._banner.clear()
        elif theirs.data == self._documents.document.data:
            self._banner.clear()
        else:
            self._say_changed(theirs)

    def _on_not_saved(self) -> None:
        """What is said about the save is enough, unless the file's new place can be offered."""
        if not self._is_moved:
            self._banner.clear()

    def _settle(self) -> None:
        """The file is as it was: the page is saved if it has its text."""
        self._banner.clear()
        document = self._documents.document
        if document.text == self._editor.manuscript.text():
            self._documents.adopt(document, is_saved=True)

    def _on_gone(self, state: FileState) -> None:
        self._leave_unsaved()
        name, documents = self._documents.name, self._documents
        if self._saving.path is not None:  # which says so
            return

        def words() -> str:
            if state.is_folder_gone:
                return self.tr(
                    "The folder {0} is gone. The text of {1} is still here, and safe in Lampblack."
                ).format(state.path.parent, name)
            return self.tr(
                "Another program deleted or moved {0}. Its text is still here, and saving writes "
                "the file again."
            ).format(name)

        def choices() -> _Choices:
            found: _Choices = {}
            if not state.is_folder_gone:
                found[self.tr("Save Now")] = documents.save
            return found | {self.tr("Save As…"): documents.save_as}

        self._banner.say(words, choices=choices)

    def _leave_unsaved(self) -> None:
        """What the file held is nowhere else now, unless another window has it."""
        if not self._editor.isReadOnly():
            self._documents.adopt(self._documents.document, is_saved=False)

    def _on_moved(self, state: FileState) -> None:
        self._leave_unsaved()
        name, documents = self._documents.name, self._documents

        def words() -> str:
            return self.tr("{0} was moved or renamed by another program. It is {1} now.").format(
                name, state.place
            )

        def choices() -> _Choices:
            return {
                self.tr("Go Along"): partial(self.follow, state),
                self.tr("Save at the Old Place"): documents.save,
            }

        self._banner.say(words, choices=choices)

    def _say_changed(self, theirs: Document) -> None:
        if not self._is_current(theirs):
            return
        name, is_modified = self._documents.name, self._documents.is_modified
        counts = (count_words(theirs.text), self._editor.manuscript.words)

        def words() -> str:
            if is_modified:
                said = self.tr(
                    "Another program has changed {0}, and you have changed it here. Which text is "
                    "to stay? The history keeps the other one. Words there: {1}, here: {2}."
                )
            else:
                said = self.tr("Another program has changed {0}. Words there: {1}, here: {2}.")
            return said.format(name, *map(number_text, counts))

        def choices() -> _Choices:
            load, mine = (
                (self.tr("Take Theirs"), self.tr("Keep Mine"))
                if is_modified
                else (self.tr("Load It"), self.tr("Keep Mine"))
            )
            return {
                load: partial(self.load, theirs),
                mine: partial(self.keep_mine, theirs),
                self.tr("Both Side by Side…"): partial(self.compare, theirs),
            }

        self._banner.say(words, choices=choices)

    def _say_unreadable(self) -> None:
        name, documents = self._documents.name, self._documents

        def words() -> str:
            return self.tr(
                "Another program has changed {0}, and it cannot be read as a text now. Yours is "
                "still here."
            ).format(name)

        self._banner.say(words, choices=lambda: {self.tr("Save As…"): documents.save_as})

    # Inside

    def _is_current(self, theirs: Document) -> bool:
        return theirs.path == self._documents.path

    def _keep(self, text: str, cause: Cause) -> bool:
        """Put a text into the history for ever; where that fails it is said, and nothing is done.

        An empty text is nothing that could be missed.
        """
        kept = self._store.keep_snapshot(self._documents.marked_as, text, cause)
        if not kept:
            self._documents.failed.emit(
                StoreError(
                    self.tr("Nothing was replaced: the history cannot be written."),
                    self.tr("Save under another name; the text is still open."),
                )
            )
        return kept

    def _put(self, mine: str, theirs: str) -> None:
        """Replace each place that differs, in one step; the caret and what is seen stay there."""
        places = edits(mine, theirs)
        if len(places) > _MOST_PLACES:
            head, tail = shared_ends(mine, theirs)
            places = ((head, len(mine) - tail, theirs[head : len(theirs) - tail]),)
        before, position = len(mine), len(self._editor.manuscript)
        for number, (start, end, text) in enumerate(reversed(places)):
            position -= units(mine[start:before])
            with self._editor.putting(Reworked()):
                self._editor.replace_text(position, position + units(mine[start:end]), text)
            before = start
            if number:
                self._editor.history.join_last()
