"""Lampblack's own endpoints, and what its others give that another Lampblack needs."""

from __future__ import annotations

import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.engine.messages import ChatMessage, Classify, Count, Generate, Score, ScoreChoices
from app.engine.service_messages import ModelState
from tests.server.protocols.byte_model import ByteModel, model_info, probability

TURN = {"role": "user", "content": "Hi"}


def asked(client: TestClient, path: str, **body: Any) -> Any:
    answer = client.post(path, json={"model": "bytes", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def token(number: int, text: str) -> dict[str, Any]:
    logprob = math.log(probability(number))
    return {"id": number, "token": text, "bytes": [number], "logprob": logprob}


def test_a_text_is_scored(client: TestClient, engine: ByteModel) -> None:
    (first, second) = asked(client, "/score", content="né"[:1] + "o", n_probs=1)["tokens"]
    assert first == {**token(110, "n"), "top_logprobs": [token(122, "z")]}
    assert second["id"] == 111
    (torn,) = asked(client, "/score", tokens=[110, 0xC3])["tokens"]
    assert torn == {**token(0xC3, "\ufffd"), "top_logprobs": []}
    assert engine.commands == [
        Score(job=0, text="no", probabilities=1),
        Score(job=0, text="", tokens=(110, 0xC3)),
    ]


def test_choices_are_scored(client: TestClient, engine: ByteModel) -> None:
    found = asked(client, "/choices", prompt="I am", choices=[" a", " bc"])
    assert found["prompt_tokens"] == 7
    assert [one["tokens"] for one in found["choices"]] == [2, 3]
    expected = sum(math.log(probability(one)) for one in b" bc")
    assert found["choices"][1]["log_probability"] == expected
    asked(client, "/choices", messages=[TURN], choices=["a"])
    hello = ChatMessage(role="user", content="Hi")
    assert engine.commands[1:] == [ScoreChoices(job=0, choices=("a",), messages=(hello,))]


def test_a_classifier_gives_each_label_a_share(client: TestClient, engine: ByteModel) -> None:
    refused = client.post("/classify", json={"content": "tea"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "unsupported_model")
    assert client.get("/v1/models").json()["data"][0].get("labels") is None
    model = model_info(labels=("rain", "tea"))
    engine.state = ModelState(model=model, names=("bytes",))
    expected = {"label": "tea", "probabilities": {"rain": 0.25, "tea": 0.75}, "tokens": 3}
    (found,) = asked(client, "/classify", content="tea")["results"]
    assert found == expected | {"probabilities": pytest.approx(expected["probabilities"])}
    assert len(asked(client, "/classify", texts=["a", "b", "c"])["results"]) == 3
    assert client.get("/v1/models").json()["data"][0]["labels"] == ["rain", "tea"]
    commands = [one for one in engine.commands if isinstance(one, Classify)]
    assert commands[1:] == [Classify(job=0, texts=("tea",)), Classify(job=0, texts=("a", "b", "c"))]


def test_a_chat_is_counted(client: TestClient, engine: ByteModel) -> None:
    assert asked(client, "/tokenize", messages=[TURN]) == {"count": 3}
    assert engine.commands == [Count(job=0, messages=(ChatMessage(role="user", content="Hi"),))]


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/score", {}, "content"),
        ("/score", {"content": "a", "tokens": [1]}, "content"),
        ("/score", {"tokens": [999]}, "tokens"),
        ("/score", {"content": "a", "n_probs": 1001}, "n_probs"),
        ("/choices", {"prompt": "a"}, "choices"),
        ("/choices", {"choices": ["a"]}, "prompt"),
        ("/choices", {"prompt": "a", "messages": [TURN], "choices": ["a"]}, "prompt"),
        ("/classify", {}, "content"),
        ("/classify", {"content": "a", "texts": ["b"]}, "content"),
        ("/classify", {"texts": []}, "texts"),
        ("/classify", {"texts": ["a"] * 1001}, "texts"),
        ("/classify", {"texts": [1]}, "texts"),
        ("/tokenize", {"content": "a", "messages": [TURN]}, "content"),
        ("/tokenize", {"messages": []}, "messages"),
    ],
)
def test_what_cannot_be_names_the_field(
    client: TestClient, path: str, body: dict[str, Any], param: str
) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


def test_probabilities_have_the_tokens_numbers(client: TestClient, engine: ByteModel) -> None:
    engine.reply = "H"
    expected = [{**token(72, "H"), "top_logprobs": [token(122, "z")]}]
    (written,) = asked(client, "/v1/completions", prompt="x", logprobs=1)["choices"]
    assert written["logprobs"]["content"] == expected
    chat = {"messages": [TURN], "logprobs": True, "top_logprobs": 1}
    (written,) = asked(client, "/v1/chat/completions", **chat)["choices"]
    assert written["logprobs"]["content"] == expected


def test_control_tokens_may_be_meant_as_text(client: TestClient, engine: ByteModel) -> None:
    asked(client, "/v1/completions", prompt="<s>")
    asked(client, "/v1/completions", prompt="<s>", parse_special=False)
    commands = [one for one in engine.commands if isinstance(one, Generate)]
    assert [one.special for one in commands] == [True, False]
