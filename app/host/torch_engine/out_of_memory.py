"""When PyTorch cannot go on: the sentence for it, and memory that is too little beforehand."""

from __future__ import annotations

import psutil
import torch

from app.core.errors import GenerationError, LampblackError, OutOfMemoryError

_OUT_OF_MEMORY = ("DefaultCPUAllocator", "out of memory")


def explained(error: RuntimeError, what: str = "the next token") -> LampblackError:
    """Why PyTorch could not compute `what`; after a lack of memory it gives its reserves back."""
    if is_lack(error):
        empty_caches()
        return _lack()
    line = (str(error).splitlines() or ["no reason given"])[0][:200].rstrip(".")
    return GenerationError(f"PyTorch could not compute {what}: {line}.", "Try again.")


def is_lack(error: BaseException) -> bool:
    """Whether there was too little memory.

    PyTorch has a type only for the GPU's lack of it; the processor's shows as text.
    """
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(mark in str(error) for mark in _OUT_OF_MEMORY)


def check_free(needed: int, device: torch.device) -> None:
    """Refuse what the processor's memory cannot hold: the system would end the process for it.

    Raises OutOfMemoryError; a GPU's own library does so itself.
    """
    if device.type == "cpu" and needed > psutil.virtual_memory().available:
        raise _lack()


def empty_caches() -> None:
    """Give the memory back that PyTorch keeps for itself."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
    if torch.xpu.is_available():
        torch.xpu.empty_cache()


def _lack() -> OutOfMemoryError:
    return OutOfMemoryError(
        "The model ran out of memory while it computed.",
        "Load it with a smaller context, write fewer takes at once, choose a smaller model, or "
        "keep it off the GPU.",
    )
