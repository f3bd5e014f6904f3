"""Saved prompts: what is trusted, what is thrown away, and that nothing of it is ever an error."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest

from app.core.formats.split_files import all_parts
from app.core.system.databases import DataKey
from app.host.generation.vocabulary import Ids
from app.host.prompt_cache import disk_cache
from app.host.prompt_cache.disk_cache import SavedPrompts, forget_all
from app.host.prompt_cache.fingerprint import fingerprint
from app.host.prompt_cache.state_file import (
    State,
    StateOrigin,
    describe,
    read_header,
    read_state,
    write_state,
)

MADE = StateOrigin(model="m", build="b", settings="s")
STATE: State = np.arange(200, dtype=np.uint8)
POSITIONS = 8192

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")


def text(length: int, seed: int = 1) -> Ids:
    return np.random.default_rng(seed).integers(0, 50_000, length).astype(np.int32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "prompts"


@pytest.fixture
def saved_at(folder: Path) -> Callable[..., SavedPrompts]:
    """What a new process finds there."""

    def look(made: StateOrigin = MADE, positions: int = POSITIONS) -> SavedPrompts:
        return SavedPrompts(folder, made, positions)

    return look


def save(prompts: SavedPrompts, tokens: Ids, state: State = STATE) -> None:
    prompts.save(tokens, state)
    prompts.close()


def found(prompts: SavedPrompts, tokens: Ids) -> Any:
    saved, length = prompts.best(tokens)
    return prompts.load(saved) if saved is not None and length == len(tokens) else None


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_saved_prompt_is_found_by_the_next_process(folder, saved_at):
    tokens = text(300)
    first = saved_at()
    assert first.wants(tokens)
    save(first, tokens)
    assert np.array_equal(found(first, tokens), STATE)
    second = saved_at()
    assert np.array_equal(found(second, tokens), STATE)
    assert not second.wants(tokens)
    assert second.best(text(300, seed=2)) == (None, 0)


@posix
def test_nobody_else_can_read_it(folder, saved_at):
    folder.mkdir(parents=True, mode=0o777)
    save(saved_at(), text(300))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in files(folder)] == [0o600]


def test_a_change_of_any_byte_is_noticed(tmp_path):
    tokens = text(8)
    header = describe(MADE, tokens, STATE)
    path = tmp_path / "a.prompt"
    write_state(path, header, STATE)
    assert np.array_equal(read_state(path, read_header(path)), STATE)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ValueError):  # noqa: PT011  (each place has words of its own)
            read_state(path, header)
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"cut short|damaged"):
            read_header(path)
    path.write_bytes(whole + b"x")
    with pytest.raises(ValueError, match="cut short"):
        read_header(path)


@pytest.mark.parametrize("place", [0, 12, 60, -1])
def test_a_damaged_file_is_ignored_and_deleted(folder, saved_at, place, capsys):
    tokens = text(300)
    save(saved_at(), tokens)
    (path,) = files(folder)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    prompts = saved_at()
    assert found(prompts, tokens) is None
    assert not files(folder)
    assert prompts.wants(tokens)


def test_a_file_of_a_newer_version_is_left_to_it(folder, saved_at):
    tokens = text(300)
    save(saved_at(), tokens)
    (path,) = files(folder)
    data = b"LBPROMP2" + path.read_bytes()[8:]
    path.write_bytes(data)
    assert found(saved_at(), tokens) is None
    assert path.read_bytes() == data
    path.write_bytes(b"LBPROMP0" + data[8:])
    assert found(saved_at(), tokens) is None
    assert files(folder) == [], "one of an older version is of no use to anyone"


def test_a_file_that_goes_while_it_is_known_is_no_error(folder, saved_at, capsys):
    tokens = text(300)
    prompts = saved_at()
    save(prompts, tokens)
    forget_all(folder)
    assert found(prompts, tokens) is None
    assert prompts.best(tokens) == (None, 0)


def test_too_little_memory_now_is_no_reason_to_delete(folder, saved_at, monkeypatch):
    tokens = text(300)
    save(saved_at(), tokens)
    prompts = saved_at()

    def no_memory(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(np, "empty", no_memory)
        assert found(prompts, tokens) is None
    assert found(prompts, tokens) is not None


def test_a_disk_that_can_only_be_read_serves_all_the_same(saved_at, monkeypatch):
    tokens = text(300)
    save(saved_at(), tokens)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "utime", refuse)
    assert found(saved_at(), tokens) is not None


def test_sizes_that_cannot_be_are_refused(tmp_path):
    path = tmp_path / "a.prompt"
    header = describe(MADE, text(8), STATE)
    for wrong in ({"size": -1}, {"size": 2**40}, {"ids": b"abc"}, {"size": 199}):
        write_state(path, msgspec.structs.replace(header, **wrong), STATE)
        with pytest.raises(ValueError, match=r"sizes cannot be|cut short"):
            read_header(path)


@pytest.mark.parametrize(
    ("changed", "is_kept"),
    [({"model": "x"}, True), ({"settings": "x"}, True), ({"build": "x"}, False)],
)
def test_what_was_made_otherwise_is_ignored(folder, saved_at, changed, is_kept):
    """Another build of the same model's library will not come back; the others may."""
    tokens = text(300)
    save(saved_at(), tokens)
    other = saved_at(msgspec.structs.replace(MADE, **changed))
    assert other.best(tokens) == (None, 0)
    assert bool(files(folder)) is is_kept
    assert (found(saved_at(), tokens) is not None) is is_kept


