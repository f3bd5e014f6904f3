from __future__ import annotations

import asyncio
import gc
import math
import re
import sys
import threading
import time
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import app.sdk as sdk
from app.core.errors import LampblackError, ParameterError
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


def wait_until(condition):
    """What happens in another thread has no event of its own here."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)
