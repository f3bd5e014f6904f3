"""What a word could have been, told where the mouse rests on it; off unless the writer wants it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from app.core.errors import LampblackError
from app.core.interpretability.why import ReadWord
from app.core.provenance.spans import OriginSpans
from app.program import Program
from app.ui.editor.editor import Editor
from app.ui.interpretability.why_lookup import WordLookup, WritesHere
from app.ui.interpretability.why_places import WordPlace, stretch_of
from app.ui.interpretability.why_words import choice_text, rank_text, share, shown

_LONGEST = 12  # blocks of a bar
_FULL = "█"
_MOVES = (QEvent.Type.MouseMove, QEvent.Type.Leave, QEvent.Type.Wheel)


class WordHover(QObject):
    """Shows the words as a tooltip, after Qt's own delay, while nothing is written."""

    def __init__(
        self,
        program: Program,
        editor: Editor,
        writing: WritesHere,
        spans: Callable[[], OriginSpans],
    ) -> None:
        super().__init__(editor)
        self._program, self._editor, self._writing, self._spans = program, editor, writing, spans
        self._lookup = WordLookup(program, editor, writing)
        self._place = QPoint()
        self.text = ""
        """What was shown last."""
        editor.viewport().installEventFilter(self)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is read."""
        return self._lookup.is_idle

    def stop(self) -> None:
        """Show nothing of what was asked for."""
        self._lookup.stop()

    def close(self) -> None:
        """The window closes."""
        self._editor.viewport().removeEventFilter(self)
        self._lookup.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the word under the mouse, and forget it when the mouse moves on."""
        kind = event.type()
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._may_look():
            self._look(event)
            return True
        if kind in _MOVES and not self._lookup.is_idle:
            self._lookup.stop()
        return super().eventFilter(watched, event)

    def _may_look(self) -> bool:
        model = self._program.worker.model
        if not self._program.settings.word_hints or model is None or model.server is not None:
            return False
        return not (model.labels or self._writing.session.running or self._editor.is_composing)

    def _look(self, event: QHelpEvent) -> None:
        editor, self._place = self._editor, event.globalPos()
        position = editor.selection_of(editor.cursorForPosition(event.pos()))[0]
        stretch = stretch_of(editor.manuscript, self._spans(), position)
        if stretch is None:
            return
        at = position - stretch.start

        def then(place: WordPlace, words: tuple[ReadWord, ...]) -> None:
            ends = ((word, place.stretch.place(word)[1] - stretch.start) for word in words)
            word = next((word for word, end in ends if at < end), words[-1] if words else None)
            if word is not None:
                self.text = hint_text(word)
                QToolTip.showText(self._place, self.text, editor.viewport())

        self._lookup.look(stretch, then, _ignore)


def hint_text(word: ReadWord) -> str:
    """A word and the likeliest others, a line each with a bar of blocks."""
    most = max([word.probability, *(one.probability for one in word.others)])
    lines = [f"{shown(word.text)}: {rank_text(word)}"]
    for one in word.others:
        bar = _FULL * max(1, round(_LONGEST * one.probability / max(most, 1e-9)))
        lines.append(f"{bar} {share(one.probability)}  {choice_text(one, word.text)}")
    return "\n".join(lines)


def _ignore(_error: LampblackError) -> None:
    """A hint that cannot be had is none."""
