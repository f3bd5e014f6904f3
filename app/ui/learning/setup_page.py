"""The first page of learning: which pages, which model, how, and the trainings that can go on."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from app.core.models.model_file import ModelFile
from app.core.runs.record import RunRecord
from app.core.training.orders import StyleSettings
from app.core.training.pages import TrainingPages
from app.core.training.smaller_orders import LORA_LIMITS
from app.ui.learning.pages_tree import PagesTree
from app.ui.learning.words import run_lines
from app.ui.numbers import number_text
from app.ui.sentences import Words, joined
from app.ui.widgets.controls import FlowingNote, ProgressStrip, QuietCombo
from app.ui.widgets.number_box import NumberBox
from app.ui.widgets.section import PanelScroll, Section
from app.ui.widgets.two_line_list import TwoLines

_SETTLE_MS = 300
_STEPS = {"rank": 1.0, "epochs": 1.0, "rate": 1e-4, "length": 64.0, "seed": 1.0}


class SetupPage(PanelScroll):
    """Shows what is found out of the choices; finds out nothing itself.

    `chosen` says that pages or what counts of them are others, `changed` that the model or the
    settings are. `probe_asked`, `learn_asked`, `files_asked`, `folder_asked`, `engines_asked` and
    `resume_asked`, with the run, are the buttons; `stopped` stops the probe.
    """

    chosen = Signal()
    changed = Signal()
    probe_asked = Signal()
    learn_asked = Signal()
    files_asked = Signal()
    folder_asked = Signal()
    engines_asked = Signal()
    resume_asked = Signal(str)
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column.setContentsMargins(18, 14, 16, 14)
        self.column.setSpacing(8)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self.chosen)
        self._models: tuple[ModelFile, ...] = ()
        self._has_name = False
        self.boxes: dict[str, NumberBox] = {}
        self._make_pages()
        self._make_choices()
        self._make_more()
        self._make_facts()
        self._make_stopped()
        self.column.addStretch(1)

    def _make_pages(self) -> None:
        intro = FlowingNote()
        intro.say(
            self.tr(
                "A model learns here, on this machine, to write as your pages do. What comes out "
                "is an adapter, a small file beside the model, which stays as it is."
            )
        )
        self.pages = PagesTree()
        self.pages.changed.connect(self._settle.start)
        label = QLabel(self.tr("&Pages, as they are saved"))
        label.setBuddy(self.pages)
        self.files_button = QPushButton(self.tr("Add &Files…"))
        self.folder_button = QPushButton(self.tr("Add F&older…"))
        self.files_button.clicked.connect(self.files_asked)
        self.folder_button.clicked.connect(self.folder_asked)
        self.with_takes = QCheckBox(self.tr("Also what a model &wrote"))
        self.with_takes.setToolTip(
            self.tr("Learn from generated text, too; it makes the model more like itself")
        )
        self.with_takes.toggled.connect(lambda _on: self._settle.start())
        line = QHBoxLayout()
        line.addWidget(self.files_button)
        line.addWidget(self.folder_button)
        line.addStretch(1)
        self.failure = FlowingNote("wrong")
        for part in (intro, self.failure, label, self.pages):
            self.column.addWidget(part)
        self.column.addLayout(line)
        self.column.addWidget(self.with_takes)

    def _make_choices(self) -> None:
        self.model = QuietCombo()
        self.model.setAccessibleName(self.tr("Model"))
        self.model.currentIndexChanged.connect(lambda _at: self._on_model())
        self.name = QLineEdit()
        self.name.setMaxLength(60)
        self.name.textEdited.connect(lambda text: self._on_named(text))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        for row, (words, box) in enumerate(
            ((self.tr("&Model"), self.model), (self.tr("&Name"), self.name))
        ):
            label = QLabel(words)
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        self.model_note = FlowingNote()
        self.column.addLayout(grid)
        self.column.addWidget(self.model_note)

    def _make_more(self) -> None:
        names = {
            "rank": (
                self.tr("&Rank"),
                self.tr("How much the adapter can hold: more learns finer, and more by heart"),
            ),
            "epochs": (self.tr("Passes"), self.tr("How often it goes over the pages, at most")),
            "rate": (self.tr("Rate"), self.tr("How large each step is; too large forgets")),
            "length": (
                self.tr("Length"),
                self.tr("How many tokens are read at once: more takes more memory"),
            ),
            "seed": (self.tr("Seed"), self.tr("Decides every draw; the same gives the same")),
        }
        default = StyleSettings()
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(2, 1)
        for row, (field, (words, tip)) in enumerate(names.items()):
            low, high = LORA_LIMITS[field]
            box = NumberBox(low, high, _STEPS[field], whole=field != "rate")
            box.setValue(getattr(default, field))
            box.setToolTip(tip)
            box.setAccessibleName(words.replace("&", ""))
            box.valueChanged.connect(lambda _value: self.changed.emit())
            label = QLabel(words)
            label.setBuddy(box)
            label.setToolTip(tip)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
            self.boxes[field] = box
        self.more = Section(self.tr("More"), opened=False)
        self.more.add(body)
        self.column.addWidget(self.more)

    def _make_facts(self) -> None:
        self.count, self.memory, self.time = FlowingNote(), FlowingNote(), FlowingNote()
        self.problem = FlowingNote("wrong")
        self.strip = ProgressStrip()
        self.strip.stopped.connect(self.stopped)
        self.engines_button = QPushButton(self.tr("Show &Engines"))
        self.engines_button.clicked.connect(self.engines_asked)
        self.engines_button.hide()
        self.probe_button = QPushButton(self.tr("&How Long Will It Take?"))
        self.probe_button.setToolTip(self.tr("Try some steps with the model, for some seconds"))
        self.probe_button.clicked.connect(self.probe_asked)
        self.learn_button = QPushButton(self.tr("&Learn"))
        self.learn_button.setProperty("kind", "primary")
        self.learn_button.clicked.connect(self.learn_asked)
        for part in (self.count, self.memory, self.time, self.problem, self.strip):
            self.column.addWidget(part)
        line = QHBoxLayout()
        line.addWidget(self.engines_button)
        line.addStretch(1)
        line.addWidget(self.probe_button)
        line.addWidget(self.learn_button)
        self.column.addLayout(line)
        self.allow(can_learn=False)

    def _make_stopped(self) -> None:
        self.stopped_runs = QListWidget()
        self.stopped_runs.setProperty("kind", "texts")
        self.stopped_runs.setItemDelegate(TwoLines(self.stopped_runs))
        bar = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.stopped_runs.setHorizontalScrollBarPolicy(bar)
        self.stopped_runs.setMaximumHeight(self.fontMetrics().height() * 8)
        self.stopped_runs.itemActivated.connect(lambda _item: self._resume())
        self.stopped_label = QLabel(self.tr("&Trainings that were stopped"))
        self.stopped_label.setBuddy(self.stopped_runs)
        self.stopped_runs.setAccessibleName(self.tr("Trainings that were stopped"))
        self.resume_button = QPushButton(self.tr("&Go On with It"))
        self.resume_button.clicked.connect(self._resume)
        self.column.addSpacing(8)
        self.column.addWidget(self.stopped_label)
        self.column.addWidget(self.stopped_runs)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.resume_button)
        self.column.addLayout(line)
        self.show_stopped(())

    # What is chosen

    @property
    def chosen_model(self) -> ModelFile | None:
        """The model that learns."""
        at = self.model.currentIndex()
        return self._models[at] if 0 <= at < len(self._models) else None

    def settings(self) -> StyleSettings:
        """What stands in the boxes."""
        values = {name: box.value() for name, box in self.boxes.items()}
        whole = {name: int(value) for name, value in values.items() if name != "rate"}
        return msgspec.structs.replace(StyleSettings(), rate=values["rate"], **whole)

    # What is shown

    def show_models(self, models: Sequence[ModelFile], path: str) -> None:
        """Offer these models, of which the one at `path` is the one to begin with."""
        self._models = tuple(models)
        self.model.blockSignals(True)
        self.model.clear()
        self.model.addItems([model.name for model in models])
        paths = [model.path for model in models]
        self.model.setCurrentIndex(paths.index(path) if path in paths else 0)
        self.model.blockSignals(False)
        self._on_model()

    def suggest_name(self, name: str) -> None:
        """Put a name in, unless the writer gave one."""
        if not self._has_name:
            self.name.setText(name)

    def show_count(self, pages: TrainingPages | None) -> None:
        """Show how much there is; None while it is being counted."""
        if pages is None:
            self.count.say(lambda: self.tr("Counting the words…"))
        else:
            self.count.say(lambda: self._pages_text(pages))
        self.time.say("")

    def _pages_text(self, pages: TrainingPages) -> str:
        """How much there is to learn from."""
        count = len(pages.pages)
        words = self.tr("{0} words", "", pages.words).format(number_text(pages.words))
        text = self.tr("{0} in {1} files.", "", count).format(words, number_text(count))
        if not pages.left_out:
            return text
        left = self.tr("{0} more are left out, as a model wrote them.")
        return joined((text, left.format(number_text(pages.left_out))))

    def show_problem(self, words: Words, *, about_engine: bool = False) -> None:
        """Say what is wrong; about the engine it is offered to get it."""
        self.problem.say(words)
        self.engines_button.setVisible(about_engine)

    def show_stopped(self, records: Sequence[RunRecord]) -> None:
        """List the trainings that can be gone on with; nothing at all where there are none."""
        self.stopped_runs.clear()
        for record in records:
            item = QListWidgetItem(run_lines(record))
            item.setData(Qt.ItemDataRole.UserRole, record.id)
            item.setToolTip(record.problem)
            self.stopped_runs.addItem(item)
        self.stopped_runs.setCurrentRow(0)
        for part in (self.stopped_label, self.stopped_runs, self.resume_button):
            part.setVisible(bool(records))

    def allow(self, *, can_learn: bool) -> None:
        """Enable what begins a training or a probe."""
        for button in (self.probe_button, self.learn_button):
            button.setEnabled(can_learn)

    def _on_model(self) -> None:
        model = self.chosen_model
        is_gguf = model is not None and model.kind == "gguf"
        self.model_note.say(
            (
                lambda: self.tr(
                    "This is a GGUF file: it is unpacked for PyTorch while it learns, which takes "
                    "longer to begin. The adapter goes with the file as it is."
                )
            )
            if is_gguf
            else ""
        )
        self.changed.emit()

    def _on_named(self, text: str) -> None:
        self._has_name = bool(text.strip())

    def _resume(self) -> None:
        item = self.stopped_runs.currentItem()
        if item is not None:
            self.resume_asked.emit(str(item.data(Qt.ItemDataRole.UserRole)))
