"""Graphics drivers that end the engine host while they are loaded: left out after two times.

llama.cpp's library for Vulkan has the drivers of every card loaded as soon as it is loaded itself,
whatever the model is to be computed on. One that crashes would leave the writer without an engine.
The host says when it begins and when it is over; what was begun twice and never ended is not tried
again for a day.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from app.core.system.json_store import JsonStore
from app.core.system.openmp import TUNING_FOLDER

VARIABLE = "LAMPBLACK_DRIVERS"
"""Of the host's environment: the file in which it says so."""

MOST_CRASHES = 2
"""A load that was interrupted once may have been ended by the writer."""

AGAIN_S = 86_400.0
"""How long the drivers are left out, in seconds."""

_OFF = dict.fromkeys(("VK_DRIVER_FILES", "VK_ICD_FILENAMES"), os.devnull)
"""What tells Vulkan's loader, the newer and the older one, to look for no driver."""

_FILE = "drivers.json"
_MOST_BYTES = 4096


class DriverMark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The drivers are being loaded by a process since `begun`, in seconds since 1970.

    `count` is how often that began without an end.
    """

    pid: int
    begun: float
    count: Annotated[int, msgspec.Meta(ge=1)]


def driver_environment(cache: Path | None) -> dict[str, str]:
    """What a new host's environment says of the drivers; nothing without the engine's cache."""
    if cache is None:
        return {}
    file = cache / TUNING_FOLDER / _FILE
    mark = _read(file)
    is_off = (
        mark is not None
        and mark.count >= MOST_CRASHES
        and 0 <= time.time() - mark.begun < AGAIN_S
        and not _runs(mark.pid)
    )
    return {VARIABLE: str(file)} | (_OFF if is_off else {})


@contextlib.contextmanager
def loading_drivers(environ: Mapping[str, str] = os.environ) -> Iterator[bool]:
    """In the host: the drivers are loaded inside, unless the value is False.

    Where nothing can be written nothing is remembered.
    """
    name = environ.get(VARIABLE, "")
    if not name or _is_off(environ):
        yield not _is_off(environ)
        return
    file, mark = Path(name), _read(Path(name))
    made = DriverMark(pid=os.getpid(), begun=time.time(), count=mark.count + 1 if mark else 1)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        _store(file).write(msgspec.json.encode(made))
    try:
        yield True
    finally:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def _is_off(environ: Mapping[str, str]) -> bool:
    return all(environ.get(name) == value for name, value in _OFF.items())


def _store(file: Path) -> JsonStore[DriverMark]:
    return JsonStore(file, msgspec.json.Decoder(DriverMark).decode, limit=_MOST_BYTES)


def _read(file: Path) -> DriverMark | None:
    return _store(file).read(keep_damaged=False).content


def _runs(pid: int) -> bool:
    """Whether the process that began is still at it."""
    import psutil  # only where something is remembered: the window starts without

    return bool(psutil.pid_exists(pid))
