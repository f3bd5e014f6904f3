"""XML read as events, without trust: no entities, nothing fetched, bounded in depth and number."""

from __future__ import annotations

from typing import Protocol
from xml.parsers import expat

from app.core.errors import DocumentError

DEEPEST = 200
"""How deep elements may lie in each other."""

MOST_ELEMENTS = 800_000
"""The most elements of one part: several long novels, read in a few seconds."""


class XmlHandler(Protocol):
    """What takes the events; names are without their namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Letters between tags, in any number of pieces."""


class _Events:
    """Counts what comes and passes it on."""

    def __init__(self, handler: XmlHandler, name: str) -> None:
        self._handler = handler
        self._name = name
        self._depth = self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise self.refusal(f"its elements lie more than {DEEPEST} deep in each other")
        if self._count > MOST_ELEMENTS:
            raise self.refusal(f"it has more than {MOST_ELEMENTS:,} elements")
        plain = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        self._handler.start(name.rpartition("}")[2], plain)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._handler.end(name.rpartition("}")[2])

    def entity(self, *_declared: object) -> None:
        raise self.refusal("it declares entities, which no text needs")

    def refusal(self, reason: str) -> DocumentError:
        return DocumentError(f"{self._name} cannot be imported: {reason}.")


def read_xml(data: bytes, handler: XmlHandler, name: str) -> None:
    """Pass the events of a part on; `name` is the file's in complaints.

    Raises DocumentError for what is no XML, declares entities or goes beyond the limits. An
    external entity or DTD is never opened.
    """
    events = _Events(handler, name)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.CharacterDataHandler = handler.text
    parser.EntityDeclHandler = events.entity
    parser.UnparsedEntityDeclHandler = events.entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise events.refusal("it is damaged, or not what its name says") from error
