"""How the children of a download are started and ended, each in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import app

GRACE_S = 5.0
"""How long a child may take to clean up once its stdin has ended, before it is killed."""

_TOKENS = (
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "LAMPBLACK_API_TOKEN",
    "LAMPBLACK_SERVER_KEY",
)


def child_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of broker and downloader: pip's own settings and the proxies are kept."""
    source = os.environ if environ is None else environ
    return without_python(source) | {"PYTHONPATH": _source_folder(), "PYTHONUTF8": "1"}


def without_python(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what could make a Python load other code, and without tokens."""
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith("PYTHON") and name not in _TOKENS
    }


def _source_folder() -> str:
    return str(Path(app.__file__).parents[1])


def start_child(
    command: Sequence[str],
    passed: Sequence[int] = (),
    *,
    log: IO[bytes] | int = subprocess.DEVNULL,
    environ: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child with pipes, out of reach of the terminal's Ctrl+C; its stdin is its life.

    `passed` are descriptors that it inherits, `log` gets its errors; `environ` is its environment
    where that is not a downloader's.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=child_environment() if environ is None else environ,
        pass_fds=passed,
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def end_child(child: subprocess.Popen[bytes], grace_s: float = GRACE_S) -> int:
    """Wait for a child whose stdin or stdout has ended, then kill what is left of its group."""
    try:
        child.wait(grace_s)
    except subprocess.TimeoutExpired:
        child.kill()
    code = child.wait()
    _kill_group(child.pid)
    return code


def _kill_group(leader: int) -> None:
    """Kill the group that `leader` began, which exists as long as any of its processes."""
    if sys.platform != "win32":
        try:
            os.killpg(leader, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # none is left; macOS says so with a PermissionError


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
        "PYTHONPATH": _source_folder(),
        "PYTHONUTF8": "1",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }
