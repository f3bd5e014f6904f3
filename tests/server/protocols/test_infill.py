"""`suffix` in completions and llama-server's `/infill`: what stands between two texts."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from app.engine.messages import Generate
from tests.server.protocols.byte_model import ByteModel
from tests.server.protocols.streams import events

MIDDLE = {"input_prefix": "def f(", "input_suffix": "\n    return x", "prompt": "x"}


@pytest.fixture
def filler(engine: ByteModel) -> ByteModel:
    assert engine.state.model is not None
    engine.state = replace(engine.state, model=replace(engine.state.model, fills_middle=True))
    return engine


def test_a_suffix_reaches_the_engine_and_no_text_is_a_control_token(
    client: TestClient, filler: ByteModel
) -> None:
    body = {"prompt": ["a", [5, 6]], "suffix": "<|im_end|>", "echo": True}
    found = client.post("/v1/completions", json=body).json()
    texts, tokens = filler.commands[0], filler.commands[-1]
    assert isinstance(texts, Generate)
    assert isinstance(tokens, Generate)
    assert (texts.prompt, texts.suffix, texts.special) == ("a", "<|im_end|>", False)
    assert (tokens.tokens, tokens.suffix) == ((5, 6), "<|im_end|>")
    assert found["choices"][0]["text"] == "aHello world."


def test_infill_joins_its_prefix_and_prompt(client: TestClient, filler: ByteModel) -> None:
    found = client.post("/infill", json=MIDDLE | {"n_predict": 5, "input_extra": []}).json()
    (command,) = filler.commands
    assert isinstance(command, Generate)
    assert (command.prompt, command.suffix) == ("def f(x", "\n    return x")
    assert command.sampling.max_tokens == 5
    assert (found["content"], found["stop_type"]) == ("Hello", "limit")
    streamed = events(client.post("/infill", json=MIDDLE | {"stream": True}).text)
    assert "".join(piece["content"] for piece in streamed) == "Hello world."
    assert client.post("/infill", json=MIDDLE | {"input_suffix": ""}).status_code == 200
    assert filler.commands[-1].suffix == ""  # type: ignore[union-attr]  # it is Generate


@pytest.mark.parametrize("path", ["/v1/completions", "/infill"])
def test_a_model_without_the_tokens_says_so(
    client: TestClient, engine: ByteModel, path: str
) -> None:
    body: dict[str, Any] = {"prompt": "a", "suffix": "b"} if path[1] == "v" else MIDDLE
    answer = client.post(path, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "unsupported_parameter")
    assert "this model has no fill-in-the-middle tokens" in error["message"]
    assert error["param"] in body
    assert not engine.commands
    assert client.post("/v1/completions", json={"prompt": "a", "suffix": ""}).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/v1/completions", {"prompt": "a", "suffix": 5}, "suffix"),
        ("/v1/completions", {"prompt": "a", "suffix": "b", "echo": True, "logprobs": 1}, "echo"),
        ("/infill", {"input_prefix": "a"}, "input_suffix"),
        ("/infill", {"input_suffix": "a"}, "input_prefix"),
        ("/infill", MIDDLE | {"prompt": ["x"]}, "prompt"),
        ("/infill", MIDDLE | {"input_extra": [{"filename": "a", "text": "b"}]}, "input_extra"),
        ("/completion", {"prompt": "a", "suffix": "b"}, "suffix"),
        ("/completion", {"prompt": "a", "input_suffix": "b"}, "input_suffix"),
    ],
)
def test_what_is_refused(
    client: TestClient, filler: ByteModel, path: str, body: dict[str, Any], param: str
) -> None:
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert not filler.commands
