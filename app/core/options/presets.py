"""Presets: named sets of sampling parameters, built in or the user's own in one JSON file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.core.errors import ParameterError, SettingsError
from app.core.options.foreign_presets import Imported, read_foreign
from app.core.options.rows import check_all, checked, is_encodable
from app.core.options.sampling import Sampling
from app.core.system.files import read_regular, why, write_atomically
from app.core.system.json_store import JsonStore, decode_table, decode_text, encode_table

FORMAT = 1
"""The version of the file; a newer one is neither read nor overwritten."""

_MARK = "lampblack_presets"
_MOST_BYTES = 16 * 1024 * 1024
_LONGEST_NAME = 60
_SHOWN = 60


class Preset(msgspec.Struct, frozen=True):
    """A named set of sampling parameters.

    `description` is one sentence on what it does to the prose; the user's own have none.
    """

    name: str
    sampling: Sampling
    builtin: bool = False
    description: str = ""


BUILTIN: tuple[Preset, ...] = (
    Preset(
        "Balanced",
        Sampling(),
        builtin=True,
        description="Natural prose with some surprise, for most texts.",
    ),
    Preset(
        "Focused",
        Sampling(temperature=0.4, top_p=0.8),
        builtin=True,
        description="Sober prose that keeps to likely words and to the subject.",
    ),
    Preset(
        "Imaginative",
        Sampling(temperature=1.1, min_p=0.05, xtc_probability=0.5, xtc_threshold=0.1),
        builtin=True,
        description="Fresh images and turns, often off the likeliest path; it may stray.",
    ),
    Preset(
        "Steady long form",
        Sampling(temperature=0.9, min_p=0.05, dry_multiplier=0.8),
        builtin=True,
        description="Lively prose that does not repeat its phrases over many pages.",
    ),
    Preset(
        "Exact",
        Sampling(temperature=0.0),
        builtin=True,
        description="Always the likeliest word: the same text every time, soon in circles.",
    ),
)
"""The presets that every installation has."""

SUGGESTED = Preset(
    "Suggested for this model",
    Sampling(dry_multiplier=0.8, repetition_penalty=1.05, repetition_window=512),
    builtin=True,
    description="Natural prose from a small model, kept from going round in circles.",
)
"""For a model that soon goes round in circles: whole phrases do not return, and words seldom do."""

_SMALL = 1_000_000_000  # parameters


def suggested(parameters: int, *, repeats: bool) -> Preset | None:
    """The preset to begin with on a model with `parameters` (0: unknown), if not Balanced.

    `repeats` says whether it was found to repeat itself; a small one is taken to, untried.
    """
    return SUGGESTED if repeats or 0 < parameters < _SMALL else None


def named(sampling: Sampling, chosen: str) -> str:
    """The preset that values come from: the `chosen` one or, for none, the one they are equal to.

    Empty where there is none.
    """
    seedless = msgspec.structs.replace(sampling, seed=None)
    equal = (one.name for one in (BUILTIN[0], SUGGESTED) if one.sampling == seedless)
    return chosen or next(equal, "")


def is_untouched(sampling: Sampling) -> bool:
    """Whether the values, but for the seed, are those that hold while no preset is chosen."""
    seedless = msgspec.structs.replace(sampling, seed=None)
    return seedless in (BUILTIN[0].sampling, SUGGESTED.sampling)


class ImportedPresets(msgspec.Struct, frozen=True):
    """The names under which presets were imported, and sentences on what was not taken over."""

    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Presets:
    """The built-in presets and the user's own, kept in the file at `path`.

    What cannot be read in the file stays in it; `problems` are sentences for showing once.
    """

    def __init__(self, path: Path) -> None:
        self._file = JsonStore(path, _entries, limit=_MOST_BYTES, backup=True)
        self._problems: list[str] = []
        self._raw: dict[str, Any] = {}
        self._own: dict[str, Preset] = {}
        self._locked = ""
        self._load()

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with the file."""
        return tuple(self._problems)

    def all(self) -> tuple[Preset, ...]:
        """The built-in presets, then the user's own by name."""
        own = sorted(self._own.values(), key=lambda preset: preset.name.casefold())
        return (*BUILTIN, *own)

    def get(self, name: str) -> Preset:
        """The preset of that name in any case; raises SettingsError if there is none."""
        found = self._find(name)
        if found is None:
            names = ", ".join(preset.name for preset in self.all())
            raise SettingsError(f"There is no preset named {_shown(name)}.", f"There are: {names}.")
        return found

    def save(self, name: str, sampling: Sampling) -> Preset:
        """Keep `sampling` under `name`, replacing the user's own preset of that name."""
        preset = Preset(_checked_name(name), check_all(sampling))
        former = self._find(preset.name)
        if former is not None and former.builtin:
            raise SettingsError(
                f"The preset {former.name} is built in and cannot be changed.",
                "Save it under another name.",
            )
        self._change(former.name if former else None, preset)
        return preset

    def rename(self, old: str, new: str) -> Preset:
        """Give one of the user's own presets another name."""
        preset = self._own_preset(old)
        renamed = Preset(_checked_name(new), preset.sampling)
        taken = self._find(renamed.name)
        if taken is not None and taken.name != preset.name:
            raise SettingsError(f"There is already a preset named {taken.name}.")
        self._change(preset.name, renamed)
        return renamed

    def delete(self, name: str) -> None:
        """Remove one of the user's own presets."""
        self._change(self._own_preset(name).name, None)

    def import_from(self, path: Path) -> ImportedPresets:
        """Add every preset in a file of ours or of another program, all or none.

        A name that is taken by other values gets a number. Raises SettingsError naming the preset
        and the field that cannot be used; what another program's file has beyond our limits is
        left out and told.
        """
        presets, notes = read_presets(path)
        self._reload()
        added = dict(self._own)
        names = []
        for preset in presets:
            placed = _placed(preset, (*BUILTIN, *added.values()))
            names.append(placed.name)
            if not placed.builtin:
                added[placed.name] = placed
        self._write(self._raw | {n: _encoded(p) for n, p in added.items() if n not in self._own})
        self._own = added
        return ImportedPresets(tuple(names), notes)

    def export_to(self, path: Path, names: Sequence[str] | None = None) -> None:
        """Write the named presets, or all of the user's own, into a file that can be imported."""
        chosen = self._own.values() if names is None else [self.get(name) for name in names]
        data = _content({preset.name: _encoded(preset) for preset in chosen})
        try:
            write_atomically(path, data)
        except OSError as error:
            raise SettingsError(f"{path} could not be written: {why(error)}.") from error

    def _find(self, name: str) -> Preset | None:
        wanted = name.strip().casefold()
        return next((preset for preset in self.all() if preset.name.casefold() == wanted), None)

    def _own_preset(self, name: str) -> Preset:
        preset = self.get(name)
        if preset.builtin:
            raise SettingsError(f"The preset {preset.name} is built in and cannot be changed.")
        return preset

    def _change(self, old: str | None, new: Preset | None) -> None:
        """Take `old` out and put `new` in, in the file first."""
        self._reload()
        raw, own = dict(self._raw), dict(self._own)
        if old is not None:
            raw.pop(old, None)
            own.pop(old, None)
        if new is not None:
            raw[new.name] = _encoded(new)
            own[new.name] = new
        self._write(raw)
        self._own = own

    def _write(self, raw: dict[str, Any]) -> None:
        if self._locked:
            raise SettingsError(f"The presets cannot be saved: {self._locked}.")
        try:
            self._file.write(_content(raw))
        except OSError as error:
            raise SettingsError(
                f"The presets could not be saved to {self._file.path}: {why(error)}.",
                "Check the folder's permissions and the space on its disk.",
            ) from error
        self._raw = raw

    def _reload(self) -> None:
        """Take over what another window has written since."""
        shown = list(self._problems)
        self._load()
        self._problems = shown + [found for found in self._problems if found not in shown]

    def _load(self) -> None:
        found = self._file.read()
        self._raw, self._problems = found.content or {}, []
        self._locked = found.lock
        name = self._file.path.name
        if found.fault == "damaged":
            source = (
                "those before the last change are used" if self._raw else "the list is empty now"
            )
            self._problems.append(
                f"{name} cannot be used: {found.reason}; {found.kept}, and {source}."
            )
        elif self._locked:
            self._problems.append(f"The presets in {name} cannot be read: {self._locked}.")
        self._own = self._decoded_all()

    def _decoded_all(self) -> dict[str, Preset]:
        found: dict[str, Preset] = {}
        taken = {preset.name.casefold() for preset in BUILTIN}
        for name, values in self._raw.items():
            try:
                preset = _decoded(name, values)
            except SettingsError as error:
                self._problems.append(f"{error.message} It is left in the file, but not offered.")
                continue
            if name != preset.name or name.casefold() in taken:
                self._problems.append(f"The preset name {_shown(name)} is taken or not allowed.")
                continue
            taken.add(name.casefold())
            found[name] = preset
        return found


