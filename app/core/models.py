"""The models on this machine: what a path holds, and finding one by its name."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from app.core.errors import (
    LampblackError,
    ModelNotFoundError,
    NotAModelError,
    ParameterError,
    UnsupportedModelError,
)
from app.core.load_options import ENGINES
from app.core.reading import is_file, is_folder, why
from app.core.starter import starter_path

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
"""Formats that run code when they are loaded; never opened."""

_PART = re.compile(r"-(\d{5})-of-\d{5}$")
_DEEPEST = 3  # folders below the one of models: publisher, repository, variant
_MOST_ENTRIES = 5000
_MOST_LISTED = 1000

_Stamp = tuple[tuple[str, int, int], ...]


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model on the disk; one that cannot be used says why in `problem`."""

    path: str
    name: str
    kind: Literal["gguf", "transformers"]
    size_bytes: int
    quantization: str = ""
    architecture: str = ""
    parameters: int = 0
    context: int = 0
    has_chat_template: bool = False
    problem: str = ""


def inspect(path: Path) -> ModelFile:
    """What the file or folder at `path` holds; reads headers only.

    Raises ModelNotFoundError, NotAModelError, TruncatedModelError or UnsupportedModelError.
    """
    path = path.absolute()
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _inspect_folder(path)
    except FileNotFoundError:
        raise ModelNotFoundError(f"There is no file or folder {path}.") from None
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise NotAModelError(f"{path} cannot be read as a model: {reason}.") from error
    if path.suffix.lower() in (*PICKLES, ".safetensors"):
        raise _weights_alone(path)
    return _inspect_gguf(path)


def engine_for(model: ModelFile, wanted: str) -> str:
    """The engine that runs `model` when the user wants `wanted` (`auto`, or an engine's name)."""
    if wanted not in ("auto", *ENGINES):
        raise ParameterError(f"The engine must be one of auto, llama.cpp, torch, not {wanted!r}.")
    if wanted == "auto":
        return "llama.cpp" if model.kind == "gguf" else "torch"
    if wanted == "llama.cpp" and model.kind != "gguf":
        raise UnsupportedModelError(
            f"{model.name} is a model folder, which llama.cpp cannot run.",
            "Choose the Torch engine, or a GGUF file of the same model.",
        )
    return wanted


