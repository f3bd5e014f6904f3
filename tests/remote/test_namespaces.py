"""Packets of the child that speaks to a server go to the named address and port, nowhere else."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.remote.namespaces import ELSEWHERE, THERE

ROOT = Path(__file__).parents[2]
OWN_NETWORK = ["unshare", "--user", "--map-root-user", "--net"]


def can_have_networks() -> bool:
    """Whether this machine lets its users make networks of their own, as CI's do."""
    if sys.platform != "linux" or not shutil.which("unshare") or not shutil.which("ip"):
        return False
    made = [*OWN_NETWORK, "ip", "link", "add", "here", "type", "veth", "peer", "name", "there"]
    return subprocess.run(made, capture_output=True).returncode == 0


@pytest.mark.skipif(not can_have_networks(), reason="needs Linux's networks for its users")
def test_packets_go_to_the_named_address_and_port_only() -> None:
    """The writer's side has a default route, proxies in its environment, a redirect to resist."""
    told = subprocess.run(
        [*OWN_NETWORK, sys.executable, "-m", "tests.remote.namespaces"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["redirect"] == "refused"
    named = [socket.IPPROTO_TCP, THERE, found["port"]]
    control = [socket.IPPROTO_UDP, ELSEWHERE, 53]  # the test's own last packet
    assert found["seen"] == [named, control]
