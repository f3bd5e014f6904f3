"""E-books read into a formatted text: their chapters in the order of the spine."""

from __future__ import annotations

import posixpath
from pathlib import Path
from urllib.parse import unquote

from msgspec.structs import replace

from app.core.conversion.archive import DocumentArchive
from app.core.conversion.blocks import FormattedText
from app.core.conversion.html_reader import HtmlReader
from app.core.conversion.xml_events import read_xml
from app.core.errors import DocumentError

_PAGES = ("application/xhtml+xml", "text/html")


class _Container:
    """Reads META-INF/container.xml: where the package is."""

    def __init__(self) -> None:
        self.package = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rootfile":
            self.package = self.package or attributes.get("full-path", "")

    def end(self, name: str) -> None:
        """Nothing ends here that counts."""

    def text(self, text: str) -> None:
        """A container has no text."""


class _Package:
    """Reads the package: the files, their order, and the title page's facts."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.spine: list[str] = []
        self.facts: dict[str, str] = {}
        self._fact = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "item" and attributes.get("media-type") in _PAGES:
            if "nav" not in attributes.get("properties", "").split():
                self.files[attributes.get("id", "")] = attributes.get("href", "")
        elif name == "itemref":
            self.spine.append(attributes.get("idref", ""))
        self._fact = name if name in ("title", "creator", "language") else ""

    def end(self, name: str) -> None:
        if name == self._fact:
            self._fact = ""

    def text(self, text: str) -> None:
        if self._fact:
            self.facts[self._fact] = (self.facts.get(self._fact, "") + text)[:1000]


def read_epub(path: Path) -> FormattedText:
    """The text of an e-book; raises DocumentError. Its images are left out, and counted."""
    with DocumentArchive(path) as archive:
        container, package = _Container(), _Package()
        read_xml(archive.read("META-INF/container.xml"), container, path.name)
        read_xml(archive.read(container.package), package, path.name)
        if archive.has("META-INF/encryption.xml"):
            _require_open(archive.read("META-INF/encryption.xml"), path.name)
        reader = HtmlReader(path.name)
        folder = posixpath.dirname(container.package)
        for item in dict.fromkeys(package.spine):
            if item in package.files:
                part = posixpath.normpath(posixpath.join(folder, unquote(package.files[item])))
                page = archive.read(part).decode("utf-8", "replace")
                reader.read(page, posixpath.basename(part))
    facts = {name: " ".join(value.split()) for name, value in package.facts.items()}
    return replace(
        reader.text(),
        title=facts.get("title", ""),
        author=facts.get("creator", ""),
        language=facts.get("language", "") or "en",
    )


def _require_open(encryption: bytes, name: str) -> None:
    """Refuse an e-book whose pages are encrypted; fonts may be."""
    if b".xhtml" in encryption or b".html" in encryption:
        raise DocumentError(f"{name} cannot be imported: it is protected against copying.")
