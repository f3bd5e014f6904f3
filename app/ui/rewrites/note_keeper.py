"""Keeps the notes of the document on the page, and shows them again when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.rewrites.table import REWRITES, Rewrite
from app.core.store.notes.kept_notes import KeptNote, KeptNotes, KeptPassage, KeptSentence
from app.core.store.takes.places import NEAR, encoded, located
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import Manuscript

if TYPE_CHECKING:
    from app.ui.rewrites.controller import RewriteController
    from app.ui.rewrites.notes import Note, NotePassage

_BEGINNING = 200  # characters of a note's passage that are kept


class NoteKeeper(QObject):
    """Keeps what has changed when an answer is complete, and when the document is saved or left.

    `found` says that the document has notes of before.
    """

    found = Signal()

    def __init__(
        self,
        rewrites: RewriteController,
        documents: DocumentController,
        editor: Editor,
        kept: KeptNotes,
        has_page: Callable[[], bool],
        book: Callable[[], str],
        say: Callable[[str], object],
    ) -> None:
        super().__init__(rewrites)
        self._rewrites, self._documents, self._editor = rewrites, documents, editor
        self._kept, self._has_page = kept, has_page
        self._book, self._say = book, say
        self._selected = ""  # the key of the note that is to be in front once it is read
        self._document = documents.marked_as
        self._book_shown = ""  # the folder of the book whose notes are beside the document's
        self._known = dict[str, KeptNote]()  # as the store has them
        self._is_joined = False
        self._tasks = BackgroundTasks(documents.failed.emit, self)
        rewrites.moved.connect(self._on_moved)
        documents.leaving.connect(self.keep)
        documents.replaced.connect(self.read)
        documents.saved.connect(lambda _path: self._on_named())
        documents.followed.connect(lambda _path: self._on_named())
        documents.recovered.connect(lambda _journal: self.read())

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes: keep what was changed last."""
        self.keep()
        self._tasks.close()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is read."""
        return self._tasks.is_idle

    def join(self) -> None:
        """There is a page of notes: do what is asked for in it."""
        if not self._is_joined:
            self._is_joined = True
            page = self._rewrites.notes
            page.removed.connect(self._forget)
            page.insert_asked.connect(self._insert)
            page.passage_asked.connect(self.go_to)

    def read(self) -> None:
        """Another document is on the page, or what it was before: show its notes."""
        self._document, self._book_shown = self._documents.marked_as, ""
        self._known = {}
        self._read_of(self._document)
        self.follow_book()

    def follow_book(self) -> None:
        """A book was opened, perhaps, after one of its texts: show its notes as well."""
        former, self._book_shown = self._book_shown, self._book()
        if self._book_shown and self._book_shown != former:
            self._read_of(self._book_shown)

    def read_anew(self) -> None:
        """The store has other notes than it had, or others of their passages."""
        if self._has_page():
            page = self._rewrites.notes
            self._selected = page.current.key if page.current is not None else ""
            page.take_away(one for one in page.notes if one.key in self._known)
        self.read()

    def look_again(self) -> None:
        """The text has something from before its file was moved, perhaps."""
        if not self._known:
            self.read()

    def keep(self) -> None:
        """Keep the notes that are not in the store as they are now."""
        if not self._has_page():
            return
        for note in self._rewrites.notes.notes:
            kept = _kept(note, self._editor.manuscript)
            if note.text and self._known.get(note.key) != kept:
                self._kept.keep(note.owner or self._document, [kept])
                self._known[note.key] = kept

    def go_to(self, passage: NotePassage) -> None:
        """Select a passage, in another text if it is from there."""
        start, end = passage.start, passage.end
        if passage.file:
            note = self._rewrites.notes.current
            self._selected = note.key if note is not None else ""
            path = Path(passage.file)
            if self._documents.path != path and not self._documents.open_path(path):
                return
            place = KeptPassage(start, end, passage.before, passage.after)
            start, end = located(encoded(self._editor.manuscript.text()), place) or (0, 0)
        if start == end:
            self._say(self.tr("The passage is not in the text any more."))
            return
        self._editor.setTextCursor(self._editor.cursor_at(start, end))
        self._editor.ensureCursorVisible()

    # Inside

    def _read_of(self, owner: str) -> None:
        work = partial(self._kept.of, owner)
        self._tasks.run_soon(work, partial(self._on_read, self._document, owner))

    def _on_read(self, document: str, owner: str, found: tuple[KeptNote, ...]) -> None:
        if document != self._document or not found:
            return
        self._known |= {note.key: note for note in found}
        data = encoded(self._editor.manuscript.text())
        of_book = owner if owner != document else ""
        page = self._rewrites.notes
        page.add_kept(_shown(note, data, of_book) for note in reversed(found))
        page.select(self._selected)
        self.found.emit()

    def _on_moved(self) -> None:
        if not self._rewrites.running:
            self.keep()

    def _on_named(self) -> None:
        if self._document != self._documents.marked_as:
            self._document, self._known = self._documents.marked_as, {}
        self.keep()

    def _forget(self, note: Note) -> None:
        self._known.pop(note.key, None)
        self._kept.forget(note.owner or self._document, note.key)

    def _insert(self, text: str) -> None:
        if not self._editor.isReadOnly():
            self._editor.insert_plain(text)
            self._editor.setFocus()


def _kept(note: Note, text: Manuscript) -> KeptNote:
    def placed(one: NotePassage) -> KeptPassage:
        if one.file:
            return KeptPassage(one.start, one.end, one.before, one.after, one.file)
        before = text.text(max(0, one.start - NEAR), one.start)
        after = text.text(one.end, min(len(text), one.end + NEAR))
        return KeptPassage(one.start, one.end, before, after)

    return KeptNote(
        key=note.key,
        action=note.action.id,
        name=note.action.name,
        text=note.text,
        passage=note.title or note.passage[:_BEGINNING],
        made_at=note.made_at,
        sentences=tuple(
            KeptSentence(one.text, (*map(placed, one.passages), *one.lost))
            for one in note.sentences
        ),
    )


def _shown(kept: KeptNote, data: bytes, book: str) -> Note:
    """A note of before beside the page whose text is `data`, or of the `book` in that folder.

    Passages that the page has not are kept for when it has them again.
    """
    from app.ui.rewrites.notes import LinkedSentence, Note, NotePassage

    def placed(one: KeptPassage) -> NotePassage | None:
        if one.file:
            return NotePassage(one.start, one.stop, one.file, one.before, one.after)
        span = located(data, one)
        return NotePassage(*span) if span is not None and span[0] < span[1] else None

    def linked(one: KeptSentence) -> LinkedSentence:
        places = [(placed(passage), passage) for passage in one.passages]
        there = tuple(place for place, _passage in places if place is not None)
        lost = tuple(passage for place, passage in places if place is None)
        return LinkedSentence(one.text, there, lost)

    return Note(
        _action(kept),
        kept.passage,
        text=kept.text,
        sentences=tuple(map(linked, kept.sentences)),
        made_at=kept.made_at,
        key=kept.key,
        title=kept.passage if book else "",
        owner=book,
    )


def _action(kept: KeptNote) -> Rewrite:
    """What was asked for; an action of the writer's own may be another one by now, or gone."""
    built_in = next((one for one in REWRITES if one.id == kept.action), None)
    return built_in or Rewrite(
        id=kept.action, name=kept.name, help="", prompt="", goes="note", is_own=True
    )
