"""The examination of the starter model on both engines: what it says, and that nothing stays."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.passport import words
from app.engine.messages import Read
from app.host.interface import Job
from app.host.passport.examination import MOST_TOKENS, Examination

TEXT = "The lighthouse keeper wrote down the weather every morning before he ate. " * 30


def silent() -> Job:
    return Job(5, lambda _event: None)


def examine(engine: Any) -> Any:
    # A clock that stands still: a busy machine must not change what is tried.
    return Examination(engine, silent(), clock=lambda: 0.0).passport()


def read(engine: Any) -> Any:
    return engine.read(Read(job=1, prompt=TEXT), silent()).stats


@pytest.fixture(params=["engine", "torch_engine"])
def any_engine(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def test_the_starter_model(any_engine: Any) -> None:
    read(any_engine)
    passport = examine(any_engine)
    after = read(any_engine)
    assert after.prompt_tokens - after.reused_tokens <= 1
    assert (passport.kind, passport.template, passport.system) == ("instruct", "right", "kept")
    assert (passport.doubled_bos, passport.ends_turn, passport.stops) == ("no", "yes", "yes")
    assert 0 < passport.tokens_written <= MOST_TOKENS
    assert "en" in passport.languages
    assert len(passport.languages) < len(passport.languages_tried)
    assert passport.repetition is not None
    assert passport.repetition < 0.25
    # 30 layers, keys and values of 3 heads of 64 numbers
    width = 2 if passport.engine == "llama.cpp" else passport.memory_per_1000 // 11_520_000
    assert passport.memory_per_1000 == 1000 * 30 * 2 * 3 * 64 * width
    assert words(passport)[0].startswith("Good for: continuing prose")


def test_it_says_the_same_again(engine: Any) -> None:
    first = examine(engine)
    read(engine)
    second = examine(engine)
    assert (first.languages, first.repetition, first.tokens_written) == (
        second.languages,
        second.repetition,
        second.tokens_written,
    )


def test_a_full_context_is_copied_out_and_comes_back(small_engine: Any) -> None:
    request = Read(job=1, prompt=TEXT, overflow="drop_head", max_tokens=8)
    small_engine.read(request, silent())
    examine(small_engine)
    after = small_engine.read(request, silent()).stats
    assert after.prompt_tokens > small_engine.info.settings.context * 3 // 4
    assert after.prompt_tokens - after.reused_tokens <= 1


def test_its_own_prompts_are_not_kept(engine: Any) -> None:
    cache = engine._cache
    engine.read(Read(job=1, prompt=TEXT), silent())
    kept = {tuple(sequence.tokens) for sequence in cache._kept}
    copies = len(cache._copies)
    examine(engine)
    assert {tuple(sequence.tokens) for sequence in cache._kept} <= kept
    assert len(cache._kept) + len(cache._copies) <= len(kept) + copies
    assert engine._cache._is_guest is False
