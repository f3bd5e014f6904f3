"""A digest that tells model files apart, wherever they lie, without reading all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from app.core.options.adapters import Adapter

_HEAD = 1 << 20  # what is read of the beginning: the header, or most of it
_SAMPLES = 64
_SAMPLE = 16 << 10  # bytes; two trainings of one model differ in all of their weights


def fingerprint(files: Iterable[Path]) -> str:
    """The digest of the files' sizes, beginnings and samples of the rest; raises OSError."""
    digest = blake2b(digest_size=16)
    for path in files:
        size = path.stat().st_size
        digest.update(size.to_bytes(8, "little"))
        with path.open("rb") as file:
            digest.update(file.read(_HEAD))
            for number in range(1, _SAMPLES + 1):
                file.seek(max(0, size - _SAMPLE) * number // _SAMPLES)
                digest.update(file.read(_SAMPLE))
    return digest.hexdigest()


Stamp = tuple[int, int, int, int]
"""Of a file: its device, its number there, its size, and when it was written (nanoseconds)."""


def stamps(files: Iterable[Path]) -> tuple[Stamp, ...]:
    """What tells whether any of the files was written or replaced; nothing if one is missing."""
    try:
        found = [path.stat() for path in files]
    except OSError:
        return ()
    return tuple((one.st_dev, one.st_ino, one.st_size, one.st_mtime_ns) for one in found)


def digests(adapters: Iterable[Adapter]) -> tuple[str, ...]:
    """What tells adapters apart: each one's digest and strength; raises OSError."""
    return tuple(f"{fingerprint(_files(one.path))} {one.strength:g}" for one in adapters)


def _files(adapter: str) -> list[Path]:
    path = Path(adapter)
    return [*sorted(path.glob("adapter_*"))] if path.is_dir() else [path]


def parts(file: Path) -> list[Path]:
    """All files of a GGUF model that comes in several, of which `file` is the first."""
    found = re.fullmatch(r"(.*)-00001-of-(\d{5})", file.stem)
    if found is None:
        return [file]
    name, count = found.groups()
    numbers = range(1, int(count) + 1)
    return [file.with_name(f"{name}-{number:05}-of-{count}{file.suffix}") for number in numbers]
