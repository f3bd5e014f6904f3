"""The child that speaks to a server, in its real process, against a server that misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest

from app.core.errors import (
    LampblackError,
    ModelNotFoundError,
    NoModelLoadedError,
    ParameterError,
)
from app.core.options.sampling import Sampling
from app.engine.client import EngineClient
from app.engine.messages import (
    ChatMessage,
    Count,
    Done,
    Generate,
    ListModels,
    Load,
    Loaded,
    ModelsListed,
    Preview,
    Previewed,
    Read,
    Tokens,
)
from tests.remote.recording import Recording, Told, answer, loaded, streamed

CANARY = "Oluwaseun Adébáyò"


@contextmanager
def writing(
    *answers: bytes | Sequence[bytes | None], **opening: object
) -> Iterator[tuple[Recording, EngineClient, Callable[..., Done], Told]]:
    """A loaded client, and a function that generates; what it was told is in the list."""
    told: Told = []

    def generate(prompt: str = "Once", **sampling: object) -> Done:
        command = Generate(
            job=client.next_job(),
            prompt=prompt,
            sampling=Sampling(**sampling),  # type: ignore[arg-type]  # of many types
        )
        done = client.run(command, told.append)
        assert isinstance(done, Done)
        return done

    with Recording(answers) as server, loaded(server, told, **opening) as client:
        yield server, client, generate, told


def text_of(told: Told) -> str:
    return "".join(event.text for event in told if isinstance(event, Tokens))


def test_a_text_arrives_also_in_split_letters() -> None:
    whole = streamed("从前", "有一座山")
    cut = whole.index("前".encode()) + 1
    head = answer(b"")[: -len(b"Content-Length: 0\r\n\r\n")] + b"\r\n"
    with writing([head, whole[:cut], whole[cut:]]) as (_server, _client, generate, told):
        done = generate()
    assert done.takes[0].text == text_of(told) == "从前有一座山"
    assert done.takes[0].finish_reason == "stop"


def test_a_text_that_may_never_be_asked_is_not_sent() -> None:
    with writing() as (server, client, _generate, _told):
        before = [*server.received]
        done = client.run(Read(job=client.next_job(), prompt="Once"), lambda _event: None)
        assert isinstance(done, Done)
        assert server.received == before


def test_half_a_letter_is_shown_as_one_that_cannot_be() -> None:
    half = b'data: {"choices": [{"index": 0, "text": "a\\ud800b", "finish_reason": "stop"}]}\n\n'
    with writing(answer(half)) as (_server, _client, generate, _told):
        assert generate().takes[0].text == "a\ufffdb"


def test_a_busy_server_is_asked_again() -> None:
    busy = answer(b"{}", 429, "Retry-After: 0\r\n")
    with writing(busy, busy, answer(streamed("late"))) as (_server, _client, generate, _told):
        assert generate().takes[0].text == "late"


def test_a_cancel_ends_the_waiting_for_a_busy_server() -> None:
    busy = answer(b"{}", 503, "Retry-After: 50\r\n")
    with writing([busy, None]) as (server, client, generate, _told):
        stopper = threading.Thread(target=lambda: (server.asked.get(), client.cancel(2)))
        stopper.start()
        assert generate().takes[0].finish_reason == "cancelled"
        stopper.join()


def test_a_cancel_ends_a_silent_answer_and_keeps_its_text() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    part = streamed("Some", ends=False)
    with writing([head + part, None]) as (server, client, generate, told):
        stopper = threading.Thread(target=lambda: (server.asked.get(), client.cancel(2)))
        stopper.start()
        take = generate().takes[0]
        stopper.join()
    assert take.finish_reason == "cancelled"
    assert take.text in ("", "Some")  # the cancel may be faster than the text
    assert text_of(told) == take.text


@pytest.mark.parametrize(
    ("given", "said", "kept"),
    [
        (answer(b"", 302, "Location: http://127.0.0.1:9/\r\n"), "another address", ""),
        (answer(b"", 401), "does not accept the key", ""),
        (
            answer(b'{"error": "out of memory"}', 500),
            r"failed \(500\)\. It says: out of memory",
            "",
        ),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "what came is no HTTP", ""),
        (answer(streamed("half", ends=False) + b"data: " + b"a" * 2**21), "in one piece", "half"),
        (answer(b'{"error": {"message": "no such thing"}}', 400), "no such thing", ""),
        (answer(b"data: garbage\n\n"), "not JSON", ""),
        (answer(b"data: []\n\n"), "not an answer", ""),
        (answer(b'data: {"choices": [{"index": 7}]}\n\n'), "not asked for", ""),
        (
            answer(b'data: {"error": {"message": "a\\u001b[2J\\ud800b"}}\n\n'),
            r"broke off: a \[2J b",
            "",
        ),
        (answer(b"\xff\xfe"), "not text", ""),
        (answer(streamed("half", ends=False)), "broke off", "half"),
        (answer(streamed("half", ends=False) + b"x")[:-1], "connection", "half"),
    ],
)
def test_trouble_is_a_sentence_and_what_came_is_kept(given: bytes, said: str, kept: str) -> None:
    with writing(given, answer(streamed("again"))) as (_server, _client, generate, told):
        with pytest.raises(LampblackError, match=said):
            generate()
        assert text_of(told) == kept
        assert generate().takes[0].text == "again"


def test_a_name_never_reaches_the_server_and_comes_back() -> None:
    back = answer(streamed("So [NA", "ME_", "1] and [NAME_9", "] left"))
    said = {"index": 0, "delta": {"content": "x"}, "finish_reason": "stop"}
    line = json.dumps({"choices": [said]})
    chatted = answer(f"data: {line}\n\ndata: [DONE]\n\n".encode())
    with writing(back, chatted, names=(CANARY,), masks=True) as (server, client, generate, told):
        done = generate(f"{CANARY}, a@b.example", stop=(f"{CANARY}!",))
        assert done.takes[0].text == text_of(told) == f"So {CANARY} and [NAME_9] left"
        with pytest.raises(ParameterError, match="grammar holds something that is masked"):
            generate(grammar=json.dumps({"const": CANARY}))
        turns = (
            ChatMessage(role="system", content=f"You know {CANARY}."),
            ChatMessage(role="user", content=f"Write to {CANARY} at a@b.example."),
        )
        chat = Generate(job=client.next_job(), messages=turns)
        client.run(chat, told.append)
        with suppress(LampblackError):  # this server cannot count; what it is asked counts here
            client.run(Count(job=client.next_job(), prompt=CANARY), told.append)
    assert len(server.bodies("/v1/chat/completions")) == 1
    sent = b"".join(server.received)
    escaped = json.dumps(CANARY)[1:-1].encode()
    assert b"[NAME_1]" in sent
    for canary in (CANARY.encode(), escaped, b"Oluwaseun", b"a@b.example"):
        assert canary not in sent


def test_what_the_server_cannot_be_told_is_refused_before_the_sending() -> None:
    with writing() as (server, _client, generate, told):
        with pytest.raises(ParameterError, match="mirostat"):
            generate(mirostat=2)
        assert not server.bodies("/v1/completions")
        model = next(event for event in told if isinstance(event, Loaded)).model
    assert any("runs on this machine" in note for note in model.notes)
    assert any("order" in note for note in model.notes)


def test_after_its_end_the_child_is_told_to_be_gone() -> None:
    with writing(answer(streamed("x"))) as (_server, client, generate, _told):
        assert client.host_pid
        client._drop_host()
        with pytest.raises(LampblackError, match="has ended"):
            generate()


def test_after_a_load_that_failed_nothing_is_written_with_the_model_before() -> None:
    with writing(answer(streamed("x"))) as (server, client, generate, told):
        load = Load(job=client.next_job(), path="another", engine="server")
        with pytest.raises(ModelNotFoundError, match="no model 'another'"):
            client.run(load, told.append)
        with pytest.raises(NoModelLoadedError):
            generate()
        assert not server.bodies("/v1/completions")


def test_a_writer_is_shown_what_would_be_sent_and_nothing_is() -> None:
    with writing(names=(CANARY,), masks=True) as (server, client, _generate, told):
        asked = Generate(job=client.next_job(), prompt=f"{CANARY} said", sampling=Sampling())
        shown = client.run(Preview(job=client.next_job(), asked=asked), told.append)
        listed = client.run(ListModels(job=client.next_job(), server=""), told.append)
        assert not server.bodies("/v1/completions")
    assert isinstance(shown, Previewed)
    ((placeholder, name),) = shown.replaced
    assert (shown.texts, name) == ((("", f"{placeholder} said"),), CANARY)
    assert shown.url == f"http://127.0.0.1:{server.port}/v1/completions"
    assert CANARY not in shown.fields
    assert isinstance(listed, ModelsListed)
    assert listed.names == ("m",)
