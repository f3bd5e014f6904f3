"""Networks out of GGUF files, kept as safetensors: reading a GGUF file takes fifty times longer."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from glob import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

_HEAD = 1 << 20  # bytes of the file that its key is made from, beside its size and time
_RESERVE = 1 << 30  # bytes of the disk that stay free
_MOST = 20 << 30  # bytes of all folders together
_SHARE = 4  # of what would be free without them, they take this part (1/4)
_FORGOTTEN_S = 3600  # after this long an unfinished folder was given up
_KEPT = f"*-{'?' * 8}-{'?' * 16}/config.json"
_FORM = 1  # raised when what is kept changes


class KeptFolders:
    """A folder of model folders, one per GGUF file, type of numbers and version of the library.

    All together are bounded; those that were not used for longest go first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, file: Path, dtype: torch.dtype) -> Path | None:
        """The folder made out of `file`, if it is still the same file; it counts as used now."""
        folder = self._folder / self._name(file, dtype)
        if not (folder / "config.json").is_file():
            return None
        with contextlib.suppress(OSError):  # a folder that may only be read is no reason to stop
            os.utime(folder / "config.json")
        return folder

    def drop(self, folder: Path) -> None:
        """Delete a folder that cannot be used."""
        shutil.rmtree(folder, ignore_errors=True)

    def save(
        self,
        file: Path,
        dtype: torch.dtype,
        network: Any,
        tokenizer: Any,
        check: Callable[[], None],
    ) -> Path | None:
        """Keep a network and its tokenizer; None where the disk refuses or has no room.

        The folder appears whole or not at all. What was kept of a former file at the same path is
        deleted. `check` may raise to stop.
        """
        needed = sum(weights.nbytes for weights in network.parameters())
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(needed)
            with tempfile.TemporaryDirectory(prefix="new-", dir=self._folder) as made:
                check()
                tokenizer.save_pretrained(made)
                network.save_pretrained(made)
                check()
                _flush(Path(made))
                return self._put(Path(made), file, dtype)
        except (OSError, SafetensorError) as error:  # the latter where the disk refuses midway
            sys.stderr.write(f"The model is not kept for the next time: {error}.\n")
            return None

    def _make_room(self, needed: int) -> None:
        """Drop folders, the longest unused first, until `needed` bytes more may be taken."""
        for left in self._folder.glob("new-*"):
            if time.time() - left.stat().st_mtime > _FORGOTTEN_S:
                self.drop(left)
        folders = [config.parent for config in sorted(self._folder.glob(_KEPT), key=_used)]
        sizes = [_size(folder) for folder in folders]
        free, total = shutil.disk_usage(self._folder).free, sum(sizes)
        most = min(_MOST, (free + total) // _SHARE)
        if needed > most or free + total < needed + _RESERVE:
            raise OSError("there is too little room on the disk")
        for folder, size in zip(folders, sizes, strict=True):
            if total + needed <= most and free >= needed + _RESERVE:
                return
            self.drop(folder)
            total, free = total - size, free + size

    def _put(self, made: Path, file: Path, dtype: torch.dtype) -> Path:
        target = self._folder / self._name(file, dtype)
        for former in self._folder.glob(f"{escape(self._path_key(file))}-*"):
            self.drop(former)
        inner = made / "whole"
        inner.mkdir()
        for part in [part for part in made.iterdir() if part != inner]:
            part.rename(inner / part.name)
        return inner.replace(target)

    def _name(self, file: Path, dtype: torch.dtype) -> str:
        status = file.stat()
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
        facts = (_FORM, version("transformers"), str(dtype), status.st_size, status.st_mtime_ns)
        digest = hashlib.sha256(repr(facts).encode() + head).hexdigest()
        return f"{self._path_key(file)}-{digest[:16]}"

    @staticmethod
    def _path_key(file: Path) -> str:
        digest = hashlib.sha256(os.fsencode(file.absolute())).hexdigest()
        return f"{file.stem[:40]}-{digest[:8]}"


def _flush(folder: Path) -> None:
    """Put the files on the disk, or after a power cut they could be there and hold nothing."""
    for part in filter(Path.is_file, folder.rglob("*")):
        with part.open("rb+") as opened:
            os.fsync(opened.fileno())


def _used(config: Path) -> float:
    """When a folder was used last, by its file."""
    return config.stat().st_mtime


def _size(folder: Path) -> int:
    return sum(part.stat().st_size for part in folder.rglob("*") if part.is_file())
