"""`lampblack generate --server` with the real `lampblack serve`, in their real processes."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TOKEN = "a-token-of-this-test"
PROMPT = "The old lighthouse keeper opened the door and"
GREEDY = ("--temperature", "0", "--max-tokens", "24", "--json")


def test_one_lampblack_writes_with_another(
    start_program: Callable[..., Any], run_program: Any, starter_model: Path
) -> None:
    """The text is the local one, and standard error says where it was sent."""
    local = ["--model", str(starter_model), "--context", "512", "--tune", "off"]
    alone = json.loads(run_program("generate", PROMPT, *local, *GREEDY, "--exact").out)
    environ = {"LAMPBLACK_API_TOKEN": TOKEN, "LAMPBLACK_SERVER_KEY": TOKEN}
    service = start_program(["serve", "--port", "0", "--json", *local], environ=environ)
    address = json.loads(service.stdout.readline())["address"]
    words = ["generate", PROMPT, "--server", address, *GREEDY, "--exact"]
    outcome = run_program(*words, environ=environ)
    refused = run_program(*words, environ={"LAMPBLACK_SERVER_KEY": "wrong"})
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=30)
    assert outcome.code == 0, outcome.err
    away = json.loads(outcome.out)
    same = ("text", "finish_reason", "completion_tokens", "prompt_tokens")
    assert [away[name] for name in same] == [alone[name] for name in same]
    assert away["engine"] == "server"
    assert f"sent to the server {address}, which runs on this machine" in outcome.err
    assert refused.code == 1
    assert "does not accept the key (401)" in refused.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--server", "http://8.8.8.8:1"), "on the internet"),
        (("--server", "nonsense"), "There is no server named 'nonsense'"),
        (("--server", "ftp://box"), "cannot be used"),
        (("--server", "http://127.0.0.1:1"), "connection to the server"),
        (("--server", "http://127.0.0.1:1", "--context", "512"), "--context is for models"),
        (("--server", "http://127.0.0.1:1", "--mask", "A", "--no-masking"), "exclude"),
        (("--server", "http://127.0.0.1:1", "--engine", "torch"), "--engine is for models"),
        (("--server", "http://127.0.0.1:1", "--preset", "suggested"), "--preset suggested is for"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    run_program: Any, one_sentence: Any, words: Any, said: str
) -> None:
    outcome = run_program("generate", "Once", *words)
    assert outcome.code in (1, 2)
    assert one_sentence(outcome.err)
    assert said in outcome.err
