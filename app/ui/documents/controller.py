"""Which file the page shows, opening and saving it, and its journal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from app.core.documents.encodings import ENCODINGS, is_utf8
from app.core.documents.sections import title_words
from app.core.documents.text_files import (
    Document,
    new_document,
    open_copy,
    open_document,
    read_document,
)
from app.core.errors import (
    DamagedTextError,
    DocumentChangedError,
    DocumentError,
    EncodingChangeError,
    LampblackError,
    NoAnswerError,
    NotSavedError,
    StoreError,
)
from app.core.provenance.origins import AnyOrigin
from app.core.store import Recovery
from app.program import Program
from app.ui.documents.document_files import DocumentFiles, SavedFile
from app.ui.documents.recent_files import RecentFiles
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change, units
from app.ui.questions import Questions
from app.ui.window_state import WindowMemory


class DocumentController(QObject):
    """Opens and saves, asks before anything is lost, and writes every edit into the journal.

    `leaving` comes just before another text takes the page; `replaced` when it is there.
    `recovered` carries the id of the journal that a text came back from, after `replaced`.
    `damaged` carries the error and the path of a file of which a copy can be opened, `copied` the
    path and the Damage of one that was. `outside` carries letters that the encoding cannot hold.
    `former_kept` comes after `saved` where the file held something that was put into the history.
    `not_saved` carries the error and the path where the disk refused; `conflicted` comes where the
    file turned out to be changed, and nobody was to be asked. `followed` carries the path that
    another program gave the file. `opened` comes after `replaced` where a file was opened.
    """

    leaving = Signal()
    replaced = Signal()
    opened = Signal()
    saved = Signal(str)
    recovered = Signal(str)
    failed = Signal(object)
    damaged = Signal(object, object)
    copied = Signal(object, object)
    outside = Signal(object)
    former_kept = Signal(object)
    not_saved = Signal(object, object)
    conflicted = Signal()
    followed = Signal(str)

    def __init__(
        self,
        program: Program,
        editor: Editor,
        questions: Questions,
        memory: WindowMemory,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._editor = editor
        self.questions = questions
        self._memory = memory
        self.files = DocumentFiles(program, self)
        self.is_stuck: Callable[[], bool] = lambda: False
        """Whether looking at the document's file would keep the window waiting."""
        self.origin_of: Callable[[Recovery], AnyOrigin | None] = lambda _recovery: None
        self._recent = RecentFiles(program, self.files, lambda path: self.saves_itself(path))
        self.document: Document = new_document()
        self.sources: tuple[str, ...] = ()  # what its text was before: files or journals
        self.saves_itself: Callable[[Path], bool] = lambda _path: False
        """Whether a file is saved without a question when it is left, and is in no list of recent
        files: a scene of a book."""
        self._is_encoding_chosen = False
        self.journal = self._program.store.begin("", "")
        editor.changed.connect(self._on_changed)

    @property
    def path(self) -> Path | None:
        """The file, or None as long as there is none."""
        return self.document.path

    @property
    def marked_as(self) -> str:
        """What a mark of the document is kept with: its path or, without one, its journal."""
        return str(self.path) if self.path else self.journal

    @property
    def name(self) -> str:
        """The file's name for people."""
        return self.path.name if self.path else self.tr("Untitled")

    @property
    def is_modified(self) -> bool:
        """Whether the text differs from the file's."""
        return self._editor.document().isModified()

    # What the writer asks for

    def new(self) -> bool:
        """Begin an empty manuscript; False if the writer rather keeps the present one."""
        may_leave = self.may_leave()
        if may_leave:
            self._show(new_document())
        return may_leave

    def open(self) -> None:
        """Ask which file to open, and open it."""
        path = self.questions.open_path(self._recent.folder)
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path, encoding: str = "", data: bytes | None = None) -> bool:
        """Open the file at `path`; False if that fails, or the writer keeps the present one.

        `encoding` and `data`, its former bytes, as `open_document` takes them. An encoding that
        was chosen for the file before is taken again, as long as the file is a text in it.
        """
        if not self.may_leave():  # which may save into this very file: it is read afterwards
            return False
        try:
            document, is_chosen = self.files.read(self._read, path, encoding, data)
        except DamagedTextError as error:
            self.damaged.emit(error, path)
            return False
        except LampblackError as error:
            self.failed.emit(error)
            if not isinstance(error, NoAnswerError):
                self._recent.forget(path)
            return False
        self._show(document, is_encoding_chosen=is_chosen)
        if data is None:
            self._keep_encoding()
        else:
            self._editor.mark_unsaved()
            self.replaced.emit()
        self._recent.remember(path)
        self.opened.emit()
        return True

    def turn_into_copy(self) -> None:
        """Put the text of the page there as a new one, which is not saved."""
        self._show(new_document(self._editor.manuscript.text()), sources=(self.marked_as,))
        self._editor.mark_unsaved()
        self.replaced.emit()

    def open_copy(self, path: Path) -> bool:
        """Put what can be read of a damaged file on the page, as a new text that is not saved."""
        if not self.may_leave():
            return False
        try:
            document, damage = self.files.read(open_copy, path)
        except LampblackError as error:
            self.failed.emit(error)
            return False
        self._show(document, sources=(str(path),))
        self._editor.mark_unsaved()
        self.replaced.emit()
        self.copied.emit(path, damage)
        return True

    def save(self) -> bool:
        """Save into the document's file, asking for one if there is none; False if not saved.

        What can only be read is not saved over its file.
        """
        if self.path is None or self._editor.isReadOnly():
            return self.save_as()
        return self.save_to(self.path)

    def save_as(self) -> bool:
        """Ask for a file and save into it; False if not saved."""
        begin = self._editor.manuscript.text(0, min(len(self._editor.manuscript), 200))
        name = (title_words(begin) or self.tr("Untitled")) + ".txt"
        path = self.questions.save_path(self.path or self._recent.folder / name)
        return path is not None and self.save_to(path)

    def may_leave(self) -> bool:
        """Whether the present text may go: saved, discarded on purpose, or unchanged."""
        if not self.is_modified:
            return True
        if self.path is not None and self.saves_itself(self.path) and self.save():
            return True
        answer = self.questions.unsaved(self.name)
        if answer == "save":
            return self.save()
        return answer == "discard"

    def restore(self, recovery: Recovery) -> bool:
        """Put a recovered text on the page, unsaved, and take its journal over."""
        if not self.may_leave():
            return False
        document, is_chosen = new_document(), False
        if recovery.path:
            with suppress(LampblackError):  # the file is gone; its text is not
                document, is_chosen = self.files.read(self._read, Path(recovery.path))
        sources = (recovery.id, recovery.path) if recovery.path else (recovery.id,)
        self._show(document, is_encoding_chosen=is_chosen, sources=sources)
        self._editor.selectAll()
        with self._editor.putting(self.origin_of(recovery)):
            self._editor.insert_plain(recovery.text)
        self._editor.move_caret(0)
        self._editor.mark_unsaved()
        self._program.store.flush()
        self._program.store.discard(recovery.id, self.marked_as)
        self.recovered.emit(recovery.id)
        return True

    # What other programs do to the file

    def read_outside(self, data: bytes, mtime_ns: int) -> Document:
        """What the file has become, by its bytes now; raises DocumentError."""
        encoding = self.document.encoding if self._is_encoding_chosen else ""
        return read_document(self.document.path or Path(), data, mtime_ns, encoding)

    def adopt(self, document: Document, *, is_saved: bool) -> None:
        """Take `document` for what the file is now, and the page for its text if it `is_saved`."""
        self.document = document
        if is_saved:
            self._program.store.saved(self.journal, str(document.path))
            self._editor.mark_saved()
        else:
            self._program.store.unsaved(self.journal)
            self._editor.mark_unsaved()

    def follow(self, path: Path) -> None:
        """The file was moved to `path`."""
        if self.path is None:
            return
        former, self.document = self.path, replace(self.document, path=path)
        self._keep_encoding()
        self._program.store.moved(self.journal, str(path))
        self._recent.forget(former)
        self._recent.remember(path)
        self.followed.emit(str(path))

    def leave(self, path: Path) -> None:
        """Show an empty page: the document's file at `path` was deleted on purpose."""
        self._show(new_document())
        self._recent.forget(path)

    def end(self) -> None:
        """The window closes on purpose: there is nothing to recover."""
        self.files.close()
        self._keep_caret()
        self._program.store.end(self.journal)

    # Inside

    def _read(
        self, path: Path, encoding: str = "", data: bytes | None = None
    ) -> tuple[Document, bool]:
        """The file, and whether the writer chose its encoding, now or at an earlier time."""
        kept = self._memory.encoding(path)
        if not encoding and kept in ENCODINGS:
            with suppress(DocumentError):
                document = open_document(path, kept)
                if kept == "utf-8" or not is_utf8(document.data):
                    return document, True
        return open_document(path, encoding, data), bool(encoding)

    def encoding_of(self, path: Path) -> str:
        """The encoding of a file as far as it is known here: the page's, or one that was chosen."""
        is_here = path == self.path and self.document.encoding != "utf-8"
        return self.document.encoding if is_here else self._memory.encoding(path)

    def _keep_encoding(self) -> None:
        if self.path is not None:
            encoding = self.document.encoding if self._is_encoding_chosen else ""
            self._memory.keep_encoding(self.path, encoding)

    def _keep_caret(self) -> None:
        if self.path is not None:
            self._memory.keep_caret(self.path, self._editor.caret)

    def save_to(
        self, path: Path, *, overwrite: bool = False, encoding: str = "", asks: bool = True
    ) -> bool:
        """Save into the file at `path`, as its name was answered; False if not saved.

        Unless it `asks`, what the writer has to answer is left for the next time.
        """
        if path == self.path and self.is_stuck():
            self.not_saved.emit(self.files.no_answer(path), path)
            return False
        text = self._editor.manuscript.text()
        late = partial(self._on_late, self.document, text, path, encoding)
        try:
            saved = self.files.save(
                self.document, text, path, overwrite=overwrite, encoding=encoding, late=late
            )
        except EncodingChangeError as error:
            if not asks:
                self.failed.emit(error)
            return asks and self._save_as_unicode(path, error)
        except DocumentChangedError as error:
            if not asks:
                self.conflicted.emit()
                return False
            return self.questions.overwrite(error) and self.save_to(
                path, overwrite=True, encoding=encoding
            )
        except NotSavedError as error:
            self.not_saved.emit(error, path)
            return False
        except LampblackError as error:
            self.failed.emit(error)
            return False
        self._take_saved(saved, path, encoding)
        return True

    def _take_saved(self, saved: SavedFile, path: Path, encoding: str) -> None:
        """The file at `path` has the text of the page."""
        self.document = saved.document
        self._is_encoding_chosen = self._is_encoding_chosen and not encoding
        self._keep_encoding()
        self._program.store.saved(self.journal, str(path))
        self._editor.mark_saved()
        self._recent.remember(path)
        self.saved.emit(str(path))
        for one in saved.kept:
            self.former_kept.emit(one)

    def _on_late(
        self, before: Document, text: str, path: Path, encoding: str, saved: SavedFile
    ) -> None:
        """A save that was not answered in time is done; what was written since is saved, too."""
        if self.document is not before:  # another text is on the page, or it has another file
            return
        self.document = saved.document
        if self._editor.is_composing:  # it is tried again
            return
        if text == self._editor.manuscript.text():
            self._take_saved(saved, path, encoding)
        else:
            self.save_to(path, asks=False)

    def _save_as_unicode(self, path: Path, error: EncodingChangeError) -> bool:
        """Ask before the file's encoding changes, and keep its former bytes first."""
        answer = self.questions.encoding_change(path.name, error)
        if answer == "show":
            self.outside.emit(error.letters)
        if answer != "utf-8":
            return False
        old = self.document
        if not self._program.store.keep_former(str(path.absolute()), old.encoding, old.data):
            words = self.tr("{0} was not saved: no copy of it as it is now could be kept.")
            advice = self.tr("Save under another name; the text is still open.")
            self.failed.emit(StoreError(words.format(path.name), advice))
            return False
        return self.save_to(path, encoding="utf-8")

    def _show(
        self,
        document: Document,
        *,
        is_encoding_chosen: bool = False,
        sources: tuple[str, ...] = (),
    ) -> None:
        """Put a document on the page, marked as one of its `sources` is: files or journals."""
        self._keep_caret()
        self.leaving.emit()
        self._program.store.end(self.journal)
        self.document, self.sources = document, sources
        self._is_encoding_chosen = is_encoding_chosen
        self._editor.set_text(document.text)
        self._editor.mark_saved()
        self.journal = self._program.store.begin(
            str(document.path or ""), self._editor.manuscript.text()
        )
        if sources and self._program.store.is_kept_here(*sources):
            self._program.store.keep_here(self.marked_as)
        if document.path is not None:
            self._editor.move_caret(self._memory.caret(document.path))
        self.replaced.emit()

    def _on_changed(self, change: Change, source: Source) -> None:
        if source is not Source.FILE:
            self._program.store.edit(
                self.journal, change.position, units(change.removed), change.added
            )
