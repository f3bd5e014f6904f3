"""A save that the disk refused: said, and done again by itself when the trouble is over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from app.core.errors import NotSavedError
from app.core.system.files import try_to_write, why
from app.program import Program
from app.ui.bridge import Bridge
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.sentences import joined
from app.ui.widgets.banner import BannerArea, OwnBanner

FIRST_MS = 1000
LONGEST_MS = 30_000
"""How long it waits before the first try, and at most; each time twice as long."""


class SaveRetry(QObject):
    """Tries again, from the first refusal until the text is saved anywhere or another one comes.

    Whether the disk takes it is found out on a thread, which a dead network folder may keep waiting
    for minutes. `timer` runs until the next try. `device` tells what device the file was on, so
    that it is not written into the empty place of a disk that is not there.
    """

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        banners: BannerArea,
    ) -> None:
        super().__init__(editor)
        self._store, self._documents, self._editor = program.store, documents, editor
        self._banners, self._banner = banners, OwnBanner(banners)
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(lambda found: self._on_tried(*found))
        self.device: Callable[[], int | None] = lambda: None
        self._device: int | None = None
        self._path: Path | None = None
        self._tries = 0
        self.timer = QTimer(self, singleShot=True)
        self.timer.timeout.connect(self._try)
        documents.not_saved.connect(self._on_not_saved)
        documents.leaving.connect(self.stop)
        documents.saved.connect(lambda _path: self.stop())
        documents.followed.connect(self._on_followed)
        documents.conflicted.connect(self.stop)
        documents.files.parted.connect(self._say_parted)

    @property
    def path(self) -> Path | None:
        """Where the text waits to be saved; None while it does not."""
        return self._path

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes."""
        self.stop()
        self._bridge.close()

    def stop(self) -> None:
        """Nothing is to be saved any more."""
        self._path, self._tries = None, 0
        self.timer.stop()
        self._banner.clear()

    def _on_not_saved(self, error: NotSavedError, path: Path) -> None:
        if path != self._path:
            self._path, self._tries = path, 0
            self._device = self.device() if path == self._documents.path else None
        else:
            self._tries += 1
        self._say(error)
        self._wait()

    def _wait(self) -> None:
        self.timer.start(min(LONGEST_MS, FIRST_MS << min(self._tries, 10)))

    def _say(self, error: NotSavedError) -> None:
        """What happened, what becomes of the text, and what can be done; once for each reason."""
        is_safe, path = self._store.is_safe(), self._path

        def words() -> str:
            if is_safe:
                rest = self.tr(
                    "Your text is safe in Lampblack, and will be saved as soon as that is over."
                )
            else:
                rest = self.tr(
                    "It cannot be kept in Lampblack either: save it in another place. It will be "
                    "saved here as soon as that is over."
                )
            return joined((error.message, rest))

        def choices() -> dict[str, Callable[[], object]]:
            return {
                self.tr("Save As…"): self._documents.save_as,
                self.tr("Save Now"): partial(self._save_now, path),
            }

        if words() != self._banner.text:
            self._banner.say(words, "error", choices)

    def _say_parted(self, path: Path, others: int) -> None:
        """Say once what became of a file's hard links, which no save leaves as they were."""

        def words() -> str:
            said = self.tr(
                "{0} had %n other names on this disk, which keep what it held before. It has a "
                "file of its own now.",
                "",
                others,
            )
            return said.format(path.name)

        self._banners.say(words, "notice")

    def _save_now(self, path: Path | None) -> None:
        if path is not None and path == self._path:
            self._banner.clear()  # so that a refusal is said again
            self._documents.save_to(path)

    def _on_followed(self, path: str) -> None:
        """The file has another place, where what waits can be saved."""
        is_waiting = self._path is not None
        self.stop()
        if is_waiting:
            self._documents.save_to(Path(path), asks=False)

    def _try(self) -> None:
        """Find out on a thread whether it could be saved now."""
        if self._path is not None:
            size = len(self._editor.manuscript)  # or more: the save itself finds that out
            given = self._bridge, self._path, size, self._device
            threading.Thread(
                target=_find_out, args=given, name="lampblack-save-retry", daemon=True
            ).start()

    def _on_tried(self, path: Path, trouble: str) -> None:
        if path != self._path:
            return
        if trouble or self._editor.is_composing:
            self._tries += bool(trouble)
            self._wait()
        elif not self._documents.save_to(path, asks=False) and not self.timer.isActive():
            self.stop()


def _find_out(bridge: Bridge, path: Path, size: int, device: int | None) -> None:
    bridge.post((path, _trouble(path, size, device)))


def _trouble(path: Path, size: int, device: int | None) -> str:
    """Why a file of that size cannot be written there; empty where it can."""
    try:
        if device is not None and path.parent.stat().st_dev != device and not path.exists():
            return "another disk"
        try_to_write(path, size)
    except (OSError, ValueError) as error:
        return why(error) if isinstance(error, OSError) else str(error)
    return ""
