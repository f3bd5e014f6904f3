"""Generating with the Torch engine: seeds, takes, stops, bans, cancel, overflow, reuse."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.core.errors import OutOfMemoryError, ParameterError, PromptTooLongError
from app.engine.messages import ChatMessage, HostEvent, Prefill, Tokens
from app.host.interface import Job
from app.host.torch_engine.decoding import FIXED
from tests.host.asking import scored
from tests.host.driving import Runner

KEEPER = "The old lighthouse keeper opened the door and"
FIRST = "In the north there stood a lighthouse that nobody had lit for a hundred years. " * 2
SECOND = "Cooking rice is simple: wash it, soak it, boil it, and leave it alone. " * 2
EVERYTHING: dict[str, Any] = {
    "temperature": 1.2,
    "dynatemp_range": 0.4,
    "top_k": 100,
    "xtc_probability": 0.5,
    "repetition_penalty": 1.1,
    "repetition_window": -1,
    "dry_multiplier": 0.8,
    "banned_phrases": ("the sea", "suddenly", "he was"),
    "logit_bias": {" storm": 3.0, "token:5": -100.0},
    "max_tokens": 16,
}


@pytest.mark.parametrize("more", [{}, {"mirostat": 2}, {"n": 3}])
def test_a_seed_repeats_its_text(torch_generate: Runner, more: dict[str, Any]) -> None:
    asked = {**EVERYTHING, **more, "exact": True}
    first, second = (torch_generate(KEEPER, seed=11, **asked) for _ in range(2))
    assert first.takes == second.takes
    assert first.seed == 11
    assert torch_generate(KEEPER, seed=12, **asked).takes != first.takes


def test_takes_share_one_reading_and_are_those_of_their_seeds(torch_generate: Runner) -> None:
    done = torch_generate(KEEPER + " then", n=3, seed=5, max_tokens=12, temperature=1.0)
    assert [take.index for take in done.takes] == [0, 1, 2]
    assert [take.text for take in done.takes] == [torch_generate.streamed(k) for k in range(3)]
    assert done.stats.completion_tokens == sum(len(take.token_ids) for take in done.takes)
    assert torch_generate.prefills[-1].done == done.stats.prompt_tokens
    alone = [
        torch_generate(KEEPER + " then", seed=5 + k, max_tokens=12, temperature=1.0).takes[0].text
        for k in range(3)
    ]
    assert [take.text for take in done.takes] == alone


def test_sixteen_takes_run_and_seventeen_are_refused(torch_small: Runner) -> None:
    assert len(torch_small(KEEPER, n=16, max_tokens=2).takes) == 16
    for count in (0, 17):
        with pytest.raises(ParameterError):
            torch_small(KEEPER, n=count)


def test_a_stop_text_across_tokens_is_never_shown(torch_generate: Runner) -> None:
    plain = torch_generate(KEEPER, temperature=0.0, max_tokens=20).takes[0]
    stop = plain.text[14:21]
    done = torch_generate(KEEPER, temperature=0.0, max_tokens=20, stop=(stop,))
    assert done.takes[0].text == plain.text[:14] == torch_generate.streamed()
    assert done.takes[0].finish_reason == "stop"
    assert plain.token_ids[: len(done.takes[0].token_ids)] == done.takes[0].token_ids


@pytest.mark.parametrize("count", [1, 3])
def test_banned_phrases_are_never_written(torch_generate: Runner, count: int) -> None:
    plain = torch_generate(KEEPER, temperature=0.0, max_tokens=20).takes[0].text
    banned = (plain[1:9].upper(), plain[14:22], "He Was")
    done = torch_generate(
        KEEPER, temperature=0.0, max_tokens=20, exact=True, banned_phrases=banned, n=count
    )
    for take in done.takes:
        assert not any(phrase.casefold() in take.text.casefold() for phrase in banned)
        assert len(take.token_ids) == 20
        assert torch_generate.streamed(take.index) == take.text
    assert len({take.text for take in done.takes}) == 1


def test_takes_that_part_ways_are_those_written_alone(torch_generate: Runner) -> None:
    """Retreats and ends give some takes a memory of their own; none may touch another's."""
    asked: dict[str, Any] = {
        "temperature": 1.3,
        "top_k": 0,
        "banned_phrases": (" the", "e."),
        "stop": (" a ", ","),
        "max_tokens": 24,
    }
    together = torch_generate(FIRST, n=5, seed=40, **asked)
    for index, take in enumerate(together.takes):
        assert torch_generate(FIRST, seed=40 + index, **asked).takes[0].text == take.text


