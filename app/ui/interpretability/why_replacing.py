"""Puts another word into the page, in one step of undo, and keeps both texts as takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from app.core.provenance.origins import Origin
from app.core.provenance.spans import OriginSpans
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.editor.undo_history import StepNote
from app.ui.generation.session import Session
from app.ui.generation.take_log import TakeLog
from app.ui.generation.takes import TakeEnd, TakeGroup, TakeRequest, TakeText
from app.ui.interpretability.why_places import WordPlace


class HasSession(Protocol):
    """What writes takes into the page, and keeps them."""

    session: Session
    take_log: TakeLog

    def begin_writing(self, cause: str) -> None:
        """Something is about to be asked of the model: a version is kept, `cause` says why."""


class WordReplacer:
    """Replaces words of the page by what the model could have written there."""

    def __init__(
        self,
        editor: Editor,
        writing: HasSession,
        documents: DocumentController,
        spans: Callable[[], OriginSpans],
    ) -> None:
        self._editor, self._writing, self._documents = editor, writing, documents
        self._spans = spans

    def go_on(
        self, place: WordPlace, start: int, end: int, word: str, fields: dict[str, Any]
    ) -> None:
        """Put `word` in the place of the text from `start` to `end`, and have the model go on.

        `fields` are those of `Generate` for what follows the word. What the model had written there
        is a take beside the new one.
        """
        session = self._writing.session
        self._writing.begin_writing("rewrite")
        manuscript = self._editor.manuscript
        before, old = manuscript.readable(start), manuscript.text(start, end)
        origins = self._spans().cut(start, end)
        group = TakeGroup(
            start, end=end, is_shown=False, parent=place.kept.key if place.kept else ""
        )
        if place.stretch.take and old:
            former = TakeText(text=old, finished=True)
            group.takes.append(former)
            writer = place.kept.record.model if place.kept else ""
            self._keep(group, former, before, writer)
        session.again(group, fields, before)
        if session.group is not group or not group.takes or group.takes[-1].finished:
            return
        group.takes[-1].begin(word)
        session.pick(len(group.takes) - 1)
        if group.step is not None:
            group.step.notes = [StepNote(removed=origins, position=start)]

    def keep(self, start: int, end: int, word: str, most: int) -> str:
        """Put `word` in the place of the text from `start` to `end`; at most `most` units of what
        follows, as a model reads it.
        """
        self._writing.begin_writing("rewrite")
        editor = self._editor
        before, old = editor.manuscript.readable(start), editor.manuscript.text(start, end)
        take = TakeText(text=word, finished=True)
        group = TakeGroup(start)
        step = editor.history.open(start, self, old)
        step.notes = [StepNote(removed=self._spans().cut(start, end), position=start)]
        origin = Origin("generated", take.origin_key, 0, start, units(word))
        with editor.putting(origin):
            editor.write(step, start, end, word, word)
        step.owner = None
        editor.move_caret(start + units(word))
        self._keep(group, take, before)
        return editor.manuscript.readable_after(start + units(word), most)

    def _keep(self, group: TakeGroup, take: TakeText, before: str, model: str = "") -> None:
        journal, path = self._documents.journal, str(self._documents.path or "")
        request = TakeRequest(group, (take,), journal, path, before=before, model=model)
        self._writing.take_log.record(TakeEnd(request, take, "stop"))
