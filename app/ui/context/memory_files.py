"""Memory, note and lore as a JSON file: which one, read and written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.context.entries import StoryMemory, decode_story, encode_story
from app.core.errors import DocumentError
from app.core.system.files import read_regular, why, write_atomically

_LARGEST = 64 * 1024 * 1024  # bytes; more than any memory can have


class MemoryQuestions(QObject):
    """Asks for the file, on top of `window`."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def source(self) -> Path | None:
        """Which file to take in."""
        from PySide6.QtWidgets import QFileDialog

        name, _filter = QFileDialog.getOpenFileName(
            self._window, self.tr("Import Memory and Lore"), str(Path.home()), "JSON (*.json)"
        )
        return Path(name) if name else None

    def target(self, name: str) -> Path | None:
        """Where to write it."""
        from PySide6.QtWidgets import QFileDialog

        found, _filter = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Export Memory and Lore"),
            str(Path.home() / f"{name}.json"),
            "JSON (*.json)",
        )
        path = Path(found) if found else None
        return path.with_suffix(".json") if path and not path.suffix else path


def read_story(path: Path) -> StoryMemory:
    """What a file holds; raises DocumentError."""
    try:
        return decode_story(read_regular(path, _LARGEST))
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {why(error)}.") from error


def write_story(path: Path, story: StoryMemory) -> None:
    """Replace the file's content; raises DocumentError."""
    try:
        write_atomically(path, encode_story(story))
    except OSError as error:
        raise DocumentError(
            f"{path} cannot be written: {why(error)}.", "Choose another place."
        ) from error
