"""The form of what is exported or printed: which text, its look, and its title page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QToolButton,
    QWidget,
)

from app.core.conversion.looks.choices import ExportChoices
from app.core.conversion.looks.profile_store import ExportProfiles
from app.core.conversion.looks.profiles import ExportProfile, on_paper
from app.core.errors import LampblackError
from app.ui.conversion.profile_dialog import ProfileDialog, name_field
from app.ui.conversion.questions import ConversionQuestions
from app.ui.conversion.sources import TextSource
from app.ui.conversion.texts import paper_of_place, profile_name, profile_words
from app.ui.sentences import told
from app.ui.widgets.controls import IconButton, NoteLabel, QuietCombo, show_dialog

_SETTLE_MS = 250
_LANGUAGES = ("en", "en-GB", "zh-CN", "zh-TW", "de", "fr", "es", "it", "pt", "ja", "ru")


class LookForm(QWidget):
    """Chooses among `sources` and profiles; `changed` comes when a preview is out of date.

    `source_changed` comes before it when another text was chosen.
    """

    changed = Signal()
    source_changed = Signal()

    def __init__(
        self,
        sources: Sequence[TextSource],
        profiles: ExportProfiles,
        questions: ConversionQuestions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sources, self._profiles, self._questions = sources, profiles, questions
        self._is_typed: set[QLineEdit | QPlainTextEdit] = set()
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self.changed)
        self._make()
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.add_row(self.tr("Te&xt"), self.scope)
        self._add_profile()
        self.add_row(self.tr("&Title"), self.title)
        self.add_row(self.tr("&Author"), self.author)
        self.add_row(self.tr("A&ddress"), self.contact)
        self.add_row(self.tr("&Language"), self.language)
        self.form.addRow(self.note)

    def _make(self) -> None:
        self.scope = QuietCombo()
        self.scope.addItems([source.label for source in self._sources])
        self.scope.setToolTip(self.tr("What is taken"))
        self.scope.currentIndexChanged.connect(lambda _index: self._on_source())
        self.profile = QuietCombo()
        self.profile.setToolTip(self.tr("How it looks"))
        self.profile.currentIndexChanged.connect(lambda _index: self._on_profile())
        self.menu_button = IconButton("more", self.tr("Change, save, remove or share profiles"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(partial(self._fill, menu))
        self.menu_button.setMenu(menu)
        self.title = self._line(self.tr("What the title page and the running head say"))
        self.author = self._line(self.tr("Who has written it"))
        self.contact = QPlainTextEdit()
        self.contact.setProperty("kind", "field")
        self.contact.setTabChangesFocus(True)
        self.contact.setFixedHeight(4 * self.fontMetrics().lineSpacing() + 14)
        self.contact.setToolTip(
            self.tr("Name, street, e-mail, telephone: on the first page of a submission")
        )
        self.contact.textChanged.connect(self._on_typed)
        self.language = QuietCombo()
        self.language.setEditable(True)
        self.language.addItems(list(_LANGUAGES))
        self.language.setToolTip(self.tr("The language of the text, such as en or zh-CN"))
        self.language.editTextChanged.connect(lambda _text: self._on_typed())
        self.note = NoteLabel()

    def _line(self, tip: str) -> QLineEdit:
        line = QLineEdit()
        line.setMaxLength(200)
        line.setToolTip(tip)
        line.textChanged.connect(lambda _text: self._on_typed())
        return line

    def add_row(self, label: str, field: QWidget, at: int = -1) -> None:
        """Put a field below the others, or at a row, beside its label."""
        beside = QLabel(label)
        beside.setBuddy(field)
        name_field(field, label.replace("&", ""))
        self.form.insertRow(self.form.rowCount() if at < 0 else at, beside, field)

    def _add_profile(self) -> None:
        beside = QLabel(self.tr("&Profile"))
        beside.setBuddy(self.profile)
        self.profile.setAccessibleName(self.tr("Profile"))
        line = QHBoxLayout()
        line.addWidget(self.profile, 1)
        line.addWidget(self.menu_button)
        self.form.addRow(beside, line)

    # What is chosen

    @property
    def source(self) -> TextSource:
        """The text that is chosen."""
        return self._sources[max(0, self.scope.currentIndex())]

    @property
    def look(self) -> ExportProfile:
        """The profile that is chosen, on the usual paper where it has none."""
        return on_paper(self._profiles.get(self.profile.currentData() or ""), paper_of_place())

    def choices(self, suffix: str = "", target: str = "") -> ExportChoices:
        """What is chosen, for remembering."""
        return ExportChoices(
            profile=self.profile.currentData() or "",
            title=self.title.text().strip(),
            author=self.author.text().strip(),
            contact=self.contact.toPlainText().strip(),
            language=self.language.currentText().strip(),
            suffix=suffix,
            target=target,
        )

    def show_choices(self, choices: ExportChoices) -> None:
        """Begin with these."""
        blockers = [QSignalBlocker(one) for one in (self.profile, self.title, self.author,
                                                    self.contact, self.language)]  # fmt: skip
        self._list_profiles(choices.profile)
        self.title.setText(choices.title)
        self.author.setText(choices.author)
        self.contact.setPlainText(choices.contact)
        self.language.setEditText(choices.language or "en")
        del blockers
        self._explain()

    def suggest(self, title: str, author: str, language: str) -> None:
        """Fill in what is found in the text, where nothing was written or remembered."""
        if not self.title.text():
            self.title.setText(title)
        self.author.setText(author or self.author.text())
        self.language.setEditText(language)

    def say(self, words: str) -> None:
        """Show a sentence below the form, or what the profile is for."""
        self.note.say(told(words) or profile_words(self.look))

    def say_left_out(self, images: int) -> None:
        """Tell how many images the file will not have."""
        if images:
            self.say(self.tr("%n image(s) will be left out.", "", images))

    def _on_source(self) -> None:
        self.source_changed.emit()
        self.changed.emit()

    def _on_profile(self) -> None:
        self._explain()
        self.changed.emit()

    def _on_typed(self) -> None:
        self._settling.start()

    def _explain(self) -> None:
        self.contact.setEnabled(self.look.is_submission)
        self.say("")

    # Profiles

    def _list_profiles(self, chosen: str) -> None:
        with QSignalBlocker(self.profile):
            self.profile.clear()
            for profile in self._profiles.all():
                self.profile.addItem(profile_name(profile), profile.id)
            self.profile.setCurrentIndex(max(0, self.profile.findData(chosen)))

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        name = self.profile.currentData() or ""
        is_own = self._profiles.is_own(name)
        rows: list[tuple[str, Callable[[], object], bool]] = [
            (self.tr("Change…"), self.edit_profile, True),
            (self.tr("Remove"), partial(self._remove, name), is_own),
            (self.tr("Share…"), partial(self._share, name), True),
            (self.tr("Take In a Shared Profile…"), self._take_in, True),
        ]
        for words, call, is_on in rows:
            action = menu.addAction(words)
            action.setEnabled(is_on)
            action.triggered.connect(lambda _checked=False, call=call: call())

    def edit_profile(self) -> ProfileDialog:
        """Open the dialog for the chosen profile; a shipped one is saved as another."""
        name = self.profile.currentData() or ""
        is_own = self._profiles.is_own(name)
        dialog = ProfileDialog(self._profiles.get(name), self.window(), is_own=is_own)
        dialog.saved.connect(partial(self._save, dialog, name if is_own else ""))
        show_dialog(dialog)
        return dialog

    def _save(self, dialog: ProfileDialog, former: str, name: str, profile: ExportProfile) -> None:
        try:
            kept = self._profiles.save(name, profile)
            if former and former != kept.id:
                self._profiles.remove(former)
        except LampblackError as error:
            dialog.say(str(error))
            return
        dialog.accept()
        self._choose(kept.id)

    def _choose(self, name: str) -> None:
        self._list_profiles(name)
        self._on_profile()

    def _remove(self, name: str) -> None:
        self._attempt(lambda: self._profiles.remove(name))
        self._choose("")

    def _share(self, name: str) -> None:
        path = self._questions.profile_target(profile_name(self._profiles.get(name)))
        if path is not None:
            self._attempt(lambda: self._profiles.share(name, path))

    def _take_in(self) -> None:
        path = self._questions.shared_profile()
        if path is None:
            return
        with suppress(IndexError):
            names: list[str] = []
            self._attempt(lambda: names.extend(self._profiles.take_in(path)))
            self._choose(names[0])

    def _attempt(self, call: Callable[[], object]) -> None:
        try:
            call()
        except LampblackError as error:
            self.say(str(error))
