"""What is tried: every archive, in every tree, under every condition that makes a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bundle.archives import PACK, PLACE
from machine import SetupError

UNUSUAL = "/srv/A writer's place 写作的地方"
"""Where an archive that may lie anywhere is put: a path with spaces, a quote and Chinese."""


@dataclass(frozen=True)
class Tree:
    """A system as debootstrap makes it: `suite` is the release's name.

    `has_locales` is one in which the languages of the conditions are generated.
    """

    suite: str
    title: str
    is_ubuntu: bool = False
    has_locales: bool = False


@dataclass(frozen=True)
class Condition:
    """How the self-test is called: the variables are all that its environment has.

    `is_traced` is under strace, `is_shown` on an X server; `by_apt` is a package that apt has put
    into a bare tree, with whatever apt says it depends on.
    """

    name: str
    variables: tuple[str, ...] = ()
    needs_locales: bool = False
    is_traced: bool = False
    is_shown: bool = False
    by_apt: bool = False


@dataclass(frozen=True)
class Artefact:
    """A finished archive; `program` is what is started, `place` where it lies then."""

    kind: str
    path: Path
    program: str
    place: str


@dataclass(frozen=True)
class Try:
    """One run of the self-test."""

    artefact: Artefact
    tree: Tree
    condition: Condition


TREES = (
    Tree("bookworm", "Debian 12", has_locales=True),
    Tree("trixie", "Debian 13"),
    Tree("jammy", "Ubuntu 22.04", is_ubuntu=True),
    Tree("noble", "Ubuntu 24.04", is_ubuntu=True),
)

CONDITIONS = (
    Condition("apt", by_apt=True),
    Condition("bare"),
    Condition("C, strace", ("LANG=C",), is_traced=True),
    Condition("zh_CN", ("LANG=zh_CN.UTF-8",), needs_locales=True),
    Condition("tr_TR", ("LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8"), needs_locales=True),
    Condition("X11", is_shown=True),
)
QUICK = ("bare", "C, strace")
"""The conditions of the quick form, of which it tries the first archive in the first tree."""

_KINDS = {
    "tar": ("lampblack-*.tar.xz", "lampblack", UNUSUAL),
    "deb": ("lampblack_*.deb", "lampblack", f"/{PLACE}"),
    "appdir": ("lampblack-*.squashfs", "AppRun", UNUSUAL),
}
"""Of each kind: the archive's name, what is started, and where it lies then."""


def artefacts(dist: Path, kinds: Iterable[str] = ()) -> list[Artefact]:
    """The finished archives; raises SetupError where one that was named is missing, or all are."""
    found, wanted = [], tuple(kinds)
    for kind in wanted:
        if kind not in _KINDS:
            raise SetupError(f"{kind} is not tried in trees; its squashed tree is: name appdir.")
    for kind in wanted or _KINDS:
        pattern, program, place = _KINDS[kind]
        paths = sorted(one for one in dist.glob(pattern) if not one.name.startswith(PACK))
        if len(paths) > 1:
            raise SetupError(f"{dist} has {len(paths)} of {pattern}: remove those that are old.")
        if paths:
            found.append(Artefact(kind, paths[0], program, place))
        elif wanted:
            raise SetupError(f"{dist} has no {pattern}: run `dev.py bundle {kind}` first.")
    if not found:
        raise SetupError(f"{dist} has no archive: run `dev.py bundle tar deb appdir` first.")
    return found


def plan(archives: Iterable[Artefact], trees: Iterable[Tree], *, is_quick: bool) -> list[Try]:
    """The tries in their order, tree by tree."""
    kept = list(archives)[:1] if is_quick else list(archives)
    places = list(trees)[:1] if is_quick else list(trees)
    return [
        Try(artefact, tree, condition)
        for tree in places
        for artefact in kept
        for condition in _conditions(artefact, tree, is_quick=is_quick)
    ]


def _conditions(artefact: Artefact, tree: Tree, *, is_quick: bool) -> Iterator[Condition]:
    for condition in CONDITIONS:
        if is_quick and condition.name not in QUICK:
            continue
        if condition.by_apt and artefact.kind != "deb":
            continue
        if tree.has_locales or not condition.needs_locales:
            yield condition
