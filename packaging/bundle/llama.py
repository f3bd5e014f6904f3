"""llama.cpp for every x86-64: one library for each kind of processor, chosen when it is loaded."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import builds
from machine import SetupError

_FLAGS = (
    "-DGGML_NATIVE=OFF",
    "-DGGML_BACKEND_DL=ON",
    "-DGGML_CPU_ALL_VARIANTS=ON",
    "-DBUILD_SHARED_LIBS=ON",
    "-DGGML_CCACHE=OFF",
    "-DLLAVA_BUILD=OFF",
    "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib",
    "-DCMAKE_INSTALL_LIBDIR=llama_cpp/lib",
)
"""CMake's settings: no instruction of this machine's own, and each kind's library beside the rest.

A backend is installed as a program is, into the folder of binaries, hence the folders. Without
versions in the libraries' names each is there once; else a wheel, which has no links, holds three
of each, of which the binding loads two.
"""

OLDEST_MACOS = "13.0"
_METAL = {"arm64": ("-DGGML_METAL=ON", "-DGGML_METAL_EMBED_LIBRARY=ON")}
_NO_METAL = ("-DGGML_METAL=OFF",)
"""Macs with Intel's processors have graphics cards on which llama.cpp's Metal is slow or wrong."""


def flags(system: str = sys.platform, machine: str = "") -> tuple[str, ...]:
    """CMake's settings for a system such as `linux`, and a machine such as `arm64`.

    Visual C++'s OpenMP and Apple's compiler, which has none, leave llama.cpp its own threads.
    """
    if system == "win32":
        return (*_FLAGS, "-DGGML_OPENMP=OFF")
    if system == "darwin":
        metal = _METAL.get(machine or platform.machine(), _NO_METAL)
        placed = (
            "-DCMAKE_INSTALL_RPATH=@loader_path",
            f"-DCMAKE_OSX_DEPLOYMENT_TARGET={OLDEST_MACOS}",
        )
        return (
            *_FLAGS,
            *placed,
            "-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON",
            "-DGGML_OPENMP=OFF",
            *metal,
        )
    return (*_FLAGS, "-DCMAKE_INSTALL_RPATH=$ORIGIN", "-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON")


def vulkan(system: str = sys.platform) -> tuple[tuple[str, ...], str]:
    """CMake's settings for graphics cards with Vulkan, and why there are none; macOS has Metal.

    The backend is one more library that is loaded by its name: where there is no driver, or not
    even Vulkan's own loader, it stays out, and the processor computes as ever.
    """
    if system == "darwin":
        return (), ""
    build = builds.choose("vulkan")
    return ((), build.missing) if build.missing else (build.cmake, "")


def vulkan_version() -> str:
    """The version of the Vulkan headers that a build here is made with, such as `1.4.309`."""
    return ".".join(map(str, builds.headers_version(builds.headers())))


def settings() -> tuple[str, ...]:
    """All of CMake's settings for a build here and now."""
    return (*flags(), *vulkan()[0])


TEXTS = "licences"
_TEXTS = re.compile(r"[^/]+/vendor/llama\.cpp/(licenses/)?LICENSE[^/]*")


def key(pinned: str, compiler: str) -> str:
    """What tells one build from another: the version, the settings, the compiler."""
    parts = [pinned, *settings(), compiler]
    if vulkan()[0]:
        parts.append(vulkan_version())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def cache(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of the wheels that were built, outside of the repository."""
    base = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "lampblack-build" / "llama"


def take_texts(source: Path, folder: Path) -> None:
    """Keep the licences of llama.cpp, which its wheel does not have, out of the source package."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(source) as archive:
        for member in archive:
            if member.isfile() and _TEXTS.fullmatch(member.name):
                file = archive.extractfile(member)
                if file is not None:
                    (folder / Path(member.name).name).write_bytes(file.read())


def wheel(folder: Path, build: Callable[[Path], None]) -> Path:
    """The one wheel in `folder`; without it `build` puts one into the folder that it is given."""
    found = next(folder.glob("*.whl"), None)
    if found is None:
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        build(part)
        if next(part.glob("*.whl"), None) is None:
            raise SetupError(f"The build of llama.cpp has left no wheel in {part}.")
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
        found = next(folder.glob("*.whl"))
    return found
