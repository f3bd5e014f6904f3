"""A model on the disk: what the file or folder at a path holds."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from app.core.errors import (
    LampblackError,
    ModelNotFoundError,
    NotAModelError,
    ParameterError,
    UnsupportedModelError,
)
from app.core.formats.split_files import one_per_model, plain_name
from app.core.models.scan import Budget, entries, is_model_folder
from app.core.options.load_options import ENGINES
from app.core.system.files import is_folder

if TYPE_CHECKING:
    from app.core.formats.gguf import GgufHeader
    from app.core.formats.safetensors import FolderHeader

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
"""Formats that run code when they are loaded; never opened."""

ModelKind = Literal["gguf", "transformers"]


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model on the disk; one that cannot write says why in `problem`.

    `is_damaged` tells a damaged file from one that holds no language model for writing, and from
    one that may not be read.

    `name` is the one to show: the user's title, where there is one, and then `own_name` is what
    it is called otherwise. `program` is the other program whose store the file belongs to.
    """

    path: str
    name: str
    kind: ModelKind
    size_bytes: int
    quantization: str = ""
    architecture: str = ""
    parameters: int = 0
    context: int = 0
    has_chat_template: bool = False
    problem: str = ""
    is_damaged: bool = False
    licence: str = ""
    own_name: str = ""
    program: str = ""
    labels: tuple[str, ...] = ()

    @property
    def can_load(self) -> bool:
        """Whether an engine can load it, to write or to classify."""
        return not self.problem or bool(self.labels)


def inspect(path: Path) -> ModelFile:
    """What the file or folder at `path` holds; reads headers only.

    What it returns can be loaded. Raises ModelNotFoundError, NotAModelError, TruncatedModelError
    or UnsupportedModelError.
    """
    path = path.absolute()
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _inspect_folder(path)
    except FileNotFoundError:
        raise ModelNotFoundError(f"There is no file or folder {path}.") from None
    except (OSError, ValueError) as error:
        from app.core.formats.gguf_reader import unreadable

        raise unreadable(path, error) from error
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


def unusable(path: Path, error: LampblackError) -> ModelFile:
    """The row of a list for a path that cannot be used as a model."""
    size = 0
    with contextlib.suppress(OSError, ValueError):
        status = path.stat()
        size = status.st_size if stat.S_ISREG(status.st_mode) else 0
    return ModelFile(
        path=str(path.absolute()),
        name=plain_name(path),
        kind="transformers" if is_folder(path) else "gguf",
        size_bytes=size,
        problem=str(error),
        is_damaged=not isinstance(error, UnsupportedModelError) and not is_forbidden(error),
    )


def is_forbidden(error: LampblackError) -> bool:
    """Whether the system refused the user the right to read a model."""
    return isinstance(error.__cause__, PermissionError)


def _inspect_gguf(path: Path) -> ModelFile:
    from app.core.formats.gguf import read_header

    header = read_header(path)
    has_template = bool(header.chat_template.strip())
    return _model(path, plain_name(path), "gguf", header, has_template)


def _inspect_folder(path: Path) -> ModelFile:
    if not is_model_folder(path):
        return _inspect_gguf(_only_gguf(path))
    from app.core.formats.classifiers import writes_nothing
    from app.core.formats.safetensors import read_folder

    header = read_folder(path)
    model = _model(path, path.name, "transformers", header, header.has_chat_template)
    if not header.labels:
        return model
    problem = str(writes_nothing(path.name, header.labels))
    return msgspec.structs.replace(model, labels=header.labels, problem=problem)


def _model(
    path: Path, name: str, kind: ModelKind, header: GgufHeader | FolderHeader, has_template: bool
) -> ModelFile:
    return ModelFile(
        path=str(path),
        name=name,
        kind=kind,
        size_bytes=header.size_bytes,
        quantization=header.quantization,
        architecture=header.architecture,
        parameters=header.parameters,
        context=header.context,
        has_chat_template=has_template,
        licence=header.licence,
    )


def _only_gguf(folder: Path) -> Path:
    """The one GGUF model in a folder; otherwise the sentence that says what the folder is."""
    names = {entry.name for entry in entries(folder, Budget())}
    ggufs = one_per_model(names)
    if len(ggufs) == 1:
        return folder / ggufs[0]
    if ggufs:
        raise NotAModelError(f"{folder} holds {len(ggufs)} models.", "Choose one of its files.")
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
