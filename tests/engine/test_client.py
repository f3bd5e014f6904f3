from __future__ import annotations

import os
import threading
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    ModelNotFoundError,
    NoModelLoadedError,
    ParameterError,
    PromptTooLongError,
)
from app.core.options.sampling import Sampling
from app.core.training.giving_way import is_written
from app.engine.client import EngineClient
from app.engine.messages import (
    Count,
    Describe,
    Done,
    Hello,
    Load,
    Loaded,
    Loading,
    Prefill,
    Tokens,
    Unload,
)
from tests.engine.conftest import Driver


def test_a_generation_tells_everything_in_order(driver, listener, script_file):
    loaded = driver.load(script_file())
    assert isinstance(loaded, Loaded)
    assert driver.client.model == loaded.model
    done = driver.generate(prompt="a b c", n=2)
    assert [take.text for take in done.takes] == ["One two three.", "2One 2two 2three."]
    kinds = [type(event) for event in listener.events]
    assert kinds[0] is Hello
    assert kinds.index(Loading) < kinds.index(Prefill) < kinds.index(Tokens)
    assert listener.text(done.job) == "One two three."
    assert done.stats.prompt_tokens == 3


def test_the_host_is_off_the_network(driver):
    described = driver.client.run(Describe(job=driver.client.next_job()), driver.listener)
    assert described.network_denied == "kernel"
    assert {report.engine for report in described.engines} == {"llama.cpp", "torch"}
    assert driver.client.host_pid is None, "it is full of every engine's library"


def test_a_host_with_a_model_stays_as_it_is_when_the_engines_are_described(driver, script_file):
    driver.load(script_file())
    pid = driver.client.host_pid
    driver.client.run(Describe(job=driver.client.next_job()), driver.listener)
    assert driver.client.host_pid == pid
    assert driver.generate(prompt="x").takes[0].text == "One two three."


def test_the_host_sees_little_of_the_environment_and_dumps_no_core(
    driver, script_file, monkeypatch
):
    monkeypatch.setenv("API_SECRET", "hunter2")
    driver.load(script_file())
    host = psutil.Process(driver.client.host_pid)
    seen = host.environ()
    assert "API_SECRET" not in seen
    assert seen["HF_HUB_OFFLINE"] == "1"
    assert host.rlimit(psutil.RLIMIT_CORE) == (0, 0)


def test_nothing_can_be_written_without_a_model(driver):
    with pytest.raises(NoModelLoadedError):
        driver.generate(prompt="x")


def test_unload_forgets_the_model(driver, script_file):
    driver.load(script_file())
    driver.client.run(Unload(job=driver.client.next_job()), driver.listener)
    assert driver.client.model is None
    with pytest.raises(NoModelLoadedError):
        driver.generate(prompt="x")


def test_count(driver, script_file):
    driver.load(script_file())
    counted = driver.client.run(Count(job=driver.client.next_job(), prompt="a b"), driver.listener)
    assert counted.tokens == 2


def test_an_engine_error_keeps_its_kind(driver, script_file):
    driver.load(script_file(decode_fault="fail", failure="prompt_too_long"))
    with pytest.raises(PromptTooLongError, match="The script says so"):
        driver.generate(prompt="x")
    assert driver.client.host_pid, "an error is no reason to end the host"


def test_parameters_out_of_limits_are_refused_by_the_host_too(driver, script_file):
    driver.load(script_file())
    with pytest.raises(Exception, match="Temperature"):
        driver.generate(prompt="x", sampling=Sampling(temperature=9.0))
    with pytest.raises(ParameterError):
        driver.generate(prompt="x", n=99)


def test_a_missing_file_never_reaches_the_host(driver, tmp_path):
    with pytest.raises(ModelNotFoundError):
        driver.load(tmp_path / "nothing.gguf", engine="llama.cpp")
    assert driver.client.host_pid is None


@pytest.mark.parametrize("phase", [Loading, Prefill, Tokens])
def test_cancel_in_each_phase_is_obeyed(driver, listener, script_file, phase):
    """The host answers by itself: it is the same process afterwards."""
    slow = {"step_s": 0.02, "steps": 20, "pause_s": 0.02, "repeat": 50}
    if phase is not Loading:
        driver.load(script_file(**slow))
    job = driver.client.next_job() + 1
    listener.hook = lambda event: isinstance(event, phase) and driver.client.cancel(job)
    if phase is Loading:
        with pytest.raises(CancelledError):
            driver.load(script_file(**slow))
        assert driver.client.host_pid
        return
    pid = driver.client.host_pid
    done = driver.generate(prompt="a b")
    assert done.takes[0].finish_reason == "cancelled"
    assert done.takes[0].text == listener.text(done.job)
    assert driver.client.host_pid == pid


