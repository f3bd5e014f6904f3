"""Takes, probabilities and tasks over servers of each kind, through the real child."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from app.core.errors import LampblackError, ParameterError, ServerError, UnsupportedError
from app.core.masking import Masker
from app.core.options.sampling import Sampling
from app.engine.client import EngineClient
from app.engine.messages import (
    ChatMessage,
    Count,
    Detokenize,
    Detokenized,
    Done,
    Generate,
    Preview,
    Score,
    ScoreChoices,
    TokenDetail,
    Tokenize,
    Tokenized,
    Tokens,
)
from app.remote.abilities import Abilities
from app.remote.answers import logarithm
from app.remote.request import request
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner
from app.tasks.table import task
from tests.remote.recording import Recording, Reply, Stand, Told, answer, loaded
from tests.remote.stands import SLOTS, STANDS, events, lampblack, llama_server, logprob, token

CANARY = "Oluwaseun Adébáyò"
TURNS = (ChatMessage(role="user", content="Hi"),)
WRITE = "/v1/completions"


@contextmanager
def using(stand: Stand, **opening: Any) -> Iterator[tuple[Recording, EngineClient, Told]]:
    told: Told = []
    with Recording(stand=stand) as server, loaded(server, told, **opening) as client:
        yield server, client, told


def generate(client: EngineClient, told: Told, **fields: Any) -> Done:
    given: dict[str, Any] = {"prompt": "One", "sampling": Sampling(seed=7)} | fields
    done = client.run(Generate(job=client.next_job(), **given), told.append)
    assert isinstance(done, Done)
    return done


@pytest.mark.parametrize("name", STANDS)
def test_each_take_that_is_asked_for_is_written(name: str) -> None:
    """In one request where the server does that, else in one for each, with the seeds of ours."""
    with using(STANDS[name]) as (server, client, told):
        done = generate(client, told, n=SLOTS + 1)
        asked = [fields for fields in server.bodies(WRITE) if fields.get("n") == 1]
    assert [take.text for take in done.takes] == [" a"] * (SLOTS + 1)
    assert {take.finish_reason for take in done.takes} == {"length"}
    alone = sorted(fields["seed"] for fields in asked)
    assert alone == ([7, 8, 9] if name in ("llama-server", "llama_cpp.server") else [])


def test_a_refusal_of_takes_that_is_none_is_told() -> None:
    def stand(path: str, fields: dict[str, Any]) -> Reply:
        if path == WRITE and fields.get("stream"):
            return answer(b'{"error": {"message": "too long"}}', 400)
        return lampblack(path, fields)

    refused = pytest.raises(ServerError, match="It says: too long")
    with using(stand) as (_server, client, told), refused:
        generate(client, told, n=2)


def test_a_server_that_drops_its_text_is_asked_in_turns() -> None:
    """Eight requests side by side would each have a connection."""
    with using(STANDS["llama_cpp.server"]) as (server, client, told):
        done = generate(client, told, n=8)
        assert server.connections == 1
    assert [take.text for take in done.takes] == [" a"] * 8


@pytest.mark.parametrize("name", STANDS)
@pytest.mark.parametrize("messages", [(), TURNS])
def test_probabilities_come_with_the_text(name: str, messages: tuple[ChatMessage, ...]) -> None:
    with using(STANDS[name]) as (_server, client, told):
        generate(client, told, messages=messages, probabilities=1)
    found = seen(told)
    assert "".join(one.text for one in found) == " a"
    expected = [math.exp(logprob(byte)) for byte in b" a"]
    assert [one.probability for one in found] == pytest.approx(expected)
    assert all(len(one.alternatives) == 1 for one in found)


def stream_of(stand: Stand, *choices: dict[str, Any]) -> Stand:
    """The stand-in with another stream."""

    def changed(path: str, fields: dict[str, Any]) -> Reply:
        return events(choices) if fields.get("stream") else stand(path, fields)

    return changed


def seen(told: Told) -> list[TokenDetail]:
    return [one for event in told if isinstance(event, Tokens) for one in event.details]


def test_a_letter_whose_first_tokens_are_not_told_has_no_number() -> None:
    """llama-server tells the last of three tokens of 山 as if it were all; 有 is one."""
    last, whole = {**token(177, 1), "token": "山"}, {**token(7, 1), "token": "有"}
    last |= {"bytes": list("山".encode()), "top_logprobs": [token(177)]}
    whole |= {"bytes": list("有".encode())}
    whole["top_logprobs"] = [{name: whole[name] for name in ("id", "token", "bytes", "logprob")}]
    pieces = [
        {"index": 0, "text": one["token"], "logprobs": {"content": [one]}, "finish_reason": end}
        for one, end in ((last, None), (whole, "stop"))
    ]
    with using(stream_of(llama_server, *pieces)) as (_server, client, told):
        done = generate(client, told, probabilities=1)
    assert [(one.id, one.text, len(one.alternatives)) for one in seen(told)] == [
        (-1, "山", 0),
        (7, "有", 1),
    ]
    assert done.takes[0].token_ids == ()


def test_letters_that_are_left_out_are_told() -> None:
    """llama_cpp.server streams no text for a letter of several tokens beside probabilities."""
    lists = {"tokens": [""], "token_logprobs": [-1.0], "top_logprobs": [{"": -1.0}]}
    piece = {"index": 0, "text": "", "logprobs": lists, "finish_reason": None}
    stand = stream_of(STANDS["llama_cpp.server"], {"index": 0, "text": "有"}, piece)
    why = pytest.raises(ServerError, match="leaves out letters")
    with using(stand) as (_server, client, told), why:
        generate(client, told, probabilities=1)


def test_tokens_of_what_is_put_back_are_one() -> None:
    """The pieces of a placeholder become the name's token, as likely as all of them."""
    written = b"So [NAME_1] left"
    pieces = [
        {"index": 0, "text": chr(one), "logprobs": {"content": [token(one, 1)]}} for one in written
    ]
    stand = stream_of(lampblack, *pieces, {"index": 0, "text": "", "finish_reason": "stop"})
    with using(stand, names=(CANARY,), masks=True) as (_server, client, told):
        done = generate(client, told, prompt=CANARY, probabilities=1)
    assert "".join(one.text for one in seen(told)) == done.takes[0].text == f"So {CANARY} left"
    (name,) = [one for one in seen(told) if one.id == -1]
    assert name.text == CANARY
    assert name.probability == pytest.approx(math.exp(sum(map(logprob, b"[NAME_1]"))))


