"""The queue, and what becomes of a job whose client leaves."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.engine.messages import ModelInfo
from app.engine.service_messages import ModelState, ServiceLimits
from app.host.fake import Script
from tests.server.conftest import PROMPT, Running

Start = Callable[..., Running]
SLOW = Script(words=("w ",), repeat=100_000, pause_s=0.01)
ONE = ServiceLimits(parallel=1, queue=1, max_tokens=100_000)


def test_a_queued_client_that_leaves_touches_nobody(service: Start) -> None:
    one = service(SLOW, ONE)
    with one.begin(stream=True) as running:
        assert running.recv(10)
        with one.begin():
            while one.ask("POST", "/v1/completions", PROMPT | {"max_tokens": 1})[0] != 429:
                one.seen.get(timeout=20)  # until it stands in the line, which is full then
        assert running.recv(10)
    assert {one.seen.get(timeout=20).status for _ in range(3)} == {429, 499}


def test_the_queue_has_a_length(service: Start) -> None:
    one = service(SLOW, ServiceLimits(parallel=1, queue=0, max_tokens=100_000))
    with one.begin(stream=True) as running:
        assert running.recv(10)
        status, headers, body = one.ask("POST", "/v1/completions", PROMPT)
        assert (status, headers["retry-after"]) == (429, "2")
        assert "queue" in json.loads(body)["error"]["message"]
        assert running.recv(10)


def test_a_client_that_leaves_frees_the_engine(service: Start) -> None:
    """Streamed or not, while it writes and while the prompt is read; the host is the same after."""
    for script in (SLOW, Script(words=("w ",), steps=50, step_s=0.02)):
        one = service(script, ONE)
        host = one.client.host_pid
        for stream in (True, False):
            with one.begin(stream=stream) as raw:
                if stream and script is SLOW:
                    assert raw.recv(10)
            assert one.seen.get(timeout=20).status == 499
            assert one.ask("POST", "/v1/completions", PROMPT | {"max_tokens": 1})[0] == 200
            assert one.seen.get(timeout=20).status == 200
        assert one.client.host_pid == host


def test_several_are_answered_side_by_side(service: Start) -> None:
    one = service(SLOW, ServiceLimits(parallel=3, max_tokens=100_000))
    with one.begin(stream=True) as a, one.begin(stream=True) as b, one.begin(stream=True) as c:
        for raw in (a, b, c, a, b, c):
            assert raw.recv(10)
        assert one.ask("POST", "/tokenize", {"content": "a b"})[0] == 200
        assert busy(one) == 3
    for _ in range(3):
        while one.seen.get(timeout=20).status != 499:
            pass
    while busy(one):  # until the engine has ended what was left
        one.seen.get(timeout=20)


def busy(one: Running) -> int:
    """How many jobs the service says that its engine has."""
    status, _, body = one.ask("GET", "/slots")
    assert status == 200
    return sum(slot["is_processing"] for slot in json.loads(body))


def test_while_a_model_loads_a_client_is_told_to_come_again(service: Start) -> None:
    one = service()
    one.tell(ModelState(is_loading=True))
    for method, path in (("POST", "/v1/completions"), ("GET", "/health")):
        status, headers, _ = one.ask(method, path, PROMPT if method == "POST" else None)
        assert (status, headers["retry-after"]) == (503, "2")
    one.tell(ModelState(model=ModelInfo(name="x", path="x", engine="fake")))
    assert one.ask("GET", "/health")[0] == 200


def test_a_job_is_cut_short_at_the_time_limit(service: Start) -> None:
    one = service(SLOW, ServiceLimits(max_seconds=2, max_tokens=100_000))
    status, _, body = one.ask("POST", "/v1/completions", PROMPT)
    choice = json.loads(body)["choices"][0]
    assert (status, choice["finish_reason"]) == (200, "length")
    assert "w " in choice["text"]


def test_an_engine_that_dies_is_an_answer_and_comes_back(service: Start) -> None:
    one = service(Script(words=("a ", "b ", "c "), decode_fault="abort", fault_after=2))
    status, _, body = one.ask("POST", "/v1/completions", PROMPT)
    assert (status, json.loads(body)["error"]["code"]) == (500, "model_crashed")
    assert one.ask("POST", "/v1/completions", PROMPT | {"max_tokens": 1})[0] == 200


def test_a_child_that_dies_ends_its_jobs(service: Start) -> None:
    one = service(SLOW, ONE)
    with one.begin(stream=True) as raw:
        assert raw.recv(10)
        one.service._child.kill()
        assert one.service.ended.wait(10)
    one.service.close()
    assert not one.service._numbers


def test_the_prompts_of_a_request_are_written_side_by_side(service: Start) -> None:
    """In one batch, each with its index; and the client that leaves ends them all."""
    one = service(SLOW, ServiceLimits(parallel=3, max_tokens=100_000))
    for path in ("/v1/completions", "/completion"):
        with one.begin(path=path, prompt=["a", "b", "c"], stream=True) as raw:
            seen: set[int] = set()
            with raw.makefile("r") as lines:
                while len(seen) < 3:
                    seen |= {int(found) for found in re.findall(r'"index":(\d)', next(lines))}
        assert one.seen.get(timeout=20).status == 499
        assert (
            one.ask("POST", path, PROMPT | {"prompt": ["a", "b", "c"], "max_tokens": 1})[0] == 200
        )
        assert one.seen.get(timeout=20).status == 200
    with one.begin(prompt=["a", "b", "c"]):
        pass
    assert one.seen.get(timeout=20).status == 499
    assert one.ask("POST", "/v1/completions", PROMPT | {"max_tokens": 1})[0] == 200


def test_a_request_of_many_prompts_has_one_place_in_the_line(service: Start) -> None:
    """Its parts wait for each other, also where nobody else may wait."""
    one = service(SLOW, ServiceLimits(parallel=2, queue=0, max_tokens=100_000))
    asked = PROMPT | {"prompt": ["a", "b", [1, 2, 3]], "n": 2, "max_tokens": 3}
    with one.begin(stream=True) as running:
        assert running.recv(10)
        status, _, body = one.ask("POST", "/v1/completions", asked)
        assert running.recv(10)
    found = json.loads(body)
    assert status == 200
    assert [choice["index"] for choice in found["choices"]] == [*range(6)]
    assert found["usage"]["completion_tokens"] == 6 * 3


def test_the_parts_of_a_request_leave_the_line_to_others(service: Start) -> None:
    """Two of its parts wait, in one place; who comes next has the other, and a turn before most."""
    one = service(SLOW, ServiceLimits(parallel=3, queue=2, max_tokens=100_000))
    with one.begin(stream=True) as first, one.begin(stream=True) as second:
        assert first.recv(10)
        assert second.recv(10)
        with one.begin(prompt=["a"] * 32, stream=True) as many:
            assert many.recv(10)
            with one.begin(max_tokens=1) as newcomer:
                assert one.ask("POST", "/v1/completions", PROMPT)[0] == 429
                first.close()
                second.close()
                assert newcomer.recv(15) == b"HTTP/1.1 200 OK"
                assert many.recv(10)


def test_what_is_tokenized_first_gives_no_place_in_the_line(service: Start) -> None:
    one = service(SLOW, ServiceLimits(parallel=1, queue=0, max_tokens=100_000))
    with one.begin(stream=True) as running:
        assert running.recv(10)
        asked = PROMPT | {"prompt": [1, 2, 3], "max_tokens": 1, "echo": True}
        assert one.ask("POST", "/v1/completions", asked)[0] == 429
        assert running.recv(10)


def test_a_request_has_a_most_of_answers(service: Start) -> None:
    one = service()
    status, _, body = one.ask("POST", "/v1/completions", PROMPT | {"prompt": ["a"] * 33, "n": 8})
    assert (status, json.loads(body)["error"]["param"]) == (400, "n")


def test_a_text_is_looked_at_and_stopped_by_its_key(service: Start) -> None:
    """As KoboldCpp's clients do: one that is written, and one that waits for its turn."""
    one = service(SLOW, ServiceLimits(parallel=1, max_tokens=100_000))
    generate, extra = "/api/v1/generate", "/api/extra/"

    def result(path: str, key: str = "", **more: object) -> tuple[str, str]:
        body = {"prompt": "Once", "max_length": 50_000, "genkey": key, **more}
        status, _, content = one.ask("POST", path, body)
        assert status == 200
        (found,) = json.loads(content)["results"]
        return found["text"], found.get("finish_reason", "")

    def told(path: str, body: object = None) -> object:
        status, _, content = one.ask("POST", extra + path, body)
        assert status == 200
        return json.loads(content)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(result, generate, "first")
        while not (begun := result(extra + "generate/check", "first")[0]):
            assert not first.done()
        waiting = pool.submit(result, generate)
        while told("abort") != {"success": "true", "done": "true"}:
            assert not waiting.done()  # until it is there, without a key
        assert result(extra + "generate/check", "other")[0] == ""
        assert told("abort", {"genkey": "other"}) == {"success": "false", "done": "true"}
        assert not first.done()
        assert told("abort", {"genkey": "first"}) == {"success": "true", "done": "true"}
        text, reason = first.result(20)
        assert text.startswith(begun)
        assert reason == "length"
        assert waiting.result(20) == ("", "length")
    stream = one.begin(path=extra + "generate/stream", max_tokens=50_000, genkey="x")
    with stream as raw, raw.makefile("r") as lines:
        while not next(lines).startswith("data: "):
            pass
        assert told("abort", {"genkey": "x"}) == {"success": "true", "done": "true"}
        *_, last = [line for line in lines if line.startswith("data: ")]
        assert json.loads(last[6:]) == {"token": "", "finish_reason": "length"}
    assert one.ask("POST", "/v1/completions", PROMPT | {"max_tokens": 1})[0] == 200


