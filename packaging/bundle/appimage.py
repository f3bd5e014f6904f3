"""The AppImage: a published runtime in front of the squashed tree, in one file that runs."""

from __future__ import annotations

import hashlib
import shutil
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from machine import SetupError

from bundle import archives, licences, llama
from bundle.archives import Release
from bundle.licences import Component

_MAGIC = slice(8, 11)
_TYPE_2 = b"AI\x02"
_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class AppImageRuntime:
    """A release of the runtime, which mounts what stands behind it: its file, by its SHA-256."""

    version: str
    url: str
    sha256: str


RUNTIME = AppImageRuntime(
    "20251108",
    "https://github.com/AppImage/type2-runtime/releases/download/20251108/runtime-x86_64",
    "2fca8b443c92510f1483a883f60061ad09b46b978b2631c807cd873a47ec260d",
)

_DOC = Path("/usr/share/doc")
_PARTS = ("squashfuse", "libfuse3-3", "libzstd1", "zlib1g", "musl")
"""Debian's packages of what is in the runtime, whose notices are carried."""

CARRIED = Component(
    "appimage-runtime",
    RUNTIME.version,
    "MIT AND LGPL-2.1-only AND BSD-2-Clause AND BSD-3-Clause AND Zlib",
    (
        Path(__file__).with_name("NOTICE-appimage.txt"),
        *(_DOC / name / "copyright" for name in _PARTS),
        licences.common("LGPL-2.1"),
    ),
    f"pkg:github/AppImage/type2-runtime@{RUNTIME.version}",
)
"""The runtime in the list of what an AppImage carries, with all that is in it."""


def make_appimage(release: Release) -> Path:
    """The file that runs on any distribution, from anywhere; it needs no installation."""
    runtime = fetch(RUNTIME, llama.cache().with_name("appimage"))
    squashed = release.dist / f"{release.title}.squashfs"
    is_ours = not squashed.exists()
    if is_ours:
        archives.make_appdir(release)
    target = release.dist / f"{release.title}.AppImage"
    join(runtime, squashed, target)
    if is_ours:  # nobody has asked for them
        squashed.unlink()
        shutil.rmtree(release.dist / archives.APPDIR)
    return target


def fetch(runtime: AppImageRuntime, folder: Path) -> Path:
    """The runtime's file, out of `folder` or from its address; raises SetupError if it is another.

    Where there is no network, the file may be put there by hand.
    """
    target = folder / f"runtime-x86_64-{runtime.version}"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        try:
            # The address is our own constant, and https.
            with urllib.request.urlopen(runtime.url, timeout=_TIMEOUT_S) as source:  # noqa: S310
                part.write_bytes(source.read())
        except OSError as error:
            raise SetupError(
                f"The AppImage's runtime cannot be fetched ({error}): put {runtime.url} "
                f"at {target}, or try again where there is a network."
            ) from None
        part.replace(target)
    found = hashlib.sha256(target.read_bytes()).hexdigest()
    if found != runtime.sha256:
        target.unlink()
        raise SetupError(
            f"{runtime.url} is not the runtime that is pinned: its SHA-256 is {found}."
        )
    return target


def join(runtime: Path, squashed: Path, target: Path) -> None:
    """Write the runtime and what it mounts into one program."""
    if runtime.read_bytes()[_MAGIC] != _TYPE_2:
        raise SetupError(f"{runtime.name} is no runtime of an AppImage of type 2.")
    with target.open("wb") as file:
        for path in (runtime, squashed):
            with path.open("rb") as source:
                shutil.copyfileobj(source, file, 1 << 20)
    target.chmod(0o755)
