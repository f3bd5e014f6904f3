"""The table of settings, and the TOML file that keeps what the user changed in it."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec

from app.core.errors import ParameterError, SettingsError
from app.core.options.load_options import ENGINES, LoadOptions
from app.core.options.rows import BoundRow, Row, Slider, check_all, is_encodable, rows, rows_by_name
from app.core.options.sampling import Sampling
from app.core.system.background import BackgroundQueue
from app.core.system.files import read_regular, set_aside, why, write_atomically

_MOST_BYTES = 4 * 1024 * 1024
_MOST_PATHS = 1000


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the program remembers about how its user works."""

    theme: Annotated[
        str,
        Row(
            label="Colours",
            help="Light or dark; system follows the desktop.",
            choices=("system", "light", "dark"),
            group="Page",
        ),
    ] = "system"
    font_family: Annotated[
        str,
        Row(
            label="Font",
            help="The typeface of the page; empty takes a serif that reads well here.",
            max_length=200,
            group="Page",
        ),
    ] = ""
    font_size: Annotated[
        int,
        Row(
            label="Text size",
            help="The size of the text on the page.",
            low=8,
            high=48,
            slider=Slider(8, 48, 1),
            unit="pt",
            group="Page",
        ),
    ] = 14
    line_height: Annotated[
        int,
        Row(
            label="Line height",
            help="The distance between lines, in percent of the text's own height.",
            low=100,
            high=250,
            slider=Slider(100, 250, 5),
            unit="%",
            group="Page",
        ),
    ] = 160
    measure: Annotated[
        int,
        Row(
            label="Measure",
            help="The length of a line, in characters.",
            low=40,
            high=120,
            slider=Slider(40, 120, 1),
            unit="characters",
            group="Page",
        ),
    ] = 68
    engine: Annotated[
        str,
        Row(
            label="Engine",
            help="What runs the model; auto takes the one that the model's files are made for.",
            choices=("auto", *ENGINES),
            group="Model",
        ),
    ] = "auto"
    load_at_start: Annotated[
        bool,
        Row(
            label="Load the model at start",
            help="Loads the last model as soon as the window is open.",
            group="Model",
        ),
    ] = True
    network: Annotated[
        bool,
        Row(
            label="Allow downloads",
            help="Models are fetched when you press Download, never else; off, nothing can be.",
            group="Model",
        ),
    ] = True
    side_panel: Annotated[
        bool,
        Row(label="Side panel", help="Shows the panel of sliders and models.", group="Page"),
    ] = True
    all_parameters: Annotated[
        bool,
        Row(
            label="All parameters",
            help="Shows every sampling parameter in the side panel; off, those that writers move.",
            group="Writing",
        ),
    ] = False
    preset: Annotated[
        str,
        Row(
            label="Preset",
            help="The preset that was chosen; empty takes what suits the model, else Balanced.",
            max_length=60,
            group="Writing",
        ),
    ] = ""
    takes_at_once: Annotated[
        int,
        Row(
            label="Takes at once",
            help="How many variants are written when several are asked for.",
            low=2,
            high=8,
            slider=Slider(2, 8, 1),
            group="Writing",
        ),
    ] = 3
    prompt_overflow: Annotated[
        str,
        Row(
            label="Text too long for the model",
            help="What happens then: drop_head lets the model see only the end, fail says so.",
            choices=("drop_head", "fail"),
            group="Writing",
        ),
    ] = "drop_head"
    system_prompt: Annotated[
        str,
        Row(
            label="System prompt",
            help="What the model is told before every instruction; empty takes Lampblack's own.",
            max_length=20_000,
            group="Writing",
        ),
    ] = ""
    read_ahead: Annotated[
        bool,
        Row(
            label="Read ahead",
            help="Reads along while you pause, so that writing starts at once; costs some energy.",
            group="Writing",
        ),
    ] = True
    examine_models: Annotated[
        bool,
        Row(
            label="Examine new models",
            help="Tries a new model for some seconds while you pause, to say what it is good for.",
            group="Model",
        ),
    ] = True
    model: str = ""
    recent_files: tuple[str, ...] = ()
    added_models: tuple[str, ...] = ()
    watched_folders: tuple[str, ...] = ()
    use_programs: tuple[str, ...] = ()
    agreed_hosts: tuple[str, ...] = ()
    sampling: Sampling = Sampling()
    load: LoadOptions = LoadOptions()