def test_probabilities_that_are_asked_for_and_do_not_come_are_told() -> None:
    def stand(path: str, fields: dict[str, Any]) -> Reply:
        if fields.get("stream"):
            fields = {name: value for name, value in fields.items() if name != "logprobs"}
        return lampblack(path, fields)

    missing = pytest.raises(ServerError, match="gave no probabilities")
    with using(stand) as (_server, client, told), missing:
        generate(client, told, probabilities=1)


@pytest.mark.parametrize("name", ["lampblack", "llama-server", "vllm"])
def test_tasks_ask_a_server_as_they_ask_an_engine(name: str) -> None:
    """A label that is likelier by its letters wins, and a text's measures are the model's."""
    with using(STANDS[name]) as (_server, client, _told):
        runner = TaskRunner(client)
        labels = TaskOptions(labels=("aa", "zz"), calibrate=False)
        chosen = runner.run(task("classify"), "A text.", labels).value
        judged = runner.run(task("score"), "abc", TaskOptions()).value
    odds = chosen["probabilities"]["aa"] / chosen["probabilities"]["zz"]
    assert odds == pytest.approx(math.exp(2 * (logprob(97) - logprob(122))))
    assert judged["log_probability"] == pytest.approx(logprob(98) + logprob(99))


def test_tasks_say_why_a_server_cannot() -> None:
    why = pytest.raises(UnsupportedError, match="needs the probabilities of a given text")
    with using(STANDS["llama_cpp.server"]) as (_server, client, _told), why:
        TaskRunner(client).run(task("sentiment"), "A text.", TaskOptions())


