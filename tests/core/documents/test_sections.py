"""Sections of Markdown: which lines belong to a heading."""

from __future__ import annotations

from app.core.documents.sections import sections


def bodies(text: str) -> list[tuple[str, str]]:
    return [(text[one.start : one.body], text[one.body : one.end]) for one in sections(text)]


def test_a_section_ends_before_the_next_of_its_level_or_above() -> None:
    text = "before\n# One\na\n## Two\nb\n### Three\nc\n## Four\n# Five\nd"
    assert bodies(text) == [
        ("# One", "\na\n## Two\nb\n### Three\nc\n## Four"),
        ("## Two", "\nb\n### Three\nc"),
        ("### Three", "\nc"),
        ("## Four", ""),
        ("# Five", "\nd"),
    ]


def test_code_has_no_headings_and_no_hash_without_a_space_is_one() -> None:
    assert bodies("```\n# no\n```\n#no\n   # yes\n    # no\n#") == [
        ("   # yes", "\n    # no"),
        ("#", ""),
    ]


def test_a_text_without_headings_has_no_sections() -> None:
    assert sections("") == []
    assert sections("a\nb # c") == []
