"""Keeps open changes in the store, and opens them again with their document."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.core.changes.keeping import KeptChange, as_text, decoded, encoded, placed
from app.core.changes.open_changes import OpenChange
from app.core.store import TakeRecord
from app.program import Program
from app.ui.changes.tracked_changes import TrackedChanges
from app.ui.documents.controller import DocumentController
from app.ui.widgets.banner import BannerArea

_AFTER_MS = 200


class ChangeKeeper(QObject):
    """Follows the document on the page; `keeping` runs until what is open is kept.

    Of changes that do not fit the text any more a take is kept, and a banner says so.
    """

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
        self._coming: tuple[KeptChange, ...] | None = None
        self.keeping = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self.keeping.timeout.connect(self.keep)
        self.opening = QTimer(self, singleShot=True, interval=0)
        self.opening.timeout.connect(self._open)
        tracked.moved.connect(self._on_moved)
        documents.leaving.connect(self._on_leaving)
        documents.replaced.connect(self._on_replaced)
        documents.saved.connect(lambda _path: self._carry())
        documents.followed.connect(lambda _path: self._move())

    def close(self) -> None:
        """The window closes: keep what is open now."""
        if self.opening.isActive():
            self.opening.stop()
        else:
            self.keep()

    def keep(self) -> None:
        """Have the store keep what is open; of a page to be read only, another window does."""
        self.keeping.stop()
        settled = tuple(self._tracked.settled)
        if settled == self._kept or self._tracked.editor.isReadOnly():
            return
        self._kept = settled
        manuscript = self._tracked.editor.manuscript
        data = encoded(settled, len(manuscript), manuscript.text)
        self._program.store.kept_changes.keep(self._document, data)

    def _on_moved(self) -> None:
        if self._coming is None and not self.keeping.isActive():
            self.keeping.start()

    def _on_leaving(self) -> None:
        if self._coming is None:
            self.keep()
        self._coming = ()
        self._kept = ()

    def _on_replaced(self) -> None:
        """Another text is on the page, or will be in a moment, where one is recovered."""
        self._document = self._documents.marked_as
        if self._coming is None:
            return
        kept = self._program.store.kept_changes
        names = (*self._documents.sources, self._document)
        self._coming = decoded(next(filter(None, map(kept.of, names)), ""))
        self.opening.start()

    def _open(self) -> None:
        coming, self._coming = self._coming or (), None
        found, lost = placed(coming, self._tracked.editor.manuscript.text()) if coming else ([], [])
        if found:
            self._tracked.put(found)
        if lost:
            self._keep_lost(lost)
        if coming:
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
        self._program.store.kept_changes.keep(self._document, "")
        self._carry()
