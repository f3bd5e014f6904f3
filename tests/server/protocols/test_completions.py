from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.errors import GenerationError, ModelCrashedError
from app.engine.messages import Generate, Score
from app.engine.service_messages import ServiceLimits
from tests.server.protocols.byte_model import BOS, ByteModel, model_info, probability
from tests.server.protocols.streams import events


def asked(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/completions", json={"prompt": "Once", **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def generated(engine: ByteModel) -> Generate:
    (command,) = [command for command in engine.commands if isinstance(command, Generate)]
    return command


def test_the_classic_example(client: TestClient, engine: ByteModel) -> None:
    found = asked(
        client,
        model="text-davinci-003",
        temperature=0.7,
        max_tokens=64,
        top_p=1,
        frequency_penalty=0.5,
        presence_penalty=-0.5,
    )
    assert found["choices"] == [
        {"index": 0, "text": "Hello world.", "logprobs": None, "finish_reason": "stop"}
    ]
    assert found["object"] == "text_completion"
    assert found["id"].startswith("cmpl-")
    assert found["model"] == "bytes"
    assert found["usage"] == {
        "prompt_tokens": 5,
        "completion_tokens": 12,
        "total_tokens": 17,
        "prompt_tokens_details": {"cached_tokens": 2},
    }
    sampling = generated(engine).sampling
    assert (sampling.temperature, sampling.max_tokens, sampling.top_p) == (0.7, 64, 1.0)
    assert (sampling.frequency_penalty, sampling.presence_penalty) == (0.5, -0.5)


def test_the_prompt_reaches_the_engine_as_it_was_sent(
    client: TestClient, engine: ByteModel
) -> None:
    prompt = "<|im_start|>user\r\n e\u0301 \U0001f9d9\u200d \x00\t<s>"
    asked(client, prompt=prompt)
    command = generated(engine)
    assert (command.prompt, command.special, command.messages) == (prompt, True, ())


def test_the_path_without_the_version_is_the_same(client: TestClient) -> None:
    answer = client.post("/completions", json={"prompt": "Once"})
    assert answer.json()["choices"][0]["text"] == "Hello world."


@pytest.mark.parametrize("asked_for", ["gpt-3.5-turbo", "bytes", "default", "", "another", None])
def test_the_loaded_model_answers_and_says_so(client: TestClient, asked_for: str | None) -> None:
    answer = client.post("/v1/completions", json={"prompt": "x", "model": asked_for})
    assert (answer.status_code, answer.json()["model"]) == (200, "bytes")
    assert answer.headers["x-lampblack-model"] == "bytes"


def test_the_model_has_the_services_name_for_it(client: TestClient, engine: ByteModel) -> None:
    engine.state = type(engine.state)(name="Moby \u00e9", model=model_info())
    answer = client.post("/v1/completions", json={"prompt": "x"})
    assert answer.json()["model"] == "Moby \u00e9"
    assert answer.headers["x-lampblack-model"] == "Moby %C3%A9"


@pytest.mark.parametrize(
    ("prompt", "prompts"),
    [
        ("a", [("a", ())]),
        (["a", "b"], [("a", ()), ("b", ())]),
        ([1, 2], [("", (1, 2))]),
        ([[1, 2], [3]], [("", (1, 2)), ("", (3,))]),
    ],
)
def test_prompts_of_every_kind(
    client: TestClient, engine: ByteModel, prompt: Any, prompts: list[Any]
) -> None:
    found = asked(client, prompt=prompt, n=2)
    given = [
        (command.prompt, command.tokens)
        for command in engine.commands
        if isinstance(command, Generate)
    ]
    assert given == prompts
    assert [choice["index"] for choice in found["choices"]] == list(range(2 * len(prompts)))
    texts = [choice["text"] for choice in found["choices"]]
    assert texts == ["Hello world.", "1Hello world."] * len(prompts)


def test_usage_is_the_sum_over_all_prompts(client: TestClient) -> None:
    usage = asked(client, prompt=["a", "bcd"], n=2)["usage"]
    assert usage["prompt_tokens"] == 2 + 4
    assert usage["completion_tokens"] == 2 * (12 + 13)


@pytest.mark.parametrize("reply", ["Hello world.", "né “œuf” 👩‍🚀!"])
def test_the_pieces_of_a_stream_are_the_whole_text(
    client: TestClient, engine: ByteModel, reply: str
) -> None:
    engine.reply = reply
    for body in ({}, {"logprobs": 2}, {"n": 3}, {"logprobs": 0, "echo": True}):
        whole = asked(client, **body)
        answer = client.post("/v1/completions", json={"prompt": "Once", "stream": True, **body})
        assert answer.headers["content-type"].startswith("text/event-stream")
        *chunks, done = events(answer.text)
        assert done == "[DONE]"
        for choice in whole["choices"]:
            parts = [
                chunk["choices"][0]
                for chunk in chunks
                if chunk["choices"][0]["index"] == choice["index"]
            ]
            assert "".join(part["text"] for part in parts) == choice["text"]
            assert [part["finish_reason"] for part in parts[-2:]] == [None, "stop"]
            for name in choice["logprobs"] or {}:
                joined = [
                    one for part in parts if part["logprobs"] for one in part["logprobs"][name]
                ]
                assert joined == choice["logprobs"][name], name


def test_a_stream_with_logprobs_has_one_token_in_a_chunk(client: TestClient) -> None:
    body = {"prompt": "x", "stream": True, "logprobs": 1}
    *chunks, _last, _done = events(client.post("/v1/completions", json=body).text)
    assert [chunk["choices"][0]["logprobs"]["tokens"] for chunk in chunks] == [
        [letter] for letter in "Hello world."
    ]


def test_usage_comes_last_in_a_stream_if_asked_for(client: TestClient) -> None:
    body = {"prompt": "x", "stream": True, "stream_options": {"include_usage": True}}
    *chunks, last, _done = events(client.post("/v1/completions", json=body).text)
    assert last["choices"] == []
    assert last["usage"]["total_tokens"] == 2 + 12
    assert {chunk["usage"] for chunk in chunks} == {None}


def test_logprobs_are_the_engines_probabilities(client: TestClient, engine: ByteModel) -> None:
    engine.reply = "Hi"
    found = asked(client, logprobs=2)["choices"][0]["logprobs"]
    assert found["tokens"] == ["H", "i"]
    assert found["text_offset"] == [0, 1]
    assert found["token_logprobs"] == pytest.approx(
        [math.log(probability(ord("H"))), math.log(probability(ord("i")))], abs=1e-12
    )
    assert found["top_logprobs"][0] == pytest.approx(
        {
            "z": math.log(probability(122)),
            "y": math.log(probability(121)),
            "H": math.log(probability(72)),
        }
    )


def test_logprobs_zero_gives_those_of_the_tokens_alone(client: TestClient) -> None:
    found = asked(client, logprobs=0)["choices"][0]["logprobs"]
    assert len(found["token_logprobs"]) == 12
    assert found["top_logprobs"] == [{}] * 12


@pytest.mark.parametrize("bos", [True, False])
def test_echo_has_the_prompts_own_probabilities(client: TestClient, bos: bool) -> None:
    client.app.state.engine = engine = ByteModel("!", bos=bos)  # type: ignore[attr-defined]  # a Starlette
    choice = asked(client, prompt="né", echo=True, logprobs=1)["choices"][0]
    assert choice["text"] == "né!"
    found = choice["logprobs"]
    first = math.log(probability(ord("n"))) if bos else None
    rest = [math.log(probability(byte)) for byte in "é!".encode()]
    assert found["token_logprobs"] == [
        pytest.approx(one) if one else None for one in [first, *rest]
    ]
    assert found["text_offset"] == [0, 1, 1, 2]
    assert [top and set(top) for top in found["top_logprobs"][:2]] == [
        {"z", "n"} if bos else None,
        {"z", "bytes:\\xc3"},
    ]
    (scored,) = [command for command in engine.commands if isinstance(command, Score)]
    assert scored.tokens == ((BOS,) if bos else ()) + tuple("né".encode())


def test_echo_alone_writes_nothing(client: TestClient, engine: ByteModel) -> None:
    found = asked(client, prompt="abc", echo=True, logprobs=1, max_tokens=0)
    choice = found["choices"][0]
    assert (choice["text"], choice["finish_reason"]) == ("abc", "length")
    assert len(choice["logprobs"]["tokens"]) == 3
    assert (found["usage"]["prompt_tokens"], found["usage"]["completion_tokens"]) == (4, 0)
    assert not [command for command in engine.commands if isinstance(command, Generate)]


def test_echo_of_tokens(client: TestClient, engine: ByteModel) -> None:
    engine.reply = "!"
    choice = asked(client, prompt=[97, 98], echo=True, logprobs=0)["choices"][0]
    assert choice["text"] == "ab!"
    assert choice["logprobs"]["tokens"] == ["a", "b", "!"]
    assert choice["logprobs"]["token_logprobs"][0] is None
    assert asked(client, prompt=[97, 98], echo=True)["choices"][0]["text"] == "ab!"


def test_a_stop_text_ends_the_text(client: TestClient, engine: ByteModel) -> None:
    assert asked(client, stop="wor")["choices"][0]["text"] == "Hello "
    assert asked(client, stop=["xyz", "o"])["choices"][0]["text"] == "Hell"
    engine.commands.clear()
    assert asked(client, stop="")["choices"][0]["text"] == "Hello world."
    assert generated(engine).sampling.stop == ()


def test_why_a_text_ended(client: TestClient) -> None:
    assert asked(client, max_tokens=3)["choices"][0]["finish_reason"] == "length"
    assert asked(client, max_tokens=30)["choices"][0]["finish_reason"] == "stop"


def test_a_prompt_too_long_is_told_with_counts(client: TestClient) -> None:
    for stream in (False, True):
        body = {"prompt": "x" * 5000, "stream": stream}
        answer = client.post("/v1/completions", json=body)
        assert answer.status_code == 400
        error = answer.json()["error"]
        assert (error["param"], error["code"]) == ("prompt", "context_length_exceeded")
        assert "5,001" in error["message"]
        assert "2,047" in error["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_one_prompt_that_fails_ends_the_others(
    client: TestClient, engine: ByteModel, stream: bool
) -> None:
    engine.limits = ServiceLimits(parallel=2)
    engine.hold, engine.hold_after = asyncio.Event(), 1  # never set
    asked = {"prompt": ["a", "b" * 3000, "c"], "stream": stream}
    answer = client.post("/v1/completions", json=asked)
    found = events(answer.text)[-1] if stream else answer.json()
    assert found["error"]["code"] == "context_length_exceeded"
    assert engine.left == len(engine.commands) == 2  # the third was never begun


def test_an_error_in_mid_stream_is_the_last_event(client: TestClient, engine: ByteModel) -> None:
    engine.error, engine.error_after = GenerationError("The engine failed."), 5
    answer = client.post("/v1/completions", json={"prompt": "x", "stream": True})
    assert answer.status_code == 200
    *chunks, last = events(answer.text)
    assert "".join(chunk["choices"][0]["text"] for chunk in chunks) == "Hel"
    assert last["error"]["message"] == "The engine failed."
    assert last["error"]["code"] == "generation_failed"


def test_a_crash_before_the_text_is_a_status(client: TestClient, engine: ByteModel) -> None:
    engine.error = ModelCrashedError("The model crashed.", "Try again.")
    for stream in (False, True):
        answer = client.post("/v1/completions", json={"prompt": "x", "stream": stream})
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "model_crashed")


def test_without_a_model(client: TestClient, engine: ByteModel) -> None:
    for loading, word in ((True, "being loaded"), (False, "No model")):
        engine.state = type(engine.state)(is_loading=loading)
        answer = client.post("/v1/completions", json={"prompt": "x"})
        assert answer.status_code == 503
        assert word in answer.json()["error"]["message"]


def test_the_fingerprint_changes_with_the_model(client: TestClient, engine: ByteModel) -> None:
    first = asked(client)["system_fingerprint"]
    assert asked(client)["system_fingerprint"] == first
    engine.state = type(engine.state)(model=model_info(quantization="Q8_0"))
    assert asked(client)["system_fingerprint"] != first
