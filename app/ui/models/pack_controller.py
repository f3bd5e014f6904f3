"""The PyTorch engine's pack in the window: what is installed, fetching, installing, removing it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.errors import CancelledError, DownloadError, LampblackError
from app.downloads.client import Fetcher
from app.downloads.messages import DownloadProgress, FetchEvent, Waiting
from app.engine.packs.installed import Pack
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.numbers import data_share_texts
from app.ui.sentences import Words

if TYPE_CHECKING:
    from app.downloads.pack_download import PackSource
    from app.downloads.request import FileRequest
    from app.engine.packs.installed import PackInfo

KIND = "torch"


class PackController(QObject):
    """Fetches, installs and removes the pack on a thread of its own; the settings show it.

    `changed` says that `pack`, `is_needed`, `fraction`, `step` or `problem` is another one; `said`
    carries a sentence for whoever looks elsewhere by now.
    """

    changed = Signal()
    said = Signal(str)

    def __init__(self, program: Program, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._background = BackgroundTasks(self._fail, self)
        self._stop = threading.Event()
        self._fetcher: Fetcher | None = None
        self.pack: Pack | None = None
        self.is_needed = True
        self.is_known = False
        """Whether it was looked what is installed."""
        self.fraction: float | None = None
        """How far an installation or removal is, below 0 where that is not known; else None."""
        self.step: Words = ""
        """What goes on, for the writer."""
        self.can_stop = False
        """Whether what goes on can be stopped: fetching and installing, but no removal."""
        self.problem = ""
        self.checksum = ""
        """The SHA-256 that what is fetched must have, or that what was fetched last had."""

    def refresh(self) -> None:
        """Look what is installed."""
        packs = self._program.packs
        self._background.run(lambda: (packs.find(KIND), packs.is_needed(KIND)), self._show)

    def install(self, archive: Path) -> None:
        """Install the pack out of a file, in place of the present one."""
        if self.fraction is not None:
            return
        self.can_stop = True
        self._begin(lambda: self._install(archive, ""), self._on_installed)

    @property
    def refusal(self) -> str:
        """The sentence why no pack can be fetched now; empty where one can."""
        if not self._program.settings.network:
            return "The settings forbid the network. Allow it in the settings."
        try:
            self._program.file_fetcher()
        except DownloadError as error:
            return str(error)
        return ""

    def download(self, source: PackSource) -> None:
        """Fetch the pack, verify it, and install it in place of the present one."""
        if self.fraction is not None:
            return
        if refusal := self.refusal:
            self._tell(refusal)
            return
        self.can_stop = True
        self._begin(lambda: self._fetch(source), self._on_installed)

    def stop(self) -> None:
        """Stop fetching or installing; what is installed stays."""
        self._stop.set()
        if isinstance(fetcher := self._fetcher, Fetcher):
            fetcher.cancel_file()

    def remove(self) -> None:
        """Remove the pack."""
        if self.fraction is not None:
            return
        from app.engine.packs.archive import remove

        self.can_stop = False
        self._begin(lambda: remove(KIND, self._program.packs.folder), self._on_removed)

    def close(self) -> None:
        """The window closes: stop what is done, and end the thread."""
        self.stop()
        self._background.close()

    def _begin(self, work: Callable[[], object], then: Callable[..., object]) -> None:
        self._stop.clear()
        self.problem, self.fraction, self.step, self.checksum = "", -1.0, "", ""
        self.changed.emit()
        self._background.run(work, then)

    # On the thread

    def _fetch(self, source: PackSource) -> PackInfo:
        from app.downloads.pack_download import fetched_pack
        from app.engine.packs.archive import read_sum

        fetcher = self._fetcher = self._program.file_fetcher()

        def fetch(wanted: FileRequest) -> Path:
            self._background.tell(lambda: self._show_sum(wanted.file.sha256))
            self._show_step(partial(self._waiting_text, wanted.title), -1)
            on_event = partial(self._on_fetch_event, wanted.title)
            return fetcher.fetch_file(wanted, on_event, self._stop.is_set)

        models = self._program.paths.models
        with fetched_pack(source, fetch, read_sum, models) as (path, digest):
            return self._install(path, digest)

    def _on_fetch_event(self, name: str, event: FetchEvent) -> None:
        if isinstance(event, Waiting):
            self._show_step(event.problem, -1)
        elif isinstance(event, DownloadProgress):
            known = event.done / event.total if event.total else -1
            self._show_step(partial(self._progress_text, name, event), known)

    def _install(self, archive: Path, sha256: str) -> PackInfo:
        from app.engine.packs.archive import install

        last = -1

        def show(done: int, total: int) -> None:
            nonlocal last
            percent = done * 100 // max(1, total)
            if percent != last:
                last = percent
                self._show_step(self._installing_text, percent / 100)

        packs = self._program.packs.folder
        return install(archive, packs, show, self._stop.is_set, sha256=sha256)

    def _show_step(self, step: Words, fraction: float) -> None:
        self._background.tell(lambda: self._advance(step, fraction))

    # On the window's thread

    def _show_sum(self, sha256: str) -> None:
        self.checksum = sha256

    def _advance(self, step: Words, fraction: float) -> None:
        if self.fraction is not None:
            self.step, self.fraction = step, fraction
            self.changed.emit()

    def _installing_text(self) -> str:
        return self.tr("Installing…")

    def _waiting_text(self, name: str) -> str:
        return self.tr("Fetching {0}…").format(name)

    def _progress_text(self, name: str, event: DownloadProgress) -> str:
        if event.phase == "verifying":
            return self.tr("Verifying {0}…").format(name)
        if not event.total:
            return self._waiting_text(name)
        amount = data_share_texts(event.done, event.total)
        return self.tr("Fetching {0}: {1} of {2}").format(name, *amount)

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
