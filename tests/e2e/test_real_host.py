"""The real child process with the real starter model: load, write, stop, die, go on."""

from __future__ import annotations

import os
import signal
import struct
from pathlib import Path

import pytest

from app.core.errors import CancelledError, ModelCrashedError
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.client import EngineClient
from app.engine.messages import Done, Event, Generate, Load, Loaded, Loading, Prefill, Tokens

GREEDY = Sampling(temperature=0, max_tokens=12)
LONG = "The rain had not stopped for eleven days, and the river knew it. " * 120


class Story:
    """One client on the real model, and what it heard."""

    def __init__(self, model: Path) -> None:
        self.model = model
        self.client = EngineClient()
        self.events: list[Event] = []

    def hear(self, event: Event) -> None:
        self.events.append(event)

    def load(self, model: Path | None = None, on_event=None) -> Loaded:
        command = Load(
            job=self.client.next_job(),
            path=str(model or self.model),
            engine="llama.cpp",
            options=LoadOptions(context=4096, threads=1),  # busy cores cost one thread least
        )
        loaded = self.client.run(command, on_event or self.hear)
        assert isinstance(loaded, Loaded)
        return loaded

    def write(self, on_event=None, **fields) -> Done:
        command = Generate(job=self.client.next_job(), **fields)
        done = self.client.run(command, on_event or self.hear)
        assert isinstance(done, Done)
        return done


@pytest.fixture
def story(starter_model):
    made = Story(starter_model)
    yield made
    made.client.close()


def test_it_loads_and_writes(story):
    loaded = story.load()
    assert loaded.model.architecture == "llama"
    assert loaded.model.quantization == "Q4_1"
    assert 130e6 < loaded.model.parameters < 140e6
    done = story.write(prompt="The old lighthouse keeper opened the door and", sampling=GREEDY)
    streamed = "".join(event.text for event in story.events if isinstance(event, Tokens))
    assert streamed == done.takes[0].text
    assert len(done.takes[0].token_ids) == done.stats.completion_tokens == 12
    assert any(isinstance(event, Loading) for event in story.events)
    assert any(isinstance(event, Prefill) for event in story.events)


@pytest.mark.parametrize("phase", [Loading, Prefill, Tokens])
def test_stop_in_each_phase_leaves_the_host_alive(story, phase):
    client = story.client
    job = 1 if phase is Loading else 2

    def stop(event: Event) -> None:
        story.hear(event)
        if isinstance(event, phase):
            client.cancel(job)

    if phase is Loading:
        with pytest.raises(CancelledError):
            story.load(on_event=stop)
        assert client.host_pid
        return
    story.load()
    pid = client.host_pid
    prompt = LONG if phase is Prefill else "Once"
    done = story.write(on_event=stop, prompt=prompt, sampling=Sampling(max_tokens=-1, seed=1))
    assert done.takes[0].finish_reason == "cancelled"
    assert client.host_pid == pid
    again = story.write(prompt=LONG[:200], sampling=GREEDY)
    assert again.takes[0].finish_reason in ("length", "stop")


@pytest.mark.parametrize("phase", [Loading, Prefill, Tokens])
def test_kill_in_each_phase_and_write_again(story, phase):
    client = story.client

    def kill(event: Event) -> None:
        story.hear(event)
        if isinstance(event, phase):
            os.kill(client.host_pid, signal.SIGKILL)

    if phase is Loading:
        with pytest.raises(ModelCrashedError, match=story.model.name):
            story.load(on_event=kill)
        story.load()
    else:
        story.load()
        prompt = LONG if phase is Prefill else "Once"
        with pytest.raises(ModelCrashedError, match="SIGKILL"):
            story.write(on_event=kill, prompt=prompt, sampling=Sampling(max_tokens=-1))
    done = story.write(prompt="Once", sampling=GREEDY)
    assert done.stats.completion_tokens == 12


def twin_token(model: bytes) -> bytes:
    """The model with one word twice in its vocabulary, which makes llama.cpp abort."""
    name, twin = struct.pack("<Q5s", 5, b"would"), struct.pack("<Q5s", 5, b"could")
    at = model.index(name, model.index(b"tokenizer.ggml.tokens"))
    return model[:at] + twin + model[at + len(twin) :]


def test_a_header_that_makes_llama_cpp_abort_is_named(story, tmp_path, starter_model):
    cursed = tmp_path / "cursed.gguf"
    cursed.write_bytes(twin_token(starter_model.read_bytes()))
    with pytest.raises(ModelCrashedError, match=r"SIGABRT while it loaded cursed\.gguf"):
        story.load(cursed)
    story.load()
    assert story.write(prompt="Once", sampling=GREEDY).takes[0].text
