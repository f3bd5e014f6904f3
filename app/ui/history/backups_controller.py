"""The store's backups in the window: shown, restored, and offered where the store was damaged."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.store.backups import backups, contents_of, newest_good
from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.texts import moment_text
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar


class BackupsController(QObject):
    """Shows the backups, and offers the newest good one after the store was damaged."""

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        banners: BannerArea,
        status: StatusBar,
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._program, self._banners, self._status = program, banners, status
        self._window = window
        self._background = BackgroundTasks(documents.failed.emit, self)
        actions.connect_all({"backups": self.open})

    def begin(self) -> None:
        """Where the store was damaged, look for the newest good backup and offer it."""
        if self._program.store.repair.damaged():
            self._background.run(self._newest_good, self._offer)

    def close(self) -> None:
        """The window closes."""
        self._background.close()

    def open(self) -> None:
        """Show the backups."""
        from app.ui.history.backups_dialog import BackupsDialog

        program = self._program
        dialog = BackupsDialog(
            tuple(backups(program.paths.backups).values()),
            lambda path: contents_of(path, program.store_key),
            program.store.repair.restore,
            self._window,
        )
        show_dialog(dialog)

    def _newest_good(self) -> Path | None:
        return newest_good(self._program.paths.backups, self._program.store_key)

    def _offer(self, good: Path | None) -> None:
        if good is None:
            self._banners.say(self._nothing_good, "notice", self._without_backup)
            return
        made_at = good.stat().st_mtime

        def words() -> str:
            return self.tr(
                "The store of takes and versions was damaged. The backup of {0} is good. What came "
                "since is added where it can be read."
            ).format(moment_text(made_at))

        def choices() -> dict[str, Callable[[], object]]:
            return {
                self.tr("Restore It"): partial(self._restore, good),
                self.tr("Begin Empty"): self._begin_empty,
            }

        self._banners.say(words, "notice", choices)

    def _nothing_good(self) -> str:
        return self.tr(
            "The store of takes and versions was damaged, and there is no good backup of it. What "
            "can still be read of it can be taken over."
        )

    def _without_backup(self) -> dict[str, Callable[[], object]]:
        return {
            self.tr("Take It Over"): self._read_damaged,
            self.tr("Begin Empty"): self._begin_empty,
        }

    def _restore(self, backup: Path) -> None:
        repair = self._program.store.repair
        self._background.run(lambda: repair.restore(backup), lambda _kept: self._say_done())

    def _read_damaged(self) -> None:
        repair = self._program.store.repair
        self._background.run(repair.read_damaged, lambda _done: self._say_done())

    def _begin_empty(self) -> None:
        self._program.store.repair.settle()

    def _say_done(self) -> None:
        self._status.say(self.tr("Takes and versions are back."))
