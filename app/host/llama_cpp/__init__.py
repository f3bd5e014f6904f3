"""The llama.cpp engine: GGUF models through llama-cpp-python's low-level functions."""

from __future__ import annotations

from app.core.errors import EngineMissingError
from app.engine.messages import EngineReport, Load, Quantize, Quantized
from app.host.interface import Engine, Job
from app.host.process_memory import settle_allocator

NAME = "llama.cpp"


def load(command: Load, job: Job) -> Engine:
    """Load a GGUF file; raises EngineMissingError where llama.cpp is not installed."""
    if problem := _problem():
        raise _missing(problem)
    from app.host.llama_cpp.loading import load_engine

    settle_allocator()
    return load_engine(command, job)


def quantize(command: Quantize, job: Job) -> Quantized:
    """Make a copy of a GGUF file in another type; see `app.host.llama_cpp.quantize_file`."""
    if problem := _problem():
        raise _missing(problem)
    from app.host.llama_cpp.quantize_file import make_copy

    return make_copy(command, job)


def describe() -> EngineReport:
    """Whether llama.cpp works here, its version and the devices it sees."""
    if problem := _problem():
        return EngineReport(engine=NAME, available=False, problem=_missing(problem).message)
    from app.host.llama_cpp.library import library, report

    found = library()
    devices = tuple(report(device) for device in found.devices())
    return EngineReport(
        engine=NAME,
        available=True,
        version=found.version,
        devices=devices,
        features=found.features,
    )


def _missing(problem: str) -> EngineMissingError:
    return EngineMissingError(
        f"The llama.cpp engine is not installed here: {problem}.",
        "Install llama-cpp-python 0.3.36 beside the program, or use the Torch engine.",
    )


def _problem() -> str:
    """Why llama-cpp-python cannot be used; empty if it can."""
    try:
        import llama_cpp  # noqa: F401  (only whether it can be imported is asked)
    # It raises RuntimeError and FileNotFoundError when its shared library cannot be loaded.
    except (ImportError, RuntimeError, OSError) as error:
        return str(error).rstrip(".")
    return ""
