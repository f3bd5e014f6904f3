"""What is asked about a text longer than the model reads at once: summaries of summaries."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.core.rewrites.asking import estimated_tokens, room
from app.core.rewrites.sources import SourcedSentence, sourced
from app.core.rewrites.table import REWRITES, Rewrite
from app.ui.background import BackgroundTasks
from app.ui.editor.manuscript import units
from app.ui.rewrites.notes import (
    LinkedSentence,
    Note,
    NoteAnswer,
    NotePassage,
    NotesPage,
    PartAnswer,
)
from app.ui.rewrites.rewriting import PassagePart, Rewriting, passage_parts

SUMMARISE = next(action for action in REWRITES if action.id == "summarise")


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
        last.language, last.memory = done.language, done.memory
        self._begin(last)

    def link(self, note: Note, start: int) -> None:
        """Find out which passages of the text the note's sentences came from."""
        summary, text = note.text, note.passage

        def show(found: list[SourcedSentence]) -> None:
            if note.text == summary:
                note.sentences = tuple(_linked(found, text, start))
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
