"""The checks and the tests: in their order, and with the arguments they are given."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


def test_tests_arguments_reach_pytest_and_its_code_is_ours(
    dev, environment, places, testing, monkeypatch
) -> None:
    commands: list[list[object]] = []
    monkeypatch.setattr(environment, "set_up", lambda **_: None)
    monkeypatch.setattr(environment, "get_starter", lambda: 0)
    monkeypatch.setattr(environment, "get_encoder", lambda: None)
    monkeypatch.setattr(testing, "check", lambda: 0)

    def call(command: list[object], cwd: Path) -> int:
        commands.append(command)
        return 5

    monkeypatch.setattr(subprocess, "call", call)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert dev.main(["test"]) == 5
    assert dev.main(["test", "tests/core", "-k", "rows"]) == 5
    assert dev.main(["test", "--soak", "--tokens", "500"]) == 5
    assert dev.main(["test", "--responsive", "--part", "load"]) == 5
    assert dev.main(["test", "--endurance", "--kills", "9"]) == 5
    assert dev.main(["test", "--kills", "9", "--seed", "3"]) == 5
    assert dev.main(["test", "--kills"]) == 5
    assert commands == [
        [places.PYTHON, "-m", "pytest", "-n", "3", "--dist", "loadfile"],
        [places.PYTHON, "-m", "pytest", "tests/core", "-k", "rows"],
        [places.PYTHON, "-m", "tests.soak.run", "--tokens", "500"],
        [places.PYTHON, "-m", "tests.responsive.run", "--part", "load"],
        [places.PYTHON, "-m", "tests.soak.endurance", "--kills", "9"],
        [places.PYTHON, "-m", "tests.kills.run", "9", "--seed", "3"],
        [places.PYTHON, "-m", "tests.kills.run", "200"],
    ]


def test_the_benchmarks_peers_are_installed_where_only_it_finds_them(
    dev, environment, places, testing, monkeypatch
) -> None:
    installed: list[tuple[str, ...]] = []
    ran: list[tuple[list[object], str]] = []
    monkeypatch.setattr(environment, "set_up", lambda **_: None)
    monkeypatch.setattr(environment, "get_starter", lambda: 0)
    monkeypatch.setattr(environment, "get_encoder", lambda: None)
    monkeypatch.setattr(testing.installing, "pip", lambda *words: installed.append(words))

    def call(command: list[object], env: dict[str, str]) -> int:
        ran.append((command, env["LAMPBLACK_BENCH_PEERS"]))
        return 3

    monkeypatch.setattr(subprocess, "call", call)
    folder = str(places.VENV / "peers")
    places.VENV.mkdir(parents=True, exist_ok=True)
    assert dev.main(["bench", "--goal", "17", "--json"]) == 3
    assert dev.main(["bench"]) == 3
    program = places.BIN / "lampblack"
    assert ran == [
        ([program, "bench", "--goal", "17", "--json"], folder),
        ([program, "bench"], folder),
    ]
    (words,) = installed
    assert words[words.index("--target") + 1] == folder
    assert "--require-hashes" in words
    listed = Path(words[words.index("-r") + 1]).read_text("utf-8")
    assert [line.partition("==")[0] for line in listed.splitlines() if "==" in line] == [
        "xllamacpp",
        "peft",
    ]


@pytest.mark.parametrize(("starter", "check"), [(1, 0), (0, 1)])
def test_no_tests_without_a_model_or_with_a_failed_check(
    dev, environment, testing, monkeypatch, starter, check
) -> None:
    monkeypatch.setattr(environment, "set_up", lambda **_: None)
    monkeypatch.setattr(environment, "get_starter", lambda: starter)
    monkeypatch.setattr(environment, "get_encoder", lambda: None)
    monkeypatch.setattr(testing, "check", lambda: check)
    monkeypatch.setattr(subprocess, "call", pytest.fail)
    assert dev.main(["test"]) == 1


class Tools:
    """The tools that checks run, of which some find something; what was run, and what ended."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.ran: list[str] = []
        self.ended: list[str] = []

    def call(self, command: list[Path], cwd: Path) -> int:
        self.ran.append(command[0].name)
        return int(command[0].name in self.failing)

    def start(self, command: list[Path], *, stdout, **_more: object) -> Tools:
        self.ran.append(f"{command[0].name} beside")
        if "mypy beside" in self.failing:
            stdout.write(b"app/a.py:1: error\n")
        return self

    def wait(self) -> int:
        self.ended.append("waited")
        return int("mypy beside" in self.failing)

    def kill(self) -> None:
        self.ended.append("killed")


@pytest.mark.parametrize(
    ("failing", "ran", "ended"),
    [
        ("ruff", ["ruff"], []),
        ("lint-imports", ["ruff", "ruff", "mypy beside", "lint-imports"], ["killed", "waited"]),
        (
            "mypy beside",
            ["ruff", "ruff", "mypy beside", "lint-imports"],
            ["waited", "killed", "waited"],
        ),
        (
            "mypy",
            ["ruff", "ruff", "mypy beside", "lint-imports", "mypy"],
            ["waited", "killed", "waited"],
        ),
    ],
)
def test_first_check_that_fails_ends_the_rest(
    testing, environment, monkeypatch, capsys, failing, ran, ended
) -> None:
    tools = Tools(failing)
    monkeypatch.setattr(subprocess, "call", tools.call)
    monkeypatch.setattr(subprocess, "Popen", tools.start)
    monkeypatch.setattr(testing, "docs", lambda *_words: 0)
    monkeypatch.setattr(environment, "translations", lambda *_words: 0)
    assert testing.check() == 1
    assert (tools.ran, tools.ended) == (ran, ended)
    found = capsys.readouterr()
    assert f"{failing.split()[0]} found something to put right" in found.err
    assert ("app/a.py:1: error" in found.out) == (failing == "mypy beside")


@pytest.mark.parametrize("script", ["docs", "translations"])
def test_a_readme_that_is_not_true_ends_mypy(testing, environment, monkeypatch, script) -> None:
    tools = Tools()
    monkeypatch.setattr(subprocess, "call", tools.call)
    monkeypatch.setattr(subprocess, "Popen", tools.start)
    monkeypatch.setattr(testing, "docs", lambda *_words: int(script == "docs"))
    monkeypatch.setattr(environment, "translations", lambda *_words: int(script != "docs"))
    assert testing.check() == 1
    assert (tools.ran[-1], tools.ended) == ("lint-imports", ["killed", "waited"])


def test_checks_that_find_nothing_pass(testing, environment, monkeypatch) -> None:
    tools = Tools()
    monkeypatch.setattr(subprocess, "call", tools.call)
    monkeypatch.setattr(subprocess, "Popen", tools.start)
    monkeypatch.setattr(testing, "docs", lambda *_words: 0)
    monkeypatch.setattr(environment, "translations", lambda *_words: 0)
    assert testing.check() == 0
    assert tools.ran == ["ruff", "ruff", "mypy beside", "lint-imports", "mypy"]
