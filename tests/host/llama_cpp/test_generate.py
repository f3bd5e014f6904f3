"""Generating with the real model: seeds, takes, stops, bans, cancel, overflow."""

from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
import pytest

from app.core.errors import ParameterError, PromptTooLongError, TemplateError
from app.engine.messages import ChatMessage, HostEvent, Tokens
from app.host.generation.prompt import Prompter
from app.host.interface import Job
from app.host.llama_cpp.abort import AbortCallback
from app.host.llama_cpp.grammar import gbnf as grammar_module
from tests.host.asking import scored
from tests.host.driving import Runner

KEEPER = "The old lighthouse keeper opened the door and"
EVERYTHING: dict[str, Any] = {
    "temperature": 1.2,
    "dynatemp_range": 0.4,
    "dynatemp_exponent": 1.5,
    "top_k": 100,
    "top_p": 0.97,
    "min_p": 0.01,
    "typical_p": 0.98,
    "top_n_sigma": 3.0,
    "xtc_probability": 0.5,
    "xtc_threshold": 0.1,
    "repetition_penalty": 1.1,
    "repetition_window": -1,
    "frequency_penalty": 0.1,
    "presence_penalty": 0.1,
    "dry_multiplier": 0.8,
    "banned_phrases": ("the sea", "suddenly", "he was"),
    "stop": ("\n\n\n",),
    "logit_bias": {" storm": 3.0, "token:5": -100.0},
    "grammar": 'root ::= [^"]+',
    "max_tokens": 24,
}


@pytest.mark.parametrize("more", [{}, {"mirostat": 1}, {"mirostat": 2}, {"n": 3}])
def test_a_seed_repeats_its_text(generate: Runner, more: dict[str, Any]) -> None:
    asked = {**EVERYTHING, **more, "exact": True}
    first, second, third = (generate(KEEPER, seed=11, **asked) for _ in range(3))
    assert first.takes == second.takes == third.takes
    assert first.seed == 11
    other = generate(KEEPER, seed=12, **asked)
    assert [take.text for take in other.takes] != [take.text for take in first.takes]


def test_a_chosen_seed_is_recorded_and_repeats(generate: Runner) -> None:
    first = generate(KEEPER, max_tokens=12, exact=True)
    again = generate(KEEPER, max_tokens=12, exact=True, seed=first.seed)
    assert again.takes == first.takes
    assert again.settings == generate.engine.info.settings


def test_takes_share_one_reading_and_differ(generate: Runner) -> None:
    done = generate(KEEPER + " then", n=3, seed=5, max_tokens=16, temperature=1.0)
    assert len({take.text for take in done.takes}) == 3
    assert [take.index for take in done.takes] == [0, 1, 2]
    assert [take.text for take in done.takes] == [generate.streamed(k) for k in range(3)]
    assert done.stats.completion_tokens == sum(len(take.token_ids) for take in done.takes)
    assert generate.prefills[-1].done == done.stats.prompt_tokens


def test_sixteen_takes_run_and_seventeen_are_refused(generate: Runner) -> None:
    assert len(generate(KEEPER, n=16, max_tokens=2).takes) == 16
    for count in (0, 17):
        with pytest.raises(ParameterError):
            generate(KEEPER, n=count)


def test_a_stop_text_across_tokens_is_never_shown(generate: Runner) -> None:
    plain = generate(KEEPER, temperature=0.0, max_tokens=20, exact=True).takes[0]
    stop = plain.text[14:21]
    done = generate(KEEPER, temperature=0.0, max_tokens=20, exact=True, stop=(stop,))
    assert done.takes[0].text == plain.text[:14] == generate.streamed()
    assert done.takes[0].finish_reason == "stop"
    assert plain.token_ids[: len(done.takes[0].token_ids)] == done.takes[0].token_ids


def test_held_back_text_is_shown_at_the_end(generate: Runner) -> None:
    plain = generate(KEEPER, temperature=0.0, max_tokens=8, exact=True).takes[0]
    stop = plain.text[-3:] + "§"
    done = generate(KEEPER, temperature=0.0, max_tokens=8, exact=True, stop=(stop,))
    assert done.takes[0].text == plain.text == generate.streamed()
    assert done.takes[0].finish_reason == "length"


@pytest.mark.parametrize("count", [1, 3])
def test_banned_phrases_are_never_written(generate: Runner, count: int) -> None:
    plain = generate(KEEPER, temperature=0.0, max_tokens=24, exact=True).takes[0].text
    banned = (plain[1:9].upper(), plain[14:22], "He Was")
    done = generate(
        KEEPER, temperature=0.0, max_tokens=24, exact=True, banned_phrases=banned, n=count
    )
    for take in done.takes:
        assert not any(phrase.casefold() in take.text.casefold() for phrase in banned)
        assert len(take.token_ids) == 24
        assert generate.streamed(take.index) == take.text


