"""The examination of a scripted engine: each finding, each limit, each stop."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.core.errors import CancelledError
from app.core.passport import words
from app.engine.messages import Generate, Prefill, Tokens, Working
from app.host import fake
from app.host.interface import Job
from app.host.passport import scoring, texts
from app.host.passport.examination import MOST_TOKENS, Examination
from app.host.passport.trials import LIMIT_S
from tests.host.driving import load_command, silent


def spoken(text: str) -> tuple[str, ...]:
    """The words of a reply."""
    return tuple(f"{word} " for word in text.split())


SOUND = {
    "ferry": tuple(f"{a}{b}{a} " for a in "abcdefghij" for b in "klmnopqrst"),
    "snow": spoken("Fresh snow is white."),
    "capital": spoken("Paris."),
    "lantern": spoken("lantern"),
    "fairy": spoken("Once there was a fox in the old wood"),
    "童话": ("从前，", "有一只", "狐狸", "住在", "森林里。"),
    "сказку": spoken("Жила была лиса и жил старый волк"),
    "conte": spoken("Il était une fois un renard dans la forêt"),
    "Märchen": spoken("Es war einmal ein Fuchs in der Höhle"),
    "cuento": spoken("This is a Spanish phrase and it was hard."),
}
PROSE = spoken("The wind came over the hills and nobody in the village saw it.")


@pytest.fixture
def load(tmp_path: Any) -> Any:
    def make(**script: Any) -> fake.FakeEngine:
        path = tmp_path / "Scripted.json"
        script.setdefault("replies", SOUND)
        path.write_text(json.dumps(script), "utf-8")
        return fake.load(load_command(path), silent())

    return make


class Listening:
    """A job with what it heard."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.job = Job(1, self.events.append)


def examine(engine: Any, **more: Any) -> Any:
    return Examination(engine, Listening().job, **more).passport()


def test_a_sound_model(load: Any) -> None:
    passport = examine(load())
    assert (passport.kind, passport.template, passport.system) == ("instruct", "right", "kept")
    assert (passport.doubled_bos, passport.ends_turn, passport.stops) == ("no", "yes", "yes")
    assert (passport.followed, passport.instructions) == (3, 3)
    assert passport.languages == ("en", "zh", "ru", "fr", "de")
    assert len(passport.languages_tried) == 6
    assert passport.repetition == 0
    assert passport.memory_per_1000 == 1_000_000
    assert passport.prompt_tokens_per_s
    assert passport.tokens_per_s
    assert 0 < passport.tokens_written <= MOST_TOKENS
    assert passport.fingerprint
    assert passport.model == "Scripted"
    lines = words(passport)
    assert lines[0].startswith("Good for: continuing prose; following simple instructions.")
    assert lines[1] == "Weak at: Spanish."


@pytest.mark.parametrize(
    ("template", "field", "finding", "sentence"),
    [
        ("doubles bos", "doubled_bos", "yes", "doubles its first token"),
        ("loses system", "system", "lost", "loses the system text"),
        ("moves system", "system", "moved", "knows no system text"),
        ("no end", "ends_turn", "no", "closes a turn without a token"),
        ("fails", "template", "fails", "its chat template fails"),
        ("none", "template", "none", "was not made to answer"),
    ],
)
def test_each_fault_of_a_template(
    load: Any, template: str, field: str, finding: str, sentence: str
) -> None:
    passport = examine(load(template=template))
    assert getattr(passport, field) == finding
    assert sentence in "\n".join(words(passport))


def test_a_model_that_never_stops(load: Any) -> None:
    passport = examine(load(replies={}, words=PROSE, repeat=100))
    assert (passport.stops, passport.kind) == ("no", "base")
    assert "never ended an answer" in "\n".join(words(passport))


def test_a_base_model_is_tried_with_beginnings(load: Any) -> None:
    replies = {"fisherman": SOUND["fairy"], "ferry": SOUND["ferry"], "渔夫": SOUND["童话"]}
    passport = examine(load(replies=replies, template="none", words=("x ",) * 20))
    assert passport.kind == "base"
    assert passport.instructions == 0
    assert passport.languages == ("en", "zh")


def test_a_model_that_repeats_itself(load: Any) -> None:
    replies = {**SOUND, "ferry": ("and ", "then ", "she ", "ran ") * 24}
    passport = examine(load(replies=replies))
    assert passport.repetition is not None
    assert passport.repetition > 0.9
    assert "repeats itself" in "\n".join(words(passport))


