"""The long run: thousands of tokens in the real window, and whether anything leaks.

Usage: python -m tests.soak.run [--engine NAME] [--tokens N] [--seed N] [--threads N]

Prints a line of progress, and a table at the end; the exit code is 0 where nothing grew and nothing
is left. `packaging/dev.py test --soak` calls it.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from app.core.models.starter import STARTER
from app.core.options.load_options import ENGINES, LoadOptions
from app.core.options.settings_store import SettingsStore
from app.core.system.paths import Paths
from tests.soak.growth import Line, Sample, judged

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = 512
WRITER = Path(__file__).with_name("writer.py")
COPY = Path(__file__).with_name("second_model.py")
BEGINNING = "The old lighthouse keeper opened the door and looked at the sea. " * 60 + "灯塔。Море."
"""More than the context holds, in all the scripts that the writer types: what a long text and their
fonts need is then there from the first take on."""

ENDS_WITHIN_S = 10


@dataclass
class Seen:
    """What the writer has told."""

    samples: list[Sample] = field(default_factory=list)
    pids: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    did: dict[str, int] = field(default_factory=dict)

    def take(self, line: str) -> None:
        """Take up one line of the writer's."""
        told = json.loads(line)
        self.pids.update(told.get("pids", ()))
        self.problems += told.get("problems", ())
        self.did |= told.get("did", {})
        if "sample" in told:
            self.samples.append(Sample(**told["sample"]))


def main(arguments: Sequence[str]) -> int:
    """Run the command line."""
    given = parser().parse_args(arguments)
    seed = secrets.randbelow(2**32) if given.seed is None else given.seed
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # with the window's process
    codes = [soak(engine, given, seed) for engine in ENGINES if given.engine in (engine, "both")]
    return max(codes)


def soak(engine: str, given: argparse.Namespace, seed: int) -> int:
    """Write on one engine; the exit code."""
    print(f"{engine}: {given.tokens:,} tokens, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="lampblack-soak-") as folder:
        home = Path(folder)
        environ = {**os.environ, "LAMPBLACK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
        environ |= {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
        models = make_home(home, engine, given.threads, environ)
        task = {
            "models": [str(model) for model in models],
            "tokens": given.tokens,
            "seed": seed,
            "manuscript": str(home / "novel.md"),
        }
        (home / "novel.md").write_text(BEGINNING, "utf-8")
        seen = carry_out(task, environ)
    return report(engine, seen, given.tokens)


def parser() -> argparse.ArgumentParser:
    """The options of this command."""
    made = argparse.ArgumentParser(prog="soak", description="Write for long and look for leaks.")
    made.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    made.add_argument("--tokens", type=int, default=10_000, help="how many are written")
    made.add_argument("--seed", type=int, help="of what the writer does; printed")
    made.add_argument("--threads", type=int, default=0, help="of the model; 0 as usual")
    return made


def make_home(home: Path, engine: str, threads: int, environ: dict[str, str]) -> list[Path]:
    """A home with settings and two models that take turns."""
    starter = Paths.here().models / STARTER.file_name
    if not starter.is_file():
        sys.exit("The starter model is missing; `lampblack models get starter` fetches it.")
    paths = Paths(home / "config", home / "data", home / "cache")
    paths.models.mkdir(parents=True)
    first = paths.models / starter.name
    shutil.copyfile(starter, first)  # pages that another program maps, too, would not be counted
    command = [sys.executable, str(COPY), engine, str(first), str(paths.engine_cache)]
    made = subprocess.run(command, env=environ, capture_output=True)
    if made.returncode:
        sys.exit(f"The second model could not be made:\n{made.stderr.decode()[-2000:]}")
    options = LoadOptions(context=CONTEXT, threads=threads)
    settings = SettingsStore(paths.settings_file)
    settings.change(engine=engine, model=str(first), load=options, takes_at_once=4)
    return [first, Path(made.stdout.decode().strip().splitlines()[-1])]


def carry_out(task: dict[str, Any], environ: dict[str, str]) -> Seen:
    """Let the writer write, and look at what is left of its processes."""
    seen = Seen()
    with tempfile.TemporaryFile() as errors:
        with window(task, environ, errors) as process:
            assert process.stdout is not None
            for line in process.stdout:
                seen.take(line)
                show(seen, task["tokens"])
        print()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
    if process.returncode:
        seen.problems.append(f"the window ended with code {process.returncode}")
    if said:
        seen.problems.append(f"the window wrote: {said[-2000:]}")
    left = [process for process in map(alive, seen.pids) if process is not None]
    _gone, left = psutil.wait_procs(left, timeout=ENDS_WITHIN_S)
    seen.problems += [f"process {process.pid} is left: {process.name()}" for process in left]
    return seen


@contextmanager
def window(
    task: dict[str, Any], environ: dict[str, str], errors: Any
) -> Iterator[subprocess.Popen[str]]:
    """The writer's process; when this one is interrupted, that one ends, too."""
    command = [sys.executable, str(WRITER), json.dumps(task)]
    process = subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8", cwd=ROOT
    )
    try:
        yield process
        process.wait(ENDS_WITHIN_S * 6)
    finally:
        process.kill()
        process.wait()


def alive(pid: int) -> psutil.Process | None:
    """The process of that number, if there is one."""
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def show(seen: Seen, tokens: int) -> None:
    """The line of progress."""
    if not seen.samples:
        return
    now = seen.samples[-1]
    line = (
        f"{now.tokens:,} of {tokens:,} tokens, host {now.host / 1e6:.1f} MB, "
        f"window {now.window / 1e6:.1f} MB, {now.model}"
    )
    print(f"\r{line:<100}", end="", flush=True)


def report(engine: str, seen: Seen, tokens: int) -> int:
    """Print the table; the exit code."""
    lines = judged(seen.samples, tokens) if seen.samples else []
    print(f"{engine:<44}{'after a fifth':>14}{'at the end':>14}")
    for line in lines:
        print(f"{line.what:<44}{amount(line, line.early):>14}{amount(line, line.late):>14}", end="")
        print(f"  {line.problem}" if line.problem else "")
    print("done:", ", ".join(f"{name} {count}" for name, count in sorted(seen.did.items())))
    for problem in seen.problems:
        print(problem)
    wrong = bool(seen.problems) or not lines or any(line.problem for line in lines)
    print(f"{engine}: {'not as it should be' if wrong else 'flat, and nothing left behind'}")
    return int(wrong)


def amount(line: Line, value: float) -> str:
    """Megabytes, or a plain number."""
    return f"{value / 1e6:.1f} MB" if value > 1e5 else f"{value:.0f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
