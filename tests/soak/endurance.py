"""The engine's long run: hundreds of loads, thousands of texts, a hundred kills; nothing may grow.

Usage: python -m tests.soak.endurance [--loads N] [--texts N] [--kills N] [--seed N]

Prints a table for each part; the exit code is 0 where nothing grew and every kill was survived.
`packaging/dev.py test --endurance` calls it; a short form of each part is among the tests.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil

from app.core.errors import ModelCrashedError
from app.core.models.starter import STARTER
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.core.system.paths import Paths
from app.engine.client import EngineClient
from app.engine.messages import Done, EngineName, Event, Generate, HostDied, Load, Unload
from tests.soak.growth import Line, Sample, judged
from tests.soak.measuring import files, mapped_models, own_memory

OPTIONS = LoadOptions(context=256, threads=1, batch=64, ubatch=64)
SAMPLING = Sampling(temperature=1.0, max_tokens=4, seed=1)
ENGINE: EngineName = "llama.cpp"
KILLED_WITHIN_S = 0.7
"""About as long as the starter needs to be loaded and to write a text."""

SAMPLES = 40
"""How often a part is measured, more or less."""


class Engine:
    """An engine client and its host, measured whenever they rest."""

    def __init__(self, client: EngineClient, model: Path, engine: EngineName) -> None:
        self._client, self._path, self._engine = client, str(model), engine
        self.heard: list[Event] = []
        self._hosts: set[int] = set()

    @property
    def pid(self) -> int | None:
        """The host's process."""
        return self._client.host_pid

    def load(self) -> None:
        """Load the model, in place of the present one."""
        job = self._client.next_job()
        load = Load(job=job, path=self._path, engine=self._engine, options=OPTIONS)
        self._client.run(load, self.heard.append)

    def unload(self) -> None:
        """Give the model up."""
        self._client.run(Unload(job=self._client.next_job()), self.heard.append)

    def write(self, prompt: str) -> str:
        """A short text; the host is started and the model loaded again where they are gone."""
        command = Generate(job=self._client.next_job(), prompt=prompt, sampling=SAMPLING)
        done = self._client.run(command, self.heard.append)
        assert isinstance(done, Done)
        return done.takes[0].text

    def sample(self, number: int) -> Sample:
        """Both processes at rest; raises AssertionError where the host was replaced."""
        assert self.pid is not None
        self._hosts.add(self.pid)
        assert len(self._hosts) == 1, "the host was replaced"
        self.heard.clear()
        host, me = psutil.Process(self.pid), psutil.Process()
        return Sample(
            tokens=number,
            model=Path(self._path).name,
            fresh=True,
            host=own_memory(host),
            window=own_memory(me),
            mapped=mapped_models(host),
            host_threads=host.num_threads(),
            window_threads=me.num_threads(),
            host_files=files(host),
            window_files=files(me),
            children=len(me.children(recursive=True)),
        )


@contextmanager
def started(model: Path, engine: EngineName) -> Iterator[Engine]:
    """An engine of its own."""
    with closing(EngineClient(cancel_s=2.0)) as client:
        yield Engine(client, model, engine)


def loads(model: Path, engine: EngineName, count: int) -> list[Line]:
    """Load and unload `count` times; what was measured, early and late."""
    samples = []
    with started(model, engine) as one:
        for number in range(count):
            one.load()
            one.unload()
            if number % max(1, count // SAMPLES) == 0:
                samples.append(one.sample(number))
    return judged(samples, count)


def texts(model: Path, engine: EngineName, count: int) -> list[Line]:
    """Write `count` texts on a model that stays loaded; what was measured, early and late."""
    samples = []
    with started(model, engine) as one:
        one.load()
        for number in range(count):
            one.write(f"Chapter {number % 97}. The old lighthouse keeper")
            if number % max(1, count // SAMPLES) == 0:
                samples.append(one.sample(number))
    return judged(samples, count)


def kills(model: Path, engine: EngineName, count: int, seed: int, span_s: float) -> list[str]:
    """Kill the host `count` times within `span_s` seconds of a load and a text; what went wrong.

    Whatever it did, the kill must be told once, the next text must be the same as ever, and
    neither a process nor a file may be left.
    """
    chance, problems, met = random.Random(seed), list[str](), 0
    with started(model, engine) as one:
        one.load()
        expected, before = one.write("Once"), files(psutil.Process())
        for number in range(count):
            met += killed(one, chance.uniform(0, span_s))
            problems += survived(one, expected, f"kill {number}")
        if (after := files(psutil.Process())) > before:
            problems.append(f"{after - before} files were left open")
    if met < count / 4:
        problems.append(f"only {met} of {count} kills met the host at work")
    return problems


def killed(one: Engine, after_s: float) -> bool:
    """Kill the host so long after it began to load and write; whether that was in its midst."""
    pid = one.pid
    assert pid is not None
    timer = threading.Timer(after_s, kill, [pid])
    one.heard.clear()
    timer.start()
    try:
        one.load()
        one.write("Once")
    except ModelCrashedError:
        return True
    finally:
        timer.join()
    return False


def kill(pid: int) -> None:
    """End a process that has no say in it."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def survived(one: Engine, expected: str, what: str) -> Iterator[str]:
    """What is wrong after a kill; the host is there again when this ends."""
    told = sum(isinstance(event, HostDied) for event in one.heard)
    if told > 1:
        yield f"{what} was told {told} times"
    try:
        one.load()
        text = one.write("Once")
    except ModelCrashedError:  # the kill came at rest, so that this load was the first to notice
        one.load()
        text = one.write("Once")
    if text != expected:
        yield f"{what}: afterwards the text was {text!r}"
    if (children := len(psutil.Process().children())) != 1:
        yield f"{what}: there are {children} children"


def parser() -> argparse.ArgumentParser:
    """The options of this command."""
    made = argparse.ArgumentParser(prog="endurance", description="Load, write and kill for long.")
    made.add_argument("--loads", type=int, default=500, help="how often a model is loaded")
    made.add_argument("--texts", type=int, default=2000, help="how many texts are written")
    made.add_argument("--kills", type=int, default=100, help="how often the host is killed")
    made.add_argument("--seed", type=int, help="of the moments of the kills; printed")
    return made


def main(arguments: Sequence[str]) -> int:
    """Run the command line."""
    given = parser().parse_args(arguments)
    seed = secrets.randbelow(2**32) if given.seed is None else given.seed
    model = Paths.here().models / STARTER.file_name
    with tempfile.TemporaryDirectory(prefix="lampblack-endurance-") as home:
        os.environ["LAMPBLACK_HOME"] = home
        wrong = given.loads and show(f"{given.loads} loads", loads(model, ENGINE, given.loads))
        if given.texts:
            wrong |= show(f"{given.texts} texts", texts(model, ENGINE, given.texts))
        if given.kills:
            problems = kills(model, ENGINE, given.kills, seed, KILLED_WITHIN_S)
            print(f"{given.kills} kills, seed {seed}: {'; '.join(problems) or 'all survived'}")
            wrong |= bool(problems)
    return int(wrong)


def show(title: str, lines: Sequence[Line]) -> bool:
    """Print a table; whether something grew."""
    print(f"{title:<44}{'after a fifth':>14}{'at the end':>14}")
    for line in lines:
        print(f"{line.what:<44}{line.early:>14,.0f}{line.late:>14,.0f}  {line.problem}", flush=True)
    return any(line.problem for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
