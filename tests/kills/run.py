"""Kills the real program at random moments, and looks whether anything is missing afterwards.

Usage: python -m tests.kills.run [KILLS] [--seed N]

The program types, lets the real model write, saves, restores versions, changes a book, exports and
backs up, until it is killed; then it is started again on what is left, and so on.
`packaging/dev.py test --kills` calls it. The exit code is 0 where nothing was lost or torn.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.core.models.starter import STARTER
from app.core.store import Store
from app.core.system.paths import Paths as ProgramPaths
from tests.kills.moments import Paths, RunSeen, book_letters, torn_files, unsound_stores

ROOT = Path(__file__).resolve().parents[2]
_START_S, _LIFE_S = 3.0, 2.5  # the longest time until a kill: from the start, or from the page on
_PATIENCE_S = 120


@dataclass
class Tally:
    """What all kills together have met, and what was wrong after them."""

    kills: int = 0
    at_start: int = 0
    edits: int = 0
    steps: int = 0
    saves: int = 0
    recoveries: int = 0
    late: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """All of it in a sentence."""
        return (
            f"{self.kills} kills ({self.at_start} before the page was there): {self.edits} edits, "
            f"{self.steps} changes of a book in the window, {self.saves} saves, {self.recoveries} "
            f"texts recovered, {len(self.wrong)} faults "
            f"(the machine itself was up to {1000 * self.late:.0f} ms late)"
        )


class Lateness:
    """How late this machine lets a thread go on that only sleeps: what a starved one costs all."""

    _SLEEP_S = 0.02

    def __init__(self) -> None:
        self._late: list[tuple[float, float]] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        before = time.monotonic()
        while not self._end.wait(self._SLEEP_S):
            now = time.monotonic()
            self._late.append((now, now - before - self._SLEEP_S))
            before = now

    def close(self) -> float:
        """End; the worst delay of the last two seconds."""
        self._end.set()
        self._thread.join()
        last = time.monotonic() - 2
        return max((late for at, late in self._late if at > last), default=0.0)


class KilledProgram:
    """The program in `folder`, its home, killed again and again."""

    def __init__(self, folder: Path, starter: Path | None, seed: int) -> None:
        self.folder, self._starter, self._seed = folder, starter, seed
        self.chance = random.Random(seed)
        self.home, self._files = folder / "home", Paths(folder / "texts")
        self.data = self.home / "data"
        self._files.folder.mkdir(parents=True)
        self._files.begin()
        self._books = (self._files.book, self._files.shown_book)
        self._letters = list(map(book_letters, self._books))
        self._before: dict[str, tuple[str, str]] = {}
        self.tally = Tally()

    def kill_once(self, number: int) -> None:
        """Start the program, let it work, kill it and check what is left."""
        contents = self._contents()
        control = Lateness()
        run, killed_at = self._run(number)
        late = control.close()  # the store's thread waits for its turn as long, and its disk, too
        self.tally.late = max(self.tally.late, late)
        self.tally.kills += 1
        self.tally.at_start += not run.is_ready
        self.tally.edits += run.edits
        self.tally.steps += run.steps
        self.tally.saves += sum(map(len, run.saving.values()))
        for wrong in (
            *run.problems,
            *self._missing(run, killed_at - 2 * late),
            *self._torn(run, contents),
        ):
            self.tally.wrong.append(f"seed {self._seed}, kill {number}: {wrong}")

    def _run(self, number: int) -> tuple[RunSeen, float]:
        task = {
            "seed": self.chance.randrange(2**32),
            "folder": str(self._files.folder),
            "document": str(self._files.draft(self.chance)),
            "model": str(self._starter) if self._starter is not None and number % 2 else "",
        }
        environ = {**os.environ, "LAMPBLACK_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        words = [sys.executable, "-m", "tests.kills.driven", json.dumps(task)]
        log = (self.folder / "stderr").open("wb")
        with log, subprocess.Popen(words, cwd=ROOT, env=environ, stdout=-1, stderr=log) as child:
            assert child.stdout is not None
            told: queue.SimpleQueue[dict[str, object] | None] = queue.SimpleQueue()

            def read() -> None:
                assert child.stdout is not None
                for line in child.stdout:
                    if line.endswith(b"\n"):
                        told.put(json.loads(line))
                told.put(None)

            reader = threading.Thread(target=read)
            reader.start()
            run = RunSeen()
            if self.chance.random() < 0.25:  # at any moment of the start
                until = time.monotonic() + self.chance.uniform(0, _START_S)
            else:
                self._follow(run, told, time.monotonic() + _PATIENCE_S, until_ready=True)
                until = time.monotonic() + self.chance.uniform(0, _LIFE_S)
            self._follow(run, told, until)
            ended = child.poll()
            child.kill()
            killed_at = time.monotonic()
            reader.join()
            while (line := told.get()) is not None:
                run.take(line)
        if ended is not None:
            said = (self.folder / "stderr").read_text("utf-8", "replace")[-2000:]
            run.problems.append(f"the program ended by itself ({ended}): {said}")
        return run, killed_at

    def _follow(
        self,
        run: RunSeen,
        told: queue.SimpleQueue[dict[str, object] | None],
        until: float,
        *,
        until_ready: bool = False,
    ) -> None:
        while (left := until - time.monotonic()) > 0 and not (until_ready and run.is_ready):
            try:
                line = told.get(timeout=left)
            except queue.Empty:
                return
            if line is None:
                told.put(None)
                return
            run.take(line)

    def _missing(self, run: RunSeen, killed_at: float) -> Iterator[str]:
        """What the writer had on the page and does not get back."""
        recovered = self._recovered()
        self.tally.recoveries += len(recovered)
        contents = self._contents()
        for journal, seen in run.owed().items():
            path = str(Path(seen.path)) if seen.path else ""
            if self._files.is_scene(path):  # the letters of the book say whether all is there
                continue
            text = recovered.get(journal, ("", contents.get(path, "")))[1]
            if text not in seen.acceptable(killed_at):
                yield f"{path or 'an untitled text'}: {seen.explain(text, killed_at)}"
        texts = {text for _path, text in recovered.values()} | set(contents.values())
        for one, (_path, text) in self._before.items():
            if (one not in run.gone or not run.is_ready) and text not in texts:
                yield f"a text that was to be recovered is gone: {text[-80:]!r}"
        self._before = recovered

    def _recovered(self) -> dict[str, tuple[str, str]]:
        """What the next start finds, read from a copy."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        if not self.data.exists():
            return {}
        shutil.copytree(self.data, copy, ignore=shutil.ignore_patterns("backups", "models"))
        store = Store(copy / "store.sqlite")
        found = {one.id: (one.path, one.text) for one in store.recoverable()}
        problems = store.problems
        store.close()
        self.tally.wrong += [f"seed {self._seed}: {problem}" for problem in problems]
        return found

    def _torn(self, run: RunSeen, before: dict[str, str]) -> Iterator[str]:
        for path, text in self._contents().items():
            if text != before.get(path) and text not in run.saving.get(path, ()):
                yield f"{Path(path).name} holds what was never saved: {text[-80:]!r}"
        for folder, at_first in zip(self._books, self._letters, strict=True):
            if (letters := book_letters(folder)) != at_first:
                yield f"the {folder.name} has other letters than at first: {letters[:-1]}"
        yield from torn_files(self._files.folder)
        yield from unsound_stores(self.data, self.folder / "check")

    def _contents(self) -> dict[str, str]:
        found = sorted(self._files.folder.glob("draft-*.md"))
        return {str(path): path.read_bytes().decode("utf-8", "replace") for path in found}


