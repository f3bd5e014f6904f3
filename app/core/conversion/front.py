"""What stands before a text and over its pages: title page, table of contents, running head."""

from __future__ import annotations

import re

from msgspec import Struct

from app.core.conversion.blocks import (
    Block,
    FormattedText,
    Heading,
    nested,
    plain_text,
    spans_of,
)
from app.core.conversion.looks.profiles import ExportProfile
from app.core.text.words import HAN, count_words

CONTENTS = {"zh": "目录"}
"""The heading over the table of contents by language; else Contents."""

_BY = {"zh": ""}
_LENGTH = {"zh": "约 {0} 字"}
_EXACT_BELOW, _THOUSANDS_FROM = 1_000, 20_000


class TitlePage(Struct, frozen=True):
    """What the first page shows; `contact` and `length` are those of a submission."""

    title: str
    author: str = ""
    contact: tuple[str, ...] = ()
    length: str = ""


def title_page(text: FormattedText, profile: ExportProfile) -> TitlePage | None:
    """The title page of a text; None for one without a title, or a profile without the page."""
    if not (profile.has_title_page and text.title):
        return None
    if not profile.is_submission:
        return TitlePage(text.title, text.author)
    by = _BY.get(_language(text), "by ") if text.author else ""
    lines = [line.strip() for line in text.contact.split("\n")]
    contact = tuple(filter(None, lines)) or ((text.author,) if text.author else ())
    return TitlePage(text.title, by + text.author, contact, length_text(text))


def length_text(text: FormattedText) -> str:
    """About how many words a text has, as one says it to an editor, in the text's language."""
    count = word_count(text.blocks)
    step = 10 if count < _EXACT_BELOW else 100 if count < _THOUSANDS_FROM else 1_000
    words = _LENGTH.get(_language(text), "about {0} words")
    return words.format(f"{max(step, round(count / step) * step):,}")


def word_count(blocks: tuple[Block, ...]) -> int:
    """The words of blocks, of those inside of them and of footnotes."""
    total = 0
    for block in blocks:
        spans = spans_of(block)
        total += count_words(plain_text(spans)) + word_count(nested(block))
        total += sum(word_count(span.note) for span in spans if span.note)
    return total


def running_head(text: FormattedText, profile: ExportProfile) -> str:
    """What stands before the page's number, such as `Doe / THE LAMP / `; may be ""."""
    author = surname(text.author) if profile.is_submission else text.author
    return "".join(f"{name} / " for name in (author, text.title.upper()) if name)


def surname(author: str) -> str:
    """The name that a book is filed under: the last, that before a comma, a whole Chinese one."""
    first, comma, _rest = author.partition(",")
    words = author.split()
    if comma or not words:
        return first.strip()
    return author if re.search(f"[{HAN}]", author) else words[-1]


def contents_heading(text: FormattedText) -> str:
    """The word over the table of contents in the language of the text."""
    return CONTENTS.get(_language(text), "Contents")


def chapter_titles(text: FormattedText) -> list[str]:
    """The headings 1 in order."""
    found = (block for block in text.blocks if isinstance(block, Heading) and block.level == 1)
    return [plain_text(block.spans) for block in found]


def _language(text: FormattedText) -> str:
    return text.language.partition("-")[0].lower()
