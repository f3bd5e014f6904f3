"""Formatted texts of every kind, for properties that hold of all of them."""

from __future__ import annotations

from hypothesis import strategies as st

from app.core.conversion.blocks import (
    Block,
    BlockQuote,
    FormattedText,
    Heading,
    ListBlock,
    Paragraph,
    SceneBreak,
    Span,
    Spans,
    trimmed,
)

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