def test_a_cancel_before_the_job_began_still_counts(driver, script_file):
    driver.load(script_file(repeat=1000, pause_s=0.01))
    job = driver.client.next_job() + 1
    driver.client.cancel(job)
    assert driver.generate(prompt="x").takes[0].finish_reason == "cancelled"
    assert driver.client.model is not None


def test_a_cancel_that_is_not_obeyed_ends_the_host_and_keeps_the_text(
    driver, listener, script_file
):
    driver.load(script_file(decode_fault="hang", fault_after=2))
    pid = driver.client.host_pid
    job = driver.client.next_job() + 1
    listener.hook = lambda event: (
        isinstance(event, Tokens) and event.text == "two " and driver.client.cancel(job)
    )
    done = driver.generate(prompt="x")
    assert isinstance(done, Done)
    assert (done.takes[0].text, done.takes[0].finish_reason) == ("One two ", "cancelled")
    assert not psutil.pid_exists(pid)
    assert driver.client.needs_recovery
    driver.client.recover(driver.client.next_job(), listener)
    assert driver.client.model is not None
    assert driver.client.host_pid not in (None, pid)


def test_closing_while_a_job_hangs_returns_at_once(driver, listener, script_file):
    driver.load(script_file(decode_fault="hang"))
    problems: list[BaseException] = []
    begun = threading.Event()
    listener.hook = lambda event: isinstance(event, Tokens) and begun.set()

    def write() -> None:
        try:
            driver.generate(prompt="x")
        except EngineStoppedError as error:
            problems.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(20)
    driver.client.close()
    thread.join(20)
    assert not thread.is_alive()
    assert len(problems) == 1


def test_a_prompt_far_larger_than_a_pipe_arrives(driver, script_file):
    driver.load(script_file())
    done = driver.generate(prompt="word " * 400_000)
    assert done.stats.prompt_tokens == 400_000


def test_loading_another_model_replaces_the_first(driver, script_file):
    driver.load(script_file("first.json"))
    driver.load(script_file("second.json", words=("Other.",)))
    assert driver.client.model.name == "second"
    assert driver.generate(prompt="x").takes[0].text == "Other."


def test_load_is_plain_data():
    assert Load(job=1, path=os.fspath("x"), engine="fake").options.context == 0


@pytest.mark.parametrize(
    "fields",
    [{"prompt": "half \ud800"}, {"n": 10**30}, {"sampling": Sampling(stop=("\udfff",))}],
)
def test_what_cannot_be_written_down_is_a_sentence(driver, script_file, fields):
    driver.load(script_file())
    with pytest.raises(ParameterError) as caught:
        driver.generate(**fields)
    assert caught.value.message.endswith(".")
    assert driver.generate(prompt="x").takes[0].text == "One two three."


def test_a_path_that_cannot_be_written_down_leaves_the_model_loaded(driver, script_file):
    driver.load(script_file())
    with pytest.raises(ParameterError):
        driver.load(Path("odd\udcff.json"))
    assert driver.client.model is not None
    assert driver.generate(prompt="x").takes[0].text == "One two three."


@pytest.mark.parametrize("fields", [{"n": 0}, {"n": 17}, {"probabilities": -1}])
@pytest.mark.parametrize("more", [{}, {"probabilities": 1001}])
def test_counts_out_of_limits_are_refused_by_the_host(driver, script_file, fields, more):
    driver.load(script_file())
    with pytest.raises(ParameterError):
        driver.generate(prompt="x", **(fields | more))


@pytest.mark.parametrize("is_aside", [False, True])
def test_trainings_see_a_text_that_is_written_unless_it_is_aside(
    tmp_path, listener, script_file, is_aside
):
    cache = tmp_path / "cache"
    seen: list[bool] = []
    listener.hook = lambda event: (
        seen.append(is_written(cache)) if isinstance(event, Tokens) else None
    )
    with closing(EngineClient(cancel_s=0.3, cache=cache)) as client:
        driver = Driver(client, listener)
        driver.load(script_file())
        assert not is_written(cache)
        driver.generate(prompt="a b c", background=is_aside)
        assert not is_written(cache)
    assert set(seen) == {not is_aside}
