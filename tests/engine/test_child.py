"""What an engine's child sends: at once, or several events with one waking of the app."""

from __future__ import annotations

import threading
from typing import BinaryIO, cast

from app.engine.child import Channel
from app.engine.codec import frame
from app.engine.messages import Loading, encode


class Stream:
    """A stream that notes what was sent at each flush."""

    def __init__(self) -> None:
        self.written = b""
        self.sent: list[int] = []

    def write(self, payload: bytes) -> None:
        self.written += payload

    def flush(self) -> None:
        self.sent.append(len(self.written) // _FRAME)


EVENT = Loading(job=1, fraction=0.5)
_FRAME = len(frame(encode(EVENT)))


def test_an_event_is_sent_at_once() -> None:
    stream = Stream()
    Channel(cast(BinaryIO, stream)).emit(EVENT)
    assert stream.sent == [1]


def test_events_are_sent_together_and_another_threads_at_once() -> None:
    """Else an answer would wait for whatever the main thread is in."""
    stream = Stream()
    channel = Channel(cast(BinaryIO, stream))
    with channel.together():
        channel.emit(EVENT)
        channel.emit(EVENT)
        assert stream.sent == []
        other = threading.Thread(target=channel.emit, args=(EVENT,))
        other.start()
        other.join()
        assert stream.sent == [3]
        channel.emit(EVENT)
    assert stream.sent == [3, 4]
    channel.emit(EVENT)
    assert stream.sent == [3, 4, 5]
