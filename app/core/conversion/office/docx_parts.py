"""The parts of a Word document beside its text: styles, lists and links."""

from __future__ import annotations

from msgspec import Struct

OFF = ("0", "false", "off", "none")
"""What an attribute says that switches something off."""


class DocxStyle(Struct):
    """What a style says of its paragraphs or letters."""

    name: str = ""  # in lower case, without spaces
    base: str = ""
    numbering: str = ""
    level: int = 0
    outline: int = -1
    strong: bool | None = None
    emphasis: bool | None = None


class DocxStyles:
    """Reads styles.xml."""

    def __init__(self) -> None:
        self.styles: dict[str, DocxStyle] = {}
        self._now = DocxStyle()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take what an element says that begins here."""
        value = attributes.get("val", "")
        if name == "style":
            self._now = self.styles[attributes.get("styleId", "")] = DocxStyle()
        elif name == "name":
            self._now.name = "".join(value.lower().split())
        elif name == "basedOn":
            self._now.base = value
        elif name == "numId":
            self._now.numbering = value
        elif name == "ilvl":
            self._now.level = number_of(value, 0)
        elif name == "outlineLvl":
            self._now.outline = number_of(value, -1)
        elif name in ("b", "i"):
            setattr(self._now, "strong" if name == "b" else "emphasis", value not in OFF)

    def end(self, name: str) -> None:
        """Nothing ends here that counts."""

    def text(self, text: str) -> None:
        """Styles have no text."""

    def chain(self, style: str) -> list[DocxStyle]:
        """A style and what it is based on."""
        found: list[DocxStyle] = []
        while style in self.styles and len(found) < 10:
            found.append(self.styles[style])
            style = found[-1].base
        return found


class DocxNumbering:
    """Reads numbering.xml: of each list and level whether it has numbers, and the first."""

    def __init__(self) -> None:
        self._abstract: dict[str, dict[int, tuple[str, int]]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._id = self._num = ""
        self._level = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take what an element says that begins here."""
        value = attributes.get("val", "")
        if name == "abstractNum":
            self._id, self._num = attributes.get("abstractNumId", ""), ""
            self._abstract[self._id] = {}
        elif name == "num":
            self._num = attributes.get("numId", "")
            self._lists[self._num] = ("", {})
        elif name == "abstractNumId":
            self._lists[self._num] = (value, self._lists.get(self._num, ("", {}))[1])
        elif name in ("lvl", "lvlOverride"):
            self._level = number_of(attributes.get("ilvl", ""), 0)
        elif name == "startOverride" and self._num in self._lists:
            self._lists[self._num][1][self._level] = number_of(value, 1)
        elif name in ("numFmt", "start") and not self._num and self._id in self._abstract:
            kind, start = self._abstract[self._id].get(self._level, ("bullet", 1))
            pair = (value, start) if name == "numFmt" else (kind, number_of(value, 1))
            self._abstract[self._id][self._level] = pair

    def end(self, name: str) -> None:
        """Nothing ends here that counts."""

    def text(self, text: str) -> None:
        """Lists have no text."""

    def of(self, number: str, level: int) -> tuple[bool, int]:
        """Whether a level of a list has numbers, and its first."""
        abstract, starts = self._lists.get(number, ("", {}))
        kind, start = self._abstract.get(abstract, {}).get(level, ("bullet", 1))
        return kind not in ("bullet", "none"), starts.get(level, start)


class DocxLinks:
    """Reads the relationships of a part: the web addresses by id."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take what an element says that begins here."""
        if name == "Relationship" and attributes.get("Type", "").endswith("/hyperlink"):
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, name: str) -> None:
        """Nothing ends here that counts."""

    def text(self, text: str) -> None:
        """Relationships have no text."""


def number_of(text: str, otherwise: int) -> int:
    """The number that a text is, if it is one of at most eight digits."""
    return int(text) if text.isdecimal() and len(text) < 9 else otherwise
