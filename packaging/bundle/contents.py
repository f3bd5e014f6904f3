"""What a bundle holds: modules, Qt's plugins and texts, llama.cpp's libraries, data files."""

from __future__ import annotations

import fnmatch
import re
from pathlib import PurePosixPath

NAME = "lampblack"
SOURCES = "sources.json"
"""The file in which PyInstaller's run leaves what it took from where, for the licences."""

EXCLUDED = (
    "torch", "transformers", "accelerate", "safetensors", "tokenizers", "huggingface_hub", "hf_xet",
    "PIL", "pandas", "scipy", "sklearn", "matplotlib", "IPython", "xllamacpp", "peft", "pydantic",
    "fastapi", "pytest", "hypothesis", "pip", "setuptools", "ensurepip", "venv", "tkinter",
    "_tkinter", "turtle", "idlelib", "lib2to3", "pydoc_data", "test", "numpy.f2py",
    "numpy.distutils", "llama_cpp.server", "PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick",
    "readline", "_gdbm", "_dbm",
)  # fmt: skip
"""Modules that no part of the base needs; another engine's come in a pack of their own.

The last three are Python's, and bind libraries under the GPL.
"""

METADATA = ("numpy", "PySide6-Essentials", "keyring")
"""Packages whose version or entry points are read at run time."""

DATA = (
    ("resources/icons", "resources/icons"),
    ("resources/translations", "resources/translations"),
    ("models.json", "."),
)
"""Files and folders of the repository, and their folder in the bundle."""

_NOT_OWN = ("app.sdk", "app.host.baselines.peft_loop", "app.host.baselines.transformers_generate")

# fmt: off
_PLUGINS = {
    "platforms": ("xcb", "wayland", "windows", "cocoa", "offscreen", "minimal"),
    "platforminputcontexts": ("composeplatforminputcontext", "ibusplatforminputcontext"),
    "platformthemes": ("xdgdesktopportal",),
    "imageformats": ("svg", "jpeg"),
    "iconengines": ("svgicon",),
    "printsupport": ("cupsprintersupport", "windowsprintersupport", "cocoaprintersupport"),
    "wayland-shell-integration": ("xdg-shell",),
    "wayland-decoration-client": ("bradient", "adwaita"),
}
# fmt: on
"""Of each kind of Qt's plugins those that are kept; a kind that is not named is left out."""

# fmt: off
SYSTEM = (
    "ld-linux*", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1",
    "libresolv.so.2", "libutil.so.1", "libcrypt.so.1", "libstdc++.so.6", "libgcc_s.so.1",
    "libX11.so.6", "libX11-xcb.so.1", "libxcb.so.1", "libXau.so.6", "libXdmcp.so.6",
    "libEGL.so.1", "libGL.so.1", "libGLX.so.0", "libGLdispatch.so.0", "libOpenGL.so.0",
    "libdrm.so.2", "libgbm.so.1", "libwayland-*", "libfontconfig.so.1", "libfreetype.so.6",
    "libexpat.so.1", "libz.so.1", "libvulkan.so.1",
    "libcups.so.2",
)
# fmt: on
"""Libraries that are every desktop's own and stay out of the bundle.

The drivers' and the C++ library's must be as new as the system's own graphics drivers, the fonts'
must know the system's configuration. AppImage leaves out the same. Vulkan's loader finds them;
where there is none, llama.cpp does not load its backend that needs it. Where CUPS is
missing there is no printer, and PDF all the same.
"""

# fmt: off
_BEHIND_CUPS = (
    "libavahi-c*", "libgnutls.so.*", "libhogweed.so.*", "libnettle.so.*", "libgmp.so.*",
    "libidn2.so.*", "libp11-kit.so.*", "libtasn1.so.*", "libunistring.so.*", "libgssapi_krb5.so.*",
    "libkrb5*.so.*", "libk5crypto.so.*", "libcom_err.so.*", "libkeyutils.so.*",
)
# fmt: on
"""What only CUPS's library needs, which is the system's."""

_UNUSED = ("opengl32sw.dll", "d3dcompiler_*.dll", "vulkan-1.dll")
"""What PySide6 brings for OpenGL without a driver on Windows; widgets are painted without.

Vulkan's loader comes with the drivers there, as on Linux.
"""

_QT_TEXTS = ("qtbase_en.qm", "qtbase_zh_CN.qm")

_NO_AMX = "ggml-cpu-sapphirerapids"
"""The variant with tile instructions: GCC 12 compiles them so that they fault (see builds.NO_AMX).

A processor that has them takes the variant before it, the best of all others.
"""


def is_own(module: str) -> bool:
    """Whether a module of the program goes into the bundle."""
    return not any(module == name or module.startswith(f"{name}.") for name in _NOT_OWN)


def is_llama_library(path: str) -> bool:
    """Whether a library of llama-cpp-python is loaded by the engine."""
    name = PurePosixPath(path.replace("\\", "/")).name
    return not any(part in name for part in ("llama-common", "mtmd", _NO_AMX))


def is_wanted(target: str) -> bool:
    """Whether a file that PyInstaller has collected stays, by its path in the bundle."""
    path = PurePosixPath(target.replace("\\", "/"))
    if is_system(path.name) or any(fnmatch.fnmatch(path.name, name) for name in _UNUSED):
        return False
    if "PySide6" not in path.parts:
        return True
    if "translations" in path.parts:
        return path.name in _QT_TEXTS
    if "plugins" in path.parts:
        kind = path.parts[path.parts.index("plugins") + 1]
        return _plugin(path.name) in _PLUGINS.get(kind, ())
    return "qml" not in path.parts


def is_system(library: str) -> bool:
    """Whether a library is one of those that every desktop has of its own."""
    return any(fnmatch.fnmatchcase(library, pattern) for pattern in (*SYSTEM, *_BEHIND_CUPS))


def _plugin(file: str) -> str:
    return re.sub(r"^(lib)?q?|(plugin)?\.(so|dll|dylib)$", "", file)
