"""Model passports: what was found out about a model by trying it, and the card that tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from app.core.units import size_text

FORMAT = 1
"""Raised when a field changes its meaning; older passports are then made again."""

Translate = Callable[[str], str]
"""Gives a text, with its places for values, in the user's language."""

Finding = Literal["yes", "no", "not tried"]
Kind = Literal["instruct", "base", "unclear", "not tried"]
TemplateFinding = Literal["right", "fails", "none", "not tried"]
SystemFinding = Literal["kept", "moved", "lost", "not tried"]

MOST_ATTEMPTS = 3
"""How often a model is examined unasked, if there was no time for everything before."""

LANGUAGES = {
    "en": "English",
    "zh": "Chinese",
    "ru": "Russian",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
}
"""The languages that are tried, by their codes."""

WORDS_PER_PAGE = 300
REPEATS = 0.25
"""From this share of repeated three-word sequences on a text is felt to go round in circles."""

_COMFORTABLE = 1.0  # pages a minute; faster is of no use to who reads along
_SLOW = 0.4  # how much of its score the slowest model loses


class Passport(msgspec.Struct, frozen=True, kw_only=True):
    """What a short examination found; a number that is None was not tried.

    `size_bytes` and `fingerprint` tell which file it is about, `made_at` is in seconds since 1970.
    `system` says what becomes of a system text: it is kept, moved before the first instruction, or
    lost. `ends_turn` says whether the template closes a turn with a token that ends an answer,
    `stops` whether answers really ended. `repetition` is the share of repeated three-word
    sequences in a text of its own. `memory_per_1000` is in bytes per 1,000 tokens of context.
    `problem` is what kept the examination from coming to an end; `attempt` counts those that were
    made unasked.
    """

    format: int = FORMAT
    model: str = ""
    fingerprint: str = ""
    size_bytes: int = 0
    engine: str = ""
    build: str = ""
    device: str = ""
    made_at: float = 0.0
    kind: Kind = "not tried"
    template: TemplateFinding = "not tried"
    template_problem: str = ""
    system: SystemFinding = "not tried"
    ends_turn: Finding = "not tried"
    doubled_bos: Finding = "not tried"
    stops: Finding = "not tried"
    followed: int = 0
    instructions: int = 0
    repetition: float | None = None
    languages: tuple[str, ...] = ()
    languages_tried: tuple[str, ...] = ()
    tokens_per_word: float | None = None
    prompt_tokens_per_s: float | None = None
    tokens_per_s: float | None = None
    memory_per_1000: int | None = None
    tokens_written: int = 0
    seconds: float = 0.0
    problem: str = ""
    attempt: int = 1

    @property
    def is_current(self) -> bool:
        """Whether this version of the program means the same by it."""
        return self.format == FORMAT

    @property
    def is_whole(self) -> bool:
        """Whether there was time for everything, or would not be another time either."""
        return bool(self.problem) or self.attempt >= MOST_ATTEMPTS or not [*_not_tried(self)]

    @property
    def repeats(self) -> bool:
        """Whether the model was found to go round in circles."""
        return self.repetition is not None and self.repetition >= REPEATS

    @property
    def pages_per_minute(self) -> float | None:
        """How much it writes on the machine that tried it, in English."""
        return _pages(self.tokens_per_s, self.tokens_per_word)

    @property
    def pages_read_per_minute(self) -> float | None:
        """How much of a text it reads on the machine that tried it, in English."""
        return _pages(self.prompt_tokens_per_s, self.tokens_per_word)


class PassportSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A passport in plain words; warnings say what to do."""

    good_for: tuple[str, ...] = ()
    weak_at: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def from_record(record: Mapping[str, Any] | None) -> Passport | None:
    """The passport that is kept with a model; None if there is none of this version's."""
    try:
        passport = msgspec.convert(record, Passport)
    except msgspec.ValidationError:
        return None
    return passport if passport.is_current else None


