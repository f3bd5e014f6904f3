"""The request sequences of real programs, and what they read of the answers."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.engine.messages import Generate
from app.engine.service_messages import ServiceLimits
from tests.server.protocols.byte_model import ByteModel
from tests.server.protocols.sequences import PROMPT, SEQUENCES
from tests.server.protocols.streams import events


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_program_is_answered(client: TestClient, engine: ByteModel, name: str) -> None:
    engine.limits = ServiceLimits()
    for sent in SEQUENCES[name]:
        answer = client.request(sent.method, sent.path, json=sent.body)
        assert answer.status_code == sent.status, (sent.path, answer.text)
        if sent.body is None or sent.status != 200:
            continue
        if sent.path.startswith("/api/"):
            assert kobolds(sent.path, answer.text) in (engine.reply, "")
        elif sent.body.get("stream"):
            count = sent.body.get("top_logprobs", 10)
            assert streamed(answer.text, count) == engine.reply
        elif sent.path == "/v1/completions":
            assert answer.json()["choices"][0]["text"] == engine.reply
        elif sent.path == "/tokenize":
            assert answer.json()["tokens"] == [*PROMPT.encode()]
        else:
            assert isinstance(answer.json()["content"], str)
    for command in engine.commands:
        if isinstance(command, Generate) and not command.messages:
            assert (command.prompt, command.special) == (PROMPT, True)


def kobolds(path: str, body: str) -> str:
    """The text of an answer in KoboldCpp's own ways; none of those that have none."""
    if path.endswith("stream"):
        blocks = body.strip().split("\n\n")
        return "".join(json.loads(block.partition("data: ")[2])["token"] for block in blocks)
    found = json.loads(body)
    assert found.keys() & {"results", "value", "success"}
    return found["results"][0]["text"] if "results" in found else ""


def streamed(body: str, count: int) -> str:
    """The text that mikupad and SillyTavern show, with a probability for every piece."""
    text = ""
    for found in events(body):
        if found == "[DONE]":
            break
        piece, likeliest = read(found)
        text += piece
        assert len(likeliest) in (count, count + 1) or not piece
    return text


def read(found: dict[str, Any]) -> tuple[str, dict[str, float]]:
    if "choices" not in found:
        first = found.get("completion_probabilities", [{}])[0]
        if "top_probs" in first:
            return found["content"], {one["token"]: one["prob"] for one in first["top_probs"]}
        tops = first.get("top_logprobs", [])
        return found["content"], {one["token"]: math.exp(one["logprob"]) for one in tops}
    choice = found["choices"][0]
    logprobs = choice["logprobs"] or {}
    if "delta" in choice:
        content = logprobs.get("content") or [{"top_logprobs": []}]
        tops = content[0]["top_logprobs"]
        return choice["delta"].get("content", ""), {one["token"]: 1.0 for one in tops}
    tops = (logprobs.get("top_logprobs") or [{}])[0]
    return choice["text"], {token: math.exp(logprob) for token, logprob in tops.items()}


def test_settings_under_many_names_reach_the_engine(client: TestClient, engine: ByteModel) -> None:
    (body,) = [
        sent.body for sent in SEQUENCES["SillyTavern, llama.cpp"] if sent.path == "/completion"
    ]
    client.post("/completion", json=body)
    (command,) = engine.commands
    assert isinstance(command, Generate)
    sampling = command.sampling
    assert (sampling.temperature, sampling.top_p, sampling.repetition_penalty) == (0.7, 0.5, 1.2)
    assert (sampling.seed, sampling.max_tokens, sampling.stop) == (None, 12, ("\nAnn:",))
    assert sampling.logit_bias == {"token:5": -1.0, "token:6": -100.0}
    assert sampling.dry_breakers == ("\n", ":", '"', "*")
    assert sampling.order == (
        "penalties", "dry", "top_n_sigma", "top_k", "typical_p", "xtc", "top_p", "min_p",
        "temperature",
    )  # fmt: skip
