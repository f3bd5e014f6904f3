from __future__ import annotations

import asyncio
import contextlib
import gc
import math
import os
import re
import signal
import sys
import threading
import time
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import app.sdk as sdk
from app.core.errors import (
    EngineStoppedError,
    LampblackError,
    ModelCrashedError,
    ParameterError,
    UsageError,
)
from app.engine.client import EngineClient
from app.engine.messages import ScoreChoices
from app.sdk import TaskResult, asynchronous
from app.sdk.asynchronous import AsyncModel

README = Path(__file__).parents[2] / "README.md"


def test_wrong_parameters_and_messages_are_refused_before_anything_runs(fake_model):
    with fake_model() as model:
        with pytest.raises(ParameterError, match="temperatur"):
            model.stream("Once", temperatur=0.8)
        with pytest.raises(ParameterError, match="messages"):
            model.chat([{"role": "nobody", "content": "x"}])


def test_stream_and_generate_give_the_same_text(fake_model):
    with fake_model() as model:
        whole = model.generate("Once", max_tokens=3, seed=1)
        assert whole.text
        assert "".join(model.stream("Once", max_tokens=3, seed=1)) == whole.text


def test_a_stream_left_early_leaves_the_model_usable(fake_model):
    with fake_model(repeat=100_000, pause_s=0.001) as model:
        pieces = model.stream("Once")
        assert next(pieces)
        pieces.close()
        assert model.generate("Once", max_tokens=1).text


def test_classify_gives_every_label_a_probability(fake_model):
    with fake_model() as model:
        found = model.classify("A lovely book.", labels=["good", "bad"])
        assert set(found.probabilities) == {"good", "bad"}
        assert found.label == max(found.probabilities, key=found.probabilities.__getitem__)
        assert abs(sum(found.probabilities.values()) - 1) < 1e-6


def test_calls_in_a_loop_read_the_empty_text_once(fake_model, monkeypatch):
    asked = []
    run = EngineClient.run

    def noted(client, command, on_event):
        asked.append(command)
        return run(client, command, on_event)

    monkeypatch.setattr(EngineClient, "run", noted)
    with fake_model() as model:
        for text in ("A lovely book.", "A dull one.", "Another."):
            model.classify(text, labels=["good", "bad"])
        assert sum(isinstance(one, ScoreChoices) for one in asked) == 4
        list(model.batch("classify", ["And one more."], labels=["good", "bad"]))
        assert sum(isinstance(one, ScoreChoices) for one in asked) == 5


def test_a_classifier_needs_no_labels(fake_model):
    with fake_model(labels=("tea", "rain")) as model:
        found = model.classify("More rain, and rain again.")
        assert found.label == "rain"
        assert found.probabilities["tea"] == pytest.approx(1 / (1 + math.e**2))
        assert model.classify("Tea.", labels=["RAIN", "tea"]).probabilities.keys() == {
            "RAIN",
            "tea",
        }
        with pytest.raises(LampblackError, match="is a classifier"):
            model.generate("Once")
        with pytest.raises(LampblackError, match="is a classifier"):
            model.run("chat", "Hello")


def test_a_batch_is_in_order_and_an_error_stands_in_its_place(fake_model):
    with fake_model() as model:
        texts = [f"text {number}" for number in range(20)]
        found = list(model.batch("sentiment", [*texts, "", *texts], parallel=3))
        assert len(found) == 41
        assert isinstance(found[20], LampblackError)
        assert all(not isinstance(one, LampblackError) for one in found[:20] + found[21:])
        begun = model.batch("sentiment", iter(texts), parallel=2)
        assert next(begun)
        begun.close()


