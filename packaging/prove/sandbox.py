"""Runs commands in a system tree: namespaces of their own, an overlay, and no trace of either.

All mounts lie in the command's own namespace, so that they are gone with its last process, however
it ends. What it writes goes to a scratch folder.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from machine import tool
from watching import Progress

from prove.results import Ended

LIMIT_S = 900
ROOT_VARIABLES = (
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
    "DEBIAN_FRONTEND=noninteractive",
)  # fmt: skip
USER = "1000:1000"

_ENTER = """
cd "$1"; root="$1/$3/root"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$3/upper,workdir=$3/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
shift 3
while [ "$1" != -- ]; do
    [ -f "${1:-.}" ] && touch "$root$2" || mkdir -p "$root$2"
    mount --bind "${1:-$root$2}" "$root$2"
    [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
    shift 3
done
shift; cd /
"$@"; exit $?
"""
"""Enters a tree: the cache, the layers, the scratch folder; sources, targets and modes; a command.

A source that is empty is the target itself. Names of layers are short and relative: the kernel
splits them at colons.
"""


@dataclass(frozen=True)
class Bind:
    """A folder that is seen in the tree; without a `source` it is the tree's own, made read-only.

    `is_written` lets the tree's programs write into it.
    """

    target: str
    source: Path | None = None
    is_written: bool = False


@dataclass(frozen=True)
class Scratch:
    """The folder of one overlay, in the cache: what is written lies in its `upper`."""

    cache: Path
    name: str

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.cache / self.name

    @property
    def upper(self) -> Path:
        """What was written, a layer for later overlays."""
        return self.folder / "upper"

    @property
    def root(self) -> Path:
        """Where the tree is seen from inside."""
        return self.folder / "root"

    @property
    def layer(self) -> str:
        """The name of its layer."""
        return f"{self.name}/upper"

    def make(self) -> None:
        """Make the folders."""
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir(parents=True)


def entering(
    scratch: Scratch, layers: Sequence[str], command: Sequence[str], *,
    binds: Sequence[Bind] = (), has_network: bool = False,
) -> list[str]:  # fmt: skip
    """The command line that runs `command` outside of the tree, when all is mounted."""
    words = [tool("unshare", "util-linux"), "--mount", "--pid", "--fork", "--kill-child"]
    words += ["--ipc", "--uts", *([] if has_network else ["--net"]), "sh", "-ec", _ENTER, "sh"]
    words += [str(scratch.cache), ":".join(layers), scratch.name]
    for bind in binds:
        mode = "rw" if bind.is_written else "ro"
        words += [str(bind.source) if bind.source else "", bind.target, mode]
    return [*words, "--", *command]


def as_root(scratch: Scratch, script: str) -> list[str]:
    """A shell script inside of the tree, for root."""
    environment = ["/usr/bin/env", "-i", *ROOT_VARIABLES]
    return ["chroot", str(scratch.root), *environment, "sh", "-ec", script]


def as_user(scratch: Scratch, variables: Sequence[str], command: Sequence[str]) -> list[str]:
    """A command inside of the tree, for a user who is not root and has only these variables."""
    words = ["chroot", f"--userspec={USER}", str(scratch.root)]
    return [*words, "/usr/bin/env", "-i", *variables, *command]


def run(title: str, command: Sequence[str], limit_s: float = LIMIT_S) -> Ended:
    """Run it behind a line of progress; it and all its processes end with Ctrl+C or the limit."""
    progress, begun = Progress(title), monotonic()
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        encoding="utf-8", errors="replace", start_new_session=True,
    )  # fmt: skip
    try:
        while True:
            progress.show("")
            try:
                out, error = child.communicate(timeout=1)
                break
            except subprocess.TimeoutExpired:
                if monotonic() - begun > limit_s:
                    child.kill()
    except BaseException:
        child.kill()  # unshare, which takes all of its namespace with it
        child.communicate()
        raise
    progress.end("done" if not child.returncode else f"exit code {child.returncode}")
    return Ended(child.returncode, out, error, monotonic() - begun)
