"""Progress on a terminal, in a notebook (a fake IPython), by a function, and nowhere."""

from __future__ import annotations

import io
import sys
import types

import pytest

import app.sdk as sdk
from app.core.errors import ParameterError
from app.core.system.progress_line import ProgressLine
from app.sdk import progress as shown_progress
from app.sdk.progress import ShownProgress, bar, check_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Display:
    """What IPython shows: each line's states, the last one being what a reader sees."""

    def __init__(self) -> None:
        self.lines: list[list[str]] = []

    def display(self, data, *, raw: bool, display_id: bool):
        assert raw
        assert display_id
        states = [data["text/plain"]]
        self.lines.append(states)

        def update(data, *, raw: bool) -> None:
            assert raw
            states.append(data["text/plain"])

        return types.SimpleNamespace(update=update)


@pytest.fixture(autouse=True)
def at_once(monkeypatch) -> None:
    """Lines appear at once and with every step."""
    monkeypatch.setattr(shown_progress, "_AFTER_S", 0.0)
    monkeypatch.setattr(shown_progress, "_STEP_S", 0.0)


@pytest.fixture
def notebook(monkeypatch) -> Display:
    found = Display()
    shell = types.SimpleNamespace(kernel=object())
    package = types.ModuleType("IPython")
    package.get_ipython = lambda: shell  # type: ignore[attr-defined]  # a stand-in
    part = types.ModuleType("IPython.display")
    part.display = found.display  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "IPython", package)
    monkeypatch.setitem(sys.modules, "IPython.display", part)
    return found


@pytest.fixture
def terminal(monkeypatch) -> Terminal:
    found = Terminal()
    monkeypatch.setattr(shown_progress, "ProgressLine", lambda: ProgressLine(found))
    return found


def test_a_batch_in_a_notebook_changes_one_line_in_place(notebook, terminal, fake_model) -> None:
    with fake_model() as model:
        assert len(list(model.batch("sentiment", ["a b", "c d", "e f"]))) == 3
    (line,) = notebook.lines
    assert line[-1].startswith(bar(1.0, "3 of 3 done, "))
    assert line[0].startswith(bar(0.0, "0 of 3 done, "))
    assert terminal.getvalue() == ""


def test_a_batch_on_a_terminal_leaves_nothing_behind(terminal, fake_model) -> None:
    with fake_model() as model:
        list(model.batch("sentiment", ["a b", "c d"]))
    states = terminal.getvalue().split("\r")
    assert any("1 of 2 done" in state for state in states)
    assert (states[-2].strip(), states[-1]) == ("", "")


def test_ipython_on_a_terminal_has_no_line_below_the_cell(notebook, terminal) -> None:
    sys.modules["IPython"].get_ipython = lambda: types.SimpleNamespace()  # type: ignore[attr-defined]  # a stand-in
    with ShownProgress("auto") as shown:
        shown.tell(0.5, "loading")
    assert not notebook.lines
    assert bar(0.5, "loading") in terminal.getvalue()


def test_elsewhere_it_is_silent(fake_model, capsys) -> None:
    with fake_model() as model:
        list(model.batch("sentiment", ["a b", "c d"]))
        list(model.batch("sentiment", ["a b", "c d"], progress="off"))
    assert capsys.readouterr() == ("", "")


def test_a_function_hears_of_every_step(fake_model, terminal) -> None:
    heard: list[tuple[float, str]] = []

    def hear(fraction: float, what: str) -> None:
        heard.append((fraction, what))

    with fake_model() as model:
        list(model.batch("sentiment", iter(["a b", "c d"]), progress=hear))
        assert heard[-1][1].startswith("2 done, ")  # how many there are is not known
        heard.clear()
        model.generate("one two three", max_tokens=1, progress=hear)
        assert heard[-1] == (1.0, "reading: 3 of 3 tokens")
    assert terminal.getvalue() == ""


def test_only_one_work_has_the_terminals_line(terminal) -> None:
    with ShownProgress("terminal") as one, ShownProgress("terminal") as two:
        one.tell(0.1, "first")
        two.tell(0.2, "second")
    with ShownProgress("terminal") as two:
        two.tell(0.3, "third")
    assert "second" not in terminal.getvalue()
    assert "third" in terminal.getvalue()


def test_a_short_work_shows_nothing(terminal, monkeypatch) -> None:
    monkeypatch.setattr(shown_progress, "_AFTER_S", 60.0)
    with ShownProgress("terminal") as shown:
        shown.tell(0.5, "loading")
    assert terminal.getvalue() == ""


def test_a_wrong_word_is_refused_before_anything_is_loaded(fake_model) -> None:
    with pytest.raises(ParameterError, match="'bars'"):
        check_progress("bars")  # type: ignore[arg-type]  # what is refused
    with pytest.raises(ParameterError, match="None"):
        sdk.open("starter", progress=None)  # type: ignore[arg-type]  # what is refused
    with fake_model() as model, pytest.raises(ParameterError, match="True"):
        model.batch("sentiment", ["a"], progress=True)


def test_loading_is_shown(starter_home, terminal) -> None:
    heard: list[tuple[float, str]] = []
    with sdk.open("starter", context=512, progress=lambda *told: heard.append(told)):
        assert heard[-1][0] == 1.0
    assert terminal.getvalue() == ""
