"""A digest that tells model files apart, wherever they lie, without reading all of them."""

from __future__ import annotations

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


def digests(adapters: Iterable[Adapter]) -> tuple[str, ...]:
    """What tells adapters apart: each one's digest and strength; raises OSError."""
    return tuple(f"{fingerprint(_files(one.path))} {one.strength:g}" for one in adapters)


def _files(adapter: str) -> list[Path]:
    path = Path(adapter)
    return [*sorted(path.glob("adapter_*"))] if path.is_dir() else [path]
