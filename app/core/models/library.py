"""The models on this machine: what a path holds, and finding one by its name."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
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
from app.core.models.other_programs import ProgramStore
from app.core.models.scan import (
    MOST_ENTRIES,
    PART,
    entries,
    is_first_gguf,
    is_model_folder,
    models_below,
    real_path,
)
from app.core.models.starter import starter_path
from app.core.options.load_options import ENGINES
from app.core.system.files import is_file, is_folder, why

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
"""Formats that run code when they are loaded; never opened."""

_MOST_LISTED = 1000
_MOST_WATCHED = 50_000
_DEEPEST_WATCHED = 6  # a folder of the user's own choice may be sorted finely

_Stamp = tuple[tuple[str, int, int], ...]


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model on the disk; one that cannot be used says why in `problem`.

    `name` is the one to show: the user's title, where there is one, and then `own_name` is what
    it is called otherwise. `program` is the other program whose store the file belongs to.
    """

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
    licence: str = ""
    own_name: str = ""
    program: str = ""


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
        raise NotAModelError(
            f"{path} cannot be read as a model: {reason}.",
            "Choose an ordinary file or folder that you may read.",
        ) from error
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


class Found(msgspec.Struct, frozen=True):
    """Where a model was found, and what its file's name does not say."""

    path: Path
    name: str = ""
    program: str = ""


class Known(msgspec.Struct, frozen=True):
    """What the user said of a model: a title to show it by, and whether it is off the list."""

    title: str = ""
    hidden: bool = False


class ModelLibrary:
    """The models in the program's own folder, in watched ones, and those used in place.

    A folder that is `watched` and not there (a disk that is not plugged in) holds no models; what
    the user `added` by its path and is gone is listed with that problem.
    """

    def __init__(
        self,
        folder: Path,
        added: Callable[[], Sequence[str]],
        *,
        watched: Callable[[], Sequence[str]] = tuple,
        programs: Callable[[], Sequence[ProgramStore]] = tuple,
        known: Callable[[ModelFile], Known] = lambda _model: Known(),
    ) -> None:
        self._folder = folder
        self._added = added
        self._watched = watched
        self._programs = programs
        self._of_user = known
        self._known: dict[str, tuple[_Stamp, ModelFile]] = {}
        self._listing = threading.Lock()
        self._too_large: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What the last list could not show, as sentences."""
        return tuple(
            f"{folder} holds more than {_MOST_WATCHED:,} files and folders, and not all of them "
            "were looked at. Watch the folder of the models itself."
            for folder in self._too_large
        )

    def list(self) -> tuple[ModelFile, ...]:
        """Every model by name, broken ones with their problem; unchanged files are not read.

        Of several who ask at the same time one reads, and the others know by then.
        """
        with self._listing:
            return self._list()

    def _list(self) -> tuple[ModelFile, ...]:
        found: dict[str, Found] = {}
        self._too_large = []
        for one in self._found():
            found.setdefault(real_path(one.path), one)
            if len(found) >= _MOST_LISTED:
                break
        models = [model for one in found.values() if (model := self._shown(one)) is not None]
        return tuple(sorted(models, key=lambda model: (model.name.casefold(), model.path)))

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
                model = self._inspect(Path(wanted))
                return _titled(model, self._of_user(model).title)
            except LampblackError as error:
                problem = error
        models = self._matching(name_or_path)
        if len(models) == 1:
            return models[0] if not models[0].problem else inspect(Path(models[0].path))
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

    def _found(self) -> Iterator[Found]:
        yield from (Found(path) for path in models_below(self._folder))
        for text in self._added():
            path = Path(text)
            inner = []
            if is_folder(path) and not is_model_folder(path):
                inner = models_below(path)
            yield from (Found(one) for one in inner or [path])
        for text in self._watched():
            yield from self._watch(text)
        for store in self._programs():
            for path, name in zip(store.models, store.names, strict=True):
                yield Found(path, name, store.name)

    def _watch(self, folder: str) -> Iterator[Found]:
        budget = [_MOST_WATCHED]
        path = Path(folder)
        whole = is_model_folder(path)
        found = [path] if whole else models_below(path, _DEEPEST_WATCHED, budget)
        if budget[0] < 0:
            self._too_large.append(folder)
        yield from (Found(path) for path in found)

    def _shown(self, found: Found) -> ModelFile | None:
        """The model as the user knows it; None when it was taken off the list."""
        model = self._look_at(found.path)
        if found.name or found.program:
            name = found.name or model.name
            model = msgspec.structs.replace(model, name=name, program=found.program)
        known = self._of_user(model)
        return None if known.hidden else _titled(model, known.title)

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


def _titled(model: ModelFile, title: str) -> ModelFile:
    return msgspec.structs.replace(model, name=title, own_name=model.name) if title else model


def _inspect_gguf(path: Path) -> ModelFile:
    from app.core.formats.gguf import read_header

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
        licence=header.licence,
    )


def _inspect_folder(path: Path) -> ModelFile:
    if not is_model_folder(path):
        return _inspect_gguf(_only_gguf(path))
    from app.core.formats.safetensors import read_folder

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
        licence=header.licence,
    )


def _only_gguf(folder: Path) -> Path:
    """The one GGUF model in a folder; otherwise the sentence that says what the folder is."""
    inside = list(entries(folder, [MOST_ENTRIES]))
    ggufs = [entry for entry in inside if is_first_gguf(entry.name)]
    if len(ggufs) == 1:
        return Path(ggufs[0].path)
    if ggufs:
        raise NotAModelError(f"{folder} holds {len(ggufs)} models.", "Choose one of its files.")
    names = {entry.name for entry in inside}
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


def _stamp(path: Path) -> _Stamp:
    """What changes when a model changes: name, size and time of every file that belongs to it."""
    found: list[tuple[str, int, int]] = []
    part = PART.search(path.stem)
    try:
        if is_folder(path):
            files = [Path(entry.path) for entry in entries(path, [MOST_ENTRIES])]
        elif part is not None:
            stem = path.stem[: part.start()]
            files = [Path(e.path) for e in entries(path.parent, [MOST_ENTRIES]) if stem in e.name]
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
    return PART.sub("", stem)


def _names(model: ModelFile) -> tuple[str, ...]:
    path = Path(model.path)
    names = (model.name, model.own_name, path.name, path.stem)
    return tuple(name.casefold() for name in names if name)
