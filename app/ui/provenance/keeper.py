"""Finds where the text on the page came from, follows it, and has it kept."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from app.core.books.contents import BookContents
from app.core.books.steps import BookStep
from app.core.documents.text_files import open_document
from app.core.errors import LampblackError
from app.core.provenance.origins import AnyOrigin, Copied, carried, filled, units
from app.core.provenance.spans import OriginSpans, Runs, cut, length_of
from app.core.store import Recovery, Store
from app.core.store.provenance.log import ProvenanceLog
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.provenance.tracker import OriginTracker

_WHOLE_AFTER = 2000  # edits, after which all runs are written again
_Edit = tuple[int, int, Runs]


class ProvenanceKeeper(QObject):
    """Joins the `tracker` of the page with what the store keeps of its document.

    What a file's parts are is looked up aside; until it is known they are unknown, and what is
    written meanwhile is put into it.
    """

    def __init__(self, store: Store, documents: DocumentController, editor: Editor) -> None:
        super().__init__(editor)
        self._log, self._documents, self._editor = store.provenance, documents, editor
        self.tracker = OriginTracker(editor)
        self._journal = ""
        self._edits = 0
        self._since: list[_Edit] | None = None  # what was written while the file is looked up
        self._is_wanted = False  # to be kept as soon as that is known
        self._left: tuple[str, Runs] = "", ()
        self._tasks = BackgroundTasks(documents.failed.emit, self)
        self.tracker.edited.connect(self._on_edited)
        documents.leaving.connect(self._on_leaving)
        documents.replaced.connect(self._on_replaced)
        documents.saved.connect(lambda _path: self.keep())
        documents.origin_of = self._origin_of_recovered

    @property
    def is_idle(self) -> bool:
        """Whether nothing is looked up."""
        return self._tasks.is_idle

    def begin(self) -> None:
        """The window is shown."""
        self._on_replaced()

    def close(self) -> None:
        """The window closes."""
        self._tasks.close(finish=True)

    def keep(self) -> None:
        """The document, or a version of it, is the text as it is now."""
        if self._since is not None:  # it is not known yet what most of it is
            self._is_wanted = True
            return
        self._is_wanted = False
        text = self._editor.manuscript.text()
        self._log.keep(self._documents.marked_as, text, self.tracker.spans.runs)

    def follow_step(self, contents: BookContents | None, step: BookStep) -> None:
        """A step has changed files of a book: each has what the others had before."""
        if contents is None:
            return
        folder = contents.folder
        for change in step.files:
            if change.after is None:
                continue
            path = folder / change.name
            others = (one for one in step.files if one is not change and one.before is not None)
            sources = tuple(str(folder / one.name) for one in others)
            work = partial(_made, self._log, path, sources)
            self._tasks.run(work, partial(self._on_made, path))

    def follow_replaced(self, name: str, before: str, after: str) -> None:
        """What a file has at places where something was replaced in it is typed."""

        def work() -> None:
            runs = self._log.find(name, before)
            self._log.keep(name, after, carried(before, runs, after, "typed"))

        self._tasks.run(work)

    def origin_of_version(self, text: str, start: int, end: int) -> AnyOrigin | None:
        """Where a passage of a version came from; None where that is not known."""
        runs = self._log.runs_of(self._documents.marked_as, text)
        if runs is None:
            return None
        return Copied(self._editor.selection[0], cut(runs, start, end))

    def look_again(self) -> None:
        """The versions of the document are known now: what is unknown may be known by them."""
        text = self._editor.manuscript.text()
        work = partial(self._log.look_up, (self._documents.marked_as,), text)
        self._tasks.run(work, partial(self._fill, self._journal, text))

    # Inside

    def _on_leaving(self) -> None:
        self._left = self._editor.manuscript.text(), self.tracker.spans.runs

    def _on_replaced(self) -> None:
        documents, (text, left) = self._documents, self._left
        self._left = "", ()
        if documents.journal == self._journal:  # said twice of one text
            return
        self._journal, self._edits, self._since = documents.journal, 0, None
        self._is_wanted = False
        if documents.path is None:
            is_same = bool(text) and text == self._editor.manuscript.text()
            self.tracker.begin(left if is_same else ())
            self._log.begin(self._journal, self.tracker.spans.runs)
            return
        self.tracker.begin(())
        self._since = []
        path, text = str(documents.path), documents.document.text
        work = partial(self._log.find, path, text)
        self._tasks.run_soon(work, partial(self._on_found, self._journal, path, text))

    def _on_found(self, journal: str, path: str, text: str, runs: Runs) -> None:
        """What the file's parts are is known; what was written since goes into it."""
        if any(run.kind != "unknown" for run in runs):
            self._log.keep(path, text, runs)
        if journal != self._journal or self._since is None:
            return
        since, self._since = self._since, None
        spans = OriginSpans(runs)
        try:
            for position, removed, added in since:
                spans.replace(position, removed, added)
        except ValueError:  # the page shows another text than the file had
            spans = self.tracker.spans
        self.tracker.begin(spans.runs)
        self._log.begin(journal, self.tracker.spans.runs)
        if self._is_wanted:
            self.keep()

    def _on_made(self, path: Path, made: tuple[str, Runs] | None) -> None:
        if made is not None and path == self._documents.path and self._since is None:
            self._fill(self._journal, *made)

    def _fill(self, journal: str, text: str, runs: Runs) -> None:
        if journal == self._journal and text == self._editor.manuscript.text():
            self.tracker.begin(filled(self.tracker.spans.runs, runs))
            self._log.begin(journal, self.tracker.spans.runs)

    def _on_edited(self, position: int, removed: int, runs: Runs) -> None:
        if self._since is not None:
            self._since.append((position, removed, runs))
            return
        self._edits += 1
        if self._edits < _WHOLE_AFTER:
            self._log.edit(self._journal, position, removed, runs)
        else:
            self._edits = 0
            self._log.begin(self._journal, self.tracker.spans.runs)

    def _origin_of_recovered(self, recovery: Recovery) -> AnyOrigin:
        """Where the parts of a text came from that a program left unsaved when it ended."""
        text, runs = recovery.text, self._log.live(recovery.id)
        if runs is None or length_of(runs) != units(text):
            runs = self._log.find(recovery.path or recovery.id, text)
        return Copied(0, runs)


def _made(log: ProvenanceLog, path: Path, sources: tuple[str, ...]) -> tuple[str, Runs] | None:
    """The text of a file that was made of others, and what its parts are, which is kept."""
    try:
        text = open_document(path).text
    except LampblackError:  # it is looked up again when it is opened
        return None
    runs = log.find(str(path), text, sources)
    if any(run.kind != "unknown" for run in runs):
        log.keep(str(path), text, runs)
    return text, runs
