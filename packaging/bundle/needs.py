"""What the word `bundle` needs of a Linux, asked before anything long begins, in one sentence."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from machine import SetupError, has_library, install_command

_DESKTOP = {"appstreamcli": "appstream", "desktop-file-validate": "desktop-file-utils"}
_TOOLS = {
    "": {"git": "git", "readelf": "binutils", "strip": "binutils", "dpkg-query": "dpkg"},
    "tar": {"tar": "tar", "xz": "xz-utils"},
    "deb": {"dpkg-deb": "dpkg", **_DESKTOP},
    "appdir": {"mksquashfs": "squashfs-tools", **_DESKTOP},
    "appimage": {"mksquashfs": "squashfs-tools", **_DESKTOP},
    "nsis": {"makensis": "nsis"},
}
"""Of each format the programs that make it, and Debian's packages of these; first of every one."""

PACK = {"": _TOOLS[""], "tar": _TOOLS["tar"]}
"""The same of the Torch engine's pack, which has no window."""

_PROOF = {
    "": {
        "unshare": "util-linux",
        "chroot": "coreutils",
        "mount": "mount",
        "debootstrap": "debootstrap",
        "strace": "strace",
    },
    "tar": {"tar": "tar", "xz": "xz-utils"},
    "appdir": {"unsquashfs": "squashfs-tools"},
    "nsis": {"makensis": "nsis", "wine": "wine wine64"},
}
_SHOWN = {"Xvfb": "xvfb"}

_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What Qt's plugins are linked to, which PyInstaller has to find."""

_NOTICES = ("libfuse3-3", "musl", "squashfuse")
"""Packages whose notices an AppImage carries, and that nothing else brings."""


def require_to_build(formats: Iterable[str]) -> None:
    """Raise the sentence about everything that a bundle in these formats needs and is not here."""
    wanted = tuple(formats)
    lacking = _programs(_TOOLS, wanted)
    lacking |= {name: one for name, one in _LIBRARIES.items() if not has_library(name)}
    if "appimage" in wanted:
        lacking |= {f"the notice of {name}": name for name in _NOTICES if not _has_notice(name)}
    _require("The bundle", lacking)


def require_for_pack() -> None:
    """Raise the sentence about everything that the Torch engine's pack needs and is not here."""
    _require("The pack", _programs(PACK, ("tar",)))


def require_to_prove(formats: Sequence[str], *, is_quick: bool) -> None:
    """Raise the sentence about every program that the proof needs and is not here.

    Without formats all archives that there are will be tried.
    """
    lacking = _programs(_PROOF, formats or ("tar", "appdir"))
    if not is_quick:
        lacking |= _unfound(_SHOWN)
    _require("The proof", lacking)


def _programs(table: dict[str, dict[str, str]], formats: Iterable[str]) -> dict[str, str]:
    rows = {name: one for kind in ("", *formats) for name, one in table.get(kind, {}).items()}
    return _unfound(rows)


def _unfound(programs: dict[str, str]) -> dict[str, str]:
    return {name: package for name, package in programs.items() if shutil.which(name) is None}


def _has_notice(package: str) -> bool:
    return Path("/usr/share/doc", package, "copyright").is_file()


def _require(what: str, lacking: dict[str, str]) -> None:
    if lacking:
        packages = " ".join(sorted({one for text in lacking.values() for one in text.split()}))
        verb = "is" if len(lacking) == 1 else "are"
        raise SetupError(
            f"{what} needs {_listed(sorted(lacking))}, which {verb} not here: "
            f"run `{install_command(packages, packages)}`."
        )


def _listed(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
