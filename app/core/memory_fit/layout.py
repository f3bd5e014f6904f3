"""What of a model decides how much memory it needs, read from its own header."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from app.core.formats.gguf import GgufHeader, read_header
from app.core.formats.gguf_tensors import LayerSizes
from app.core.formats.safetensors import read_config, read_folder
from app.core.system.files import is_folder

Engine = Literal["llama.cpp", "torch"]

_ONE_MASK = ("phi3",)  # names a window, but attends to all


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """A model as memory sees it; `context` is its own, in tokens, 0 where it is not known.

    `merges` are the rules of the vocabulary; `windowed` says that some layers see a part only.
    `stretch` is a rope scaling that may reach beyond `context`.
    """

    name: str
    engine: Engine = "llama.cpp"
    architecture: str = ""
    quantization: str = ""
    parameters: int = 0
    size_bytes: int = 0
    context: int = 0
    vocabulary: int = 0
    merges: int = 0
    windowed: bool = False
    stretch: float = 1.0
    sizes: LayerSizes = LayerSizes()


def layout(path: Path, engine: Engine | None = None) -> Layout:
    """Read the GGUF file or the model folder at `path`.

    A GGUF file runs with llama.cpp unless `engine` says otherwise. Raises a LampblackError.
    """
    if is_folder(path):
        return _folder_layout(path)
    header = read_header(path)
    if engine == "torch":
        return msgspec.structs.replace(header_layout(path.stem, header), engine="torch")
    return header_layout(path.stem, header)


def header_layout(name: str, header: GgufHeader) -> Layout:
    """The layout of a GGUF file whose header was read."""
    return Layout(
        name=name,
        architecture=header.architecture,
        quantization=header.quantization,
        parameters=header.parameters,
        size_bytes=header.size_bytes,
        context=header.context,
        stretch=header.stretch,
        vocabulary=header.vocabulary,
        merges=header.merges,
        windowed=header.window > 0 and header.architecture not in _ONE_MASK,
        sizes=header.sizes,
    )


def _folder_layout(folder: Path) -> Layout:
    header = read_folder(folder)
    config = read_config(folder)
    inner = config.get("text_config")
    text = inner if isinstance(inner, dict) else config
    return Layout(
        name=folder.name,
        engine="torch",
        architecture=header.architecture,
        quantization=header.quantization,
        parameters=header.parameters,
        size_bytes=header.size_bytes,
        context=header.context,
        stretch=header.stretch,
        vocabulary=_number(text, "vocab_size"),
        sizes=_sizes(text, header.size_bytes),
    )


def _sizes(config: dict[str, Any], weights: int) -> LayerSizes:
    """The layers that a configuration describes, under the names that transformers knows."""
    layers = min(512, _number(config, "num_hidden_layers", "n_layer", "num_layers"))
    heads = _number(config, "num_attention_heads", "n_head", "num_heads")
    width = _number(config, "hidden_size", "n_embd", "d_model")
    head = _number(config, "head_dim") or (width // heads if heads else 0)
    keys = _number(config, "num_key_value_heads", "num_kv_heads") or heads
    return LayerSizes(
        weights=(weights // layers,) * layers if layers else (),
        cache=(2 * keys * head,) * layers,
        width=width,
        widest=_number(config, "intermediate_size", "n_inner", "d_ff") or 4 * width,
        heads=heads,
        queries=heads * head,
        is_tied=True,
    )


def _number(config: dict[str, Any], *names: str) -> int:
    for name in names:
        value = config.get(name)
        if type(value) is int and 0 < value < 1 << 32:
            return value
    return 0
