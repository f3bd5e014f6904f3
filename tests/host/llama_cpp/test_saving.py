"""What one engine has read, the next one with the same model and build knows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from app.core.options.load_options import LoadOptions
from app.engine.messages import Done, HostEvent, Loading, Read
from app.host.interface import Job
from app.host.llama_cpp.engine import LlamaCppEngine
from tests.host.driving import Runner, load
from tests.host.tiny_llama import write_tiny

LENGTH = 270  # tokens, a little more than the least that is saved
TEXT = " ".join(
    f"On day {day} the keeper wrote the number {day} into his book." for day in range(22)
)
OPTIONS: dict[str, Any] = {"context": 512, "threads": 1, "tune": False}

Open = Callable[..., LlamaCppEngine]


@pytest.fixture
def opened(starter_model: Path, tmp_path: Path) -> Iterator[Open]:
    """Loads engines that share a cache folder, and closes what is still open."""
    engines: list[LlamaCppEngine] = []

    def opened_again(
        path: Path = starter_model,
        hear: Callable[[HostEvent], None] = lambda _event: None,
        **options: Any,
    ) -> LlamaCppEngine:
        wanted = LoadOptions(**{**OPTIONS, **options})
        engine = load(path, wanted, Job(0, hear), cache=str(tmp_path / "cache"))
        engines.append(engine)
        return engine

    yield opened_again
    for engine in engines:
        engine.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "prompts"


def read(engine: LlamaCppEngine, prompt: str) -> Done:
    return engine.read(Read(job=1, prompt=prompt), Job(1, lambda _event: None))


def letters(count: int, step: int) -> str:
    """A text of `count` tokens of the tiny model, another one for each step."""
    return "".join(chr(ord("a") + number * step % 25) for number in range(count))


def test_a_document_that_is_opened_again_begins_at_once(opened: Open, folder: Path) -> None:
    first = opened()
    assert first.count(TEXT, ()) >= LENGTH
    Runner(first)(TEXT, max_tokens=1)
    first.settle()
    again = Runner(first)(TEXT, max_tokens=12, temperature=0.0)  # from the memory
    first.close()
    assert len(list(folder.iterdir())) == 1
    second = opened()
    reopened = Runner(second)(TEXT, max_tokens=12, temperature=0.0)
    assert reopened.stats.reused_tokens == reopened.stats.prompt_tokens - 1
    assert reopened.takes[0].token_ids == again.takes[0].token_ids
    exact = Runner(second)(TEXT, max_tokens=1, exact=True)
    assert exact.stats.reused_tokens == 0


def test_closing_saves_what_is_new(opened: Open, folder: Path, starter_model: Path) -> None:
    first = opened()
    assert read(first, TEXT).stats.reused_tokens == 0
    assert not folder.exists()
    first.close()
    assert len(list(folder.iterdir())) == 1
    other = opened(flash_attention="on")  # another arrangement of the memory
    assert read(other, TEXT[:80]).stats.reused_tokens == 0
    moved = folder.parent.parent / "renamed.gguf"
    moved.symlink_to(starter_model)
    third = opened(moved)
    changed = read(third, TEXT[:-200] + " And then?")
    assert changed.stats.reused_tokens > changed.stats.prompt_tokens - 10


def test_a_model_that_was_replaced_while_it_was_loaded_saves_nothing(
    opened: Open, folder: Path, tmp_path: Path
) -> None:
    path, later = write_tiny(tmp_path / "a.gguf"), write_tiny(tmp_path / "later.gguf", seed=2)

    def replace(event: HostEvent) -> None:
        if isinstance(event, Loading) and event.fraction == 1 and later.exists():
            later.replace(path)

    first = opened(path, replace)
    assert not later.exists()
    read(first, TEXT[:400])
    first.close()
    assert not folder.exists()
    assert read(opened(path), TEXT[:400]).stats.reused_tokens == 0


def test_a_model_that_was_written_anew_in_its_place_is_another(
    opened: Open, folder: Path, tmp_path: Path
) -> None:
    """Be it of the same size and alike wherever its fingerprint is taken."""
    path = write_tiny(tmp_path / "a.gguf")
    first = opened(path)
    read(first, TEXT[:400])
    first.close()
    assert list(folder.iterdir())
    same = opened(path)
    assert read(same, TEXT[:400]).stats.reused_tokens > 0
    same.close()
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1000))
    assert read(opened(path), TEXT[:400]).stats.reused_tokens == 0


def test_who_wants_nothing_kept_has_nothing_kept(opened: Open, folder: Path) -> None:
    first = opened()
    read(first, TEXT)
    first.close()
    assert list(folder.iterdir())
    second = opened(keep_prompts=False)
    assert not list(folder.iterdir())
    read(second, TEXT[:80])
    second.settle()
    second.close()
    assert not list(folder.iterdir())


def test_a_state_that_llama_cpp_refuses_is_read_anew_and_deleted(
    opened: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened()
    read(first, TEXT)
    first.close()
    second = opened()
    monkeypatch.setattr(second._context, "restore", lambda _state, _sequence: False)
    assert read(second, TEXT).stats.reused_tokens == 0
    assert not list(folder.iterdir())


def test_what_a_refused_state_drove_out_is_not_looked_for(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_tiny(tmp_path / "a.gguf")
    first = opened(path)
    read(first, letters(400, 7))
    first.close()
    second = opened(path)
    for prompt in (letters(50, 7) + letters(250, 3), letters(300, 11)):  # more than the context
        read(second, prompt)
    monkeypatch.setattr(second._context, "restore", lambda _state, _sequence: False)
    done = read(second, letters(400, 7))
    assert (done.stats.prompt_tokens, done.stats.reused_tokens) == (400, 0)


def test_nothing_is_copied_out_that_the_free_memory_cannot_hold(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(write_tiny(tmp_path / "a.gguf"))
    copied: list[int] = []
    save = engine._context.save

    def saving(sequence: int, most: int | None = None) -> Any:
        state = save(sequence, most)
        copied.append(0 if state is None else len(state))
        return state

    monkeypatch.setattr(engine._context, "save", saving)
    available = 4 * 100_000  # a quarter may be taken, and a state of 300 tokens is larger
    with monkeypatch.context() as patch:
        patch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=available))
        for step in (3, 7):
            read(engine, letters(300, step))
    assert copied == [0]
    assert read(engine, letters(300, 7)).stats.reused_tokens == 299
    assert read(engine, letters(300, 3)).stats.reused_tokens < 2


def test_a_saved_prompt_that_would_fill_the_memory_is_read_anew_and_stays(
    opened: Open, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_tiny(tmp_path / "a.gguf")
    first = opened(path)
    read(first, letters(400, 3))
    first.close()
    second, third = opened(path), opened(path)
    with monkeypatch.context() as patch:
        patch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=200_000))
        assert read(second, letters(400, 3)).stats.reused_tokens == 0
    assert list(folder.iterdir())
    assert read(third, letters(400, 3)).stats.reused_tokens == 399


def test_what_was_read_ahead_is_not_read_again(generate: Runner) -> None:
    prompt = "Nobody had told the clerks in the harbour about the eleventh ship. " * 3
    ahead = generate.engine.read(Read(job=1, prompt=prompt), Job(1, lambda _event: None))
    assert ahead.takes == ()
    assert ahead.stats.prompt_tokens > 30
    done = generate(prompt + "It came", max_tokens=1)
    assert done.stats.reused_tokens >= ahead.stats.prompt_tokens - 1


def test_a_reading_that_is_stopped_keeps_what_it_has(small: Runner) -> None:
    prompt = "Seven pilots and one cook argued about the tide until it had gone. " * 9
    job = Job(1, lambda event: job.cancel() if getattr(event, "done", 0) else None)
    small.engine.read(Read(job=1, prompt=prompt), job)
    done = small(prompt, max_tokens=1)
    assert 0 < done.stats.reused_tokens < done.stats.prompt_tokens - 1


def test_a_model_is_freed_even_where_saving_fails(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(write_tiny(tmp_path / "a.gguf"))
    read(engine, letters(300, 3))

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(engine._cache, "settle", fail)
    with pytest.raises(MemoryError):
        engine.close()
    assert engine._model.handle is None
