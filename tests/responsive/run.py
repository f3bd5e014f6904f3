"""Whether the window answers while a download runs, a model loads, or its service is abused.

Usage: python -m tests.responsive.run [--part NAME]… [--stacks] [--tell MS]

Prints a table: the worst delay of the window's event loop, the 99th percentile and the stalls, and
the same of a process that does nothing, so that a starved machine can be told apart. The exit code
is 0 where the window has no more stalls than that. `packaging/dev.py test --responsive` calls it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from app.benchmark.window_goals import manuscript
from app.core.models.starter import STARTER
from app.core.system.network import listen
from app.core.system.paths import Paths
from tests.responsive.delays import Delay, Figures, Span, excess, figures, within
from tests.responsive.home import make_home, served_names

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("windows", "rest", "download", "checksum", "refresh", "load", "service", "all")
WORDS = 20_000
ENDS_WITHIN_S = 60
_WIDTH = 40
_OFFSCREEN = "This plugin does not support"
"""What Qt says of its platform without a screen."""


@dataclass
class Seen:
    """What the window and the control have told."""

    spans: list[tuple[Span, list[Delay]]] = field(default_factory=list)
    control: list[Delay] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Take up a line of the window's."""
        told = json.loads(line)
        self.problems += told.get("problems", ())
        self.notes += told.get("notes", ())
        if "part" in told:
            delays = [Delay(**each) for each in told["delays"]]
            self.spans.append((Span(**told["part"]), delays))


def main(arguments: Sequence[str]) -> int:
    """Run the command line."""
    given = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # with the other processes
    starter = Paths.here().models / STARTER.file_name
    if not starter.is_file():
        sys.exit("The starter model is missing; `lampblack models get starter` fetches it.")
    with tempfile.TemporaryDirectory(prefix="lampblack-responsive-") as folder:
        home = Path(folder)
        paths = make_home(home, starter)
        (home / "novel.md").write_text(manuscript(WORDS), "utf-8")
        seen = watched(home, paths.api_token_file, given)
    return report(seen, given.tell / 1000)


def parser() -> argparse.ArgumentParser:
    """The options of this command."""
    made = argparse.ArgumentParser(prog="responsive", description="Look for stalls of the window.")
    made.add_argument("--part", choices=PARTS, action="append", help="only this; may be repeated")
    stacks = "say what every thread did during a delay; that costs the window some time"
    made.add_argument("--stacks", action="store_true", help=stacks)
    made.add_argument("--tell", type=float, default=50, help="tell delays above so many ms")
    return made


def watched(home: Path, token_file: Path, given: argparse.Namespace) -> Seen:
    """Run the window beside the hub, the control and the clients of its service."""
    seen = Seen()
    environ = {**os.environ, "LAMPBLACK_HOME": str(home), "PYTHONPATH": str(ROOT)}
    environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with listen(0) as found:
        port = found.getsockname()[1]
    task = {
        "abuses": str(home / "abuses"),
        "port": port,
        "manuscript": str(home / "novel.md"),
        "parts": given.part or [],
        "stacks": given.stacks,
    }
    (home / "abuses").mkdir()
    abuse = ["-m", "tests.responsive.abuse", task["abuses"], str(port), str(token_file)]
    hub = [str(ROOT / "tests/responsive/hub.py"), str(home / "served"), *served_names()]
    with helper(hub, environ) as served:
        assert served.stdout is not None
        environ["HF_ENDPOINT"] = served.stdout.readline().strip()
        with (
            helper([str(ROOT / "tests/responsive/control.py")], environ) as control,
            helper(abuse, environ),
        ):
            reader = Thread(target=follow, args=(control, seen))
            reader.start()
            drive(task, environ, seen)
            assert control.stdin is not None
            control.stdin.close()
            reader.join()
    return seen


@contextmanager
def helper(words: Sequence[str], environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with its stdin."""
    process = subprocess.Popen(
        [sys.executable, *words],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def follow(control: subprocess.Popen[str], seen: Seen) -> None:
    """Note what the control tells, to its end."""
    assert control.stdout is not None
    seen.control += (Delay(*json.loads(line)) for line in control.stdout)


def drive(task: dict[str, Any], environ: dict[str, str], seen: Seen) -> None:
    """Run the window to its end."""
    with tempfile.TemporaryFile() as errors:
        command = [sys.executable, str(ROOT / "tests/responsive/window.py"), json.dumps(task)]
        process = subprocess.Popen(
            command,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            cwd=ROOT,
            start_new_session=True,  # the system may share the processors out by sessions
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                seen.take(line)
                show(seen)
            process.wait(ENDS_WITHIN_S)
        finally:
            process.kill()
            process.wait()
        errors.seek(0)
        lines = errors.read().decode(errors="replace").splitlines()
        said = "\n".join(line for line in lines if _OFFSCREEN not in line)
    if process.returncode:
        seen.problems.append(f"the window ended with code {process.returncode}")
    if said:
        seen.problems.append(f"the window wrote: {said[-2000:]}")


def show(seen: Seen) -> None:
    """The line of progress."""
    if seen.spans and sys.stdout.isatty():
        print(f"\r{seen.spans[-1][0].name:<60}\r", end="", flush=True)


def report(seen: Seen, tell_s: float) -> int:
    """Print the table and the delays above `tell_s`; the exit code."""
    print(f"{'':<{_WIDTH}}{'window: worst':>15}{'p99':>7}{'> 50':>6}{'own':>5}", end="")
    print(f"{'control: worst':>17}{'p99':>7}{'> 50':>6}   (ms)")
    own = 0
    for span, delays in seen.spans:
        window = figures(delays, span)
        control = figures(within(seen.control, span), span)
        own += excess(window, control)
        print(f"{span.name:<{_WIDTH}}{row(window, 15)}{window.own:>5}{row(control, 17)}")
    for span, delays in seen.spans:
        for delay in delays:
            if delay.late > tell_s:
                print(told(span, delay))
    for line in (*seen.notes, *seen.problems):
        print(line)
    print(f"stalls of the window's own: {own}")
    return int(bool(own or seen.problems or not seen.spans))


def row(found: Figures, width: int) -> str:
    """Three columns."""
    return f"{found.worst * 1000:>{width}.1f}{found.p99 * 1000:>7.1f}{found.stalls:>6}"


def told(span: Span, delay: Delay) -> str:
    """A delay, with what went on."""
    waited = "" if delay.starved < 0 else f", {delay.starved * 1000:.0f} without a processor"
    line = (
        f"{span.name}, {delay.at - span.begun:.2f} s: {delay.late * 1000:.0f} ms late, "
        f"{delay.busy * 1000:.0f} of them computing{waited}; {delay.doing}"
    )
    return f"{line}\n{delay.stack}" if delay.stack else line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
