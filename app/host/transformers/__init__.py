"""The Torch engine: Hugging Face models through PyTorch. Not written yet; it says so."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from app.core.errors import EngineMissingError
from app.core.load_options import LoadOptions
from app.engine.messages import EngineReport
from app.host.base import Engine, Job

_PROBLEM = "The Torch engine cannot write yet."


def load(path: str, options: LoadOptions, job: Job) -> Engine:
    """Refuse, saying what to do instead."""
    del path, options, job
    raise EngineMissingError(_PROBLEM, "Use a GGUF model with the llama.cpp engine.")


def describe() -> EngineReport:
    """The version of PyTorch, if it is installed, and that the engine cannot write yet."""
    try:
        found = f"torch {version('torch')}"
    except PackageNotFoundError:
        found = ""
    return EngineReport(engine="torch", available=False, version=found, problem=_PROBLEM)
