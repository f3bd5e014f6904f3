"""What the dialogs of export and printing share: the form at the left, the preview at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.core.conversion.blocks import FormattedText
from app.core.conversion.looks.choices import ExportChoices, ExportMemory
from app.core.conversion.looks.profile_store import ExportProfiles
from app.core.errors import LampblackError
from app.ui.background import BackgroundTasks
from app.ui.conversion.look_form import LookForm
from app.ui.conversion.preview import Shown, TextPreview
from app.ui.conversion.questions import ConversionQuestions
from app.ui.conversion.sources import (
    CachedText,
    TextSource,
    language_of_text,
    title_of_text,
    with_choices,
)
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel, ProgressStrip

_FORM_WIDTH = 380


class TextDialog(QDialog):
    """A dialog that does something with one of several texts, after showing how it will look."""

    def __init__(
        self,
        sources: Sequence[TextSource],
        profiles: ExportProfiles,
        memory: ExportMemory,
        questions: ConversionQuestions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._memory, self.questions = memory, questions
        self.background = BackgroundTasks(self.fail, self)
        self.form = LookForm(sources, profiles, questions)
        self.preview = TextPreview()
        self.trouble = NoteLabel("wrong")
        self.progress = ProgressStrip()
        self.progress.stopped.connect(self.stop)
        self.buttons = QDialogButtonBox()
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self.form.changed.connect(self.show_preview)
        self.form.source_changed.connect(self.take_source)
        self.finished.connect(lambda _result: self._end())
        if profiles.problem:
            self.trouble.say(profiles.problem)

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setProperty("kind", "plain")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        body.setProperty("kind", "body")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(2, 2, 8, 2)
        inside.addWidget(self.form)
        inside.addStretch(1)
        scroll.setWidget(body)
        left = QVBoxLayout()
        left.setSpacing(10)
        for widget in (self.trouble, self.progress, self.buttons):
            left.addWidget(widget)
        left.insertWidget(0, scroll, 1)
        half = QWidget()
        left.setContentsMargins(0, 0, 0, 0)
        half.setLayout(left)
        half.setMinimumWidth(_FORM_WIDTH)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(16)
        whole.addWidget(half, 2)
        whole.addWidget(self.preview, 3)
        self.resize(1020, 680)

    def add_button(self, words: str, tip: str) -> QPushButton:
        """The button that does it."""
        button = QPushButton(words)
        button.setToolTip(tip)
        button.setProperty("kind", "primary")
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        button.setDefault(True)
        return button

    # The text

    def take_source(self) -> ExportChoices:
        """Begin with the chosen text: what is remembered of it, then what is found in it."""
        self.cached = CachedText(self.form.source)
        choices = self._memory.get(self.form.source.name)
        self.form.show_choices(choices)
        self.background.run(
            partial(_read, self.cached), partial(self._on_read, self.cached, choices)
        )
        return choices

    def _on_read(
        self, cached: CachedText, choices: ExportChoices, found: tuple[str, str, str, int]
    ) -> None:
        if cached is not self.cached:
            return
        title, author, language, left_out = found
        author = "" if choices.title else author  # as it was written here the last time
        self.form.suggest(title, author, choices.language or language)
        self.form.say_left_out(left_out)

    def revised_reader(self) -> Callable[[], FormattedText]:
        """What gives the text with its open changes, where it has some."""
        revised, choices = self.cached.source.revised, self.form.choices()
        if revised is None:
            return self.reader()
        return lambda: with_choices(revised(), choices)

    def reader(self) -> Callable[[], FormattedText]:
        """Gives, on any thread, the text with what the form says now."""
        cached, choices = self.cached, self.form.choices()
        return lambda: with_choices(cached.read(), choices)

    def show_preview(self) -> None:
        """Show how the text will look."""
        self.preview.ask(Shown(self.reader(), self.form.look, self.suffix))

    @property
    def suffix(self) -> str:
        """The format of the file."""
        return ".pdf"

    def keep(self, suffix: str, target: str) -> None:
        """Remember what was chosen for this text."""
        try:
            self._memory.keep(self.form.source.name, self.form.choices(suffix, target))
        except LampblackError as error:
            self.trouble.say(str(error))

    # Working

    def set_busy(self, is_busy: bool) -> None:
        """While something is written or printed nothing else can be chosen."""
        self.form.setEnabled(not is_busy)
        for button in self.buttons.buttons():
            if self.buttons.buttonRole(button) == QDialogButtonBox.ButtonRole.ActionRole:
                button.setEnabled(not is_busy)
        if not is_busy:
            self.progress.hide()

    def stop(self) -> None:
        """Give up what is being done."""

    def fail(self, error: LampblackError) -> None:
        """Say what went wrong; the dialog stays."""
        self.set_busy(False)
        self.trouble.say(told(str(error)))

    def reject(self) -> None:
        """Stop what is being done, and close."""
        self.stop()
        super().reject()

    def _end(self) -> None:
        self.stop()
        self.preview.close_down()
        self.background.close()


def _read(cached: CachedText) -> tuple[str, str, str, int]:
    text = cached.read()
    title, language = title_of_text(cached.source, text), language_of_text(text)
    return title, text.author, language, text.left_out
