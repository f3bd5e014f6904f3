"""The Torch engine: Hugging Face models, and GGUF files, through PyTorch."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version

from app.core.errors import EngineMissingError
from app.engine.messages import EngineReport, Load
from app.host.interface import Engine, Job

NAME = "torch"

_PACKAGES = ("torch", "transformers", "safetensors", "accelerate")
_HINT = "Install it beside the program, or use a GGUF model with the llama.cpp engine."
_TRUE = ("1", "true", "yes", "on")


def load(command: Load, job: Job) -> Engine:
    """Load a model folder or GGUF file; raises EngineMissingError without PyTorch.

    What was made out of a GGUF file is kept in the command's cache for the next time.
    """
    if problem := _problem():
        raise EngineMissingError(problem, _HINT)
    from app.host.torch_engine.loading import load_engine

    return load_engine(command, job)


def describe() -> EngineReport:
    """Whether PyTorch works here, the versions and the devices it sees."""
    if problem := _problem():
        return EngineReport(engine=NAME, available=False, problem=problem)
    from app.host.torch_engine.devices import devices

    return EngineReport(
        engine=NAME,
        available=True,
        version=build(),
        devices=tuple(device.report for device in devices()),
    )


def build() -> str:
    """The versions that change a model's numbers."""
    return f"torch {version('torch')}, transformers {version('transformers')}"


def _problem() -> str:
    """Why the engine cannot be used; empty if it can.

    Its library looks for the Hugging Face hub unless it is told not to before it is imported.
    """
    for package in _PACKAGES:
        try:
            version(package)
        except PackageNotFoundError:
            return f"The Torch engine is not installed here: {package} is missing."
    if os.environ.get("HF_HUB_OFFLINE", "").lower() not in _TRUE:
        return "The Torch engine only starts where HF_HUB_OFFLINE=1 keeps its library offline."
    # Threads that spin while they wait stand still for long when another program is busy.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("TQDM_DISABLE", "1")  # progress bars, and the thread that watches them
    try:
        import torch  # noqa: F401  (only whether it can be imported is asked)
    except (ImportError, OSError) as error:
        return f"The Torch engine is not installed here: {str(error).rstrip('.')}."
    return ""
