"""What a model is asked, on its way: done at once, or read as a stream, and ended early."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.core.errors import ParameterError
from app.engine.client import EngineClient
from app.engine.messages import Done, Event, Generate, Prefill, Tokens
from app.sdk.progress import Progress, ShownProgress
from app.sdk.results import Generation

T = TypeVar("T")


@dataclass(frozen=True)
class Begun(Generic[T]):
    """Something that `run` does, and `cancel` ends early from any thread once it goes on."""

    run: Callable[[], T]
    cancel: Callable[[], None]


class Prepared:
    """One request: `run` does it, `cancel` ends it early from any thread."""

    def __init__(
        self, owner: object, client: EngineClient, command: Generate, progress: Progress
    ) -> None:
        self._owner = owner  # a model that is dropped ends its engine
        self._client = client
        self._command = command
        self._progress = progress

    def run(self, on_text: Callable[[str], None] = lambda _text: None) -> Generation:
        """Write, telling each piece of text; a request that was cancelled has what it wrote."""
        with ExitStack() as stack:
            shown = stack.enter_context(ShownProgress(self._progress))

            def on_event(event: Event) -> None:
                tell_reading(shown, event)
                if isinstance(event, Tokens) and event.text:
                    stack.close()  # the line gives way to the text
                    on_text(event.text)

            done = self._client.run(self._command, on_event)
        assert isinstance(done, Done)
        return Generation(done.takes, done.seed, done.stats)

    def cancel(self) -> None:
        """Stop with the next step."""
        self._client.cancel(self._command.job)


def plain_text(text: str) -> str:
    """A text as the engine takes it, of whatever kind of `str`; raises ParameterError for others.

    NumPy's and an enum's are kinds that no message can hold.
    """
    if not isinstance(text, str):
        raise ParameterError(f"A text was expected, not {type(text).__name__}.")
    return str(text)


def tell_reading(shown: ShownProgress, event: Event) -> None:
    """Show how much of a prompt is read."""
    if isinstance(event, Prefill):
        what = f"reading: {event.done:,} of {event.total:,} tokens"
        shown.tell(event.done / max(1, event.total), what)


_Pieces = queue.SimpleQueue[str | BaseException | None]


class Stream(Iterator[str]):
    """The pieces of a text while it is written; `close`, or leaving a `with`, cancels the rest.

    So does Ctrl+C, or a notebook's Stop, while a piece is waited for.
    """

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._pieces: _Pieces = queue.SimpleQueue()
        self._is_over = False
        # It knows nothing of the stream, so that one that is dropped is cancelled.
        self._thread = threading.Thread(
            target=_write, args=(prepared, self._pieces), name="lampblack stream", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.cancel()

    def __next__(self) -> str:
        try:
            piece = None if self._is_over else self._pieces.get()
        except BaseException:  # Ctrl+C; a notebook keeps its traceback, and so the stream
            self.cancel()
            raise
        if isinstance(piece, str):
            return piece
        self._is_over = True
        self._thread.join()
        raise StopIteration if piece is None else piece

    def cancel(self) -> None:
        """Stop with the next step; what is written may still be read."""
        if not self._is_over:
            self._prepared.cancel()

    def close(self) -> None:
        """Stop, and wait until the engine has."""
        self.cancel()
        self._is_over = True
        self._thread.join()


def _write(prepared: Prepared, pieces: _Pieces) -> None:
    try:
        prepared.run(pieces.put)
    except BaseException as error:  # noqa: BLE001 - raised again where the text is read
        pieces.put(error)
    else:
        pieces.put(None)
