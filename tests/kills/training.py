"""Kills trainings at random moments, and looks what is left and whether they go on.

Usage: python -m tests.kills.training [KILLS] [--seed N] [--what classifier|style]

The program's side, its child or both are killed while they start, learn, or put away what came of
it. A training goes on from the last checkpoint, which is never older than the time between two, and
ends with the same numbers as one that was left alone. `packaging/dev.py test --training-kills`
calls it. The exit code is 0 where all of that was so.
"""

from __future__ import annotations

import argparse
import json
import queue
import random
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from app.core.runs.record import RECORD_FILE, RunRecord, RunRecords
from tests.host.tiny_llama import write_tiny
from tests.kills.run import ROOT, Lateness
from tests.kills.trained import NAME, PAGES, WAYS

CHECKPOINT_S = 0.1
_SLACK_S = 1.0  # a save, a step, and a machine that does other things
_PATIENCE_S = 120
_AT_START, _AT_END = 0.2, 0.25  # of the kills
_END_S = 0.8  # how long after the last step one comes at most
_RESULTS = {"classifier": "*", "style": "*adapter*.safetensors"}


@dataclass
class Life:
    """What one run of the program's side has told, and what its child had saved."""

    run: str = ""
    done: int = -1
    step: int = 0
    begun_at: float = 0.0
    is_over: bool = False
    made: str = ""
    failed: str = ""
    ended_by_itself: bool = False
    left_all: bool = False

    def take(self, line: dict[str, Any]) -> None:
        self.run = line.get("run", self.run)
        if "done" in line:
            self.done, self.begun_at = line["done"], line["at"]
        self.step = line.get("step", self.step)
        self.is_over |= line.get("over", False)
        self.made, self.failed = line.get("made", self.made), line.get("failed", self.failed)


@dataclass
class Training:
    """A training in a folder of its own, which is killed again and again."""

    what: str
    folder: Path
    chance: random.Random
    run: str = ""
    kills: int = 0
    lost: int = 0
    lives: int = 0
    by_moment: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        if self.what == "style":
            write_tiny(self.folder / "tiny.gguf", "F32")
            (self.folder / "pages.md").write_text(PAGES, "utf-8")
        self.records = RunRecords(self.folder / "runs")

    def left_alone(self) -> tuple[Life, float, float]:
        """A life that nobody kills; the seconds until it learned, and those of learning."""
        begun = time.monotonic()
        life = self._live(None)
        return life, life.begun_at - begun, time.monotonic() - life.begun_at

    def killed(self, start_s: float, learn_s: float) -> Life:
        """A life that is ended at a random moment, unless it has ended before."""
        draw = self.chance.random()
        if draw < _AT_START:
            moment = "start", self.chance.uniform(0, start_s)
        elif draw < _AT_START + _AT_END:
            moment = "end", self.chance.uniform(0, _END_S)
        else:
            moment = "learning", self.chance.uniform(0, learn_s)
        return self._live(moment)

    def _live(self, moment: tuple[str, float] | None) -> Life:
        self.lives += 1
        expected = self._checkpoint()
        task = {
            "what": self.what, "folder": str(self.folder), "run": self.run, "seconds": CHECKPOINT_S,
        }  # fmt: skip
        command = [sys.executable, "-m", "tests.kills.trained", json.dumps(task)]
        control = Lateness()
        log = (self.folder / "stderr").open("ab")
        with log, subprocess.Popen(command, cwd=ROOT, stdout=-1, stderr=log) as program:
            life, told = Life(), _lines(program)
            if moment is None:
                _follow(life, told, time.monotonic() + _PATIENCE_S)
                killed_at = time.monotonic()
            else:
                killed_at = self._kill(program, life, told, *moment)
            while (line := told.get()) is not None:
                life.take(line)
        late = control.close()
        self.run = life.run or self.run
        if not life.made and self._record_state(self.run) == "done":
            life.made = "killed at the very end"
            life.left_all = True
        if life.done >= 0 and life.done != max(expected, 0):
            self.wrong.append(f"it began at step {life.done}, and not at {expected}")
        if moment is not None and not life.ended_by_itself:
            self.kills += 1
            self.by_moment[moment[0]] = self.by_moment.get(moment[0], 0) + 1
            self.wrong.extend(self._left(life, killed_at, late))
        elif life.failed:
            self.wrong.append(f"it failed by itself: {life.failed}")
        return life

    def _kill(
        self,
        program: subprocess.Popen[bytes],
        life: Life,
        told: queue.SimpleQueue[dict[str, Any] | None],
        moment: str,
        after_s: float,
    ) -> float:
        """Kill the program's side, its child or both, once it is time; when that was."""
        if moment != "start":
            until = time.monotonic() + _PATIENCE_S
            _follow(life, told, until, until_learning=moment == "learning", until_over=True)
        _follow(life, told, time.monotonic() + after_s)
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(program.pid).children()
            victims = self.chance.choice(("program", "child", "both"))
            life.ended_by_itself = program.poll() is not None
            if victims != "program":
                for child in children:
                    child.kill()
            if victims != "child" or not children:
                program.kill()
            killed_at = time.monotonic()
            _gone, alive = psutil.wait_procs(children, timeout=_PATIENCE_S)
            if alive:
                self.wrong.append("the child outlived the program")
            try:
                program.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.wrong.append("the program outlived its child")
                program.kill()
            return killed_at
        life.ended_by_itself = True
        return time.monotonic()

    def _left(self, life: Life, killed_at: float, late: float) -> Iterator[str]:
        """What is wrong with what a kill has left."""
        if life.run:
            record = self._record(life.run)
            if record is None:
                yield "the record cannot be read"
            elif [row[0] for row in record.curve] != sorted({row[0] for row in record.curve}):
                yield "the record has a step twice"
        saved = self._saved()
        if saved and life.run and not life.made and self._record_state(life.run) != "done":
            at, step = saved[-1]
            kept = self._checkpoint()
            if kept < step:
                yield f"a checkpoint was at step {step}, and is at {kept}"
            self.lost = max(self.lost, life.step - max(kept, 0))
            since = killed_at - max(at, life.begun_at or killed_at)
            if not life.is_over and since > CHECKPOINT_S + _SLACK_S + 2 * late:
                yield f"the last checkpoint was {since:.2f} s old"

    def _record(self, run: str) -> RunRecord | None:
        with suppress(Exception):
            return self.records.read(run)
        return None

    def _record_state(self, run: str) -> str:
        record = self._record(run) if run else None
        return record.state if record is not None else ""

    def _saved(self) -> list[tuple[float, int]]:
        """When each checkpoint of this run was on the disk, and its step."""
        with suppress(FileNotFoundError):
            lines = (self.folder / "saved").read_bytes().splitlines(keepends=True)
            whole = [json.loads(line) for line in lines if line.endswith(b"\n")]
            return [(line["at"], line["saved"]) for line in whole]
        return []

    def _checkpoint(self) -> int:
        """The step of the checkpoint that is there; -1 for none."""
        path = self.folder / "runs" / (self.run or "none") / "checkpoint.safetensors"
        if not path.exists():
            return -1
        with path.open("rb") as file:
            (size,) = struct.unpack("<Q", file.read(8))
            text = json.loads(file.read(size))["__metadata__"]["lampblack_training"]
        return int(json.loads(text)["step"])

    def results(self) -> dict[str, bytes]:
        """What came of it, by file."""
        folder = self.folder / "models" / NAME
        return {path.name: path.read_bytes() for path in folder.glob(_RESULTS[self.what])}

    def check_end(self, alone: dict[str, bytes], life: Life) -> None:
        """Compare what came of it with a training that was left alone."""
        if self.results() != alone or not alone:
            self.wrong.append("it ended with other numbers than one that was left alone")
        if life.left_all:
            return
        left = sorted(path.name for path in self.records.folder(self.run).iterdir())
        if left != [RECORD_FILE]:
            self.wrong.append(f"its folder holds {', '.join(left)}")


