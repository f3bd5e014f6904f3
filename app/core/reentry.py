"""How the program starts itself again as one of its own child processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# fmt: off
_KEPT = frozenset((
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP",
    "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
    "PROGRAMDATA", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
))
# fmt: on
_KEPT_PREFIXES = (
    "LC_",
    "CUDA_",
    "NVIDIA_",
    "HIP_",
    "HSA_",
    "ROCR_",
    "GGML_",
    "VK_",
    "OMP_",
    "MTL_",
    "ONEAPI_",
    "SYCL_",
    "ZE_",
)


def program_command(word: str) -> list[str]:
    """The command line that runs this program's `word`, from source or out of a frozen bundle.

    `-P` keeps a folder named `app` in the user's working directory from being run instead.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, word]
    return [sys.executable, "-P", "-m", "app", word]


def host_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The little of the environment that an engine host may see, and its orders to stay offline."""
    source = os.environ if environ is None else environ
    kept = {
        name: value
        for name, value in source.items()
        if name.upper() in _KEPT or name.upper().startswith(_KEPT_PREFIXES)
    }
    return kept | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONUTF8": "1",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }
