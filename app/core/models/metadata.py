"""What the user and the program remember of each model, in one JSON file."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from app.core.errors import ParameterError, SettingsError
from app.core.models.library import UserMark
from app.core.models.model_file import ModelFile
from app.core.options.adapters import Adapter
from app.core.options.rows import is_encodable
from app.core.system.files import Stamp, stamps, why
from app.core.system.json_store import JsonStore, decode_table, encode_table

FORMAT = 1
"""The version of the file; a newer one is neither read nor overwritten."""

_MARK = "lampblack_shelf"
_LONGEST = {"title": 120, "notes": 10_000, "source": 200, "sha256": 64, "draft": 4096}


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a model.

    `title` is what the user calls it. `sha256` was found at `verified_at` (seconds since 1970) and
    is what the model is compared with from then on. `source` is the catalogue's id or the program
    it came from. `hidden` models were taken off the list and still lie where they lay. `adapters`
    are attached to it. `draft` is the path of the smaller model that guesses for it.
    """

    title: str = ""
    notes: str = ""
    favourite: bool = False
    hidden: bool = False
    sha256: str = ""
    verified_at: float = 0.0
    source: str = ""
    passport: dict[str, Any] | None = None
    used_at: float = 0.0
    adapters: tuple[Adapter, ...] = ()
    draft: str = ""


class MetadataStore:
    """The records of all models, kept in `file` by the model's path and size.

    A file of the same name and another size is another model. What cannot be read in the file
    stays in it; `problems` are sentences for showing once. May be used from any thread.
    """

    def __init__(self, file: Path) -> None:
        self._file = JsonStore(file, partial(decode_table, mark=_MARK, newest=FORMAT, key="models"))
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._problems: list[str] = []
        self._raw: dict[str, Any] = {}
        self._records: dict[str, ModelRecord] = {}
        self._stamp: tuple[Stamp, ...] = ()
        self._locked = ""
        self._refresh()

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with the file."""
        return tuple(self._problems)

    def record(self, model: ModelFile) -> ModelRecord:
        """What is remembered of the model; an empty record if nothing is."""
        with self._lock:
            self._refresh()
            return self._record(_key(model))

    def known(self, model: ModelFile) -> UserMark:
        """What of it changes how the model is listed."""
        record = self.record(model)
        return UserMark(title=record.title, hidden=record.hidden)

    def change(self, model: ModelFile, **changes: Any) -> ModelRecord:
        """Remember something else of the model; returns the new record.

        Raises ParameterError for a value that cannot be, and SettingsError where the file cannot
        be written, in which case nothing changes.
        """
        key = _key(model)
        with self._writing:  # and not the lock: who only asks does not wait for the disk
            with self._lock:
                self._refresh()  # another window may have written
                record = _checked(msgspec.structs.replace(self._record(key), **changes))
                raw = {name: value for name, value in self._raw.items() if name != key}
                if record != ModelRecord():
                    raw[key] = msgspec.to_builtins(record)
                reason = self._locked
            self._write(raw, reason)
            with self._lock:
                self._raw, self._records[key] = raw, record
                self._stamp = ()  # read it again: another may have written meanwhile
        return record

    def _record(self, key: str) -> ModelRecord:
        if (known := self._records.get(key)) is None:
            known = self._records[key] = _decoded(self._raw.get(key))
        return known

    def _refresh(self) -> None:
        """Read the file if it is another one than the one that was read or written last."""
        stamp = stamps((self._file.path,))
        if not stamp or stamp == self._stamp:
            return
        found = self._file.read()
        self._stamp, self._raw, self._records = stamp, found.content or {}, {}
        self._locked = found.lock
        name = self._file.path.name
        if found.fault == "damaged":
            self._problems.append(
                f"The file {name} is damaged: {found.kept}, and titles and notes begin again."
            )
        elif self._locked:
            self._problems.append(
                f"What is remembered of your models in {name} cannot be read: {self._locked}."
            )

    def _write(self, raw: dict[str, Any], reason: str) -> None:
        """Write it all, unless there is a reason not to."""
        if not reason:
            try:
                self._file.write(encode_table(raw, _MARK, FORMAT, "models"))
            except OSError as error:
                reason = why(error)
        if reason:
            raise SettingsError(
                f"What you noted of the model could not be saved to {self._file.path}: {reason}.",
                "Check the folder's permissions and space.",
            )


def _decoded(raw: Any) -> ModelRecord:
    """The record; field by field, so that one value that cannot be costs only itself."""
    fields = msgspec.structs.fields(ModelRecord)
    values = {}
    for field in fields if isinstance(raw, dict) else ():
        if field.name in raw:
            try:
                values[field.name] = msgspec.convert(raw[field.name], field.type)
            except msgspec.ValidationError:
                continue
    return ModelRecord(**values)


def _checked(record: ModelRecord) -> ModelRecord:
    try:
        record = msgspec.convert(msgspec.to_builtins(record), ModelRecord)
    except (msgspec.ValidationError, TypeError, UnicodeEncodeError) as error:
        raise ParameterError(f"That cannot be remembered of a model: {error}.") from None
    for name, longest in _LONGEST.items():
        text = getattr(record, name)
        if not is_encodable(text) or len(text) > longest:
            raise ParameterError(
                f"The {name} of a model must be valid text of at most {longest:,} characters."
            )
    if not record.title.isprintable():
        raise ParameterError("The title of a model must be one line of printable characters.")
    return msgspec.structs.replace(record, title=record.title.strip())


def _key(model: ModelFile) -> str:
    """Path and size; a name that is not valid text is written with escapes."""
    return f"{model.size_bytes}:{model.path.encode('utf-8', 'backslashreplace').decode('utf-8')}"
