"""A bounded reader of GGUF headers: what a model says it is, checked against the file's size.

Nothing that a header claims is believed before it is compared with a limit or with the file, so
that a damaged or hostile file costs neither time nor memory. The layout is that of the GGUF
specification, versions 2 and 3, little-endian.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from app.core.errors import (
    ModelNotFoundError,
    NotAModelError,
    UnsupportedModelError,
)
from app.core.formats.gguf_reader import ABSURD, BoundedReader
from app.core.formats.gguf_tensors import (
    FILE_TYPES,
    TENSOR_TYPES,
    Attention,
    LayerSizes,
    Tensor,
    layer_sizes,
)
from app.core.formats.header_notes import extended_context
from app.core.formats.model_kinds import gguf_kind
from app.core.formats.recent import Recent
from app.core.formats.split_files import MOST_PARTS, all_parts, part_of, present_parts
from app.core.system.files import is_file, open_regular, why

MAX_LAYERS = 512
"""llama.cpp ends its whole process when a header names more."""

_MAGIC = b"GGUF"
_OLD_MAGICS = (b"ggml", b"lmgg", b"tjgg", b"algg", b"fmgg")
_MOST_KEYS = 16_384
_MOST_TENSORS = 32_768  # in all parts together; the largest models have a few thousand
_COUNTED = ("tokenizer.ggml.tokens", "tokenizer.ggml.merges")  # lists whose length is wanted
_LONGEST_KEY = 65_535
_LONGEST_NAME = 63
_LONGEST_TEMPLATE = 1024 * 1024
_LONGEST_TITLE = 120
_SHORT_TEXTS = (
    "adapter.type",
    "general.architecture",
    "general.license",
    "general.name",
    "general.type",
    "tokenizer.ggml.model",
    "tokenizer.ggml.pre",
)
_MOST_DIMENSIONS = 4
_STRING, _ARRAY = 8, 9
_SCALARS = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
_LENGTH = struct.Struct("<Q")
_KIND = struct.Struct("<I")
_HEAD = struct.Struct("<4sIQQ")
_GUESSED = 1024  # a flag in general.file_type


class GgufHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What a GGUF file says it is; sizes in bytes, `context` in tokens.

    `merges` are the rules of its vocabulary, `window` the tokens that some of its layers see.
    `stretch` is a rope scaling of which it is not said whether `context` includes it. `lacks_pre`
    says that a vocabulary of byte pairs does not name its pre-tokenizer.
    """

    architecture: str
    name: str
    quantization: str
    parameters: int
    context: int
    layers: int
    vocabulary: int
    chat_template: str
    size_bytes: int
    licence: str = ""
    sizes: LayerSizes = LayerSizes()
    tensors: tuple[Tensor, ...] = ()
    merges: int = 0
    window: int = 0
    stretch: float = 1.0
    lacks_pre: bool = False


def read_header(path: Path) -> GgufHeader:
    """Read and check the header of the model at `path`; of a split model, of all its parts.

    What was read a moment ago is not read again while the files are the same. Raises
    ModelNotFoundError, NotAModelError, TruncatedModelError or UnsupportedModelError.
    """
    return _recent.get(path)


def _read_parts(path: Path) -> GgufHeader:
    part = _read_part(path)
    count = part.number("split.count")
    if count <= 1:
        return _header(path, [part])
    others = _other_parts(path, part.number("split.no"), count)
    return _header(path, [part, *_read_others(path, others, len(part.tensors))])


_recent = Recent(_read_parts, present_parts)


def _read_others(path: Path, others: list[Path], tensors: int) -> Iterator[_Part]:
    """The other parts; of them only the tensors count."""
    for other in others:
        part = _read_part(other)
        tensors += len(part.tensors)
        if tensors > _MOST_TENSORS:
            raise NotAModelError(f"{path.name} is damaged: its parts hold too many tensors.")
        part.values = {}
        yield part


