"""Server-sent events: any split gives the same events, and garbage and endless lines end."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from app.core.errors import GenerationError
from app.remote.event_stream import LONGEST_EVENT, events


@given(
    st.lists(st.text()),
    st.sampled_from(["\n", "\r", "\r\n"]),
    st.lists(st.integers(0, 300)),
)
def test_every_split_gives_the_same_events(texts: list[str], end: str, cuts: list[int]) -> None:
    lines = [
        line
        for text in texts
        for line in (": ping", f"data: {json.dumps({'t': text}, ensure_ascii=True)}", "")
    ]
    stream = "".join(line + end for line in [*lines, "data: [DONE]", "", "data: garbage", ""])
    body = stream.encode()
    borders = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})

    found = events(body[a:b] for a, b in itertools.pairwise(borders))

    assert [event["t"] for event in found] == texts


def test_a_character_split_over_pieces() -> None:
    body = 'data: {"t": "王"}\n\n'.encode()

    assert list(events(body[i : i + 1] for i in range(len(body)))) == [{"t": "王"}]


@pytest.mark.parametrize(
    "body",
    [b"data: nonsense\n\n", b"data: [1]\n\n", b"\xff\xfe", b"data: " + b"[" * 99_999 + b"\n\n"],
)
def test_garbage_is_told(body: bytes) -> None:
    with pytest.raises(GenerationError):
        list(events([body]))


@pytest.mark.parametrize("piece", [b"x" * 65536, b"data: " + b"x" * 65536 + b"\n"])
def test_an_endless_line_or_event_is_left_early(piece: bytes) -> None:
    read = 0

    def body() -> Iterator[bytes]:
        nonlocal read
        for _ in range(16_384):  # 1 GB
            read += len(piece)
            yield piece

    with pytest.raises(GenerationError, match="in one piece"):
        list(events(body()))
    assert read < 2 * LONGEST_EVENT
