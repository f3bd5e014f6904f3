"""The dialog of a model's passport: the card in plain words, and examining it again."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.core.passport import Passport
from app.ui.models.passport_controller import PassportController
from app.ui.numbers import number_text
from app.ui.sentences import told
from app.ui.texts import moment_text, passport_card, work_text
from app.ui.widgets.controls import NoteLabel, show_dialog
from app.ui.widgets.theme import heading_font


class PassportDialog(QDialog):
    """Follows the controller for as long as it is open."""

    def __init__(self, controller: PassportController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._shown: Passport | None = None
        self.setWindowTitle(self.tr("Model Passport"))
        self.name = QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setFont(heading_font(self.font(), 2))
        self.made = NoteLabel()
        self.area = QScrollArea()
        self.area.setProperty("kind", "plain")
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName(self.windowTitle())
        self.step = NoteLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName(self.tr("Progress"))
        self._make_buttons()
        self._lay_out()
        controller.moved.connect(self._show)
        self._show()
        self.resize(560, 460)

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.again = self.buttons.addButton(self.tr("Examine Again"), role)
        self.again.clicked.connect(self._on_again)

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(8)
        for part in (self.name, self.made):
            whole.addWidget(part)
        whole.addWidget(self.area, 1)
        for below in (self.step, self.bar, self.buttons):
            whole.addWidget(below)

    def _on_again(self) -> None:
        if self._controller.is_running:
            self._controller.stop()
        else:
            self._controller.examine()

    def _show(self) -> None:
        controller = self._controller
        passport, model = controller.passport, controller.model
        self.name.setText(model.name if model else self.tr("No model is loaded."))
        self.made.say(self._moment(passport))
        if passport is None or passport != self._shown:
            self._shown = passport
            self._show_card(passport)
        self._show_step()
        running = controller.is_running
        self.again.setText(self.tr("Stop") if running else self.tr("Examine Again"))
        self.again.setEnabled(model is not None)

    def _moment(self, passport: Passport | None) -> str:
        if passport is None or not passport.made_at:
            return ""
        text = self.tr("Examined {0} in {1} seconds with {2}, on this machine.")
        seconds = max(1, round(passport.seconds))
        return text.format(moment_text(passport.made_at), number_text(seconds), passport.engine)

    def _show_step(self) -> None:
        controller, step = self._controller, self._controller.step
        waiting = (
            self.tr("Waiting until the model is free…")
            if controller.is_running
            else controller.problem
        )
        self.step.say(f"{work_text(step.what)}…" if step else waiting)
        self.bar.setVisible(controller.is_running)
        self.bar.setValue(round(step.fraction * 100) if step else 0)

    def _show_card(self, passport: Passport | None) -> None:
        body = QWidget()
        body.setProperty("kind", "body")
        lines = QVBoxLayout(body)
        lines.setContentsMargins(10, 8, 10, 8)
        lines.setSpacing(6)
        for line in self._lines(passport):
            lines.addWidget(line)
        lines.addStretch(1)
        self.area.setWidget(body)

    def _lines(self, passport: Passport | None) -> Iterator[QLabel]:
        if passport is None:
            yield _line(self.tr("This model has not been examined yet."), "muted")
            return
        summary = passport_card(passport)
        for head, points in (
            (self.tr("Good for"), summary.good_for),
            (self.tr("Weak at"), summary.weak_at),
        ):
            if points:
                heading = _line(head)
                heading.setFont(heading_font(self.font()))
                yield heading
                yield from (_line(f"•  {point}") for point in points)
        if summary.facts:
            yield QLabel()
        yield from (_line(fact) for fact in summary.facts)
        yield from (_line(warning, "wrong") for warning in summary.warnings)


def show_passport(controller: PassportController, parent: QWidget, *, again: bool = False) -> None:
    """Show the passport of the loaded model; one that has none is examined, or any `again`."""
    show_dialog(PassportDialog(controller, parent))
    if (again or controller.passport is None) and not controller.is_running:
        controller.examine()


def _line(text: str, kind: str = "") -> QLabel:
    label = QLabel(told(text))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setProperty("kind", kind)
    return label
