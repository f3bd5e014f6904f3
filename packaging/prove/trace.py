"""What strace saw of a program's sockets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

CALLS = "socket,socketpair"
"""The calls that are traced: without one of them there is nothing to connect or to send on."""

_LINE = re.compile(r"(?P<pid>\d+)\s+(?P<rest>.*)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(?P<rest>.*)")
_UNFINISHED = "<unfinished ...>"
_CALL = re.compile(r"socket(?:pair)?\((?P<family>\w+),.*\)\s+= (?P<result>-?\d+)(?P<why>.*)")
_INTERNET = ("AF_INET", "AF_INET6", "AF_PACKET")


@dataclass(frozen=True)
class Sockets:
    """The internet sockets that were made, as strace wrote them, and those that were refused.

    `others` counts the sockets of this machine alone; none at all says that nothing was seen.
    """

    made: tuple[str, ...]
    refused: int
    others: int


def sockets(lines: Iterable[str]) -> Sockets:
    """What a log of `strace -f` says; a call that another process has interrupted is joined."""
    made, refused, others = [], 0, 0
    for call in _joined(lines):
        found = _CALL.match(call)
        if found is None:
            continue
        if found["family"] not in _INTERNET:
            others += 1
        elif int(found["result"]) < 0:
            refused += 1
        else:
            made.append(call)
    return Sockets(tuple(made), refused, others)


def _joined(lines: Iterable[str]) -> Iterable[str]:
    begun: dict[str, str] = {}
    for line in lines:
        found = _LINE.match(line.strip())
        if found is None:
            continue
        pid, rest = found["pid"], found["rest"]
        if rest.endswith(_UNFINISHED):
            begun[pid] = rest.removesuffix(_UNFINISHED).rstrip()
        elif (resumed := _RESUMED.match(rest)) is not None:
            yield begun.pop(pid, "") + resumed["rest"]
        else:
            yield rest
