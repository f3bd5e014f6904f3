"""A package in a tree: installed by apt and by dpkg, and removed with nothing left."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from prove import sandbox
from prove.plan import Artefact, Tree, Try
from prove.results import Ended, Row
from prove.roots import Roots
from prove.sandbox import Bind, Scratch

_PLACE = "/mnt/package.deb"
_BY_APT = (
    f"apt-get update -q; apt-get install -q -y --no-install-recommends {_PLACE}; apt-get clean"
)
_LIST = "find / -xdev -printf '%y %m %p %l\\n'"
_OWN_BOOKS = ("/var/lib/dpkg/", "/var/log/", "/var/cache/ldconfig/", "/var/cache/debconf/")
"""Where dpkg itself writes down what it has done."""

_EMPTIED = " /opt "
"""A folder that no package owns (base-files' script makes it): dpkg removes it once it is empty."""


class Package:
    """A package in one tree; each way of installing it is a layer, made when it is asked for."""

    def __init__(self, trees: Roots, tree: Tree, artefact: Artefact) -> None:
        self.tree = tree
        self._trees = trees
        self._artefact = artefact

    @cached_property
    def by_apt(self) -> tuple[list[str], list[str]]:
        """The layers of a bare tree in which apt has installed it; what went wrong."""
        return self._install("apt", self._trees.base(self.tree), _BY_APT, has_network=True)

    @cached_property
    def by_dpkg(self) -> tuple[list[str], list[str]]:
        """The layers of a tree with what it needs, in which dpkg has installed it, offline."""
        return self._install("dpkg", self._trees.ready(self.tree), f"dpkg -i {_PLACE}")

    def _install(
        self, how: str, layers: Sequence[str], script: str, *, has_network: bool = False
    ) -> tuple[list[str], list[str]]:
        scratch = self._trees.scratch(f"{self.tree.suite}-{how}")
        title = f"{self.tree.title}, {how} installs"
        ended = self._do(title, scratch, layers, script, has_network=has_network)
        problems = [] if not ended.code else [f"{how}: {(ended.error or ended.out)[-500:]}"]
        return [scratch.layer, *layers], problems

    def removal(self, tried: Try) -> Row:
        """How the removal went: what is there afterwards and was not there before."""
        is_apt = tried.condition.by_apt
        layers, _problems = self.by_apt if is_apt else self.by_dpkg
        remove = "apt-get purge -q -y" if is_apt else "dpkg --purge"
        after = self._do(
            f"{self.tree.title}, removal", self._trees.scratch("try"), layers,
            f"{remove} lampblack >&2; {_LIST}",
        )  # fmt: skip
        before = self._do(
            f"{self.tree.title}, files before", self._trees.scratch("try"), layers[1:], _LIST
        )
        problems = [f"exit code {after.code}: {after.error[-500:]}"] if after.code else []
        problems += changes(before.out, after.out, is_named=is_apt)
        return Row(
            archive=tried.artefact.kind,
            tree=self.tree.title,
            condition=f"{tried.condition.name if is_apt else 'dpkg'}, removed",
            seconds=after.seconds,
            problems=tuple(problems),
        )

    def _do(
        self, title: str, scratch: Scratch, layers: Sequence[str], script: str,
        *, has_network: bool = False,
    ) -> Ended:  # fmt: skip
        binds = [Bind(_PLACE, self._artefact.path)]
        command = sandbox.as_root(scratch, script)
        return sandbox.run(
            title,
            sandbox.entering(scratch, layers, command, binds=binds, has_network=has_network),
        )


def changes(before: str, after: str, *, is_named: bool) -> list[str]:
    """What two lists of files say was left or lost; `is_named` looks only for our own name.

    With apt the libraries that the package needs stay, as apt says: `apt autoremove` takes them.
    """
    old, new = _listed(before), _listed(after)
    left = sorted(line for line in new - old if not is_named or "lampblack" in line.lower())
    gone = (line for line in old - new if _EMPTIED not in line)
    lost = [] if is_named else sorted(gone)
    return [f"left: {line}" for line in left[:5]] + [f"lost: {line}" for line in lost[:5]]


def _listed(text: str) -> set[str]:
    lines = (line for line in text.splitlines() if line.count(" ") >= 2)
    return {line for line in lines if not line.split(" ", 2)[2].startswith(_OWN_BOOKS)}
