"""A bounded reader of GGUF headers: what a model says it is, checked against the file's size.

Nothing that a header claims is believed before it is compared with a limit or with the file, so
that a damaged or hostile file costs neither time nor memory. The layout is that of the GGUF
specification, versions 2 and 3, little-endian.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.core.errors import (
    NotAModelError,
    UnsupportedModelError,
)
from app.core.formats.gguf_reader import MOST_TENSORS, GgufPart, read_part
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
from app.core.system.files import is_file

MAX_LAYERS = 512
"""llama.cpp ends its whole process when a header names more."""

_LONGEST_TITLE = 120
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
    part = read_part(path)
    count = part.number("split.count")
    if count <= 1:
        return _header(path, [part])
    others = _other_parts(path, part.number("split.no"), count)
    return _header(path, [part, *_read_others(path, others, len(part.tensors))])


_recent = Recent(_read_parts, present_parts)


def _read_others(path: Path, others: list[Path], tensors: int) -> Iterator[GgufPart]:
    """The other parts; of them only the tensors count."""
    for other in others:
        part = read_part(other)
        tensors += len(part.tensors)
        if tensors > MOST_TENSORS:
            raise NotAModelError(f"{path.name} is damaged: its parts hold too many tensors.")
        part.values = {}
        yield part


def read_adapter_header(path: Path) -> str:
    """Check the header of the LoRA adapter at `path`; the architecture that it was made for.

    Raises ModelNotFoundError, NotAModelError, TruncatedModelError or UnsupportedModelError.
    """
    part = read_part(path)
    if part.text("general.type") != "adapter":
        raise NotAModelError(f"{path.name} is not an adapter (LoRA).", "Choose an adapter's file.")
    kind = part.text("adapter.type")
    if kind != "lora":
        raise UnsupportedModelError(f"{path.name} is not a LoRA but {kind[:40] or 'of no kind'}.")
    names = {tensor.name for tensor in part.tensors}
    if not names or any(not name.endswith((".lora_a", ".lora_b")) for name in names):
        raise UnsupportedModelError(f"{path.name} holds other things than the matrices of a LoRA.")
    return part.text("general.architecture")


def _header(path: Path, parts: list[GgufPart]) -> GgufHeader:
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


def _lacks_pre(part: GgufPart) -> bool:
    return part.text("tokenizer.ggml.model") == "gpt2" and not part.text("tokenizer.ggml.pre")


def _context(part: GgufPart, architecture: str) -> tuple[int, float]:
    scaling = f"{architecture}.rope.scaling"
    return extended_context(
        part.number(f"{architecture}.context_length"),
        part.values.get(f"{scaling}.factor"),
        part.values.get(f"{scaling}.original_context_length"),
    )


def _attention(part: GgufPart, architecture: str) -> Attention:
    return Attention(
        heads=part.number(f"{architecture}.attention.head_count"),
        head=part.number(f"{architecture}.attention.key_length"),
        borrowing=part.number(f"{architecture}.attention.shared_kv_layers"),
        state=_state(part, architecture),
    )


def _state(part: GgufPart, architecture: str) -> int:
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


def _require_writer(path: Path, part: GgufPart, architecture: str) -> None:
    if kind := gguf_kind(part.values):
        name = f"{path.name} ({architecture[:40]})" if architecture else path.name
        raise UnsupportedModelError(f"{name} is {kind}, not a model that writes.")
    if not architecture:
        raise NotAModelError(f"{path.name} does not say which architecture it has.")


def _title(text: str) -> str:
    shown = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return shown if len(shown) <= _LONGEST_TITLE else shown[: _LONGEST_TITLE - 1] + "…"


def _quantization(part: GgufPart, elements: Counter[int]) -> str:
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
            f"{path.name} is part {number + 1} of a model in {count} files."
            if is_there
            else f"{path.name} is part {number + 1} of a model in {count} files, and its first "
            f"part, {first}, is missing.",
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
