from __future__ import annotations

import msgspec
import pytest

from app.core.errors import ERRORS, LampblackError, error_from
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine import messages as m

COMMANDS = [
    m.Load(job=1, path="/a/模型.gguf", engine="llama.cpp", options=LoadOptions(context=512)),
    m.Generate(
        job=2,
        prompt="Ночь. 夜🌙",
        messages=(m.ChatMessage(role="user", content="x"),),
        sampling=Sampling(seed=2**32 - 1, logit_bias={"token:5": -100.0}, stop=("\n",)),
        n=3,
    ),
    m.Read(job=7, prompt="x", max_tokens=5, overflow="drop_head"),
    m.Score(job=3, text="x"),
    m.Count(job=4, prompt="x", suffix="", texts=("a", ""), seeks=True),
    m.Describe(job=5),
    m.Unload(job=6),
    m.Cancel(job=2),
    m.Quit(),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_commands_survive_the_wire(command):
    assert m.decode_command(m.encode(command)) == command


def test_events_survive_the_wire():
    detail = m.TokenDetail(
        id=1,
        text=" a",
        probability=0.5,
        alternatives=(m.Alternative(id=2, text="b", probability=1.0),),
    )
    event = m.Tokens(job=1, take=2, text="é", tokens=1, details=(detail,))
    assert m.decode_event(m.encode(event)) == event


@pytest.mark.parametrize(
    "value",
    [
        {"type": "Generate"},
        {"type": "Generate", "job": "1"},
        {"type": "Generate", "job": 1, "surprise": True},
        {"type": "Erase", "job": 1},
        {"type": "Load", "job": 1, "path": "x", "engine": "pickle"},
        [],
    ],
)
def test_anything_else_is_refused(value):
    with pytest.raises(msgspec.MsgspecError):
        m.decode_command(msgspec.msgpack.encode(value))


def test_an_event_is_not_a_command():
    with pytest.raises(msgspec.MsgspecError):
        m.decode_command(m.encode(m.Hello(version=1, pid=1)))


def test_speed_of_nothing_is_nothing():
    assert m.Stats().tokens_per_s == 0
    assert m.Stats(completion_tokens=10, decode_s=0.5).tokens_per_s == 20


@pytest.mark.parametrize("kind", sorted(ERRORS))
def test_every_kind_of_error_is_rebuilt_from_its_name(kind):
    error = error_from(kind, "What happened.", "What to do.")
    assert type(error) is ERRORS[kind]
    assert (error.kind, str(error)) == (kind, "What happened. What to do.")


def test_an_unknown_kind_is_still_a_sentence():
    assert type(error_from("new", "What happened.")) is LampblackError
