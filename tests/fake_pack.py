"""Packs as small as can be, sound and hostile, whose program is the real host of this source."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import sys
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from app.engine.messages import PROTOCOL_VERSION
from app.engine.packs.installed import this_system

TOP = "lampblack-torch-1"
PROGRAM = (
    f'#!/bin/sh\nFAKE_PACK="$0"; export FAKE_PACK\nexec "{sys.executable}" -P -m app "$@"\n'
).encode()
FILES = {"lampblack-torch": PROGRAM, "_internal/torch/lib.so": b"\x7fELF" + bytes(3000)}

Member = tuple[tarfile.TarInfo, bytes]


def listing(files: dict[str, bytes] = FILES, **changes: Any) -> dict[str, Any]:
    """What `pack.json` says of these files."""
    rows = [
        {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        | ({"executable": True} if path == "lampblack-torch" else {})
        for path, data in files.items()
    ]
    system, machine = this_system()
    found = {"format": 1, "kind": "torch", "version": "1", "protocol": PROTOCOL_VERSION}
    found |= {"system": system, "machine": machine, "program": "lampblack-torch"}
    found |= {"versions": {"torch": "2.13.0", "transformers": "5.23.0"}, "files": rows}
    return found | changes


def member(path: str, data: bytes = b"", **changes: Any) -> Member:
    """A member of an archive, below its folder unless the path is absolute."""
    info = tarfile.TarInfo(path if path.startswith(("/", "..")) else f"{TOP}/{path}")
    info.size = len(data)
    for name, value in changes.items():
        setattr(info, name, value)
    return info, data


def members(files: dict[str, bytes] = FILES, **changes: Any) -> list[Member]:
    """The members of a sound archive."""
    first = member("pack.json", json.dumps(listing(files, **changes)).encode())
    return [first, *(member(path, data) for path, data in files.items())]


def written(path: Path, content: Iterable[Member]) -> Path:
    """An archive with these members."""
    with lzma.open(path, "wb", preset=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for info, data in content:
            tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return path


def sound(path: Path, **changes: Any) -> Path:
    """A sound archive, or one that is only wrong in what `changes` say."""
    return written(path, members(**changes))


def put_in_place(packs: Path, **changes: Any) -> Path:
    """A pack as it is installed, without an archive; its folder."""
    folder = packs / "torch"
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "lampblack-torch").chmod(0o755)
    (folder / "pack.json").write_text(json.dumps(listing(**changes)), "utf-8")
    return folder


Write = Callable[[Path, Iterable[Member]], Path]
