"""Labelled texts that a classifier learns from: what can be used of them, and what is held out.

Rows that cannot be used are left out and counted with the first reason; what makes learning
impossible is an error with a sentence.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from app.core.errors import ParameterError
from app.core.formats.classifiers import MAX_LABELS, shown

HELD_OUT = 0.2
"""The part of each label's texts that is not learned from and tested with."""

LEAST_EXAMPLES = 2
"""Of each label: one to learn from and one to test with."""

MOST_BYTES = 256_000_000
MOST_TEXTS = 1_000_000
_LONGEST_LABEL = 200


class LabelledRow(Protocol):
    """A row of the input by its number; one that cannot be read says why in `problem`."""

    @property
    def number(self) -> int:
        """From 1."""

    @property
    def text(self) -> str:
        """What is to be sorted."""

    @property
    def expected(self) -> str:
        """The right label."""

    @property
    def problem(self) -> str:
        """Empty for a row that could be read."""


class LabelledTexts(msgspec.Struct, frozen=True, kw_only=True):
    """Texts, each with the place of its label in `labels`; `notes` say what was left out."""

    texts: tuple[str, ...]
    targets: tuple[int, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of all texts with their labels."""
        found = hashlib.sha256(repr(self.labels).encode())
        for text, target in zip(self.texts, self.targets, strict=True):
            found.update(f"{target} {len(text)} ".encode() + text.encode("utf-8", "surrogatepass"))
        return found.hexdigest()


class HeldOutSplit(msgspec.Struct, frozen=True, kw_only=True):
    """The places of the texts that are learned from and of those that are tested with."""

    learned: tuple[int, ...]
    held_out: tuple[int, ...]


class _LeftOut:
    """Counts rows that are left out, by why, with the number of the first."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def add(self, why: str, number: int) -> None:
        self._counts[why] += 1
        self._first.setdefault(why, number)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(
            f"Row {self._first[why]:,} is left out: {why}."
            if count == 1
            else f"{count:,} rows are left out, the first is row {self._first[why]:,}: {why}."
            for why, count in self._counts.items()
        )


def gather(rows: Iterable[LabelledRow], wanted: Sequence[str] = ()) -> LabelledTexts:
    """The texts that can be learned from; with `wanted` only those of these labels, in this order.

    A text that occurs twice, be it with other white space, is taken once, as it would be learned
    from and tested with. Raises ParameterError where there is nothing to learn.
    """
    if len({*wanted}) < len(wanted):
        raise ParameterError("A label is named twice.", "Name each label once.")
    out = _LeftOut()
    found: dict[str, str] = {}
    texts: list[str] = []
    size = 0
    for row in rows:
        why = _problem(row, wanted, found)
        if why:
            out.add(why, row.number)
            continue
        found[_plain(row.text)] = row.expected
        texts.append(row.text)
        size += len(row.text.encode("utf-8", "surrogatepass"))
        if size > MOST_BYTES or len(found) > MOST_TEXTS:
            raise ParameterError(
                f"These are more than {MOST_BYTES // 1_000_000} MB or {MOST_TEXTS:,} texts.",
                "Choose a part of them.",
            )
    labels = tuple(wanted) or tuple(sorted({*found.values()}))
    _check(Counter(found.values()), labels, out.notes)
    places = {label: place for place, label in enumerate(labels)}
    return LabelledTexts(
        texts=tuple(texts),
        targets=tuple(places[label] for label in found.values()),
        labels=labels,
        notes=out.notes,
    )


def _problem(row: LabelledRow, wanted: Sequence[str], found: dict[str, str]) -> str:
    """Why the row cannot be used beside the labels `found` of plain texts; empty where it can."""
    label = row.expected
    if row.problem:
        return row.problem
    if not row.text.strip():
        return "its text is empty"
    if not label:
        return "its label is empty"
    if len(label) > _LONGEST_LABEL:
        return f"its label is longer than {_LONGEST_LABEL} characters"
    if not label.isprintable():
        return "its label has characters that cannot be shown"
    if wanted and label not in wanted:
        return "its label is not among those that were asked for"
    former = found.get(_plain(row.text))
    if former is not None:
        return (
            "its text was there before"
            if former == label
            else "its text was there before, with another label"
        )
    return ""


def _plain(text: str) -> str:
    """What is alike in texts that differ in white space alone."""
    return " ".join(text.split())


def _check(counts: Counter[str], labels: Sequence[str], notes: Sequence[str]) -> None:
    first = f" {notes[0]}" if notes else ""
    if not counts:
        raise ParameterError(f"No row can be learned from.{first}", "Look at the rows.")
    if missing := [label for label in labels if not counts[label]]:
        raise ParameterError(
            f"There is no text with the label {shown(missing)}.{first}",
            f"The labels that there are: {shown(sorted(counts))}.",
        )
    if len(labels) < 2:
        raise ParameterError(
            f"All texts have the label {labels[0]}, and there is nothing to tell apart.",
            "Add texts with another label.",
        )
    if len(labels) > MAX_LABELS:
        raise ParameterError(
            f"There are {len(labels):,} labels, more than {MAX_LABELS:,}.",
            "See whether the column of the labels is the right one.",
        )
    if rare := [label for label in labels if counts[label] < LEAST_EXAMPLES]:
        raise ParameterError(
            f"There is only one text with the label {shown(rare)}; it takes one to learn from and "
            "one to test with.",
            "Add texts, or name the other labels with --labels.",
        )


def split(targets: Sequence[int], seed: int, share: float = HELD_OUT) -> HeldOutSplit:
    """Hold the `share` of each label's texts out, at least one and never all; drawn by `seed`."""
    held: set[int] = set()
    for label in sorted({*targets}):
        places = [place for place, target in enumerate(targets) if target == label]
        random.Random(f"{seed}-{label}").shuffle(places)
        held.update(places[: min(len(places) - 1, max(1, round(share * len(places))))])
    return HeldOutSplit(
        learned=tuple(place for place in range(len(targets)) if place not in held),
        held_out=tuple(sorted(held)),
    )


def class_weights(targets: Sequence[int], labels: int) -> tuple[float, ...]:
    """A weight for each label so that all labels weigh alike, however often they occur."""
    counts = Counter(targets)
    return tuple(len(targets) / (labels * counts[label]) for label in range(labels))