def _as_is(text: str) -> str:
    """The program's own language."""
    return text


def card(passport: Passport, tr: Translate = _as_is, write: Translate = _as_is) -> PassportSummary:
    """What a writer should know of the model; `tr` translates sentences, `write` the numbers."""
    return PassportSummary(
        good_for=tuple(_strengths(passport, tr)),
        weak_at=tuple(_weaknesses(passport, tr)),
        facts=tuple(_facts(passport, tr, write)),
        warnings=tuple(_warnings(passport, tr)),
    )


def words(passport: Passport, tr: Translate = _as_is, write: Translate = _as_is) -> tuple[str, ...]:
    """The card's sentences, the most important first."""
    told = card(passport, tr, write)
    heads = ((tr("Good for: {0}."), told.good_for), (tr("Weak at: {0}."), told.weak_at))
    lines = tuple(head.format(tr("; ").join(points)) for head, points in heads if points)
    return (*lines, *told.facts, *told.warnings)


def summary(passport: Passport, tr: Translate = _as_is, write: Translate = _as_is) -> str:
    """The card in one line, for a list of models."""
    if passport.problem:
        return tr("could not be tried out to the end")
    good, weak = [*_strengths(passport, tr)], [*_weaknesses(passport, tr)]
    parts = [tr("good for: {0}").format(tr(", ").join(good))] if good else []
    parts += [tr("weak at: {0}").format(tr(", ").join(weak))] if weak and not good else []
    if (written := passport.pages_per_minute) is not None:
        parts.append(tr("about {0} a minute here").format(_pages_text(written, tr, write)))
    return tr("; ").join(parts)


def score(passport: Passport, purpose: str) -> float:
    """How well the model suits a purpose of the catalogue, from 0 to 1; what was not tried counts
    as middling.
    """
    suits = _prose(passport) if purpose == "continue" else _obedience(passport)
    if purpose == "translate":
        suits *= _share(len(passport.languages), len(passport.languages_tried))
    pages = passport.pages_per_minute
    pace = 0.5 if pages is None else min(1.0, pages / _COMFORTABLE)
    return suits * (1 - _SLOW + _SLOW * pace)


def listed(names: Sequence[str], tr: Translate = _as_is) -> str:
    """Names as a sentence has them: English, French and German."""
    if len(names) < 2:
        return "".join(names)
    return tr("{0} and {1}").format(tr(", ").join(names[:-1]), names[-1])


def _pages(tokens_per_s: float | None, tokens_per_word: float | None) -> float | None:
    if not tokens_per_s or not tokens_per_word:
        return None
    return tokens_per_s * 60 / tokens_per_word / WORDS_PER_PAGE


def _prose(passport: Passport) -> float:
    if passport.repetition is None:
        return 0.5
    return max(0.1, 1 - passport.repetition / (2 * REPEATS))


def _obedience(passport: Passport) -> float:
    if passport.kind == "base" or passport.template in ("fails", "none"):
        return 0.1
    followed = _share(passport.followed, passport.instructions)
    faults = (passport.stops == "no", passport.doubled_bos == "yes", passport.system == "lost")
    return (0.2 + 0.8 * followed) * 0.7 ** sum(faults)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.5


def _obeys(passport: Passport) -> bool:
    return passport.kind == "instruct" and 2 * passport.followed >= passport.instructions > 0


def _strengths(passport: Passport, tr: Translate) -> Iterator[str]:
    if passport.repetition is not None and not passport.repeats:
        yield tr("continuing prose")
    if _obeys(passport):
        yield tr("following simple instructions")


def _weaknesses(passport: Passport, tr: Translate) -> Iterator[str]:
    if passport.kind != "not tried" and not _obeys(passport):
        yield tr("instructions")
    if passport.repeats:
        yield tr("long passages, in which it repeats itself")
    missing = [code for code in passport.languages_tried if code not in passport.languages]
    if names := _languages(missing, tr):
        yield listed(names, tr)


