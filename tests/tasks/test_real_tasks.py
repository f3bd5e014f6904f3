"""Tasks through the real child: on the fake engine, and on the starter model in a shared host."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.core.options.load_options import LoadOptions
from app.engine.client import EngineClient
from app.engine.messages import (
    Load,
    Measured,
    Perplexity,
    Score,
    ScoreChoices,
    Scored,
    Tokenize,
)
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner
from app.tasks.table import task

CLEAR = (
    ("What a wonderful hotel, we will come back next year.", "positive"),
    ("The worst book I have read in a long time.", "negative"),
)
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 40},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}


def test_the_fake_engine_does_tasks_in_the_real_child(tmp_path: Path) -> None:
    script = tmp_path / "fake.json"
    script.write_text('{"words": ["One ", "two."]}')
    with closing(EngineClient()) as made:
        command = Load(job=made.next_job(), path=str(script), engine="fake")
        made.run(command, lambda _event: None)
        runner = TaskRunner(made)
        heard: list[str] = []
        result = runner.run(task("summarise"), "A story.", TaskOptions(), heard.append)
        assert "".join(heard) == result.value["text"] == "One two."
        label = runner.run(task("classify"), "tea tea", TaskOptions(labels=("tea", "milk")))
        assert label.value["label"] == "tea"
        assert runner.run(task("score"), "One two", TaskOptions()).value[
            "perplexity"
        ] == pytest.approx(2)
        runner.cancel()
        assert runner.run(task("chat"), "Hi", TaskOptions()).finish_reason == "stop"


@pytest.fixture(scope="module")
def client(starter_model: Path) -> Iterator[EngineClient]:
    """The module's fixtures begin before those that watch a single test."""
    made = EngineClient()
    options = LoadOptions(context=512, threads=1)
    command = Load(job=1, path=str(starter_model), engine="llama.cpp", options=options)
    made.next_job()
    made.run(command, lambda _event: None)
    yield made
    made.close()


def test_clear_sentences_have_their_sentiment(client: EngineClient) -> None:
    runner = TaskRunner(client)
    for text, label in CLEAR:
        found = runner.run(task("sentiment"), text, TaskOptions()).value
        assert found["label"] == label
        assert math.fsum(found["probabilities"].values()) == pytest.approx(1, abs=1e-9)


def test_choices_are_the_sums_of_the_scores(client: EngineClient) -> None:
    prompt = "Text: It rained all day.\nCategory:"
    choices = (" sport\n", " the weather\n")

    def run(command: Any) -> Any:
        return client.run(command, lambda _event: None)

    scored = run(ScoreChoices(job=client.next_job(), choices=choices, prompt=prompt))
    shared = run(Tokenize(job=client.next_job(), text=prompt, begins=True)).ids
    for choice, found in zip(choices, scored.choices, strict=True):
        whole: Scored = run(Score(job=client.next_job(), text=prompt + choice))
        own = whole.details[len(shared) - 1 :]
        total = math.fsum(math.log(detail.probability) for detail in own)
        assert found.log_probability == pytest.approx(total, abs=1e-3)
        assert found.tokens == len(own)


def test_data_obey_their_schema(client: EngineClient) -> None:
    options = TaskOptions(schema=json.dumps(SCHEMA), seed=1)
    result = TaskRunner(client).run(
        task("extract"), "Anna is 34 years old and lives in Lyon.", options
    )
    jsonschema.validate(result.value["data"], SCHEMA)
    assert result.value["data"] == {"name": "Anna", "age": 34}


def test_a_text_is_scored_as_the_engine_measures_it(client: EngineClient) -> None:
    text = "The old keeper climbed the stairs. " * 80
    found = TaskRunner(client).run(task("score"), text, TaskOptions()).value
    measured = client.run(Perplexity(job=client.next_job(), text=text), lambda _event: None)
    assert isinstance(measured, Measured)
    assert found["tokens"] == measured.tokens
    assert found["perplexity"] == pytest.approx(measured.perplexity, rel=1e-3)


def test_parts_of_a_long_text_fit_the_real_tokens(client: EngineClient) -> None:
    text = (
        "The ferry did not sail. 船没有开。 Nobody knew why; “ask the captain”, she said.\n\n" * 40
    )
    options = TaskOptions(language="Chinese", sampling={"max_tokens": 1, "temperature": 0.0})
    result = TaskRunner(client).run(task("translate"), text, options)
    assert "parts" in result.notes[0]
    assert result.completion_tokens >= 3