@pytest.mark.parametrize("messages", [(), TURNS])
def test_a_schema_is_sent_where_it_is_heeded(messages: tuple[ChatMessage, ...]) -> None:
    schema = {"type": "object"}
    fields: dict[str, Any] = {
        "messages": messages,
        "sampling": Sampling(grammar=json.dumps(schema), temperature=0, seed=7),
    }
    with using(STANDS["openai"]) as (server, client, told):
        generate(client, told, **fields)
        path = "/v1/chat/completions" if messages else WRITE
        (asked,) = [one for one in server.bodies(path) if one["stream"]]
    assert asked["response_format"]["json_schema"]["schema"] == schema
    refused = pytest.raises(ParameterError, match="JSON schema: it wrote something else")
    with using(STANDS["llama_cpp.server"]) as (_server, client, told), refused:
        generate(client, told, **fields)


# What is masked


def hidden(server: Recording) -> None:
    """Nothing that was received has the name, in whichever way it may be written."""
    sent = b"".join(server.received)
    escaped = json.dumps(CANARY)[1:-1].encode()
    for canary in (CANARY.encode(), escaped, b"Oluwaseun", "Adébáyò".encode()):
        assert canary not in sent
    ids = json.dumps(list(CANARY.encode()))[1:-1].encode()
    assert ids.replace(b" ", b"") not in sent.replace(b" ", b"")


@pytest.mark.parametrize("name", STANDS)
def test_a_name_never_reaches_a_server_of_any_kind(name: str) -> None:
    """In texts, stop texts, chats, tokens, labels, examples, with probabilities, judged."""
    turns = (
        ChatMessage(role="system", content=f"You know {CANARY}."),
        *TURNS,
        ChatMessage(role="assistant", content=f"I am {CANARY},"),
    )
    prompt = f"{CANARY} said: I am {CANARY} and"
    with using(STANDS[name], names=(CANARY,), masks=True) as (server, client, told):
        runner = TaskRunner(client)
        tried = [
            lambda: generate(client, told, prompt=prompt, probabilities=2, n=2),
            lambda: generate(client, told, sampling=Sampling(stop=(f"{CANARY}!",))),
            lambda: generate(client, told, messages=turns, probabilities=1),
            lambda: runner.run(task("classify"), CANARY, TaskOptions(labels=("a", CANARY))),
            lambda: runner.run(task("classify"), f"I am {CANARY}.", TaskOptions(labels=("a", "b"))),
            lambda: runner.run(task("rewrite"), prompt, TaskOptions(instruction=f"like {CANARY}")),
            lambda: runner.run(task("chat"), prompt, TaskOptions(system=f"You are {CANARY}.")),
            lambda: runner.run(task("score"), prompt, TaskOptions()),
            lambda: client.run(Score(job=client.next_job(), text=prompt), told.append),
            lambda: client.run(
                ScoreChoices(job=client.next_job(), prompt="I am", choices=(f" {CANARY}", " b")),
                told.append,
            ),
        ]
        done = 0
        for ask in tried:
            with suppress(ParameterError):  # told why; what was sent until then counts here
                ask()
                done += 1
        assert done == {"openai": 5, "llama_cpp.server": 4}.get(name, 6)
        assert any(b"[NAME_1]" in one for one in server.received)
        hidden(server)


@pytest.mark.parametrize("name", ["lampblack", "llama-server", "vllm"])
@pytest.mark.parametrize("letters", ["", CANARY[::-1]], ids=["unknown", "known"])
def test_tokens_of_a_name_have_its_text_here_and_are_not_sent_back(name: str, letters: str) -> None:
    """Also not where each of its letters' tokens is known from another text."""
    text = f"I am {CANARY}."
    with using(STANDS[name], names=(CANARY,), masks=True) as (server, client, told):
        found = client.run(Tokenize(job=client.next_job(), text=text), told.append)
        assert isinstance(found, Tokenized)
        assert b"".join(found.pieces).decode() == text
        client.run(Tokenize(job=client.next_job(), text=letters), told.append)
        strange = tuple(CANARY.encode())
        for command in (
            Generate(job=client.next_job(), tokens=strange),
            Score(job=client.next_job(), text="", tokens=strange),
        ):
            with pytest.raises(LampblackError, match="masked"):
                client.run(command, told.append)
        generate(client, told, tokens=found.ids)
        hidden(server)


