"""Guessing ahead with the real model: the same draws, the same memory, no guesses when greedy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.messages import ChatMessage, Done
from app.host.interface import Job
from app.host.llama_cpp.context import Context
from app.host.llama_cpp.decoding import LlamaDecoder, LlamaTake
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.sampler_chain import LlamaSamplerChain
from tests.host.driving import Runner, load

TEXT = (
    "The keeper climbed the narrow stairs at dusk, counted them again, and wrote the number in "
    "his book. Nobody had asked him to do it. The sea lay quiet below the rocks, and the lamp was "
    "still cold. He lit a match, held it to the wick, and waited for the first ship."
)
REWRITE = ChatMessage(
    role="user", content=f"Correct the spelling of this text and change nothing else:\n\n{TEXT}"
)


@pytest.fixture(scope="module")
def eager(starter_model: Path) -> Iterator[LlamaCppEngine]:
    """An engine for which reading more rows costs nothing."""
    loaded = load(starter_model, LoadOptions(context=1024, threads=1))
    loaded._costs = (1.0,)
    yield loaded
    loaded.close()


@pytest.fixture
def rewrite(eager: LlamaCppEngine) -> Runner:
    return Runner(eager)


def rewritten(runner: Runner, **fields: Any) -> Done:
    return runner(messages=(REWRITE,), **{"max_tokens": 70, "seed": 4, **fields})


VALUES: list[dict[str, Any]] = [
    {"temperature": 0.4},
    {"temperature": 0.7, "repetition_penalty": 1.02, "dry_multiplier": 0.1, "min_p": 0.1},
    {"temperature": 0.6, "mirostat": 2, "mirostat_tau": 1.0},
    {"temperature": 0.4, "grammar": "root ::= [^0-9]+"},
]


@pytest.mark.parametrize("values", VALUES, ids=["plain", "penalties", "mirostat", "grammar"])
def test_every_token_is_the_chains_own_draw(
    rewrite: Runner, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second chain with the seed draws the same tokens out of the same logits, one by one."""
    seen: list[Any] = []
    draw = LlamaDecoder.draw

    def watched(steps: LlamaDecoder, take: LlamaTake, forbidden: Collection[int]) -> int | None:
        logits = steps.logits(take).copy()
        seen.append((logits, draw(steps, take, forbidden)))
        token: int | None = seen[-1][1]
        return token

    monkeypatch.setattr(LlamaDecoder, "draw", watched)
    done = rewritten(rewrite, **values)
    assert done.stats.accepted_tokens > 10
    assert done.stats.drafted_tokens >= done.stats.accepted_tokens
    engine = rewrite.engine
    chain = LlamaSamplerChain(
        Sampling(seed=4, **values), engine._vocabulary, engine._context.size, 4
    )
    chain.remember(engine._prompter.tokens("", (REWRITE,)))
    assert [chain.choose(logits) for logits, _token in seen] == [token for _logits, token in seen]
    chain.close()
    ids = done.takes[0].token_ids
    assert ids == tuple(token for _logits, token in seen)[: len(ids)]
    assert done.takes[0].text == rewrite.streamed()


def test_a_seed_repeats_its_guesses_and_its_text(rewrite: Runner) -> None:
    rewritten(rewrite, temperature=0.8)  # so that both of the others find the prompt read
    first, second = (rewritten(rewrite, temperature=0.8) for _ in range(2))
    assert first.takes == second.takes
    assert first.stats.drafted_tokens == second.stats.drafted_tokens > 0


def test_probabilities_are_those_of_each_tokens_own_row(rewrite: Runner) -> None:
    done = rewritten(rewrite, temperature=0.4, probabilities=2)
    assert done.stats.accepted_tokens > 10
    details = [detail for event in rewrite.tokens for detail in event.details]
    assert tuple(detail.id for detail in details) == done.takes[0].token_ids
    likely = [detail for detail in details if detail.id == detail.alternatives[0].id]
    assert len(likely) > 0.8 * len(details)


