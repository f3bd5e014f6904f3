"""The page of a training that goes on: its figures, its curve, and Stop."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.runs.record import RunRecord
from app.ui.learning.gives_way import GivesWay
from app.ui.learning.learning_run import LearningRun
from app.ui.learning.words import time_text
from app.ui.numbers import number_text, per_cent
from app.ui.widgets.announce import SpokenProgress
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.curve import Curve, CurveLine
from app.ui.widgets.motion import show_share
from app.ui.widgets.theme import heading_font

_REFRESH_MS = 200
_NOTHING = "–"


class FigureLabel(QWidget):
    """A number with its name above it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        title = QLabel(name)
        title.setProperty("kind", "muted")
        self.value = QLabel(_NOTHING)
        self.value.setFont(heading_font(self.font(), 1))
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(title)
        lines.addWidget(self.value)
        self.show_value("")

    def show_value(self, text: str) -> None:
        """Show a number, or that there is none yet."""
        self.value.setText(text or _NOTHING)
        self.value.setAccessibleName(f"{self._name}: {text or _NOTHING}")


class ProgressPage(QWidget):
    """Follows the run; `hidden_asked` closes the window, which leaves the training running."""

    hidden_asked = Signal()

    def __init__(self, run: LearningRun, way: GivesWay, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run, self._way = run, way
        self._refresh = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refresh.timeout.connect(self.show_now)
        self.title = QLabel()
        self.title.setFont(heading_font(self.font(), 2))
        self.title.setWordWrap(True)
        self.figures = {
            "step": FigureLabel(self.tr("Step")),
            "loss": FigureLabel(self.tr("Loss")),
            "held_out": FigureLabel(self.tr("Held-out loss")),
            "rate": FigureLabel(self.tr("Rate")),
            "speed": FigureLabel(self.tr("Tokens per second")),
            "left": FigureLabel(self.tr("Time left")),
        }
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self._spoken = SpokenProgress(self)
        self.state = NoteLabel()
        self.curve = Curve(
            lambda: self.tr("Loss over the steps"),
            lambda: self.tr("Step"),
            lambda: self.tr("Loss, nats per token"),
        )
        self.stop_button = QPushButton(self.tr("&Stop"))
        self.stop_button.setToolTip(self.tr("What was learned so far is kept, to go on later"))
        self.stop_button.clicked.connect(run.stop)
        self.hide_button = QPushButton(self.tr("&Close"))
        self.hide_button.setToolTip(self.tr("The training goes on; the status bar leads back here"))
        self.hide_button.clicked.connect(self.hidden_asked)
        self._lay_out()
        run.moved.connect(self._follow)
        way.changed.connect(self._follow)
        self.show_now()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(8)
        for number, figure in enumerate(self.figures.values()):
            grid.addWidget(figure, number // 3, number % 3)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.stop_button)
        buttons.addWidget(self.hide_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(10)
        whole.addWidget(self.title)
        whole.addWidget(self.bar)
        whole.addWidget(self.state)
        whole.addLayout(grid)
        whole.addWidget(self.curve, 1)
        whole.addLayout(buttons)

    def _follow(self) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def show_now(self) -> None:
        """Show where the training is."""
        run, record = self._run, self._run.record
        name = record.name if record is not None else ""
        self.title.setText(self.tr("Learning “{0}”").format(name) if name else "")
        self._show_figures(record)
        self._show_curve(record)
        state = self.state_text()
        self.state.say(state)
        fraction = run.samples if run.samples is not None else run.fraction
        show_share(self.bar, fraction)
        self._spoken.tell(state, fraction)
        self.stop_button.setEnabled(run.doing == "training" and not run.is_stopping)

    def state_text(self) -> str:
        """What goes on now."""
        run = self._run
        if run.is_stopping:
            return self.tr("Stopping, with what was learned so far kept…")
        if self._way.reason == "model":
            return self.tr("Paused while the model writes")
        if self._way.reason == "keys":
            return self.tr("Paused while you write")
        if run.samples is not None:
            percent = per_cent(100 * run.samples)
            return self.tr("Writing samples, before and after: {0}").format(percent)
        if run.step is None:
            return (
                self.tr("Testing the held-out pages…")
                if run.plan is not None
                else self.tr("Reading the pages and the model…")
            )
        return self.tr("Learning; the best state on pages held out is kept.")

    def _show_figures(self, record: RunRecord | None) -> None:
        run, step, figures = self._run, self._run.step, self.figures
        if step is None:
            for name in ("step", "loss", "rate", "speed"):
                figures[name].show_value("")
            left = time_text(run.plan.seconds) if run.plan is not None else ""
        else:
            shares = number_text(step.step), number_text(step.steps)
            figures["step"].show_value(self.tr("{0} of {1}").format(*shares))
            figures["loss"].show_value(number_text(step.loss, 3))
            figures["rate"].show_value(f"{step.rate:.1e}")
            figures["speed"].show_value(number_text(step.speed))
            left = time_text(step.left)
        figures["left"].show_value("" if run.samples is not None else left)
        tested = record.held_out[-1][1] if record is not None and record.held_out else None
        figures["held_out"].show_value("" if tested is None else number_text(tested, 3))

    def _show_curve(self, record: RunRecord | None) -> None:
        curve, tests = (record.curve, record.held_out) if record is not None else ((), ())
        self.curve.show_lines(
            (
                CurveLine(
                    name=lambda: self.tr("Held-out pages"),
                    points=tuple((float(step), loss) for step, loss in tests),
                ),
                CurveLine(
                    name=lambda: self.tr("Each step"),
                    points=tuple((float(step), loss) for step, loss, _rate in curve),
                    is_faint=True,
                ),
            )
        )
