"""The bar below the page: the instruction line, the takes of this place, and Continue or Stop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from app.engine.messages import ModelInfo
from app.ui.actions import Actions, tool_button
from app.ui.languages import on_language_change
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.controls import set_property
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme


class InstructionLine(QLineEdit):
    """One line that says what to write; `sent` on Enter, never with half-typed text."""

    sent = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preedit = ""
        self._model: ModelInfo | None = None
        self._word()
        on_language_change(self._word)

    def show_model(self, model: ModelInfo | None) -> None:
        """Take instructions, or say that the loaded model cannot follow any."""
        self._model = model
        self._word()

    def _word(self) -> None:
        self.setAccessibleName(self.tr("Instruction"))
        reason = ""
        if self._model is not None and not self._model.has_chat_template:
            only = self.tr("{0} only goes on with text; it was not made to follow instructions.")
            reason = only.format(self._model.name)
        self.setEnabled(not reason)
        hint = self.tr(
            "Tell the model what to write here, for example: the next paragraph as a letter"
        )
        self.setPlaceholderText(reason or hint)
        self.setToolTip(reason or self.tr("Press Enter to have it written at the cursor (Ctrl+I)"))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method holds half-typed text."""
        self._preedit = event.preeditString()
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send on Enter, go back on Esc; while composing, both are the input method's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self._preedit and self.text().strip():
                self.sent.emit(self.text().strip())
        elif event.key() == Qt.Key.Key_Escape and not self._preedit:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """While composing, no key is a shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride and self._preedit:
            event.accept()
            return True
        return super().event(event)


class TakeSwitch(QWidget):
    """Which take is shown, with the buttons that belong to it; hidden when there is none."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel()
        self.label.setProperty("kind", "muted")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 6, 0)
        line.setSpacing(2)
        self._shown = (0, 0)
        self._arrows = [tool_button(actions, name) for name in ("take_before", "take_after")]
        line.addWidget(self._arrows[0])
        line.addWidget(self.label)
        line.addWidget(self._arrows[1])
        line.addSpacing(6)
        for name in ("retry", "accept"):
            line.addWidget(tool_button(actions, name))
        self.hide()
        self._word()
        on_language_change(self._word)

    def show_take(self, number: int, count: int) -> None:
        """Show that take `number` of `count` stands in the text; a count of 0 hides it all."""
        if (number, count) == self._shown:
            return
        self._shown = (number, count)
        self.setVisible(count > 0)
        for arrow in self._arrows:
            arrow.setVisible(count > 1)
        self.label.setVisible(count > 1)
        self._word()

    def _word(self) -> None:
        self.label.setText(self.tr("Take {0} of {1}").format(*self._shown))


class WriteBar(QWidget):
    """The line, the takes and the one large button."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.takes = TakeSwitch(actions)
        self.line = InstructionLine()
        self.button = QPushButton()
        self.button.setMinimumWidth(112)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._press)
        self._running = False
        self._place = ""
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 16, 10)
        line.setSpacing(8)
        line.addWidget(self.takes)
        line.addWidget(self.line, 1)
        line.addWidget(self.button)
        self._redraw()
        on_theme_change(self._redraw)
        on_language_change(self._redraw)

    def show_running(self, running: bool) -> None:
        """Let the button stop the model, or let it go on."""
        if running != self._running:
            self._running = running
            self._redraw()

    def show_place(self, place: str) -> None:
        """Say where the text goes when it is let go on; nothing while it stays here."""
        self._place = place
        self._redraw()

    def _redraw(self) -> None:
        running = self._running
        action = self._actions["stop" if running else "continue"]
        self.button.setText(action.text())
        goes = not running and self._place
        words = self.tr("The text goes to {0}.").format(self._place) if goes else ""
        self.button.setToolTip("\n".join(filter(None, (action.toolTip(), words))))
        self.button.setAccessibleName(action.text())
        self.button.setAccessibleDescription(words)
        set_property(self.button, "kind", "" if running else "primary")
        theme = Theme.current()
        colour = theme.ink if running else theme.accent_ink
        drawing = "stop" if running else "globe" if goes else "continue"
        self.button.setIcon(icon(drawing, colour))

    def _press(self) -> None:
        self._actions["stop" if self._running else "continue"].trigger()
