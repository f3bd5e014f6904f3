"""Goals about the window: its event loop while a model writes, its start, and its memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter

import psutil

from app.benchmark.baseline import Child
from app.benchmark.goal import Experiment, Values
from app.benchmark.session import GoalSession, passage
from app.core.system.processes import host_environment, program_command

_PARAGRAPH = 100  # words
_MEGABYTE = 1 << 20  # characters, of a byte each
_LONG = 20_000  # words
_UNSEEN = "offscreen"  # Qt's platform without a screen: everything is drawn, nothing pops up


def streaming(session: GoalSession) -> Experiment:
    """Goal 11: the real window with a long manuscript, a model's load, and writing at its end."""
    text = manuscript(session.sizes.words)

    def stream() -> Values:
        file = Path(mkdtemp(dir=session.folder)) / "novel.txt"
        file.write_text(text, "utf-8")
        words = ("stream", str(session.path), str(session.sizes.decode), str(file))
        with closing(_window(session, words)) as child:
            found = child.ask("stream")
            child.leave()
        return {name: float(value) for name, value in found.items()}

    return Experiment(
        {"window": stream}, lambda taken: {name: taken[name] for name in ("p99", "worst")}
    )


def starting(session: GoalSession) -> Experiment:
    """Goal 12: fresh processes by turns, the real window and a bare one."""
    samples = {name: partial(_start, session, name) for name in ("bare", "start")}
    return Experiment(samples, beside_bare)


def beside_bare(taken: Values) -> Values:
    """The real window's figures as multiples of the bare one's, and what it should not hold."""
    ratios = {
        name: taken[f"start_{name}"] / taken[f"bare_{name}"]
        for name in ("processor", "clock", "memory")
    }
    return ratios | {"libraries": taken["start_libraries"]}


def _start(session: GoalSession, which: str) -> Values:
    begun = perf_counter()
    with closing(_window(session, (which,))) as child:
        processor = float(child.ask("shown")["processor"])
        clock = perf_counter() - begun
        settled = child.ask("settled")
        # What only this process holds, and what its end would give back.
        memory = float(psutil.Process(settled["pid"]).memory_full_info().uss)
        child.leave()
    found = {"processor": processor, "clock": clock, "memory": memory}
    found["libraries"] = float(len(settled["libraries"]))
    return {f"{which}_{name}": value for name, value in found.items()}


def editing(session: GoalSession) -> Experiment:
    """Goal 18: the real window's page and a bare editor, by turns within one process."""
    return Experiment({"window": lambda: edited(session)}, beside_bare_editor)


def edited(session: GoalSession) -> Values:
    """Seconds of opening, and of 95 in 100 keys, in the real window and in a bare editor."""
    text = manuscript(session.sizes.words)
    folder = Path(mkdtemp(dir=session.folder))
    (folder / "megabyte.txt").write_text((text * 2)[:_MEGABYTE], "utf-8")
    (folder / "novel.txt").write_text(text, "utf-8")
    (folder / "paragraph.txt").write_text(" ".join(_flow(_LONG)), "utf-8")
    with closing(_window(session, ("edit", str(folder), str(session.sizes.keys)))) as child:
        found = child.ask("edit")
        child.leave()
    return {name: float(value) for name, value in found.items()}


def beside_bare_editor(taken: Values) -> Values:
    """The page's times as multiples of the bare editor's; in the long paragraph, milliseconds."""
    ratios = {
        name: taken[f"{name}_ours"] / taken[f"{name}_bare"]
        for name in ("open", "start", "middle", "end")
    }
    return ratios | {"paragraph": taken["paragraph_ours"] * 1000}


def _window(session: GoalSession, words: Sequence[str]) -> Child:
    """A window that answers, in a new home of its own."""
    home = mkdtemp(dir=session.folder)
    environment = host_environment() | {"LAMPBLACK_HOME": home, "QT_QPA_PLATFORM": _UNSEEN}
    return Child([*program_command("measure"), *words], session.log, environment)


def manuscript(words: int) -> str:
    """A text of `words` words in paragraphs of a usual length."""
    flow = _flow(words)
    paragraphs = iter(lambda: " ".join(islice(flow, _PARAGRAPH)), "")
    return "\n\n".join(paragraphs) + "\n"


def _flow(words: int) -> Iterator[str]:
    return islice(cycle(passage(0, 100_000).split()), words)
