"""How each text was exported last, so that the next time begins there."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.core.errors import SettingsError
from app.core.system.files import why
from app.core.system.json_store import JsonStore, decode_numbered

FORMAT = 1
_MOST = 200
_MOST_BYTES = 1024 * 1024


class ExportChoices(msgspec.Struct, frozen=True):
    """What was chosen for a text; `target` is the file that was written."""

    profile: str = ""
    title: str = ""
    author: str = ""
    contact: str = ""
    language: str = ""
    suffix: str = ".docx"
    target: str = ""


class _KeptChoices(msgspec.Struct, frozen=True):
    format: int
    texts: dict[str, ExportChoices]


class ExportMemory:
    """The choices by a text's name, its path or its book's; the newest two hundred are kept."""

    def __init__(self, path: Path) -> None:
        self._file = JsonStore(path, _decoded, limit=_MOST_BYTES)

    def get(self, name: str) -> ExportChoices:
        """What was chosen for a text; for a new one, who the author was the last time."""
        kept = self._read()
        if name in kept:
            return kept[name]
        if not kept:
            return ExportChoices()
        last = kept[next(reversed(kept))]
        return ExportChoices(
            profile=last.profile, author=last.author, contact=last.contact, suffix=last.suffix
        )

    def keep(self, name: str, choices: ExportChoices) -> None:
        """Remember what was chosen; raises SettingsError where it cannot be written."""
        found = self._file.read()
        if found.lock:
            return
        kept = found.content or {}
        kept.pop(name, None)
        kept[name] = choices
        newest = dict(list(kept.items())[-_MOST:])
        try:
            self._file.write(msgspec.json.encode(_KeptChoices(FORMAT, newest)))
        except OSError as error:
            raise SettingsError(f"{self._file.path} could not be written: {why(error)}.") from error

    def _read(self) -> dict[str, ExportChoices]:
        return self._file.read().content or {}


def _decoded(data: bytes) -> dict[str, ExportChoices]:
    try:
        return decode_numbered(data, "format", FORMAT, _KeptChoices).texts
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None
