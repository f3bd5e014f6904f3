"""The index against a plain scan of every text."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings, strategies as st

from app.core.books.folding import all_terms, caseless, folded, folded_words
from app.core.books.index import TextIndex, in_memory
from app.core.books.library_search import (
    MOST_HITS,
    FoundText,
    OpenText,
    SearchScope,
    SourceGroup,
    search_everywhere,
)
from app.core.documents.search import Query, search
from app.core.errors import SearchError
from app.core.store import TakeRecord
from app.core.system.databases import DataKey

TEXTS = (
    "The keeper's lamp. The LAMP went out; a damp wick, 3.14 metres of it, can't burn.",
    "她看见一座山，山上有树。北京的雨。カタカナとひらがな。",
    "Die Straße war naß. STRASSE, GROẞ. Ein Café, un cafe\u0301, der Ångström, \u212bngström.",
    "İstanbul'da ılık bir IŞIK; ısı, Isı, i̇ki. ﬁnal ofﬁce ² x² ½ Ⅻ",
    "Ελλάδα ΟΔΟΣ οδός ὀδός. Привет, МИР! שלום עולם. ไทยแลนด์ 한국어 각 가",
    "one\u00a0two one two a.b A.B _under_score_ e-mail foo_bar 🇩🇪🇫🇷 👩‍👩‍👧 😀",
    "old\nkeeper\n\nThe old keeper kept\tthe old keep.",
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[TextIndex]:
    made = TextIndex(tmp_path / "cache" / "search.sqlite")
    yield made
    made.close()


def filled(index: TextIndex, folder: Path, texts: tuple[str, ...] = TEXTS) -> SearchScope:
    folder.mkdir(exist_ok=True)
    names = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.txt"
        path.write_text(text, "utf-8", newline="")
        names.append(str(path))
    for name in index.outdated(names):
        index.read(name)
    return SearchScope(groups=(SourceGroup("Book", tuple(names)),))


def spans(found: list[FoundText]) -> dict[str, list[tuple[int, int]]]:
    return {one.name: one.spans for one in found}


def scanned(scope: SearchScope, texts: tuple[str, ...], query: Query) -> dict[str, object]:
    found = {
        name: search(text, query).spans
        for name, text in zip(scope.groups[0].files, texts, strict=True)
    }
    return {name: places for name, places in found.items() if places}


def pieces(texts: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Any part of any text, in any case."""
    return st.sampled_from(texts).flatmap(
        lambda text: st.tuples(st.integers(0, len(text) - 1), st.integers(1, 12)).map(
            lambda at: text[at[0] : at[0] + at[1]]
        )
    )


def changed_case(text: str, how: str) -> str:
    return {"upper": text.upper(), "lower": text.lower(), "as": text}[how]


def test_it_finds_what_a_scan_of_every_text_finds(index: TextIndex, tmp_path: Path) -> None:
    scope = filled(index, tmp_path / "book")

    @settings(max_examples=150, deadline=None)
    @given(pieces(TEXTS), st.sampled_from(["upper", "lower", "as"]), st.booleans(), st.booleans())
    def check(piece: str, how: str, has_case: bool, is_whole: bool) -> None:
        query = Query(changed_case(piece, how), has_case=has_case, is_whole=is_whole)
        assert spans(list(search_everywhere(index, query, scope))) == scanned(scope, TEXTS, query)

    check()


def test_whatever_text_comes_nothing_is_missing(index: TextIndex, tmp_path: Path) -> None:
    letters = st.text("aAbßẞiİıI\u0301\u0345eéΣσς雨水カ가각'.,_-1²½ \n😀", max_size=24)
    round_ = iter(range(10_000))

    @settings(max_examples=60, deadline=None)
    @given(st.tuples(letters, letters), letters.filter(bool))
    def check(texts: tuple[str, str], words: str) -> None:
        texts = texts[0] + words + texts[1], texts[1]
        scope = filled(index, tmp_path / f"{next(round_)}", texts)
        query = Query(words)
        assert spans(list(search_everywhere(index, query, scope))) == scanned(scope, texts, query)

    check()


def test_what_a_search_takes_for_equal_is_one_word_of_the_index() -> None:
    import re
    from unicodedata import normalize

    everything = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    cased = [c for c in everything if c.lower() != c or c.upper() != c or c.casefold() != c]
    line = "".join(cased)
    for letter in cased:
        for other in set(re.findall(re.escape(letter), line, re.IGNORECASE)):
            assert folded(letter) == folded(other), (letter, other)
    composed = [c for c in everything if normalize("NFD", c) != c]
    assert all(folded(normalize("NFD", letter)) == folded(letter) for letter in composed)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_part_of_a_word_stays_a_part_of_the_folded_one(one: str, other: str) -> None:
    assert folded(one) in folded(one + other)
    assert caseless(one.upper()) == caseless(one.upper().lower())


