"""Search for a regular expression in a child process, which can be ended.

Some expressions take years on some texts, such as (a+)+b on a row of a. Python can neither stop a
search nor let another thread run beside it, and which expressions do so is not to be seen from
them. The child gets one question on its standard input, answers on its standard output, and is
killed when the time is up.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from app.core.documents.search import Query, SearchResult, search
from app.core.errors import LampblackError, SearchError, error_from
from app.core.system.processes import host_environment, program_command, start_child

WORD = "searcher"
"""The program's word for the child."""

LIMIT_S = 3.0
"""How long a search may take, in seconds, the child's start included."""

_PATIENCE_S = 0.05
"""How long it is before it is asked whether the answer is still wanted."""


class _SearchQuestion(msgspec.Struct, frozen=True):
    texts: list[str]
    query: Query
    replacement: str | None
    most: int | None


class _SearchAnswer(msgspec.Struct, frozen=True):
    """What was found in each text, or a wrong expression."""

    found: list[SearchResult] = []
    kind: str = ""
    message: str = ""


def search_in_process(
    text: str, query: Query, replacement: str | None = None, limit_s: float = LIMIT_S
) -> SearchResult:
    """As `search`, with its errors, and SearchError when `limit_s` is over."""
    found = search_texts([text], query, replacement, limit_s=limit_s)
    assert found is not None  # nothing cancels it
    return found[0]


def search_texts(
    texts: Sequence[str],
    query: Query,
    replacement: str | None = None,
    *,
    limit_s: float = LIMIT_S,
    most: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[SearchResult] | None:
    """The same for several texts in one child; None once `cancelled`, which is asked often.

    Of each text no more than the first `most` places are told, if given.
    """
    question = msgspec.json.encode(_SearchQuestion(list(texts), query, replacement, most))
    try:
        with _child() as child:
            data = _answered(child, question, limit_s, cancelled)
        if data is None:
            return None
        answer = msgspec.json.decode(data, type=_SearchAnswer)
    except subprocess.TimeoutExpired:
        raise SearchError(
            "This regular expression takes too long on this text.", "Make it simpler."
        ) from None
    except (OSError, msgspec.MsgspecError):
        raise SearchError("The process that searches has ended.", "Try once more.") from None
    if answer.kind:
        raise error_from(answer.kind, answer.message)
    return answer.found


@contextmanager
def _child() -> Iterator[subprocess.Popen[bytes]]:
    """The child, which does not outlive the question."""
    with start_child(program_command(WORD), environ=host_environment()) as child:
        try:
            yield child
        finally:
            child.kill()


def _answered(
    child: subprocess.Popen[bytes],
    question: bytes,
    limit_s: float,
    cancelled: Callable[[], bool],
) -> bytes | None:
    """What the child answers; None where it is not wanted any more."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_PATIENCE_S):
            if cancelled():
                child.kill()
                return

    watcher = threading.Thread(target=watch, name="search-watcher")
    watcher.start()
    try:
        data = child.communicate(question, timeout=limit_s)[0]
    finally:
        done.set()
        watcher.join()
    return None if cancelled() else data


def run_searcher() -> int:
    """Answer one question; the exit code."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=_SearchQuestion)
    try:
        how = asked.query, asked.replacement, asked.most
        answer = _SearchAnswer([search(text, *how) for text in asked.texts])
    except LampblackError as error:
        answer = _SearchAnswer(kind=error.kind, message=error.message)
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    return 0
