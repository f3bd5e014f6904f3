"""Memory, note and lore as a JSON file, read and written."""

from __future__ import annotations

from pathlib import Path

from app.core.context.entries import StoryMemory, decode_story, encode_story
from app.core.errors import DocumentError
from app.core.system.files import read_regular, why, write_atomically

_LARGEST = 64 * 1024 * 1024  # bytes; more than any memory can have


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
