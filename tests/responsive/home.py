"""A home with many models, one of them huge, and a catalogue of what the test's hub serves."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import struct
from pathlib import Path
from typing import Any

from app.core.models.starter import STARTER
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.core.options.settings_store import SettingsStore
from app.core.system.paths import Paths
from tests.downloads.hub_server import REPO, SHA

CONTEXT = 1024
MODELS = 50
HUGE_BYTES = 1_200_000_000
SERVED_BYTES = 314_572_800
VOCABULARY = 128_000
"""As many words as the usual models of today have, and twice as many rules to join them."""

NAMES = ("{0} Storyteller 8B", "雨夜 {0}", "Рассказчик {0}", "Novelist {0} 🖋 12B")
"""In scripts that come from several fonts."""

HUGE = "Huge.gguf"
_STRING, _ARRAY, _U32 = 8, 9, 4
_F32 = 0
_BLOCK = 1 << 20


def served_names() -> list[str]:
    """The files of the hub: each way of serving, for the download alone and for all at once."""
    return [f"{how}-{number}.gguf" for number in (1, 2) for how in ("limited", "full", "cut")]


def make_home(home: Path, starter: Path) -> Paths:
    """Make it all below `home`; what the hub serves is `home/served`."""
    paths = Paths(home / "config", home / "data", home / "cache")
    paths.models.mkdir(parents=True)
    paths.config.mkdir()
    shutil.copyfile(starter, paths.models / STARTER.file_name)
    header = head(HUGE_BYTES // 4)
    sparse(paths.models / HUGE, header, HUGE_BYTES)
    many = paths.models / "many" / "model.gguf"
    many.parent.mkdir()
    sparse(many, header, HUGE_BYTES)
    for number in range(MODELS):  # one file under many names: each is read as a model of its own
        os.link(many, many.with_name(NAMES[number % len(NAMES)].format(number) + ".gguf"))
    many.unlink()
    serve(home / "served", paths.catalogue_file)
    settings = SettingsStore(paths.settings_file)
    settings.change(
        model=str(paths.models / STARTER.file_name),
        load=LoadOptions(context=CONTEXT),
        sampling=Sampling(temperature=1.0, max_tokens=200),
    )
    return paths


def serve(path: Path, catalogue: Path) -> None:
    """What the hub serves, under several names in the catalogue."""
    chance = random.Random(3)
    header = head((SERVED_BYTES - 20_000_000) // 4)
    rest = SERVED_BYTES - len(header)
    blocks = (chance.randbytes(min(_BLOCK, rest - at)) for at in range(0, rest, _BLOCK))
    content = header + b"".join(blocks)
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    entries = [entry(name, sha256) for name in served_names()]
    catalogue.write_text(json.dumps({"version": 1, "models": entries}), "utf-8")


def entry(name: str, sha256: str) -> dict[str, Any]:
    file = {"path": name, "size_bytes": SERVED_BYTES, "sha256": sha256}
    return {
        "id": name.removesuffix(".gguf"),
        "name": f"The {name}",
        "family": "Test",
        "engine": "llama.cpp",
        "repo": REPO,
        "revision": SHA,
        "files": [file],
        "size_bytes": SERVED_BYTES,
        "params_b": 0.1,
        "quantization": "F32",
        "licence": "mit",
        "context_length": 8192,
        "kind": "base",
        "languages": ["en"],
        "good_for": ["continue"],
        "why": "It is only for trying out.",
        "memory_bytes": SERVED_BYTES,
    }


def sparse(path: Path, header: bytes, size: int) -> None:
    """A file that begins with a header, and else is a hole."""
    with path.open("wb") as file:
        file.write(header)
        file.truncate(size)


def head(numbers: int) -> bytes:
    """The header of a GGUF file with a vocabulary and one tensor of at most `numbers` numbers."""
    tokens = strings(f"word{number}" for number in range(VOCABULARY))
    merges = strings(f"wo rd{number}" for number in range(2 * VOCABULARY))
    values = [
        (b"general.architecture", struct.pack("<I", _STRING) + text(b"llama")),
        (b"llama.block_count", struct.pack("<II", _U32, 1)),
        (b"llama.context_length", struct.pack("<II", _U32, 8192)),
        (b"tokenizer.ggml.tokens", tokens),
        (b"tokenizer.ggml.merges", merges),
    ]
    keys = b"".join(text(key) + value for key, value in values)
    room = len(keys) // 4 + 1024
    tensor = text(b"a") + struct.pack("<IQIQ", 1, (numbers - room) // 32 * 32, _F32, 0)
    head = struct.pack("<4sIQQ", b"GGUF", 3, 1, len(values)) + keys + tensor
    return head + bytes(-len(head) % 32)


def strings(words: Any) -> bytes:
    encoded = [text(word.encode()) for word in words]
    return struct.pack("<IIQ", _ARRAY, _STRING, len(encoded)) + b"".join(encoded)


def text(words: bytes) -> bytes:
    return struct.pack("<Q", len(words)) + words
