"""Keeps open changes in the store, and opens them again with their document."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.changes.keeping import KeptChange, as_text, decoded, encoded, placed, taken_back
from app.core.changes.open_changes import OpenChange, OpenChanges
from app.core.store import TakeRecord
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.changes.tracked_changes import TrackedChanges
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Source
from app.ui.editor.manuscript import Change, units
from app.ui.widgets.banner import BannerArea

_AFTER_MS = 200


class _Reading:
    """What is found of a document, and the edits of its text while it `is_under_way`."""

    def __init__(self) -> None:
        self.found: str | None = None
        self.is_under_way = False
        self.edits: list[Change] = []


class ChangeKeeper(QObject):
    """Follows the document on the page; `keeping` runs until what is open is kept.

    What a file has open is read in the background when it was painted, and is put where it belongs
    by then; who needs it before that waits for it. Of changes that do not fit the text any more a
    take is kept, and a banner says so. `finishing` comes just before the text is left: what is
    proposed only in part is to be ended as it is, for only whole proposals are kept.
    """

    finishing = Signal()

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        tracked: TrackedChanges,
        banners: BannerArea,
        show_takes: Callable[[], object],
    ) -> None:
        super().__init__(tracked)
        self._program, self._documents, self._tracked = program, documents, tracked
        self._banners, self._show_takes = banners, show_takes
        self._kept: tuple[OpenChange, ...] | None = ()
        self._document = documents.marked_as
        self._reading: _Reading | None = None  # None as soon as it is known what is open
        self._tasks = BackgroundTasks(documents.failed.emit, self)
        self.keeping = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self.keeping.timeout.connect(self.keep)
        self.opening = QTimer(self, singleShot=True, interval=0)
        self.opening.timeout.connect(self._look)
        tracked.moved.connect(self._on_moved)
        tracked.beginning.connect(self.read_now)
        tracked.editor.changed.connect(self._on_changed)
        documents.leaving.connect(self._on_leaving)
        documents.replaced.connect(self._on_replaced)
        documents.saved.connect(lambda _path: self._carry())
        documents.followed.connect(lambda _path: self._move())

    def close(self) -> None:
        """The window closes: keep what is open now."""
        self.finishing.emit()
        self.opening.stop()
        self.keep()
        self._tasks.close()

    @property
    def is_opening(self) -> bool:
        """Whether it is not known yet what the document on the page has open."""
        return self._reading is not None

    def read_now(self) -> None:
        """Wait until it is known, and open it."""
        if self.opening.isActive():
            self.opening.stop()
            self._look()
        if self._reading is not None:
            self._tasks.wait()
            self._take_up()

    def keep(self) -> None:
        """Have the store keep what is open; of a page to be read only, another window does."""
        self.keeping.stop()
        settled = tuple(self._tracked.settled)
        if self.is_opening or settled == self._kept or self._tracked.editor.isReadOnly():
            return
        self._kept = settled
        manuscript = self._tracked.editor.manuscript
        data = encoded(settled, len(manuscript), manuscript.text)
        self._program.store.kept_changes.keep(self._document, data)

    def _on_moved(self) -> None:
        if not self.is_opening and not self.keeping.isActive():
            self.keeping.start()

    def _on_changed(self, change: Change, _source: Source) -> None:
        if self._reading is not None and self._reading.is_under_way:
            self._reading.edits.append(change)

    def _on_leaving(self) -> None:
        self.finishing.emit()
        self.keep()
        self.opening.stop()
        self._reading = _Reading()
        self._kept = ()

    def _on_replaced(self) -> None:
        """Another text is on the page, or will be in a moment, where one is recovered."""
        self._document = self._documents.marked_as
        if self._reading is None:
            return
        self._reading = reading = _Reading()  # none of an edit that brought this text
        if sources := self._documents.sources:  # of which a journal is about to be forgotten
            reading.found = self._kept_of(*sources, self._document)
        elif self._documents.path is None:
            reading.found = ""
        self.opening.start()

    def _kept_of(self, *names: str) -> str:
        return next(filter(None, map(self._program.store.kept_changes.of, names)), "")

    def _look(self) -> None:
        """The text is there: find out what it has open."""
        reading, name = self._reading, self._document
        if reading is None:
            return
        if reading.found is not None:
            self._take_up()
            return
        reading.is_under_way = True

        def work() -> None:
            reading.found = self._kept_of(name)

        self._tasks.run_soon(work, lambda _nothing: self._take_up())

    def _take_up(self) -> None:
        """What was read is there."""
        reading = self._reading
        if reading is None or reading.found is None:
            return
        self._reading = None
        coming = decoded(reading.found)
        if not coming:
            return
        text = self._tracked.editor.manuscript.text()
        edits = [(one.position, one.removed, one.added) for one in reading.edits]
        found, lost = placed(coming, taken_back(text, edits))
        opened = OpenChanges()
        opened.put(found)
        for one in reading.edits:
            opened.follow(one.position, units(one.removed), units(one.added))
        if opened:
            self._tracked.put(tuple(opened))
        if lost:
            self._keep_lost(lost)
        self._kept = None  # the store has them as they were
        self.keeping.start()

    def _keep_lost(self, lost: list[KeptChange]) -> None:
        self._program.store.add_take(
            TakeRecord(
                journal=self._documents.journal,
                path=str(self._documents.path or ""),
                position=lost[0].start,
                text=as_text(lost),
                model=lost[0].author,
                finish_reason="stop",
            )
        )
        count = len(lost)

        def words() -> str:
            return self.tr(
                "{0} proposed changes do not fit this text any more. They are kept in All Takes.",
                "",
                count,
            ).format(count)

        self._banners.say(words, "notice", lambda: {self.tr("All Takes…"): self._show_takes})

    def _carry(self) -> None:
        """The document has a file, or another one: what is open goes along."""
        if self._document != self._documents.marked_as:
            self._document, self._kept = self._documents.marked_as, None
        self.keep()

    def _move(self) -> None:
        """Another program moved the file."""
        self.read_now()
        self._program.store.kept_changes.keep(self._document, "")
        self._carry()
