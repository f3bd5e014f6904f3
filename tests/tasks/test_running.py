"""Tasks on a stand-in engine: forms, options, long texts, stopping."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.core.errors import (
    CancelledError,
    NoModelLoadedError,
    ParameterError,
    PromptTooLongError,
    TemplateError,
    UsageError,
)
from app.engine.messages import Count, Generate, ScoreChoices
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner
from app.tasks.table import TASKS, task
from tests.tasks.stand_in import StandIn, asked_text

SCHEMA = '{"type": "object", "properties": {"names": {"type": "array"}}}'
OPTIONS: dict[str, Any] = {
    "language": "Chinese",
    "instruction": "be brief",
    "labels": ("a", "b"),
    "schema": SCHEMA,
}


def options(name: str, **more: Any) -> TaskOptions:
    """The least that a task needs."""
    return TaskOptions(**{need: OPTIONS[need] for need in task(name).needs} | more)


def long_text(words: int = 900) -> str:
    sentences = (f"This is sentence number {number}. " for number in range(words // 5))
    return "".join(
        f"{text}\n\n" if place % 7 == 6 else text for place, text in enumerate(sentences)
    ).strip()


def test_every_task_answers_in_the_shape_that_its_row_names(stand_in: StandIn) -> None:
    stand_in.answer = lambda _command: "{}"
    shapes = {
        "text": {"text"},
        "label": {"label", "probabilities"},
        "data": {"data"},
        "measures": {
            *("perplexity", "byte_perplexity", "log_probability", "tokens", "bytes"),
            "probabilities",
        },
    }
    for row in TASKS:
        result = TaskRunner(stand_in).run(row, "A few words.", options(row.name))
        assert set(result.value) == shapes[row.gives], row.name


def test_an_unknown_task_is_told_with_all_names() -> None:
    with pytest.raises(UsageError, match=r"no task named 'sing'.*complete, chat, .*score"):
        task("sing")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("translate", {}),
        ("classify", {}),
        ("classify", {"labels": ("one",)}),
        ("classify", {"labels": ("a", "a")}),
        ("classify", {"labels": ("a", " b")}),
        ("classify", {"labels": ("a", "b\nc")}),
        ("classify", {"labels": ("a", "b"), "language": "German"}),
        ("sentiment", {"sampling": {"temperature": 1.0}}),
        ("chat", {"labels": ("a", "b")}),
        ("chat", {"sampling": {"temperature": -1}}),
        ("chat", {"sampling": {"heat": 1}}),
        ("extract", {}),
        ("extract", {"schema": "{"}),
        ("extract", {"schema": "root ::= 'a'"}),
        ("translate", {"language": "a\nb"}),
        ("translate", {"language": "\ud800"}),
        ("rewrite", {"instruction": ""}),
        ("score", {"instruction": "x"}),
    ],
)
def test_what_a_task_cannot_take_is_refused(
    name: str, given: dict[str, Any], runner: TaskRunner, stand_in: StandIn
) -> None:
    with pytest.raises(ParameterError):
        runner.run(task(name), "text", TaskOptions(**given))
    assert stand_in.commands == []


@pytest.mark.parametrize("text", ["", " \n", "\ud800"])
def test_texts_without_words_are_refused(text: str, runner: TaskRunner) -> None:
    with pytest.raises(ParameterError):
        runner.run(task("summarise"), text, TaskOptions())


def test_without_a_model_nothing_begins(runner: TaskRunner, stand_in: StandIn) -> None:
    stand_in.model = None
    with pytest.raises(NoModelLoadedError):
        runner.run(task("complete"), "Once", TaskOptions())


# Forms


def test_a_model_without_a_template_is_shown_examples_in_both_languages() -> None:
    stand_in = StandIn(template=False)
    stand_in.answer = lambda _command: " 早上好。"
    result = TaskRunner(stand_in).run(
        task("translate"), "Good morning.", options("translate", source_language="en")
    )
    asked = stand_in.of(Generate)[0]
    assert result.value == {"text": "早上好。"}
    assert asked.messages == ()
    assert "English: The shop is open until six.\nChinese: 商店营业到六点。" in asked.prompt
    assert asked.prompt.endswith("English: Good morning.\nChinese:")
    assert asked.sampling.stop == ("\nEnglish:",)


def test_the_instruction_follows_the_text_as_in_the_examples() -> None:
    stand_in = StandIn(template=False)
    stand_in.answer = lambda _command: " Please."
    TaskRunner(stand_in).run(task("rewrite"), "{text}", options("rewrite"))
    prompt = stand_in.of(Generate)[0].prompt
    assert prompt.endswith("\n\nText: {text}\nInstruction: be brief\nRewritten text:")
    assert "\nInstruction: make it shorter\nRewritten text: Your parcel" in prompt


def test_chinese_is_told_by_its_letters() -> None:
    stand_in = StandIn(template=False)
    stand_in.answer = lambda _command: "Good morning."
    result = TaskRunner(stand_in).run(task("translate"), "早上好。", TaskOptions(language="en"))
    assert result.notes == ("The text was taken for Chinese by its letters.",)
    prompt = stand_in.of(Generate)[0].prompt
    assert "Chinese: 商店营业到六点。\nEnglish: The shop is open until six." in prompt
    assert prompt.endswith("Chinese: 早上好。\nEnglish:")


def test_braces_and_headings_in_a_text_are_only_text(runner: TaskRunner, stand_in: StandIn) -> None:
    text = "{labels} {0} %s {text}"
    assert runner.run(task("rewrite"), text, options("rewrite")).value == {"text": text}


def test_chat_says_why_a_base_model_cannot() -> None:
    with pytest.raises(TemplateError, match="needs a chat template, and stand-in has none"):
        TaskRunner(StandIn(template=False)).run(task("chat"), "Hi", TaskOptions())


def test_a_broken_template_gives_way_to_the_plain_form_with_a_note(
    runner: TaskRunner, stand_in: StandIn
) -> None:
    stand_in.broken_template = True
    stand_in.answer = lambda _command: "short"
    result = runner.run(task("summarise"), "A long story.", TaskOptions())
    assert result.value == {"text": "short"}
    assert "chat template failed. The plain form" in result.notes[0]
    with pytest.raises(TemplateError):
        runner.run(task("summarise"), "A long story.", TaskOptions(form="chat"))


def test_a_completion_is_asked_for_byte_for_byte(runner: TaskRunner, stand_in: StandIn) -> None:
    stand_in.answer = lambda _command: " there was "
    result = runner.run(task("complete"), "Once ", TaskOptions(seed=5, exact=True))
    asked = stand_in.of(Generate)[0]
    assert (asked.prompt, asked.messages, asked.exact) == ("Once ", (), True)
    assert (result.value, result.seed) == ({"text": " there was "}, 5)


def test_what_is_streamed_is_the_text(runner: TaskRunner, stand_in: StandIn) -> None:
    stand_in.answer = lambda _command: "\n one  two \n"
    heard: list[str] = []
    result = runner.run(task("chat"), "Hi", TaskOptions(), heard.append)
    assert "".join(heard) == result.value["text"] == "one  two"


# Long texts


def test_an_echo_of_a_long_translation_is_the_text_again() -> None:
    stand_in = StandIn(context=200)
    heard: list[str] = []
    text = f"  {long_text()}\n"
    result = TaskRunner(stand_in).run(task("translate"), text, options("translate"), heard.append)
    assert result.value["text"] == "".join(heard) == text
    parts = len(stand_in.of(Generate))
    assert parts > 10
    assert f"cut into {parts} parts" in result.notes[0]
    assert len(stand_in.of(Count)) == 1
    assert {command.sampling.seed for command in stand_in.of(Generate)[1:]} == {41}


@given(st.text(st.sampled_from("abc .\n。！中文「」”\u3000"), max_size=1500))
def test_no_text_loses_anything_on_its_way_through_parts(text: str) -> None:
    if not text.strip():
        return
    stand_in = StandIn(context=200)
    result = TaskRunner(stand_in).run(task("rewrite"), text, options("rewrite"))
    cut_short = any("most tokens" in note for note in result.notes)
    assert not cut_short
    assert result.value["text"] == text


def test_an_answer_that_reaches_its_end_is_told(runner: TaskRunner, stand_in: StandIn) -> None:
    stand_in.answer = lambda _command: "on and on " * 100
    result = runner.run(task("translate"), "Hello.", options("translate"))
    assert result.finish_reason == "length"
    assert result.notes == ("The answer was ended at the most tokens that it may have.",)


def test_a_long_text_is_summarised_by_parts_and_then_again() -> None:
    stand_in = StandIn(context=300)
    stand_in.answer = lambda command: f"About {len(asked_text(command).split())} words."
    heard: list[str] = []
    result = TaskRunner(stand_in).run(task("summarise"), long_text(), TaskOptions(), heard.append)
    asked = [asked_text(command) for command in stand_in.of(Generate)]
    assert " ".join(asked[:-1]).split() == long_text().split()
    assert asked[-1].split("\n\n") == [f"About {len(part.split())} words." for part in asked[:-1]]
    assert result.value["text"] == "".join(heard)
    assert "Each part was summarised" in result.notes[1]


def test_summaries_that_do_not_shrink_end_all_the_same() -> None:
    stand_in = StandIn(context=300)
    text = long_text()
    result = TaskRunner(stand_in).run(
        task("summarise"), text, TaskOptions(sampling={"max_tokens": -1})
    )
    assert result.value["text"].split() == text.split()
    assert "no shorter" in result.notes[-1]


def test_a_long_completion_says_what_was_left_out() -> None:
    stand_in = StandIn(context=100)
    stand_in.answer = lambda _command: " on."
    result = TaskRunner(stand_in).run(task("complete"), long_text(), TaskOptions())
    assert "first" in result.notes[0]
    assert "were left out" in result.notes[0]


def test_a_context_without_room_is_told() -> None:
    with pytest.raises(PromptTooLongError, match="no room for the task summarise"):
        TaskRunner(StandIn(context=40)).run(task("summarise"), long_text(), TaskOptions())


def test_a_task_without_a_way_to_join_refuses_what_is_too_long() -> None:
    with pytest.raises(PromptTooLongError):
        TaskRunner(StandIn(context=100)).run(task("chat"), long_text(), TaskOptions())


# Data


def test_data_of_parts_are_merged() -> None:
    stand_in = StandIn(context=400)
    stand_in.answer = lambda command: json.dumps({"names": ["a", str(len(stand_in.of(Generate)))]})
    result = TaskRunner(stand_in).run(task("extract"), long_text(), options("extract"))
    parts = len(stand_in.of(Generate))
    names = ["a", *(str(number) for number in range(1, parts + 1))]
    assert result.value == {"data": {"names": names}}
    assert stand_in.of(Generate)[0].sampling.grammar == SCHEMA
    assert "The data of the parts were merged." in result.notes


def test_extract_says_that_torch_has_no_grammars() -> None:
    with pytest.raises(ParameterError, match="Torch engine has no grammars"):
        TaskRunner(StandIn(engine="torch")).run(task("extract"), "text", options("extract"))


# Stopping


def test_a_stopped_text_is_kept(runner: TaskRunner, stand_in: StandIn) -> None:
    stand_in.answer = lambda _command: "one two three"
    stand_in.on_piece = runner.cancel
    result = runner.run(task("chat"), "Count.", TaskOptions())
    assert (result.value, result.finish_reason) == ({"text": "one"}, "cancelled")
    assert result.notes == ("It was stopped before its end.",)
    stand_in.on_piece = lambda: None
    assert runner.run(task("chat"), "Count.", TaskOptions()).finish_reason == "stop"


def test_no_part_begins_after_a_stop() -> None:
    stand_in = StandIn(context=200)
    runner = TaskRunner(stand_in)
    stand_in.on_piece = runner.cancel
    result = runner.run(task("translate"), long_text(), options("translate"))
    assert (len(stand_in.of(Generate)), result.finish_reason) == (1, "cancelled")


def test_labels_that_are_stopped_are_no_result(runner: TaskRunner, stand_in: StandIn) -> None:
    def likelihood(_shown: str, _choice: str) -> float:
        runner.cancel()
        return -1.0

    stand_in.likelihood = likelihood
    with pytest.raises(CancelledError):
        runner.run(task("sentiment"), "Fine.", TaskOptions())
    assert len(stand_in.of(ScoreChoices)) == 1


def test_several_threads_share_a_runner(runner: TaskRunner, stand_in: StandIn) -> None:
    found: list[str] = []

    def work(number: int) -> None:
        result = runner.run(task("translate"), f"Text {number}.", options("translate"))
        found.append(result.value["text"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"Text {number}." for number in range(8)]
