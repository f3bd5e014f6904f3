"""Tracked changes in the window: their bar, their keys, and the menu of one under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout

from app.core.changes.compare import TextChange
from app.core.changes.open_changes import OpenChange
from app.core.documents.normalise import normalise
from app.core.store.snapshots import Cause
from app.program import Program
from app.ui.actions import Actions
from app.ui.changes.change_bar import ChangeBar
from app.ui.changes.keeper import ChangeKeeper
from app.ui.changes.tracked_changes import TrackedChanges
from app.ui.documents.controller import DocumentController
from app.ui.documents.display import DocumentDisplay
from app.ui.editor.manuscript import units
from app.ui.languages import on_language_change
from app.ui.numbers import number_text
from app.ui.widgets.announce import announce
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.status_bar import StatusBar

_OF_OPEN = ("next_change", "previous_change")
_OF_SETTLED = ("accept_change", "reject_change", "accept_changes", "reject_changes")
_LONGEST = 40  # letters of a change that a menu or an announcement quotes


class ChangesController(QObject):
    """Lets the writer accept and reject; `take` keeps a version before the text changes.

    A key acts on the changes within the selection or on the one at the caret, and goes on to the
    next; where there is none it only goes there, so that nothing is accepted unseen.
    """

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        display: DocumentDisplay,
        banners: BannerArea,
        place: QVBoxLayout,
        status: StatusBar,
        actions: Actions,
        take: Callable[[Cause], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._editor, self._status, self._actions = display.editor, status, actions
        self.tracked = TrackedChanges(self._editor)
        self.bar = ChangeBar(actions)
        place.addWidget(self.bar)
        self.keeper = ChangeKeeper(
            program, documents, self.tracked, banners, actions["all_takes"].trigger
        )
        self.tracked.accepting.connect(lambda: take("rewrite"))
        self.tracked.moved.connect(self._show)
        display.menu_opens.connect(self._add_to_menu)
        actions.connect_all(
            {
                "next_change": self.go_on,
                "previous_change": lambda: self.go_on(backwards=True),
                "accept_change": lambda: self.decide(self.tracked.accept),
                "reject_change": lambda: self.decide(self.tracked.reject),
                "accept_changes": self.accept_all,
                "reject_changes": self.reject_all,
            }
        )
        on_language_change(self._show)
        self._show()

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes."""
        self.keeper.close()

    # What the writer asks for

    def go_on(self, *, backwards: bool = False) -> None:
        """Go to the next change, or the one before."""
        found = self.tracked.next(backwards=backwards)
        if found is not None:
            announce(self._editor, self._said(found))

    def decide(self, act: Callable[[Iterable[int]], int]) -> None:
        """Accept or reject what is selected or at the caret, and go on to the next."""
        chosen = self.tracked.selected
        if chosen:
            if not act([one.id for one in chosen]):
                self._say_why_not()
                return
            self._editor.move_caret(self._editor.caret)
        self.go_on()

    def accept_all(self) -> None:
        """Let every change be made."""
        count = self.tracked.accept([one.id for one in self.tracked.open])
        if not count:
            self._say_why_not()
            return
        said = self.tr("{0} changes accepted. Undo opens them again.", "", count)
        self._status.say(said.format(number_text(count)))

    def reject_all(self) -> None:
        """Let the text stay as it is."""
        count = self.tracked.reject([one.id for one in self.tracked.open])
        if not count:
            self._say_why_not()
            return
        said = self.tr("{0} changes rejected. Undo opens them again.", "", count)
        self._status.say(said.format(number_text(count)))

    def _say_why_not(self) -> None:
        if self._editor.isReadOnly():
            self._status.say(self.tr("This text can only be read here."))
        elif self._editor.is_composing:
            self._status.say(self.tr("Finish the word that is being typed first."))
        else:
            self._status.say(self.tr("The answer is still being written."))

    # Other programs

    def in_characters(self) -> tuple[list[TextChange], list[str]]:
        """What is open, counted in the text's characters, and the author of each."""
        text = self._editor.manuscript.text
        changes, at, place = list[TextChange](), 0, 0
        for one in self.tracked.settled:
            start = at + len(text(place, one.start))
            removed = text(one.start, one.end)
            at, place = start + len(removed), one.end
            changes.append(TextChange(start, removed, one.added))
        return changes, [one.author for one in self.tracked.settled]

    def open_text(self, changes: Sequence[TextChange], authors: Sequence[str]) -> None:
        """Open the changes of a text that was just put on the page."""
        text = self._editor.manuscript.text()
        opened, at, place = list[OpenChange](), 0, 0
        for one, author in zip(changes, authors, strict=True):
            start = place + units(text[at : one.position])
            at, place = one.end, start + units(one.removed)
            new_id = self.tracked.open.new_id()
            opened.append(OpenChange(new_id, start, place, normalise(one.added), author, new_id))
        if opened:
            self.tracked.put(opened)

    # What is shown

    def _show(self) -> None:
        changes = list(self.tracked.open)
        authors = {one.author for one in changes}
        is_writing = self.tracked.is_being_written
        reason = "" if changes else self.tr("No change is open.")
        for name in (*_OF_OPEN, *_OF_SETTLED):
            self._actions.allow(name, bool(changes), reason)
        self.bar.show_changes(
            len(changes),
            authors.pop() if len(authors) == 1 else "",
            is_being_written=is_writing,
        )

    def _said(self, one: OpenChange) -> str:
        """What a change does, in words."""
        removed = _quoted(self._editor.manuscript.text(one.start, one.end))
        added = _quoted(one.added)
        if not one.added:
            return self.tr("Take out “{0}”").format(removed)
        if one.start == one.end:
            return self.tr("Put in “{0}”").format(added)
        return self.tr("“{0}” becomes “{1}”").format(removed, added)

    def _add_to_menu(self, menu: QMenu, place: QPoint) -> None:
        """Offer what can be done with the change under the pointer, or those selected."""
        start, end = self._editor.selection
        if start < end:
            chosen: tuple[OpenChange, ...] = self.tracked.open.within(start, end)
        else:
            chosen = self._under(place)
        if not chosen:
            return
        first = menu.actions()[0]
        ids = [one.id for one in chosen]
        if len(chosen) == 1:
            words = self.tr("Accept: {0}"), self.tr("Reject: {0}")
            names = [word.format(self._said(chosen[0]).replace("&", "&&")) for word in words]
        else:
            count = number_text(len(chosen))
            names = [
                self.tr("Accept {0} Changes in the Selection", "", len(chosen)).format(count),
                self.tr("Reject {0} Changes in the Selection", "", len(chosen)).format(count),
            ]
        for name, act in zip(names, (self.tracked.accept, self.tracked.reject), strict=True):
            action = QAction(name, menu)
            action.triggered.connect(partial(self._act, act, ids))
            menu.insertAction(first, action)
        menu.insertSeparator(first)

    def _under(self, place: QPoint) -> tuple[OpenChange, ...]:
        position = self._editor.cursorForPosition(place).position()
        found = self.tracked.open.at(self._editor.page.breaks.to_manuscript(position))
        return (found,) if found is not None else ()

    def _act(self, act: Callable[[Iterable[int]], int], ids: list[int]) -> None:
        if not act(ids):
            self._say_why_not()


def _quoted(text: str) -> str:
    """A change's text in one short line."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