def test_what_is_asked_beside_a_request_changes_none_of_its_placeholders() -> None:
    with using(lampblack, masks=True) as (server, client, told):
        for mail in ("a@b.example", "c@d.example"):
            text = f"Write to {mail}:"
            generate(client, told, prompt=text)
            client.run(
                ScoreChoices(job=client.next_job(), prompt=text, choices=("a",)), told.append
            )
            client.run(Count(job=client.next_job(), prompt=text), told.append)
        for path, name in ((WRITE, "prompt"), ("/choices", "prompt"), ("/tokenize", "content")):
            first, second = [fields[name] for fields in server.bodies(path)]
            assert first == second
            assert "example" not in first


@pytest.mark.parametrize(
    "grammar",
    [
        '{"const": "Anna\\nSchmidt"}',
        '{"enum": [["Anna Schmidt"]]}',
        '{"const": "Anna Schmidt", "const": "y"}',
        '{"Anna Schmidt": true}',
        'root ::= "\\x41nna Schmidt"',
        'root ::= "Anna\\nSchmidt"',
    ],
)
def test_a_name_in_a_grammar_is_refused_however_it_is_written(grammar: str) -> None:
    able = Abilities(dialect="llama-server", model="m")
    asked = Generate(job=1, prompt="Once", sampling=Sampling(grammar=grammar))
    assert request(asked, able, None).fields["n"] == 1
    with pytest.raises(UnsupportedError, match="masked"):
        request(asked, able, Masker(["Anna Schmidt"]))


@pytest.mark.parametrize("name", ["vllm", "openai"])
@pytest.mark.parametrize("kind", [Generate, Preview])
def test_a_grammar_that_a_server_cannot_be_told_is_refused_before_anything_is_sent(
    name: str, kind: type
) -> None:
    with using(STANDS[name]) as (server, client, told):
        asked = Generate(job=0, prompt="One", sampling=Sampling(grammar='root ::= "a"'))
        job = client.next_job()
        command = Preview(job=job, asked=asked) if kind is Preview else replace(asked, job=job)
        before = len(server.received)
        with pytest.raises(UnsupportedError, match=r"grammar cannot be used here: .*no GBNF"):
            client.run(command, told.append)
        assert len(server.received) == before


def test_a_schema_that_is_none_is_told() -> None:
    asked = Generate(job=1, prompt="Once", sampling=Sampling(grammar="{oops"))
    for masker in (None, Masker(["Anna"])):
        with pytest.raises(ParameterError, match="cannot be read"):
            request(asked, Abilities(dialect="llama-server", model="m"), masker)


@pytest.mark.parametrize("told", [float("nan"), float("inf"), 10**400, True, None, "0"])
def test_what_is_no_logarithm_is_refused(told: Any) -> None:
    with pytest.raises(ServerError):
        logarithm(told)
    assert logarithm(-(10**400)) == -1e6
    assert logarithm(1e-4) == 0


CARD, PHONE, MAIL = "4539 1488 0343 6467", "+44 20 7946 0958", "oluwaseun@canary.example"
_CANARIES = (
    *(CANARY.replace(" ", gap) for gap in (" ", "\n", "\n\n")),
    *(CANARY.upper(), CARD, PHONE, MAIL),
)
_FILLERS = (
    *("rain ", "It fell. ", "One line.\n", "A paragraph.\n\n", "雨。"),
    "drizzling" * 8 + " ",
)
_BITS = st.tuples(st.integers(0, 12), st.sampled_from(_FILLERS), st.sampled_from(_CANARIES))
_TEXTS = st.lists(_BITS, min_size=20, max_size=30).map(
    lambda bits: "".join(f"{filler * count}{canary} and " for count, filler, canary in bits)
)
_PARTS = ("oluwaseun", "adébáyò", "4539", "1488", "0343", "6467", "7946", "0958", "canary")


