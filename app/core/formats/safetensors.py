"""Reading what a Hugging Face model folder says it is, without its library and without pickles."""

from __future__ import annotations

import json
import math
import re
import struct
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import msgspec

from app.core.errors import NotAModelError, TruncatedModelError, UnsupportedModelError
from app.core.formats.classifiers import is_classifier, read_labels
from app.core.formats.gguf_reader import unreadable
from app.core.formats.header_notes import extended_context, rope_scaling
from app.core.formats.model_kinds import folder_kind
from app.core.formats.recent import Recent
from app.core.system.files import is_file, open_regular, read_regular

_MOST_JSON = 4 * 1024 * 1024
_MOST_INDEX = 12 * 1024 * 1024  # the largest models name 100,000 tensors
_MOST_HEADER = 12 * 1024 * 1024
_MOST_VALUES = 300_000  # in one JSON text; what it holds in memory grows with their number
_MOST_ENTRIES = 10_000  # of a folder
_LONGEST_HEAD = 16 * 1024
_LICENCE = re.compile(r"^license:[ \t]*[\"']?([\w. +-]{1,80}?)[\"']?[ \t]*\r?$", re.MULTILINE)
_INDEX = "model.safetensors.index.json"
_SHARD = re.compile(r"-\d{5}-of-\d{5}\.safetensors$")
_LENGTH = struct.Struct("<Q")
_CONTEXT_KEYS = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_TOKENIZERS = (
    "tokenizer.json",
    "tokenizer.model",
    "vocab.json",
    "vocab.txt",
    "spiece.model",
    "tekken.json",
)


class FolderHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What a model folder says it is; sizes in bytes, `context` in tokens.

    `stretch` is a rope scaling of which it is not said whether `context` includes it. A classifier
    has `labels`, in the order of its outputs; a model that writes has none.
    """

    architecture: str
    quantization: str
    parameters: int
    context: int
    has_chat_template: bool
    size_bytes: int
    licence: str = ""
    stretch: float = 1.0
    labels: tuple[str, ...] = ()


class _Tensor(msgspec.Struct):
    """One entry of a safetensors header."""

    dtype: str
    shape: Annotated[list[Annotated[int, msgspec.Meta(ge=0)]], msgspec.Meta(max_length=16)]
    data_offsets: tuple[int, int]


def read_folder(folder: Path) -> FolderHeader:
    """Read and check a folder with config.json and safetensors.

    What was read a moment ago is not read again while its files are the same. Raises
    NotAModelError, TruncatedModelError or UnsupportedModelError.
    """
    return _recent.get(folder)


def _read(folder: Path) -> FolderHeader:
    config = read_config(folder)
    labels = read_labels(folder.name, config) if is_classifier(config) else ()
    if not labels:
        _require_writer(folder, config)
    context, stretch = _context(config)
    files = weight_files(folder)
    elements: Counter[str] = Counter()
    size = 0
    for file in files:
        size += _read_weights(file, elements)
    _require_tokenizer(folder)
    return FolderHeader(
        architecture=_text(config, "model_type"),
        quantization=_quantization(config, elements),
        parameters=elements.total(),
        context=context,
        has_chat_template=not labels and _has_chat_template(folder),
        size_bytes=size,
        licence=_licence(folder),
        stretch=stretch,
        labels=labels,
    )


def _entries(folder: Path) -> list[Path]:
    """What lies in the folder, in the order of names; nothing where that cannot be read."""
    try:
        return sorted(islice(folder.iterdir(), _MOST_ENTRIES))
    except (OSError, ValueError):
        return []


_recent = Recent(_read, _entries)


def _require_writer(folder: Path, config: dict[str, Any]) -> None:
    if kind := folder_kind(config, [path.name for path in _entries(folder)]):
        of = _text(config, "model_type")
        name = f"{folder.name} ({of})" if of else folder.name
        raise UnsupportedModelError(f"{name} is {kind}, not a model that writes.")


def read_adapter_folder(folder: Path) -> dict[str, Any]:
    """The configuration of a PEFT adapter's folder, its weights' header checked.

    Raises NotAModelError, TruncatedModelError or UnsupportedModelError.
    """
    config = _json(folder, "adapter_config.json")
    weights = folder / "adapter_model.safetensors"
    if not is_file(weights):
        if is_file(folder / "adapter_model.bin"):
            raise UnsupportedModelError(
                f"{folder.name} holds its weights as Python pickles, which can run any program "
                "when opened.",
                "Get the same adapter as safetensors.",
            )
        raise NotAModelError(f"{folder.name} lacks its weights, {weights.name}.")
    _read_weights(weights, Counter())
    return config


def read_config(folder: Path) -> dict[str, Any]:
    """What stands in the folder's config.json; raises NotAModelError."""
    return _json(folder, "config.json")


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of the model, as its index names them; raises when one is missing."""
    index = folder / _INDEX
    if not is_file(index):
        return _without_index(folder)
    weights = _json(folder, index.name, _MOST_INDEX).get("weight_map")
    names = set(weights.values()) if isinstance(weights, dict) else set()
    if not names or not all(isinstance(name, str) and _is_plain(name) for name in names):
        raise NotAModelError(f"{folder.name} is damaged: {index.name} names no weights.")
    for name in sorted(names):
        if not is_file(folder / name):
            raise TruncatedModelError(
                f"{folder.name} is not complete: {name} is missing.", "Download it again."
            )
    return [folder / name for name in sorted(names)]


def _without_index(folder: Path) -> list[Path]:
    """The weights of a folder that has no index; parts of a whole are no model without one."""
    files = sorted(folder.glob("*.safetensors"))
    names = {file.name for file in files}
    if "model.safetensors" not in names and any(map(_SHARD.search, names)):
        raise TruncatedModelError(
            f"{folder.name} is not complete: its weights are in parts, and {_INDEX}, which "
            "names them, is missing.",
            "Download it again.",
        )
    return files


def _is_plain(name: str) -> bool:
    return name.endswith(".safetensors") and name == Path(name).name


def _json(folder: Path, name: str, limit: int = _MOST_JSON) -> dict[str, Any]:
    try:
        text = read_regular(folder / name, limit)
        if text.startswith(_MARKS):
            raise NotAModelError(
                f"{folder.name} cannot be read: {name} begins with a byte order mark.",
                "Save it as plain UTF-8.",
            )
        content = _decoded(_bounded(text))
    except OSError as error:
        raise unreadable(folder / name, error) from error
    except (ValueError, msgspec.DecodeError, RecursionError):
        raise NotAModelError(f"{folder.name} is damaged: {name} is not valid JSON.") from None
    if not isinstance(content, dict):
        raise NotAModelError(f"{folder.name} is damaged: {name} does not describe a model.")
    return content


def _decoded(text: bytes) -> Any:
    """The value of a JSON text; as Python writes it, with Infinity, NaN and numbers of any size."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text.decode("utf-8"))


