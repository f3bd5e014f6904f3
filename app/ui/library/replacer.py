"""Replaces in many texts after it was shown what would change, and puts all of it back if asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal

from app.core.documents.search import Query
from app.core.errors import DocumentChangedError, LampblackError, StoreError
from app.core.provenance.origins import Reworked
from app.core.store import Store
from app.core.text.shared_ends import shared_ends
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.numbers import number_text
from app.ui.sentences import joined
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog

if TYPE_CHECKING:
    from app.core.books.library_search import FoundText
    from app.core.books.replacing import PlannedText, ReplacedFile, ReplaceOutcome
    from app.ui.library.replace_dialog import Chosen


class _Before(msgspec.Struct, frozen=True):
    """What a text was before it was replaced in, and is since, to put it back on the page."""

    name: str
    before: str
    after: str
    is_page: bool


class Replacer(QObject):
    """Plans and replaces aside; the text on the page is changed through its editor, unsaved.

    `encoding` gives the encoding that was chosen for a file; `changed` says that files were, and
    `replaced` carries the name of each and its text before and after.
    """

    changed = Signal()
    replaced = Signal(str, str, str)
    failed = Signal(object)

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        banners: BannerArea,
        encoding: Callable[[str], str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._program, self._documents, self._editor = program, documents, editor
        self._banners, self._encoding = banners, encoding
        self._tasks = BackgroundTasks(self.failed.emit, self)
        self._texts: list[_Before] = []
        self._files: tuple[ReplacedFile, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is planned or replaced."""
        return self._tasks.is_idle

    def close(self) -> None:
        """The window closes: what is being written is finished."""
        self._tasks.close(finish=True)

    def begin(self, found: Sequence[FoundText], query: Query, replacement: str) -> None:
        """Show what would change in the texts that were found, as they are now."""
        from app.core.books.replacing import PlannedText

        texts: list[PlannedText | tuple[str, str, str]] = []
        for text in found:
            if text.kind == "page":
                now = self._editor.manuscript.text()
                page = PlannedText(
                    name=text.name, group=text.group, text=now, spans=[], replacements=[]
                )
                texts.append(page)
            elif text.kind == "file":
                texts.append((text.name, text.group, self._encoding(text.name)))
        self._tasks.run(partial(_planned, texts, query, replacement), self._show)

    def _show(self, plans: tuple[list[PlannedText], list[LampblackError]]) -> None:
        from app.ui.library.replace_dialog import ReplaceDialog

        dialog = ReplaceDialog(plans[0], self._documents.name, plans[1], self._editor.window())
        dialog.replace_asked.connect(self.replace)
        show_dialog(dialog)

    def replace(self, chosen: Sequence[Chosen]) -> None:
        """Replace the chosen places: on the page now, and in the files aside."""
        from app.core.books.replacing import replace_in_files, replaced_text

        self._texts, self._files = [], ()
        errors = list[LampblackError]()
        count = 0
        files: list[tuple[PlannedText, Sequence[int]]] = []
        for planned, numbers in chosen:
            is_page = planned.document is None
            after = replaced_text(planned, numbers)
            if not is_page:
                files.append((planned, sorted(numbers)))
            elif (error := self._change_page(planned.text, after)) is None:
                count += len(numbers)
            else:
                errors.append(error)
                continue
            self._texts.append(_Before(planned.name, planned.text, after, is_page))
        keep = partial(_keep, self._program.store)
        self._tasks.run(
            partial(replace_in_files, files, keep, self._program.kept_files),
            partial(self._on_replaced, count, errors),
        )

    def put_back(self) -> None:
        """Put back every text that has not changed since, and say which have."""
        from app.core.books.replacing import put_all_back

        errors = list[LampblackError]()
        path = self._documents.path
        on_page = str(path) if path is not None else ""
        files = tuple(one for one in self._files if one.name != on_page)
        for text in self._texts:
            if text.name == on_page:
                if (error := self._change_page(text.after, text.before)) is not None:
                    errors.append(error)
            elif text.is_page:
                errors.append(_not_on_page(text.name))
        self._texts, self._files = [], ()
        self._tasks.run(partial(put_all_back, files), partial(self._on_put_back, errors))

    def _change_page(self, before: str, after: str) -> LampblackError | None:
        """Make `after` out of `before` on the page, as one step; or why it stays.

        What it was stays in its history for ever, as that of every file does.
        """
        if self._editor.is_composing or self._editor.manuscript.text() != before:
            return _page_changed()
        if not _keep(self._program.store, self._documents.marked_as, before):
            return _page_not_kept()
        head, tail = shared_ends(before, after)
        start, end = units(before[:head]), units(before[: len(before) - tail])
        caret = self._editor.caret
        with self._editor.putting(Reworked("typed")):
            self._editor.replace_text(start, end, after[head : len(after) - tail])
        self._editor.move_caret(caret if caret <= start else caret + units(after) - units(before))
        return None

    def _on_replaced(
        self, count: int, errors: list[LampblackError], outcome: ReplaceOutcome
    ) -> None:
        self._files = outcome.changed
        places = count + sum(one.count for one in outcome.changed)
        texts = bool(count) + len(outcome.changed)
        changed = {one.name for one in outcome.changed}
        self._texts = [text for text in self._texts if text.is_page or text.name in changed]
        for text in self._texts:
            if not text.is_page:
                self.replaced.emit(text.name, text.before, text.after)
        self._say(errors + list(outcome.errors))
        if places:
            self._banners.say(
                lambda: self.tr(
                    "Replaced {0} in {1}. History has each text as it was before."
                ).format(
                    self.tr("{0} places", "", places).format(number_text(places)),
                    self.tr("{0} texts", "", texts).format(number_text(texts)),
                ),
                "notice",
                lambda: {self.tr("Put Everything Back"): self.put_back},
            )
        self.changed.emit()

    def _on_put_back(self, errors: list[LampblackError], outcome: ReplaceOutcome) -> None:
        errors += outcome.errors
        self._say(errors)
        if not errors:
            self._banners.say(lambda: self.tr("Everything is as it was before."), "notice")
        self.changed.emit()

    def _say(self, errors: Sequence[LampblackError]) -> None:
        if errors:
            self._banners.say(lambda: joined([str(error) for error in errors]))


def _page_changed() -> LampblackError:
    return DocumentChangedError(
        "The text on the page has changed meanwhile: it was left as it is.",
        "Undo takes back what was changed there.",
    )


def _page_not_kept() -> LampblackError:
    return StoreError(
        "The text on the page was not changed: no version of it as it is now could be kept.",
        "Make room on the disk, then replace once more.",
    )


def _not_on_page(name: str) -> LampblackError:
    return DocumentChangedError(
        f"{Path(name).name} is not on the page any more: it was left as it is.",
        "Its earlier versions are in its history.",
    )


def _keep(store: Store, name: str, text: str) -> bool:
    return store.keep_snapshot(name, text, "replace")


def _planned(
    texts: Sequence[PlannedText | tuple[str, str, str]],
    query: Query,
    replacement: str,
) -> tuple[list[PlannedText], list[LampblackError]]:
    """What would change in the page and in files, of name, group and encoding; and why not."""
    from app.core.books.replacing import plan, read_text

    read, errors = list[Any](), list[LampblackError]()
    for text in texts:
        try:
            read.append(read_text(*text) if isinstance(text, tuple) else text)
        except LampblackError as error:
            errors.append(error)
    return plan(read, query, replacement), errors