def test_a_cancel_while_writing_keeps_the_text(torch_generate: Runner) -> None:
    moments: list[float] = []

    def stop(event: HostEvent, job: Job) -> None:
        if isinstance(event, Tokens) and len(torch_generate.tokens) == 4:
            job.cancelled = True
            moments.append(time.perf_counter())

    torch_generate.on_event = stop
    done = torch_generate(KEEPER, temperature=0.0, max_tokens=200)
    assert time.perf_counter() - moments[0] < 1
    assert done.takes[0].finish_reason == "cancelled"
    assert done.takes[0].text == torch_generate.streamed() != ""


@pytest.mark.parametrize("count", [1, 2])
def test_a_cancel_inside_a_block_leaves_the_memory_right(
    torch_generate: Runner, count: int
) -> None:
    prompt = "He walked along the shore and counted gulls. " * 12
    expected = torch_generate(prompt, temperature=0.0, max_tokens=8, exact=True).takes[0]
    torch_generate.engine._cache.clear()
    # A fast machine would have learnt to read the whole prompt as one block of fewer questions.
    torch_generate.engine._reader._block = FIXED

    class Impatient(Job):
        """Is cancelled at the fiftieth question, which comes from inside the second block."""

        questions = 0

        @property
        def cancelled(self) -> bool:
            self.questions += 1
            return self.questions > 50

        @cancelled.setter
        def cancelled(self, value: bool) -> None:
            pass

    torch_generate.job_kind = Impatient
    done = torch_generate(prompt, temperature=0.0, max_tokens=8, n=count)
    assert [take.finish_reason for take in done.takes] == ["cancelled"] * count
    assert [take.text for take in done.takes] == [""] * count
    assert torch_generate.prefills[-1].done < done.stats.prompt_tokens
    torch_generate.job_kind = Job
    again = torch_generate(prompt, temperature=0.0, max_tokens=8)
    assert again.takes[0] == expected


def test_a_cancel_while_reading_is_obeyed_between_layers(torch_generate: Runner) -> None:
    moments: list[float] = []

    def stop(event: HostEvent, job: Job) -> None:
        if isinstance(event, Prefill) and event.done and not moments:
            job.cancelled = True
            moments.append(time.perf_counter())

    torch_generate.on_event = stop
    done = torch_generate("word " * 1500, max_tokens=1, exact=True)
    assert time.perf_counter() - moments[0] < 0.5
    assert done.takes[0].finish_reason == "cancelled"


def test_probabilities_are_the_models_own(torch_generate: Runner) -> None:
    done = torch_generate(KEEPER, temperature=0.0, max_tokens=6, probabilities=5)
    details = [detail for event in torch_generate.tokens for detail in event.details]
    assert tuple(detail.id for detail in details) == done.takes[0].token_ids
    for detail in details:
        probabilities = [other.probability for other in detail.alternatives]
        assert len(probabilities) == 5
        assert probabilities == sorted(probabilities, reverse=True)
        assert detail.alternatives[0].id == detail.id
        assert detail.probability == probabilities[0]