def test_a_prompt_that_the_context_cannot_hold_is_ignored(saved_at):
    tokens = text(300)
    save(saved_at(), tokens)
    small = saved_at(positions=300)
    assert small.best(tokens) == (None, 0)
    assert not small.wants(tokens)


def test_short_prompts_and_small_changes_are_not_worth_it(folder, saved_at):
    prompts = saved_at()
    whole = text(2000)
    assert not prompts.wants(whole[:255])
    save(prompts, whole[:1500])
    assert not prompts.wants(whole[:1000])
    assert not prompts.wants(whole[:1560])
    assert not prompts.wants(whole[:1560], all_of_it=True)
    assert prompts.wants(whole[:1564], all_of_it=True)
    assert prompts.wants(whole[:1800])


def test_a_document_that_grows_replaces_itself(folder, saved_at):
    prompts = saved_at()
    whole, edited = text(900), text(900)
    edited[400:] += 1
    save(prompts, text(300, seed=9))
    for tokens in (whole[:300], whole[:600], whole, edited):
        save(prompts, tokens)
    assert len(files(folder)) == 3  # another text, the whole, and the edit near its beginning
    assert found(saved_at(), whole) is not None
    assert found(saved_at(), edited) is not None


def test_what_was_not_used_for_the_longest_goes_first(folder, saved_at, monkeypatch):
    prompts = saved_at()
    texts = [text(300, seed=seed) for seed in range(4)]
    for tokens in texts[:3]:
        save(prompts, tokens)
    for age, tokens in enumerate(texts[:3]):
        path = prompts.best(tokens)[0].path
        os.utime(path, (path.stat().st_mtime - 100 + age,) * 2)
    assert found(prompts, texts[0]) is not None  # used now
    monkeypatch.setattr(disk_cache, "MOST_FILES", 3)
    save(prompts, texts[3])
    again = saved_at()
    assert [found(again, tokens) is not None for tokens in texts] == [True, False, True, True]


def test_all_together_stay_below_the_cap(folder, saved_at, monkeypatch):
    size = len(STATE) + 300 * 4 + 1024
    monkeypatch.setattr(disk_cache, "MOST_BYTES", 3 * size)
    prompts = saved_at()
    for seed in range(6):
        save(prompts, text(300, seed=seed))
        assert sum(path.stat().st_size for path in files(folder)) <= 3 * size
    assert files(folder)


def test_what_nobody_used_for_long_is_deleted(folder, saved_at):
    save(saved_at(), text(300))
    (path,) = files(folder)
    os.utime(path, (path.stat().st_mtime - 31 * 24 * 3600,) * 2)
    part = folder / "given-up.part"
    part.write_bytes(b"x")
    os.utime(part, (path.stat().st_mtime - 2 * 3600,) * 2)
    fresh = folder / "being-written.part"
    fresh.write_bytes(b"x")
    saved_at()
    assert files(folder) == [fresh]


@contextmanager
def no_room(monkeypatch: pytest.MonkeyPatch, how: str) -> Iterator[None]:
    """A disk that is nearly full, or that is full in the middle of a file."""

    class FullFile:
        def __init__(self, handle: int, _mode: str) -> None:
            self._handle = handle

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            os.close(self._handle)

        def write(self, _data: Any) -> int:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if how == "nearly full":
            patch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=100))
        else:
            patch.setattr(os, "fdopen", FullFile)
        yield


