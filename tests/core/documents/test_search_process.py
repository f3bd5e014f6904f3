from __future__ import annotations

import time

import pytest

from app.core.documents.search import Query, search
from app.core.documents.search_process import search_in_process
from app.core.errors import SearchError

LONG = "世界 a😀b " * 20_000


def test_the_child_finds_what_is_found_here() -> None:
    query = Query(r"(\w)😀(\w)", is_pattern=True)
    assert search_in_process(LONG, query, r"\2\1", limit_s=60) == search(LONG, query, r"\2\1")


def test_its_errors_are_the_same() -> None:
    with pytest.raises(SearchError, match="This is no regular expression"):
        search_in_process("text", Query("(", is_pattern=True), limit_s=60)


def test_an_expression_that_takes_years_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(SearchError, match="takes too long"):
        search_in_process("a" * 64, Query("(a+)+b", is_pattern=True), limit_s=1)
    assert time.monotonic() - began < 30


def test_a_child_that_cannot_start_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "app.core.documents.search_process.program_command", lambda _word: ["/nowhere/at/all"]
    )
    with pytest.raises(SearchError, match="has ended"):
        search_in_process("text", Query("t", is_pattern=True))