def read_presets(path: Path) -> tuple[list[Preset], tuple[str, ...]]:
    """The presets in a file of ours or of another program, and sentences on what was left out."""
    try:
        data = read_regular(path, _MOST_BYTES)
        if (imported := _foreign(data)) is not None:
            name = "".join(c for c in path.stem if c.isprintable()).strip()[:_LONGEST_NAME]
            return [Preset(name or imported.program, imported.sampling)], (_told(path, imported),)
        entries = _entries(data)
    except OSError as error:
        raise SettingsError(f"The presets in {path} cannot be read: {why(error)}.") from error
    except ValueError as error:
        raise SettingsError(f"{path.name} cannot be imported: {error}.") from None
    return [_decoded(name, values) for name, values in entries.items()], ()


def _foreign(data: bytes) -> Imported | None:
    try:
        return read_foreign(decode_text(data))
    except UnicodeDecodeError:
        return None


def _told(path: Path, imported: Imported) -> str:
    """What came of a foreign file, in a sentence or two."""
    told = f"{path.name} is a file of {imported.program}. Values taken over: {len(imported.taken)}."
    if imported.left_out:
        told += f" Not taken over: {'; '.join(imported.left_out)}."
    return told


def _entries(data: bytes) -> dict[str, Any]:
    return decode_table(data, _MARK, FORMAT, "presets")