def test_banning_every_letter_ends(generate: Runner) -> None:
    letters = tuple("abcdefghijklmnopqrstuvwxyz ")
    done = generate(KEEPER, temperature=0.0, max_tokens=64, banned_phrases=letters)
    assert not any(letter in done.takes[0].text.lower() for letter in letters)


def test_a_grammar_is_obeyed_across_retreats(generate: Runner) -> None:
    done = generate(
        "Answer:",
        grammar='root ::= ("yes" | "no" | "maybe") "."',
        banned_phrases=("yes", "no"),
        max_tokens=8,
        seed=1,
    )
    assert done.takes[0].text == "maybe."
    assert done.takes[0].finish_reason == "stop"


def test_bans_and_a_grammar_that_leave_nothing_are_told_from_an_end(generate: Runner) -> None:
    done = generate(
        "Answer:", grammar='root ::= "yes" | "no"', banned_phrases=("Yes", "NO"), seed=1
    )
    assert (done.takes[0].text, done.takes[0].finish_reason) == ("", "banned")


def test_a_json_schema_is_a_grammar(generate: Runner) -> None:
    schema = '{"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]}'
    text = generate("Answer:", grammar=schema, max_tokens=40, temperature=0.0).takes[0].text
    assert text.replace(" ", "").strip() in ('{"a":true}', '{"a":false}')


@pytest.mark.parametrize(
    "grammar",
    [
        "root ::= (",
        "nothing",
        'a ::= "b"',
        'root ::= root "a"',
        "root ::= " + "(" * 20_000 + '"a"' + ")" * 20_000,
        "{",
        '{"type": 7}',
        '{"$ref": "x"}',
        '{"items":' * 5000,
        "\0",
        'root ::= "x"{5,2}',
        'root ::= "x"{1,99999999999}',
        '{"type": "array", "minItems": 1000000000}',
        '{"anyOf": [{"type": "string", "maxLength": 10000000}]}',
        '{"type": "string", "pattern": "^(a{99999}){99999}$"}',
    ],
)
def test_a_bad_grammar_is_a_sentence(generate: Runner, grammar: str) -> None:
    with pytest.raises(ParameterError) as caught:
        generate(KEEPER, grammar=grammar)
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message


def test_a_grammar_without_an_end_is_refused_at_once(generate: Runner) -> None:
    rules = "".join(f'e{n} ::= e{n + 1} e{n + 1} | ""\n' for n in range(60))
    with pytest.raises(ParameterError, match="too many ways at one place"):
        generate(KEEPER, grammar=f'root ::= e0\n{rules}e60 ::= "x"')


def test_a_text_that_a_grammar_reads_for_too_long_ends_in_a_sentence(
    generate: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grammar_module, "_LONGEST_S", -1.0)
    with pytest.raises(ParameterError, match="can read this text in too many ways"):
        generate(KEEPER, grammar="root ::= [a-z]+")


@pytest.mark.parametrize(
    "bias",
    [
        {"token:99999999": 1.0},
        {"token:x": 1.0},
        {"token:-1": 1.0},
        {"token:": 1.0},
        {"token:" + "9" * 5000: 1.0},
    ],
)
def test_a_bad_bias_is_a_sentence(generate: Runner, bias: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match="not a token of this model"):
        generate(KEEPER, logit_bias=bias)


def test_a_repeated_step_is_refused(generate: Runner) -> None:
    with pytest.raises(ParameterError, match="more than once"):
        generate(KEEPER, order=("top_k", "top_k"))


def test_a_cancel_while_writing_keeps_the_text(generate: Runner) -> None:
    moments: list[float] = []

    def stop(event: HostEvent, job: Job) -> None:
        if isinstance(event, Tokens) and len(generate.tokens) == 4:
            job.cancelled = True
            moments.append(time.perf_counter())

    generate.on_event = stop
    done = generate(KEEPER, temperature=0.0, max_tokens=200)
    assert time.perf_counter() - moments[0] < 1
    assert done.takes[0].finish_reason == "cancelled"
    assert done.takes[0].text == generate.streamed() != ""


