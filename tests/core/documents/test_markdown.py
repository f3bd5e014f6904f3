from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from app.core.documents import markdown
from app.core.documents.markdown import flattened, is_fence, line_spans


def parts(line: str, kind: int) -> list[str]:
    """The texts of a line that are of that kind and no signs."""
    spans, _kind = line_spans(line)
    return [
        line[start:end]
        for start, end, found in flattened(spans)
        if found & kind and not found & markdown.MARK
    ]


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        ("## Chapter one", markdown.HEADING, [" Chapter one"]),
        ("#tag", markdown.HEADING, []),
        ("> she said", markdown.QUOTE, ["she said"]),
        ("- a thing", markdown.LIST, ["-"]),
        ("  12. a thing", markdown.LIST, ["  12."]),
        ("-not a thing", markdown.LIST, []),
        ("He *ran* off", markdown.EMPHASIS, ["ran"]),
        ("他*跑*了", markdown.EMPHASIS, ["跑"]),
        ("He _ran_ off", markdown.EMPHASIS, ["ran"]),
        ("a_file_name", markdown.EMPHASIS, []),
        ("2 * 3 * 4", markdown.EMPHASIS, []),
        (r"\*no\*", markdown.EMPHASIS, []),
        ("**twice** and __once__", markdown.STRONG, ["twice", "once"]),
        ("***both***", markdown.STRONG, ["both"]),
        ("***both***", markdown.EMPHASIS, ["both"]),
        ("**a *b* c**", markdown.EMPHASIS, ["b"]),
        ("**a *b* c**", markdown.STRONG, ["a ", "b", " c"]),
        ("~~gone~~", markdown.STRIKE, ["gone"]),
        ("`a *b*` c", markdown.CODE, ["`a *b*`"]),
        ("`a *b*` c", markdown.EMPHASIS, []),
        ("``a`b`` c", markdown.CODE, ["``a`b``"]),
        ("[her sister](https://x.y/z)", markdown.LINK, ["her sister"]),
        ('[her](x "title") [no] (x)', markdown.LINK, ["her"]),
        ("# A *quiet* night", markdown.EMPHASIS, ["quiet"]),
        ("* * *", markdown.LIST, []),
        ("*open", markdown.EMPHASIS, []),
    ],
)
def test_what_writers_use_is_seen(line: str, kind: int, expected: list[str]) -> None:
    assert parts(line, kind) == expected


def test_signs_are_signs() -> None:
    assert list(flattened(line_spans("a **b**")[0])) == [
        (2, 4, markdown.MARK),
        (4, 5, markdown.STRONG),
        (5, 7, markdown.MARK),
    ]
    assert line_spans("---")[0] == [(0, 3, markdown.MARK)]
    assert is_fence("```python")
    assert not is_fence("a ``` b")


def test_a_line_that_goes_on_keeps_its_kind() -> None:
    assert line_spans("- so it is", markdown.QUOTE) == ([(0, 10, markdown.QUOTE)], markdown.QUOTE)


@given(st.text('*_`~[]()#>- a世\\"1.\n'), st.sampled_from([0, markdown.QUOTE, markdown.HEADING]))
def test_every_part_lies_in_the_line(line: str, kind: int) -> None:
    spans, _kind = line_spans(line, kind)
    assert all(0 <= start <= end <= len(line) for start, end, _kind in spans)
    flat = list(flattened(spans))
    assert all(one[1] <= other[0] for one, other in pairwise(flat))
    covered = {place for start, end, _kind in spans for place in range(start, end)}
    assert {place for start, end, _kind in flat for place in range(start, end)} == covered


@pytest.mark.parametrize(
    "sign", ["*a ", "_", "**a", "`", "` `` ", "[", "](", "[a](b", "~~a", "#", "> ", "\\"]
)
def test_a_hostile_line_takes_little_time(sign: str) -> None:
    began = time.monotonic()
    line = sign * (4000 // len(sign))
    for _ in range(10):
        list(flattened(line_spans(line)[0]))
    assert time.monotonic() - began < 3
