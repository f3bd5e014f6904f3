"""Makes the second model of the long run; prints its path.

A script of its own, started by run.py with the engine, the starter model and the engine's cache:
for llama.cpp a copy in Q8_0, for PyTorch a folder of safetensors.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path


def quantized(model: Path) -> Path:
    """A copy in Q8_0 beside the model."""
    import llama_cpp

    target = model.with_name("SmolLM2-135M-Instruct.Q8_0.gguf")
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0
    parameters.allow_requantize = True
    names = (os.fsencode(path) for path in (model, target))
    if llama_cpp.llama_model_quantize(*names, ctypes.byref(parameters)):
        raise OSError(f"{target} could not be made")
    return target


def folder(model: Path, cache: Path) -> Path:
    """A copy of what the engine keeps of the model once it has loaded it."""
    from tests.host.driving import load_torch

    load_torch(model, cache).close()
    kept = next(cache.glob("*/config.json")).parent
    target = model.with_name("SmolLM2-135M-Instruct")
    shutil.copytree(kept, target)
    return target


if __name__ == "__main__":
    engine, starter, kept = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    made = quantized(starter) if engine == "llama.cpp" else folder(starter, kept)
    sys.stdout.write(f"{made}\n")
