"""Tasks on a stand-in for a server: what it cannot do, and texts whose tokens it does not tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from app.core.errors import UnsupportedError
from app.engine.messages import Count, Generate, Score, Scored, ServerPlace, TokenDetail, Tokenize
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner, check_model
from app.tasks.table import TASKS, task
from tests.tasks.stand_in import StandIn

ABLE = ("complete", "chat", "count", "chat count", "tokenize", "score")


def server(*abilities: str, context: int = 0, masks: bool = False, **more: Any) -> StandIn:
    """A server that refuses what it was not said to be able to."""
    found = StandIn(context=context, engine="server")
    place = ServerPlace(url="https://box.example", ip="9.9.9.9", is_here=False, masks=masks)
    facts = {"context": context, "abilities": abilities, "server": place, **more}
    assert found.model is not None
    found.model = replace(found.model, **facts)
    return found


def kinds(engine: StandIn) -> Sequence[type]:
    return [type(command) for command in engine.commands]


LONG = "Ein Satz ist nicht lang. " * 400


@pytest.mark.parametrize("abilities", [("chat",), ("chat", "count")])
def test_without_a_known_context_a_text_is_sent_whole(abilities: tuple[str, ...]) -> None:
    engine = server(*abilities)
    result = TaskRunner(engine).run(task("translate"), LONG, TaskOptions(language="en"))
    (asked,) = engine.of(Generate)
    assert LONG.strip() in asked.messages[0].content
    assert asked.sampling.max_tokens > len(LONG) // 5, "room for the whole answer"
    assert result.finish_reason == "stop"
    assert Tokenize not in kinds(engine)
    assert (Count in kinds(engine)) == ("count" in abilities)


def test_without_counting_a_long_text_is_cut_by_an_estimate_and_that_is_said() -> None:
    engine = server("chat", context=2000)
    result = TaskRunner(engine).run(task("rewrite"), LONG, TaskOptions(instruction="shorter"))
    asked = engine.of(Generate)
    assert len(asked) > 1
    assert all(len(one.messages[0].content.encode()) / 2 < 2000 for one in asked)
    assert result.value["text"].split() == LONG.split(), "the parts lose nothing"
    assert any("a token for every two bytes" in note for note in result.notes)
    assert kinds(engine) == [Generate] * len(asked)


def test_a_server_that_gives_tokens_is_asked_unless_it_has_only_the_masked_ones() -> None:
    for masks in (False, True):
        engine = server(*ABLE, context=2000, masks=masks)
        TaskRunner(engine).run(task("rewrite"), LONG, TaskOptions(instruction="shorter"))
        assert (Tokenize in kinds(engine)) == (not masks)
        assert Count in kinds(engine)


def test_no_beginning_is_dropped_on_the_way_to_a_server() -> None:
    engine = server("complete", context=2000)
    engine.answer = lambda _command: "upon"
    TaskRunner(engine).run(task("complete"), "Once", TaskOptions())
    assert engine.of(Generate)[0].overflow == "fail"


@pytest.mark.parametrize("name", ["classify", "sentiment", "score"])
def test_what_needs_the_probabilities_of_a_text_is_refused_where_there_are_none(name: str) -> None:
    engine = server("complete", "chat", "count")
    options = TaskOptions(labels=("a", "b")) if name == "classify" else TaskOptions()
    with pytest.raises(UnsupportedError, match="needs the probabilities of a given text"):
        TaskRunner(engine).run(task(name), "A text.", options)
    assert not engine.commands


def test_a_text_is_scored_at_once_where_only_the_server_knows_its_tokens() -> None:
    engine = server("complete", "score")
    told = tuple(TokenDetail(id=1, text=text, probability=0.5) for text in (" is", " é"))

    def scored(command: Score, _on_event: Any) -> Scored:
        assert (command.text, command.tokens) == ("There is é", ())
        return Scored(job=command.job, details=told)

    engine.run = scored  # type: ignore[method-assign, assignment]  # the one command that it gets
    value = TaskRunner(engine).run(task("score"), "There is é", TaskOptions()).value
    assert (value["tokens"], value["bytes"], value["perplexity"]) == (2, 6, pytest.approx(2))


def test_a_parameter_that_it_cannot_be_told_is_named_with_its_reason() -> None:
    reasons = {"temperature": "It has none.", "grammar": "It knows no grammar."}
    model = server(*ABLE, unsupported=reasons).model
    assert model is not None
    check_model(task("complete"), TaskOptions(), model)
    with pytest.raises(UnsupportedError, match=r"temperature cannot be used here: It has none\."):
        check_model(task("complete"), TaskOptions(sampling={"temperature": 0.1}), model)
    with pytest.raises(
        UnsupportedError, match="temperature, which the task summarise sets, cannot"
    ):
        check_model(task("summarise"), TaskOptions(), model)
    with pytest.raises(
        UnsupportedError, match=r"extract cannot be done here\. It knows no grammar"
    ):
        check_model(task("extract"), TaskOptions(schema="{}"), model)
    able = server(*ABLE).model
    assert able is not None
    for row in TASKS:
        check_model(row, TaskOptions(labels=("a", "b") if "labels" in row.needs else ()), able)
