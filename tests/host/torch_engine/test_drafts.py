"""Guessing ahead on the Torch engine with the real model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.messages import ChatMessage, Done
from app.host.interface import Work
from tests.host.driving import Runner, load_torch

TEXT = (
    "The keeper climbed the narrow stairs at dusk, counted them again, and wrote the number in "
    "his book. Nobody had asked him to do it. The sea lay quiet below the rocks."
)
REWRITE = ChatMessage(
    role="user", content=f"Correct the spelling of this text and change nothing else:\n\n{TEXT}"
)


@pytest.fixture(scope="module")
def eager(torch_folder: Path) -> Iterator[Any]:
    """An engine for which reading more rows costs nothing."""
    loaded = load_torch(torch_folder, options=LoadOptions(context=1024, threads=1))
    loaded._costs = (1.0,)
    yield loaded
    loaded.close()


@pytest.fixture
def rewrite(eager: Any) -> Runner:
    return Runner(eager)


def rewritten(runner: Runner, **fields: Any) -> Done:
    return runner(messages=(REWRITE,), **{"max_tokens": 40, "seed": 4, **fields})


VALUES: list[dict[str, Any]] = [
    {"temperature": 0.4},
    {"temperature": 0.6, "mirostat": 2, "mirostat_tau": 1.0},
]


@pytest.mark.parametrize("values", VALUES, ids=["plain", "mirostat"])
def test_every_token_is_the_chains_own_draw(
    rewrite: Runner, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second chain with the seed draws the same tokens out of the same logits, one by one."""
    from app.host.torch_engine.decoding import TorchDecoder, TorchTake
    from app.host.torch_engine.sampling.chain import TorchSamplerChain

    seen: list[Any] = []
    draw = TorchDecoder.draw

    def watched(steps: TorchDecoder, take: TorchTake, forbidden: Collection[int]) -> int | None:
        logits = take.logits.copy()
        token = draw(steps, take, forbidden)
        seen.append((logits, token))
        return token

    monkeypatch.setattr(TorchDecoder, "draw", watched)
    done = rewritten(rewrite, **values)
    assert done.stats.drafted_tokens >= done.stats.accepted_tokens > 10
    engine = rewrite.engine
    sampling = Sampling(seed=4, **values)
    chain = TorchSamplerChain(sampling, engine._vocabulary, engine._model.size, 4, engine._breakers)
    chain.remember(engine._prompter.tokens("", (REWRITE,)))
    assert [chain.choose(logits) for logits, _token in seen] == [token for _logits, token in seen]
    assert done.takes[0].text == rewrite.streamed()


def test_the_logits_of_each_row_are_those_of_single_steps(rewrite: Runner) -> None:
    done = rewritten(rewrite, temperature=0.4, probabilities=2)
    assert done.stats.accepted_tokens > 10
    ahead = [detail for event in rewrite.tokens for detail in event.details]
    assert tuple(detail.id for detail in ahead) == done.takes[0].token_ids
    costs, rewrite.engine._costs = rewrite.engine._costs, ()
    plain = rewritten(rewrite, temperature=0.4, probabilities=2)
    rewrite.engine._costs = costs
    single = [detail for event in rewrite.tokens for detail in event.details]
    assert plain.takes == done.takes
    assert [one.probability for one in ahead] == pytest.approx(
        [one.probability for one in single], abs=1e-3
    )


def test_the_memory_is_right_afterwards(rewrite: Runner) -> None:
    """The next request goes on from what was kept, and sees what a cold one sees."""
    done = rewritten(rewrite, temperature=0.9)
    more = (REWRITE, ChatMessage(role="assistant", content=done.takes[0].text))
    asked: dict[str, Any] = {"messages": more, "temperature": 0.0, "max_tokens": 1}
    warm = rewrite(**asked, probabilities=3)
    assert warm.stats.reused_tokens > done.stats.prompt_tokens + 10
    known = [detail.probability for event in rewrite.tokens for detail in event.details]
    rewrite(**asked, probabilities=3, exact=True)
    cold = [detail.probability for event in rewrite.tokens for detail in event.details]
    assert known == pytest.approx(cold, abs=1e-3)


@pytest.mark.parametrize("fields", [{"temperature": 0.0}, {"exact": True}])
def test_greedy_and_exact_runs_guess_nothing(rewrite: Runner, fields: dict[str, Any]) -> None:
    assert rewritten(rewrite, max_tokens=20, **fields).stats.drafted_tokens == 0


def test_takes_of_which_one_is_left_go_on_with_guesses(rewrite: Runner) -> None:
    """The last of several takes lies in a row of a memory that the others have left."""
    rewritten(rewrite, n=2, temperature=0.3, max_tokens=12)
    texts = [rewrite.streamed(take) for take in range(2)]
    done = rewritten(rewrite, n=2, temperature=0.3, stop=(texts[0][-6:],), logit_bias={" the": 1.0})
    assert [take.text for take in done.takes] == [rewrite.streamed(k) for k in range(2)]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many guesses were read along in each of the writer's forward passes."""
    from app.host.torch_engine.decoding import TorchDecoder

    found: list[int] = []
    step = TorchDecoder.step

    def counted(
        steps: TorchDecoder, running: Any, prompt: Any, drafts: Sequence[int] = ()
    ) -> Work[bool]:
        found.append(len(drafts))
        return (yield from step(steps, running, prompt, drafts))

    monkeypatch.setattr(TorchDecoder, "step", counted)
    return found


def test_a_rewrite_takes_fewer_passes_than_tokens(
    torch_generate: Runner, passes: list[int]
) -> None:
    """With the costs that are always assumed, and the temperature of a preset."""
    done = torch_generate(messages=(REWRITE,), max_tokens=40, temperature=0.6, seed=4)
    tokens = len(done.takes[0].token_ids)
    assert done.stats.drafted_tokens == sum(passes)
    assert done.stats.accepted_tokens >= 10
    assert len(passes) <= tokens - done.stats.accepted_tokens < 0.75 * tokens


def test_guesses_that_fail_cost_next_to_nothing(torch_generate: Runner, passes: list[int]) -> None:
    """Four words at random repeat themselves again and again, and go on otherwise each time."""
    from app.host.generation.prompt_lookup import extended

    words = {" one": 100.0, " two": 100.0, " three": 100.0, " four": 100.0}
    chaos: dict[str, Any] = {"temperature": 5.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
    done = torch_generate("One, two,", max_tokens=48, seed=4, logit_bias=words, **chaos)
    assert done.stats.drafted_tokens == sum(passes)
    assert done.stats.drafted_tokens > 2 * done.stats.accepted_tokens
    costs = (1.0, *extended(torch_generate.engine._costs))
    assert sum(costs[guessed] for guessed in passes) <= 1.015 * 48 + 1


def test_switched_off_nothing_is_guessed(torch_folder: Path) -> None:
    options = LoadOptions(context=1024, threads=1, drafts="off")
    engine = load_torch(torch_folder, options=options)
    assert engine._costs == ()
    engine.close()
