"""The llama.cpp library itself: started once, its log kept for error sentences, its devices."""

from __future__ import annotations

import ctypes
import hashlib
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import llama_cpp
import llama_cpp._ctypes_extensions as binding
import llama_cpp.llama_cpp as bound

native: Any = bound
"""llama-cpp-python's low-level functions; their annotations do not fit what ctypes accepts."""

_WARNING, _ERROR, _CONTINUED = 3, 4, 5
_DEVICE_KINDS = {0: "CPU", 1: "GPU", 2: "integrated GPU", 3: "accelerator"}


@dataclass(frozen=True, slots=True)
class Device:
    """A device as llama.cpp sees it; `kind` as in its own enumeration, memory in bytes."""

    name: str
    title: str
    kind: int
    free: int
    total: int

    @property
    def is_gpu(self) -> bool:
        """Whether layers can be put on it."""
        return self.kind in (1, 2)

    @property
    def description(self) -> str:
        """One line for people."""
        kind = _DEVICE_KINDS.get(self.kind, "device")
        memory = f", {self.free / 2**30:.1f} of {self.total / 2**30:.1f} GiB free"
        return f"{self.name}: {self.title} ({kind}{memory if self.total else ''})"


class Library:
    """The loaded library; there is one per process, as llama.cpp's own state is.

    `is_muted` keeps what it says about a batch that the user stopped out of the log.
    """

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=100)
        self._level = 0
        self.is_muted = False
        self._callback = native.llama_log_callback(self._on_log)
        native.llama_log_set(self._callback, None)
        native.llama_backend_init()
        self._base = _load_base()

    @property
    def version(self) -> str:
        """The version of llama-cpp-python and of the llama.cpp in it."""
        inner = native.llama_version().decode("utf-8", "replace")
        return f"llama-cpp-python {llama_cpp.__version__} (llama.cpp {inner})"

    @property
    def build(self) -> str:
        """The version together with a digest of what the processor offers: both change numbers."""
        digest = hashlib.sha256(native.llama_print_system_info()).hexdigest()[:8]
        return f"llama-cpp-python {llama_cpp.__version__} {digest}"

    def forget_log(self) -> None:
        """Start anew with collecting lines."""
        self._lines.clear()

    def log(self) -> list[str]:
        """The last warnings and errors of llama.cpp, oldest first."""
        return list(self._lines)

    def devices(self) -> Iterator[Device]:
        """Every device that llama.cpp can compute on, the processor included."""
        for index in range(self._base.count()):
            yield self._base.device(index)

    def gpu(self) -> Device | None:
        """The first device that can hold layers."""
        return next((device for device in self.devices() if device.is_gpu), None)

    def _on_log(self, level: int, text: bytes, _data: object) -> None:
        # A continued line belongs to the one before it.
        self._level = self._level if level == _CONTINUED else level
        if self.is_muted or self._level not in (_WARNING, _ERROR):
            return
        line = text.decode("utf-8", "replace")
        self._lines.append(line.strip())
        sys.stderr.write(line)


@cache
def library() -> Library:
    """The process's one llama.cpp."""
    return Library()


class _Backends:
    """The functions of ggml that list devices; llama-cpp-python does not bind them."""

    def __init__(self, registry: ctypes.CDLL, base: ctypes.CDLL) -> None:
        self.count = _typed(registry.ggml_backend_dev_count, ctypes.c_size_t)
        self._get = _typed(registry.ggml_backend_dev_get, ctypes.c_void_p, ctypes.c_size_t)
        self._name = _typed(base.ggml_backend_dev_name, ctypes.c_char_p, ctypes.c_void_p)
        self._title = _typed(base.ggml_backend_dev_description, ctypes.c_char_p, ctypes.c_void_p)
        self._kind = _typed(base.ggml_backend_dev_type, ctypes.c_int, ctypes.c_void_p)
        size = ctypes.POINTER(ctypes.c_size_t)
        self._memory = _typed(base.ggml_backend_dev_memory, None, ctypes.c_void_p, size, size)

    def device(self, index: int) -> Device:
        handle = self._get(index)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self._memory(handle, ctypes.byref(free), ctypes.byref(total))
        name = self._name(handle).decode("utf-8", "replace")
        title = self._title(handle).decode("utf-8", "replace").strip()
        return Device(name, title, self._kind(handle), free.value, total.value)


def _typed(function: Any, result: Any, *arguments: Any) -> Any:
    function.restype, function.argtypes = result, arguments
    return function


def _load_base() -> _Backends:
    folder = Path(llama_cpp.__file__).parent / "lib"
    registry = binding.load_shared_library("ggml", folder)
    return _Backends(registry, binding.load_shared_library("ggml-base", folder))