def told_parts(server: Recording) -> list[str]:
    """The parts of names and numbers that the server has been sent.

    A seed is drawn, and may have the same figures.
    """
    bodies = [json.loads(one.partition(b"\r\n\r\n")[2] or b"{}") for one in server.received]
    sent = json.dumps([one | {"seed": 0} for one in bodies], ensure_ascii=False).casefold()
    return [part for part in _PARTS if part in sent]


def test_no_part_of_a_name_or_number_leaves_where_a_long_text_is_cut() -> None:
    """Wherever the cuts of a text fall that is several times as long as the context."""
    with using(lampblack, names=(CANARY,), masks=True) as (server, client, _told):
        runner = TaskRunner(client)
        cuts: list[bool] = []

        @settings(deadline=None, max_examples=25)
        @given(_TEXTS, st.sampled_from(("rewrite", "summarise", "classify")))
        def send(text: str, name: str) -> None:
            server.received.clear()
            options = {
                "rewrite": TaskOptions(instruction="shorter"),
                "classify": TaskOptions(labels=("a", "b")),
            }
            notes = runner.run(task(name), text, options.get(name, TaskOptions())).notes
            cuts.extend("was cut into" in note for note in notes)
            assert not told_parts(server)

        send()
    assert any(cuts)


def worded(path: str, fields: dict[str, Any]) -> Reply:
    """vLLM with a vocabulary of SentencePiece, whose tokens are words with their spaces."""
    words = (
        "<s>",
        "\u2581Once",
        "\u2581Anna",
        "\u2581Schmidt",
        "\u2581",
        "Once",
        "Anna",
        "\u2581upon",
    )
    if path == "/tokenize" and "prompt" in fields:
        left, ids = f"\u2581{fields['prompt']}".replace(" ", "\u2581"), []
        while left:
            fitting = [one for one, word in enumerate(words) if left.startswith(word)]
            if not fitting:
                return {"count": 3, "tokens": [0, 0, 0], "token_strs": ["<unk>"] * 3}
            ids.append(max(fitting, key=lambda one: len(words[one])))
            left = left.removeprefix(words[ids[-1]])
        begins = [0] if fields.get("add_special_tokens", True) else []
        names = [words[one] for one in (*begins, *ids)]
        return {"count": len(names), "tokens": [*begins, *ids], "token_strs": names}
    return STANDS["vllm"](path, fields)


@contextmanager
def worded_client(*texts: str) -> Iterator[tuple[Recording, EngineClient, list[Tokenized]]]:
    """A client whose server has given the tokens of these texts."""
    with using(worded, names=("Anna Schmidt",), masks=True) as (server, client, told):
        found = []
        for text in texts:
            one = client.run(
                Tokenize(job=client.next_job(), text=text, begins=text == "Anna"), told.append
            )
            assert isinstance(one, Tokenized)
            assert b"".join(one.pieces).decode() == text
            found.append(one)
        yield server, client, found


def test_a_token_is_known_with_the_space_that_it_has_within_a_text() -> None:
    """The first of a text is shown without; taken so, two halves of a name would be no name."""
    told: Told = []
    with worded_client("Anna", "Schmidt", "Once upon") as (server, client, (anna, schmidt, once)):
        name = Generate(job=client.next_job(), tokens=anna.ids + schmidt.ids)
        with pytest.raises(LampblackError, match="masked"):
            client.run(name, told.append)
        assert not server.bodies(WRITE)
        for ids, text in ((once.ids, "Once upon"), (once.ids * 2, "Once upon Once upon")):
            found = client.run(Detokenize(job=client.next_job(), ids=ids), told.append)
            assert isinstance(found, Detokenized)
            assert found.text == text
