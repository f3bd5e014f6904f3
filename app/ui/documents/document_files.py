"""Reading and writing documents on threads, so that a dead disk keeps no window waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal

from app.core.documents.text_files import Document, Replaced, save_document
from app.core.errors import LampblackError, NoAnswerError, NotSavedError
from app.core.store import Cause
from app.core.system.files import is_folder, other_names
from app.program import Program
from app.ui.bridge import Bridge

ANSWER_S = 2.0
"""How long the window waits for a file: a disk that takes longer may never answer."""


T = TypeVar("T")


class SavedFile(NamedTuple):
    """The document as it is now, and what the file held that was put into the history.

    `other_names` are hard links that keep what the file held.
    """

    document: Document
    kept: tuple[Replaced, ...]
    other_names: int


class DocumentFiles(QObject):
    """Reads and saves documents on threads; the window waits no longer than `ANSWER_S` for each.

    A save that is not answered goes on by itself. Until it is over none other of the same file is
    begun, so that an older text never replaces a newer one. `parted` carries the path of a file
    that had hard links, and how many: they keep what it held.
    """

    parted = Signal(object, int)

    def __init__(self, program: Program, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._waiting = dict[Path, Future[SavedFile]]()
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(lambda call: call())

    def close(self) -> None:
        """Hand nothing over any more; a save that is not answered goes on by itself."""
        self._bridge.close()

    def no_answer(self, path: Path) -> NotSavedError:
        """The error of a file whose disk does not answer."""
        return NotSavedError(
            self.tr("{0} could not be saved: its folder does not answer.").format(path.name)
        )

    def read(self, work: Callable[..., T], path: Path, *rest: object) -> T:
        """What `work` makes of the file at `path`, and raise what it raises.

        Raises NoAnswerError where the disk does not answer in time; what it tells later is dropped.
        """
        future = _begun(partial(work, path, *rest))
        if not wait([future], ANSWER_S).done:
            raise NoAnswerError(
                self.tr("{0} cannot be opened: its folder does not answer.").format(path.name)
            )
        return future.result()

    def folder_or_home(self, folder: Path) -> Path:
        """The folder if it is there and its disk answers in time, or else the writer's home."""
        return folder if self.is_folder(folder) else Path.home()

    def is_folder(self, path: Path) -> bool:
        """Whether there is a folder whose disk answers in time."""
        with suppress(NoAnswerError):
            return self.read(is_folder, path)
        return False

    def save(
        self,
        document: Document,
        text: str,
        path: Path,
        *,
        overwrite: bool = False,
        encoding: str = "",
        late: Callable[[SavedFile], object] = lambda _saved: None,
    ) -> SavedFile:
        """Save as `save_document` does, and raise what it raises; what is lost is in the history.

        Raises NotSavedError, too, where the disk does not answer in time. If it does later, and the
        text is saved, `late` is called on this thread.
        """
        path = path.absolute()
        if path in self._waiting:
            raise self.no_answer(path)
        snapshots, kept = self._program.kept_files, list[Replaced]()

        def work() -> SavedFile:
            others = other_names(path)
            saved = save_document(
                document,
                text,
                path,
                snapshots=snapshots,
                overwrite=overwrite,
                encoding=encoding,
                keep=partial(self._keep, path, kept),
            )
            return SavedFile(saved, tuple(kept), others)

        future = _begun(work)
        if not wait([future], ANSWER_S).done:
            self._waiting[path] = future
            future.add_done_callback(
                lambda done: self._bridge.post(partial(self._on_late, path, done, late))
            )
            raise self.no_answer(path)
        return self._told(path, future.result())

    def _told(self, path: Path, saved: SavedFile) -> SavedFile:
        if saved.other_names:
            self.parted.emit(path, saved.other_names)
        return saved

    def _keep(self, path: Path, kept: list[Replaced], held: Replaced) -> bool:
        """Put what the file at `path` holds into its history; False where the disk refuses."""
        kept.append(held)
        cause: Cause = "outside" if held.is_foreign else "shortened"
        return self._program.store.keep_snapshot(str(path), held.text, cause)

    def _on_late(
        self, path: Path, done: Future[SavedFile], late: Callable[[SavedFile], object]
    ) -> None:
        """The disk has answered; what it refused is told by the next try."""
        del self._waiting[path]
        try:
            saved = done.result()
        except LampblackError:
            return
        late(self._told(path, saved))


def _begun(work: Callable[[], T]) -> Future[T]:
    """What comes of `work`, which is begun on a thread; the program does not wait for it to end."""
    future = Future[T]()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 (raised again where the result is asked for)
            future.set_exception(error)

    threading.Thread(target=run, name="lampblack-file", daemon=True).start()
    return future