def test_the_memory_is_right_afterwards(rewrite: Runner) -> None:
    """The next request goes on from what was kept, and sees what a cold one sees."""
    done = rewritten(rewrite, temperature=0.9, max_tokens=60)
    assert done.stats.drafted_tokens > done.stats.accepted_tokens > 0
    more = (REWRITE, ChatMessage(role="assistant", content=done.takes[0].text))
    asked: dict[str, Any] = {"messages": more, "temperature": 0.0, "max_tokens": 1}
    warm = rewrite(**asked, probabilities=3)
    assert warm.stats.reused_tokens > done.stats.prompt_tokens + 30
    known = [detail.probability for event in rewrite.tokens for detail in event.details]
    rewrite(**asked, probabilities=3, exact=True)
    cold = [detail.probability for event in rewrite.tokens for detail in event.details]
    assert known == pytest.approx(cold, abs=0.1)


def test_a_cancel_while_guesses_are_read_keeps_the_sequence_right(
    rewrite: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """llama.cpp gives the batch up; what was written before stays, and the next run is right."""
    whole = rewritten(rewrite, temperature=0.4)
    cancelled: list[int] = []
    decode = Context.decode

    def cancelling(context: Context, count: int, jobs: Sequence[Job]) -> None:
        if count > 2 and len(rewrite.streamed()) > 60:
            cancelled.append(count)
            rewrite._job.cancel()
        decode(context, count, jobs)

    with monkeypatch.context() as patched:
        patched.setattr(Context, "decode", cancelling)
        stopped = rewritten(rewrite, temperature=0.4)
    take = stopped.takes[0]
    assert len(cancelled) == 1
    assert take.finish_reason == "cancelled"
    assert whole.takes[0].token_ids[: len(take.token_ids)] == take.token_ids
    assert 10 < len(take.token_ids) < len(whole.takes[0].token_ids)
    assert rewritten(rewrite, temperature=0.4).takes == whole.takes


@pytest.mark.parametrize("fields", [{"temperature": 0.0}, {"exact": True}])
def test_greedy_and_exact_runs_guess_nothing(rewrite: Runner, fields: dict[str, Any]) -> None:
    assert rewritten(rewrite, **fields).stats.drafted_tokens == 0


def test_of_takes_side_by_side_only_the_last_one_guesses(rewrite: Runner) -> None:
    done = rewritten(rewrite, n=2, max_tokens=20)
    assert {take.finish_reason for take in done.takes} == {"length"}
    assert done.stats.drafted_tokens == 0
    texts = [rewrite.streamed(take) for take in range(2)]
    end = texts[0][30:40]
    done = rewritten(rewrite, n=2, stop=(end,))
    assert [take.text for take in done.takes] == [rewrite.streamed(k) for k in range(2)]


@pytest.mark.parametrize("temperature", [0.0, 0.4])
def test_switched_off_nothing_is_guessed(starter_model: Path, temperature: float) -> None:
    found = []
    for drafts in ("auto", "off"):
        options = LoadOptions(context=1024, threads=1, drafts=drafts)
        engine = load(starter_model, options)
        found.append(rewritten(Runner(engine), temperature=temperature))
        engine.close()
    ahead, plain = found
    assert plain.stats.drafted_tokens == 0
    assert bool(ahead.stats.drafted_tokens) == bool(temperature)
    assert temperature or ahead.takes == plain.takes


def test_a_full_context_ends_a_take_where_it_did(starter_model: Path) -> None:
    engine = load(starter_model, LoadOptions(context=256, threads=1, batch=64, ubatch=64))
    engine._costs = (1.0,)
    try:
        runner = Runner(engine)
        done = runner(f"{TEXT}\n\n{TEXT}\n\nThe", max_tokens=-1, temperature=0.2, seed=1)
    finally:
        engine.close()
    assert done.stats.accepted_tokens > 10
    assert done.takes[0].finish_reason == "length"
    assert done.stats.prompt_tokens + len(done.takes[0].token_ids) == 256
