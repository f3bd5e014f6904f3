from __future__ import annotations

import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.engine.messages import Generate
from tests.server.protocols.byte_model import ByteModel, probability
from tests.server.protocols.streams import events


def asked(client: TestClient, **body: Any) -> Any:
    answer = client.post("/completion", json={"prompt": "Once", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_answer(client: TestClient, engine: ByteModel) -> None:
    found = asked(client, n_predict=50, temperature=0.5, cache_prompt=True, id_slot=-1)
    assert (found["content"], found["stop"]) == ("Hello world.", True)
    assert (found["tokens_predicted"], found["tokens_evaluated"]) == (12, 5)
    assert (found["tokens_cached"], found["truncated"]) == (2, False)
    assert found["generation_settings"]["temperature"] == 0.5
    assert found["generation_settings"]["n_predict"] == 50
    assert (found["prompt"], found["model"]) == ("Once", "bytes")
    assert found["timings"]["predicted_per_second"] == 48.0
    assert "completion_probabilities" not in found
    (command,) = engine.commands
    assert isinstance(command, Generate)
    assert (command.prompt, command.special) == ("Once", True)


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        ({}, "eos", ""),
        ({"stop": ["wor", "zzz"]}, "word", "wor"),
        ({"stop": ["zzz"]}, "eos", ""),
        ({"n_predict": 3, "stop": ["wor"]}, "limit", ""),
    ],
)
def test_why_it_ended(client: TestClient, body: dict[str, Any], kind: str, word: str) -> None:
    for found in (asked(client, **body), streamed(client, **body)[-1]):
        assert (found["stop_type"], found["stopping_word"]) == (kind, word)
        names = {"eos": "stopped_eos", "word": "stopped_word", "limit": "stopped_limit"}
        assert {name: found[name] for name in names.values()} == {
            name: one == kind for one, name in names.items()
        }


def streamed(client: TestClient, **body: Any) -> list[Any]:
    answer = client.post("/completion", json={"prompt": "Once", "stream": True, **body})
    assert answer.status_code == 200, answer.text
    return events(answer.text)


def test_the_pieces_of_a_stream_are_the_whole_text(client: TestClient, engine: ByteModel) -> None:
    engine.reply = "né “œuf” 👩‍🚀!"
    for body in ({}, {"n_probs": 3}, {"return_tokens": True}):
        whole = asked(client, **body)
        *chunks, last = streamed(client, **body)
        assert "".join(chunk["content"] for chunk in chunks) == engine.reply
        assert (last["content"], last["stop"]) == ("", True)
        assert {chunk["stop"] for chunk in chunks} == {False}
        tokens = [token for chunk in chunks for token in chunk["tokens"]]
        assert tokens == ([*engine.reply.encode()] if body else [])
        assert whole["tokens"] == (tokens if "return_tokens" in body else [])
        found = [one for chunk in chunks for one in chunk.get("completion_probabilities", [])]
        assert found == whole.get("completion_probabilities", [])


def test_probabilities_in_the_present_shape(client: TestClient, engine: ByteModel) -> None:
    engine.reply = "H"
    (found,) = asked(client, n_probs=1)["completion_probabilities"]
    logprob = math.log(probability(122))
    top = {"id": 122, "token": "z", "bytes": [122], "logprob": logprob}
    chosen = {"id": 72, "token": "H", "bytes": [72], "logprob": math.log(probability(72))}
    assert found == {**chosen, "top_logprobs": [top]}
    (chunk, _last) = streamed(client, n_probs=1)
    assert chunk["completion_probabilities"] == [found]


def test_probabilities_after_sampling(client: TestClient, engine: ByteModel) -> None:
    """As mikupad asks for them unless told otherwise."""
    engine.reply = "H"
    (found,) = asked(client, n_probs=1, post_sampling_probs=True)["completion_probabilities"]
    top = {"id": 122, "token": "z", "bytes": [122], "prob": probability(122)}
    chosen = {"id": 72, "token": "H", "bytes": [72], "prob": probability(72)}
    assert found == {**chosen, "top_probs": [top]}
    (chunk, _last) = streamed(client, n_probs=1, post_sampling_probs=True)
    assert chunk["completion_probabilities"] == [found]
    asked(client, post_sampling_probs=True)
    sampled = [command.sampled for command in engine.commands if isinstance(command, Generate)]
    assert sampled == [True, True, False]  # without probabilities there is nothing to keep


def test_several_answers_are_a_list(client: TestClient) -> None:
    assert [one["index"] for one in asked(client, prompt=["a", "b"], n_cmpl=2)] == [0, 1, 2, 3]
    found = asked(client, prompt=["a", "b"])
    assert [one["prompt"] for one in found] == ["a", "b"]


def test_tokenize_and_back(client: TestClient) -> None:
    found = client.post("/tokenize", json={"content": "hé"}).json()
    assert found == {"tokens": [104, 195, 169]}
    found = client.post(
        "/tokenize", json={"content": "hé", "with_pieces": True, "add_special": True}
    ).json()
    assert found["tokens"] == [
        {"id": 256, "piece": "<s>"},
        {"id": 104, "piece": "h"},
        {"id": 195, "piece": [195]},
        {"id": 169, "piece": [169]},
    ]
    tokens = {"tokens": [104, 195, 169]}
    assert client.post("/detokenize", json=tokens).json() == {"content": "hé"}
    assert client.post("/detokenize", json={"tokens": []}).json() == {"content": ""}


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/tokenize", {}, "content"),
        ("/tokenize", {"content": 5}, "content"),
        ("/tokenize", {"content": "x", "with_pieces": 1}, "with_pieces"),
        ("/detokenize", {}, "tokens"),
        ("/detokenize", {"tokens": [257]}, "tokens"),
        ("/detokenize", {"tokens": ["a"]}, "tokens"),
        ("/completion", {"prompt": "x", "n": 2, "n_cmpl": 3}, "n_cmpl"),
        ("/completion", {"prompt": "x", "n_probs": -1}, "n_probs"),
        ("/completion", {"prompt": "x", "image_data": [{}]}, "image_data"),
    ],
)
def test_what_is_refused(client: TestClient, path: str, body: dict[str, Any], param: str) -> None:
    found = client.post(path, json=body)
    assert found.status_code == 400
    assert found.json()["error"]["param"] == param


def test_slots_tell_how_much_is_being_done_and_nothing_of_it(
    client: TestClient, engine: ByteModel
) -> None:
    for busy in (0, 1):
        engine.busy = busy
        slot = {"id": 0, "n_ctx": 2048, "is_processing": bool(busy)}
        assert client.get("/slots").json() == [slot]


def test_props(client: TestClient) -> None:
    found = client.get("/props").json()
    assert found["default_generation_settings"]["n_ctx"] == 2048
    assert found["default_generation_settings"]["params"]["temperature"] == 0.8
    assert isinstance(found["chat_template"], str)  # SillyTavern looks at its last letter
    assert "/home" not in str(found)
    assert found["total_slots"] == 1
