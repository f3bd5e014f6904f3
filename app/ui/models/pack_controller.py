"""The PyTorch engine's pack in the window: what is installed, installing it, removing it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.errors import CancelledError, LampblackError
from app.engine.packs.installed import Pack
from app.program import Program
from app.ui.background import BackgroundTasks

if TYPE_CHECKING:
    from app.engine.packs.installed import PackInfo

KIND = "torch"


class PackController(QObject):
    """Installs and removes the pack on a thread of its own; the settings show it.

    `changed` says that `pack`, `is_needed`, `fraction` or `problem` is another one; `said` carries
    a sentence for whoever looks elsewhere by now.
    """

    changed = Signal()
    said = Signal(str)

    def __init__(self, program: Program, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._background = BackgroundTasks(self._fail, self)
        self._stop = threading.Event()
        self.pack: Pack | None = None
        self.is_needed = True
        self.is_known = False
        """Whether it was looked what is installed."""
        self.fraction: float | None = None
        """How far an installation or removal is, below 0 where that is not known; else None."""
        self.can_stop = False
        """Whether what goes on can be stopped: an installation, but no removal."""
        self.problem = ""

    def refresh(self) -> None:
        """Look what is installed."""
        packs = self._program.packs
        self._background.run(lambda: (packs.find(KIND), packs.is_needed(KIND)), self._show)

    def install(self, archive: Path) -> None:
        """Install the pack out of a file, in place of the present one."""
        if self.fraction is not None:
            return
        from app.engine.packs.archive import install

        last = -1

        def show(done: int, total: int) -> None:
            nonlocal last
            percent = done * 100 // max(1, total)
            if percent != last:
                last = percent
                self._background.tell(lambda: self._advance(percent / 100))

        packs = self._program.packs.folder
        self.can_stop = True
        self._begin(lambda: install(archive, packs, show, self._stop.is_set), self._on_installed)

    def stop(self) -> None:
        """Stop the installation; what is installed stays."""
        self._stop.set()

    def remove(self) -> None:
        """Remove the pack."""
        if self.fraction is not None:
            return
        from app.engine.packs.archive import remove

        self.can_stop = False
        self._begin(lambda: remove(KIND, self._program.packs.folder), self._on_removed)

    def close(self) -> None:
        """The window closes: stop what is done, and end the thread."""
        self._stop.set()
        self._background.close()

    def _begin(self, work: Callable[[], object], then: Callable[..., object]) -> None:
        self._stop.clear()
        self.problem, self.fraction = "", -1.0
        self.changed.emit()
        self._background.run(work, then)

    def _advance(self, fraction: float) -> None:
        self.fraction = fraction
        self.changed.emit()

    def _show(self, found: tuple[Pack | None, bool]) -> None:
        self.pack, self.is_needed = found
        self.is_known = True
        self.changed.emit()

    def _on_installed(self, info: PackInfo) -> None:
        self.fraction = None
        self.said.emit(self.tr("The PyTorch engine {0} is installed.").format(info.version))
        self.refresh()

    def _on_removed(self, _nothing: None) -> None:
        self.fraction = None
        self.said.emit(self.tr("The PyTorch engine was removed."))
        self.refresh()

    def _fail(self, error: LampblackError) -> None:
        self.fraction = None
        self._tell("" if isinstance(error, CancelledError) else str(error))
        self.refresh()

    def _tell(self, problem: str) -> None:
        self.problem = problem
        if problem:
            self.said.emit(problem)
        self.changed.emit()