def test_all_prompts_of_a_request_share_its_time(service: Start) -> None:
    one = service(SLOW, ServiceLimits(max_seconds=1, max_tokens=100_000))
    status, _, body = one.ask("POST", "/v1/completions", PROMPT | {"prompt": ["a", "b", "c"]})
    assert (status, json.loads(body)["error"]["code"]) == (504, "time_limit")
    assert one.seen.get(timeout=20).seconds < 2


def test_the_window_is_not_kept_waiting_by_an_exact_text(service: Start) -> None:
    one = service()
    one.service._background = True
    status, _, body = one.ask("POST", "/v1/completions", PROMPT | {"exact": True})
    assert (status, "alone" in json.loads(body)["error"]["message"]) == (400, True)


@pytest.mark.skipif(sys.platform == "win32", reason="its pipes do not say whether there is room")
def test_what_is_small_is_written_without_waking_a_thread(
    service: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Queue:
        def __init__(self) -> None:
            self.items: list[bytes | None] = []
            self.put = self.items.append

    one, queued = service(Script(words=("a ", "b ", "c "))), Queue()
    with monkeypatch.context() as patched:
        patched.setattr(one.service, "_down", queued)
        assert one.ask("POST", "/v1/completions", PROMPT | {"max_tokens": 3})[0] == 200
    assert not queued.items


def test_large_and_small_parts_of_a_text_keep_their_order(service: Start) -> None:
    words = ("a" * 20_000, "b ", "c " * 3_000, "d ")
    one = service(Script(words=words))
    status, _, body = one.ask("POST", "/v1/completions", PROMPT | {"stream": True})
    events = [line[6:] for line in body.splitlines() if line.startswith(b"data: {")]
    texts = [json.loads(event)["choices"][0]["text"] for event in events]
    assert (status, "".join(texts)) == (200, "".join(words))