def run(kills: int, seed: int, starter: Path | None, tell: bool = False) -> Tally:
    """Kill the program so often, in homes of at most twenty kills each."""
    whole = Tally()
    for first in range(0, kills, 20):
        with tempfile.TemporaryDirectory(prefix="lampblack-kills-") as folder:
            one = KilledProgram(Path(folder), starter, seed + first)
            for number in range(min(20, kills - first)):
                one.kill_once(number)
            for name in ("kills", "at_start", "edits", "steps", "saves", "recoveries", "wrong"):
                setattr(whole, name, getattr(whole, name) + getattr(one.tally, name))
            whole.late = max(whole.late, one.tally.late)
        if tell:
            sys.stdout.write(f"seed {seed + first}: {one.tally.line()}\n")
            sys.stdout.flush()
    return whole


def main(arguments: Sequence[str]) -> int:
    """Run the command line."""
    made = argparse.ArgumentParser(prog="kills", description="Kill the program again and again.")
    made.add_argument("kills", nargs="?", type=int, default=200, help="how often")
    made.add_argument("--seed", type=int, default=1, help="what the moments and deeds come from")
    given = made.parse_args(arguments)
    starter = ProgramPaths.here().models / STARTER.file_name
    if not starter.is_file():
        sys.exit("The starter model is missing; `lampblack models get starter` fetches it.")
    tally = run(given.kills, given.seed, starter, tell=True)
    sys.stdout.write("\n".join((tally.line(), *tally.wrong)) + "\n")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
