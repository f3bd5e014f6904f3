from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from app.core.errors import ProtocolError
from app.engine.codec import MAX_FRAME, Frames, frame, read_frame


class Dribble(io.BytesIO):
    """A stream that gives one byte at a time, as a pipe may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 1))


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_frames_come_back_whole_from_a_dribbling_pipe(payloads):
    stream = Dribble(b"".join(frame(payload) for payload in payloads))
    assert [read_frame(stream) for _ in payloads] == payloads
    assert read_frame(stream) is None


@given(st.lists(st.binary(max_size=200), max_size=5), st.lists(st.integers(0, 1000)))
def test_frames_come_back_whole_from_pieces_of_any_size(payloads, cuts):
    data = b"".join(frame(payload) for payload in payloads)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    frames = Frames()
    found: list[bytes] = []
    for start, end in pairwise(places):
        found += frames.feed(data[start:end])
    assert found == payloads
    assert not frames.is_torn
    assert [*frames.feed(frame(b"torn")[:-1])] == []
    assert frames.is_torn


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=4))
def test_printed_text_is_never_taken_for_a_frame(text):
    with pytest.raises(ProtocolError):
        read_frame(io.BytesIO(text.encode()))
    with pytest.raises(ProtocolError):
        list(Frames().feed(text.encode()))


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_torn_frame_is_an_error_and_not_an_end(cut):
    with pytest.raises(ProtocolError):
        read_frame(io.BytesIO(frame(b"12345")[:cut]))


def test_a_frame_that_is_too_long_is_refused_on_both_sides():
    with pytest.raises(ProtocolError):
        frame(b"x" * (MAX_FRAME + 1))
    with pytest.raises(ProtocolError):
        read_frame(io.BytesIO((MAX_FRAME + 1).to_bytes(4, "big")))