def _bounded(text: bytes) -> bytes:
    """The JSON text, if it cannot hold more values than are allowed."""
    if sum(text.count(mark) for mark in (b",", b":", b"[", b"{")) > _MOST_VALUES:
        raise msgspec.DecodeError("too many values")
    return text


def _read_weights(file: Path, elements: Counter[str]) -> int:
    """Add the file's elements by type; returns its size."""
    try:
        with open_regular(file) as opened:
            size = opened.seek(0, 2)
            opened.seek(0)
            head = opened.read(_LENGTH.size)
            length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
            if not 2 <= length <= _MOST_HEADER:
                raise NotAModelError(f"{file.name} is not a safetensors file.")
            end = _LENGTH.size + length + _count(file, opened.read(length), elements)
    except OSError as error:
        raise unreadable(file, error) from error
    if end > size:
        raise TruncatedModelError(
            f"{file.name} is shorter than its header says: {size:,} of {end:,} bytes.",
            "Its download was cut off; download it again.",
        )
    return size


def _count(file: Path, header: bytes, elements: Counter[str]) -> int:
    """Count the elements of one file; returns where its data ends."""
    end = 0
    try:
        for tensor in _tensors(header):
            elements[tensor.dtype.upper()[:16]] += math.prod(tensor.shape)
            end = max(end, *tensor.data_offsets)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotAModelError(f"{file.name} is damaged: its header cannot be read.") from None
    if end > 1 << 50:
        raise NotAModelError(f"{file.name} is damaged: it claims more bytes than any disk holds.")
    return end


def _tensors(header: bytes) -> Iterator[_Tensor]:
    for name, raw in msgspec.json.decode(_bounded(header), type=dict[str, msgspec.Raw]).items():
        if name != "__metadata__":
            yield msgspec.json.decode(raw, type=_Tensor)


def _require_tokenizer(folder: Path) -> None:
    if not any(is_file(folder / name) for name in _TOKENIZERS):
        raise UnsupportedModelError(
            f"{folder.name} has no tokenizer.", "Put the model's tokenizer files beside it."
        )


def _quantization(config: dict[str, Any], elements: Counter[str]) -> str:
    """The method that the configuration names, else the type that most elements have."""
    method = config.get("quantization_config")
    if isinstance(method, dict) and _text(method, "quant_method"):
        return _text(method, "quant_method").upper()
    return elements.most_common(1)[0][0] if elements else ""


def _context(config: dict[str, Any]) -> tuple[int, float]:
    """The context with its rope scaling, and by how much it may be stretched beyond."""
    inner = config.get("text_config")
    for level in (config, inner if isinstance(inner, dict) else {}):
        for key in _CONTEXT_KEYS:
            value = level.get(key)
            if type(value) is int and 0 < value < 1 << 63:
                return extended_context(value, *rope_scaling(level))
    return 0, 1.0


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key, "")
    return value[:64] if isinstance(value, str) else ""


def _licence(folder: Path) -> str:
    """What the model card's head says; the configuration knows nothing of it."""
    try:
        with open_regular(folder / "README.md") as card:
            head = card.read(_LONGEST_HEAD).decode("utf-8", "replace")
    except OSError:
        return ""
    found = _LICENCE.search(head.split("\n---", 1)[0]) if head.startswith("---") else None
    return found[1] if found else ""


def _has_chat_template(folder: Path) -> bool:
    if is_file(folder / "chat_template.jinja"):
        return True
    try:
        return bool(_json(folder, "tokenizer_config.json").get("chat_template"))
    except NotAModelError:  # without that file a model still continues text
        return False
