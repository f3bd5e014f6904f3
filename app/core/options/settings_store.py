"""The TOML file that keeps what the user changed in the settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from app.core.errors import ParameterError, SettingsError
from app.core.options.load_options import LoadOptions
from app.core.options.rows import check_all, is_encodable, rows, rows_by_name
from app.core.options.sampling import Sampling
from app.core.options.settings import SERVICE_PORT, Settings
from app.core.system.background import BackgroundQueue
from app.core.system.files import why
from app.core.system.json_store import JsonStore, refuse_newer

_MOST_BYTES = 4 * 1024 * 1024
_MOST_PATHS = 1000
FORMAT = 1
"""The version of the file, which names it from 2 on; a newer one is read and never written."""

_MARK = "lampblack_settings"
_TABLES: dict[str, type[Sampling] | type[LoadOptions]] = {"sampling": Sampling, "load": LoadOptions}
_PATH_LISTS = (
    "recent_files", "added_models", "watched_folders", "use_programs", "agreed_hosts",
    "agreed_servers", "recent_books",
)  # fmt: skip
_PATHS = ("model", "server", "book", "scene")


class SettingsStore:
    """The settings of one running program and the file that keeps them.

    The file holds only what was changed. What this version does not know, or cannot use, stays in
    the file until the user changes that very setting. `problems` are sentences for showing once.
    May be used from any thread.
    """

    def __init__(self, path: Path) -> None:
        self._file = JsonStore(path, _document, limit=_MOST_BYTES, backup=True)
        self._problems: list[str] = []
        self._lock = threading.RLock()
        self._writing: BackgroundQueue | None = None
        self._on_problem: Callable[[SettingsError], object] = lambda _error: None
        self._newer = ""
        self._document = self._read()
        self._settings = _decoded(self._document, self._problems)

    @property
    def settings(self) -> Settings:
        """The present settings."""
        return self._settings

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with the file when it was read."""
        return tuple(self._problems)

    def write_in_background(self, on_problem: Callable[[SettingsError], object]) -> None:
        """From now on write in a background thread: a disk may be slow.

        `change` then raises no SettingsError: `on_problem` is told, in that thread.
        """
        self._writing, self._on_problem = BackgroundQueue("settings"), on_problem

    def close(self) -> None:
        """Wait until everything is written."""
        if self._writing is not None:
            self._writing.wait()

    def change(self, **changes: Any) -> Settings:
        """Check the new values, take them over and write the file; returns the new settings.

        Raises ParameterError, changing nothing, for a value that cannot be; SettingsError when
        the file could not be written, while the new values hold until the program ends.
        """
        with self._lock:
            keep = self._taken_over(changes)
            if self._writing is None:
                keep()
            else:
                self._writing.run(partial(_try, keep, self._on_problem))
            return self._settings

    def remember(self, **changes: Any) -> None:
        """As `change`, for what is only a convenience: a failure to write it is not told."""
        with self._lock:
            keep = partial(_try, self._taken_over(changes), lambda _error: None)
            if self._writing is None:
                keep()
            else:
                self._writing.run(keep)

    def put(self, name: str, *items: str) -> None:
        """Put items at the end of a list unless they are on it; raises as `change`."""
        self._change_list(name, lambda present: dict.fromkeys((*present, *items)))

    def drop(self, name: str, item: str) -> None:
        """Take an item off a list; raises as `change`."""
        self._change_list(name, lambda present: (one for one in present if one != item))

    def _change_list(self, name: str, changed: Callable[[tuple[str, ...]], Iterable[str]]) -> None:
        with self._lock:
            present = getattr(self._settings, name)
            if (items := tuple(changed(present))) != present:
                self.change(**{name: items})

    def _taken_over(self, changes: dict[str, Any]) -> Callable[[], None]:
        """Let the new values hold; what is returned writes them."""
        values = {name: _checked(name, value) for name, value in changes.items()}
        before = self._settings
        self._settings = msgspec.structs.replace(before, **values)
        return partial(self._keep, values, before)

    def _keep(self, values: dict[str, Any], before: Settings) -> None:
        self._document = self._read(self._document)  # another window may have written
        if self._newer:
            raise SettingsError(
                f"The settings cannot be saved to {self._file.path}: {self._newer}.",
                "They hold until the program ends; use that version to change them for good.",
            )
        for name, value in values.items():
            _put(self._document, name, value, getattr(before, name))
        self._write()

    def _write(self) -> None:
        import tomli_w

        try:
            self._file.write(tomli_w.dumps(self._document).encode("utf-8"))
        except OSError as error:
            raise SettingsError(
                f"The settings could not be saved to {self._file.path}: {why(error)}.",
                "They hold until the program ends; check the folder's permissions and space.",
            ) from error

    def _read(self, fallback: dict[str, Any] | None = None) -> dict[str, Any]:
        """The document in the file; else `fallback`, and what a damaged one held before."""
        found = self._file.read()
        name = self._file.path.name
        self._newer = found.reason if found.fault == "newer" else ""
        if self._newer and fallback is None:
            self._problems.append(
                f"The settings file {name} is left as it is, because {self._newer}. What this "
                "version knows of it is used; what you change holds until the program ends."
            )
        if found.fault == "damaged":
            source = "all settings are back at their defaults"
            if fallback is not None:
                source = "the present ones hold"
            elif found.content is not None:
                source = "the settings before the last change are used"
            kept = found.kept[0].upper() + found.kept[1:]
            self._problems.append(
                f"The settings file {name} is not valid TOML. {kept}, and {source}."
            )
        elif found.fault == "unreadable" and fallback is None:
            self._problems.append(
                f"The settings in {self._file.path} cannot be read: {found.reason}."
            )
        if found.fault and fallback is not None:
            return fallback
        return found.content or {}


