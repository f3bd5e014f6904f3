"""Prompts that an engine has read, kept on disk: a document that is opened again begins at once.

One file holds one prompt's tokens and the engine's memory of them. What lies there is not trusted:
a file counts only if its sizes fit, its checksums are right and everything that it was made with is
the same. Nothing that goes wrong here reaches the writer; without these files, prompts are read.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.options.load_options import LoadOptions
from app.core.system.files import Stamp, stamps
from app.core.system.json_store import NewerFormatError
from app.engine.messages import ModelInfo
from app.host.generation.vocabulary import Ids
from app.host.prompt_cache.fingerprint import fingerprint
from app.host.prompt_cache.prefix_index import BLOCK, PrefixIndex
from app.host.prompt_cache.state_file import (
    Header,
    State,
    StateOrigin,
    describe,
    is_ours,
    read_header,
    read_state,
    write_state,
)

if TYPE_CHECKING:
    from app.core.system.databases import DataKey

LEAST_TOKENS = 256
"""Shorter prompts are read in no time."""

WORTH = 128
"""How many tokens a saved prompt must spare to be fetched from the disk."""

MOST_BYTES = 2 << 30
MOST_FILES = 64
"""What all saved prompts may take, of whatever model."""

_FREE_SHARE = 10  # all files together take at most this part (1/10) of the free disk
_OLDEST_S = 30 * 24 * 3600.0
_PART_S = 60.0  # an unfinished file to which nothing was added for so long was given up
_GROWTH = 8  # a prompt is saved again when it has grown by this part (1/8)

_AROUND = 1024  # more than a header takes beside the tokens
_PRIVATE = 0o700
_SUFFIX, _PART = ".prompt", ".part"


@dataclass(eq=False, frozen=True)
class SavedPrompt:
    """A prompt on the disk."""

    path: Path
    tokens: Ids
    header: Header


class SavedPrompts:
    """The saved prompts of one loaded model. All calls come from one thread; writing has its own.

    `positions` is the size of the context, which no prompt can exceed. With a `key` they are
    encrypted, and files that are not encrypted with it are deleted, as without one those that are.
    """

    def __init__(
        self, folder: Path, made: StateOrigin, positions: int, key: DataKey | None = None
    ) -> None:
        self._key = key
        self._folder = folder
        self._made = made
        self._positions = positions
        self._index: PrefixIndex[SavedPrompt] = PrefixIndex()
        self._writer: threading.Thread | None = None
        self._written: deque[SavedPrompt] = deque()
        for path in _files(folder):
            self._look_at(path)

    def best(self, tokens: Ids, *, whole: bool = False) -> tuple[SavedPrompt | None, int]:
        """The prompt with the longest common beginning; see `PrefixIndex.best`."""
        self._take_up()
        return self._index.best(tokens, whole=whole)

    def load(self, saved: SavedPrompt) -> State | None:
        """The engine's memory of a prompt; None, and the file is gone, if anything is wrong."""
        try:
            state = read_state(saved.path, saved.header, self._key)
        except MemoryError:  # there is no room for it now
            return None
        except (OSError, ValueError) as error:
            sys.stderr.write(f"A saved prompt could not be used: {error}.\n")
            self.drop(saved)
            return None
        with suppress(OSError):  # it may be a disk that can only be read
            os.utime(saved.path)
        return state

    def drop(self, saved: SavedPrompt) -> None:
        """Delete a prompt that turned out to be useless."""
        self._index.remove(saved)
        _unlink(saved.path)

    def wants(self, tokens: Ids, *, all_of_it: bool = False) -> bool:
        """Whether saving this prompt is worth the writing.

        One that is known already counts only when it has grown by a good part, so that a long
        document is not written again for every sentence; with `all_of_it`, by a block.
        """
        self._take_up()
        if self._writer is not None or not LEAST_TOKENS <= len(tokens) < self._positions:
            return False
        least = BLOCK if all_of_it else max(BLOCK, len(tokens) // _GROWTH)
        return len(tokens) - self._index.best(tokens)[1] >= least

    def save(self, tokens: Ids, state: State) -> None:
        """Begin to write a prompt; one of the same document, known before, goes when it is done."""
        known, shared = self._index.best(tokens)
        former = known if known is not None and shared * 2 >= len(known.tokens) else None
        if former is not None:
            self._index.remove(former)
        self._writer = threading.Thread(
            target=self._write, args=(tokens.copy(), state, former), name="prompt writer"
        )
        self._writer.start()

    def close(self) -> None:
        """Wait for what is being written."""
        if self._writer is not None:
            self._writer.join()
        self._take_up()

    def _take_up(self) -> None:
        """Put what the writing thread has finished on the list."""
        if self._writer is not None and not self._writer.is_alive():
            self._writer = None
        while self._written:
            saved = self._written.popleft()
            self._index.add(saved, saved.tokens)

    def _look_at(self, path: Path) -> None:
        """Put a file on the list, or delete it if no engine can use it any more."""
        try:
            header = read_header(path, self._key)
        except NewerFormatError:  # it is left to the version that wrote it
            return
        except (OSError, ValueError):
            _unlink(path)
            return
        made = header.made
        if made.model == self._made.model and made.build != self._made.build:
            _unlink(path)
        elif made == self._made and len(header.tokens) < self._positions:
            self._index.add(SavedPrompt(path, header.tokens, header), header.tokens)

    # In the writing thread

    def _write(self, tokens: Ids, state: State, former: SavedPrompt | None) -> None:
        try:
            saved: SavedPrompt | None = self._put(tokens, state)
        except (OSError, MemoryError) as error:  # the disk is full, or not ours to write to
            sys.stderr.write(f"A prompt is not saved: {error}.\n")
            saved = former if former is not None and former.path.exists() else None
        else:
            if former is not None:
                _unlink(former.path)
        if saved is not None:
            self._written.append(saved)

    def _put(self, tokens: Ids, state: State) -> SavedPrompt:
        _make_folder(self._folder)
        header = describe(self._made, tokens, state)
        _make_room(self._folder, len(state) + len(header.ids) + _AROUND)
        path = self._folder / f"{secrets.token_hex(12)}{_SUFFIX}"
        write_state(path, header, state, self._key)
        return SavedPrompt(path, tokens, header)


def forget_all(folder: Path) -> None:
    """Delete every saved prompt."""
    for path in _listed(folder, _SUFFIX, _PART):
        _unlink(path)


def _files(folder: Path) -> Iterator[Path]:
    """The saved prompts; what was given up or not used for long is deleted."""
    now = time.time()
    for path in _listed(folder, _SUFFIX, _PART):
        limit = _PART_S if path.suffix == _PART else _OLDEST_S
        with suppress(OSError):
            if now - path.lstat().st_mtime > limit:
                _unlink(path)
            elif path.suffix == _SUFFIX:
                yield path


def _listed(folder: Path, *suffixes: str) -> list[Path]:
    """Our files in the folder; none where it is not our own, lest others' be deleted."""
    try:
        _check_folder(folder)
        return sorted(path for path in folder.iterdir() if path.suffix in suffixes)
    except OSError:
        return []


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _make_folder(folder: Path) -> None:
    """A folder that only this user can look into; raises OSError if it cannot be had."""
    folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    _check_folder(folder)
    if stat.S_IMODE(folder.lstat().st_mode) != _PRIVATE:
        folder.chmod(_PRIVATE)


def _check_folder(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or not is_ours(found):
        raise OSError("its folder is not our own")


def _make_room(folder: Path, size: int) -> None:
    """Delete what was not used for the longest; raises OSError if there can be no room."""
    found = []
    for path in _listed(folder, _SUFFIX):
        with suppress(OSError):
            status = path.lstat()
            found.append((status.st_mtime, status.st_size, path))
    found.sort(reverse=True)
    taken = sum(length for _, length, _ in found)
    most = min(MOST_BYTES, (shutil.disk_usage(folder).free + taken) // _FREE_SHARE)
    if size > most:
        raise OSError("there is too little room on the disk")
    while found and (taken + size > most or len(found) >= MOST_FILES):
        _, length, path = found.pop()
        taken -= length
        _unlink(path)


def saved_prompts(
    info: ModelInfo,
    files: Sequence[Path],
    before: tuple[Stamp, ...],
    options: LoadOptions,
    folder: str,
    key: str = "",
) -> SavedPrompts | None:
    """The saved prompts of the model in `files`, if there is a folder for any.

    `before` are the files' stamps before the model was loaded: where they differ now, the model may
    be either one, and nothing is saved. Where prompts are not to be kept, earlier ones are deleted.
    With a `key`, in hexadecimal digits, they are encrypted.
    """
    if not folder:
        return None
    if not options.keep_prompts:
        forget_all(Path(folder))
        return None
    try:
        model = fingerprint(files)
    except OSError:  # it was moved away since it was mapped: nothing tells it from another
        return None
    if not before or stamps(files) != before:
        return None
    made = StateOrigin(model=model, build=info.settings.build, settings=_settings(info, before))
    if not key:
        return SavedPrompts(Path(folder), made, info.context)
    try:
        from app.core.system.databases import DataKey  # SQLite, which is mostly not needed here
    except ImportError:  # an engine pack may come without it
        return None
    return SavedPrompts(Path(folder), made, info.context, DataKey.from_hex(key))


def _settings(info: ModelInfo, files: tuple[Stamp, ...]) -> str:
    """A digest of all that changes the numbers in a sequence's memory, or their arrangement.

    A fingerprint is made of samples, so that the files' times belong to it, too.
    """
    settings = info.settings
    facts = (
        info.engine,
        info.architecture,
        info.quantization,
        info.parameters,
        settings.context,  # some models scale their positions by it
        settings.kv_type,
        settings.flash_attention,
        settings.device,
        settings.adapters,
        [written for *_, written in files],
    )
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest()
