"""What the Torch engine's pack holds: the engine host, PyTorch, transformers, and no more."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from bundle import archives, contents

NAME = archives.PACK

PACKAGES = ("transformers", "accelerate", "safetensors", "tokenizers", "gguf")
"""Libraries whose modules are imported by names that no line of the source shows."""

METADATA = (
    "torch", "transformers", "accelerate", "safetensors", "tokenizers", "huggingface_hub", "numpy",
    "gguf", "packaging", "regex", "tqdm", "filelock", "pyyaml",
)  # fmt: skip
"""Packages whose version is read at run time."""

EXCLUDED = (
    "PySide6", "shiboken6", "llama_cpp", "llguidance", "PIL", "pandas", "scipy", "sklearn",
    "matplotlib", "IPython", "pytest", "hypothesis", "pip", "setuptools", "ensurepip", "venv",
    "tkinter", "_tkinter", "turtle", "idlelib", "lib2to3", "pydoc_data", "test", "numpy.f2py",
    "numpy.distutils", "tensorboard", "triton", "torchvision", "torchaudio", "onnx", "onnxruntime",
    "jax", "flax", "tensorflow", "hf_xet", "torch.utils.tensorboard", "transformers.cli",
    "huggingface_hub.cli", "accelerate.test_utils",
    "transformers.testing_utils", "gguf.scripts", "sqlite3", "_sqlite3", "readline", "_gdbm",
    "_dbm",
)  # fmt: skip
"""Modules that the engine never imports; the last three are Python's, and bind GPL libraries."""

_NOT_OWN = ("app.host.baselines", "app.host.fake")
_LEFT_OUT = re.compile(
    r"torch/(test|include|share|lib/libshm(_windows)?)/"
    r"|torch/bin/(?!torch_shm_manager$)"
    r"|torch/lib/lib(backend_with_compiler|jitbackend_test|torchbind_test|aoti_custom_ops)\.so$"
    r"|.*\.(a|h|hpp|cuh|cmake|pyi|lib)$"
    r"|caffe2/"
    r"|lib(cuda|cublas|cudnn|cufft|cupti|curand|cusolver|cusparse|nv)[\w-]*\.so"
)
"""What of PyTorch only its own tests, its compiler or programs in C++ use, and drivers.

PyInstaller takes the library of a card along that some module asks for and this machine has.
"""


def is_own(module: str) -> bool:
    """Whether a module of the program goes into the pack; of llama.cpp's engine only its answer."""
    if module.startswith("app.host.llama_cpp."):
        return False
    return not any(module == name or module.startswith(f"{name}.") for name in _NOT_OWN)


def is_library(module: str) -> bool:
    """Whether a library's module is collected; sources of others, and converters, are not."""
    name = module.rpartition(".")[2]
    if module.startswith("transformers.models.") and name.startswith(("modular_", "convert_")):
        return False
    return not any(module == name or module.startswith(f"{name}.") for name in EXCLUDED)


def is_wanted(target: str) -> bool:
    """Whether a file that PyInstaller has collected stays, by its path in the pack."""
    path = PurePosixPath(target.replace("\\", "/"))
    return not contents.is_system(path.name) and not _LEFT_OUT.match(str(path))
