"""What the model would be sent: every part in its colour, with its tokens, its reason, the wait."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QDialogButtonBox, QListWidgetItem, QWidget

from app.core.context.composition import (
    ComposedPrompt,
    Composition,
    ContextPart,
    ContextRequest,
    LeftOut,
    PartKind,
)
from app.core.errors import LampblackError
from app.core.options.sampling import Sampling
from app.ui.context.part_words import PartWords
from app.ui.generation.prompt_maker import PromptMaker
from app.ui.generation.token_counts import PromptReading
from app.ui.numbers import number_text
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.theme import Theme
from app.ui.widgets.two_line_list import TextListDialog

_LINE_END = "\u2028"
_HUES: dict[PartKind, int] = {
    "memory": 265,
    "lore": 205,
    "note": 40,
    "following": 330,
    "instruction": 150,
    "system": 0,
}
"""The colours of the parts, in degrees; the text itself and the program's words have none."""

_LEFT_OUT = -1
_AT_ONCE_S = 0.05  # seconds that a reading takes which nobody notices


class ContextDialog(TextListDialog):
    """Lists the parts of a prompt and what is left out, beside the whole of it.

    What it shows is the composition that Continue sends: `sent` is the prompt in full, and what the
    engine drops of a text that is too long is not in it. `memory_asked` when the writer wants to
    change what is told beside the text.
    """

    memory_asked = Signal()

    def __init__(
        self, prompts: PromptMaker, sampling: Sampling, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._prompts, self._sampling = prompts, sampling
        self._words = PartWords(self)
        self._request: ContextRequest | None = None
        self._starts: list[int] = []
        self.sent = ComposedPrompt()
        self.parts: tuple[ContextPart, ...] = ()
        self.is_settled = False
        self.wait_label = NoteLabel()
        self.column.insertWidget(1, self.wait_label)
        self.setWindowTitle(self.tr("What the Model Reads"))
        self.list.setAccessibleName(self.tr("Parts of what is sent, and what is left out"))
        self.preview.setAccessibleName(self.tr("All that is sent"))
        memory = self.add_button(self.tr("Memory and Lore"))
        memory.clicked.connect(self._ask_memory)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.intro.setText(self.tr("Putting together what is sent…"))
        self.halves.setSizes([360, 560])
        self.resize(940, 620)

    def show_request(self, request: ContextRequest) -> None:
        """Show what would be read for a request, as soon as it is made."""
        self._request = request
        made = self._prompts.made(request, lambda: self.show_request(request), self._fail)
        if made is not None:
            self._prompts.foresee(
                made.prompt,
                self._sampling.max_tokens,
                lambda reading: self._show(made, reading),
                self._fail,
            )

    def _show(self, made: Composition, reading: PromptReading) -> None:
        self.parts, left_out = _as_read(made, reading)
        self.sent = reading.read
        self.list.clear()
        self._write(self.parts)
        for number, part in enumerate(self.parts):
            self._add(number, self._title(part), self._about(part), _hue(part))
        for left in left_out:
            title = self.tr("Left out: {0}").format(self._words.name(left.kind, left.name))
            said = self._words.left_out_reason(left)
            if left.tokens >= 0:
                said = self.tr("{0}, {1}").format(self._words.tokens(left.tokens), said)
            self._add(_LEFT_OUT, title, said, None)
            self.list.item(self.list.count() - 1).setForeground(Theme.current().muted)
        self.list.setCurrentRow(0)
        self._tell_sum(made, reading)
        self.is_settled = True

    def _tell_sum(self, made: Composition, reading: PromptReading) -> None:
        size = self._request.size if self._request is not None else 0
        self.intro.setText(
            self.tr("The model is sent {0}; it can read {1} with its answer.").format(
                self._words.tokens(reading.tokens), self._words.tokens(size)
            )
        )
        around = reading.tokens - sum(part.tokens for part in self.parts)
        words = []
        if around > 0 and made.tokens >= 0:
            beside = self.tr(
                "{0} of them are marks that the model's own form puts around the parts."
            )
            words.append(beside.format(self._words.tokens(around)))
        wait = self._prompts.wait(reading)
        known = self._words.tokens(reading.known)
        if wait is None:
            said = self.tr("It knows {0} already. How long it reads is known once it has read.")
            words.append(said.format(known))
        elif wait < _AT_ONCE_S:
            words.append(self.tr("It knows {0} already, and reads the rest at once.").format(known))
        else:
            said = self.tr("It knows {0} already, and reads the rest in about {1} seconds.")
            words.append(said.format(known, number_text(wait, 1)))
        self.wait_label.say(" ".join(words))

    def _about(self, part: ContextPart) -> str:
        if part.tokens < 0:
            return self._words.reason(part)
        return self.tr("{0}, {1}").format(self._words.tokens(part.tokens), self._words.reason(part))

    def _title(self, part: ContextPart) -> str:
        return self._words.name(part.kind, part.mention.entry.name if part.mention else "")

    def _add(self, number: int, title: str, said: str, hue: QColor | None) -> None:
        item = QListWidgetItem(f"{title}{_LINE_END}{said}")
        item.setData(Qt.ItemDataRole.UserRole, number)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}, {said}")
        item.setToolTip(f"{title}\n{said}")
        item.setIcon(_swatch(hue))
        self.list.addItem(item)

    def _write(self, parts: Sequence[ContextPart]) -> None:
        """The whole, each part below a line with its name."""
        self.preview.clear()
        cursor = QTextCursor(self.preview.document())
        self._starts = []
        for part in parts:
            caption, plain = QTextCharFormat(), QTextCharFormat()
            caption.setForeground(Theme.current().muted)
            caption.setFontWeight(QFont.Weight.Bold)
            tint = _hue(part)
            if tint is not None:
                plain.setBackground(tint)
            self._starts.append(cursor.position())
            before = "\n\n" if self._starts[1:] else ""
            cursor.insertText(f"{before}— {self._title(part)} —\n", caption)
            cursor.insertText(part.text.rstrip("\n") if part.text.strip() else part.text, plain)
        self.preview.moveCursor(QTextCursor.MoveOperation.Start)

    def _show_current(self) -> None:
        """Bring the selected part into sight."""
        number = self.current()
        if number is None or not 0 <= number < len(self._starts):
            return
        cursor = self.preview.textCursor()
        cursor.setPosition(self._starts[number])
        if number:
            cursor.movePosition(QTextCursor.MoveOperation.NextBlock, n=2)
        self.preview.setTextCursor(cursor)
        bar = self.preview.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.preview.ensureCursorVisible()

    def _ask_memory(self) -> None:
        self.accept()
        self.memory_asked.emit()

    def _fail(self, error: LampblackError) -> None:
        self.intro.setText(told(str(error)))
        self.is_settled = True


