"""The models that other programs on this machine already have, to be used where they lie.

Only the places where each program keeps its models by itself are looked at, and nothing in them is
ever changed. What stands there was checked against the programs' own documentation: LM Studio,
Jan, GPT4All, Ollama (manifests that name blobs by their checksum) and the Hugging Face cache.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from app.core.formats.split_files import is_gguf
from app.core.models.scan import (
    Budget,
    is_model_folder,
    models_below,
    real_path,
    sorted_entries,
)
from app.core.system.files import is_file, is_folder, read_regular

PROGRAMS = ("LM Studio", "Jan", "GPT4All", "Ollama", "KoboldCpp", "Hugging Face")
"""The programs whose models can be found, by the names that settings and command line use."""

_MOST_JSON = 1024 * 1024
_OLLAMA_HOST, _OLLAMA_SPACE = "registry.ollama.ai", "library"
_OLLAMA_MODEL = "application/vnd.ollama.image.model"
_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")
_HUB_BLOB = re.compile(r"[0-9a-f]{64}")
_HUB_REPO = re.compile(r"models--(.+)")


class ProgramStore(msgspec.Struct, frozen=True):
    """A folder where a program keeps models; `names` stand where a file's own says little.

    `is_cut` says that it holds more than was looked at.
    """

    name: str
    folder: Path
    models: tuple[Path, ...]
    names: tuple[str, ...]
    is_cut: bool = False


_Named = Iterator[tuple[Path, str]]


def find_programs(
    home: Path,
    environ: Mapping[str, str],
    only: Sequence[str] = PROGRAMS,
    *,
    platform: str = sys.platform,
    system: Path = Path("/"),
) -> tuple[ProgramStore, ...]:
    """The stores of the programs in `only` that hold any model; their headers are not read."""
    stores = []
    for program, folder in _places(home, environ, platform, system):
        if program not in only or not is_folder(folder):
            continue
        budget = Budget()
        if found := dict(_models_in(program, folder, budget)):
            paths, names = tuple(found), tuple(found.values())
            stores.append(ProgramStore(program, folder, paths, names, is_cut=budget.is_cut))
    return tuple(stores)


def program_of(
    path: Path,
    home: Path,
    environ: Mapping[str, str],
    *,
    platform: str = sys.platform,
    system: Path = Path("/"),
) -> str:
    """The program in whose store `path` lies, or whose file it links to; else empty."""
    own = {os.path.abspath(path), real_path(path)}  # noqa: PTH100 - Path.absolute keeps ".."
    for program, folder in _places(home, environ, platform, system):
        if program == "KoboldCpp":  # it has no store: these are the user's own folders
            continue
        roots = {str(folder), real_path(folder)}
        if any(Path(one).is_relative_to(root) for one in own for root in roots):
            return program
    return ""


def known_checksum(path: Path) -> str:
    """The sha256 that a file is named by in the store of Ollama or of Hugging Face; else empty."""
    real = Path(real_path(path))
    if real.parent.name != "blobs":
        return ""
    if found := _DIGEST.fullmatch(real.name):
        return found[1]
    return real.name if _HUB_BLOB.fullmatch(real.name) else ""


def _places(
    home: Path, environ: Mapping[str, str], platform: str, system: Path
) -> Iterator[tuple[str, Path]]:
    """Every place by its program, each once, whether it is there or not."""
    seen = set()
    for program, places in (
        ("LM Studio", _lm_studio(home)),
        ("Jan", _jan(home, environ, platform)),
        ("GPT4All", _gpt4all(home, environ, platform)),
        ("Ollama", _ollama(home, environ, platform, system)),
        ("KoboldCpp", _koboldcpp(home)),
        ("Hugging Face", _hugging_face(home, environ)),
    ):
        for place in places:
            if (real := real_path(place)) not in seen:
                seen.add(real)
                yield program, place


def _lm_studio(home: Path) -> Iterator[Path]:
    """It may have been moved: a pointer names its folder, and its settings that of the models."""
    roots = [home / ".lmstudio", home / ".cache" / "lm-studio"]
    if pointed := _text(home / ".lmstudio-home-pointer").strip():
        roots.insert(0, Path(pointed))
    for root in roots:
        yield root / "models"
        if chosen := _field(_json(root / "settings.json"), "downloadsFolder"):
            yield Path(chosen)


def _jan(home: Path, environ: Mapping[str, str], platform: str) -> Iterator[Path]:
    roots = [_data_root(home, environ, platform, "Roaming")]
    if platform not in ("win32", "darwin"):
        roots.append(_folder(environ, "XDG_CONFIG_HOME", home / ".config"))
    data = [root / "Jan" / "data" for root in roots]
    for folder in (*data, *(root / "jan" for root in roots), home / "jan"):
        yield folder / "llamacpp" / "models"
        yield folder / "models"


def _gpt4all(home: Path, environ: Mapping[str, str], platform: str) -> Iterator[Path]:
    root = _data_root(home, environ, platform, "Local")
    yield root / "nomic.ai" / "GPT4All"
    yield home / ".cache" / "gpt4all"


def _ollama(home: Path, environ: Mapping[str, str], platform: str, system: Path) -> Iterator[Path]:
    if chosen := environ.get("OLLAMA_MODELS", ""):
        yield _given(chosen, home)
    yield home / ".ollama" / "models"
    if platform not in ("win32", "darwin"):  # as a service it has a user of its own
        yield system / "usr" / "share" / "ollama" / ".ollama" / "models"
        yield system / "var" / "lib" / "ollama" / "models"


def _koboldcpp(home: Path) -> Iterator[Path]:
    """It has no folder of its own; these are where its users put their files."""
    for name in ("koboldcpp", "KoboldCpp", "models"):
        yield home / name


def _hugging_face(home: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if chosen := environ.get(name, ""):
            yield _given(chosen, home)
    if chosen := environ.get("HF_HOME", ""):
        yield _given(chosen, home) / "hub"
    yield _folder(environ, "XDG_CACHE_HOME", home / ".cache") / "huggingface" / "hub"


def _given(text: str, home: Path) -> Path:
    return home / text[2:] if text.startswith("~/") else Path(text)


def _data_root(home: Path, environ: Mapping[str, str], platform: str, windows: str) -> Path:
    """Where programs keep their data; on Windows, `windows` says `Roaming` or `Local`."""
    if platform == "darwin":
        return home / "Library" / "Application Support"
    if platform == "win32":
        variable = "APPDATA" if windows == "Roaming" else "LOCALAPPDATA"
        return _folder(environ, variable, home / "AppData" / windows)
    return _folder(environ, "XDG_DATA_HOME", home / ".local" / "share")


def _folder(environ: Mapping[str, str], name: str, usual: Path) -> Path:
    return Path(environ[name]) if environ.get(name) else usual


def _models_in(program: str, folder: Path, budget: Budget) -> _Named:
    if program == "Ollama":
        return _ollama_models(folder, budget)
    if program == "Hugging Face":
        return _hub_models(folder, budget)
    depth = 0 if program == "KoboldCpp" else 4
    return _plain_models(folder, depth, budget)


def _plain_models(folder: Path, depth: int, budget: Budget) -> _Named:
    """The image parts are left out; a file called only `model` is known by its folder."""
    for path in models_below(folder, depth, budget):
        if not _is_image_part(path):
            yield path, path.parent.name if path.stem.lower() == "model" else ""


def _is_image_part(path: Path) -> bool:
    return path.name.lower().startswith(("mmproj", "mm-proj"))


def _ollama_models(folder: Path, budget: Budget) -> _Named:
    for manifest in _files_below(folder / "manifests", 4, budget):
        if (blob := _ollama_blob(folder, manifest)) is not None:
            *where, model, tag = manifest.relative_to(folder / "manifests").parts
            kept = [part for part in where if part not in (_OLLAMA_HOST, _OLLAMA_SPACE)]
            yield blob, f"{'/'.join((*kept, model))}:{tag}"


def _files_below(folder: Path, depth: int, budget: Budget) -> Iterator[Path]:
    """The ordinary files exactly `depth` levels down: host, owner, model, tag."""
    for entry in sorted_entries(folder, budget):
        path = Path(entry.path)
        if depth == 1 and is_file(path):
            yield path
        elif depth > 1 and is_folder(path):
            yield from _files_below(path, depth - 1, budget)


def _ollama_blob(folder: Path, manifest: Path) -> Path | None:
    """The file that holds the weights which a manifest names."""
    layers = _json(manifest).get("layers")
    for layer in layers if isinstance(layers, list) else []:
        if _field(layer, "mediaType") != _OLLAMA_MODEL:
            continue
        if (digest := _DIGEST.fullmatch(_field(layer, "digest"))) is None:
            continue
        for name in (f"sha256-{digest[1]}", f"sha256:{digest[1]}"):
            if is_file(blob := folder / "blobs" / name):
                return blob
    return None


def _hub_models(folder: Path, budget: Budget) -> _Named:
    for entry in sorted_entries(folder, budget):
        if repo := _HUB_REPO.fullmatch(entry.name):
            yield from _repo_models(Path(entry.path), repo[1].replace("--", "/", 1), budget)


def _repo_models(repo: Path, name: str, budget: Budget) -> _Named:
    """Of a folder for the Torch engine, only the version in use; of GGUF files, each once."""
    whole = False
    for snapshot in _snapshots(repo, budget):
        if is_model_folder(snapshot):
            if not whole:
                yield snapshot, name
            whole = True
            continue
        for path in models_below(snapshot, 2, budget):
            if is_gguf(path.name) and is_file(path) and not _is_image_part(path):
                yield path, ""


def _snapshots(repo: Path, budget: Budget) -> list[Path]:
    """The downloaded versions, the one that `main` stands for first."""
    main = _text(repo / "refs" / "main").strip()
    found = [Path(entry.path) for entry in sorted_entries(repo / "snapshots", budget)]
    return sorted(found, key=lambda path: path.name != main)


def _json(path: Path) -> dict[str, object]:
    try:
        content = msgspec.json.decode(read_regular(path, _MOST_JSON))
    except (OSError, ValueError, RecursionError):  # another program's file; it may be anything
        return {}
    return content if isinstance(content, dict) else {}


def _field(values: object, key: str) -> str:
    value = values.get(key) if isinstance(values, dict) else None
    return value if isinstance(value, str) else ""


def _text(path: Path) -> str:
    try:
        return read_regular(path, 4096).decode("utf-8")
    except (OSError, ValueError):
        return ""