def _try(write: Callable[[], None], on_problem: Callable[[SettingsError], object]) -> None:
    try:
        write()
    except SettingsError as error:
        on_problem(error)


def is_network_off(path: Path) -> bool:
    """Whether the settings at `path` forbid every download; they are only looked at."""
    file = JsonStore(path, _document, limit=_MOST_BYTES)
    return (file.read(keep_damaged=False).content or {}).get("network") is False


def early_service(path: Path) -> tuple[int, bool] | None:
    """The local service's port, and whether the local network reaches it.

    None where the settings at `path`, which are only looked at, have it off.
    """
    found = JsonStore(path, _document, limit=_MOST_BYTES).read(keep_damaged=False).content or {}
    if found.get("service") is not True:
        return None
    lan = found.get("service_lan") is True
    try:
        return int(_checked("service_port", found.get("service_port", SERVICE_PORT))), lan
    except ParameterError:
        return SERVICE_PORT, lan  # as the settings fall back to it, and say so


def _document(data: bytes) -> dict[str, Any]:
    """The TOML document; raises NewerFormatError with it, ValueError for anything else."""
    import tomllib

    found = tomllib.loads(data.decode("utf-8-sig"))  # Notepad writes a byte order mark
    refuse_newer(found.get(_MARK, FORMAT), FORMAT, found)
    return found


def _decoded(document: Mapping[str, Any], problems: list[str]) -> Settings:
    """The settings in `document`; each value that cannot be falls back to its default."""
    values: dict[str, Any] = {}
    known = (*Settings.__struct_fields__, _MARK)
    unknown = [name for name in document if name not in known]
    for name in Settings.__struct_fields__:
        if name not in document:
            continue
        if name in _TABLES:
            values[name] = _decoded_table(name, document[name], problems, unknown)
            continue
        try:
            values[name] = _checked(name, document[name])
        except ParameterError as error:
            problems.append(_fell_back(error))
    if unknown:
        problems.append(
            f"The settings name {_listed(unknown)}, which this version does not know; "
            "it is left in the file."
        )
    return Settings(**values)


def _decoded_table(name: str, found: Any, problems: list[str], unknown: list[str]) -> Any:
    table = _TABLES[name]
    if not isinstance(found, dict):
        problems.append(f"The setting {name} must be a table; its defaults are used.")
        return table()
    known = rows_by_name(table)
    unknown += [f"{name}.{key}" for key in found if key not in known]
    values = {}
    for key in known.keys() & found.keys():
        try:
            values[key] = known[key].check(found[key])
        except ParameterError as error:
            problems.append(_fell_back(error))
    return table(**values)


def _fell_back(error: ParameterError) -> str:
    return f"A setting cannot be used: {error.message.rstrip('.')}. Its default is used."


def _listed(names: list[str]) -> str:
    shown = [name if len(name) <= 40 else name[:39] + "…" for name in names[:5]]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(repr(name) for name in shown) + more


def _checked(name: str, value: Any) -> Any:
    """`value` as the setting `name` has it, or ParameterError."""
    if name in _TABLES:
        if not isinstance(value, _TABLES[name]):
            raise ParameterError(f"The setting {name} must be a whole table of values.")
        return check_all(value)
    if name in _PATH_LISTS:
        return _checked_paths(name, value)
    if name in _PATHS:
        if not isinstance(value, str | os.PathLike):
            raise ParameterError(f"The setting {name} must be a path or name.")
        return os.fspath(value)
    bound = rows_by_name(Settings).get(name)
    if bound is None:
        raise ParameterError(f"There is no setting named {name!r}.")
    return bound.check(value)


def _checked_paths(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple):
        raise ParameterError(f"The setting {name} must be a list of paths.")
    if not all(isinstance(item, str | os.PathLike) for item in value):
        raise ParameterError(f"The setting {name} may hold only paths.")
    return tuple(os.fspath(item) for item in value[:_MOST_PATHS])


def _put(document: dict[str, Any], name: str, value: Any, before: Any) -> None:
    """Write one changed setting into the document; in a table, only the fields that changed."""
    if name not in _TABLES:
        document[name] = _storable(value)
        return
    table = document.get(name)
    if not isinstance(table, dict):
        if value == before and table is not None:
            return
        table = document[name] = {}
    for bound in rows(_TABLES[name]):
        new = getattr(value, bound.name)
        if new == getattr(before, bound.name):
            continue
        if new is None:
            table.pop(bound.name, None)
        else:
            table[bound.name] = _storable(new)


def _storable(value: Any) -> Any:
    """What TOML can hold: a path that is not valid Unicode is remembered only in memory."""
    if isinstance(value, tuple):
        return [item for item in value if is_encodable(item)]
    if isinstance(value, str):
        return value if is_encodable(value) else ""
    return value
