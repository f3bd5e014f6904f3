"""What is asked about a text longer than the model reads at once: summaries of summaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from app.core.rewrites.asking import estimated_tokens, room
from app.core.rewrites.sources import SourcedSentence, sourced
from app.core.rewrites.table import SUMMARISE, Rewrite
from app.core.store.takes.places import NEAR, encoded
from app.ui.background import BackgroundTasks
from app.ui.editor.manuscript import units
from app.ui.rewrites.notes import (
    LinkedSentence,
    Note,
    NoteAnswer,
    NoteFile,
    NotePassage,
    NotesPage,
    PartAnswer,
)
from app.ui.rewrites.rewriting import PassagePart, Rewriting, passage_parts


class Digests:
    """Makes a note about a passage: its parts are summarised, then the summaries, until they fit.

    `begin` hands over what is to be asked next. The action itself is asked about the last
    summaries; what was summarised stays in the note if it is stopped.
    """

    def __init__(
        self,
        page: NotesPage,
        begin: Callable[[Rewriting], object],
        background: BackgroundTasks,
    ) -> None:
        self._page, self._begin, self._background = page, begin, background

    def first(
        self, action: Rewrite, instruction: str, parts: list[PassagePart], context: int
    ) -> tuple[Rewriting, Note]:
        """What is asked first for an action on a passage's parts, and the note it goes into."""
        passage = "".join(part.text + part.gap for part in parts)
        note = Note(action, passage)
        if len(parts) == 1:
            asked = Rewriting(
                action, instruction, parts, lambda _part: NoteAnswer(self._page, note)
            )
        else:
            asked = self._summaries(action, instruction, parts, note, context)
            asked.on_page = True
        return asked, note

    def _summaries(
        self,
        action: Rewrite,
        instruction: str,
        parts: list[PassagePart],
        note: Note,
        context: int,
    ) -> Rewriting:
        """Summarise the parts one after the other."""
        note.text = ""
        asked = Rewriting(
            SUMMARISE, "", parts, lambda _part: PartAnswer(self._page, note), on_page=False
        )
        asked.then = partial(self._go_on, asked, action, instruction, note, context)
        return asked

    def _go_on(
        self, done: Rewriting, action: Rewrite, instruction: str, note: Note, context: int
    ) -> None:
        """Ask about the summaries, or summarise them once more."""
        shorter = "\n\n".join(part.answer for part in done.parts if part.answer)
        limit = room(action, context)
        fits = estimated_tokens(shorter) <= limit or len(shorter) >= len(done.original)
        parts = passage_parts(0, shorter, 2 * len(shorter) + 1 if fits else limit)
        parts = parts or [PassagePart(0, units(shorter), shorter)]  # all of it a comment
        if fits or len(parts) < 2:
            last = Rewriting(
                action,
                instruction,
                parts,
                lambda _part: NoteAnswer(self._page, note),
                on_page=False,
            )
        else:
            last = self._summaries(action, instruction, parts, note, context)
        last.language, last.memory, last.sources = done.language, done.memory, done.sources
        self._begin(last)

    def link(self, note: Note, start: int) -> None:
        """Find out which passages of the text the note's sentences came from."""
        summary, text = note.text, note.passage

        def show(found: list[SourcedSentence]) -> None:
            if note.text == summary:
                linked = _linked(found, text, start)
                note.sentences = tuple(in_files(linked, text, note.files) if note.files else linked)
                self._page.follow(note)

        self._background.run(lambda: sourced(summary, text), show)


def _linked(found: list[SourcedSentence], text: str, start: int) -> list[LinkedSentence]:
    """The sentences with their passages in the manuscript, in UTF-16 units."""
    ends = sorted(
        {place for one in found for span in one.passages for place in (span.start, span.end)}
    )
    places, at, unit = {}, 0, start
    for place in ends:
        unit += units(text[at:place])
        places[place] = unit
        at = place
    return [
        LinkedSentence(
            one.text,
            tuple(NotePassage(places[span.start], places[span.end]) for span in one.passages),
        )
        for one in found
    ]


def in_files(
    sentences: list[LinkedSentence], text: str, files: Sequence[NoteFile]
) -> Iterator[LinkedSentence]:
    """The sentences with their passages in the files that `text` is made of."""
    data = encoded(text)

    def placed(one: NotePassage) -> NotePassage | None:
        file = next((file for file in files if file.start <= one.start < file.end), None)
        if file is None:
            return None
        end = min(one.end, file.end)
        before = data[2 * max(file.start, one.start - NEAR) : 2 * one.start]
        after = data[2 * end : 2 * min(file.end, end + NEAR)]
        words = (one.decode("utf-16-le", "surrogatepass") for one in (before, after))
        return NotePassage(one.start - file.start, end - file.start, file.path, *words)

    for sentence in sentences:
        passages = filter(None, map(placed, sentence.passages))
        yield LinkedSentence(sentence.text, tuple(passages))
