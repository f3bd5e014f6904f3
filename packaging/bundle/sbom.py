"""The bill of materials of a bundle, in CycloneDX 1.6."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bundle.contents import NAME
from bundle.licences import Component

_SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "io.github.lampblack.Lampblack")


def bill(
    components: Sequence[Component], version: str, made: int, digest: str, name: str = NAME
) -> str:
    """The document as JSON; `made` is in seconds since 1970, `digest` the archive's SHA-256.

    `name` is that of the program which is in the archive.
    """
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, f'{version} {digest}')}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(made, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": _component(Component(name, version, "MIT", ()), "application"),
        },
        "components": [_component(one, _kind(one)) for one in components if one.name != NAME],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _kind(one: Component) -> str:
    return "machine-learning-model" if one.name.endswith("model") else "library"


def _component(one: Component, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": kind,
        "bom-ref": one.url or f"{one.name}@{one.version}",
        "name": one.name,
        "version": one.version,
        "licenses": [{"expression": one.licence}],
    }
    return found | ({"purl": one.url} if one.url else {})
