"""Takes in the window: the tray and the marks, with what opens them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSplitter

from app.core.store.takes.kept import KeptTake
from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.generation.session import Session
from app.ui.generation.take_log import TakeLog
from app.ui.generation.takes import TakeGroup
from app.ui.takes.anchors import Anchor, PlaceAnchors
from app.ui.takes.marks import MarginMarks
from app.ui.takes.tray_controller import TrayController
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar


class TakesController(QObject):
    """Opens the tray for what is written, and for places that have takes.

    `go_on` lets the model write so many takes at the caret, of which none is shown yet.
    """

    def __init__(
        self,
        program: Program,
        middle: QSplitter,
        editor: Editor,
        documents: DocumentController,
        session: Session,
        take_log: TakeLog,
        go_on: Callable[[int], object],
        status: StatusBar,
        actions: Actions,
    ) -> None:
        super().__init__(editor)
        self._program, self._middle, self._editor = program, middle, editor
        self._documents, self._session, self._log = documents, session, take_log
        self._go_on, self._status = go_on, status
        self._tasks = BackgroundTasks(documents.failed.emit, self)
        self.anchors = PlaceAnchors(
            editor, session, documents, program.store.take_places, documents.failed.emit
        )
        self.marks = MarginMarks(editor, self.anchors)
        self.marks.opened.connect(self.open_place)
        documents.leaving.connect(self._leave)
        actions.connect_all(
            {
                "continue_many": self.write_many,
                "takes_here": self.open_nearest,
                "all_takes": self.open_all,
            }
        )

    @cached_property
    def tray(self) -> TrayController:
        """The tray, made when it is first asked for."""
        tray = TrayController(
            self._middle,
            self._editor,
            self._session,
            self._log,
            self.anchors,
            self._program.settings_store,
            self._origin,
            self._status,
        )
        tray.go_on_asked.connect(self.write_many)
        return tray

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes: keep where every place is."""
        self.anchors.close()
        self._tasks.close()

    def write_many(self) -> None:
        """Have several takes written at the caret, and show them side by side."""
        before = self._session.group
        self._go_on(self._program.settings.takes_at_once)
        group = self._session.group
        if group is not None and group is not before:
            self.tray.open(group)
            self._read(group)

    def open_nearest(self) -> None:
        """Show the takes of the place nearest to the caret."""
        anchor = self.anchors.nearest(self._editor.caret)
        if anchor is None:
            self._status.say(self.tr("No takes were written for this text yet."))
        else:
            self.open_place(anchor.key)

    def open_place(self, key: str) -> None:
        """Show the takes of a place, once they are read."""
        group = self._session.group
        if group is not None and group.place_key == key:
            self.tray.open(group)
            self._read(group)
        elif anchor := self.anchors.get(key):
            self._read(_group_of(anchor))

    def open_all(self) -> None:
        """Show all takes of this manuscript."""
        from app.ui.generation.takes_dialog import TakesDialog

        dialog = TakesDialog(self._log.takes(*self._origin()), self._editor.window())
        dialog.insert_asked.connect(self._editor.insert_plain)
        show_dialog(dialog)

    def _read(self, group: TakeGroup) -> None:
        """Add what is kept of the group's place to the tray."""

        def work() -> tuple[KeptTake, ...]:
            self._log.wait()
            return self._program.store.kept_takes.of_place(group.place_key)

        self._tasks.run(work, partial(self._on_read, group))

    def _on_read(self, group: TakeGroup, kept: tuple[KeptTake, ...]) -> None:
        known = {take.key for take in group.takes}
        if kept and not group.takes:
            group.instruction = kept[0].record.instruction
            group.parent = kept[0].parent
        if any(one.key not in known for one in kept):
            self.tray.open(group, kept)
        elif not group.takes:
            self._status.say(self.tr("The takes of this place are not in the store any more."))

    def _leave(self) -> None:
        """Another document comes."""
        if "tray" in vars(self) and self.tray.is_open:
            self.tray.leave()

    def _origin(self) -> tuple[str, str]:
        return self._documents.journal, str(self._documents.path or "")


def _group_of(anchor: Anchor) -> TakeGroup:
    return TakeGroup(anchor.stop, place_key=anchor.key, is_shown=False)