class ModelLibrary:
    """The models in the program's own folder and those that the user added in place."""

    def __init__(self, folder: Path, added: Callable[[], Sequence[str]]) -> None:
        self._folder = folder
        self._added = added
        self._known: dict[str, tuple[_Stamp, ModelFile]] = {}

    def list(self) -> tuple[ModelFile, ...]:
        """Every model by name, broken ones with their problem; unchanged files are not read."""
        paths: dict[str, Path] = {}
        for path in self._paths():
            paths.setdefault(_real(path), path)
            if len(paths) >= _MOST_LISTED:
                break
        found = [self._look_at(path) for path in paths.values()]
        return tuple(sorted(found, key=lambda model: (model.name.casefold(), model.path)))

    def resolve(self, name_or_path: str) -> ModelFile:
        """The model at a path or of a name: file name, name, or the only one beginning so.

        `starter` is the starter model. Raises ModelNotFoundError with what comes near, or the
        reason why the model that is meant cannot be used.
        """
        if name_or_path.strip().lower() == "starter":
            return self._starter()
        wanted = os.path.expanduser(name_or_path)  # noqa: PTH111 - Path raises for unknown users
        problem: LampblackError | None = None
        if wanted and os.path.lexists(wanted):
            try:
                return self._inspect(Path(wanted))
            except LampblackError as error:
                problem = error
        models = self._matching(name_or_path)
        if len(models) == 1:
            return self._inspect(Path(models[0].path))
        if problem is not None:
            raise problem
        raise self._not_one(name_or_path, models)

    def added_as(self, model: ModelFile) -> str:
        """The path that the user added and that brings `model` onto the list; empty if none."""
        path = Path(model.path)
        if path.is_relative_to(self._folder):
            return ""
        return next((text for text in self._added() if path.is_relative_to(text)), "")

    def _starter(self) -> ModelFile:
        path = starter_path(self._folder)
        if not is_file(path):
            raise ModelNotFoundError(
                "The starter model is not on this machine.",
                "Get it with: lampblack models get starter",
            )
        return inspect(path)

    def _matching(self, name: str) -> Sequence[ModelFile]:
        """The models of exactly this name in any case, else those that begin with it."""
        wanted = name.strip().casefold()
        if not wanted:
            return []
        models = self.list()
        exact = [model for model in models if wanted in _names(model)]
        return exact or [
            model for model in models if any(known.startswith(wanted) for known in _names(model))
        ]

    def _not_one(self, name: str, matching: Sequence[ModelFile]) -> ModelNotFoundError:
        import difflib

        shown = repr(name if len(name) <= 100 else name[:99] + "…")
        if matching:
            which = ", ".join(model.path for model in matching[:5])
            return ModelNotFoundError(
                f"{shown} means {len(matching)} models: {which}.",
                "Write more of the name, or the path.",
            )
        names = {model.name.casefold(): model.name for model in self.list()}
        near = difflib.get_close_matches(name.casefold()[:100], names, n=3, cutoff=0.5)
        hint = "There are no models yet; get one with: lampblack models get starter"
        if names:
            shown_names = [names[key] for key in near] or sorted(names.values())[:5]
            hint = f"{'Near to it' if near else 'There are'}: {', '.join(shown_names)}."
        return ModelNotFoundError(f"There is no model named {shown}.", hint)

    def _paths(self) -> Iterator[Path]:
        budget = [_MOST_ENTRIES]
        yield from _models_below(self._folder, _DEEPEST, budget)
        for text in self._added():
            path = Path(text)
            inner = []
            if is_folder(path) and not _is_model_folder(path):
                inner = [*_models_below(path, _DEEPEST, [_MOST_ENTRIES])]
            yield from inner or [path]

    def _inspect(self, path: Path) -> ModelFile:
        """`inspect`, but the header of a file that is still the same is not read again."""
        known = self._look_at(path.absolute())
        return inspect(path) if known.problem else known

    def _look_at(self, path: Path) -> ModelFile:
        stamp = _stamp(path)
        known = self._known.get(str(path))
        if known is not None and known[0] == stamp and stamp:
            return known[1]
        try:
            model = inspect(path)
        except LampblackError as error:
            model = _broken(path, str(error))
        self._known[str(path)] = (stamp, model)
        return model


def _inspect_gguf(path: Path) -> ModelFile:
    from app.core.gguf import read_header

    header = read_header(path)
    return ModelFile(
        path=str(path),
        name=_name(path),
        kind="gguf",
        size_bytes=header.size_bytes,
        quantization=header.quantization,
        architecture=header.architecture,
        parameters=header.parameters,
        context=header.context,
        has_chat_template=bool(header.chat_template.strip()),
    )


def _inspect_folder(path: Path) -> ModelFile:
    if not _is_model_folder(path):
        return _inspect_gguf(_only_gguf(path))
    from app.core.model_folders import read_folder

    header = read_folder(path)
    return ModelFile(
        path=str(path),
        name=path.name,
        kind="transformers",
        size_bytes=header.size_bytes,
        quantization=header.quantization,
        architecture=header.architecture,
        parameters=header.parameters,
        context=header.context,
        has_chat_template=header.has_chat_template,
    )


