"""`generate` on a client that only notes what it is asked: prompts, requests, what is written."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.core.errors import CancelledError, ModelCrashedError
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import inspect
from app.core.options.presets import SUGGESTED
from app.core.options.sampling import Sampling
from app.core.system.paths import Paths
from app.engine.gpu_crashes import GpuMarks
from app.engine.messages import (
    ChatMessage,
    Done,
    Event,
    Finished,
    Generate,
    JobCommand,
    Load,
    Loaded,
    Loading,
    ModelInfo,
    Prefill,
    Stats,
    Take,
    Tokens,
)

JSON_KEYS = [
    "text",
    "finish_reason",
    "model",
    "engine",
    "device",
    "notes",
    "seed",
    "prompt_tokens",
    "completion_tokens",
    "reused_tokens",
    "load_s",
    "prefill_s",
    "first_token_s",
    "decode_s",
    "tokens_per_s",
]

PARTS = ("Es war ", "einmal", " 无")


class NotingClient:
    """An engine client that writes three parts and notes every command."""

    def __init__(self, **_: Any) -> None:
        self.commands: list[Any] = []
        self.cancelled: list[int] = []
        self.reason = "length"
        self.closed = False
        self.crash = False
        self.notes: tuple[str, ...] = ()
        self.press: type[Event] | None = None
        self._cancel = threading.Event()
        self._jobs = 0

    def next_job(self) -> int:
        self._jobs += 1
        return self._jobs

    def cancel(self, job: int) -> None:
        self.cancelled.append(job)
        self._cancel.set()

    def close(self) -> None:
        self.closed = True

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        self.commands.append(command)
        if isinstance(command, Load):
            return self._load(command, on_event)
        assert isinstance(command, Generate)
        return self._generate(command, on_event)

    def _emit(self, event: Event, on_event: Callable[[Event], None]) -> None:
        on_event(event)
        if self.press is type(event) and not self.cancelled:
            signal.raise_signal(signal.SIGINT)
            assert self._cancel.wait(5)

    def _load(self, command: Load, on_event: Callable[[Event], None]) -> Loaded:
        self._emit(Loading(job=command.job, fraction=0.5), on_event)
        if self.cancelled:
            raise CancelledError("Stopped.")
        notes = self.notes
        info = ModelInfo(name="Starter", path=command.path, engine=command.engine, notes=notes)
        return Loaded(job=command.job, model=info, seconds=0.25)

    def _generate(self, command: Generate, on_event: Callable[[Event], None]) -> Done:
        self._emit(Prefill(job=command.job, done=5, total=9), on_event)
        text = ""
        for part in () if self.cancelled else PARTS:
            text += part
            self._emit(Tokens(job=command.job, take=0, text=part, tokens=2), on_event)
            if self.crash:
                raise ModelCrashedError("The engine was killed.", "Write again.")
            if self.cancelled:
                break
        reason: Any = "cancelled" if self.cancelled else self.reason
        stats = Stats(prompt_tokens=9, reused_tokens=1, completion_tokens=6, decode_s=2.0)
        take = Take(index=0, text=text, finish_reason=reason)
        return Done(job=command.job, takes=(take,), stats=stats, seed=77)


@pytest.fixture
def client(starter_model: Path) -> NotingClient:
    return NotingClient()


@pytest.fixture
def generate(client: NotingClient, run: Any, starter_model: Path) -> Any:
    """Runs `generate` with the starter model's path on the noting client."""

    def run_generate(*words: str, **more: Any) -> Any:
        full = ("generate", "--model", str(starter_model), *words)
        return run(*full, new_client=lambda **_: client, **more)

    return run_generate


def test_the_text_is_written_and_nothing_else(generate: Any, client: NotingClient) -> None:
    outcome = generate("Once")
    assert (outcome.code, outcome.out, outcome.err) == (0, "Es war einmal 无", "")
    load, request = client.commands
    assert isinstance(load, Load)
    assert isinstance(request, Generate)
    assert (load.engine, request.prompt, request.overflow) == ("llama.cpp", "Once", "fail")
    assert client.closed


def test_json_is_one_object_with_exactly_these_keys(generate: Any, starter_model: Path) -> None:
    outcome = generate("Once", "--json")
    found = json.loads(outcome.out)
    assert list(found) == JSON_KEYS
    assert found["text"] == "Es war einmal 无"
    assert found["model"] == starter_model.stem
    assert (found["engine"], found["seed"]) == ("llama.cpp", 77)
    assert (found["load_s"], found["tokens_per_s"]) == (0.25, 3.0)
    assert outcome.out.count("\n") == 1


def test_stats_are_one_line_on_stderr(generate: Any) -> None:
    outcome = generate("Once", "--stats")
    assert outcome.out == "Es war einmal 无"
    assert outcome.err.count("\n") == 1
    assert "seed 77" in outcome.err


@pytest.mark.parametrize("words", [(), ("-",)])
def test_a_piped_prompt_loses_its_mark_and_its_last_newline(
    words: tuple[str, ...], generate: Any, client: NotingClient
) -> None:
    generate(*words, stdin=b"\xef\xbb\xbf" + "Es war\r\n无\n\n".encode())
    assert client.commands[1].prompt == "Es war\n无\n"


def test_a_typed_prompt_is_left_alone(generate: Any, client: NotingClient) -> None:
    generate(" Once \n", stdin=b"unread")
    assert client.commands[1].prompt == " Once \n"


def test_flags_reach_the_engine(generate: Any, client: NotingClient) -> None:
    generate("x", "--preset", "exact", "--top-k", "3", "--context", "512", "--exact", "--drop-head")
    load, request = client.commands
    assert load.options.context == 512
    assert (request.sampling.temperature, request.sampling.top_k) == (0.0, 3)
    assert (request.exact, request.overflow) == (True, "drop_head")


