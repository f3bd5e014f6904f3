"""What servers are found to be able to do, and what comes of it, against stand-ins for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.core.errors import LampblackError, ModelNotFoundError, ParameterError, ServerError
from app.core.masking import Masker
from app.core.options.servers import ServerAddress
from app.engine.messages import ChatMessage, Count, Detokenize, Score, ScoreChoices, Tokenize
from app.remote.abilities import WHAT, Abilities
from app.remote.address import Pinned
from app.remote.asking import answered
from app.remote.connections import OpenLine
from app.remote.hiding import Hiding
from app.remote.probing import described, probe
from app.remote.tokens import Asker
from app.remote.web import Server
from tests.remote.recording import Recording, Reply, Stand, answer
from tests.remote.stands import STANDS, lampblack, llama_server, logprob, openai, vllm

ALL = frozenset(WHAT)
LOST = {
    "lampblack": frozenset[str](),
    "llama-server": frozenset[str](),
    "vllm": frozenset[str](),
    "openai": frozenset({"count", "chat count", "tokenize"}),
    "llama_cpp.server": frozenset(
        {"n", "chat count", "tokenize", "score", "schema", "chat schema"}
    ),
}
TURNS = (ChatMessage(role="user", content="Hi"),)
SCORING = [name for name, lost in LOST.items() if "score" not in lost]
TOKENS = [name for name, lost in LOST.items() if "tokenize" not in lost]


@contextmanager
def serving(stand: Stand) -> Iterator[tuple[Recording, Server]]:
    with Recording(stand=stand) as recording:
        pinned = Pinned(ServerAddress("http", "127.0.0.1", recording.port), "127.0.0.1")
        server = Server(pinned, "a-key")
        try:
            yield recording, server
        finally:
            server.close()


def probed(stand: Stand, wanted: str = "") -> Abilities:
    with serving(stand) as (_recording, server):
        return probe(server, wanted, OpenLine())


def asked(stand: Stand, command: Any, names: tuple[str, ...] = ()) -> Any:
    with serving(stand) as (_recording, server):
        abilities = probe(server, "", OpenLine())
        hiding = Hiding(Masker(names) if names else None)
        return answered(command, Asker(server, abilities), hiding, OpenLine())


@pytest.mark.parametrize("name", STANDS)
def test_what_each_kind_can_do_costs_a_few_tiny_requests(name: str) -> None:
    with serving(STANDS[name]) as (recording, server):
        abilities = probe(server, "", OpenLine())
    assert set(abilities.cannot) == LOST[name]
    assert set(abilities.unknown) == {"cancel"}, "none of these tells what it is doing"
    assert set(abilities.names) == ALL - LOST[name] - {"cancel"}
    reasons = [abilities.reason(one) for one in (*abilities.cannot, "cancel")]
    assert all(reason.endswith(".") and not reason.endswith("..") for reason in reasons)
    posts = [one for one in recording.received if one.startswith(b"POST ")]
    assert len(recording.received) - len(posts) <= 3  # the models, and what it is doing
    assert len(posts) <= (18 if name == "llama-server" else 12)  # a token at a time
    assert recording.connections == 1
    sizes = [json.loads(one.partition(b"\r\n\r\n")[2] or b"{}") for one in recording.received]
    assert all(fields.get("max_tokens", 1) <= 8 for fields in sizes)
    assert abilities.takes_turns == (name == "llama_cpp.server")


def test_the_reasons_are_what_was_seen() -> None:
    cannot = probed(STANDS["llama_cpp.server"]).cannot
    assert cannot["n"] == "asked for 2, it gave 1"
    assert cannot["score"] == "its probabilities of a given text are not those of its writing"


@pytest.mark.parametrize("name", SCORING)
def test_a_text_is_scored(name: str) -> None:
    """Also one whose letters have several tokens."""
    text = "Né" if name != "openai" else "Ne!"  # an echo's offsets count letters, not bytes
    found = asked(STANDS[name], Score(job=1, text=text, probabilities=1)).details
    expected = [logprob(byte) for byte in text.encode()[1:]]
    assert [one.probability for one in found] == pytest.approx(
        [2.718281828459045**one for one in expected]
    )
    assert all(one.alternatives for one in found)


@pytest.mark.parametrize("name", [name for name in SCORING if name != "openai"])
def test_tokens_are_scored_by_their_numbers(name: str) -> None:
    found = asked(STANDS[name], Score(job=1, text="", tokens=(65, 66, 0xC3))).details
    assert [one.id for one in found] == [66, 0xC3]


@pytest.mark.parametrize("name", SCORING)
def test_choices_are_scored_after_what_they_have_in_common(name: str) -> None:
    command = ScoreChoices(job=1, prompt="I am", choices=(" a", " bcd"))
    found = asked(STANDS[name], command).choices
    whole = [sum(map(logprob, choice.encode())) for choice in command.choices]
    scores = [one.log_probability for one in found]
    assert scores[1] - scores[0] == pytest.approx(whole[1] - whole[0])


@pytest.mark.parametrize("name", ["lampblack", "llama-server", "vllm"])
@pytest.mark.parametrize("begun", ["", "Well,"])
def test_choices_in_a_chat(name: str, begun: str) -> None:
    turns = (*TURNS, *((ChatMessage(role="assistant", content=begun),) if begun else ()))
    found = asked(STANDS[name], ScoreChoices(job=1, messages=turns, choices=("ab", "cd"))).choices
    difference = sum(map(logprob, b"cd")) - sum(map(logprob, b"ab"))
    assert found[1].log_probability - found[0].log_probability == pytest.approx(difference)


def test_choices_in_a_chat_are_refused_where_only_texts_are_echoed() -> None:
    with pytest.raises(ParameterError, match="how likely an answer in a chat is"):
        asked(openai, ScoreChoices(job=1, messages=TURNS, choices=("a", "b")))


@pytest.mark.parametrize("name", TOKENS)
def test_tokens_of_a_text_and_back(name: str) -> None:
    text = "Né 山"
    found = asked(STANDS[name], Tokenize(job=1, text=text))
    assert found.ids == tuple(text.encode())
    assert b"".join(found.pieces).decode() == text
    assert asked(STANDS[name], Detokenize(job=1, ids=found.ids)).text == text


@pytest.mark.parametrize("name", STANDS)
def test_counts_are_right_or_refused(name: str) -> None:
    for command, ability in (
        (Count(job=1, prompt="Né"), "count"),
        (Count(job=1, messages=TURNS), "chat count"),
    ):
        if ability in LOST[name]:
            with pytest.raises(ParameterError, match="cannot count the tokens of a"):
                asked(STANDS[name], command)
        else:
            expected = 3 if command.prompt else len("<user>Hi<assistant>")
            assert asked(STANDS[name], command).tokens == expected


def instead(stand: Stand, path: str, reply: Reply, **where: Any) -> Stand:
    """The stand-in with another reply to requests of a path whose fields have these values."""

    def changed(asked_path: str, fields: dict[str, Any]) -> Reply:
        is_it = asked_path == path and all(fields.get(key) == one for key, one in where.items())
        return reply if is_it else stand(asked_path, fields)

    return changed


NONSENSE: list[Reply] = [
    answer(b"garbage"),
    answer(b"[]"),
    {"choices": "none"},
    {"choices": [7]},
    {"tokens": [{"id": "x"}], "choices": []},
    answer(b"", 404),
    answer(b'{"error": {"message": "no such thing"}}', 501),
]


@pytest.mark.parametrize("reply", NONSENSE)
@pytest.mark.parametrize(
    ("stand", "path", "lost"),
    [
        (vllm, "/tokenize", {"count", "chat count", "tokenize", "score"}),
        (lampblack, "/score", {"score"}),
        (llama_server, "/completion", {"score"}),
        (vllm, "/v1/chat/completions", {"chat", "chat count", "chat probabilities", "chat schema"}),
        (
            openai,
            "/v1/completions",
            {"complete", "n", "probabilities", "score", "schema", *LOST["openai"]},
        ),
    ],
)
def test_nonsense_is_an_ability_less_with_a_reason(
    stand: Stand, path: str, lost: set[str], reply: Reply
) -> None:
    abilities = probed(instead(stand, path, reply))
    assert set(abilities.cannot) == lost
    assert all(abilities.cannot.values())


@pytest.mark.parametrize(
    ("change", "ability", "reason"),
    [
        ({"count": 10**6, "tokens": []}, "count", "1,000,000 tokens in 9 letters"),
        ({"count": -1}, "count", "does not count"),
        ({"count": 3, "tokens": [1, 2, 3], "token_strs": ["x", "y", "z"]}, "tokenize", "not those"),
    ],
)
def test_tokens_that_cannot_be_right(change: Reply, ability: Any, reason: str) -> None:
    assert reason in probed(instead(vllm, "/tokenize", change)).cannot[ability]


@pytest.mark.parametrize("score", [0.5, "x", None, True])
def test_probabilities_that_cannot_be_right(score: Any) -> None:
    told = {"tokens": ["a"], "token_logprobs": [score], "top_logprobs": [{}], "text_offset": [9]}
    if score is None:  # only the first of a text may have none
        told = {key: value * 2 for key, value in told.items()}
    choice = {"index": 0, "text": "a", "logprobs": told, "finish_reason": "length"}
    abilities = probed(instead(openai, "/v1/completions", {"choices": [choice] * 2}, n=2))
    assert "probabilities that cannot be right" in abilities.cannot["probabilities"]
    assert abilities.cannot["score"]
    assert abilities.can("complete")
    assert abilities.can("n")


@pytest.mark.parametrize(("status", "said"), [(401, "accept the key"), (302, "another address")])
@pytest.mark.parametrize("path", ["/v1/models", "/v1/completions", "/score"])
def test_a_refused_key_is_no_missing_ability(path: str, status: int, said: str) -> None:
    with pytest.raises(ServerError, match=said):
        probed(instead(lampblack, path, answer(b"", status)))


# Which model


@pytest.mark.parametrize("wanted", ["", "Box.Q8_0", "/models/Box.Q8_0.gguf"])
def test_a_file_is_named_as_people_name_it(wanted: str) -> None:
    abilities = probed(llama_server, wanted)
    assert abilities.model == "/models/Box.Q8_0.gguf"
    pinned = Pinned(ServerAddress("http", "127.0.0.1", 1), "127.0.0.1")
    model = described(pinned, abilities, None)
    assert (model.name, model.context) == ("Box.Q8_0", 512)
    assert "score" in model.abilities
    assert "grammar" not in model.unsupported
    assert any("Of a letter of several tokens" in note for note in model.notes)


@pytest.mark.parametrize(
    ("listed", "wanted", "said"),
    [
        ({"data": []}, "", "no model loaded"),
        ({"data": [{"id": "a"}, {"id": "b"}]}, "", "several models"),
        ({"data": [{"id": "a"}, {"id": "b"}]}, "c", "no model 'c'"),
        (answer(b"<html>"), "", "not an answer"),
    ],
)
def test_a_model_must_be_named_where_there_are_several(
    listed: Reply, wanted: str, said: str
) -> None:
    with pytest.raises(LampblackError, match=said) as told:
        probed(instead(openai, "/v1/models", listed), wanted)
    assert ("a, b" in told.value.hint) == isinstance(told.value, ModelNotFoundError)


def test_what_is_missing_is_said_when_it_is_loaded() -> None:
    pinned = Pinned(ServerAddress("http", "127.0.0.1", 1), "127.0.0.1")
    model = described(pinned, probed(STANDS["llama_cpp.server"]), None)
    assert "score" not in model.abilities
    assert model.unsupported["grammar"].startswith("The server cannot hold a text to a JSON schema")
    assert any("how likely a given text is: its prob" in note for note in model.notes)
    assert any("it is asked in turns" in note for note in model.notes)
    assert [*model.unknown] == ["cancel"]
    assert model.unknown["cancel"] == (
        "It is not known whether the server can stop writing when a request is left: it does not "
        "tell what it is doing."
    )
