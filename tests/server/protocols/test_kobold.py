"""KoboldCpp's API: written, streamed, looked at, stopped, counted; and what it says of itself."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.engine.messages import Generate, Tokenize
from tests.server.protocols.byte_model import ByteModel, probability

GENERATE, STREAM = "/api/v1/generate", "/api/extra/generate/stream"


def events(body: str) -> list[Any]:
    """The events, each of which names its kind as KoboldCpp's do."""
    blocks = [block.splitlines() for block in body.strip().split("\n\n")]
    assert {block[0] for block in blocks} == {"event: message"}
    return [json.loads(block[1].removeprefix("data: ")) for block in blocks]


def test_a_text_at_once_and_in_pieces(client: TestClient, engine: ByteModel) -> None:
    asked = {"memory": "Once. ", "prompt": "x", "max_length": 5, "rep_pen": 1.2, "top_k": 3}
    (found,) = client.post(GENERATE, json=asked).json()["results"]
    assert (found["text"], found["finish_reason"], found["logprobs"]) == ("Hello", "length", None)
    assert (found["prompt_tokens"], found["completion_tokens"]) == (8, 5)
    (command,) = engine.commands
    assert isinstance(command, Generate)
    assert (command.prompt, command.special) == ("Once. x", True)
    assert (command.sampling.max_tokens, command.sampling.repetition_penalty) == (5, 1.2)
    pieces = events(client.post(STREAM, json=asked).text)
    assert "".join(piece["token"] for piece in pieces) == "Hello"
    assert [piece["finish_reason"] for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    assert pieces[-1] == {"token": "", "finish_reason": "length"}
    latest = client.post("/api/latest/generate", json=asked).json()["results"]
    assert latest[0]["text"] == "Hello"


def test_the_stop_sequence_stays_unless_it_is_trimmed(client: TestClient) -> None:
    asked = {"prompt": "x", "stop_sequence": ["wor"]}
    for more, text in (({}, "Hello wor"), ({"trim_stop": True}, "Hello ")):
        (found,) = client.post(GENERATE, json=asked | more).json()["results"]
        assert (found["text"], found["finish_reason"]) == (text, "stop")
        pieces = events(client.post(STREAM, json=asked | more).text)
        assert "".join(piece["token"] for piece in pieces) == text


def test_probabilities(client: TestClient, engine: ByteModel) -> None:
    engine.reply = "H"
    (found,) = client.post(GENERATE, json={"prompt": "x", "logprobs": True}).json()["results"]
    (entry,) = found["logprobs"]["content"]
    assert (entry["token"], len(entry["top_logprobs"])) == ("H", 5)
    piece, _end = events(client.post(STREAM, json={"prompt": "x", "logprobs": 1}).text)
    top = {"id": 122, "token": "z", "bytes": [122], "logprob": math.log(probability(122))}
    assert (piece["token"], piece["top_logprobs"]) == ("H", [top])


def test_tokens_are_counted_with_the_beginning_one(client: TestClient, engine: ByteModel) -> None:
    found = client.post("/api/extra/tokencount", json={"prompt": "hé"}).json()
    assert found["value"] == len(found["ids"])
    assert found["ids"][-3:] == [104, 195, 169]
    client.post("/api/extra/tokencount", json={"prompt": "hé", "special": False})
    commands = [one for one in engine.commands if isinstance(one, Tokenize)]
    assert [one.begins for one in commands] == [True, False]


def test_what_it_says_of_itself(client: TestClient, engine: ByteModel) -> None:
    context = engine.state.model.context if engine.state.model else 0
    said = {
        "/api/v1/model": {"result": "bytes"},
        "/api/v1/info/version": {"result": "1.2.5"},
        "/api/v1/config/max_length": {"value": min(engine.limits.max_tokens, context)},
        "/api/latest/config/max_context_length": {"value": context},
        "/api/extra/true_max_context_length": {"value": context},
    }
    for path, answer in said.items():
        assert client.get(path).json() == answer
    version = client.get("/api/extra/version").json()
    assert (version["result"], version["protected"]) == ("KoboldCpp", True)
    for answer in (
        client.get("/api/extra/generate/check"),
        client.post("/api/extra/generate/check", json={"genkey": "none"}),
    ):
        assert answer.json() == {"results": [{"text": ""}]}
    aborted = client.post("/api/extra/abort", json={"genkey": "none"}).json()
    assert aborted == {"success": "false", "done": "true"}


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        (GENERATE, {}, "prompt"),
        (GENERATE, {"prompt": ["x"]}, "prompt"),
        (STREAM, {"prompt": "x", "max_length": -7}, "max_length"),
        (GENERATE, {"prompt": "x", "max_length": 2_000_000}, "max_length"),
        (GENERATE, {"prompt": "x", "logprobs": 101}, "logprobs"),
        (GENERATE, {"prompt": "x", "logprobs": "y"}, "logprobs"),
        (GENERATE, {"prompt": "x", "n": 2}, "n"),
        (GENERATE, {"prompt": "x", "genkey": 5}, "genkey"),
        (GENERATE, {"prompt": "x", "memory": 5}, "memory"),
        (GENERATE, {"prompt": "x", "images": ["aaa"]}, "images"),
        (GENERATE, {"prompt": "x", "bypass_eos": True}, "bypass_eos"),
        (GENERATE, {"prompt": "x" * 3000}, "prompt"),
        ("/api/extra/abort", {"genkey": 5}, "genkey"),
        ("/api/extra/tokencount", {"prompt": 5}, "prompt"),
        ("/api/extra/tokencount", {"prompt": "x", "special": 5}, "special"),
    ],
)
def test_what_is_refused(client: TestClient, path: str, body: dict[str, Any], word: str) -> None:
    answer = client.post(path, json=body)
    found = answer.json()
    assert (answer.status_code, found["error"]["param"]) == (400, word)
    assert found["detail"]["msg"] == found["error"]["message"]  # where their clients look
