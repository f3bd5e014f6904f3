"""Markdown is read and written as the same text, comments and images apart."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings, strategies as st

from app.core.conversion.blocks import (
    Block,
    BlockQuote,
    CodeBlock,
    FormattedText,
    Heading,
    ListBlock,
    Paragraph,
    SceneBreak,
    Span,
    Spans,
)
from app.core.conversion.markdown_reader import read_markdown, read_plain_text
from app.core.conversion.markdown_writer import write_markdown

WORDS = st.text("ab 1.é夜#-_*`[]<&!~%+=>()\\", min_size=1, max_size=12).map(
    lambda text: f"w{' '.join(text.split())}w"
)


@st.composite
def spans(draw: st.DrawFn, *, notes: bool = True) -> Spans:
    """Words in any look with a plain word between any two."""
    found: list[Span] = []
    for text in draw(st.lists(WORDS, min_size=1, max_size=4)):
        look = draw(st.sampled_from(("", "emphasis", "strong", "both", "code", "link", "note")))
        if look == "note" and notes:
            found += [Span("n"), Span(note=(Paragraph(draw(spans(notes=False))),))]
        elif look == "link":
            found += [Span(text="l "), Span("here", link="https://example.org/a(b)?c=d&e=_f_")]
        elif look == "code":
            found += [Span("c "), Span("a*b", code=True)]
        else:
            is_both = look == "both"
            found.append(Span(text, look == "emphasis" or is_both, look == "strong" or is_both))
        found.append(Span(" , w"))
    from app.core.conversion.blocks import trimmed

    return trimmed(tuple(found))


PARAGRAPHS = spans().map(Paragraph)
LEAVES = st.one_of(
    PARAGRAPHS,
    st.builds(Heading, st.integers(1, 6), spans(notes=False)),
    st.just(SceneBreak()),
)


def items(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[tuple[tuple[Block, ...], ...]]:
    item = st.builds(lambda first, rest: (first, *rest), PARAGRAPHS, st.lists(inner, max_size=1))
    return st.lists(item, min_size=1, max_size=3).map(tuple)


LISTS = st.one_of(
    st.builds(ListBlock, st.just(True), items(PARAGRAPHS), st.integers(1, 20)),
    st.builds(ListBlock, st.just(False), items(PARAGRAPHS)),
)
NESTED = st.one_of(
    st.builds(ListBlock, st.just(True), items(LISTS), st.integers(1, 20)),
    st.builds(ListBlock, st.just(False), items(LISTS)),
)
QUOTES = st.lists(PARAGRAPHS, min_size=1, max_size=3).map(lambda found: BlockQuote(tuple(found)))


@st.composite
def texts(draw: st.DrawFn) -> FormattedText:
    """A text in which two lists or quotes do not follow each other."""
    blocks: list[Block] = []
    for block in draw(st.lists(st.one_of(LEAVES, LISTS, NESTED, QUOTES), max_size=6)):
        if blocks and not isinstance(block, Paragraph | Heading | SceneBreak):
            blocks.append(Paragraph((Span("between"),)))
        blocks.append(block)
    return FormattedText(tuple(blocks))


@settings(max_examples=60, deadline=None)
@given(texts())
def test_what_is_written_is_read_again(text: FormattedText) -> None:
    assert read_markdown(write_markdown(text)).blocks == text.blocks


def test_comments_are_left_out_unless_wanted() -> None:
    source = "One %%a\n\nb%%two <!-- c\n\nd -->three\n\n%%alone%%\n\nfour <!-- never closed"
    shown = write_markdown(read_markdown(source))
    assert shown == "One two three\n\nfour\n"
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
