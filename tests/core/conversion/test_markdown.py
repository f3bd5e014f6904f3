"""Markdown is read and written as the same text, comments and images apart."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from app.core.conversion.blocks import CodeBlock, FormattedText, Paragraph, SceneBreak, Span
from app.core.conversion.markdown_reader import read_markdown, read_plain_text
from app.core.conversion.markdown_writer import write_markdown
from tests.core.conversion.texts import texts


@settings(max_examples=60, deadline=None)
@given(texts())
def test_what_is_written_is_read_again(text: FormattedText) -> None:
    assert read_markdown(write_markdown(text)).blocks == text.blocks


def test_comments_are_left_out_unless_wanted() -> None:
    source = "One %%a\n\nb%%two <!-- c\n\nd -->three\n\n%%alone%%\n\nfour <!-- never closed"
    shown = write_markdown(read_markdown(source))
    assert shown == "One two three\n\nfour <\\!-- never closed\n"
    assert "alone" in write_markdown(read_markdown(source, comments=True))


def test_an_image_becomes_its_description_and_is_counted() -> None:
    text = read_markdown("![a *lamp*](file:///etc/passwd) and ![](http://example.org/x.png)")
    assert text.left_out == 2
    assert "passwd" not in write_markdown(text)
    assert text.blocks == (Paragraph((Span("a *lamp* and"),)),)


def test_a_footnote_that_calls_itself_ends() -> None:
    (block,) = read_markdown("a[^1]\n\n[^1]: b[^1] c").blocks
    assert isinstance(block, Paragraph)
    assert block.spans[1].note == (Paragraph((Span("b c"),)),)


def test_chinese_lines_are_joined_without_a_space() -> None:
    assert read_markdown("夜里\n下雨 *x\ny*").blocks == (
        Paragraph((Span("夜里下雨 "), Span("x y", emphasis=True))),
    )


def test_plain_text_has_a_paragraph_by_blank_lines_or_by_lines() -> None:
    wrapped = read_plain_text("one\ntwo\n\n* * *\n\n*three*")
    assert wrapped.blocks == (
        Paragraph((Span("one two"),)), SceneBreak(), Paragraph((Span("*three*"),)),
    )  # fmt: skip
    assert len(read_plain_text("one\ntwo\nthree\n").blocks) == 3
    assert len(read_plain_text(f"one\n{'two ' * 40}\n\nthree\n").blocks) == 3


def test_code_keeps_its_lines() -> None:
    text = FormattedText((CodeBlock("  a\n```\n\n*b*"),))
    assert read_markdown(write_markdown(text)).blocks == text.blocks


@pytest.mark.parametrize(
    "source",
    ["> " * 20_000, "- " * 5_000, "*a " * 20_000, "`" * 50_000, "<!--" * 50_000, "%%" * 50_001],
    ids=lambda source: source[:6],
)
def test_deep_or_endless_marks_are_read_in_time(source: str) -> None:
    begun = time.process_time()
    write_markdown(read_markdown(source))
    assert time.process_time() - begun < 5