@given(
    st.text(
        st.sampled_from("aA1e\u0301ſß'’-_.,北京カ\u202f\u00a0\u2009\u200d \t\n\x1c\x85"),
        max_size=40,
    )
)
def test_the_index_is_given_every_word_of_a_text(text: str) -> None:
    assert set(folded_words(all_terms(text))) == set(folded_words(text))


def test_two_chinese_characters_are_found(index: TextIndex, tmp_path: Path) -> None:
    scope = filled(index, tmp_path / "book")
    found = list(search_everywhere(index, Query("北京"), scope))
    assert [(one.group, len(one.spans)) for one in found] == [("Book", 1)]
    hit = found[0].hit(0)
    assert (hit.found, hit.after) == ("北京", "的雨。カタカナとひらがな。")
    assert index.candidates("北京")[0][2] == found[0].name
    assert len(index.candidates("北京")) == 1


def test_the_page_as_it_is_now_comes_instead_of_its_file(index: TextIndex, tmp_path: Path) -> None:
    scope = filled(index, tmp_path / "book", ("rain one", "rain two", "rain three"))
    files = scope.groups[0].files
    page = OpenText(files[1], "no more of it")
    found = list(search_everywhere(index, Query("rain"), SearchScope(page, scope.groups)))
    assert [one.name for one in found] == [files[0], files[2]]
    found = list(search_everywhere(index, Query("more"), SearchScope(page, scope.groups)))
    assert [(one.kind, one.name, one.group) for one in found] == [("page", files[1], "Book")]
    untitled = OpenText("", "it rains")
    found = list(search_everywhere(index, Query("rain"), SearchScope(untitled, scope.groups)))
    assert [one.kind for one in found] == ["page", "file", "file", "file"]


def test_takes_are_found_the_newest_first(index: TextIndex, tmp_path: Path) -> None:
    takes = [
        TakeRecord(id=n, text=f"rain {n}", model=f"/m/{n}.gguf", created_at=n) for n in (3, 12)
    ]
    index.add_takes(takes)
    index.add_takes(takes)
    assert index.last_take() == 12
    found = list(search_everywhere(index, Query("rain"), SearchScope()))
    assert [(one.kind, one.name, one.model, one.made_at) for one in found] == [
        ("take", "12", "/m/12.gguf", 12.0),
        ("take", "3", "/m/3.gguf", 3.0),
    ]
    assert not list(search_everywhere(index, Query("rain"), SearchScope(has_takes=False)))
    index.forget_takes()
    assert index.last_take() == 0
    assert not list(search_everywhere(index, Query("rain"), SearchScope()))


def test_only_what_changed_is_read_again(index: TextIndex, tmp_path: Path) -> None:
    scope = filled(index, tmp_path / "book", ("one", "two", "three"))
    files = scope.groups[0].files
    assert index.outdated(files) == []
    assert index.words(files) == dict.fromkeys(files, 1)
    Path(files[0]).write_text("one and more")
    Path(files[1]).unlink()
    assert index.outdated(files) == [files[0]]
    assert index.words(files) == {files[0]: 1, files[2]: 1}
    index.read(files[0])
    assert index.words(files[:1]) == {files[0]: 3}
    assert not list(search_everywhere(index, Query("two"), scope))
    os.utime(files[0], (1, 1))
    assert index.outdated(files) == [files[0]]
    index.read(files[0])
    assert index.outdated(files) == []
    index.keep_only(files[:1])
    assert index.words(files) == {files[0]: 3}


def test_a_file_that_is_no_text_is_left_out_until_it_changes(
    index: TextIndex, tmp_path: Path
) -> None:
    scope = filled(index, tmp_path / "book", ("rain",))
    path = Path(scope.groups[0].files[0])
    path.write_bytes(b"\x7fELF\0\0\0\0" * 10)
    index.read(str(path))
    assert not list(search_everywhere(index, Query("rain"), scope))
    assert index.outdated([str(path)]) == []
    path.write_text("rain again")
    assert index.outdated([str(path)]) == [str(path)]
    index.read(str(path))
    assert [len(one.spans) for one in search_everywhere(index, Query("rain"), scope)] == [1]


