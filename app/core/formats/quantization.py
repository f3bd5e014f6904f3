"""The types that a copy of a model can be made in, what each costs, and which copies are refused.

A type rounds every weight to a few bits. Rounding what was rounded before adds both errors: the
starter model's Q4_1 copied to four bits diverges by 0.19 to 0.30 (Kullback-Leibler, measured),
copied to Q8_0 by 0.005.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from app.core.errors import ParameterError
from app.core.formats.gguf_tensors import FILE_TYPES, TENSOR_TYPES, Tensor
from app.core.units import size_text

_BITS = {name: size * 8 / block for name, block, size in TENSOR_TYPES.values()}
_BLOCKS = {name: block for name, block, _size in TENSOR_TYPES.values()}
_HALF = 16  # bits of a weight that was hardly rounded
_EIGHT = 8
_IN_NO_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST_NAME = 240  # bytes; what is not whole yet has a longer one
_WORTH = 0.02  # the share of a model's weights from which their type counts
_OUTPUT = "Q6_K"  # what llama.cpp gives the output below eight bits
_FALLBACKS = {
    "Q3_K": "Q4_0",
    "Q4_K": "Q5_0",
    "Q5_K": "Q5_1",
    "Q6_K": "Q8_0",
    "IQ4_XS": "IQ4_NL",
}
"""What llama.cpp takes where a row is not made of whole blocks of 256."""


class QuantType(msgspec.Struct, frozen=True, kw_only=True):
    """A type for a copy: its number in GGUF files and the element type that most weights get.

    `bits` are those of a weight in the layers on average, `words` what a writer should know.
    """

    name: str
    number: int
    element: str
    bits: float
    words: str


TYPES: tuple[QuantType, ...] = (
    QuantType(
        name="F16",
        number=1,
        element="F16",
        bits=16.0,
        words="Half precision: as good as the original, and the source for every other type.",
    ),
    QuantType(
        name="Q8_0",
        number=7,
        element="Q8_0",
        bits=8.5,
        words="Half of F16, and nobody can tell the difference; fast on every processor.",
    ),
    QuantType(
        name="Q6_K",
        number=18,
        element="Q6_K",
        bits=6.5625,
        words="A fifth smaller than Q8_0, with a difference that is hard to find.",
    ),
    QuantType(
        name="Q5_K_M",
        number=17,
        element="Q5_K",
        bits=5.7,
        words="A third of F16; the loss is small on models of seven billion weights and more.",
    ),
    QuantType(
        name="Q4_K_M",
        number=15,
        element="Q4_K",
        bits=4.85,
        words="The usual bargain: under a third of F16, the loss is noticeable on small models.",
    ),
    QuantType(
        name="IQ4_NL",
        number=25,
        element="IQ4_NL",
        bits=4.5,
        words="As small as Q4_0 and a little closer to the original; reads prompts fast.",
    ),
    QuantType(
        name="Q4_0",
        number=2,
        element="Q4_0",
        bits=4.5,
        words="The fastest to read prompts on most processors; the plainest rounding to four bits.",
    ),
    QuantType(
        name="Q3_K_M",
        number=12,
        element="Q3_K",
        bits=3.9,
        words="For models that would not fit otherwise; the loss is plain to see.",
    ),
)
"""Every type that is offered, the best first."""


class Price(msgspec.Struct, frozen=True):
    """Whether a copy may be made, and the sentence that says what it costs or why not.

    `warns` says that the copy is worse than its size would lead one to expect.
    """

    is_allowed: bool
    words: str
    warns: bool = False


def type_named(name: str) -> QuantType:
    """The type of that name in any case; raises ParameterError."""
    for one in TYPES:
        if one.name == name.strip().upper():
            return one
    known = ", ".join(one.name for one in TYPES)
    raise ParameterError(f"There is no type {name!r} for a copy.", f"Take one of {known}.")


def coarsest(tensors: Iterable[Tensor]) -> str:
    """The type with the fewest bits that a part of the weights worth mention has.

    A file's own word for its type is not asked: what counts is what was rounded.
    """
    elements: Counter[str] = Counter()
    for tensor in tensors:
        if _is_weight(tensor):
            elements[tensor.kind] += _count(tensor)
    least = elements.total() * _WORTH
    found = [kind for kind, count in elements.items() if count >= least and kind in _BITS]
    return min(found, key=lambda kind: _BITS[kind], default="F32")


def price(source: str, target: QuantType, *, saves: bool = True) -> Price:
    """What a copy in `target` costs a model whose weights are of the element type `source`.

    `saves` says whether the copy is smaller than the model.
    """
    before, after = _BITS.get(source, 0.0), _BITS[target.element]
    if source == target.element:
        return Price(False, f"The model is in {source} already.")
    in_vain = "" if saves else "The copy is no smaller than the model. "
    if before >= _HALF:
        return Price(True, in_vain + target.words, warns=not saves)
    if after >= before and after >= _EIGHT:
        return Price(
            True,
            f"The copy is larger than the model and cannot be better: what {source} rounded away "
            f"stays lost. In {target.name} it may read prompts faster.",
        )
    if before >= _EIGHT:
        return Price(
            True,
            f"{in_vain}The weights were rounded to {source} before, so that the copy is a little "
            f"worse than {target.name} made of the original in F16.",
            warns=True,
        )
    return Price(
        False,
        f"The weights were rounded to {source} already; rounding them to {target.name} again "
        "would lose far more than the size says.",
    )


def require(name: str, source: str, target: QuantType, *, saves: bool = True) -> Price:
    """The price of a copy of the model `name`; raises ParameterError where it is refused."""
    found = price(source, target, saves=saves)
    if not found.is_allowed:
        hint = "Make a copy in Q8_0, or get the model in F16 or Q8_0 and make the copy of that."
        hint = "Choose another type." if source == target.element else hint
        raise ParameterError(f"No {target.name} copy of {name}: {found.words}", hint)
    return found


def estimate(tensors: Sequence[Tensor], target: QuantType, overhead: int = 0) -> int:
    """About how many bytes the copy takes; `overhead` are those of the header."""
    output = _output(tensors)
    return overhead + sum(_copied(tensor, target, output) for tensor in tensors)


def copy_path(model: Path, name: str, target: QuantType, folder: Path) -> Path:
    """Where a copy of the model `name` goes: beside it, its type in the name.

    The stores of other programs hold no files of ours: there it goes into `folder`. What a user
    or another program calls a model may hold what no file's name can; that is left out.
    """
    stem, dot, last = name.rpartition(".")
    known = {kind for kind, *_size in TENSOR_TYPES.values()} | {*FILE_TYPES.values()}
    if dot and last.upper() in known:
        name = stem
    foreign = model.suffix.lower() != ".gguf" or "snapshots" in model.parts
    return (folder if foreign else model.parent) / _file_name(name, f".{target.name}.gguf")


def _file_name(name: str, ending: str) -> str:
    """The name as one that every system can have, cut where it would be too long."""
    plain = _IN_NO_NAME.sub("-", name).strip(" .") or "model"
    while len(os.fsencode(plain + ending)) > _LONGEST_NAME:
        plain = plain[:-1]
    return plain + ending


def _copied(tensor: Tensor, target: QuantType, output: str) -> int:
    if not _is_weight(tensor):
        return tensor.size
    if tensor.name == output and _BITS[target.element] < _EIGHT:
        kind, bits = _OUTPUT, _BITS[_OUTPUT]
    else:
        kind, bits = target.element, target.bits
    if tensor.shape[0] % _BLOCKS[kind]:
        kind = _FALLBACKS.get(kind, "F16")
        kind = "F16" if tensor.shape[0] % _BLOCKS[kind] else kind
        bits = _BITS[kind]
    return int(_count(tensor) * bits / 8)


def _output(tensors: Sequence[Tensor]) -> str:
    """The tensor that makes the logits; models without an own one use that of their input."""
    own = any(tensor.name == "output.weight" for tensor in tensors)
    return "output.weight" if own else "token_embd.weight"


def _is_weight(tensor: Tensor) -> bool:
    """Whether llama.cpp rounds a tensor: the matrices, without norms and expert gates."""
    name = tensor.name
    plain = not name.endswith(("_norm.weight", "ffn_gate_inp.weight"))
    return len(tensor.shape) >= 2 and name.endswith("weight") and plain


def _count(tensor: Tensor) -> int:
    count = 1
    for length in tensor.shape:
        count *= length
    return count


_X86 = frozenset(("SSE3", "SSSE3", "AVX", "AVX2", "AVX512"))
_TILES = "AMX_INT8"  # a processor with it multiplies the usual types in hardware
_COPY = "Q8_0"
_Q8_0_BITS = 8.5
_SLOW: Mapping[str, float] = {"Q4_1": 5.0, "Q5_1": 6.0}
"""The types without a fast kernel on x86, with their bits per weight."""

_MEASURED = ("Q4_1",)


class Advice(msgspec.Struct, frozen=True):
    """A copy that would read prompts faster: its type, about its size, and a sentence why."""

    type_name: str
    size_bytes: int
    words: str


def advise(
    quantization: str,
    size_bytes: int,
    features: Iterable[str],
    *,
    engine: str = "llama.cpp",
    gpu_layers: int = 0,
) -> Advice | None:
    """The advice for a model as it is loaded; None where there is nothing to gain for certain.

    `features` are what the processor offers, in ggml's words; nothing is said without knowing them,
    and nothing about layers on a graphics card.
    """
    offered = set(features)
    kind = quantization.split(" ")[0].upper()
    if engine != "llama.cpp" or gpu_layers or kind not in _SLOW:
        return None
    if not offered & _X86 or _TILES in offered:
        return None
    size = int(size_bytes * _Q8_0_BITS / _SLOW[kind])
    return Advice(_COPY, size, _words(kind, size))


def _words(kind: str, size: int) -> str:
    measured = "between 1.5 and 2.8 times as fast, writes a little slower"
    change = measured if kind in _MEASURED else "faster than now"
    return (
        f"A copy as {_COPY} would begin to write sooner on this computer than {kind}: it reads "
        f"your text {change}, takes up to {size_text(size)}, and its text is as good."
    )
