"""How much of a text is typed, generated, edited and pasted, by words, and by which models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath

import msgspec

from app.core.provenance.origins import units
from app.core.provenance.passages import SHOWN, Shown, words_of
from app.core.provenance.spans import Runs, cut

Counts = dict[Shown, int]
"""How many words are of each kind; those of which there are none are 0."""


class PartText(msgspec.Struct, frozen=True):
    """A part of a book with its own text; `level` is 0 for the highest."""

    title: str
    level: int
    text: str = ""
    runs: Runs = ()


class KnownTake(msgspec.Struct, frozen=True):
    """What is kept of a take: its number, words and model, and when it was made, since 1970."""

    number: int
    words: int
    model: str
    made_at: float


class PartReport(msgspec.Struct, frozen=True):
    """The words of a part and of all that lies in it."""

    title: str
    level: int
    words: Counts


class TakeReport(msgspec.Struct, frozen=True):
    """A take that stands in the text: how many words of it, and how many it had.

    `number` and `had` are 0 for one that is not kept.
    """

    number: int
    model: str
    made_at: float
    words: int
    had: int


class ModelReport(msgspec.Struct, frozen=True):
    """A model, its licence as its file states it, and the words that are by it.

    Both are empty where they are not known.
    """

    model: str
    licence: str
    words: int


class ProvenanceReport(msgspec.Struct, frozen=True):
    """What a text or a book is made of; `made_at` in seconds since 1970."""

    title: str
    made_at: float
    total: Counts
    parts: tuple[PartReport, ...]
    takes: tuple[TakeReport, ...]
    models: tuple[ModelReport, ...]


def make_report(
    title: str,
    parts: Iterable[PartText],
    takes_of: Callable[[set[int]], Mapping[int, KnownTake]],
    licence_of: Callable[[str], str],
    made_at: float,
) -> ProvenanceReport:
    """Count the words of all parts. Not for the window's thread.

    `takes_of` gives what is kept of takes by their keys, `licence_of` the licence of a model by its
    path, or nothing.
    """
    levels: list[tuple[str, int]] = []
    counts: list[Counts] = []
    by_take = dict[int, int]()
    total = _no_words()
    for part in parts:
        levels.append((part.title, part.level))
        own = _no_words()
        for word in words_of(part.text, part.runs):
            own[word.kind] += 1
            total[word.kind] += 1
            if word.kind in ("generated", "edited", "rewrite"):
                by_take[word.take] = by_take.get(word.take, 0) + 1
        counts.append(own)
    takes = _takes(by_take, takes_of(set(by_take) - {0}))
    return ProvenanceReport(
        title=title,
        made_at=made_at,
        total=total,
        parts=tuple(_summed(levels, counts)),
        takes=takes,
        models=_models(takes, licence_of),
    )


def parts_of(title: str, text: str, runs: Runs) -> list[PartText]:
    """A text by its headings of the two highest levels that it has; what comes before is first."""
    from app.core.documents.sections import sections  # not needed to follow a text

    found = sections(text)
    highest = sorted({one.level for one in found})[:2]
    marks = [(one.start, one.body, one.level) for one in found if one.level in highest]
    places = [0, *(start for start, _body, _level in marks), len(text)]
    titles = [title, *(text[start:body].strip("# \t") for start, body, _level in marks)]
    levels = [0, *(1 + highest.index(level) for _start, _body, level in marks)]
    at, parts = 0, list[PartText]()
    for number, name in enumerate(titles):
        part = text[places[number] : places[number + 1]]
        length = units(part)
        parts.append(PartText(name, levels[number], part, cut(runs, at, at + length)))
        at += length
    return parts


def count_of(counts: Counts) -> int:
    """All words."""
    return sum(counts.values())


def is_whole(report: ProvenanceReport) -> bool:
    """Whether the first part has all the others in it."""
    return bool(report.parts) and sum(not one.level for one in report.parts) == 1


def _no_words() -> Counts:
    return dict.fromkeys(SHOWN, 0)


def _summed(levels: list[tuple[str, int]], counts: list[Counts]) -> Iterable[PartReport]:
    """Each part with what lies in it: those that follow on a lower level."""
    for number, (title, level) in enumerate(levels):
        words, at = dict(counts[number]), number + 1
        while at < len(levels) and levels[at][1] > level:
            for kind, count in counts[at].items():
                words[kind] += count
            at += 1
        yield PartReport(title, level, words)


def _takes(by_take: Mapping[int, int], known: Mapping[int, KnownTake]) -> tuple[TakeReport, ...]:
    """Takes by their numbers; those that are not kept are one, the last."""
    words, kept, lost = dict[int, int](), dict[int, KnownTake](), 0
    for key, count in by_take.items():
        take = known.get(key)
        if take is None:
            lost += count
        else:
            words[take.number] = words.get(take.number, 0) + count
            kept[take.number] = take
    found = [
        TakeReport(number, kept[number].model, kept[number].made_at, words[number], one.words)
        for number, one in sorted(kept.items())
    ]
    return (*found, *([TakeReport(0, "", 0.0, lost, 0)] if lost else []))


def _models(
    takes: Iterable[TakeReport], licence_of: Callable[[str], str]
) -> tuple[ModelReport, ...]:
    words = dict[str, int]()
    for take in takes:
        words[take.model] = words.get(take.model, 0) + take.words
    ordered = sorted(words.items(), key=lambda one: -one[1])
    return tuple(
        ModelReport(model, licence_of(model) if model else "", count) for model, count in ordered
    )


def model_name(path: str) -> str:
    """What a model is called by its path."""
    name = PurePath(path.replace("\\", "/")).name
    return name.removesuffix(".gguf")
