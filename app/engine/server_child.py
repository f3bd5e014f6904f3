"""The child that speaks to a server, from the program's side: its start, and what it is told first.

It is started before the program denies itself the network, and told the key and the names to mask
later, over its pipe, so that neither stands on a command line or in an environment.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.core.errors import EngineStoppedError, ServerError
from app.core.options.servers import SavedServer
from app.core.system.files import read_regular, why
from app.core.system.processes import program_command
from app.engine.child import Opening
from app.engine.codec import frame
from app.engine.process import Child, Starter, start_host

_MOST_CERTIFICATES = 1024 * 1024
_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----")


class EarlyServer(NamedTuple):
    """A server that a word names, and the child that was started for its address."""

    saved: SavedServer
    child: subprocess.Popen[bytes]


def start_server_child(address: str) -> subprocess.Popen[bytes]:
    """Start it for one address as typed; raises EngineStoppedError."""
    return start_host([*program_command("remote-host"), address])


def open_server(child: Child, opening: Opening) -> None:
    """Tell it what it needs to know first; raises EngineStoppedError where it has ended."""
    assert child.stdin is not None
    try:
        child.stdin.write(frame(msgspec.msgpack.encode(opening)))
        child.stdin.flush()
    except OSError as error:
        raise EngineStoppedError("The process that speaks to the server has ended.") from error


def server_opening(server: SavedServer, key: str, names: tuple[str, ...]) -> Opening:
    """What the child of a saved server is told; raises ServerError without its certificate."""
    certificates = read_certificates(server.certificate) if server.certificate else ""
    return Opening(key=key, names=names, masks=server.masks, certificates=certificates)


def read_certificates(path: str) -> str:
    """The certificates in a PEM file, without what else is in it; raises ServerError."""
    try:
        text = read_regular(Path(path), _MOST_CERTIFICATES).decode("latin-1")
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else "that is not a path"
        raise ServerError(
            f"The certificate {path} cannot be read: {reason}.",
            "Choose its file again, or leave it out.",
        ) from error
    if not (found := _CERTIFICATE.findall(text)):
        raise ServerError(f"There is no certificate in {path}.", "Choose a PEM file with one.")
    return "\n".join((*found, ""))


def given_once(child: subprocess.Popen[bytes]) -> Starter:
    """Gives this child to an engine client; a second one cannot be started any more."""
    left = [child]

    def give() -> subprocess.Popen[bytes]:
        if not left:
            raise EngineStoppedError(
                "The process that speaks to the server has ended.", "Start the command again."
            )
        return left.pop()

    return give


def end_server(child: subprocess.Popen[bytes]) -> None:
    """End it, if no engine client has."""
    if child.poll() is None:
        child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None and not pipe.closed:
            pipe.close()
