"""Graphics cards: what an engine says of its devices, as the fit counts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.core.system.machine import Gpu
from app.engine.messages import DeviceReport


def cards(devices: Iterable[DeviceReport]) -> Iterator[Gpu]:
    """Each card once, integrated ones only where there are no others."""
    found = {device.title: device for device in reversed([*devices])}
    kinds = {device.kind for device in found.values()}
    wanted = "GPU" if "GPU" in kinds else "integrated GPU"
    for device in reversed(found.values()):
        if device.kind == wanted:
            yield Gpu(
                device.title, device.free, device.total, integrated=wanted == "integrated GPU"
            )
