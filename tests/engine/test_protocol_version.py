"""The number of the protocol is raised with its messages: an installed pack speaks an older one."""

from __future__ import annotations

import hashlib
import json

import msgspec

from app.engine.messages import PROTOCOL_VERSION, Command, HostEvent

KNOWN = (8, "cfa9ce0ba791c510")


def test_the_number_belongs_to_these_messages() -> None:
    _schemas, parts = msgspec.json.schema_components([Command, HostEvent])
    for part in parts.values():
        part.pop("description", None)
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
    assert (PROTOCOL_VERSION, digest) == KNOWN, (
        "The messages have changed: raise PROTOCOL_VERSION in app/engine/messages.py, so that a "
        f"pack with other messages is not started, and make KNOWN ({PROTOCOL_VERSION + 1}, "
        f'"{digest}").'
    )
