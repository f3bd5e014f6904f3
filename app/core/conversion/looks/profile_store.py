"""The export profiles of the user's own: kept in one JSON file, and shared as such files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from app.core.conversion.looks.profiles import PAPERS, PROFILES, ExportProfile
from app.core.errors import SettingsError
from app.core.system.files import read_regular, why, write_atomically
from app.core.system.json_store import JsonStore, decode_table, encode_table

FORMAT = 1
"""The version of the file; a newer one is neither read nor overwritten."""

_MARK = "lampblack_export_profiles"
_KEY = "profiles"
_MOST_BYTES = 1024 * 1024
_LONGEST_NAME = 60


class ExportProfiles:
    """The shipped profiles and the user's own, kept in the file at `path`.

    A profile of the user's own is known by its name. What cannot be read in the file stays in it;
    `problem` is a sentence about it, or "".
    """

    def __init__(self, path: Path) -> None:
        self._file = JsonStore(path, _entries, limit=_MOST_BYTES, backup=True)
        self._raw: dict[str, Any] = {}
        self._own: dict[str, ExportProfile] = {}
        self._locked = self.problem = ""
        self._load()

    def all(self) -> tuple[ExportProfile, ...]:
        """The shipped profiles, then the user's own by name."""
        own = sorted(self._own.values(), key=lambda profile: profile.name.casefold())
        return (*PROFILES, *own)

    def get(self, name: str) -> ExportProfile:
        """The profile of that id; the usual one where there is none."""
        return next((one for one in self.all() if one.id == name), PROFILES[0])

    def is_own(self, name: str) -> bool:
        """Whether it is one of the user's own."""
        return name in self._own

    def save(self, name: str, profile: ExportProfile) -> ExportProfile:
        """Keep a profile under a name, replacing the user's own of that name."""
        self._load()
        kept = _named(name, profile)
        former = next((one for one in self._own if one.casefold() == kept.id.casefold()), None)
        self._write(self._without(former) | {kept.id: _encoded(kept)})
        return kept

    def remove(self, name: str) -> None:
        """Take one of the user's own away."""
        self._load()
        self._write(self._without(name))

    def take_in(self, path: Path) -> tuple[str, ...]:
        """Add every profile in a shared file, all or none; their names. Raises SettingsError.

        One whose name is taken gets a number.
        """
        found = _read_shared(path)
        self._load()
        added, names = dict(self._raw), list[str]()
        for profile in found:
            name = _free_name(profile.name, {*added, *(one.name for one in PROFILES)})
            added[name] = _encoded(profile)
            names.append(name)
        self._write(added)
        return tuple(names)

    def share(self, name: str, path: Path) -> None:
        """Write a profile into a file that can be taken in elsewhere; raises SettingsError."""
        profile = self.get(name)
        try:
            write_atomically(path, _content({profile.name: _encoded(profile)}))
        except OSError as error:
            raise SettingsError(f"{path} could not be written: {why(error)}.") from error

    def _without(self, name: str | None) -> dict[str, Any]:
        return {key: value for key, value in self._raw.items() if key != name}

    def _write(self, raw: dict[str, Any]) -> None:
        if self._locked:
            raise SettingsError(f"The export profiles cannot be saved: {self._locked}.")
        try:
            self._file.write(_content(raw))
        except OSError as error:
            raise SettingsError(
                f"The export profiles could not be saved to {self._file.path}: {why(error)}.",
                "Check the folder's permissions and the space on its disk.",
            ) from error
        self._raw = raw
        self._own = _decoded_all(raw)

    def _load(self) -> None:
        found = self._file.read()
        self._raw, self._locked = found.content or {}, found.lock
        name = self._file.path.name
        if found.fault == "damaged":
            self.problem = f"{name} cannot be used: {found.reason}; {found.kept}."
        elif self._locked:
            self.problem = f"The export profiles in {name} cannot be read: {self._locked}."
        self._own = _decoded_all(self._raw)


def _read_shared(path: Path) -> list[ExportProfile]:
    try:
        entries = _entries(read_regular(path, _MOST_BYTES))
    except OSError as error:
        raise SettingsError(f"The profiles in {path} cannot be read: {why(error)}.") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path.name} cannot be imported: {error}.") from None
    return [_decoded(_checked_name(name), values) for name, values in entries.items()]


def _entries(data: bytes) -> dict[str, Any]:
    return decode_table(data, _MARK, FORMAT, _KEY)


def _content(raw: dict[str, Any]) -> bytes:
    return encode_table(raw, _MARK, FORMAT, _KEY)


def _encoded(profile: ExportProfile) -> Any:
    values = msgspec.to_builtins(profile)
    return {key: value for key, value in values.items() if key not in ("id", "name", "words")}


def _decoded_all(raw: dict[str, Any]) -> dict[str, ExportProfile]:
    """Those that can be used."""
    found: dict[str, ExportProfile] = {}
    for name, values in raw.items():
        try:
            found[name] = _decoded(name, values)
        except SettingsError:
            continue
    return found


def _decoded(name: str, values: Any) -> ExportProfile:
    """The profile of one entry; raises SettingsError."""
    try:
        profile = msgspec.convert({**values, "id": name, "name": name}, ExportProfile)
    except (msgspec.ValidationError, TypeError) as error:
        raise SettingsError(
            f"The export profile {name[:_LONGEST_NAME]} cannot be used: {error}."
        ) from None
    if profile.paper and profile.paper not in PAPERS:
        raise SettingsError(
            f"The export profile {name[:_LONGEST_NAME]} cannot be used: there is no paper "
            f"{profile.paper[:20]}."
        )
    return profile


def _named(name: str, profile: ExportProfile) -> ExportProfile:
    plain = _checked_name(name)
    if any(plain.casefold() in (one.id.casefold(), one.name.casefold()) for one in PROFILES):
        raise SettingsError(
            f"The profile {plain} is built in and cannot be changed.", "Save it under another name."
        )
    return replace(profile, id=plain, name=plain, words="")


def _checked_name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > _LONGEST_NAME or not plain.isprintable():
        raise SettingsError(f"A profile's name has 1 to {_LONGEST_NAME} letters.")
    return plain


def _free_name(name: str, taken: set[str]) -> str:
    present = {one.casefold() for one in taken}
    found, number = name, 1
    while found.casefold() in present:
        number += 1
        ending = f" {number}"
        found = name[: _LONGEST_NAME - len(ending)] + ending
    return found