@pytest.mark.parametrize("harm", ["rubbish", "torn", "other version", "no table"])
def test_a_damaged_index_is_begun_again(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "search.sqlite"
    index = TextIndex(path)
    filled(index, tmp_path / "book")
    index.close()
    if harm == "rubbish":
        path.write_bytes(b"not a database at all, but long enough to be one" * 50)
    elif harm == "torn":
        data = bytearray(path.read_bytes())
        data[4096:] = b"\xff" * (len(data) - 4096)
        path.write_bytes(data)
    else:
        connection = apsw.Connection(str(path))
        if harm == "no table":
            connection.execute("DROP TABLE document")
        else:
            connection.pragma("user_version", 99)
        connection.close()
    scope = filled(index, tmp_path / "book")
    assert [len(one.spans) for one in search_everywhere(index, Query("雨"), scope)] == [1]
    index.close()


def test_with_a_key_nothing_of_a_text_is_readable(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    texts = ("The canary sings 歌 on.",)
    plain, key = TextIndex(path), DataKey.new()
    filled(plain, tmp_path / "book", texts)
    assert b"canary" in b"".join(file.read_bytes() for file in tmp_path.glob("search.*"))
    plain.close()
    for other in (key, key, DataKey.new(), None):
        index = TextIndex(path, other)
        scope = filled(index, tmp_path / "book", texts)
        assert [len(one.spans) for one in search_everywhere(index, Query("歌"), scope)] == [1]
        found = b"".join(file.read_bytes() for file in tmp_path.glob("search.*"))
        assert (b"canary" in found.lower()) == (other is None)
        index.close()


def test_an_index_in_memory_leaves_no_file(tmp_path: Path) -> None:
    before = set(Path().iterdir())
    index = in_memory()
    scope = filled(index, tmp_path / "book", ("rain",))
    assert [len(one.spans) for one in search_everywhere(index, Query("rain"), scope)] == [1]
    index.close()
    assert set(Path().iterdir()) == before


def test_a_regular_expression_is_searched_for_in_every_text(
    index: TextIndex, tmp_path: Path
) -> None:
    scope = filled(index, tmp_path / "book")
    query = Query(r"\bk\w+r\b", is_pattern=True)
    assert spans(list(search_everywhere(index, query, scope))) == scanned(scope, TEXTS, query)
    with pytest.raises(SearchError, match="no regular expression"):
        list(search_everywhere(index, Query("(", is_pattern=True), scope))


def test_an_expression_that_takes_years_ends_when_it_is_not_wanted_any_more(
    index: TextIndex, tmp_path: Path
) -> None:
    scope = filled(index, tmp_path / "book", ("a" * 64,))
    began = time.monotonic()
    asked = iter([False])
    query = Query("(a+)+b", is_pattern=True)
    found = search_everywhere(index, query, scope, lambda: next(asked, True))
    assert list(found) == []
    assert time.monotonic() - began < 4


def test_an_old_question_ends_between_two_texts(index: TextIndex, tmp_path: Path) -> None:
    scope = filled(index, tmp_path / "book", ("rain", "rain", "rain"))
    asked = iter([False, True])
    assert len(list(search_everywhere(index, Query("rain"), scope, lambda: next(asked)))) == 1


@pytest.mark.parametrize("is_pattern", [False, True])
def test_too_many_hits_end_the_search(index: TextIndex, tmp_path: Path, is_pattern: bool) -> None:
    scope = filled(index, tmp_path / "book", ("a" * (MOST_HITS - 1), "aaa", "aa"))
    found = list(search_everywhere(index, Query("a", is_pattern=is_pattern), scope))
    assert [(len(one.spans), one.is_cut) for one in found] == [(MOST_HITS - 1, False), (1, True)]
    scope = filled(index, tmp_path / "other", ("a" * (MOST_HITS - 3), "aaa"))
    found = list(search_everywhere(index, Query("a", is_pattern=is_pattern), scope))
    assert [(len(one.spans), one.is_cut) for one in found] == [(MOST_HITS - 3, False), (3, False)]


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("It rained.\nThe old keeper slept.", "keeper", ("The old ", "keeper", " slept.")),
        ("x" * 100 + " and the old lamp", "lamp", ("…the old ", "lamp", "")),
        ("a\tb  c", "b", ("a ", "b", " c")),
        ("one\ntwo", "e\nt", ("on", "e t", "wo")),
    ],
)
def test_a_hit_is_shown_in_its_line(
    index: TextIndex, tmp_path: Path, text: str, words: str, line: tuple[str, str, str]
) -> None:
    scope = filled(index, tmp_path / "book", (text,))
    hit = next(search_everywhere(index, Query(words), scope)).hit(0)
    if text.startswith("x"):
        assert hit.before.startswith("…")
        assert hit.before.endswith(line[0][1:])
        assert (hit.found, hit.after) == line[1:]
    else:
        assert (hit.before, hit.found, hit.after) == line