def read_adapter_header(path: Path) -> str:
    """Check the header of the LoRA adapter at `path`; the architecture that it was made for.

    Raises ModelNotFoundError, NotAModelError, TruncatedModelError or UnsupportedModelError.
    """
    part = _read_part(path)
    if part.text("general.type") != "adapter":
        raise NotAModelError(f"{path.name} is not an adapter (LoRA).", "Choose an adapter's file.")
    kind = part.text("adapter.type")
    if kind != "lora":
        raise UnsupportedModelError(f"{path.name} is not a LoRA but {kind[:40] or 'of no kind'}.")
    names = {tensor.name for tensor in part.tensors}
    if not names or any(not name.endswith((".lora_a", ".lora_b")) for name in names):
        raise UnsupportedModelError(f"{path.name} holds other things than the matrices of a LoRA.")
    return part.text("general.architecture")


class _Part:
    """One file's checked header."""

    def __init__(
        self, values: dict[str, Any], elements: Counter[int], tensors: list[Tensor], size: int
    ) -> None:
        self.values = values
        self.elements = elements
        self.tensors = tensors
        self.size = size

    def number(self, key: str) -> int:
        value = self.values.get(key, 0)
        return value if type(value) is int and value >= 0 else 0

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""


def _header(path: Path, parts: list[_Part]) -> GgufHeader:
    first = parts[0]
    architecture = first.text("general.architecture")
    elements = sum((part.elements for part in parts), Counter[int]())
    _require_writer(path, first, architecture)
    if not elements:
        raise NotAModelError(f"{path.name} holds a vocabulary but no weights.")
    layers = first.number(f"{architecture}.block_count")
    if layers > MAX_LAYERS:
        raise UnsupportedModelError(
            f"{path.name} says it has {layers:,} layers; llama.cpp can run at most {MAX_LAYERS}."
        )
    vocabulary = first.number("tokenizer.ggml.tokens")
    tensors = tuple(tensor for part in parts for tensor in part.tensors)
    context, stretch = _context(first, architecture)
    return GgufHeader(
        architecture=architecture,
        name=_title(first.text("general.name")) or path.stem,
        quantization=_quantization(first, elements),
        parameters=elements.total(),
        context=context,
        layers=layers,
        vocabulary=vocabulary or first.number(f"{architecture}.vocab_size"),
        chat_template=first.text("tokenizer.chat_template"),
        size_bytes=sum(part.size for part in parts),
        licence=_title(first.text("general.license")),
        sizes=layer_sizes(
            tensors,
            layers,
            _attention(first, architecture),
            first.number(f"{architecture}.expert_used_count"),
        ),
        tensors=tensors,
        merges=first.number("tokenizer.ggml.merges"),
        window=first.number(f"{architecture}.attention.sliding_window"),
        stretch=stretch,
        lacks_pre=_lacks_pre(first),
    )


def _lacks_pre(part: _Part) -> bool:
    return part.text("tokenizer.ggml.model") == "gpt2" and not part.text("tokenizer.ggml.pre")


def _context(part: _Part, architecture: str) -> tuple[int, float]:
    scaling = f"{architecture}.rope.scaling"
    return extended_context(
        part.number(f"{architecture}.context_length"),
        part.values.get(f"{scaling}.factor"),
        part.values.get(f"{scaling}.original_context_length"),
    )


def _attention(part: _Part, architecture: str) -> Attention:
    return Attention(
        heads=part.number(f"{architecture}.attention.head_count"),
        head=part.number(f"{architecture}.attention.key_length"),
        borrowing=part.number(f"{architecture}.attention.shared_kv_layers"),
        state=_state(part, architecture),
    )


def _state(part: _Part, architecture: str) -> int:
    """The numbers of a recurrent layer's state, by the kind of layer that the header describes."""

    def number(key: str) -> int:
        return part.number(f"{architecture}.{key}")

    width, inner, size = (
        number("embedding_length"),
        number("ssm.inner_size"),
        number("ssm.state_size"),
    )
    beside = inner + 2 * number("ssm.group_count") * size
    convolution = max(0, number("ssm.conv_kernel") - 1) * beside
    shifts = number("token_shift_count") or (2 if number("wkv.head_size") else 0)
    short = max(0, number("shortconv.l_cache") - 1) * width
    return convolution + size * inner + width * (shifts + number("wkv.head_size")) + short


