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


class _LookUp:
    """A file's text whose parts are looked up; `runs` is set when they are known."""

    def __init__(self, journal: str, path: str, text: str) -> None:
        self.journal, self.path, self.text = journal, path, text
        self.runs: Runs | None = None
        self.since: list[_Edit] = []  # what was written meanwhile
        self.kept: tuple[str, str, int] | None = None
        """What is to be kept once it is known: a document, its text, and after how many edits."""


class ProvenanceKeeper(QObject):
    """Joins the `tracker` of the page with what the store keeps of its document.

    What a file's parts are is looked up aside; until it is known they are unknown, and what is
    written meanwhile is put into it. Where that text is left before, it is waited for.
    """

    def __init__(self, store: Store, documents: DocumentController, editor: Editor) -> None:
        super().__init__(editor)
        self._log, self._documents, self._editor = store.provenance, documents, editor
        self.tracker = OriginTracker(editor)
        self._journal = ""
        self._edits = 0
        self._look_up: _LookUp | None = None  # None as soon as it is known
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
        self._take_up_now()
        self._tasks.close(finish=True)

    def keep(self) -> None:
        """The document, or a version of it, is the text as it is now."""
        document, text = self._documents.marked_as, self._editor.manuscript.text()
        if self._look_up is not None:  # it is not known yet what most of it is
            self._look_up.kept = document, text, len(self._look_up.since)
            return
        self._log.keep(document, text, self.tracker.spans.runs)

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
        self._take_up_now()
        self._left = self._editor.manuscript.text(), self.tracker.spans.runs

    def _on_replaced(self) -> None:
        documents, (text, left) = self._documents, self._left
        self._left = "", ()
        if documents.journal == self._journal:  # said twice of one text
            return
        self._journal, self._edits, self._look_up = documents.journal, 0, None
        if documents.path is None:
            is_same = bool(text) and text == self._editor.manuscript.text()
            self.tracker.begin(left if is_same else ())
            self._log.begin(self._journal, self.tracker.spans.runs)
            return
        self.tracker.begin(())
        look_up = _LookUp(self._journal, str(documents.path), documents.document.text)
        self._look_up = look_up

        def work() -> None:
            look_up.runs = self._log.find(look_up.path, look_up.text)

        self._tasks.run_soon(work, lambda _nothing: self._on_found(look_up))

    def _take_up_now(self) -> None:
        """Wait until it is known what was written into, if anything was."""
        look_up = self._look_up
        if look_up is not None and (look_up.since or look_up.kept is not None):
            self._tasks.wait()
            self._on_found(look_up)

    def _on_found(self, look_up: _LookUp) -> None:
        """What the file's parts are is known; what was written since goes into it."""
        runs = look_up.runs
        if runs is None or look_up is not self._look_up:
            if runs is not None and look_up.journal != self._journal:
                self._keep_known(look_up.path, look_up.text, runs)
            return
        self._look_up = None
        self._keep_known(look_up.path, look_up.text, runs)
        spans = OriginSpans(runs)
        document, text, count = look_up.kept or ("", "", 0)
        try:
            for edit in look_up.since[:count]:
                spans.replace(*edit)
            saved = spans.runs
            for edit in look_up.since[count:]:
                spans.replace(*edit)
        except ValueError:  # the page shows another text than the file had
            spans = self.tracker.spans
            saved = spans.runs
        self.tracker.begin(spans.runs)
        self._log.begin(look_up.journal, self.tracker.spans.runs)
        if look_up.kept is not None and length_of(saved) == units(text):
            self._log.keep(document, text, saved)

    def _keep_known(self, path: str, text: str, runs: Runs) -> None:
        if any(run.kind != "unknown" for run in runs):
            self._log.keep(path, text, runs)

    def _on_made(self, path: Path, made: tuple[str, Runs] | None) -> None:
        if made is not None and path == self._documents.path and self._look_up is None:
            self._fill(self._journal, *made)

    def _fill(self, journal: str, text: str, runs: Runs) -> None:
        if journal == self._journal and text == self._editor.manuscript.text():
            self.tracker.begin(filled(self.tracker.spans.runs, runs))
            self._log.begin(journal, self.tracker.spans.runs)

    def _on_edited(self, position: int, removed: int, runs: Runs) -> None:
        if self._look_up is not None:
            self._look_up.since.append((position, removed, runs))
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
