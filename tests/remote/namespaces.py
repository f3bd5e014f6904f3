"""The two sides of `test_namespaces`, each a process in a network of its own.

`python -m tests.remote.namespaces` is the writer's side: it must be root of its network, from where
a default route leads to the other side, the server's. It prints where packets went, as JSON.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from app.core.errors import ServerError
from app.core.options.sampling import Sampling
from app.engine.messages import Count, Generate, Score
from tests.remote.recording import Recording, Reply, answer, loaded_from
from tests.remote.stands import lampblack

HERE, THERE = "10.97.0.1", "10.97.0.2"
ELSEWHERE = "10.98.0.3"  # behind the default route, so that no answer is needed to send there
_EVERY = 0x0003  # ETH_P_ALL of <linux/if_ether.h>
_IP = 0x0800
_OUT = 4  # PACKET_OUTGOING of <linux/if_packet.h>


def ip(words: str) -> None:
    """A command of iproute2."""
    subprocess.run(["ip", *words.split()], check=True)


def other_side() -> None:
    """The server's side: tells that its network is there, begins when a line comes, prints its
    port, ends with its input.
    """
    sys.stdout.write("apart\n")
    sys.stdout.flush()
    sys.stdin.readline()
    ip("link set lo up")
    ip(f"addr add {THERE}/24 dev there")
    ip("link set there up")

    def stand(path: str, fields: dict[str, Any]) -> Reply:
        if fields.get("prompt") == "Elsewhere":
            return answer(b"", 302, f"Location: http://{ELSEWHERE}/v1/completions\r\n")
        return lampblack(path, fields)

    with Recording(stand=stand, host=THERE) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


class Capture:
    """Every IPv4 packet that leaves this side: its protocol, address and port."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_EVERY))
        self.seen: set[tuple[int, str, int]] = set()
        self._marked = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        while True:
            packet, (device, kind, way, *_) = self._socket.recvfrom(65536)
            if device == "lo" or kind != _IP or way != _OUT:
                continue
            length = (packet[0] & 15) * 4
            (port,) = struct.unpack_from("!H", packet, length + 2)
            self.seen.add((packet[9], socket.inet_ntoa(packet[16:20]), port))
            if packet.endswith(b"the end"):
                return

    def end(self) -> None:
        """Wait until a packet of our own was seen, so that all those before it were."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"the end", (ELSEWHERE, 53))
        self._thread.join(30)
        self._socket.close()


def write_there(port: int) -> str:
    """Do all that a writer does with that server, and what it says of a redirect."""
    with loaded_from(f"http://{THERE}:{port}", []) as client:

        def run(kind: Any, **fields: Any) -> None:
            client.run(kind(job=client.next_job(), **fields), lambda _: None)

        run(Generate, prompt="One", n=4, sampling=Sampling(max_tokens=4), probabilities=1)
        run(Count, prompt="One")
        run(Score, text="One")
        with suppress(ServerError):
            run(Generate, prompt="Elsewhere")
            return "followed"
    return "refused"


def main() -> None:
    """Make the networks, write, and tell where packets went."""
    ip("link set lo up")
    words = ["unshare", "--net", sys.executable, "-m", "tests.remote.namespaces", "there"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as there:
        assert there.stdin is not None
        assert there.stdout is not None
        there.stdout.readline()  # `unshare` has a network of its own only some time after its start
        ip(f"link add here type veth peer name there netns {there.pid}")
        ip(f"addr add {HERE}/24 dev here")
        ip("link set here up")
        ip(f"route add default via {THERE}")
        there.stdin.write("\n")
        there.stdin.flush()
        port = int(there.stdout.readline())
        capture = Capture()
        os.environ |= {"HTTP_PROXY": f"http://{ELSEWHERE}:3128", "ALL_PROXY": f"http://{ELSEWHERE}"}
        redirect = write_there(port)
        capture.end()
        there.stdin.close()
    told = {"port": port, "redirect": redirect, "seen": sorted(capture.seen)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    other_side() if "there" in sys.argv else main()
