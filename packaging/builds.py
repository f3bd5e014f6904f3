"""The builds of llama.cpp: which one the hardware wants, and what compiling it takes."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import machine

KINDS = ("auto", "cuda", "vulkan", "metal", "none")
HEADERS = "VULKAN_HEADERS"
"""The environment's variable that names a folder with newer Vulkan headers than the system's."""

NO_AMX = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
"""Compiler flags that leave Intel's tile instructions out.

GCC's `_tile_loadconfig` tells the optimiser of 8 of the 64 bytes that it reads, the others are not
written, and `ldtilecfg` faults: llama.cpp's first matrix product then ends the process.
"""

_AMX_CODE = b"ggml_backend_amx_mul_mat"  # only in a library that uses the tile instructions
_LEAST_VULKAN = (1, 3, 272)
_CUDA_WHEELS = (125, 124, 123, 122, 121)
_FOUND = {"cuda": "An NVIDIA GPU is here", "vulkan": "A GPU with Vulkan is here"}


@dataclass(frozen=True)
class Build:
    """A build for a GPU: where prebuilt wheels may be, how it is compiled, what is missing."""

    kind: str
    title: str
    indexes: tuple[str, ...] = ()
    cmake: tuple[str, ...] = ()
    missing: str = ""

    @property
    def stamp(self) -> tuple[str, ...]:
        """What makes this build another one; none for the processor's."""
        return (self.kind, "compiled" if not self.missing else "taken") if self.kind else ()


NONE = Build("", "the processor")


def compiler_flags() -> dict[str, str]:
    """The variables to compile llama.cpp with: no tile instructions where the compiler has them."""
    if not machine.compiler_takes(NO_AMX):
        return {}
    return {name: f"{os.environ.get(name, '')} {NO_AMX}".strip() for name in ("CFLAGS", "CXXFLAGS")}


def has_amx(wheel: Path) -> bool:
    """Whether a wheel of llama.cpp was compiled with tile instructions; False if it is no wheel."""
    try:
        with zipfile.ZipFile(wheel) as opened:
            names = [name for name in opened.namelist() if "ggml-cpu" in name]
            return any(_AMX_CODE in opened.read(name) for name in names)
    except (OSError, zipfile.BadZipFile):
        return False


def choose(wanted: str) -> Build:
    """The build for the hardware found, or the one that was asked for."""
    kind = _fitting() if wanted == "auto" else wanted
    if kind == "cuda":
        return Build(kind, "CUDA", _cuda_indexes(), ("-DGGML_CUDA=ON",), _cuda_missing())
    if kind == "vulkan":
        return Build(kind, "Vulkan", ("vulkan",), _vulkan_cmake(), _vulkan_missing())
    if kind == "metal":
        missing = "" if machine.has_compiler() else "a compiler: run `xcode-select --install`"
        return Build(kind, "Metal", ("metal",), ("-DGGML_METAL=ON",), missing)
    return NONE


def found(build: Build) -> str:
    """The hardware for which this build was chosen, as a sentence."""
    return _FOUND.get(build.kind, "An Apple GPU is here")


def _fitting() -> str:
    if sys.platform == "darwin":
        return "metal" if platform.machine() == "arm64" else "none"
    if machine.has_nvidia():
        return "cuda"
    return "vulkan" if has_vulkan_gpu() else "none"


def has_vulkan_gpu() -> bool:
    """Whether a GPU that is no NVIDIA card is here, with a driver for Vulkan."""
    if sys.platform == "win32":
        return machine.has_library("vulkan-1.dll")
    nodes = list(Path("/dev/dri").glob("renderD*"))
    return bool(nodes) and machine.has_library("libvulkan.so.1")


def _cuda_indexes() -> tuple[str, ...]:
    """The names of CUDA's wheels that the driver can run, the newest first."""
    tool = shutil.which("nvidia-smi")
    said = subprocess.run([tool], capture_output=True, text=True).stdout if tool else ""
    version = re.search(r"CUDA Version: *(\d+)\.(\d+)", said)
    newest = int(version[1]) * 10 + int(version[2]) if version else 0
    return tuple(f"cu{number}" for number in _CUDA_WHEELS if number <= newest)


def _cuda_missing() -> str:
    if shutil.which("nvcc") is None and not Path("/usr/local/cuda/bin/nvcc").exists():
        return "NVIDIA's CUDA toolkit (nvcc): install it as its maker says"
    return "" if machine.has_compiler() else "a C++ compiler"


def headers() -> Path:
    """The folder that holds the Vulkan headers."""
    named = os.environ.get(HEADERS, "")
    kit = os.environ.get("VULKAN_SDK", "")
    if named or not kit:
        return Path(named or "/usr/include")
    return Path(kit) / ("Include" if os.name == "nt" else "include")


def headers_version(folder: Path) -> tuple[int, int, int]:
    """The version of the Vulkan headers in `folder`; zeros where there are none."""
    try:
        text = (folder / "vulkan" / "vulkan_core.h").read_text("utf-8", "replace")
    except OSError:
        return (0, 0, 0)
    patch = re.search(r"#define VK_HEADER_VERSION (\d+)", text)
    whole = re.search(r"VK_MAKE_API_VERSION\(0, (\d+), (\d+), VK_HEADER_VERSION\)", text)
    if patch is None or whole is None:
        return (0, 0, 0)
    return (int(whole[1]), int(whole[2]), int(patch[1]))


def _vulkan_cmake() -> tuple[str, ...]:
    folder = headers()
    return (
        "-DGGML_VULKAN=ON",
        f"-DVulkan_INCLUDE_DIR={folder.as_posix()}",
        f"-DCMAKE_PREFIX_PATH={folder.parent.as_posix()}",
    )


def _vulkan_missing() -> str:
    """What a build for Vulkan lacks here, with the way to get it; empty if nothing."""
    lacking = [] if shutil.which("glslc") else ["glslc"]
    version, wanted = headers_version(headers()), ".".join(map(str, _LEAST_VULKAN))
    if version < _LEAST_VULKAN:
        have = f" (here are {'.'.join(map(str, version))})" if any(version) else ""
        lacking.append(f"Vulkan headers {wanted} or newer{have}")
    if not (headers() / "spirv" / "unified1" / "spirv.hpp").exists():
        lacking.append("SPIR-V headers")
    if not machine.has_compiler():
        lacking.append("a C++ compiler")
    return f"{', '.join(lacking)}: {_vulkan_way()}" if lacking else ""


def _vulkan_way() -> str:
    if sys.platform == "win32":
        return "install the Vulkan SDK"
    how = machine.install_command(
        "build-essential glslc libvulkan-dev spirv-headers",
        "gcc-c++ glslc vulkan-loader-devel vulkan-headers spirv-headers-devel",
    )
    return f"run `{how}`; where its headers are too old, name newer ones in {HEADERS}"