def test_a_preset_can_be_a_file_of_another_program(
    generate: Any, client: NotingClient, tmp_path: Path
) -> None:
    file = tmp_path / "Hot.yaml"
    file.write_text("temperature: 1.5\ntop_a: 0.2\n")
    outcome = generate("x", "--preset", str(file), "--min-p", "0.1")
    sampling = client.commands[1].sampling
    assert (sampling.temperature, sampling.min_p, sampling.top_k) == (1.5, 0.1, 0)
    assert "text-generation-webui" in outcome.err
    assert "top_a" in outcome.err


def test_the_suggestion_is_taken_only_when_asked_for(generate: Any, client: NotingClient) -> None:
    generate("x")
    assert client.commands[1].sampling == Sampling()
    generate("x", "--preset", "suggested", "--top-k", "3")
    assert client.commands[3].sampling == replace(SUGGESTED.sampling, top_k=3)


def test_nothing_suggested_is_said(
    generate: Any, client: NotingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.generate.suggested", lambda _size, repeats: None)
    outcome = generate("x", "--preset", "suggested")
    assert client.commands[1].sampling == Sampling()
    assert "Nothing else is suggested" in outcome.err


def test_chat_makes_turns(generate: Any, client: NotingClient) -> None:
    generate("Hello", "--chat")
    generate("Hello", "--system", "Be brief.")
    user = ChatMessage(role="user", content="Hello")
    system = ChatMessage(role="system", content="Be brief.")
    assert client.commands[1].messages == (user,)
    assert client.commands[3].messages == (system, user)
    assert client.commands[1].prompt == client.commands[3].prompt == ""


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_ctrl_c_while_it_writes_keeps_the_text(
    words: tuple[str, ...], generate: Any, client: NotingClient
) -> None:
    client.press = Tokens
    outcome = generate("Once", *words)
    assert (outcome.code, outcome.err) == (0, "")
    assert client.cancelled == [2]
    if words:
        assert json.loads(outcome.out)["finish_reason"] == "cancelled"
    assert "Es war " in outcome.out
    assert "einmal" not in outcome.out


@pytest.mark.parametrize("words", [(), ("--json",), ("--stats",)])
def test_an_end_for_banned_phrases_is_a_sentence(
    words: tuple[str, ...], generate: Any, client: NotingClient
) -> None:
    client.reason = "banned"
    outcome = generate("Once", *words)
    assert outcome.code == 0
    assert "every way on led to a banned phrase" in outcome.err
    if "--json" in words:
        found = json.loads(outcome.out)
        assert found["finish_reason"] == "banned"
        assert "banned phrase" in found["notes"][-1]


def test_ctrl_c_while_the_prompt_is_read_ends_well(generate: Any, client: NotingClient) -> None:
    client.press = Prefill
    outcome = generate("Once", "--json")
    assert outcome.code == 0
    assert (json.loads(outcome.out)["text"], client.cancelled) == ("", [2])


def test_ctrl_c_while_the_model_is_loaded_is_a_sentence(
    generate: Any, client: NotingClient, one_sentence: Callable[[str], bool]
) -> None:
    client.press = Loading
    outcome = generate("Once")
    assert (outcome.code, outcome.out) == (1, "")
    assert one_sentence(outcome.err)
    assert client.closed


def test_a_crash_keeps_what_was_written(
    generate: Any, client: NotingClient, one_sentence: Callable[[str], bool]
) -> None:
    client.crash = True
    outcome = generate("Once")
    assert (outcome.code, outcome.out) == (1, "Es war ")
    assert one_sentence(outcome.err)
    assert client.closed


def test_the_starter_is_taken_when_no_model_is_named(
    run: Any, client: NotingClient, starter_model: Path, own_home: Path
) -> None:
    models = own_home / "data" / "models"
    models.mkdir(parents=True)
    (models / starter_model.name).symlink_to(starter_model)
    assert run("generate", "Once", new_client=lambda **_: client).code == 0
    assert Path(client.commands[0].path).name == starter_model.name


def test_without_a_model_the_way_to_one_is_said(run: Any) -> None:
    outcome = run("generate", "Once")
    assert outcome.code == 1
    assert "lampblack models get starter" in outcome.err


def test_a_gpu_that_failed_is_left_alone_unless_asked_for(
    generate: Any, client: NotingClient, starter_model: Path
) -> None:
    GpuMarks(Paths.here().gpu_crashes).begin(str(starter_model), "llama.cpp", "A card")
    outcome = generate("Once")
    assert outcome.err == (
        "The graphics card (A card) failed while it loaded "
        f"{starter_model.name} last time, so the processor does it now; "
        "--gpu-layers -1 tries the card again.\n"
    )
    assert client.commands[0].options.gpu_layers == 0
    assert generate("Once", "--gpu-layers", "-1").err == ""
    assert client.commands[2].options.gpu_layers == -1
    assert generate("Once", "--gpu-layers", "0").err == ""


def test_what_was_done_otherwise_than_asked_is_said(generate: Any, client: NotingClient) -> None:
    client.notes = ("5 of 31 layers fit.",)
    outcome = generate("Once", "--json")
    assert outcome.err.endswith("5 of 31 layers fit.\n")
    assert json.loads(outcome.out)["notes"] == ["5 of 31 layers fit."]


def test_when_the_model_was_used_is_remembered(generate: Any, starter_model: Path) -> None:
    generate("Once")
    assert MetadataStore(Paths.here().metadata_file).record(inspect(starter_model)).used_at > 1.7e9
