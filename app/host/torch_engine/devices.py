"""The devices that PyTorch can compute on, and the one that a model gets."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import torch

from app.core.errors import OutOfMemoryError
from app.core.units import size_text
from app.engine.messages import DeviceKind, DeviceReport

_RESERVE = 1.2  # of the weights' size: room for the context and what is computed in between
_SMALLER = "Close other programs or choose a smaller model."


@dataclass(frozen=True, slots=True)
class TorchDevice:
    """A device as PyTorch sees it; memory in bytes, 0 where it is not known."""

    name: str
    title: str
    free: int
    total: int
    dtype: torch.dtype

    @property
    def report(self) -> DeviceReport:
        """What the app is told of it."""
        kind: DeviceKind = "GPU" if self.is_gpu else "CPU"
        return DeviceReport(
            name=self.name, title=self.title, kind=kind, free=self.free, total=self.total
        )

    @property
    def is_gpu(self) -> bool:
        """Whether it is not the processor."""
        return self.name != "cpu"


def devices() -> Iterator[TorchDevice]:
    """Every device, the most wanted first, the processor last."""
    yield from _cuda()
    if torch.backends.mps.is_available():
        total = torch.mps.recommended_max_memory()
        free = max(0, total - torch.mps.driver_allocated_memory())
        yield TorchDevice("mps", "Apple GPU", free, total, torch.float16)
    yield from _xpu()
    memory = psutil.virtual_memory()
    title = platform.processor() or platform.machine()
    yield TorchDevice("cpu", title, memory.available, memory.total, torch.float32)


def candidates(parameters: int, gpu_layers: int, name: str) -> Iterator[TorchDevice]:
    """The devices that the model fits on, one after the other; the processor is the last.

    `dtype` is what the weights become there. `gpu_layers` 0 keeps the model off a GPU; PyTorch
    puts all layers on one device. On a processor with too little memory for float32 it is
    bfloat16. Raises OutOfMemoryError when nothing is left.
    """
    for device in devices():
        if not device.is_gpu:
            yield _processor(device, parameters, name)
        elif gpu_layers and (not device.total or parameters * 2 * _RESERVE <= device.free):
            yield device


def _processor(device: TorchDevice, parameters: int, name: str) -> TorchDevice:
    if parameters * 4 <= device.free:
        return device
    if parameters * 2 <= device.free:
        return TorchDevice(device.name, device.title, device.free, device.total, torch.bfloat16)
    raise OutOfMemoryError(
        f"{name} needs {size_text(parameters * 2)} of memory, "
        f"but only {size_text(device.free)} are free.",
        _SMALLER,
    )


def _cuda() -> Iterator[TorchDevice]:
    if not torch.cuda.is_available():
        return
    for index in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(index)
        half = torch.cuda.get_device_capability(index) < (8, 0) and torch.version.hip is None
        dtype = torch.float16 if half else torch.bfloat16
        yield TorchDevice(f"cuda:{index}", torch.cuda.get_device_name(index), free, total, dtype)


def _xpu() -> Iterator[TorchDevice]:
    if not torch.xpu.is_available():
        return
    for index in range(torch.xpu.device_count()):
        free, total = torch.xpu.mem_get_info(index)
        title = torch.xpu.get_device_name(index)
        yield TorchDevice(f"xpu:{index}", title, free, total, torch.bfloat16)
