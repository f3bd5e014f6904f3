"""Takes in the window: the tray and the marks, with what opens them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSplitter

from app.core.options.sampling import Sampling
from app.core.store.takes.kept import KeptTake, TakeFilter
from app.core.store.takes.tree import TakeBranch, tree_of_place, tree_of_take
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
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.takes.again import OneChange, Repeater
    from app.ui.takes.all_takes import AllTakesDialog
    from app.ui.takes.tray_controller import TrayController


class TakesController(QObject):
    """Opens the tray for what is written, and for places that have takes.

    `go_on` lets the model write so many takes at the caret, of which none is shown yet.
    `begin_writing` is told before anything else is asked of it, and `load` loads a model.
    `is_kept_busy` answers whether something else has it write, and says so.
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
        begin_writing: Callable[[str], object],
        is_kept_busy: Callable[[], bool],
        load: Callable[[str], object],
        status: StatusBar,
        actions: Actions,
    ) -> None:
        super().__init__(editor)
        self._program, self._middle, self._editor = program, middle, editor
        self._documents, self._session, self._log = documents, session, take_log
        self._go_on, self._begin_writing, self._load = go_on, begin_writing, load
        self._is_kept_busy, self._status = is_kept_busy, status
        self._tasks = BackgroundTasks(documents.failed.emit, self)
        self._wanted = ""  # the key of the take that is to have the focus, once it is shown
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
    def repeater(self) -> Repeater:
        """Has takes written again; made when it is first asked for."""
        from app.ui.takes.again import Repeater

        repeater = Repeater(
            self._session,
            self.anchors,
            self._log,
            self._program.store.kept_takes.request,
            lambda: self._program.worker.model,
            lambda: self._editor.caret,
            self._is_kept_busy,
            self._load,
            self._tasks,
            self._status,
        )
        repeater.begun.connect(lambda group: self.tray.open(group))
        return repeater

    @cached_property
    def tray(self) -> TrayController:
        """The tray, made when it is first asked for."""
        from app.ui.takes.tray_controller import TrayController
        from app.ui.takes.tree import TreeReader

        tray = TrayController(
            self._middle,
            self._editor,
            self._session,
            self._log,
            self.anchors,
            self._program.settings_store,
            self._origin,
            self._is_kept_busy,
            self._status,
        )
        tray.go_on_asked.connect(self.write_many)
        reader = TreeReader(tray.tray.tree, self._tree_of_place, self._tasks)
        reader.shown.connect(tray.tray.fit_tree)
        tray.opened.connect(reader.show)
        self._session.take_ended.connect(lambda _end: reader.refresh())
        for signal in (tray.tray.starred, tray.tray.renamed):
            signal.connect(lambda *_of_the_signal: reader.refresh())
        tray.tray.tree.chosen.connect(self.open_take)
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

    def open_take(self, take: KeptTake) -> None:
        """Show a take among those of its place."""
        if self.tray.focus_take(take.key):
            return
        if self.anchors.get(take.place) is None:
            self._status.say(
                self.tr("The place of that take is not in this text. All Takes has the take.")
            )
            return
        self._wanted = take.key
        self.open_place(take.place)

    def open_all(self) -> None:
        """Show all takes of this manuscript, and search them."""
        from app.ui.takes.all_takes import AllTakesDialog, TakeSource

        takes, log = self._program.store.kept_takes, self._log

        def find(wanted: TakeFilter, fits: Callable[[KeptTake], bool]) -> tuple[KeptTake, ...]:
            log.wait()
            return takes.found(wanted, fits)

        def tree(key: str) -> tuple[TakeBranch, ...]:
            log.wait()
            return tree_of_take(takes, key)

        source = TakeSource(find, takes.models, takes.presets, takes.request, log.star, tree)
        dialog = AllTakesDialog(source, *self._origin(), self._editor.window())
        dialog.insert_asked.connect(partial(self._insert, dialog))
        dialog.again_asked.connect(self.again)
        dialog.again_but_asked.connect(self.again_but)
        show_dialog(dialog)

    def _insert(self, dialog: AllTakesDialog, text: str) -> None:
        take = dialog.take()
        self._log.insert(self._editor, text, (take.record,) if take is not None else ())

    def again(self, take: KeptTake, change: OneChange | None = None) -> None:
        """Have a take written again, and show what comes in the tray."""
        if not self._is_kept_busy():
            self._begin_writing("generation")
            self.repeater.again(take, change)

    def again_but(self, take: KeptTake) -> None:
        """Ask which one thing is to be different, and have the take written again."""
        from app.ui.takes.again_dialog import AgainDialog

        program = self._program
        sampling = msgspec.json.decode(take.record.sampling, type=Sampling)
        self._tasks.run(
            lambda: [one.path for one in program.library.list() if not one.labels],
            lambda models: ask(models),
        )

        def ask(models: list[str]) -> None:
            dialog = AgainDialog(
                sampling, take.record.model, models, program.presets.all(), self._editor.window()
            )
            dialog.chosen.connect(lambda change: self.again(take, change))
            show_dialog(dialog)

    def _read(self, group: TakeGroup) -> None:
        """Add what is kept of the group's place to the tray."""

        def work() -> tuple[KeptTake, ...]:
            self._log.wait()
            return self._program.store.kept_takes.of_place(group.place_key)

        self._tasks.run(work, partial(self._on_read, group))

    def _tree_of_place(self, place: str) -> tuple[TakeBranch, ...]:
        self._log.wait()
        return tree_of_place(self._program.store.kept_takes, place)

    def _on_read(self, group: TakeGroup, kept: tuple[KeptTake, ...]) -> None:
        known = {take.key for take in group.takes}
        if kept and not group.takes:
            group.instruction = kept[0].record.instruction
            group.parent = kept[0].parent
        if any(one.key not in known for one in kept):
            self.tray.open(group, kept)
        elif not group.takes:
            self._status.say(self.tr("The takes of this place are not in the store any more."))
        if self._wanted and self.tray.focus_take(self._wanted):
            self._wanted = ""

    def _leave(self) -> None:
        """Another document comes."""
        if "tray" in vars(self) and self.tray.is_open:
            self.tray.leave()

    def _origin(self) -> tuple[str, str]:
        return self._documents.journal, str(self._documents.path or "")


def _group_of(anchor: Anchor) -> TakeGroup:
    return TakeGroup(anchor.stop, place_key=anchor.key, is_shown=False)