def _lines(program: subprocess.Popen[bytes]) -> queue.SimpleQueue[dict[str, Any] | None]:
    told: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def read() -> None:
        assert program.stdout is not None
        for line in program.stdout:
            if line.endswith(b"\n"):
                told.put(json.loads(line))
        told.put(None)

    threading.Thread(target=read, name="told", daemon=True).start()
    return told


def _follow(
    life: Life,
    told: queue.SimpleQueue[dict[str, Any] | None],
    until: float,
    *,
    until_learning: bool = False,
    until_over: bool = False,
) -> None:
    """Hear what is told until then."""
    while (left := until - time.monotonic()) > 0:
        if (until_learning and life.done >= 0) or (until_over and life.is_over):
            return
        try:
            line = told.get(timeout=left)
        except queue.Empty:
            return
        if line is None:
            told.put(None)
            return
        life.take(line)


@dataclass
class TrainingTally:
    """What all kills have met, and what was wrong after them."""

    what: str
    kills: int = 0
    ends: int = 0
    lost: int = 0
    by_moment: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """All of it in a sentence."""
        moments = ", ".join(f"{count} at its {name}" for name, count in self.by_moment.items())
        return (
            f"{self.what}: {self.kills} kills ({moments}), {self.ends} trainings came to their "
            f"end, at most {self.lost} steps were done again, {len(self.wrong)} faults"
        )


def run(what: str, kills: int, seed: int) -> TrainingTally:
    """Kill so often, in as many trainings as come to their end meanwhile."""
    found, chance = TrainingTally(what), random.Random(f"{what}-{seed}")
    with tempfile.TemporaryDirectory(prefix="lampblack-training-") as folder:
        reference = Training(what, Path(folder) / "alone", chance)
        life, start_s, learn_s = reference.left_alone()
        alone = reference.results()
        found.wrong += [*reference.wrong, *([] if alone else [f"nothing came of it: {life}"])]
        number = 0
        while found.kills < kills and not found.wrong:
            number += 1
            one = Training(what, Path(folder) / str(number), chance)
            while found.kills + one.kills < kills and not one.wrong:
                life = one.killed(start_s, learn_s)
                if life.made:
                    break
            if not life.made and not one.wrong:
                life, _start, _learn = one.left_alone()
            if life.made:
                one.check_end(alone, life)
                found.ends += 1
            found.kills += one.kills
            found.lost = max(found.lost, one.lost)
            for name, count in one.by_moment.items():
                found.by_moment[name] = found.by_moment.get(name, 0) + count
            found.wrong += [f"seed {seed}, training {number}: {text}" for text in one.wrong]
    return found


def main(arguments: Sequence[str]) -> int:
    """Run the command line."""
    made = argparse.ArgumentParser(prog="training-kills", description="Kill trainings.")
    made.add_argument("kills", nargs="?", type=int, default=50, help="how often, of each kind")
    made.add_argument("--seed", type=int, default=None, help="what the moments come from")
    made.add_argument("--what", choices=[*WAYS], action="append", help="what is learned")
    given = made.parse_args(arguments)
    seed = random.randrange(1 << 30) if given.seed is None else given.seed
    code = 0
    for what in given.what or WAYS:
        sys.stdout.write(f"seed {seed}\n")
        sys.stdout.flush()
        tally = run(what, given.kills, seed)
        sys.stdout.write("\n".join((tally.line(), *tally.wrong)) + "\n")
        sys.stdout.flush()
        code = code or (1 if tally.wrong else 0)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
