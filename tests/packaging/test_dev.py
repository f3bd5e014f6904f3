"""The set-up: each step once, interrupted or whole, and every way to get an engine."""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest


@pytest.fixture
def calls(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the set-up does, in order; nothing is installed."""
    done: list[str] = []

    def make_venv() -> None:
        done.append("venv")
        dev.BIN.mkdir(parents=True)
        dev.PYTHON.write_text("")
        (dev.VENV / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")

    monkeypatch.setattr(dev, "make_venv", make_venv)
    monkeypatch.setattr(dev, "pip", lambda title, *_, **__: done.append(title))
    monkeypatch.setattr(dev, "install_llama", lambda _build: done.append("llama"))
    monkeypatch.setattr(dev, "install_torch", lambda: done.append("torch"))
    monkeypatch.setattr(dev.machine, "need_qt", lambda python: done.append("qt"))
    monkeypatch.setattr(dev, "translations", lambda *_: done.append("texts"))
    return done


def canonical(requirement: str) -> str:
    """The name in a requirement as indexes compare it; empty for one of an extra."""
    name = re.split(r"[<>=!~; \[(]", requirement, maxsplit=1)[0]
    return "" if "extra ==" in requirement else re.sub(r"[-_.]+", "-", name).lower()


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


def test_first_set_up_does_every_step_in_order(dev, calls) -> None:
    dev.set_up(torch=True, tools=True)
    assert calls == EVERYTHING


def test_second_set_up_does_nothing(dev, calls) -> None:
    dev.set_up(torch=True, tools=True)
    calls.clear()
    dev.set_up(torch=True, tools=True)
    assert calls == []


def test_run_needs_neither_torch_nor_tools(dev, calls) -> None:
    dev.set_up()
    assert calls == EVERYTHING[: EVERYTHING.index("torch")]


@pytest.mark.parametrize("step", ["install_llama", "install_torch"])
def test_interrupted_step_is_done_again_and_the_ones_before_it_are_not(
    dev, calls, monkeypatch, step: str
) -> None:
    whole = getattr(dev, step)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        dev.set_up(torch=True, tools=True)
    reached = list(calls)
    monkeypatch.setattr(dev, step, whole)
    dev.set_up(torch=True, tools=True)
    assert calls == EVERYTHING
    assert reached == EVERYTHING[: len(reached)]


def test_venv_that_was_never_finished_is_made_again(dev, calls, monkeypatch) -> None:
    whole = dev.make_venv

    def interrupted() -> None:
        whole()
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "make_venv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        dev.set_up()
    assert not (dev.VENV / "stamps").exists()


def test_venv_whose_python_is_gone_is_made_again(dev, calls) -> None:
    dev.set_up()
    calls.clear()
    dev.PYTHON.unlink()
    dev.set_up()
    assert calls == EVERYTHING[: EVERYTHING.index("torch")]


def test_changed_pins_are_installed(dev, calls) -> None:
    dev.set_up(tools=True)
    calls.clear()
    dev.CONSTRAINTS.write_text(dev.CONSTRAINTS.read_text("utf-8") + "another==1.0\n", "utf-8")
    dev.set_up(tools=True)
    assert calls == ["Libraries", "Lampblack", "qt", "Test tools"]


def test_changed_lint_rules_install_nothing(dev, calls) -> None:
    dev.set_up(tools=True)
    calls.clear()
    pyproject = dev.ROOT / "pyproject.toml"
    pyproject.write_text(
        pyproject.read_text("utf-8").replace("line-length = 100", "line-length = 99")
    )
    dev.set_up(tools=True)
    assert calls == []


def test_check_compiles_no_engine(dev, calls, monkeypatch) -> None:
    monkeypatch.setattr(dev, "check", lambda: 0)
    assert dev.main(["check"]) == 0
    assert calls == ["venv", "Libraries", "Lampblack", "qt", "texts", "Test tools"]


class Sources:
    """Where a llama-cpp-python could come from, and what was tried."""

    def __init__(self) -> None:
        self.cached = ""
        self.index = False
        self.loads = [True]
        self.failing: tuple[str, ...] = ()
        self.tried: list[str] = []
        self.arguments: list[tuple[str, ...]] = []


@pytest.fixture
def sources(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Sources:
    found = Sources()

    def pip(title: str, *arguments: str, **_how: bool) -> None:
        found.tried.append(title)
        found.arguments.append(arguments)
        if title in found.failing:
            raise dev.SetupError("no")

    monkeypatch.setattr(dev, "pip", pip)
    monkeypatch.setattr(dev, "cached_llama", lambda: found.cached)
    monkeypatch.setattr(dev.machine, "answers", lambda url: found.index)
    monkeypatch.setattr(dev.machine, "need_compiler", lambda: found.tried.append("compiler?"))
    monkeypatch.setattr(dev, "llama_problem", lambda: "" if found.loads.pop(0) else "no libgomp")
    return found


CACHED, PREBUILT, COMPILED = (
    "llama.cpp, built here before",
    "llama.cpp, prebuilt",
    "llama.cpp, compiling",
)


def test_wheel_of_an_earlier_build_comes_first(dev, sources) -> None:
    sources.cached, sources.index = "/cache/llama_cpp_python-0.3.36-py3-none-any.whl", True
    dev.install_llama()
    assert sources.tried == [CACHED]


def test_prebuilt_wheel_is_taken_when_its_index_answers(dev, sources) -> None:
    sources.index = True
    dev.install_llama()
    assert sources.tried == [PREBUILT]
    assert "--only-binary" in sources.arguments[0]


def test_without_any_wheel_it_is_compiled_and_the_reason_said(dev, sources, capsys) -> None:
    dev.install_llama()
    assert sources.tried == ["compiler?", COMPILED]
    assert capsys.readouterr().out == (
        "No prebuilt wheel answered, so llama.cpp is compiled once: "
        "about 10 minutes on two cores.\n"
    )


def test_wheels_that_do_not_run_here_are_left(dev, sources, capsys) -> None:
    sources.cached, sources.index, sources.loads = "/cache/a.whl", True, [False, False, True]
    dev.install_llama()
    assert sources.tried == [CACHED, PREBUILT, "compiler?", COMPILED]
    said = capsys.readouterr().out
    assert f"{CACHED}: it cannot be loaded (no libgomp), another way is tried." in said
    assert "No prebuilt wheel works here" in said


def test_index_without_this_wheel_leads_to_the_compiler(dev, sources) -> None:
    sources.index, sources.failing = True, (PREBUILT,)
    dev.install_llama()
    assert sources.tried == [PREBUILT, "compiler?", COMPILED]


def test_build_that_cannot_be_loaded_is_said(dev, sources) -> None:
    sources.loads = [False]
    with pytest.raises(dev.SetupError, match="cannot be loaded: no libgomp"):
        dev.install_llama()


def test_all_that_llama_needs_is_installed_without_the_test_tools(dev) -> None:
    """It is installed without its requirements, and the first window needs it."""
    needed = {canonical(line) for line in metadata.requires("llama-cpp-python") or ()}
    own = {canonical(line) for line in (*dev.project()["dependencies"], *dev.LLAMA_NEEDS)}
    assert needed - {""} <= own


@pytest.mark.parametrize(
    ("code", "stderr", "said"),
    [
        (0, "a warning", ""),
        (1, "Traceback\nOSError: libgomp.so.1", "OSError: libgomp.so.1"),
        (-4, "", "it ended with code -4"),
    ],
)
def test_why_llama_does_not_run_is_the_last_line(dev, monkeypatch, code, stderr, said) -> None:
    done = SimpleNamespace(returncode=code, stderr=stderr)
    monkeypatch.setattr(dev.subprocess, "run", lambda *_, **__: done)
    assert dev.llama_problem() == said


def test_cached_wheel_of_another_version_is_not_taken(dev, monkeypatch) -> None:
    listed = (
        "/c/llama_cpp_python-0.3.35-py3-none-any.whl\n/c/llama_cpp_python-0.3.36-py3-none-any.whl\n"
    )
    done = SimpleNamespace(stdout=listed)
    monkeypatch.setattr(dev.subprocess, "run", lambda *_, **__: done)
    assert dev.cached_llama() == "/c/llama_cpp_python-0.3.36-py3-none-any.whl"


def test_cached_wheel_with_tile_instructions_leaves_the_cache(dev, monkeypatch, tmp_path) -> None:
    wheel = tmp_path / "llama_cpp_python-0.3.36-py3-none-any.whl"
    calls: list[list[str]] = []

    def run(command, **_how):
        calls.append(command[3:])
        return SimpleNamespace(stdout=f"{wheel}\n")

    monkeypatch.setattr(dev.subprocess, "run", run)
    for code, taken in ((b"no tiles", str(wheel)), (b"..ggml_backend_amx_mul_mat..", "")):
        with zipfile.ZipFile(wheel, "w") as made:
            made.writestr("llama_cpp/lib/libggml-cpu.so", code)
        assert dev.cached_llama() == taken
    assert calls[-1] == ["cache", "remove", "llama_cpp_python-0.3.36-*"]


@pytest.mark.parametrize("knows", [True, False])
def test_llama_is_compiled_without_tile_instructions(dev, builds, monkeypatch, knows) -> None:
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(dev, "watch", lambda *given: seen.append(given[-1]))
    monkeypatch.setattr(builds.machine, "compiler_takes", lambda _flags: knows)
    monkeypatch.setenv("CFLAGS", "-O2")
    monkeypatch.delenv("CXXFLAGS", raising=False)
    dev.pip("llama.cpp, compiling", "--no-deps", "llama", compiling=True)
    dev.pip("Libraries", "--no-deps", "numpy")
    flags = {"CFLAGS": f"-O2 {builds.NO_AMX}", "CXXFLAGS": builds.NO_AMX}
    assert seen == [flags if knows else {}, {}]


LOCAL, CPU, REST = (
    "PyTorch, from this machine",
    "PyTorch, for the processor",
    "PyTorch and transformers",
)


@pytest.fixture
def linux(dev: ModuleType, sources: Sources, monkeypatch: pytest.MonkeyPatch) -> Sources:
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.machine, "has_nvidia", lambda: False)
    monkeypatch.setattr(dev.machine, "need_space", lambda gigabytes, folder: None)
    return sources


def test_torch_with_a_gpu_is_the_usual_build(dev, linux, monkeypatch) -> None:
    monkeypatch.setattr(dev.machine, "has_nvidia", lambda: True)
    dev.install_torch()
    assert linux.tried == [REST]


def test_torch_without_a_gpu_is_this_machines_own_wheel(dev, linux) -> None:
    dev.install_torch()
    assert linux.tried == [LOCAL, REST]
    assert "--no-index" in linux.arguments[0]


def test_torch_without_a_gpu_is_the_cpu_build_of_its_project(dev, linux) -> None:
    linux.failing, linux.index = (LOCAL,), True
    dev.install_torch()
    assert linux.tried == [LOCAL, CPU, REST]


def test_only_the_usual_torch_brings_nvidias_libraries(dev, linux, monkeypatch) -> None:
    listed = dev.LOG.with_name("requirements.txt")
    dev.install_torch()
    assert ("transformers==" in listed.read_text(), "nvidia-" in listed.read_text()) == (
        True,
        False,
    )
    monkeypatch.setattr(dev.machine, "has_nvidia", lambda: True)
    dev.install_torch()
    assert "nvidia-cudnn" in listed.read_text()


def test_torch_without_any_cpu_build_says_how_large_it_is(dev, linux, capsys) -> None:
    linux.failing = (LOCAL,)
    dev.install_torch()
    assert linux.tried == [LOCAL, REST]
    assert "several GB" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("tail", "sentence"),
    [
        ("WARNING: Retrying (Retry(total=4, connect=None", "the network does not answer; connect"),
        ("OSError: [Errno 28] No space left on device", "the disk is full; make room"),
        ("error: subprocess-exited-with-error", "pip failed; its whole output is in"),
    ],
)
def test_failed_pip_becomes_a_sentence(dev, monkeypatch, tail: str, sentence: str) -> None:
    def watch(*_: object) -> None:
        raise dev.CommandError(tail)

    monkeypatch.setattr(dev, "watch", watch)
    with pytest.raises(dev.SetupError, match=sentence):
        dev.pip("Libraries", "numpy")


def test_trouble_is_one_sentence_and_exit_code_1(dev, monkeypatch, capsys) -> None:
    def set_up(**_: object) -> None:
        raise dev.SetupError("There is no C++ compiler.")

    monkeypatch.setattr(dev, "set_up", set_up)
    assert dev.main(["run"]) == 1
    assert capsys.readouterr().err == "There is no C++ compiler.\n"


def test_interruption_says_that_it_goes_on(dev, monkeypatch, capsys) -> None:
    def set_up(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "set_up", set_up)
    assert dev.main(["test"]) == 130
    assert "continues where it stopped" in capsys.readouterr().err


def test_unknown_argument_is_refused(dev, capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        dev.main(["run", "--fast"])
    assert caught.value.code == 2
    assert "run does not know --fast" in capsys.readouterr().err


def test_tests_arguments_reach_pytest_and_its_code_is_ours(dev, monkeypatch) -> None:
    commands: list[list[object]] = []
    monkeypatch.setattr(dev, "set_up", lambda **_: None)
    monkeypatch.setattr(dev, "get_starter", lambda: 0)
    monkeypatch.setattr(dev, "check", lambda: 0)

    def call(command: list[object], cwd: Path) -> int:
        commands.append(command)
        return 5

    monkeypatch.setattr(dev.subprocess, "call", call)
    assert dev.main(["test", "tests/core", "-k", "rows"]) == 5
    assert dev.main(["test", "--soak", "--tokens", "500"]) == 5
    assert dev.main(["test", "--responsive", "--part", "load"]) == 5
    assert dev.main(["test", "--endurance", "--kills", "9"]) == 5
    assert commands == [
        [dev.PYTHON, "-m", "pytest", "tests/core", "-k", "rows"],
        [dev.PYTHON, "-m", "tests.soak.run", "--tokens", "500"],
        [dev.PYTHON, "-m", "tests.responsive.run", "--part", "load"],
        [dev.PYTHON, "-m", "tests.soak.endurance", "--kills", "9"],
    ]


@pytest.mark.parametrize(("starter", "check"), [(1, 0), (0, 1)])
def test_no_tests_without_a_model_or_with_a_failed_check(dev, monkeypatch, starter, check) -> None:
    monkeypatch.setattr(dev, "set_up", lambda **_: None)
    monkeypatch.setattr(dev, "get_starter", lambda: starter)
    monkeypatch.setattr(dev, "check", lambda: check)
    monkeypatch.setattr(dev.subprocess, "call", pytest.fail)
    assert dev.main(["test"]) == 1


def test_first_check_that_fails_ends_the_rest(dev, monkeypatch, capsys) -> None:
    ran: list[str] = []

    def call(command: list[Path], cwd: Path) -> int:
        ran.append(command[0].name)
        return 1 if command[0].name == "mypy" else 0

    monkeypatch.setattr(dev.subprocess, "call", call)
    assert dev.check() == 1
    assert ran == ["ruff", "ruff", "mypy"]
    assert "mypy found something to put right" in capsys.readouterr().err


def test_set_up_needs_only_the_standard_library(dev) -> None:
    files = [Path(getattr(module, "__file__", None) or "") for module in sys.modules.values()]
    files = [file for file in files if file.is_relative_to(Path(dev.__file__).parent)]
    own = {file.relative_to(Path(dev.__file__).parent).parts[0].partition(".")[0] for file in files}
    assert {"dev", "builds", "lock", "machine", "watching", "bundle"} <= own
    used = set()
    for file in files:
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                used |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                used.add(str(node.module).partition(".")[0])
    assert used - own <= sys.stdlib_module_names
