"""The writer's own actions: checked at the door, kept in one JSON file, shared as such files."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from app.core.errors import SettingsError
from app.core.options.presets import BUILTIN
from app.core.options.rows import is_encodable
from app.core.rewrites.prompts import PLACES, unknown_places
from app.core.rewrites.table import REWRITES, Goes, Rewrite
from app.core.system.files import read_regular, why, write_atomically
from app.core.system.json_store import JsonStore, decode_table, encode_table

FORMAT = 1
"""The version of the file; a newer one is neither read nor overwritten."""

MOST_ACTIONS = 200
LONGEST_NAME = 60
LONGEST_PROMPT = 20_000
"""Characters of a prompt."""

MOST_EXAMPLES = 8
MOST_GROWTH = 10.0
_MARK = "lampblack_rewrites"
_MOST_BYTES = 4 * 1024 * 1024
_SHOWN = 60
_ID = "own:"


class OwnFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One action as it is in the file, under its name."""

    prompt: str
    help: str = ""
    goes: Goes = "change"
    asks: str = ""
    may_be_bare: bool = False
    preset: str = "Focused"
    growth: float = 2.0
    examples: list[tuple[str, str]] = []
    key: str = ""


def own_rewrite(name: str, fields: OwnFields) -> Rewrite:
    """The row of an own action; raises SettingsError naming the action and what is wrong."""
    name = _checked_name(name)
    _check_prompt(name, fields)
    if not _is_line(fields.help):
        raise _wrong(name, f"its help must be one line of at most {_LINE} characters")
    if not _is_line(fields.asks):
        raise _wrong(name, f"its question must be one line of at most {_LINE} characters")
    if not _is_line(fields.key):
        raise _wrong(name, f"its key must be one line of at most {_LINE} characters")
    presets = {preset.name for preset in BUILTIN}
    if fields.preset not in presets:
        raise _wrong(name, f"there is no preset {_shown(fields.preset)}")
    if not 0 <= fields.growth <= MOST_GROWTH:
        raise _wrong(name, f"its answer may grow by 0 to {MOST_GROWTH:g} times")
    if len(fields.examples) > MOST_EXAMPLES:
        raise _wrong(name, f"there can be {MOST_EXAMPLES} examples at most")
    texts = [text for pair in fields.examples for text in pair]
    if any(not text.strip() or len(text) > LONGEST_PROMPT for text in texts):
        raise _wrong(name, "an example needs a text and its answer")
    return Rewrite(
        id=_ID + name,
        name=name,
        help=fields.help.strip(),
        prompt=fields.prompt.strip(),
        goes=fields.goes,
        asks=fields.asks.strip(),
        may_be_bare=fields.may_be_bare,
        examples=tuple(fields.examples),
        preset=fields.preset,
        growth=fields.growth,
        key=fields.key.strip(),
        is_own=True,
    )


_LINE = 200


def _is_line(text: str) -> bool:
    return len(text) <= _LINE and (not text or text.isprintable())


def fields_of(action: Rewrite) -> OwnFields:
    """The fields that make that action, also of a built-in one that the writer begins with."""
    return OwnFields(
        prompt=action.prompt,
        help=action.help,
        goes=action.goes,
        asks=action.asks,
        may_be_bare=action.may_be_bare,
        preset=action.preset,
        growth=action.growth,
        examples=list(action.examples),
        key=action.key,
    )


class OwnRewrites:
    """The writer's own actions in the file at `path`.

    What cannot be read in the file stays in it; `problems` are sentences for showing once.
    """

    def __init__(self, path: Path) -> None:
        self._file = JsonStore(path, _entries, limit=_MOST_BYTES, backup=True)
        self._raw: dict[str, Any] = {}
        self._own: dict[str, Rewrite] = {}
        self._locked = ""
        self.problems: tuple[str, ...] = ()
        self._load()

    def own(self) -> tuple[Rewrite, ...]:
        """The writer's own, by name."""
        return tuple(sorted(self._own.values(), key=lambda action: action.name.casefold()))

    def all(self) -> tuple[Rewrite, ...]:
        """The built-in actions, then the writer's own by name."""
        return (*REWRITES, *self.own())

    def find(self, action_id: str) -> Rewrite | None:
        """The action of that id."""
        return next((action for action in self.all() if action.id == action_id), None)

    def save(self, name: str, fields: OwnFields, former: str = "") -> Rewrite:
        """Keep an action, in the place of the one named `former`; raises SettingsError."""
        action = own_rewrite(name, fields)
        self._load()
        taken = _named(action.name, (*REWRITES, *self._own.values()))
        if taken is not None and taken.name != former:
            raise SettingsError(
                f"There is already an action named {taken.name}.", "Give it another name."
            )
        raw = {key: value for key, value in self._raw.items() if key != former}
        self._write({**raw, action.name: msgspec.to_builtins(fields)})
        return action

    def delete(self, name: str) -> None:
        """Remove one of the writer's own; raises SettingsError."""
        self._load()
        self._write({key: value for key, value in self._raw.items() if key != name})

    def import_from(self, path: Path) -> tuple[str, ...]:
        """Add every action in a file that was exported, all or none; returns their names.

        A name that is taken by another action gets a number. Raises SettingsError naming the
        action and what is wrong with it.
        """
        actions = read_rewrites(path)
        self._load()
        raw, known, names = dict(self._raw), list(self.all()), []
        for action in actions:
            placed = _placed(action, known)
            names.append(placed.name)
            if placed not in known:
                known.append(placed)
                raw[placed.name] = msgspec.to_builtins(fields_of(placed))
        if len(raw) > MOST_ACTIONS:
            raise SettingsError(
                f"There can be {MOST_ACTIONS} actions of your own at most.",
                "Delete some of them, and import the file again.",
            )
        self._write(raw)
        return tuple(names)

    def export_to(self, path: Path, actions: Sequence[Rewrite]) -> None:
        """Write actions into a file that can be imported; raises SettingsError."""
        table = {action.name: msgspec.to_builtins(fields_of(action)) for action in actions}
        try:
            write_atomically(path, _content(table))
        except OSError as error:
            raise SettingsError(f"{path} could not be written: {why(error)}.") from error

    def _write(self, raw: dict[str, Any]) -> None:
        if self._locked:
            raise SettingsError(f"The actions cannot be saved: {self._locked}.")
        try:
            self._file.write(_content(raw))
        except OSError as error:
            raise SettingsError(
                f"The actions could not be saved to {self._file.path}: {why(error)}.",
                "Check the folder's permissions and the space on its disk.",
            ) from error
        self._take(raw)

    def _load(self) -> None:
        """Read the file, which another window may have changed."""
        found, name = self._file.read(), self._file.path.name
        self._locked = found.lock
        problems = []
        if found.fault == "damaged":
            problems.append(f"{name} cannot be used: {found.reason}; {found.kept}.")
        elif self._locked:
            problems.append(f"The actions in {name} cannot be read: {self._locked}.")
        self._take(found.content or {}, problems)

    def _take(self, raw: dict[str, Any], problems: Sequence[str] = ()) -> None:
        told = [*self.problems, *problems]
        self._raw, self._own = raw, {}
        for name, values in raw.items():
            try:
                action = _decoded(name, values)
            except SettingsError as error:
                told.append(f"{error.message} It is left in the file, but not offered.")
                continue
            if _named(action.name, (*REWRITES, *self._own.values())) is None:
                self._own[action.name] = action
            else:
                told.append(f"The action name {_shown(name)} is taken or not allowed.")
        self.problems = tuple(dict.fromkeys(told))


