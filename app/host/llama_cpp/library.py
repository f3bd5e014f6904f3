"""The llama.cpp library itself: started once, its log kept for error sentences, its devices."""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import llama_cpp
import llama_cpp._ctypes_extensions as binding
import llama_cpp.llama_cpp as bound

from app.core.memory_fit.placement import CPU, GPU, INTEGRATED, LlamaDevice
from app.core.system.drivers import loading_drivers
from app.engine.messages import DeviceKind, DeviceReport

_FOLDER = Path(llama_cpp.__file__).parent / "lib"

native: Any = bound
"""llama-cpp-python's low-level functions; their annotations do not fit what ctypes accepts."""

_KINDS: dict[int, DeviceKind] = {CPU: "CPU", GPU: "GPU", INTEGRATED: "integrated GPU"}
_WARNING, _ERROR, _CONTINUED = 3, 4, 5
_WEIGHTS, _MAPPED = b" model buffer size", b"_Mapped "  # how the log names a place of weights


class Library:
    """The loaded library; there is one per process, as llama.cpp's own state is.

    `is_muted` keeps what it says about a batch that the user stopped out of the log. `has_copied`
    tells whether it has put weights anywhere else than into the mapped file since `forget_log`.
    """

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=100)
        self._level = 0
        self.is_muted = False
        self.has_copied = False
        self._callback = native.llama_log_callback(self._on_log)
        native.llama_log_set(self._callback, None)
        load_backends()
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

    @property
    def features(self) -> tuple[str, ...]:
        """What the processor offers that this build uses, in ggml's words, such as AVX2."""
        said = native.llama_print_system_info().decode("utf-8", "replace")
        return tuple(re.findall(r"(\w+) = 1", said))

    def forget_log(self) -> None:
        """Forget the lines collected so far."""
        self._lines.clear()
        self.has_copied = False

    def log(self) -> list[str]:
        """The last warnings and errors of llama.cpp, oldest first."""
        return list(self._lines)

    def devices(self) -> Iterator[LlamaDevice]:
        """Every device that llama.cpp can compute on, the processor included."""
        for index in range(self._base.count()):
            yield self._base.device(index)

    def handles(self, devices: Iterable[LlamaDevice]) -> Any:
        """The devices as llama.cpp takes them: an array that ends with a null."""
        found = [self._base.handle(device.index) for device in devices]
        return (ctypes.c_void_p * (len(found) + 1))(*found, None)

    def _on_log(self, level: int, text: bytes, _data: object) -> None:
        # A continued line belongs to the one before it.
        self._level = self._level if level == _CONTINUED else level
        self.has_copied |= _WEIGHTS in text and _MAPPED not in text
        if self.is_muted or self._level not in (_WARNING, _ERROR):
            return
        line = text.decode("utf-8", "replace")
        self._lines.append(line.strip())
        sys.stderr.write(line)


@cache
def library() -> Library:
    """The process's one llama.cpp."""
    return Library()


@cache
def load_backends() -> None:
    """Load ggml's backends where they are libraries of their own, as in a bundle.

    Of those for the processor ggml takes the one that fits it best. The folder is named, because
    ggml otherwise looks in the working directory. One that cannot be loaded, such as Vulkan's where
    no Vulkan is, stays out without a word.
    """
    if any(_FOLDER.glob("*ggml-cpu-*")):
        registry = binding.load_shared_library("ggml", _FOLDER)
        load = _typed(registry.ggml_backend_load_all_from_path, None, ctypes.c_char_p)
        with loading_drivers() if has_vulkan() else nullcontext(True) as is_on:
            if not is_on:
                sys.stderr.write(_LEFT_OUT)
            load(os.fsencode(_FOLDER))


def has_vulkan() -> bool:
    """Whether ggml's backend for Vulkan lies beside the others."""
    return any(_FOLDER.glob("*ggml-vulkan*"))


_LEFT_OUT = "Graphics drivers have ended the engine before: no card is used for a day.\n"


def report(device: LlamaDevice) -> DeviceReport:
    """What the app is told of a device."""
    kind = _KINDS.get(device.kind, "accelerator")
    return DeviceReport(
        name=device.name, title=device.title, kind=kind, free=device.free, total=device.total
    )


class _Properties(ctypes.Structure):
    """ggml's `ggml_backend_dev_props`."""

    _fields_: ClassVar = [
        ("name", ctypes.c_char_p),
        ("title", ctypes.c_char_p),
        ("free", ctypes.c_size_t),
        ("total", ctypes.c_size_t),
        ("kind", ctypes.c_int),
        ("id", ctypes.c_char_p),
        ("abilities", ctypes.c_bool * 32),  # more than there are: the library writes what it knows
    ]


class _Backends:
    """The functions of ggml that list devices; llama-cpp-python does not bind them."""

    def __init__(self, registry: ctypes.CDLL, base: ctypes.CDLL) -> None:
        handle, text = ctypes.c_void_p, ctypes.c_char_p
        self.count = _typed(registry.ggml_backend_dev_count, ctypes.c_size_t)
        self.handle = _typed(registry.ggml_backend_dev_get, handle, ctypes.c_size_t)
        self._backend = _typed(base.ggml_backend_dev_backend_reg, handle, handle)
        self._backend_name = _typed(base.ggml_backend_reg_name, text, handle)
        properties = ctypes.POINTER(_Properties)
        self._properties = _typed(base.ggml_backend_dev_get_props, None, handle, properties)

    def device(self, index: int) -> LlamaDevice:
        handle = self.handle(index)
        found = _Properties()
        self._properties(handle, ctypes.byref(found))
        return LlamaDevice(
            index=index,
            name=_text(found.name),
            title=_text(found.title),
            kind=found.kind,
            free=found.free,
            total=found.total,
            backend=_text(self._backend_name(self._backend(handle))),
            id=_text(found.id),
        )


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace").strip()


def _typed(function: Any, result: Any, *arguments: Any) -> Any:
    function.restype, function.argtypes = result, arguments
    return function


def _load_base() -> _Backends:
    registry = binding.load_shared_library("ggml", _FOLDER)
    return _Backends(registry, binding.load_shared_library("ggml-base", _FOLDER))