SETTINGS: tuple[BoundRow, ...] = rows(Settings)
"""Every setting that a user chooses, in the order of the dialog and the help."""

_TABLES: dict[str, type[Sampling] | type[LoadOptions]] = {"sampling": Sampling, "load": LoadOptions}
_PATH_LISTS = ("recent_files", "added_models", "watched_folders", "use_programs", "agreed_hosts")


class SettingsStore:
    """The settings of one running program and the file they live in.

    The file holds only what was changed. What this version does not know, or cannot use, stays in
    the file until the user changes that very setting. `problems` are sentences for showing once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems: list[str] = []
        self._writing: BackgroundQueue | None = None
        self._on_problem: Callable[[SettingsError], object] = lambda _error: None
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

    def write_aside(self, on_problem: Callable[[SettingsError], object]) -> None:
        """From now on write on a thread of its own, for a disk may keep whoever waits for it.

        `change` then raises no SettingsError: `on_problem` is told, on that thread.
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
        keep = self._taken_over(changes)
        if self._writing is None:
            keep()
        else:
            self._writing.run(partial(_try, keep, self._on_problem))
        return self._settings

    def remember(self, **changes: Any) -> None:
        """As `change`, for what is only a convenience: nobody is told where it cannot be kept."""
        keep = partial(_try, self._taken_over(changes), lambda _error: None)
        if self._writing is None:
            keep()
        else:
            self._writing.run(keep)

    def _taken_over(self, changes: dict[str, Any]) -> Callable[[], None]:
        """Let the new values hold; what is returned writes them."""
        values = {name: _checked(name, value) for name, value in changes.items()}
        before = self._settings
        self._settings = msgspec.structs.replace(before, **values)
        return partial(self._keep, values, before)

    def _keep(self, values: dict[str, Any], before: Settings) -> None:
        self._document = self._read(self._document)  # another window may have written
        for name, value in values.items():
            _put(self._document, name, value, getattr(before, name))
        self._write()

    def _write(self) -> None:
        import tomli_w

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            data = tomli_w.dumps(self._document).encode("utf-8")
            write_atomically(self._path, data, backup=True)
        except OSError as error:
            raise SettingsError(
                f"The settings could not be saved to {self._path}: {why(error)}.",
                "They hold until the program ends; check the folder's permissions and space.",
            ) from error

    def _read(self, fallback: dict[str, Any] | None = None) -> dict[str, Any]:
        """The document in the file; where it is broken, it is set aside for `fallback` or .bak."""
        try:
            return _document(self._path)
        except FileNotFoundError:
            return fallback or {}
        except OSError as error:
            if fallback is None:
                self._problems.append(f"The settings in {self._path} cannot be read: {why(error)}.")
            return fallback or {}
        except ValueError:
            return self._set_aside(fallback)

    def _set_aside(self, fallback: dict[str, Any] | None = None) -> dict[str, Any]:
        document, source = fallback, "the present ones hold"
        if document is None:
            document, source = {}, "all settings are back at their defaults"
            with contextlib.suppress(OSError, ValueError):
                document = _document(self._path.with_name(self._path.name + ".bak"))
                source = "the settings before the last change are used"
        try:
            kept = f"It was kept as {set_aside(self._path).name}"
        except OSError as error:
            kept = f"It could not be set aside ({why(error)})"
        self._problems.append(
            f"The settings file {self._path.name} is not valid TOML. {kept}, and {source}."
        )
        return document


def _try(write: Callable[[], None], on_problem: Callable[[SettingsError], object]) -> None:
    try:
        write()
    except SettingsError as error:
        on_problem(error)


def is_network_off(path: Path) -> bool:
    """Whether the settings at `path` forbid every download; they are only looked at."""
    try:
        return _document(path).get("network") is False
    except (OSError, ValueError):
        return False


def _document(path: Path) -> dict[str, Any]:
    """The TOML document at `path`; raises OSError, or ValueError for anything that is not TOML."""
    try:
        text = read_regular(path, _MOST_BYTES).decode("utf-8-sig")  # Notepad writes a mark
        import tomllib

        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise ValueError("far too long for settings") from None
        raise


def _decoded(document: Mapping[str, Any], problems: list[str]) -> Settings:
    """The settings in `document`; each value that cannot be falls back to its default."""
    values: dict[str, Any] = {}
    unknown = [name for name in document if name not in Settings.__struct_fields__]
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
    if name == "model":
        if not isinstance(value, str | os.PathLike):
            raise ParameterError("The setting model must be a path.")
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
