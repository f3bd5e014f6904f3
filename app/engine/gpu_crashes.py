"""What is remembered of loads onto a GPU: one that never came to its end is not tried unasked.

A driver can take the engine, the program or the whole machine down, so that a mark is written as
soon as the engine says that it turns to the GPU, and goes when the load ends in any other way than
a crash.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from app.core.system.json_store import JsonStore
from app.engine.messages import Event, JobCommand, Load, Loading

# What only a load needs is imported with it: the window is shown without.

_LIBRARIES = {"llama.cpp": "llama-cpp-python", "torch": "torch"}
_LARGEST = 64 * 1024


class GpuMark(msgspec.Struct, frozen=True, kw_only=True):
    """A load onto `gpu` that began and has not ended; `pid` and `started` say whose it is.

    `build` is the engine's library, whose next version may do better. `use_processor` says that
    the user wants the model on the processor from now on.
    """

    path: str
    engine: str
    gpu: str
    build: str = ""
    pid: int = 0
    started: float = 0.0
    use_processor: bool = False


class GpuMarks:
    """The marks in `folder`, one file for each model and engine.

    Where nothing can be written nothing is remembered, and loading works all the same.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, path: str, engine: str, gpu: str) -> None:
        """A load onto `gpu` begins."""
        import psutil

        process = psutil.Process()
        mark = GpuMark(
            path=path,
            engine=engine,
            gpu=gpu,
            build=_build(engine),
            pid=process.pid,
            started=process.create_time(),
        )
        self._write(mark)

    def end(self, path: str, engine: str) -> None:
        """The load came to its end, or the user wants another try."""
        with contextlib.suppress(OSError):
            self._file(path, engine).path.unlink(missing_ok=True)

    def use_processor(self, mark: GpuMark) -> None:
        """Load the model on the processor from now on."""
        self._write(msgspec.structs.replace(mark, use_processor=True))

    def failed(self, path: str, engine: str) -> GpuMark | None:
        """The mark of a load that crashed; None if none did, or by another build."""
        mark = self._file(path, engine).read(keep_damaged=False).content
        if mark is None or mark.path != path or mark.build != _build(engine):
            return None
        return None if _goes_on(mark) else mark

    def _write(self, mark: GpuMark) -> None:
        with contextlib.suppress(OSError):
            self._file(mark.path, mark.engine).write(msgspec.json.encode(mark))

    def _file(self, path: str, engine: str) -> JsonStore[GpuMark]:
        import hashlib

        name = hashlib.sha256(f"{engine}\0{path}".encode("utf-8", "surrogateescape")).hexdigest()
        file = self._folder / f"{name[:24]}.json"
        return JsonStore(file, msgspec.json.Decoder(GpuMark).decode, limit=_LARGEST)


def _build(engine: str) -> str:
    """The version of the engine's library, which is not imported for it; empty if not known."""
    from importlib import metadata

    try:
        return metadata.version(_LIBRARIES.get(engine, engine))
    except (metadata.PackageNotFoundError, ValueError):
        return ""


def _goes_on(mark: GpuMark) -> bool:
    """Whether another program is still at that load."""
    if mark.use_processor or mark.pid == os.getpid():
        return False
    import psutil

    try:
        return bool(psutil.Process(mark.pid).create_time() == mark.started)
    except (psutil.Error, ValueError, OverflowError):
        return False


class LoadWatch:
    """Follows the load that runs, one at a time, and marks it once it puts layers on a GPU.

    `has_begun` says whether the model that was loaded before is gone. What other commands do
    meanwhile changes nothing here.
    """

    def __init__(self, marks: GpuMarks | None) -> None:
        self._marks = marks
        self._gpu = ""
        self.has_begun = False

    def hear(self, command: JobCommand, event: Event) -> None:
        """Take up an event of a command."""
        if not isinstance(command, Load) or not isinstance(event, Loading):
            return
        self.has_begun = True
        if event.gpu and not self._gpu:
            self._gpu = event.gpu
            if self._marks is not None:
                self._marks.begin(command.path, command.engine, event.gpu)

    def crash(self, command: JobCommand | None) -> str:
        """The GPU that a load crashed on, or empty; its mark stays."""
        if not isinstance(command, Load):
            return ""
        gpu, self._gpu = self._gpu, ""
        return gpu

    def end(self, command: JobCommand) -> None:
        """A command is over; a load that did not crash loses its mark."""
        if isinstance(command, Load):
            if self._gpu and self._marks is not None:
                self._marks.end(command.path, command.engine)
            self._gpu = ""
