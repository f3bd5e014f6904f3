from __future__ import annotations

import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.errors import TemplateError
from app.engine.messages import ChatMessage, Generate
from tests.server.protocols.byte_model import ByteModel, probability
from tests.server.protocols.streams import events

USER = {"role": "user", "content": "Hi"}


def answer(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/chat/completions", json={"messages": [USER], **body})


def asked(client: TestClient, **body: Any) -> dict[str, Any]:
    found = answer(client, **body)
    assert found.status_code == 200, found.text
    answered: dict[str, Any] = found.json()
    return answered


def test_an_answer(client: TestClient, engine: ByteModel) -> None:
    found = asked(client, model="gpt-4o", temperature=0, n=2)
    assert found["object"] == "chat.completion"
    assert found["id"].startswith("chatcmpl-")
    first, second = found["choices"]
    assert first == {
        "index": 0,
        "message": {"role": "assistant", "content": "Hello world.", "refusal": None},
        "logprobs": None,
        "finish_reason": "stop",
    }
    assert (second["index"], second["message"]["content"]) == (1, "1Hello world.")
    (command,) = engine.commands
    assert isinstance(command, Generate)
    assert command.messages == (ChatMessage(role="user", content="Hi"),)
    assert (command.prompt, command.special) == ("", False)
    assert command.sampling.max_tokens == engine.limits.max_tokens  # a chat has no default length


def test_messages_of_every_kind(client: TestClient, engine: ByteModel) -> None:
    parts = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": parts, "name": "Ann"},
        {"role": "assistant", "content": "It was", "tool_calls": [], "refusal": None},
    ]
    found = answer(client, messages=messages)
    assert found.status_code == 200
    assert found.headers["x-lampblack-ignored"] == "messages.name, messages.tool_calls"
    (command,) = engine.commands
    assert isinstance(command, Generate)
    assert [(turn.role, turn.content) for turn in command.messages] == [
        ("system", "Be brief."),
        ("user", "one two"),
        ("assistant", "It was"),
    ]


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        (None, "messages"),
        ([], "messages"),
        ("Hi", "messages"),
        (["Hi"], "messages[0]"),
        ([USER, {"role": "tool", "content": "5"}], "messages[1]"),
        ([{"role": ["user"], "content": "x"}], "messages[0]"),
        ([{"role": "user"}], "messages[0].content"),
        ([{"role": "user", "content": 5}], "messages[0].content"),
        ([{"role": "user", "content": ["x"]}], "messages[0].content[0]"),
        (
            [USER, {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
            "messages[1].content[0]",
        ),
        ([{"role": "user", "content": [{"type": "text"}]}], "messages[0].content[0]"),
        ([{"role": "assistant", "content": "", "tool_calls": [{}]}], "messages[0].tool_calls"),
    ],
)
def test_messages_that_cannot_be_read(client: TestClient, messages: Any, param: str) -> None:
    found = answer(client, messages=messages)
    assert found.status_code == 400
    error = found.json()["error"]
    assert error["param"] == param
    assert param in error["message"]


def test_a_stream_says_who_speaks_then_what_then_why_it_ended(client: TestClient) -> None:
    body = {"stream": True, "stream_options": {"include_usage": True}}
    *chunks, usage, done = events(answer(client, **body).text)
    assert done == "[DONE]"
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({(chunk["id"], chunk["created"]) for chunk in chunks}) == 1
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": "", "refusal": None}
    assert "".join(delta.get("content", "") for delta in deltas) == "Hello world."
    assert (deltas[-1], chunks[-1]["choices"][0]["finish_reason"]) == ({}, "stop")
    assert usage["usage"]["completion_tokens"] == 12


def test_logprobs_are_objects_with_bytes(client: TestClient, engine: ByteModel) -> None:
    engine.reply = "né"
    content = asked(client, logprobs=True, top_logprobs=1)["choices"][0]["logprobs"]["content"]
    z = {"id": 122, "token": "z", "logprob": math.log(probability(122)), "bytes": [122]}
    assert content[0] == {
        "id": ord("n"),
        "token": "n",
        "logprob": math.log(probability(ord("n"))),
        "bytes": [ord("n")],
        "top_logprobs": [z],
    }
    parts = [(one["token"], one["bytes"]) for one in content[1:]]
    assert parts == [("\ufffd", [0xC3]), ("\ufffd", [0xA9])]
    assert bytes(byte for one in content for byte in one["bytes"]).decode() == engine.reply


def test_logprobs_of_a_stream_are_those_of_the_whole(client: TestClient) -> None:
    body = {"logprobs": True, "top_logprobs": 3}
    whole = asked(client, **body)["choices"][0]["logprobs"]["content"]
    chunks = events(answer(client, **body, stream=True).text)[:-1]
    found = [chunk["choices"][0]["logprobs"] for chunk in chunks]
    assert [one for logprobs in found if logprobs for one in logprobs["content"]] == whole


def test_top_logprobs_need_logprobs(client: TestClient) -> None:
    assert answer(client, top_logprobs=2).json()["error"]["param"] == "top_logprobs"


def test_a_model_without_a_template_is_told(client: TestClient, engine: ByteModel) -> None:
    engine.error = TemplateError("This model has no chat template.", "Give it a plain prompt.")
    found = answer(client)
    assert found.status_code == 400
    assert found.json()["error"]["param"] == "messages"


def test_a_chat_too_long_names_its_messages(client: TestClient) -> None:
    found = answer(client, messages=[{"role": "user", "content": "x" * 5000}])
    error = found.json()["error"]
    assert (error["param"], error["code"]) == ("messages", "context_length_exceeded")


def test_models(client: TestClient, engine: ByteModel) -> None:
    for path in ("/v1/models", "/models"):
        found = client.get(path).json()
        assert [model["id"] for model in found["data"]] == ["bytes"]
    assert client.get("/v1/models/bytes").json()["meta"]["n_ctx"] == 2048
    assert client.get("/v1/models/default").json()["id"] == "bytes"
    missing = client.get("/v1/models/gpt-4")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")
    engine.state = type(engine.state)()
    assert client.get("/v1/models").json() == {"object": "list", "data": []}
    assert client.get("/v1/models/bytes").status_code == 503


def test_there_are_no_embeddings(client: TestClient) -> None:
    for path in ("/v1/embeddings", "/embeddings"):
        found = client.post(path, json={"input": "x", "model": "y"})
        assert found.status_code == 404
        assert "no embeddings" in found.json()["error"]["message"]
