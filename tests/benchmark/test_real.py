"""The benchmark on the real model with the real children: figures come out, no child stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app.benchmark.baseline import BareEngine
from app.benchmark.session import GoalSession, Sizes, passage
from app.cli.bench import run_bench
from app.cli.main import build_parser
from app.core.errors import EngineStoppedError, NotMeasuredError
from app.core.models.model_file import inspect
from app.core.options.sampling import Sampling
from app.core.system.paths import Paths
from app.engine.messages import EngineSettings
from app.program import Program

SMALL = Sizes(prompt=48, decode=8, long=24, takes=4, pause=0.1, busy=0.2, threads=1)
SETTINGS = EngineSettings(context=1024, threads=1, batch=512, ubatch=512)


@pytest.fixture
def session(starter_model: Path, tmp_path: Path):
    with GoalSession(inspect(starter_model), tmp_path, {}, SMALL) as made:
        yield made


def test_two_goals_run_end_to_end(
    starter_model: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["bench", "--model", str(starter_model), "--json", "--rounds", "1", "--goal", "5", "10"]
    arguments = build_parser().parse_args(words)
    run_bench(arguments, Program(Paths.here()), sizes=SMALL, wait_for_idle=False)
    report = json.loads(capsys.readouterr().out)
    assert [goal["number"] for goal in report["goals"]] == [5, 10]
    for goal in report["goals"]:
        assert goal["rounds"] == 1
        assert goal["bare_step"]["median"] > 0
        assert {result["verdict"] for result in goal["results"]} == {"not judged"}
        assert all(result["values"][0] > 0 for result in goal["results"])
    assert {"lampblack", "python", "ours, llama.cpp", "bare llama_decode loop"} <= set(
        report["builds"]
    )


def test_the_bare_loop_writes_what_ours_writes(session: GoalSession) -> None:
    """Same tokens, same steps: what is compared is the same work."""
    pair = session.pair()
    prompt = pair.bare.cut(passage(0, 400), 24)
    assert (
        prompt.tokens
        == pair.ours.write(prompt.text, Sampling(max_tokens=1)).done.stats.prompt_tokens
    )
    assert pair.bare.step(prompt.text, 4, skip=4) > 0
    assert pair.bare.read(prompt.text) > 0
    assert len(pair.ours.write(prompt.text, pair.ours.greedy(12)).done.takes[0].token_ids) == 12


def test_what_a_baseline_cannot_do_is_a_sentence(session: GoalSession) -> None:
    bare = session.bare(SETTINGS)
    with pytest.raises(NotMeasuredError, match="context is too small"):
        bare.step(passage(0, 400), 2000)
    with pytest.raises(NotMeasuredError, match="could not load"):
        BareEngine(session.baseline("bare")).open(session.folder / "nothing.gguf", SETTINGS)


def test_a_baseline_that_dies_is_noticed(session: GoalSession) -> None:
    neighbour = session.baseline("busy")
    neighbour.ask("start")
    psutil.Process(neighbour.pid).kill()
    with pytest.raises(EngineStoppedError, match="ended with code"):
        neighbour.ask("stop")


def test_prompts_of_different_numbers_begin_differently() -> None:
    assert len({passage(number, 200)[:4] for number in range(100)}) == 100
    assert len(passage(3, 20_000)) >= 20_000


def _measuring(program: psutil.Process) -> list[psutil.Process]:
    """The children that measure, and not one that is asked for the processor's name."""
    found = list[psutil.Process]()
    for child in program.children(recursive=True):
        with suppress(psutil.Error):
            if "-P" in child.cmdline():  # the program's own; between fork and exec it is not known
                found.append(child)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_the_children(starter_model: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "app", "bench", "--model", str(starter_model), "--goal", "9"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUTF8": "1", "TERM": "dumb"},
    )
    parent = psutil.Process(program.pid)
    while not (children := _measuring(parent)):
        assert program.poll() is None
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert program.returncode == 1
    assert b"Traceback" not in err
    _gone, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    assert b"stopped" in out


def test_rows_of_the_bare_loop_leave_its_prompt_as_it_was(session: GoalSession) -> None:
    loop = session.bare(SETTINGS, sequences=4)
    prompt = loop.cut(passage(0, 400), 24).text
    figures = [
        loop.step(prompt, 2),
        loop.step(prompt, 2, rows=4),
        loop.step(prompt, 2, rows=4, shared=True),
        loop.step(prompt, 2),
    ]
    assert all(figure > 0 for figure in figures)
    assert loop.step(prompt, 2, skip=3, rows=4) > 0
