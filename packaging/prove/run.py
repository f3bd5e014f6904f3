"""The word `bundle --prove`: each archive in each tree under each condition, and the table."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bundle import archives, build, libraries
from bundle.freeze import Workshop
from machine import SetupError, tool

from prove import plan, results, roots, sandbox, timing, trace
from prove.packages import Package
from prove.plan import Artefact, Try
from prove.results import Row
from prove.roots import Roots
from prove.sandbox import Bind

REPORT = "proof.json"
_X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 (X11's own place)


def prove(shop: Workshop, kinds: Sequence[str], *, is_quick: bool) -> int:
    """Try the archives in `dist`, print the table and write it beside them; 1 when one failed."""
    dist = shop.tree.parent
    found = plan.artefacts(dist, kinds)
    tries = plan.plan(found, plan.TREES, is_quick=is_quick)
    rows: list[Row] = []
    with roots.opened(roots.cache(), _needs(shop)) as trees, ExitStack() as closing:
        display = ""
        if any(one.condition.is_shown for one in tries):
            display = closing.enter_context(x_server())
        rows.extend(Proof(trees, display).rows(tries))
    starts = timing.starts(shop) if shop.python.exists() and not is_quick else {}
    facts = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, Linux {platform.release()}",
        "archives": {one.path.name: one.path.stat().st_size for one in found},
        "start": starts,
    }
    (dist / REPORT).write_text(results.as_json(rows, facts), "utf-8")
    print("\n".join(["", *results.table(rows)]))
    for one in found:
        print(f"{one.path.name}: {one.path.stat().st_size / 1e6:.1f} MB")
    print(
        "\n".join(timing.sentences(starts, [one.first_text_s for one in rows if one.first_text_s]))
    )
    return 1 if any(one.problems for one in rows) else 0


def _needs(shop: Workshop) -> list[str]:
    """The packages that the package for Debian depends on: all that a tree is given."""
    if not shop.tree.is_dir():
        raise SetupError(f"{shop.tree} is missing: run `dev.py bundle tar` first.")
    linked = libraries.linked(shop.tree)
    named = archives.depends(libraries.outside(linked), libraries.oldest_glibc(linked))
    return [name.partition(" ")[0] for name in named]


@contextmanager
def x_server() -> Iterator[str]:
    """A screen in memory; its DISPLAY."""
    command = [tool("Xvfb", "xvfb"), "-displayfd", "1", "-screen", "0", "1280x900x24", "-ac"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            number = server.stdout.readline().strip()
            if not number:
                raise SetupError("Xvfb has not started: try `Xvfb -displayfd 1`.")
            yield f":{number}"
        finally:
            server.terminate()


class Proof:
    """Runs the tries; archives that may lie anywhere are unpacked once."""

    def __init__(self, trees: Roots, display: str) -> None:
        self._trees = trees
        self._display = display
        self._unpacked: dict[str, Path] = {}

    def rows(self, tries: Sequence[Try]) -> Iterator[Row]:
        """A row for each try, and two for the installation and removal of each package."""
        package: Package | None = None
        for count, one in enumerate(tries, 1):
            title = f"[{count}/{len(tries)}] {one.tree.title}, {one.artefact.kind}"
            title = f"{title}, {one.condition.name}"
            if one.artefact.kind != "deb":
                yield self._try(one, title, self._trees.ready(one.tree))
                continue
            if package is None or package.tree != one.tree:
                package = Package(self._trees, one.tree, one.artefact)
            layers, problems = package.by_apt if one.condition.by_apt else package.by_dpkg
            yield self._try(one, title, layers, problems)
            if one.condition.by_apt or _is_last(one, tries):
                yield package.removal(one)

    def _try(
        self, one: Try, title: str, layers: Sequence[str], problems: Sequence[str] = ()
    ) -> Row:
        scratch = self._trees.scratch("try")
        folder = None if one.artefact.kind == "deb" else self._unpack(one.artefact)
        binds = [Bind(one.artefact.place, folder)]
        variables, log = [*one.condition.variables], scratch.folder / "trace"
        if one.condition.is_shown:
            binds.append(Bind(str(_X_SOCKETS), _X_SOCKETS, is_written=True))
            variables.append(f"DISPLAY={self._display}")
        program = f"{one.artefact.place}/{one.artefact.program}"
        words = [program, "selftest", "--json", "--skip", "service"]
        command = sandbox.as_user(scratch, variables, words)
        if one.condition.is_traced:
            traced = ["-f", "-qq", "-e", f"trace={trace.CALLS}", "-o", str(log)]
            command = [tool("strace", "strace"), *traced, *command]
        ended = sandbox.run(title, sandbox.entering(scratch, layers, command, binds=binds))
        found = [*problems, *_left(scratch.upper)]
        if one.condition.is_traced:
            found += _traced(log)
        place = folder or self._trees.folder / layers[0] / one.artefact.place.lstrip("/")
        row = results.row(one, ended, build.size_of(place) / 1e6, found)
        for problem in row.problems:
            print(f"    {problem}", flush=True)
        return row

    def _unpack(self, artefact: Artefact) -> Path:
        """The folder of what is in the archive."""
        if artefact.kind in self._unpacked:
            return self._unpacked[artefact.kind]
        target = self._trees.scratch(artefact.kind).folder / "unpacked"
        if artefact.kind == "tar":
            target.mkdir()
            words = [tool("tar", "tar"), "--strip-components=1", "-C", str(target), "-xJf"]
        else:
            words = [tool("unsquashfs", "squashfs-tools"), "-quiet", "-no-progress", "-dest"]
            words += [str(target)]
        ended = sandbox.run(f"Unpacking {artefact.path.name}", [*words, str(artefact.path)])
        if ended.code:
            raise SetupError(f"{artefact.path.name} cannot be unpacked: {ended.error[-500:]}")
        self._unpacked[artefact.kind] = target
        return target


def _is_last(one: Try, tries: Sequence[Try]) -> bool:
    """Whether no other try of this archive follows in its tree."""
    same = [other for other in tries if (other.tree, other.artefact) == (one.tree, one.artefact)]
    return same[-1] == one


def _left(upper: Path) -> list[str]:
    """What the self-test has left in the tree: no file at all is right."""
    files = [path for path in upper.rglob("*") if not path.is_dir() or path.is_symlink()]
    names = ", ".join(f"/{path.relative_to(upper)}" for path in files[:4])
    return [f"it has left {len(files)} files: {names}"] if files else []


def _traced(log: Path) -> list[str]:
    lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
    return list(results.socket_problems(trace.sockets(lines)))