def _content(raw: dict[str, Any]) -> bytes:
    return encode_table(raw, _MARK, FORMAT, "presets")


def _encoded(preset: Preset) -> Any:
    return msgspec.to_builtins(preset.sampling)


def _decoded(name: str, values: Any) -> Preset:
    """The preset of one entry; raises SettingsError naming the preset and the field."""
    if not isinstance(values, dict):
        raise SettingsError(f"The preset {_shown(name)} does not hold parameters.")
    try:
        return Preset(_checked_name(name), checked(Sampling, values))
    except ParameterError as error:
        raise SettingsError(
            f"The preset {_shown(name)} cannot be used: {error.message.rstrip('.')}."
        ) from None


def _placed(preset: Preset, present: Sequence[Preset]) -> Preset:
    """`preset` under a free name, or the present one that is the same."""
    taken = {other.name.casefold(): other for other in present}
    name, number = preset.name, 1
    while (other := taken.get(name.casefold())) is not None:
        if other.sampling == preset.sampling:
            return other
        number += 1
        ending = f" {number}"
        name = preset.name[: _LONGEST_NAME - len(ending)] + ending
    return Preset(name, preset.sampling)


def _checked_name(name: str) -> str:
    import unicodedata

    stripped = name.strip()
    if not 1 <= len(stripped) <= _LONGEST_NAME:
        raise SettingsError(f"A preset's name must have 1 to {_LONGEST_NAME} characters.")
    if not is_encodable(stripped) or any(unicodedata.category(c) == "Cc" for c in stripped):
        raise SettingsError("A preset's name may hold only characters that can be shown.")
    return stripped


def _shown(name: str) -> str:
    return repr(name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…")