@pytest.mark.parametrize("how", ["nearly full", "full"])
def test_a_full_disk_saves_nothing_and_says_so_only_in_the_log(
    folder, saved_at, monkeypatch, how, capsys
):
    prompts = saved_at()
    save(prompts, text(300))
    longer = np.concatenate((text(300), text(300, seed=3)))
    with no_room(monkeypatch, how):
        save(prompts, longer)
    assert "not saved" in capsys.readouterr().err
    assert len(files(folder)) == 1
    assert found(prompts, text(300)) is not None  # the former one still serves
    save(prompts, longer)
    assert found(prompts, longer) is not None


@posix
def test_a_folder_that_is_not_our_own_is_left_alone(folder, saved_at, tmp_path, capsys):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    theirs = elsewhere / "a.prompt"
    theirs.write_bytes(b"a letter")
    folder.parent.mkdir(parents=True)
    folder.symlink_to(elsewhere)
    prompts = saved_at()
    save(prompts, text(300))
    forget_all(folder)
    assert prompts.best(text(300)) == (None, 0)
    assert files(elsewhere) == [theirs]
    assert "not our own" in capsys.readouterr().err


@posix
def test_neither_links_nor_pipes_are_opened(folder, saved_at, tmp_path):
    save(saved_at(), text(300))
    (path,) = files(folder)
    real = path.rename(tmp_path / "real.prompt")
    path.symlink_to(real)
    os.mkfifo(folder / "pipe.prompt")
    assert saved_at().best(text(300)) == (None, 0)
    assert real.exists()


def test_forgetting_deletes_all(folder, saved_at):
    save(saved_at(), text(300))
    (folder / "x.part").write_bytes(b"")
    (folder / "notes.txt").write_bytes(b"")
    forget_all(folder)
    assert [path.name for path in files(folder)] == ["notes.txt"]
    forget_all(folder / "nowhere")


def test_a_fingerprint_knows_a_file_by_its_content_not_its_place(tmp_path):
    data = np.random.default_rng(1).bytes(3 << 20)
    first, second, third = (tmp_path / name for name in ("a.gguf", "b.gguf", "c.gguf"))
    first.write_bytes(data)
    second.write_bytes(data)
    third.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert fingerprint([first]) == fingerprint([second])
    assert len({fingerprint([first]), fingerprint([third]), fingerprint([first, second])}) == 3
    (tmp_path / "small").write_bytes(b"")
    assert fingerprint([tmp_path / "small"])


def test_a_model_in_parts_is_known_by_all_of_them():
    first = Path("/m/big-00001-of-00003.gguf")
    assert [path.name for path in all_parts(first)] == [
        f"big-0000{number}-of-00003.gguf" for number in (1, 2, 3)
    ]
    assert all_parts(Path("/m/big.gguf")) == [Path("/m/big.gguf")]


def test_with_a_key_nothing_of_it_is_readable(folder: Path) -> None:
    """What was saved without a key, or with another one, is deleted; with it, it comes back."""
    key, tokens = DataKey.new(), text(500)
    state: State = np.frombuffer(b"The canary sings on. " * 100_000, np.uint8).copy()
    plain = SavedPrompts(folder, MADE, POSITIONS)
    save(plain, tokens, state)
    assert _holds(folder, tokens)
    sealed = SavedPrompts(folder, MADE, POSITIONS, key)
    assert not files(folder)
    save(sealed, tokens, state)
    assert len(files(folder)) == 1
    assert not _holds(folder, tokens)
    again = SavedPrompts(folder, MADE, POSITIONS, key)
    assert np.array_equal(found(again, tokens), state)
    again.close()
    data = bytearray(files(folder)[0].read_bytes())
    data[-100] ^= 1
    files(folder)[0].write_bytes(data)
    assert found(again, tokens) is None
    assert not files(folder), "a damaged one is deleted"
    save(again, tokens, state)
    SavedPrompts(folder, MADE, POSITIONS, DataKey.new())
    assert not files(folder)
    save(sealed, text(400, seed=2), state)
    SavedPrompts(folder, MADE, POSITIONS)
    assert not files(folder)


def _holds(folder: Path, tokens: Ids) -> bool:
    what = (b"The canary sings on.", tokens[:50].astype("<i4").tobytes())
    return any(one in path.read_bytes() for path in files(folder) for one in what)