def _require_writer(path: Path, part: _Part, architecture: str) -> None:
    if kind := gguf_kind(part.values):
        of = f" ({architecture[:40]})" if architecture else ""
        raise UnsupportedModelError(f"{path.name} is {kind}{of}, not a model that writes.")
    if not architecture:
        raise NotAModelError(f"{path.name} does not say which architecture it has.")


def _title(text: str) -> str:
    shown = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return shown if len(shown) <= _LONGEST_TITLE else shown[: _LONGEST_TITLE - 1] + "…"


def _quantization(part: _Part, elements: Counter[int]) -> str:
    """By the file's own word, else the type that most elements have."""
    if "general.file_type" in part.values:
        named = FILE_TYPES.get(part.number("general.file_type") & ~_GUESSED)
        if named:
            return named
    return TENSOR_TYPES[elements.most_common(1)[0][0]][0]


def _other_parts(path: Path, number: int, count: int) -> list[Path]:
    named = part_of(path.name)
    if count > MOST_PARTS:
        raise UnsupportedModelError(
            f"{path.name} says it has {count:,} parts; at most {MOST_PARTS:,} can be read."
        )
    if number != 0:
        first = named._replace(number=1).name if named is not None else ""
        is_there = not first or is_file(path.with_name(first))
        raise UnsupportedModelError(
            f"{path.name} is part {number + 1} of a model in {count} files"
            + ("." if is_there else f", and its first part, {first}, is missing."),
            "Choose its first part." if is_there else "Put all parts into one folder.",
        )
    if named is None or named.number != 1 or named.total != count:
        raise UnsupportedModelError(
            f"{path.name} is the first of {count} parts, but its name does not say so.",
            f"Give the parts their names back: NAME-00001-of-{count:05}.gguf and so on.",
        )
    others = all_parts(path)[1:]
    missing = next((other.name for other in others if not is_file(other)), "")
    if missing:
        raise UnsupportedModelError(
            f"{path.name} is the first of {count} parts, and {missing} is missing.",
            "Put all parts into one folder.",
        )
    return others


def _read_part(path: Path) -> _Part:
    try:
        with open_regular(path) as file:
            return _read(BoundedReader(file, path.name))
    except FileNotFoundError:
        raise ModelNotFoundError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise NotAModelError(
            f"{path} cannot be read as a model: {reason}.",
            "Choose an ordinary file that you may read.",
        ) from error


def _read(reader: BoundedReader) -> _Part:
    tensors, keys = _read_head(reader)
    values: dict[str, Any] = {}
    for _ in range(keys):
        key = reader.text(_LONGEST_KEY)
        if key in values:
            raise reader.damaged(f"it names {key[:80]!r} twice")
        values[key] = _read_value(reader, key)
    alignment = values.get("general.alignment", 32)
    if type(alignment) is not int or alignment < 1 or alignment & (alignment - 1):
        raise reader.damaged("its alignment is not a power of two")
    elements, found, end = _read_tensors(reader, tensors, alignment)
    if tensors:
        reader.require(_aligned(reader.position, alignment) + end)
    return _Part(values, elements, found, reader.size)


def _read_head(reader: BoundedReader) -> tuple[int, int]:
    """The numbers of tensors and of keys."""
    _require_magic(reader)
    _magic, version, tensors, keys = reader.scalars(_HEAD)
    if version & 0xFFFF == 0 and version:
        raise UnsupportedModelError(
            f"{reader.name} is written for big-endian machines.", "Get the little-endian file."
        )
    if version == 1 or version > 3:
        age = "an old" if version == 1 else "a newer"
        raise UnsupportedModelError(
            f"{reader.name} has {age} version of the GGUF format ({version}); "
            "versions 2 and 3 can be read."
        )
    if version < 1 or tensors > _MOST_TENSORS or keys > _MOST_KEYS:
        raise reader.damaged("its counts cannot be true")
    return tensors, keys