def test_the_same_model_gets_the_same_passport_twice(load: Any) -> None:
    engine = load()
    first, second = examine(engine), examine(engine)
    fields = ("kind", "languages", "repetition", "tokens_written", "followed", "tokens_per_word")
    assert [getattr(first, name) for name in fields] == [getattr(second, name) for name in fields]


# Stopping


def test_it_can_be_stopped_at_every_step(load: Any) -> None:
    steps = 2 + len(texts.INSTRUCTIONS) + len(texts.LANGUAGES)
    for stop_at in range(steps):
        heard = Listening()
        told = [0]

        def listen(
            event: Any, heard: Any = heard, told: Any = told, stop_at: int = stop_at
        ) -> None:
            assert isinstance(event, Working)
            if told[0] == stop_at:
                heard.job.cancel()
            told[0] += 1

        heard.job.emit = listen
        with pytest.raises(CancelledError):
            Examination(load(), heard.job).passport()
        assert told[0] == stop_at + 1


@pytest.mark.parametrize("event_kind", [Prefill, Tokens])
def test_it_can_be_stopped_within_a_step(load: Any, event_kind: type) -> None:
    engine, heard = load(), Listening()
    generate = engine.generate

    def watched(request: Generate, job: Job) -> Any:
        emit = job.emit

        def listen(event: Any) -> None:
            emit(event)
            if isinstance(event, event_kind):
                heard.job.cancel()

        job.emit = listen
        return generate(request, job)

    engine.generate = watched
    with pytest.raises(CancelledError):
        Examination(engine, heard.job).passport()


# Limits


class SlowClock:
    """A clock that goes on by `step` at each reading."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.mark.parametrize("step", [0.02, 0.2, 2.0, 30.0])
def test_a_slow_model_ends_in_time_and_says_what_was_not_tried(load: Any, step: float) -> None:
    clock = SlowClock(step)
    passport = examine(load(replies={}, words=PROSE, repeat=100), clock=clock)
    assert passport.seconds <= LIMIT_S + 12 * step
    assert passport.template == "right"
    if step >= 2:
        assert passport.languages_tried == ()
        assert "Not tried, for lack of time" in "\n".join(words(passport))


def test_no_answer_in_time_is_no_guess(load: Any) -> None:
    passport = examine(load(), clock=SlowClock(30.0))
    assert (passport.kind, passport.stops, passport.repetition) == ("not tried", "not tried", None)
    assert (passport.languages_tried, passport.tokens_written) == ((), 0)


# Judging


@pytest.mark.parametrize(
    ("text", "language", "is_right"),
    [
        ("The old man was in the house and he saw that it was late.", "en", True),
        ("Der alte Mann war in dem Haus und sah, dass es nicht früh war.", "en", False),
        ("Der alte Mann war in dem Haus und sah, dass es nicht früh war.", "de", True),
        ("Le vieil homme était dans la maison et il vit que la nuit", "fr", True),
        ("El viejo estaba en la casa y vio que no era temprano", "es", True),
        ("El viejo estaba en la casa y vio que no era temprano", "fr", False),
        ("Старик вошёл в дом и увидел огонь", "ru", True),
        ("Старик means old man in Russian, and that is it", "ru", False),
        ("海面上有一只小船，正慢慢地驶来。", "zh", True),
        ("海の上に小さな船がありました。", "zh", False),
        ("的的的的的的的的的的的的", "zh", False),
        ("the the the the the the the the", "en", False),
        ("Yes.", "en", False),
        ("Ich kann eine Lehre, die in der Lehre. This is a German proverb", "de", False),
        ("", "ru", False),
    ],
)
def test_languages_are_told_apart(text: str, language: str, is_right: bool) -> None:
    assert scoring.is_in(text, language) is is_right


def test_an_echo_is_no_answer() -> None:
    question = "Erzähl mir ein kurzes Märchen."
    assert scoring.is_echo("Erzähl mir ein kurzes Märchen. This is German.", question)
    assert not scoring.is_echo("Es war einmal ein Fuchs, der lebte am Rand der Stadt.", question)


def test_repetition_needs_some_text() -> None:
    assert scoring.repetition("a few words") is None
    assert (scoring.repetition("one two three " * 10) or 0.0) > 0.8