def read_rewrites(path: Path) -> list[Rewrite]:
    """The actions in a file that was exported; raises SettingsError."""
    try:
        entries = _entries(read_regular(path, _MOST_BYTES))
    except OSError as error:
        raise SettingsError(f"The actions in {path} cannot be read: {why(error)}.") from error
    except ValueError as error:
        raise SettingsError(f"{path.name} cannot be imported: {error}.") from None
    if not entries:
        raise SettingsError(f"{path.name} cannot be imported: there are no actions in it.")
    return [_decoded(name, values) for name, values in entries.items()]


def _entries(data: bytes) -> dict[str, Any]:
    return decode_table(data, _MARK, FORMAT, "actions")


def _content(raw: dict[str, Any]) -> bytes:
    return encode_table(raw, _MARK, FORMAT, "actions")


def _decoded(name: str, values: Any) -> Rewrite:
    try:
        fields = msgspec.convert(values, OwnFields)
    except msgspec.ValidationError as error:
        field = str(error).partition("$.")[2].rstrip("`") or "prompt"
        reason = f"its field {_shown(field)} is missing or of the wrong kind"
        known = OwnFields.__struct_fields__
        if isinstance(values, dict) and (unknown := [key for key in values if key not in known]):
            reason = f"there is no field {_shown(unknown[0])}"
        raise _wrong(name, reason) from None
    return own_rewrite(name, fields)


def _check_prompt(name: str, fields: OwnFields) -> None:
    prompt = fields.prompt
    if not prompt.strip():
        raise _wrong(name, "its prompt is empty")
    if len(prompt) > LONGEST_PROMPT or not is_encodable(prompt):
        raise _wrong(name, f"its prompt must be text of at most {LONGEST_PROMPT:,} characters")
    if unknown := unknown_places(prompt):
        places = ", ".join(PLACES)
        raise _wrong(name, f"there is no place {_shown(unknown[0])}, only {places}")
    if "{selection}" not in prompt:
        raise _wrong(name, "its prompt has no place for the selection, which the model has to see")
    if fields.asks.strip() and "{instruction}" not in prompt:
        raise _wrong(name, "it asks for an instruction, but its prompt has no place for one")
    if "{instruction}" in prompt and not fields.asks.strip():
        raise _wrong(name, "its prompt has a place for an instruction, but it asks for none")


def _wrong(name: str, reason: str) -> SettingsError:
    return SettingsError(f"The action {_shown(name)} cannot be used: {reason}.")


def _named(name: str, actions: Sequence[Rewrite]) -> Rewrite | None:
    return next((one for one in actions if one.name.casefold() == name.casefold()), None)


def _placed(action: Rewrite, present: Sequence[Rewrite]) -> Rewrite:
    """The action under a free name, or the present one that is the same."""
    name, number = action.name, 1
    while (other := _named(name, present)) is not None:
        if replace(other, id="", name="") == replace(action, id="", name=""):
            return other
        number += 1
        ending = f" {number}"
        name = action.name[: LONGEST_NAME - len(ending)] + ending
    return replace(action, id=_ID + name, name=name)


def _checked_name(name: str) -> str:
    stripped = name.strip()
    if not 1 <= len(stripped) <= LONGEST_NAME:
        raise SettingsError(f"An action's name must have 1 to {LONGEST_NAME} characters.")
    if not is_encodable(stripped) or any(unicodedata.category(c) == "Cc" for c in stripped):
        raise SettingsError("An action's name may hold only characters that can be shown.")
    return stripped


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
