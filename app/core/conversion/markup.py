"""Text as XML takes it."""

from __future__ import annotations

import html
import re

_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_ADDRESSES = ("http://", "https://", "mailto:")

XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def escaped(text: str) -> str:
    """Text between tags or in an attribute, without the characters that XML 1.0 forbids."""
    return html.escape(_ILLEGAL.sub("", text))


def is_safe_link(link: str) -> bool:
    """Whether a link is written: one that runs nothing and leads to nothing on the disk."""
    return link.lower().startswith(_ADDRESSES)
