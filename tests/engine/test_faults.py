"""What may go wrong with a host, one by one: the client says so, keeps the text and goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

from app.core.errors import EngineStoppedError, ModelCrashedError, ProtocolError
from app.engine.messages import PROTOCOL_VERSION, HostDied, Loading, Prefill, Tokens

HELLO = (
    "import sys, os\n"
    "from app.engine.codec import frame\n"
    "from app.engine.messages import *\n"
    "def say(m): sys.stdout.buffer.write(frame(encode(m))); sys.stdout.buffer.flush()\n"
)


@pytest.mark.parametrize("phase", [Loading, Prefill, Tokens])
def test_kill_in_each_phase(driver, listener, script_file, phase):
    slow = {"step_s": 0.02, "steps": 20, "pause_s": 0.02, "repeat": 50}
    path = script_file(**slow)
    if phase is not Loading:
        driver.load(path)

    def kill(event: object) -> None:
        if isinstance(event, phase):
            listener.hook = lambda event: None
            os.kill(driver.client.host_pid, signal.SIGKILL)

    listener.hook = kill
    with pytest.raises(ModelCrashedError, match="SIGKILL") as caught:
        driver.load(path) if phase is Loading else driver.generate(prompt="x")
    assert "fake" in caught.value.message
    assert caught.value.hint
    assert any(isinstance(event, HostDied) for event in listener.events)
    if phase is Loading:
        driver.load(path)
    assert driver.generate(prompt="x", n=1).takes[0].text.startswith("One two")


def test_a_file_that_makes_the_engine_abort_is_named_and_not_tried_again(driver, script_file):
    with pytest.raises(ModelCrashedError, match=r"SIGABRT.*loaded cursed\.json"):
        driver.load(script_file("cursed.json", load_fault="abort"))
    assert not driver.client.needs_recovery
    driver.load(script_file())
    assert driver.generate(prompt="x").takes[0].text == "One two three."


def test_a_crash_while_writing_restarts_and_reloads_at_the_next_command(
    driver, listener, script_file
):
    path = script_file(decode_fault="exit", fault_after=2)
    driver.load(path)
    with pytest.raises(ModelCrashedError, match="ended with code 3"):
        driver.generate(prompt="x")
    assert driver.client.model is None
    script_file()  # the same file, cured
    listener.events.clear()
    assert driver.generate(prompt="x").takes[0].text == "One two three."
    assert any(isinstance(event, Loading) for event in listener.events)


def test_a_library_that_prints_does_not_corrupt_the_protocol(driver, script_file):
    driver.load(script_file(decode_fault="print", prefill_fault="print", load_fault="print"))
    assert driver.generate(prompt="x").takes[0].text == "One two three."


def test_the_end_of_the_log_comes_with_the_death(driver, listener, script_file):
    with pytest.raises(ModelCrashedError):
        driver.load(script_file(load_fault="abort"))
    died = next(event for event in listener.events if isinstance(event, HostDied))
    assert died.code == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in died.log_tail


def test_a_flood_can_be_stopped_and_costs_little_memory(driver, listener, script_file):
    driver.load(script_file(decode_fault="flood"))
    job = driver.client.next_job() + 1
    seen = 0

    def count(event: object) -> None:
        nonlocal seen
        seen += isinstance(event, Tokens)
        listener.events.clear()
        if seen == 5000:
            driver.client.cancel(job)

    listener.hook = count
    done = driver.generate(prompt="x")
    assert done.takes[0].finish_reason == "cancelled"
    assert driver.client.host_pid is None


def test_garbage_on_the_stream_is_an_error_and_ends_the_host(driver_of):
    driver = driver_of("print('a library says hello'); input()")
    with pytest.raises(ProtocolError, match="not a message"):
        driver.generate(prompt="x")
    assert driver.client.host_pid is None


def test_garbage_in_the_middle_of_a_job(driver_of, script_file):
    program = HELLO + (
        "say(Hello(version=PROTOCOL_VERSION, pid=1)); sys.stdin.buffer.read(4)\n"
        "sys.stdout.write('oops, a stray print'); sys.stdout.flush(); sys.stdin.buffer.read()\n"
    )
    driver = driver_of(program)
    with pytest.raises(ProtocolError, match="Your text is safe"):
        driver.load(script_file())


def test_a_frame_that_is_no_event(driver_of, script_file):
    program = HELLO + (
        "say(Hello(version=PROTOCOL_VERSION, pid=1)); sys.stdin.buffer.read(4)\n"
        "sys.stdout.buffer.write(frame(b'\\x01')); sys.stdout.flush(); sys.stdin.buffer.read()\n"
    )
    with pytest.raises(ProtocolError, match="could not be understood"):
        driver_of(program).load(script_file())


def test_a_host_of_another_version_is_refused(driver_of, script_file):
    program = HELLO + "say(Hello(version=PROTOCOL_VERSION + 1, pid=1)); sys.stdin.buffer.read()\n"
    driver = driver_of(program)
    with pytest.raises(ProtocolError, match=f"program version {PROTOCOL_VERSION}"):
        driver.load(script_file())
    assert driver.client.host_pid is None


def test_a_host_that_ends_before_it_is_ready(driver_of, script_file):
    driver = driver_of("import sys; sys.stderr.write('no such module\\n'); sys.exit(4)")
    with pytest.raises(ModelCrashedError, match="ended with code 4 before it was ready"):
        driver.load(script_file())


def test_a_host_that_cannot_be_started(listener, script_file, tmp_path):
    from app.engine.client import EngineClient
    from app.engine.messages import Load

    client = EngineClient([str(tmp_path / "no-such-program")])
    with pytest.raises(EngineStoppedError, match="could not be started"):
        client.run(Load(job=1, path=str(script_file()), engine="fake"), listener)
    client.close()


def test_answers_to_other_jobs_are_ignored(driver_of, script_file):
    program = HELLO + (
        "say(Hello(version=PROTOCOL_VERSION, pid=1)); sys.stdin.buffer.read(4)\n"
        "say(Failed(job=99, kind='error', message='old'))\n"
        "say(Loaded(job=1, seconds=1.0, model=ModelInfo(name='m', path='p', engine='fake')))\n"
        "sys.stdin.buffer.read()\n"
    )
    assert driver_of(program).load(script_file()).model.name == "m"


def test_no_orphan_when_the_app_is_killed(script_file):
    """The host leaves by itself when the other end of its pipe is gone, even in mid-work."""
    path = script_file(repeat=100_000, pause_s=0.01)
    program = (
        "import sys\n"
        "from app.engine.client import EngineClient\n"
        "from app.engine.messages import *\n"
        "client = EngineClient()\n"
        f"client.run(Load(job=1, path={str(path)!r}, engine='fake'), lambda e: None)\n"
        "def tell(event):\n"
        "    if isinstance(event, Tokens): print(client.host_pid, flush=True)\n"
        "client.run(Generate(job=2, prompt='x'), tell)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as app:
        assert app.stdout is not None
        host = psutil.Process(int(app.stdout.readline()))
        app.kill()
    gone, alive = psutil.wait_procs([host], timeout=10)
    assert gone
    assert not alive


def test_a_host_refuses_nonsense_from_the_app():
    from app.core.system.processes import program_command

    with subprocess.Popen(
        program_command("engine-host"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as host:
        _, log = host.communicate(b"GET / HTTP/1.1\r\n\r\n", timeout=30)
    assert host.returncode == 2
    assert b"not a command" in log