def _as_read(
    made: Composition, reading: PromptReading
) -> tuple[tuple[ContextPart, ...], tuple[LeftOut, ...]]:
    """The parts as the engine reads them: of a plain prompt it may drop the beginning."""
    if not reading.dropped:
        parts = made.parts
    else:
        left = dict(reading.read.turns) if reading.read.turns else {"prompt": reading.read.prompt}
        whole = dict.fromkeys(left, "")
        for part in made.parts:
            whole[part.turn] += part.text
        gone = {turn: len(whole[turn]) - len(text) for turn, text in left.items()}
        found = []
        for part in made.parts:
            cut = min(len(part.text), gone[part.turn])
            gone[part.turn] -= cut
            if part.text[cut:]:
                found.append(replace(part, text=part.text[cut:], is_cut=bool(cut)))
        parts = tuple(found)
    more = (LeftOut("text", "too_long", tokens=reading.dropped),) if reading.dropped else ()
    if len(parts) == 1 and parts[0].tokens < 0:
        parts = (replace(parts[0], tokens=reading.tokens),)
    return parts, (*more, *made.left_out)


def _hue(part: ContextPart) -> QColor | None:
    """The tint behind a part, on which the text's own colour is easy to read."""
    if part.kind not in _HUES:
        return None
    theme = Theme.current()
    return QColor.fromHsl(_HUES[part.kind], 110 if theme.dark else 190, 52 if theme.dark else 226)


def _swatch(color: QColor | None) -> QIcon:
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Theme.current().edge)
    painter.setBrush(color if color is not None else Qt.GlobalColor.transparent)
    painter.drawRoundedRect(QRectF(2.5, 2.5, 11, 11), 3, 3)
    painter.end()
    return QIcon(picture)
