"""What the machine offers for the set-up, and the sentences about what it is missing."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

GIGABYTE = 1_000_000_000
ANSWER_TIMEOUT_S = 5.0
"""How long an index of prebuilt wheels may take to answer."""

QT_PACKAGES = (
    "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 fonts-dejavu-core",
    "mesa-libEGL mesa-libGL libxkbcommon dbus-libs fontconfig glib2 dejavu-sans-fonts",
)
XCB_PACKAGES = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
}


class SetupError(Exception):
    """What stopped the set-up: a sentence that says what happened and what to do."""


def install_command(apt: str, dnf: str) -> str:
    """How this Linux installs the packages: Fedora's way if it has it, else Debian's."""
    return f"sudo dnf install {dnf}" if shutil.which("dnf") else f"sudo apt install {apt}"


def need_python() -> None:
    """Raise unless this Python is new enough and can make virtual environments."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older Python must get the sentence)
        raise SetupError(
            f"Lampblack needs Python 3.11 or newer, and this is {sys.version.split()[0]}: "
            "install a newer one, and call this with it."
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        how = install_command("python3-venv", "python3-pip")
        raise SetupError(f"This Python cannot make virtual environments: run `{how}`.")


def need_space(gigabytes: int, folder: Path) -> None:
    """Raise when the disk that holds `folder` has less than `gigabytes` free."""
    free = shutil.disk_usage(folder).free / GIGABYTE
    if free < gigabytes:
        raise SetupError(
            f"The set-up needs {gigabytes} GB, and the disk of {folder} has {free:.1f} GB free: "
            "make room there, or move this folder to a larger disk."
        )


def has_compiler() -> bool:
    """Whether a C++ compiler is here that CMake will find."""
    if sys.platform == "win32":
        folder = os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)")
        finder = Path(folder) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
        return finder.exists() or shutil.which("cl") is not None
    return any(shutil.which(name) for name in (os.environ.get("CXX") or "c++", "g++", "clang++"))


def compiler_takes(flags: str) -> bool:
    """Whether the C compiler of an x86-64 Linux knows these flags."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "AMD64"):
        return False
    compiler = shutil.which(os.environ.get("CC") or "cc") or shutil.which("gcc")
    if compiler is None:
        return False
    command = [compiler, *flags.split(), "-E", "-x", "c", os.devnull]
    return subprocess.run(command, capture_output=True).returncode == 0


def need_compiler() -> None:
    """Raise the sentence that says which compiler to install."""
    if has_compiler():
        return
    how = {
        "win32": "install “Desktop development with C++” of the Visual Studio Build Tools",
        "darwin": "run `xcode-select --install`",
    }.get(sys.platform) or f"run `{install_command('build-essential', 'gcc-c++')}`"
    raise SetupError(f"llama.cpp must be compiled here, and there is no C++ compiler: {how}.")


def tool(name: str, apt: str, dnf: str = "") -> str:
    """The path of a program; raises the sentence that says which package has it."""
    found = shutil.which(name)
    if found is None:
        raise SetupError(f"{name} is missing: run `{install_command(apt, dnf or apt)}`.")
    return found


def has_nvidia() -> bool:
    """Whether an NVIDIA GPU with its driver is here."""
    found = shutil.which("nvidia-smi")
    return found is not None and subprocess.run([found, "-L"], capture_output=True).returncode == 0


def answers(url: str) -> bool:
    """Whether the server at `url` answers soon enough to be of use."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_TIMEOUT_S):  # noqa: S310 (only our own https)
            return True
    except OSError:
        return False


def need_qt(python: Path) -> None:
    """Raise the sentence that says which system libraries Qt is missing."""
    command = [str(python), "-c", "from PySide6 import QtWidgets"]
    tried = subprocess.run(command, capture_output=True, text=True)
    if tried.returncode:
        reason = tried.stderr.strip().rpartition("\n")[2]
        raise SetupError(f"Qt cannot be loaded ({reason}): run `{install_command(*QT_PACKAGES)}`.")


def has_library(name: str) -> bool:
    """Whether the system's loader finds the shared library `name`."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def need_display() -> None:
    """Raise when no window can be shown: no display, or libraries that Qt needs for X11."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise SetupError("There is no display here to open a window on; the tests need none.")
    missing = [packages for name, packages in XCB_PACKAGES.items() if not has_library(name)]
    if missing:
        apt, dnf = (" ".join(names) for names in zip(*missing, strict=True))
        raise SetupError(f"Qt needs more to open a window: run `{install_command(apt, dnf)}`.")