@pytest.mark.parametrize("parallel", [0, -1, 257, 2.0, "4", True, None])
def test_a_batch_with_an_odd_number_of_slots_is_refused_at_the_call(fake_model, parallel):
    with fake_model() as model:
        for face in (model, AsyncModel(model)):
            with pytest.raises(ParameterError, match="parallel is a whole number from 1 to 256"):
                face.batch("sentiment", iter(()), parallel=parallel)


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("sentimental", {}, UsageError),
        ("sentiment", {"language": "fr"}, ParameterError),
        ("translate", {}, ParameterError),
        ("sentiment", {"langauge": "fr"}, TypeError),
        ("chat", {"sampling": {"temperature": -1}}, ParameterError),
    ],
)
def test_what_no_text_of_a_batch_can_have_is_raised_once_at_the_call(
    fake_model, name, options, error
):
    with fake_model() as model:
        for face in (model, AsyncModel(model)):
            with pytest.raises(error):
                face.batch(name, iter(()), **options)


def test_a_batch_that_the_model_cannot_do_is_refused_at_the_call(fake_model):
    with fake_model(labels=("tea", "rain")) as model:
        for face in (model, AsyncModel(model)):
            with pytest.raises(LampblackError, match="is a classifier"):
                face.batch("chat", iter(()))


def both_faces(model, name, texts, **options):
    """What a batch gives, from either face."""

    async def awaited():
        return [one async for one in AsyncModel(model).batch(name, texts, **options)]

    return list(model.batch(name, texts, **options)), asyncio.run(awaited())


def test_a_text_that_ends_the_engine_fails_alone_and_the_model_is_loaded_again(fake_model):
    texts = ["fine"] * 6 + ["bad"] + ["fine"] * 6
    script = {"decode_fault": "abort", "replies": {"fine": ("ok",)}}
    with fake_model(**script) as model:
        for found in both_faces(model, "complete", texts, parallel=3):
            kinds = [isinstance(one, LampblackError) for one in found]
            assert kinds == [text == "bad" for text in texts]
            assert isinstance(found[6], ModelCrashedError)
        with pytest.raises(ModelCrashedError):
            model.run("complete", "bad")
        assert model.run("complete", "fine").value == {"text": "ok"}


class Text(str):
    """As NumPy and enums have their own."""


def test_any_kind_of_text_will_do_and_what_is_none_fails_alone(fake_model):
    word = Text("a b")
    with fake_model() as model:
        for found in both_faces(model, "score", [word, math.nan, None, "c d"]):
            assert [type(one) for one in found] == [
                TaskResult, ParameterError, ParameterError, TaskResult
            ]  # fmt: skip
            assert str(found[1]) == "A text was expected, not float."
        assert model.generate(word, max_tokens=1).text
        assert model.run("score", word).value
        assert model.score(word).tokens
        assert model.count(word) == len(model.tokenize(word)) == 2
        with pytest.raises(ParameterError, match="not bytes"):
            model.generate(b"Once")


def test_of_millions_of_texts_only_those_of_the_window_are_held(fake_model):
    read, given = 0, 0

    def texts():
        nonlocal read
        for read in range(1, 100_000_000):
            assert read - given <= 16 * 2 + 1
            yield f"text {read}"

    async def awaited(model):
        nonlocal read, given
        read = given = 0
        async with contextlib.aclosing(
            AsyncModel(model).batch("score", texts(), parallel=2)
        ) as all_:
            async for _one in all_:
                given += 1
                if given == 300:
                    break

    with fake_model() as model:
        begun = model.batch("score", texts(), parallel=2)
        for _one in begun:
            given += 1
            if given == 300:
                break
        begun.close()
        assert not model._client._runs
        asyncio.run(awaited(model))
        assert given == 300
        assert not model._client._runs


def test_a_batch_left_early_ends_what_runs_in_either_face(fake_model):
    async def left(model):
        async with contextlib.aclosing(
            AsyncModel(model).batch("complete", ["short", *["long"] * 20], parallel=3)
        ) as found:
            async for _one in found:
                break

    with fake_model(repeat=100_000, pause_s=0.01, replies={"short": ()}) as model:
        begun = model.batch("complete", ["short", *["long"] * 20], parallel=3)
        assert next(begun)
        begun.close()
        assert not model._client._runs
        asyncio.run(left(model))
        assert not model._client._runs
        assert next(model.batch("complete", ["short"]))


