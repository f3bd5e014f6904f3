"""The word `selftest`: what it says and how it ends, without a model or a window."""

from __future__ import annotations

import json
import signal
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.cli.selftest import run as run_module, table as table_module
from app.cli.selftest.home import SelftestHome, is_unseen
from app.cli.selftest.report import CannotTryError
from app.cli.selftest.run import try_program
from app.cli.selftest.steps import Selftest
from app.cli.selftest.table import STEPS, SelftestStep
from app.core.errors import LampblackError


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has the word run other steps."""

    def set_steps(*steps: SelftestStep) -> None:
        monkeypatch.setattr(table_module, "STEPS", steps)
        monkeypatch.setattr(run_module, "try_program", partial(try_program, steps=steps))

    return set_steps


def step(name: str, work: Any, **more: Any) -> SelftestStep:
    return SelftestStep(name=name, title=f"try {name}", run=work, **more)


def fail(error: BaseException) -> Any:
    def work(_selftest: Selftest) -> str:
        raise error

    return work


def test_without_the_starter_it_says_how_to_get_it(run: Any, temporary: Path) -> None:
    done = run("selftest")
    assert (done.code, done.err) == (1, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("passed")
    assert lines[1].startswith("failed")
    assert all(line.startswith("not run") for line in lines[2:-2])
    assert lines[-2:] == [
        "The self-test failed at the step starter: The starter model is not on this machine.",
        "Get it with: lampblack models get starter",
    ]
    assert list(temporary.iterdir()) == []


def test_where_no_temporary_folder_can_be_made(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null")
    done = run("selftest", "--json")
    found = json.loads(done.out)
    assert (done.code, done.err) == (1, "")
    assert (found["failed"], found["passed"]) == ("home", False)
    assert found["problem"] == "No temporary folder could be made: not a directory."
    assert found["remedy"] == "Set TMPDIR to a folder that can be written to."
    assert {one["state"] for one in found["steps"][1:]} == {"not run"}


def test_a_table_and_a_sum(run: Any, steps: Any) -> None:
    steps(
        step("first", lambda _selftest: "well"),
        step("second", fail(CannotTryError("there is none here"))),
        step("third", lambda _selftest: "never", is_optional=True),
    )
    done = run("selftest", "--skip", "third")
    first, second, third, last = done.out.splitlines()
    assert first.startswith("passed ")
    assert first.endswith(" first      well")
    assert second.split() == ["skipped", "second", "there", "is", "none", "here"]
    assert third.endswith("third      left out as asked")
    assert last.startswith("Lampblack works here: 1 steps passed in ")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("error", "problem", "remedy"),
    [
        (LampblackError("Broken.", "Mend it."), "Broken.", "Mend it."),
        (LampblackError("Broken."), "Broken.", "Do that."),
        (OSError(28, "No space left on device"), "no space left on device", "Do that."),
        (ZeroDivisionError("a bug"), "ZeroDivisionError: a bug", "Do that."),
    ],
)
def test_every_trouble_fails_its_step(
    run: Any, steps: Any, error: BaseException, problem: str, remedy: str
) -> None:
    steps(step("home", Selftest.make_home), step("second", fail(error), remedy="Do that."))
    done = run("selftest", "--json")
    found = json.loads(done.out)
    assert (done.code, done.err, found["failed"]) == (1, "", "second")
    assert problem in found["problem"]
    assert found["remedy"] == remedy


def test_a_step_has_its_time(run: Any, steps: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the step waits for ends when the self-test closes, and only then the home goes."""
    homes, over, close = [], threading.Event(), Selftest.close

    def wait(selftest: Selftest) -> str:
        homes.append(selftest.home.folder)
        assert over.wait(10)
        return "late"

    monkeypatch.setattr(Selftest, "close", lambda selftest: over.set() or close(selftest))
    steps(step("home", Selftest.make_home), step("slow", wait, limit_s=0.01))
    done = run("selftest")
    assert done.code == 1
    assert "at the step slow: It took longer than 0.01 seconds." in done.out
    assert not homes[0].exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_nothing_left(
    run: Any, steps: Any, temporary: Path, number: signal.Signals
) -> None:
    heard = signal.signal(number, before := signal.default_int_handler)  # nohup ignores SIGHUP
    steps(
        step("home", Selftest.make_home),
        step("signal", lambda _selftest: signal.raise_signal(number)),
    )
    try:
        done = run("selftest")
        assert done.code == 1
        assert done.err == "lampblack: The self-test was stopped; nothing of it is left.\n"
        assert list(temporary.iterdir()) == []
        assert signal.getsignal(number) is before
    finally:
        signal.signal(number, heard)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_is_ignored_stays_so(run: Any, steps: Any, number: signal.Signals) -> None:
    """Under nohup a closed terminal ends nothing."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        steps(
            step("home", Selftest.make_home),
            step("signal", lambda _selftest: signal.raise_signal(number) or "went on"),
        )
        assert run("selftest").code == 0
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_only_optional_steps_can_be_left_out(run: Any, one_sentence: Any) -> None:
    done = run("selftest", "--skip", "store")
    assert done.code == 2
    assert one_sentence(done.err)
    assert "'store' cannot be left out. These can be: pack, learning, service." in done.err


def test_every_step_has_a_name_of_its_own_and_a_remedy() -> None:
    assert len({one.name for one in STEPS}) == len(STEPS)
    assert all(one.remedy and one.title and one.limit_s > 0 for one in STEPS)
    assert replace(STEPS[0], limit_s=1).limit_s == 1


def test_the_window_sees_nothing_of_its_users_home() -> None:
    home = SelftestHome()
    home.fill()
    source = {
        "HOME": "/home/anna",
        "XDG_DATA_HOME": "/home/anna/data",
        "LAMPBLACK_HOME": "/home/anna/portable",
        "HF_TOKEN": "secret",
        "PYTHONPATH": "/home/anna/code",
        "LANG": "zh_CN.UTF-8",
    }
    found = home.environment(source | {"DISPLAY": ":0"})
    # The key to the display is all that is read there.
    assert found.pop("XAUTHORITY") == "/home/anna/.Xauthority"
    assert [value for value in found.values() if "anna" in value or "secret" in value] == []
    assert (found["LANG"], found["DISPLAY"]) == ("zh_CN.UTF-8", ":0")
    assert "QT_QPA_PLATFORM" not in found
    assert home.environment(source)["QT_QPA_PLATFORM"] == "offscreen"
    assert home.remove()


def test_a_display_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert is_unseen({})
    assert is_unseen({"DISPLAY": ""})
    assert not is_unseen({"WAYLAND_DISPLAY": "wayland-0"})
    assert not is_unseen({"QT_QPA_PLATFORM": "vnc"})
    monkeypatch.setattr("sys.platform", "darwin")
    assert not is_unseen({})
