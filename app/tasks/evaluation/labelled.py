"""Labelled rows: an input of a batch whose texts stand beside what their answers should be."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from app.core.errors import LampblackError, UsageError
from app.core.models.checksums import checksums, whole_checksum
from app.tasks.batch.rows import ANSWERS, AskedColumn, InputRow
from app.tasks.batch.source import BatchSource, open_source
from app.tasks.options import MAX_LABELS


class LabelledData(msgspec.Struct, frozen=True, kw_only=True):
    """An input of `found` rows, which are read one by one; `drawn` are the numbers of a sample.

    `sha256` is of its bytes. `answers` are the different right ones, each with the number of its
    first row; where they are more than labels can be, the first of them.
    """

    source: BatchSource
    sha256: str
    found: int
    answers: Mapping[str, int]
    drawn: frozenset[int] | None = None

    @property
    def used(self) -> int:
        """How many rows there are to answer."""
        return self.found if self.drawn is None else len(self.drawn)

    def rows(self) -> Iterator[InputRow]:
        """The rows; those that lack a text or a right answer say so."""
        for row in _checked(self.source):
            if self.drawn is None or row.number in self.drawn:
                yield row

    def is_changed(self) -> bool:
        """Whether the input is another one than at the beginning, or gone."""
        try:
            return _digest(self.source) != self.sha256
        except LampblackError:
            return True


def read_labelled(
    path: Path,
    *,
    text: str = "",
    answer: str = "",
    has_answers: bool = True,
    limit: int = 0,
    seed: int = 0,
) -> LabelledData:
    """The rows of an input with their right answers, from the columns of these names, read once.

    With a `limit` so many are drawn at random. Raises UsageError or DocumentError for what cannot
    be read, has no rows that can be used, or not these columns.
    """
    if limit < 0:
        raise UsageError(f"There cannot be {limit} rows.", "Give --limit a number from 1 on.")
    source = open_source(
        path,
        column=AskedColumn(text, "--text"),
        answer=AskedColumn(answer, "--label", "right answers", ANSWERS) if has_answers else None,
    )
    found, problem, answers, usable = 0, "", dict[str, int](), False
    for row in _checked(source):
        found += 1
        problem = problem or row.problem
        usable |= not row.problem
        if not row.problem and len(answers) <= MAX_LABELS:
            answers.setdefault(row.expected, row.number)
    if not usable:
        first = f"No row of {path.name} can be used; of the first, {problem}."
        raise UsageError(first if found else f"There are no rows in {path.name}.")
    drawn = None
    if 0 < limit < found:
        drawn = frozenset(random.Random(seed).sample(range(1, found + 1), limit))
    return LabelledData(
        source=source, sha256=_digest(source), found=found, answers=answers, drawn=drawn
    )


def _checked(source: BatchSource) -> Iterator[InputRow]:
    name = source.facts.answer
    for row in source.read():
        if row.problem:
            yield row
        elif not row.text.strip():
            yield msgspec.structs.replace(row, problem="its text is empty")
        elif name and not row.expected:
            yield msgspec.structs.replace(row, problem=f"its {name} is empty")
        else:
            yield row


def _digest(source: BatchSource) -> str:
    """The checksum of the input's bytes; of several files, that of theirs, by their names."""
    return whole_checksum(checksums([*source.files]))