def test_a_cancelled_task_in_a_batch_ends_what_runs(fake_model):
    async def cancelled(model):
        async def read():
            async for _one in AsyncModel(model).batch("complete", ["long"] * 20, parallel=3):
                pass

        task = asyncio.ensure_future(read())
        while len(model._client._runs._runs) < 3:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with fake_model(repeat=100_000, pause_s=0.01) as model:
        asyncio.run(cancelled(model))
        assert not model._client._runs


def test_a_model_that_is_closed_meanwhile_ends_the_batch_with_its_error(fake_model):
    with fake_model(repeat=100_000, pause_s=0.01, replies={"short": ()}) as model:
        begun = model.batch("complete", ["short", *["long"] * 20], parallel=3)
        assert next(begun)
        model.close()
        with pytest.raises(EngineStoppedError):
            next(begun)


def test_a_call_that_waits_for_a_thread_leaves_at_once(fake_model, monkeypatch):
    """One more than are on their way at once."""
    monkeypatch.setattr(asynchronous, "_MOST_AT_ONCE", 2)

    async def all_of_it(model):
        running = [asyncio.ensure_future(model.generate("Once")) for _ in range(2)]
        queued = asyncio.ensure_future(model.generate("Twice"))
        await asyncio.sleep(0)
        queued.cancel()
        with pytest.raises(asyncio.CancelledError):
            await queued
        assert not any(one.done() for one in running)
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    with fake_model(repeat=100_000, pause_s=0.001) as model:
        asyncio.run(all_of_it(AsyncModel(model)))
        assert not model._client._runs


def test_tokens_and_probabilities(fake_model):
    with fake_model() as model:
        assert model.count("one two three") == len(model.tokenize("one two three")) == 3
        assert model.detokenize([5, 6]) == "5 6"
        assert model.score("a b c d").perplexity == pytest.approx(2.0)


def test_several_streams_go_on_side_by_side(fake_model):
    with fake_model(repeat=1000, pause_s=0.001) as model:
        with model.stream("One") as one, model.stream("Two") as two:
            for _ in range(3):
                assert next(one)
                assert next(two)
        assert not list(one)


def test_a_cancelled_task_stops_its_job(fake_model):
    async def cancelled(model: AsyncModel) -> None:
        task = asyncio.ensure_future(model.generate("Once"))
        async for _piece in model.stream("Once"):
            break
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await model.generate("Once", max_tokens=2)).text

    with fake_model(repeat=100_000, pause_s=0.001) as model:
        asyncio.run(cancelled(AsyncModel(model)))


def test_the_readmes_examples_run(starter_home, monkeypatch, capsys):
    """As they stand there, on the starter model."""
    monkeypatch.setitem(sys.modules, "lampblack", sdk)
    part = README.read_text("utf-8").split("## From Python")[1].split("\n## ")[0]
    blocks = re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "README.md", "exec"), types.ModuleType("example").__dict__)
        assert len(capsys.readouterr().out) > 20
    assert len(sdk.models()) == 1


def test_the_end_of_a_batch_leaves_others_alone(fake_model):
    with fake_model(repeat=300, pause_s=0.002) as model, ThreadPoolExecutor() as pool:
        other = pool.submit(model.run, "complete", "A long text.")
        assert len(list(model.batch("sentiment", ["a b", "c d"], parallel=2))) == 2
        assert other.result().finish_reason != "cancelled"


def test_a_stream_that_is_dropped_ends_its_job(fake_model):
    with fake_model(repeat=100_000, pause_s=0.001) as model:
        for _piece in model.stream("Once", max_tokens=1_000_000):
            break
        gc.collect()
        wait_until(lambda: not model._client._runs)


def test_a_cancelled_task_of_the_table_stops_its_job(fake_model):
    async def cancelled(model: AsyncModel) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(model.run("complete", "A long text."), 0.3)

    with fake_model(repeat=100_000, pause_s=0.001) as model:
        asyncio.run(cancelled(AsyncModel(model)))
        assert not model._client._runs


