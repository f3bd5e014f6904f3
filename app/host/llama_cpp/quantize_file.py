"""Making a copy of a GGUF model in another type: checks, the child that does it, and its end."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from app.core.errors import CancelledError, LampblackError, ParameterError, QuantizeError
from app.core.formats.gguf import GgufHeader, read_header
from app.core.formats.quantization import QuantType, coarsest, estimate, require, type_named
from app.core.system.files import why
from app.core.system.processes import host_environment, program_command
from app.core.system.throttle import Throttle
from app.core.units import size_text
from app.engine.messages import Quantize, Quantized, Working
from app.host.cpu import default_threads
from app.host.interface import Job
from app.host.llama_cpp.quantize_child import QuantizerOrder

UNFINISHED = ".part"
"""What the name of a copy that is not whole ends in."""

_SPARE = 64 * 1024 * 1024  # bytes that stay free on the disk
_STEP = 0.005  # of progress per event


def make_copy(command: Quantize, job: Job) -> Quantized:
    """Make the copy beside its final name and put it there when it is whole.

    Whatever happens, the model stays as it is and nothing unfinished is left. Raises
    ParameterError, QuantizeError, CancelledError or what reading the model's header raises.
    """
    source, target = Path(command.source), Path(command.target)
    header = read_header(source)
    kind = type_named(command.type_name)
    coarse = coarsest(header.tensors)
    require(source.name, coarse, kind)
    _check_target(target)
    _check_room(target, _expected(header, kind))
    order = QuantizerOrder(
        source=str(source),
        target=str(target) + UNFINISHED,
        number=kind.number,
        requantizes=coarse not in ("F32", "F16", "BF16"),
        threads=default_threads(),
    )
    with _unfinished(Path(order.target)) as part:
        _run(order, header, job, source.name)
        _check_whole(part, header)
        _put_in_place(part, target)
    return Quantized(
        job=job.number,
        path=str(target),
        size_before=header.size_bytes,
        size_after=target.stat().st_size,
    )


def _expected(header: GgufHeader, kind: QuantType) -> int:
    overhead = header.size_bytes - sum(tensor.size for tensor in header.tensors)
    return estimate(header.tensors, kind, overhead)


def _check_target(target: Path) -> None:
    if target.suffix.lower() != ".gguf":
        raise ParameterError(
            f"The copy's name, {target.name}, does not end in .gguf.", "Give it that ending."
        )
    if os.path.lexists(target):
        raise ParameterError(
            f"There is already a file {target}.", "Choose another name; nothing is written over."
        )
    if not target.parent.is_dir():
        raise ParameterError(f"There is no folder {target.parent}.", "Choose one that is there.")


def _check_room(target: Path, needed: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if free < needed + _SPARE:
        raise QuantizeError(
            f"The copy needs about {size_text(needed)}, but only {size_text(free)} are free "
            f"in {target.parent}.",
            "Make room there, or choose another disk.",
        )


@contextmanager
def _unfinished(part: Path) -> Iterator[Path]:
    """A file of our own for the copy, which is gone afterwards."""
    try:
        part.open("xb").close()
    except FileExistsError:
        raise QuantizeError(
            f"There is already an unfinished file {part}.",
            "Delete it, unless something is still writing it.",
        ) from None
    except OSError as error:
        raise QuantizeError(
            f"No file can be written in {part.parent}: {why(error)}.", "Choose another folder."
        ) from error
    try:
        yield part
    finally:
        with contextlib.suppress(OSError):  # it was put in place, or the disk itself is gone
            part.unlink()


def _run(order: QuantizerOrder, header: GgufHeader, job: Job, name: str) -> None:
    """Have the child do it; a cancel ends the child, which nothing else can."""
    child = subprocess.Popen(
        program_command("quantizer"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=host_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    job.on_cancel = child.kill
    try:
        if job.cancelled:
            child.kill()
        problem = _follow(child, order, _QuantizeProgress(header, job))
    finally:
        job.on_cancel = None
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):  # what was not sent cannot be flushed to the dead
                if pipe is not None:
                    pipe.close()
    if job.cancelled:
        raise CancelledError("Making the copy was stopped.")
    if problem:
        raise _failure(problem, name, Path(order.target))


def _follow(
    child: subprocess.Popen[bytes], order: QuantizerOrder, progress: _QuantizeProgress
) -> str:
    """Hear the child until its end; why it failed, if it did."""
    assert child.stdin is not None, "the child was started with pipes"
    assert child.stdout is not None, "the child was started with pipes"
    try:
        child.stdin.write(msgspec.json.encode(order) + b"\n")
        child.stdin.flush()
        for line in child.stdout:
            answer: dict[str, Any] = json.loads(line)
            if "tensor" in answer:
                progress.begun(answer["tensor"])
            else:
                return str(answer.get("problem", ""))
    except (OSError, ValueError) as error:
        return f"the quantizer could not be spoken to ({error})"
    return f"the quantizer ended with code {child.wait()}"


class _QuantizeProgress:
    """Counts the bytes of the tensors that are done, by the header's own sizes."""

    def __init__(self, header: GgufHeader, job: Job) -> None:
        self._sizes = {tensor.name: tensor.size for tensor in header.tensors}
        self._total = max(1, sum(self._sizes.values()))
        self._job = job
        self._done = self._running = 0
        self._is_time = Throttle(_STEP)

    def begun(self, tensor: str) -> None:
        """A tensor is begun, so that the one before is done."""
        self._done += self._running
        self._running = self._sizes.get(tensor, 0)
        fraction = min(1.0, self._done / self._total)
        if self._is_time(fraction):
            self._job.emit(Working(job=self._job.number, what="quantizing", fraction=fraction))


def _failure(problem: str, name: str, part: Path) -> LampblackError:
    """The error for what the quantizer said; that it could not write it says in C++'s words."""
    with contextlib.suppress(OSError):
        if shutil.disk_usage(part.parent).free < _SPARE:
            return QuantizeError(
                f"The disk is full: the copy of {name} could not be written.", "Make room there."
            )
    return QuantizeError(
        f"llama.cpp could not make the copy of {name}: {problem.rstrip('.')}.",
        "Choose another type, or get the model again.",
    )


def _check_whole(part: Path, header: GgufHeader) -> None:
    """Believe the copy only after a look at it."""
    try:
        made = read_header(part)
    except LampblackError as error:
        raise QuantizeError(f"The copy is not sound: {error.message}", "Try again.") from error
    if made.parameters != header.parameters:
        raise QuantizeError("The copy does not hold all of the model's weights.", "Try again.")


def _put_in_place(part: Path, target: Path) -> None:
    try:
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        _check_target(target)  # it may have come meanwhile
        part.replace(target)
    except OSError as error:
        raise QuantizeError(
            f"The copy could not be put at {target}: {why(error)}.", "Try another folder."
        ) from error