def _languages(codes: Sequence[str], tr: Translate) -> list[str]:
    return [tr(LANGUAGES[code]) for code in codes if code in LANGUAGES]


def _facts(passport: Passport, tr: Translate, write: Translate) -> Iterator[str]:
    if passport.template == "none":
        yield tr("It continues text and was not made to answer.")
    elif passport.kind == "base":
        yield tr("It goes on with what it is told instead of answering, as base models do.")
    if known := _languages(passport.languages, tr):
        yield _tried(passport, listed(known, tr), tr, write)
    yield from _speeds(passport, tr, write)
    if passport.memory_per_1000:
        sentence = tr("Every 1,000 tokens of text that it reads take {0} of memory.")
        yield write(sentence.format(size_text(passport.memory_per_1000)))
    if passport.system == "moved":
        yield tr("It knows no system text: yours goes before the first instruction.")
    missing = [*_not_tried(passport, tr)]
    if missing and not passport.problem:
        yield tr("Not tried, for lack of time: {0}.").format(listed(missing, tr))


def _tried(passport: Passport, known: str, tr: Translate, write: Translate) -> str:
    """In which of the languages that were tried it wrote."""
    count = len(passport.languages_tried)
    tried = tr("1 language") if count == 1 else tr("{0} languages").format(write(f"{count}"))
    answered = tr("Tried in {0}, it answered in {1}.")
    went_on = tr("Tried in {0}, it went on in {1}.")
    return (answered if passport.kind == "instruct" else went_on).format(tried, known)


def _speeds(passport: Passport, tr: Translate, write: Translate) -> Iterator[str]:
    written, read = passport.pages_per_minute, passport.pages_read_per_minute
    if written is None and read is None:
        return
    if written is None:
        text = tr("It reads about {1} a minute here.")
    elif read is None:
        text = tr("It writes about {0} a minute here.")
    else:
        text = tr("It writes about {0} a minute here, and reads about {2}.")
    pages = (_pages_text(written or 0, tr, write), _pages_text(read or 0, tr, write))
    yield text.format(*pages, write(_number(read or 0)))


def _pages_text(pages: float, tr: Translate, write: Translate) -> str:
    number = _number(pages)
    return tr("1 page") if number == "1" else tr("{0} pages").format(write(number))


def _number(value: float) -> str:
    """A number as one says it in English: two digits at most where it is small."""
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0") if value >= 0.1 else f"{value:.2g}"


def _not_tried(passport: Passport, tr: Translate = _as_is) -> Iterator[str]:
    if passport.template == "right" and not passport.instructions:
        yield tr("instructions")
    if passport.repetition is None:
        yield tr("repetition")
    left = [code for code in LANGUAGES if code not in passport.languages_tried]
    yield from [tr("languages")] if len(left) == len(LANGUAGES) else _languages(left, tr)


def _warnings(passport: Passport, tr: Translate) -> Iterator[str]:
    if passport.problem:
        yield tr("The examination did not come to an end: {0}").format(passport.problem)
    if passport.template == "fails":
        problem = passport.template_problem.rstrip(".")
        yield tr(
            "It cannot take instructions, because its chat template fails{0}: let it continue "
            "text, or get another file of this model."
        ).format(f" ({problem})" if problem else "")
    if passport.doubled_bos == "yes":
        yield tr(
            "It answers worse than it could, because its chat template doubles its first token: "
            "get a newer file of this model, or use it only to continue text."
        )
    if passport.system == "lost":
        yield tr(
            "Its chat template loses the system text: write what the model must know into the "
            "instruction itself."
        )
    if passport.stops == "no":
        yield tr(
            "It never ended an answer by itself: set a stop text, or use it as a base model that "
            "only continues text."
        )
    elif passport.ends_turn == "no":
        yield tr(
            "It may not know where an answer ends, because its chat template closes a turn "
            "without a token that ends it: if answers run on, set a stop text."
        )