def _only_gguf(folder: Path) -> Path:
    """The one GGUF model in a folder; otherwise the sentence that says what the folder is."""
    entries = list(_entries(folder, [_MOST_ENTRIES]))
    ggufs = [entry for entry in entries if _is_first_gguf(entry.name)]
    if len(ggufs) == 1:
        return Path(ggufs[0].path)
    if ggufs:
        raise NotAModelError(f"{folder} holds {len(ggufs)} models.", "Choose one of its files.")
    names = {entry.name for entry in entries}
    if any(name.endswith(".safetensors") for name in names):
        if "adapter_config.json" in names:
            raise UnsupportedModelError(
                f"{folder.name} is an adapter (LoRA), which is loaded on top of a model."
            )
        raise NotAModelError(f"{folder} holds weights, but no config.json that describes them.")
    if any(name.lower().endswith(PICKLES) for name in names):
        raise _only_pickles(folder.name)
    raise NotAModelError(
        f"There is no model in {folder}.", "Choose a GGUF file, or a folder with safetensors."
    )


def _only_pickles(name: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"{name} holds its weights as Python pickles, which can run any program when opened.",
        "Get the same model as safetensors or GGUF.",
    )


def _weights_alone(path: Path) -> LampblackError:
    if path.suffix.lower() in PICKLES:
        return _only_pickles(path.name)
    return NotAModelError(
        f"{path.name} is only the weights of a model.", f"Choose its folder, {path.parent}."
    )


def _is_model_folder(folder: Path) -> bool:
    """Whether a folder looks like one model for the Torch engine."""
    try:
        names = {entry.name for entry in _entries(folder, [_MOST_ENTRIES])}
    except OSError:
        return False
    return "config.json" in names and any(name.endswith(".safetensors") for name in names)


def _is_first_gguf(name: str) -> bool:
    path = Path(name)
    if path.suffix.lower() != ".gguf" or name.startswith("."):
        return False
    part = _PART.search(path.stem)
    return part is None or int(part[1]) == 1


def _entries(folder: Path, budget: list[int]) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            budget[0] -= 1
            if budget[0] < 0:
                return
            yield entry


def _models_below(folder: Path, depth: int, budget: list[int]) -> Iterator[Path]:
    """Every GGUF model and model folder, at most `depth` folders down."""
    entries: list[os.DirEntry[str]] = []
    with contextlib.suppress(OSError):  # no folder yet, or one that may not be read: no models
        entries = sorted(_entries(folder, budget), key=lambda entry: entry.name)
    for entry in entries:
        path = Path(entry.path)
        if _is_first_gguf(entry.name):
            yield path
        elif depth and not entry.name.startswith(".") and is_folder(path):
            if _is_model_folder(path):
                yield path
            else:
                yield from _models_below(path, depth - 1, budget)


def _real(path: Path) -> str:
    try:
        return os.path.realpath(path)
    except ValueError:  # a NUL byte in it; it is listed with that problem
        return str(path)


def _stamp(path: Path) -> _Stamp:
    """What changes when a model changes: name, size and time of every file that belongs to it."""
    found: list[tuple[str, int, int]] = []
    part = _PART.search(path.stem)
    try:
        if is_folder(path):
            files = [Path(entry.path) for entry in _entries(path, [_MOST_ENTRIES])]
        elif part is not None:
            stem = path.stem[: part.start()]
            files = [Path(e.path) for e in _entries(path.parent, [_MOST_ENTRIES]) if stem in e.name]
        else:
            files = [path]
        for file in files:
            status = file.stat()
            found.append((file.name, status.st_size, status.st_mtime_ns))
    except (OSError, ValueError):
        return ()
    return tuple(sorted(found))


def _broken(path: Path, problem: str) -> ModelFile:
    size = 0
    with contextlib.suppress(OSError, ValueError):
        status = path.stat()
        size = status.st_size if stat.S_ISREG(status.st_mode) else 0
    kind: Literal["gguf", "transformers"] = "transformers" if is_folder(path) else "gguf"
    return ModelFile(
        path=str(path.absolute()), name=_name(path), kind=kind, size_bytes=size, problem=problem
    )


def _name(path: Path) -> str:
    """The name that a user knows a model by: its file's, without ending and part number."""
    stem = path.stem if path.suffix.lower() == ".gguf" else path.name
    return _PART.sub("", stem)


def _names(model: ModelFile) -> tuple[str, str, str]:
    path = Path(model.path)
    return model.name.casefold(), path.name.casefold(), path.stem.casefold()