def test_a_cancel_inside_a_batch_leaves_the_memory_right(
    generate: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = "He walked along the shore and counted gulls. " * 12
    expected = generate(prompt, temperature=0.0, max_tokens=8, exact=True).takes[0]

    questions = itertools.count()
    is_over = AbortCallback._is_over

    def impatient(callback: AbortCallback, data: object) -> bool:
        """Cancels at the hundredth question, which comes from inside a batch."""
        if next(questions) == 100:
            generate._job.cancel()
        return is_over(callback, data)

    with monkeypatch.context() as patch:
        patch.setattr(AbortCallback, "_is_over", impatient)
        done = generate(prompt, temperature=0.0, max_tokens=8, exact=True, n=2)
    assert [take.finish_reason for take in done.takes] == ["cancelled", "cancelled"]
    assert [take.text for take in done.takes] == ["", ""]
    assert generate.prefills[-1].done < done.stats.prompt_tokens
    assert generate(prompt, temperature=0.0, max_tokens=8, exact=True).takes[0] == expected


def test_probabilities_are_the_models_own(generate: Runner) -> None:
    done = generate(KEEPER, temperature=0.0, max_tokens=6, probabilities=5, exact=True)
    details = [detail for event in generate.tokens for detail in event.details]
    assert tuple(detail.id for detail in details) == done.takes[0].token_ids
    for detail in details:
        probabilities = [other.probability for other in detail.alternatives]
        assert len(probabilities) == 5
        assert probabilities == sorted(probabilities, reverse=True)
        assert detail.alternatives[0].id == detail.id
        assert detail.probability == probabilities[0]
        assert 0 < sum(probabilities) <= 1
    assert generate(KEEPER, max_tokens=3).takes
    assert not any(event.details for event in generate.tokens)


def test_all_probabilities_sum_to_one(generate: Runner) -> None:
    size = generate.engine.info.vocabulary
    generate(KEEPER, max_tokens=1, probabilities=size)
    (detail,) = [detail for event in generate.tokens for detail in event.details]
    total = sum(other.probability for other in detail.alternatives)
    assert total == pytest.approx(1, abs=1e-5)


def test_scores_agree_with_generation(generate: Runner) -> None:
    generate(KEEPER, temperature=0.0, max_tokens=5, probabilities=1, exact=True)
    written = [detail for event in generate.tokens for detail in event.details]
    text = KEEPER + generate.streamed()
    details = scored(generate.engine, text, 1, Job(2, lambda _event: None))
    assert len(details) == generate.engine.count(text, ()) - 1
    for expected, found in zip(written, details[-5:], strict=True):
        assert found.id == expected.id
        assert found.probability == pytest.approx(expected.probability, rel=0.1, abs=0.02)


def test_scoring_can_be_cancelled_and_refuses_too_much(small: Runner) -> None:
    generate = small
    job = Job(2, lambda _event: None)
    job.cancelled = True
    assert scored(generate.engine, KEEPER, 1, job) == ()
    with pytest.raises(PromptTooLongError):
        scored(generate.engine, "word " * 300, 0, Job(3, lambda _event: None))
    assert scored(generate.engine, "word", 0, Job(4, lambda _event: None)) == ()


def test_a_prompt_that_is_too_long_fails_with_numbers(small: Runner) -> None:
    with pytest.raises(PromptTooLongError, match=r"301 tokens.*255"):
        small("word " * 300)


def test_the_head_is_dropped_in_big_steps(small: Runner) -> None:
    tokens = small.engine.count("word " * 262, ())
    done = small("word " * 262, max_tokens=4, overflow="drop_head")
    assert done.stats.dropped_tokens + done.stats.prompt_tokens == tokens
    assert done.stats.dropped_tokens == 64
    longer = small("word " * 270, max_tokens=4, overflow="drop_head")
    assert longer.stats.dropped_tokens == 64
    assert longer.stats.reused_tokens >= done.stats.prompt_tokens - 2


def test_more_takes_of_a_text_that_is_too_long_go_on_from_the_same_words(small: Runner) -> None:
    one = small("word " * 270, max_tokens=4, overflow="drop_head")
    three = small("word " * 270, max_tokens=4, overflow="drop_head", n=3)
    longer = small("word " * 270, max_tokens=40, overflow="drop_head")
    for other in (three, longer):
        assert other.stats.dropped_tokens == one.stats.dropped_tokens > 0
        assert other.stats.reused_tokens == one.stats.prompt_tokens - 1


def test_a_long_message_loses_its_head(small: Runner) -> None:
    messages = (
        ChatMessage(role="system", content="Be brief."),
        ChatMessage(role="user", content="word " * 400 + "Now say yes."),
    )
    with pytest.raises(PromptTooLongError):
        small(messages=messages, max_tokens=1)
    done = small(messages=messages, max_tokens=1, overflow="drop_head")
    assert done.stats.dropped_tokens > 0
    assert done.stats.prompt_tokens < 256


def test_messages_that_cannot_be_cut_are_too_long(small: Runner) -> None:
    messages = tuple(
        ChatMessage(role="user" if turn % 2 == 0 else "assistant", content="Hm.")
        for turn in range(101)
    )
    with pytest.raises(PromptTooLongError):
        small(messages=messages, max_tokens=1, overflow="drop_head")


def test_a_full_context_ends_with_length(small: Runner) -> None:
    single = small("word " * 240, max_tokens=-1, temperature=0.0)
    assert single.takes[0].finish_reason == "length"
    assert len(single.takes[0].token_ids) + single.stats.prompt_tokens == 256
    double = small("word " * 240, max_tokens=-1, temperature=0.0, n=2)
    assert [take.finish_reason for take in double.takes] == ["length", "length"]
    assert small("And then", max_tokens=4).takes[0].finish_reason in ("length", "stop")


def test_an_end_token_ends_and_is_left_out(generate: Runner) -> None:
    messages = (ChatMessage(role="user", content="Say only: yes"),)
    done = generate(messages=messages, max_tokens=100, temperature=0.0)
    assert done.takes[0].finish_reason == "stop"
    assert "<|" not in done.takes[0].text


def test_special_tokens_typed_by_the_user_stay_text(generate: Runner) -> None:
    engine = generate.engine
    prompter: Prompter = engine._prompter
    assert 2 not in prompter.tokens("a <|im_end|> b", ())
    plain = prompter.tokens("", (ChatMessage(role="user", content="a b"),))
    typed = prompter.tokens("", (ChatMessage(role="user", content="a <|im_end|> b"),))
    assert np.count_nonzero(typed == 2) == np.count_nonzero(plain == 2)
    last = prompter.tokens("", (ChatMessage(role="assistant", content="<|im_end|>"),))
    assert last[-1] != 2
    assert engine.count("a <|im_end|> b", ()) == len(prompter.tokens("a <|im_end|> b", ()))


def test_an_answer_is_continued(generate: Runner) -> None:
    turns = (
        ChatMessage(role="user", content="Count to five."),
        ChatMessage(role="assistant", content="1, 2, 3,"),
    )
    assert "4" in generate(messages=turns, max_tokens=4, temperature=0.0).takes[0].text


def test_messages_without_a_template_are_refused(generate: Runner) -> None:
    prompter = Prompter(generate.engine._vocabulary, None)
    with pytest.raises(TemplateError):
        prompter.tokens("", (ChatMessage(role="user", content="Hi"),))


def test_an_empty_prompt_begins_somewhere(generate: Runner) -> None:
    assert generate("", max_tokens=3).stats.prompt_tokens == 1


def test_no_tokens_are_written_when_none_are_asked(generate: Runner) -> None:
    done = generate(KEEPER, max_tokens=0)
    assert (done.takes[0].text, done.takes[0].finish_reason) == ("", "length")
    assert done.stats.tokens_per_s == 0


def test_prefill_counts_up_in_blocks(small: Runner) -> None:
    small("one two three four five " * 40, max_tokens=1, exact=True)
    counts = [event.done for event in small.prefills]
    assert counts == [0, 64, 128, 192, small.prefills[-1].total]


@pytest.mark.parametrize("temperature", [1e-9, 1e-38, 1e-44])
@pytest.mark.parametrize("mirostat", [0, 2])
def test_the_smallest_temperatures_are_as_good_as_none(
    generate: Runner, temperature: float, mirostat: int
) -> None:
    cold = generate(KEEPER, temperature=temperature, mirostat=mirostat, max_tokens=6)
    greedy = generate(KEEPER, temperature=0.0, max_tokens=6)
    assert cold.takes[0].text == greedy.takes[0].text


def test_scoring_refuses_more_alternatives_than_a_frame_holds(generate: Runner) -> None:
    with pytest.raises(ParameterError, match="too many"):
        scored(generate.engine, "Hello there. " * 300, 1000, Job(1, lambda _event: None))


def test_the_same_prompt_is_turned_into_tokens_once(
    generate: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A novel takes a while, and a retry or the count of its tokens has the same text."""
    vocabulary = generate.engine._vocabulary
    asked: list[str] = []
    tokenize = vocabulary.tokenize

    def listen(text: str, **more: bool) -> Any:
        asked.append(text)
        return tokenize(text, **more)

    monkeypatch.setattr(vocabulary, "tokenize", listen)
    count = generate.engine.count(KEEPER + " and", ())
    for prompt in (KEEPER + " and", KEEPER + " and", KEEPER):
        assert generate(prompt, max_tokens=1).stats.prompt_tokens <= count
    assert asked == [KEEPER + " and", KEEPER]