def test_a_model_is_opened_with_and_without_with_and_closed_twice(starter_home):
    model = sdk.open("starter", context=512)
    assert repr(model).startswith("<Model SmolLM2")
    assert model.generate("Once", max_tokens=1).text
    host = model._engine.host_pid
    assert host is not None
    model.close()
    model.close()
    assert repr(model) == "<Model, closed>"
    assert not Path("/proc", str(host)).exists()
    with pytest.raises(EngineStoppedError, match="The model is closed"):
        model.generate("Once")
    with pytest.raises(EngineStoppedError, match="The model is closed"):
        list(model.batch("sentiment", ["a"]))


def test_a_model_that_is_dropped_ends_its_engine_but_not_under_a_stream(starter_home):
    pieces = sdk.open("starter", context=512).stream("Once", max_tokens=3)
    gc.collect()
    host = pieces._prepared._client.host_pid
    assert "".join(pieces)
    del pieces
    gc.collect()
    wait_until(lambda: not Path("/proc", str(host)).exists())


def test_ctrl_c_stops_the_job_wherever_it_waits(fake_model):
    """A notebook keeps the traceback, and with it all that the cell's frames hold."""
    kept = []

    def interrupted(model, work):
        with pytest.raises(KeyboardInterrupt) as caught:
            work(model)
        kept.append(caught)
        wait_until(lambda: not model._client._runs)
        assert model.generate("Once", max_tokens=1).text

    with fake_model(repeat=100_000, pause_s=0.001) as model:
        interrupted(model, lambda model: model.generate("Once", progress=interrupt_at_reading))
        interrupted(model, lambda model: read(model.stream("Once", max_tokens=1_000_000)))
        interrupted(model, lambda model: read(model.batch("complete", ["a b"] * 9, parallel=2)))


def interrupt_at_reading(_fraction: float, _what: str) -> None:
    interrupt()


def read(pieces):
    """All of it, with Ctrl+C while the next one is waited for."""
    timer = threading.Timer(0.2, interrupt)
    timer.start()
    try:
        for _piece in pieces:
            pass
    finally:
        timer.cancel()
        timer.join()


def interrupt():
    signal.raise_signal(signal.SIGINT) if in_main() else os.kill(os.getpid(), signal.SIGINT)


def in_main() -> bool:
    return threading.current_thread() is threading.main_thread()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_is_told_and_leaves_the_engine_alone(fake_model):
    with fake_model() as model:
        child = os.fork()
        if not child:
            try:
                model.generate("Once")
            except UsageError:
                model.close()  # its own exit would do the same
                os._exit(7)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        assert model.generate("Once", max_tokens=1).text


def test_the_sync_face_works_where_a_loop_runs_already(fake_model):
    """As in a notebook's cell."""

    async def cell(model):
        return model.generate("Once", max_tokens=2).text, "".join(model.stream("A", max_tokens=2))

    with fake_model() as model:
        assert all(asyncio.run(cell(model)))


def test_a_result_shows_its_text(fake_model):
    with fake_model() as model:
        found = model.generate("Once", max_tokens=3, seed=5, n=2)
        assert str(found) == found.text
        assert repr(found) == f"<Generation ({found.finish_reason}): {found.text!r}, first of 2>"
        assert repr(model.score("a b c")) == "<Judgement of 3 tokens: perplexity 2>"


def test_the_async_face_has_batches_and_closes(fake_model):
    async def all_of_it(model: AsyncModel) -> None:
        async with model:
            found = [one async for one in model.batch("sentiment", ["a b", "", "c d"])]
            assert [isinstance(one, LampblackError) for one in found] == [False, True, False]
            assert len(await model.tokenize("7 8")) == await model.count("7 8") == 2
            assert await model.detokenize([7, 8]) == "7 8"
            many = (model.generate("Once", max_tokens=2) for _ in range(40))
            assert len(await asyncio.gather(*many)) == 40
        with pytest.raises(EngineStoppedError):
            await model.count("a")

    with fake_model() as model:
        asyncio.run(all_of_it(AsyncModel(model)))


def test_an_async_model_can_be_awaited(starter_home):
    async def cell() -> str:
        model = await sdk.open_async("starter", context=512)
        try:
            return (await model.generate("Once", max_tokens=1)).text
        finally:
            await model.close()

    assert asyncio.run(cell())


def wait_until(condition):
    """What happens in another thread has no event of its own here."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)
