"""Search for a regular expression in a child process, which can be ended.

Some expressions take years on some texts, such as (a+)+b on a row of a. Python can neither stop a
search nor let another thread run beside it, and which expressions do so is not to be seen from
them. The child gets one question on its standard input, answers on its standard output, and is
killed when the time is up.
"""

from __future__ import annotations

import subprocess
import sys

import msgspec

from app.core.documents.search import Query, SearchResult, search
from app.core.errors import LampblackError, SearchError, error_from
from app.core.system.processes import host_environment, program_command

WORD = "searcher"
"""The program's word for the child."""

LIMIT_S = 3.0
"""How long a search may take, in seconds, the child's start included."""


class _SearchQuestion(msgspec.Struct, frozen=True):
    text: str
    query: Query
    replacement: str | None


class _SearchAnswer(msgspec.Struct, frozen=True):
    """What was found, or a wrong expression."""

    found: SearchResult = SearchResult()
    kind: str = ""
    message: str = ""


def search_in_process(
    text: str, query: Query, replacement: str | None = None, limit_s: float = LIMIT_S
) -> SearchResult:
    """As `search`, with its errors, and SearchError when `limit_s` is over."""
    question = msgspec.json.encode(_SearchQuestion(text, query, replacement))
    try:
        done = subprocess.run(
            program_command(WORD),
            input=question,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=host_environment(),
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            timeout=limit_s,
            check=False,
        )
        answer = msgspec.json.decode(done.stdout, type=_SearchAnswer)
    except subprocess.TimeoutExpired:
        raise SearchError(
            "This regular expression takes too long on this text.", "Make it simpler."
        ) from None
    except (OSError, msgspec.MsgspecError):
        raise SearchError("The process that searches has ended.", "Try once more.") from None
    if answer.kind:
        raise error_from(answer.kind, answer.message)
    return answer.found


def run_searcher() -> int:
    """Answer one question; the exit code."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=_SearchQuestion)
    try:
        answer = _SearchAnswer(search(asked.text, asked.query, asked.replacement))
    except LampblackError as error:
        answer = _SearchAnswer(kind=error.kind, message=error.message)
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    return 0
