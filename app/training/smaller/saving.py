"""A network as a model folder: learned adapters made part of its weights, written, read back."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import SafetensorError

from app.core.errors import HousekeepingError, UnsupportedModelError
from app.core.system.files import why
from app.core.units import size_text
from app.host.interface import Job
from app.host.torch_engine.loading import load_network, without_quantization
from app.host.torch_engine.loading_progress import progress
from app.training.packing import TokenRow
from app.training.smaller.gguf_model import MOST_HALF

_ALIKE = 2e-2
_ENDS = ("bos_token_id", "eos_token_id", "pad_token_id")
_RESERVE = 64 << 20  # bytes of the disk that stay free
Matrices = Iterable[tuple[str, Any, Any]]


def merge_adapters(network: Any, matrices: Matrices, scale: float) -> None:
    """Add s·B·A to the weights of each named layer."""
    with torch.no_grad():
        for name, down, up in matrices:
            weights = network.get_submodule(name).weight
            weights += (scale * (up.float() @ down.float())).to(weights)


def save_network(network: Any, tokenizer: Any, folder: Path) -> None:
    """Write a folder of safetensors in F16, or in BF16 where a number is too large for that.

    The network is in that type afterwards. Raises HousekeepingError, with nothing left behind.
    """
    largest = max(float(weights.detach().abs().max()) for weights in network.parameters())
    network.to(torch.float16 if largest < MOST_HALF else torch.bfloat16)
    without_quantization(network)
    _settle_generation(network)
    with whole_or_nothing(folder, 2 * sum(one.numel() for one in network.parameters())):
        folder.mkdir(parents=True)
        with progress(Job(0, lambda _event: None)):  # no bars in the log
            tokenizer.save_pretrained(folder)
            network.save_pretrained(folder)


def _settle_generation(network: Any) -> None:
    """Leave of settings that contradict each other, which are not written, what ends a text."""
    given = network.generation_config
    if given is None:
        return
    try:
        given.validate(strict=True)
    except ValueError:
        kept = {name: getattr(given, name) for name in _ENDS}
        network.generation_config = transformers.GenerationConfig(**kept)


@contextmanager
def whole_or_nothing(path: Path, size: int) -> Iterator[None]:
    """While it is entered, `path` is written, about `size` bytes; what was there is removed.

    A disk that refuses raises HousekeepingError, and whatever ends it early leaves nothing there.
    """
    _remove(path)
    free = shutil.disk_usage(path.parent).free
    if size + _RESERVE > free:
        raise HousekeepingError(
            f"There is no room for the new model: it takes {size_text(size + _RESERVE)} with a "
            f"reserve, and {size_text(free)} are free.",
            "Make room on the disk, and resume the run.",
        )
    try:
        yield
    except (OSError, SafetensorError) as error:  # the latter where the disk refuses midway
        _remove(path)
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise HousekeepingError(
            f"The new model could not be written: {reason.rstrip('.')}.",
            "Make room on the disk, and resume the run.",
        ) from error
    except BaseException:
        _remove(path)
        raise


def read_back(folder: Path, network: Any, row: TokenRow, gpu_layers: int) -> Any:
    """The network out of the folder; raises UnsupportedModelError unless it gives what it gave.

    `network` is the one that was written, in the type that it was written in.
    """
    job = Job(0, lambda _event: None)
    found, _tokenizer = load_network(folder, gpu_layers, "", job)
    given, _aims = row.inputs(found.device)
    with torch.no_grad():
        now = found(**given, use_cache=False).logits[0].float()
        was = network.to(found.dtype)(**given, use_cache=False).logits[0].float()
    if now.shape != was.shape or not torch.allclose(now, was, atol=_ALIKE, rtol=_ALIKE):
        raise UnsupportedModelError(
            "The new model, read from the disk, gives other numbers than it gave before: its kind "
            "of network cannot be described without what was taken.",
            "Take other layers or heads, or choose another model.",
        )
    return found


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
