"""`run` on a stand-in engine: what it is asked, what is written, and how it is stopped."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.engine.messages import (
    Event,
    Finished,
    Generate,
    JobCommand,
    Load,
    Loaded,
    ScoreChoices,
    Tokens,
)
from app.tasks.table import TASKS
from tests.tasks.stand_in import StandIn


class LoadingStandIn(StandIn):
    """A stand-in that loads, and can press Ctrl+C at the first piece of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.press = False
        self._stopped = threading.Event()

    def close(self) -> None:
        pass

    def cancel(self, job: int) -> None:
        super().cancel(job)
        self._stopped.set()

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        if isinstance(command, Load):
            self.commands.append(command)
            assert self.model is not None
            return Loaded(job=command.job, model=self.model, seconds=0.1)

        def on_both(event: Event) -> None:
            on_event(event)
            if self.press and isinstance(event, Tokens):
                self.press = False
                signal.raise_signal(signal.SIGINT)
                assert self._stopped.wait(5)

        return super().run(command, on_both)


@pytest.fixture
def engine() -> LoadingStandIn:
    return LoadingStandIn()


@pytest.fixture
def do(engine: LoadingStandIn, run: Any, starter_model: Path) -> Any:
    def run_task(*words: str, **more: Any) -> Any:
        full = ("run", *words, "--model", str(starter_model))
        return run(*full, new_client=lambda **_: engine, **more)

    return run_task


def test_a_text_is_streamed_and_nothing_else(do: Any, engine: LoadingStandIn) -> None:
    engine.answer = lambda _command: "你好。"
    outcome = do("translate", "--to", "zh", "Hello.")
    assert (outcome.code, outcome.out, outcome.err) == (0, "你好。", "")
    assert "into Chinese" in engine.of(Generate)[0].messages[0].content


@pytest.mark.parametrize("name", ["sentiment", "classify"])
def test_labels_are_exactly_this_line(name: str, do: Any, engine: LoadingStandIn) -> None:
    engine.likelihood = lambda shown, choice: 0.0 if choice.strip() in shown else -1.0
    words = ("--labels", "good, bad") if name == "classify" else ()
    outcome = do(name, "A text.", "--json", *words)
    found = json.loads(outcome.out)
    assert outcome.out.count("\n") == 1
    assert list(found) == ["label", "probabilities"]
    labels = ["good", "bad"] if words else ["positive", "negative"]
    assert list(found["probabilities"]) == labels
    assert sum(found["probabilities"].values()) == pytest.approx(1)


def test_labels_for_people_are_a_line_each_the_likeliest_first(
    do: Any, engine: LoadingStandIn
) -> None:
    engine.likelihood = lambda _shown, choice: -1.0 if "bad" in choice else -3.0
    outcome = do("classify", "x", "--labels", '["good, really", "bad"]', "--no-calibration")
    assert outcome.out == "bad           0.881\ngood, really  0.119\n"
    assert engine.of(ScoreChoices)[0].choices == (" good, really\n", " bad\n")


def test_json_has_the_text_and_its_facts(do: Any, starter_model: Path) -> None:
    found = json.loads(do("rewrite", "Be brief", "--instruction", "shorter", "--json").out)
    assert list(found) == [
        *("text", "finish_reason", "model", "engine", "device", "notes", "seed"),
        *("prompt_tokens", "completion_tokens"),
    ]
    assert (found["text"], found["model"], found["seed"]) == ("Be brief", starter_model.stem, 41)


def test_data_and_measures_for_people(do: Any, engine: LoadingStandIn, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object"}')
    engine.answer = lambda _command: '{"name":"Ö"}'
    assert do("extract", "x", "--schema", f"@{schema}").out == '{\n  "name": "Ö"\n}\n'
    assert do("score", "Two words").out.splitlines() == [
        "perplexity by token  2.0000  (2 tokens)",
        "perplexity by byte   1.1665  (9 bytes)",
    ]


def test_flags_reach_the_engine(do: Any, engine: LoadingStandIn) -> None:
    do("--temperature", "0.1", "chat", "Hi", "--seed", "9", "--system", "Be kind.", "--exact")
    asked = engine.of(Generate)[0]
    assert (asked.sampling.temperature, asked.sampling.seed, asked.exact) == (0.1, 9, True)
    assert [turn.content for turn in asked.messages] == ["Be kind.", "Hi"]


@pytest.mark.parametrize("words", [(), ("-",), ("--file", "FILE")])
def test_a_text_comes_in_by_one_door(
    words: tuple[str, ...], do: Any, engine: LoadingStandIn, tmp_path: Path
) -> None:
    file = tmp_path / "text.txt"
    data = b"\xef\xbb\xbf" + "Es war\r\n无\n".encode()
    file.write_bytes(data)
    engine.answer = lambda _command: " on"
    do("complete", *(word.replace("FILE", str(file)) for word in words), stdin=data)
    assert engine.of(Generate)[0].prompt == "Es war\n无"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sing", "x"), "There is no task named 'sing'. The tasks are complete, chat,"),
        (("translate", "x"), "needs the language. Use --to."),
        (("classify", "x"), "needs the labels. Use --labels."),
        (("classify", "x", "--labels", "a"), "2 to 1000 labels"),
        (("classify", "x", "--labels", "[1, 2]"), "The labels are not all texts."),
        (("classify", "x", "--labels", "[1"), "The labels are not valid JSON."),
        (("sentiment", "x", "--top-k", "3"), "takes no sampling parameters"),
        (("extract", "x", "--schema", "{"), "not valid JSON"),
        (("chat", "x", "--file", "y"), "There is a text and a file."),
        (("chat", "--file", "/no/such/file"), "could not be read"),
        (("chat",), "There is no text."),
        (("chat", ""), "The text is empty."),
        (("chat", "x", "--to", "\udcff"), "What is given with --to is not valid UTF-8 text."),
    ],
)
def test_what_cannot_be_is_one_sentence_before_a_load(
    words: tuple[str, ...], said: str, run: Any, one_sentence: Callable[[str], bool]
) -> None:
    outcome = run("run", *words)
    assert outcome.code == 2
    assert said in outcome.err
    assert one_sentence(outcome.err)


def test_a_file_that_is_no_text_is_told(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(b"ab\xff")
    outcome = run("run", "chat", "--file", str(file))
    assert outcome.code == 2
    assert "is not UTF-8 text (byte 2)" in outcome.err


def test_help_lists_every_task(run: Any) -> None:
    outcome = run("run", "--help")
    for row in TASKS:
        assert f"{row.name} " in outcome.out
        assert row.summary in outcome.out


def test_ctrl_c_keeps_the_text(do: Any, engine: LoadingStandIn) -> None:
    engine.answer = lambda _command: "one two three"
    engine.press = True
    outcome = do("chat", "Count.")
    assert (outcome.code, outcome.out) == (0, "one")
    assert outcome.err == "It was stopped before its end.\n"


def test_notes_of_labels_go_to_stderr(do: Any) -> None:
    outcome = do("sentiment", "A long story. " * 900, "--json")
    assert list(json.loads(outcome.out)) == ["label", "probabilities"]
    assert "parts" in outcome.err


def test_the_real_program_judges_a_clear_sentence(run_program: Any, starter_model: Path) -> None:
    always = ("--model", str(starter_model), "--context", "512", "--tune", "off", "--json")
    outcome = run_program("run", "sentiment", "-", *always, stdin=b"I loved every minute.\n")
    found = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (0, "")
    assert found["label"] == "positive"
    assert sum(found["probabilities"].values()) == pytest.approx(1)
