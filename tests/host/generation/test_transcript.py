from __future__ import annotations

from itertools import pairwise

from hypothesis import given, strategies as st

from app.host.generation.transcript import Patterns, TextJoiner, Transcript, fold


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(places)]


def written(pieces: list[bytes], stops=(), banned=()) -> tuple[str, Transcript]:
    transcript = Transcript(stops, banned)
    shown = ""
    for piece in pieces:
        transcript.feed(piece)
        shown += transcript.take()
        if transcript.stopped or transcript.banned_at >= 0:
            break
    transcript.finish(keep_torn=True)
    return shown + transcript.take(), transcript


@given(st.text(), st.lists(st.integers(0, 1000)))
def test_text_split_anywhere_is_joined(text: str, cuts: list[int]) -> None:
    joiner = TextJoiner()
    pieces = split(text.encode(), cuts)
    assert "".join(map(joiner.feed, pieces)) + joiner.flush() == text


@given(st.binary(), st.lists(st.integers(0, 1000)))
def test_invalid_bytes_become_what_python_makes_of_them(data: bytes, cuts: list[int]) -> None:
    assert written(split(data, cuts))[0] == data.decode("utf-8", "replace")


def test_a_torn_character_at_the_end_shows_only_after_a_real_end() -> None:
    for keep, expected in ((True, "a\ufffd"), (False, "a")):
        transcript = Transcript((), ())
        transcript.feed(b"a\xe4\xb8")
        transcript.finish(keep_torn=keep)
        assert transcript.take() == expected


@given(
    st.text("ab", max_size=40),
    st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=4),
    st.lists(st.integers(0, 100)),
)
def test_nothing_of_a_stop_text_is_ever_shown(text, stops, cuts) -> None:
    shown, transcript = written(split(text.encode(), cuts), stops=stops)
    ends = [(text.index(stop) + len(stop), -len(stop)) for stop in stops if stop in text]
    expected = text if not ends else text[: min(ends)[0] + min(ends)[1]]
    assert shown == expected
    assert transcript.stopped == bool(ends)


@given(
    st.text("abA", max_size=40),
    st.lists(st.text("abA", min_size=1, max_size=4), min_size=1, max_size=4),
    st.lists(st.integers(0, 100)),
)
def test_a_ban_points_at_the_token_where_the_phrase_began(text, phrases, cuts) -> None:
    pieces = split(text.encode(), cuts)
    shown, transcript = written(pieces, banned=phrases)
    lowered = text.lower()
    found = [lowered.index(p.lower()) + len(p) for p in phrases if p.lower() in lowered]
    assert (transcript.banned_at >= 0) == bool(found)
    if found:
        end = min(found)
        longest = max(
            len(p) for p in phrases if lowered[:end].endswith(p.lower()) and len(p) <= end
        )
        starts = [sum(map(len, pieces[:place])) for place in range(len(pieces))]
        token = max(place for place, start in enumerate(starts) if start <= end - longest)
        assert transcript.banned_at == token
        assert len(shown) <= starts[token]


def test_a_ban_takes_a_character_back_from_its_first_byte_on() -> None:
    """Else the bytes left over would become another character, or none."""
    transcript = Transcript((), ("猫",))
    pieces = [b"a", "猫".encode()[:2], "猫".encode()[2:]]
    for piece in pieces:
        transcript.feed(piece)
    assert transcript.banned_at == 1
    transcript.cut(pieces[:1])
    assert (transcript.take(), transcript.certain_tokens()) == ("a", 1)


def test_a_token_is_certain_when_its_last_character_is() -> None:
    transcript = Transcript((), ())
    certain = []
    for piece in (b"a", "猫".encode()[:2], "猫".encode()[2:], b"\xe7", b"b"):
        transcript.feed(piece)
        certain.append(transcript.certain_tokens())
    assert certain == [1, 1, 3, 3, 5]


@given(
    st.text("a猫狗", max_size=20),
    st.lists(st.text("a猫狗", min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(st.integers(0, 100)),
)
def test_a_ban_among_torn_characters_is_where_its_first_byte_is(text, phrases, cuts) -> None:
    pieces = split(text.encode(), cuts)
    shown, transcript = written(pieces, banned=phrases)
    found = [text.index(phrase) + len(phrase) for phrase in phrases if phrase in text]
    assert (transcript.banned_at >= 0) == bool(found)
    if found:
        end = min(found)
        longest = max(len(phrase) for phrase in phrases if text[:end].endswith(phrase))
        byte = len(text[: end - longest].encode())
        starts = [sum(map(len, pieces[:place])) for place in range(len(pieces))]
        token = max(place for place, start in enumerate(starts) if start <= byte)
        assert transcript.banned_at == token
        assert len(shown.encode()) <= starts[token]


def test_what_was_shown_stays_after_a_cut() -> None:
    transcript = Transcript((), ("bad word",))
    shown = ""
    for piece in (b"a ", b"bad", b" word"):
        transcript.feed(piece)
        shown += transcript.take()
    assert (shown, transcript.banned_at) == ("a ", 1)
    transcript.cut([b"a "])
    transcript.feed("gute 世".encode()[:-1])
    transcript.feed("世".encode()[-1:])
    transcript.finish(keep_torn=False)
    assert transcript.take() == "gute 世"


def test_a_stop_counts_the_tokens_that_its_text_takes() -> None:
    transcript = Transcript(("END",), ())
    for piece in (b"one", b" tw", b"oE", b"ND!"):
        transcript.feed(piece)
    assert transcript.stopped
    assert transcript.take() == "one two"
    assert (transcript.certain_tokens(), transcript.kept_tokens()) == (2, 3)


def test_folding_keeps_positions() -> None:
    assert fold("ÄİSS") == "äİss"
    assert len(fold("İstanbul")) == len("İstanbul")


def test_without_patterns_the_automaton_is_false() -> None:
    assert not Patterns(())
    assert Patterns(("a",))
