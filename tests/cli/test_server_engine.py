"""`lampblack generate --server` with the real `lampblack serve`, in their real processes."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.child import Opening
from app.engine.client import EngineClient
from app.engine.messages import (
    Alternative,
    ChatMessage,
    Count,
    Detokenize,
    Event,
    Generate,
    Load,
    Score,
    ScoreChoices,
    TokenDetail,
    Tokenize,
    Tokens,
)
from app.engine.server_child import given_once, open_server, start_server_child
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner
from app.tasks.table import task

TOKEN = "a-token-of-this-test"
PROMPT = "The old lighthouse keeper opened the door and"
TURNS = (ChatMessage(role="user", content="What is the capital of France?"),)
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
    tried = json.loads(run_program("servers", "test", address, "--json", environ=environ).out)
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=30)
    assert outcome.code == 0, outcome.err
    away = json.loads(outcome.out)
    same = ("text", "finish_reason", "completion_tokens", "prompt_tokens")
    assert [away[name] for name in same] == [alone[name] for name in same]
    assert away["engine"] == "server"
    assert "cancel" in tried["abilities"], tried["unknown"]
    assert f"sent to the server {address}, which runs on this machine" in outcome.err
    assert refused.code == 1
    assert "does not accept the key (401)" in refused.err


@contextmanager
def asking(address: str) -> Iterator[EngineClient]:
    """A client of the child that speaks to a server."""
    child = start_server_child(address)
    open_server(child, Opening(key=TOKEN))
    client = EngineClient(given_once(child), cancel_s=20)
    try:
        client.run(Load(job=client.next_job(), path="", engine="server"), lambda _: None)
        yield client
    finally:
        client.close()


@contextmanager
def loading(path: Path) -> Iterator[EngineClient]:
    """A client of an engine of our own."""
    client = EngineClient()
    options = LoadOptions(context=512)
    load = Load(job=client.next_job(), path=str(path), engine="llama.cpp", options=options)
    try:
        client.run(load, lambda _: None)
        yield client
    finally:
        client.close()


def judged(client: EngineClient) -> tuple[list[int], list[float], dict[str, int]]:
    """Tokens, probabilities and counts of all that is asked of a model beside a text."""
    ids: list[int] = []
    numbers: list[float] = []

    def note(details: Sequence[TokenDetail]) -> None:
        for one in details:
            every: tuple[TokenDetail | Alternative, ...] = (one, *one.alternatives)
            ids.extend(other.id for other in every)
            numbers.extend(other.probability for other in every)

    def on_event(event: Event) -> None:
        if isinstance(event, Tokens):
            note(event.details)

    def run(kind: Any, **fields: Any) -> Any:
        return client.run(kind(job=client.next_job(), **fields), on_event)

    greedy = Sampling(temperature=0, max_tokens=8)
    run(Generate, prompt=PROMPT, sampling=greedy, exact=True, probabilities=3)
    run(Generate, messages=TURNS, sampling=greedy, exact=True, probabilities=3)
    note(run(Score, text=f"{PROMPT} 山 🖋", probabilities=2).details)
    choices = run(ScoreChoices, prompt="The sky is", choices=(" blue", " green as grass"))
    numbers += [one.log_probability for one in choices.choices]
    labels = TaskOptions(labels=("sport", "politics", "music"))
    text = "The striker scored twice in the final."
    chosen = TaskRunner(client).run(task("classify"), text, labels).value
    numbers += chosen["probabilities"].values()
    found = run(Tokenize, text="Né 山 🖋", begins=True)
    ids += [*found.ids, *b"".join(found.pieces)]
    counts = {
        "text": run(Count, prompt="Né 山 🖋").tokens,
        "chat": run(Count, messages=TURNS).tokens,
        "back": len(run(Detokenize, ids=found.ids).text),
    }
    return ids, numbers, counts


def test_another_lampblack_judges_as_this_one(
    start_program: Callable[..., Any], starter_model: Path
) -> None:
    """Probabilities, scores and labels are the local ones to a thousandth, tokens the same."""
    local = ["--model", str(starter_model), "--context", "512", "--tune", "off"]
    words = ["serve", "--port", "0", "--json", "--parallel", "1", *local]
    service = start_program(words, environ={"LAMPBLACK_API_TOKEN": TOKEN})
    address = json.loads(service.stdout.readline())["address"]
    with asking(address) as client:
        away = judged(client)
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=30)
    with loading(starter_model) as client:
        here = judged(client)
    assert away[0] == here[0]
    assert away[1] == pytest.approx(here[1], abs=1e-3)
    assert away[2] == here[2]


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