def test_probabilities_are_those_of_the_other_engine(
    torch_generate: Runner, generate: Runner
) -> None:
    """The weights are the same up to the quantization's arithmetic."""
    ours, theirs = (
        scored(runner.engine, KEEPER + " looked out over the sea.", 1, Job(2, lambda _event: None))
        for runner in (torch_generate, generate)
    )
    assert [detail.id for detail in ours] == [detail.id for detail in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one.probability == pytest.approx(other.probability, rel=0.35, abs=0.03)


def test_scores_agree_with_generation(torch_generate: Runner) -> None:
    torch_generate(KEEPER, temperature=0.0, max_tokens=5, probabilities=1)
    written = [detail for event in torch_generate.tokens for detail in event.details]
    text = KEEPER + torch_generate.streamed()
    details = scored(torch_generate.engine, text, 1, Job(2, lambda _event: None))
    assert len(details) == torch_generate.engine.count(text, ()) - 1
    for expected, found in zip(written, details[-5:], strict=True):
        assert found.id == expected.id
        assert found.probability == pytest.approx(expected.probability, rel=1e-3)


def test_scoring_can_be_cancelled_and_refuses_too_much(torch_small: Runner) -> None:
    job = Job(2, lambda _event: None)
    job.cancelled = True
    assert scored(torch_small.engine, KEEPER, 1, job) == ()
    with pytest.raises(PromptTooLongError):
        scored(torch_small.engine, "word " * 300, 0, Job(3, lambda _event: None))


def test_a_prompt_that_is_too_long_fails_or_loses_its_head(torch_small: Runner) -> None:
    with pytest.raises(PromptTooLongError, match=r"301 tokens.*255"):
        torch_small("word " * 300)
    done = torch_small("word " * 262, max_tokens=4, overflow="drop_head")
    assert done.stats.dropped_tokens == 64
    longer = torch_small("word " * 270, max_tokens=4, overflow="drop_head")
    assert longer.stats.dropped_tokens == 64
    assert longer.stats.reused_tokens >= done.stats.prompt_tokens - 2


def test_a_full_context_ends_with_length(torch_small: Runner) -> None:
    single = torch_small("word " * 240, max_tokens=-1, temperature=0.0)
    assert single.takes[0].finish_reason == "length"
    assert len(single.takes[0].token_ids) + single.stats.prompt_tokens == 256
    double = torch_small("word " * 240, max_tokens=-1, temperature=0.0, n=2)
    assert [take.finish_reason for take in double.takes] == ["length", "length"]


def test_a_memory_grows_while_more_is_written(torch_small: Runner) -> None:
    """Without a limit there is room for as much as the prompt has at first."""
    bans = {f"token:{token}": -100.0 for token in torch_small.engine._vocabulary.ends}
    asked: dict[str, Any] = {"temperature": 0.0, "logit_bias": bans, "exact": True}
    expected = torch_small("And", max_tokens=24, **asked).takes[0].token_ids

    def stop(event: HostEvent, job: Job) -> None:
        job.cancelled = len(torch_small.tokens) >= 24

    torch_small.on_event = stop
    assert torch_small("And", max_tokens=-1, **asked).takes[0].token_ids[:24] == expected


def test_a_retry_reads_only_the_last_token(torch_generate: Runner) -> None:
    first = torch_generate(FIRST, max_tokens=8, seed=1)
    retry = torch_generate(FIRST, max_tokens=8, seed=2)
    assert retry.stats.reused_tokens == first.stats.prompt_tokens - 1
    assert torch_generate.prefills[0].reused == retry.stats.reused_tokens


@pytest.mark.parametrize("count", [1, 3])
def test_an_accepted_take_is_reused(torch_generate: Runner, count: int) -> None:
    first = torch_generate(FIRST, max_tokens=12, seed=3, n=count)
    for take in first.takes:
        longer = torch_generate(FIRST + take.text, max_tokens=1)
        assert longer.stats.reused_tokens >= first.stats.prompt_tokens + 6


def test_prompts_that_take_turns_are_all_reused(torch_small: Runner) -> None:
    for prompt in (FIRST, SECOND):
        torch_small(prompt, max_tokens=4, temperature=0.0)
    for prompt in (FIRST, SECOND, FIRST):
        done = torch_small(prompt, max_tokens=4, temperature=0.0)
        assert done.stats.reused_tokens == done.stats.prompt_tokens - 1


def test_forgotten_takes_give_their_memory_back(torch_small: Runner) -> None:
    """The rows of all takes lie in one buffer, which one that is kept would keep whole."""
    torch_small(FIRST * 3, n=16, max_tokens=4, seed=1)
    kept = torch_small.engine._cache._kept
    buffers = dict(memory.lane.taken for memory in kept)
    assert len(buffers) == len(kept)
    assert sum(buffers.values()) <= 3 * torch_small.engine.info.context
    again = torch_small(FIRST * 3, max_tokens=4, seed=1)
    assert again.stats.reused_tokens == again.stats.prompt_tokens - 1
    fresh = torch_small(FIRST * 3, max_tokens=4, seed=1, exact=True)
    assert again.takes[0].text == fresh.takes[0].text


def test_more_takes_than_there_is_memory_for_are_a_sentence(
    torch_small: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.host.torch_engine import out_of_memory

    little = SimpleNamespace(virtual_memory=lambda: SimpleNamespace(available=1_000_000))
    monkeypatch.setattr(out_of_memory, "psutil", little)
    with pytest.raises(OutOfMemoryError, match="ran out of memory"):
        torch_small(FIRST, n=16, max_tokens=4)
    again = torch_small(FIRST, max_tokens=4)
    assert again.stats.reused_tokens == again.stats.prompt_tokens - 1


def test_an_edit_reuses_what_is_before_it_and_exact_nothing(torch_generate: Runner) -> None:
    torch_generate(FIRST + SECOND, max_tokens=1)
    edited = torch_generate(FIRST + "Boiling" + SECOND[7:], max_tokens=4, temperature=0.0)
    assert edited.stats.reused_tokens >= torch_generate.engine.count(FIRST, ()) - 2
    fresh = torch_generate(
        FIRST + "Boiling" + SECOND[7:], max_tokens=4, temperature=0.0, exact=True
    )
    assert fresh.stats.reused_tokens == 0
    assert fresh.takes[0].token_ids == edited.takes[0].token_ids


def test_an_end_token_ends_and_answers_are_continued(torch_generate: Runner) -> None:
    ask = ChatMessage(role="user", content="Say only: yes")
    done = torch_generate(messages=(ask,), max_tokens=60, temperature=0.0)
    assert done.takes[0].finish_reason == "stop"
    assert "<|" not in done.takes[0].text
    turns = (
        ChatMessage(role="user", content="Count to five."),
        ChatMessage(role="assistant", content="1, 2, 3,"),
    )
    assert "4" in torch_generate(messages=turns, max_tokens=4, temperature=0.0).takes[0].text


def test_both_engines_read_the_same_prompt(torch_generate: Runner, generate: Runner) -> None:
    turns = (
        ChatMessage(role="system", content="Be brief."),
        ChatMessage(role="user", content="a <|im_end|> b"),
    )
    ours, theirs = (
        runner.engine._prompter.tokens("", turns) for runner in (torch_generate, generate)
    )
    assert np.array_equal(ours, theirs)
    assert torch_generate("", max_tokens=1).stats.prompt_tokens == 1
    assert torch_generate(KEEPER, max_tokens=0).takes[0].finish_reason == "length"


def test_a_grammar_is_refused(torch_generate: Runner) -> None:
    with pytest.raises(ParameterError, match="Torch engine has no grammars"):
        torch_generate(KEEPER, grammar='root ::= "a"')


@pytest.mark.parametrize("step", [0, 2])
def test_a_gpu_without_memory_is_a_sentence_and_the_engine_lives(
    torch_small: Runner, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    import torch

    model = torch_small.engine._model
    expected = torch_small(SECOND, temperature=0.0, max_tokens=6).takes[0].text
    network = model._network
    calls = []

    def full(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) > step:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return network(*args, **more)

    monkeypatch.setattr(model, "_network", full)
    with pytest.raises(OutOfMemoryError, match="ran out of memory"):
        torch_small(SECOND, temperature=0.0, max_tokens=6)
    monkeypatch.undo()
    assert torch_small(SECOND, temperature=0.0, max_tokens=6).takes[0].text == expected
