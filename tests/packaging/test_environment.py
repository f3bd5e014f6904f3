"""The set-up: each step once, interrupted or whole."""

from __future__ import annotations

from types import ModuleType

import pytest


@pytest.fixture
def calls(
    engines: ModuleType,
    environment: ModuleType,
    installing: ModuleType,
    machine: ModuleType,
    places: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """What the set-up does, in order; nothing is installed."""
    done: list[str] = []

    def make_venv() -> None:
        done.append("venv")
        places.BIN.mkdir(parents=True)
        places.PYTHON.write_text("")
        (places.VENV / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")

    monkeypatch.setattr(environment, "make_venv", make_venv)
    monkeypatch.setattr(installing, "pip", lambda title, *_, **__: done.append(title))
    monkeypatch.setattr(engines, "install_llama", lambda _build: done.append("llama"))
    monkeypatch.setattr(engines, "install_torch", lambda: done.append("torch"))
    monkeypatch.setattr(machine, "need_qt", lambda python: done.append("qt"))
    monkeypatch.setattr(environment, "translations", lambda *_: done.append("texts"))
    return done


EVERYTHING = [
    "venv",
    "Libraries",
    "Lampblack",
    "qt",
    "texts",
    "llama",
    "torch",
    "Test tools",
]


def test_first_set_up_does_every_step_in_order(environment, calls) -> None:
    environment.set_up(torch=True, tools=True)
    assert calls == EVERYTHING


def test_second_set_up_does_nothing(environment, calls) -> None:
    environment.set_up(torch=True, tools=True)
    calls.clear()
    environment.set_up(torch=True, tools=True)
    assert calls == []


def test_run_needs_neither_torch_nor_tools(environment, calls) -> None:
    environment.set_up()
    assert calls == EVERYTHING[: EVERYTHING.index("torch")]


@pytest.mark.parametrize("step", ["install_llama", "install_torch"])
def test_interrupted_step_is_done_again_and_the_ones_before_it_are_not(
    engines, environment, calls, monkeypatch, step: str
) -> None:
    whole = getattr(engines, step)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engines, step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.set_up(torch=True, tools=True)
    reached = list(calls)
    monkeypatch.setattr(engines, step, whole)
    environment.set_up(torch=True, tools=True)
    assert calls == EVERYTHING
    assert reached == EVERYTHING[: len(reached)]


def test_venv_that_was_never_finished_is_made_again(
    environment, places, calls, monkeypatch
) -> None:
    whole = environment.make_venv

    def interrupted() -> None:
        whole()
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "make_venv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.set_up()
    assert not (places.VENV / "stamps").exists()


def test_venv_whose_python_is_gone_is_made_again(environment, places, calls) -> None:
    environment.set_up()
    calls.clear()
    places.PYTHON.unlink()
    environment.set_up()
    assert calls == EVERYTHING[: EVERYTHING.index("torch")]


def test_changed_pins_are_installed(environment, places, calls) -> None:
    environment.set_up(tools=True)
    calls.clear()
    places.CONSTRAINTS.write_text(places.CONSTRAINTS.read_text("utf-8") + "another==1.0\n", "utf-8")
    environment.set_up(tools=True)
    assert calls == ["Libraries", "Lampblack", "qt", "Test tools"]


def test_changed_lint_rules_install_nothing(environment, places, calls) -> None:
    environment.set_up(tools=True)
    calls.clear()
    pyproject = places.ROOT / "pyproject.toml"
    pyproject.write_text(
        pyproject.read_text("utf-8").replace("line-length = 100", "line-length = 99")
    )
    environment.set_up(tools=True)
    assert calls == []


def test_check_compiles_no_engine(dev, testing, calls, monkeypatch) -> None:
    monkeypatch.setattr(testing, "check", lambda: 0)
    assert dev.main(["check"]) == 0
    assert calls == ["venv", "Libraries", "Lampblack", "qt", "texts", "Test tools"]
