from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from app.host.generation.folding import clusters, fold, units
from app.host.generation.transcript import Patterns, TextJoiner, Transcript


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
    assert text.startswith(shown + transcript.stop_text)
    assert transcript.stop_text in (stops if ends else [""])


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


def test_without_patterns_the_automaton_is_false() -> None:
    assert not Patterns(())
    assert Patterns(("a",))


NASTY = "aeAEé\u0301\u0307ßSsfiﬁİı'’\"“« \u00a0한하\u11ab"


def first_match(text: str, looked_for: list[str], *, any_case: bool) -> tuple[int, int]:
    """Where the first text that is completed begins and ends, the longest of them; or (-1, -1)."""
    folded = [fold(one, any_case=any_case) for one in looked_for]
    for end in range(1, len(text) + 1):
        starts = [
            sum(map(len, [*clusters(text[:end])][:number]))
            for number, cluster in enumerate(clusters(text[:end]))
            for _ in units(cluster, any_case=any_case)
        ]
        written = fold(text[:end], any_case=any_case)
        for stop in range(1, len(written) + 1):
            lengths = [len(one) for one in folded if written[:stop][-len(one) :] == one]
            if lengths:
                return starts[stop - max(lengths)], end
    return -1, -1


@given(
    st.text(NASTY, max_size=12),
    st.lists(st.text(NASTY, min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(st.integers(0, 100)),
)
def test_no_spelling_evades_a_stop_text(text: str, stops: list[str], cuts: list[int]) -> None:
    shown, transcript = written(split(text.encode(), cuts), stops=stops)
    begin, _ = first_match(text, stops, any_case=False)
    assert transcript.stopped == (begin >= 0)
    assert shown == (text if begin < 0 else text[:begin])


@given(
    st.text(NASTY, max_size=12),
    st.lists(st.text(NASTY, min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(st.integers(0, 100)),
)
def test_no_spelling_evades_a_banned_phrase(text: str, banned: list[str], cuts: list[int]) -> None:
    pieces = split(text.encode(), cuts)
    shown, transcript = written(pieces, banned=banned)
    begin, _ = first_match(text, banned, any_case=True)
    assert (transcript.banned_at >= 0) == (begin >= 0)
    if begin < 0:
        assert shown == text
        return
    byte = len(text[:begin].encode())
    starts = [sum(map(len, pieces[:place])) for place in range(len(pieces))]
    assert transcript.banned_at == max(at for at, start in enumerate(starts) if start <= byte)
    assert len(shown.encode()) <= starts[transcript.banned_at]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("don't", "I DON’T"),
        ("don’t", "I don't"),
        ('"No', "he said “no"),
        ("« oui", 'il dit "\u00a0OUI'),
        ("café", "the cafe\u0301"),
        ("cafe\u0301", "THE CAFÉ"),
        ("straße", "die STRASSE"),
        ("STRASSE", "die Straße"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("wait...", "Wait…"),
        ("e-mail", "an e\u2011mail"),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
    ],
)
def test_a_banned_phrase_is_found_however_it_is_written(phrase: str, text: str) -> None:
    for pieces in ([char.encode() for char in text], [text.encode()]):
        assert written(pieces, banned=[phrase])[1].banned_at >= 0


def test_the_case_of_a_stop_text_counts_but_not_its_marks() -> None:
    assert written([b"my friend"], stops=["END"])[0] == "my friend"
    assert written(["so “the end".encode()], stops=['"the'])[0] == "so "
    assert not written(["café".encode()], stops=["cafe"])[1].stopped


def test_looking_takes_steps_in_proportion_to_the_text(monkeypatch) -> None:
    """At the fields' limits, with repeats, marks without end and phrases that nearly match."""
    counts, step = [0], Patterns.step

    def counted(self: Patterns, state: int, unit: str) -> int:
        counts[0] += 1 + self.depth[state] - self.depth[found := step(self, state, unit)] + 1
        return found

    for text in ("a" * 9999, "ab" * 4999, "e" + "\u0301\u0327" * 4999, "ß" * 9999, "한" * 9999):
        phrases = [text[: length * 9] + "x" for length in range(1, 100)]
        monkeypatch.setattr(Patterns, "step", step)
        transcript = Transcript((), phrases)
        monkeypatch.setattr(Patterns, "step", counted)
        counts[0] = 0
        transcript.feed(text.encode())
        assert counts[0] <= 40 * len(text)


@pytest.mark.parametrize(
    ("pieces", "stop"),
    [
        (["Once ", "END", " no"], "END"),
        (["Once E", "N", "Dless"], "END"),
        (["“Once”", ' "', "Then"], '” "'),
        (["é", "\n", "\n", "x"], "\n\n"),
        (["Once upon a time"], ""),
    ],
)
def test_the_stop_text_is_told_as_it_was_written(pieces: list[str], stop: str) -> None:
    transcript = Transcript(["END", "\n\n", '" "'], [])
    for piece in pieces:
        if not transcript.stopped:
            transcript.feed(piece.encode())
            transcript.take()
    assert (transcript.stop_text, transcript.stopped) == (stop, bool(stop))
