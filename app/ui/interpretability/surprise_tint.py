"""Shows on the page how surprising each part of the text in the window is to the model."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCharFormat

from app.core.interpretability.surprise import STEPS, SurpriseMark, marks_of
from app.core.interpretability.surprise_map import SurpriseMap
from app.ui.editor.editor import Editor
from app.ui.editor.window_tint import WindowTint
from app.ui.interpretability.surprise_words import run_text, step_format


class SurpriseTint(WindowTint):
    """Tints what surprises the model; `looked` carries what is in the window, from where to where.

    The places are in units, and are told each time that it was tinted.
    """

    looked = Signal(int, int)

    def __init__(self, editor: Editor, numbers: SurpriseMap) -> None:
        super().__init__(editor, editor.changed)
        self._numbers = numbers

    def show_now(self) -> None:
        """Tint what is in the window, and tell what the caret is in."""
        super().show_now()
        if self.is_on:
            self.looked.emit(*self._editor.visible)

    def _draw(self) -> None:
        editor, layers = self._editor, self._editor.layers
        found = self.marks if self.is_on else []
        plain = QTextCharFormat()  # the dots below a take would pass for a step's
        plain.setUnderlineStyle(QTextCharFormat.UnderlineStyle.NoUnderline)
        take = layers.lines(editor.cursor_at(*editor.tint)) if self.is_on else []
        layers.put("expected", take, plain)
        for step in range(1, len(STEPS) + 1):
            lines = list[tuple[int, int]]()
            for one in found:
                if one.step == step:
                    lines += layers.lines(editor.cursor_at(one.start, one.end))
            layers.put(f"surprise {step}", lines, step_format(step))

    @property
    def marks(self) -> list[SurpriseMark]:
        """What is to be seen in the window."""
        start, end = self.window
        text = self._editor.manuscript.text(start, end)
        return [*marks_of(self._numbers.between(start, end), text, start)]

    @property
    def window(self) -> tuple[int, int]:
        """The paragraphs in the window; of very long ones, what is near."""
        return self.paragraphs(*self._editor.visible)

    def text_at(self, position: int) -> str:
        """How surprising the text at `position` is; after the last letter, how that is."""
        run = self._numbers.at(min(position, len(self._editor.manuscript) - 1))
        return run_text(run) if run is not None else ""
