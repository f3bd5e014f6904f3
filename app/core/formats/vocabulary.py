"""Whether two models have the same vocabulary, by its content."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from app.core.errors import NotAModelError
from app.core.formats.gguf_reader import list_bytes
from app.core.formats.recent import Recent
from app.core.system.files import is_file, is_folder, read_regular

_TOKENS = "tokenizer.ggml.tokens"
_LENGTH = struct.Struct("<Q")
_PADDING = re.compile(rb"\[PAD\d*\]|<\|?(?:pad|unused|dummy)_?\d+\|?>")
_MOST = 64 * 1024 * 1024  # bytes of a tokenizer's file
_PLAIN = ("tokenizer.model", "spiece.model", "vocab.json", "vocab.txt", "tekken.json")


def vocabulary_digest(path: Path) -> str:
    """A number in hexadecimal that is the same for models whose tokens are the same.

    Room at the end that no text uses does not count. Models in files and in folders do not
    compare. Raises a LampblackError or OSError where the vocabulary cannot be read.
    """
    return _recent.get(path)


def _files(path: Path) -> Iterable[Path]:
    if is_folder(path):
        return [path / name for name in ("tokenizer.json", *_PLAIN)]
    return [path]


def _read(path: Path) -> str:
    from hashlib import sha256  # takes long to import

    digest = sha256()
    for part in _folder_parts(path) if is_folder(path) else _file_parts(path):
        digest.update(_LENGTH.pack(len(part)))
        digest.update(part)
    return digest.hexdigest()


_recent = Recent(_read, _files)


def _file_parts(path: Path) -> list[bytes]:
    words = list(_words(list_bytes(path, _TOKENS)))
    while words and _PADDING.fullmatch(words[-1]):
        words.pop()
    if not words:
        raise NotAModelError(f"{path.name} holds no vocabulary.")
    return words


def _words(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        yield data[at : at + length]
        at += length


def _folder_parts(folder: Path) -> list[bytes]:
    file = folder / "tokenizer.json"
    if is_file(file):
        try:
            words = _numbered(json.loads(read_regular(file, _MOST)))
        except (ValueError, KeyError, TypeError, IndexError, RecursionError):
            raise NotAModelError(f"{folder.name} is damaged: its vocabulary is unknown.") from None
        return [f"{number} {word}".encode("utf-8", "backslashreplace") for number, word in words]
    for name in _PLAIN:
        if is_file(folder / name):
            return [read_regular(folder / name, _MOST)]
    raise NotAModelError(f"{folder.name} holds no vocabulary.")


def _numbered(tokenizer: Any) -> list[tuple[int, str]]:
    """Every token's number and text, in the order of the numbers."""
    words = tokenizer["model"]["vocab"]
    if isinstance(words, dict):
        found = {int(number): str(word) for word, number in words.items()}
    else:
        found = {number: str(word[0]) for number, word in enumerate(words)}
    for added in tokenizer.get("added_tokens") or ():
        found[int(added["id"])] = str(added["content"])
    return sorted(found.items())