def _require_magic(reader: BoundedReader) -> None:
    start = reader.peek(64)
    if not start:
        raise NotAModelError(f"{reader.name} is empty.", "Download it again.")
    if start[:4] == _MAGIC[: len(start)]:
        return
    if start[:4] in _OLD_MAGICS:
        raise UnsupportedModelError(
            f"{reader.name} has the format before GGUF.", "Get the model as GGUF."
        )
    what, hint = "not a GGUF model", "Choose a GGUF file, or a folder with safetensors."
    if start.startswith(b"version https://git-lfs"):
        what, hint = "only a pointer to a model (Git LFS)", "Download the file itself."
    elif start.lstrip()[:9].lower() in (b"<!doctype", b"<html>") or start[:5].lower() == b"<html":
        what, hint = "a web page, not a model", "Download the file itself."
    raise NotAModelError(f"{reader.name} is {what}.", hint)


def _read_value(reader: BoundedReader, key: str) -> Any:
    """A number or a wanted text; of an array its length; of anything else None."""
    (kind,) = reader.scalars(_KIND)
    if kind in _SCALARS:
        return reader.scalars(_SCALARS[kind])[0]
    if kind == _STRING:
        return _read_text(reader, key)
    if kind == _ARRAY:
        length = _skip_array(reader)
        return length if key in _COUNTED else None
    raise reader.damaged(f"it holds a value of the unknown kind {kind}")


def _read_text(reader: BoundedReader, key: str) -> str | None:
    if key == "tokenizer.chat_template":
        return reader.text(_LONGEST_TEMPLATE)
    if key in _SHORT_TEXTS:
        return reader.text(_LONGEST_KEY)
    reader.skip(reader.length())
    return None


def _skip_array(reader: BoundedReader) -> int:
    (kind,) = reader.scalars(_KIND)
    count = reader.length()
    if kind in _SCALARS:
        reader.skip(count * _SCALARS[kind].size)
    elif kind == _STRING:
        reader.skip_strings(count)
    else:
        raise reader.damaged("it holds a list of lists" if kind == _ARRAY else "its lists are torn")
    return count


def _read_tensors(
    reader: BoundedReader, count: int, alignment: int
) -> tuple[Counter[int], list[Tensor], int]:
    """The elements of every type, the tensors, and where the last ends after the data's start."""
    elements: Counter[int] = Counter()
    tensors: list[Tensor] = []
    end = 0
    for _ in range(count):
        name = reader.text(_LONGEST_NAME)
        kind, number, shape, size, offset = _read_tensor(reader)
        if offset % alignment:
            raise reader.damaged("a tensor is not aligned")
        elements[kind] += number
        tensors.append(Tensor(name, shape, size, TENSOR_TYPES[kind][0]))
        end = max(end, offset + size)
    return elements, tensors, end


def _read_tensor(reader: BoundedReader) -> tuple[int, int, tuple[int, ...], int, int]:
    """A tensor's type, its elements, its shape, its bytes and its offset."""
    (dimensions,) = reader.scalars(_KIND)
    if dimensions > _MOST_DIMENSIONS:
        raise reader.damaged(f"a tensor has {dimensions:,} dimensions")
    shape = tuple(reader.scalars(_LENGTH)[0] for _ in range(dimensions))
    (kind,) = reader.scalars(_KIND)
    (offset,) = reader.scalars(_LENGTH)
    if kind not in TENSOR_TYPES:
        raise UnsupportedModelError(
            f"{reader.name} is quantized in a way that is not known here (type {kind}).",
            "Get it in a usual quantization, such as Q4_K_M or Q8_0.",
        )
    _name, block, block_bytes = TENSOR_TYPES[kind]
    number = 1
    for length in shape:
        number *= length
        if number > ABSURD:
            raise reader.damaged("a tensor's shape cannot be true")
    if shape and shape[0] % block:
        raise reader.damaged("a tensor's rows are not whole blocks")
    return kind, number, shape, number // block * block_bytes, offset


def _aligned(position: int, alignment: int) -> int:
    return -(-position // alignment) * alignment
