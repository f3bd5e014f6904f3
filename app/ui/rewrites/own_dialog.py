"""The dialog in which the writer's own actions are written, and shared as files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import LampblackError, SettingsError
from app.core.options.presets import BUILTIN
from app.core.rewrites.own_rewrites import (
    LONGEST_NAME,
    MOST_GROWTH,
    OwnFields,
    OwnRewrites,
    fields_of,
)
from app.core.rewrites.prompts import PLACES
from app.core.rewrites.table import REWRITES, Goes, Rewrite
from app.ui.rewrites.words import asks_of, goes_text, help_of, key_trouble_text, name_of
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel, QuietCombo
from app.ui.widgets.json_files import JsonFiles
from app.ui.widgets.number_box import NumberBox

_GOES: tuple[Goes, ...] = ("change", "after", "note")
_BETWEEN, _BEFORE_ANSWER = "---", "=>"
_COMBO = 16  # letters of the longest choice


class OwnRewritesDialog(QDialog):
    """Lists the own actions beside the form of the selected one; `changed` after each change."""

    changed = Signal()

    def __init__(
        self,
        own: OwnRewrites,
        files: JsonFiles,
        trouble: Callable[[str, str], str],
        parent: QWidget | None = None,
    ) -> None:
        """`trouble` says why a key cannot be had for the action of that name."""
        super().__init__(parent)
        self._own, self._files, self._trouble = own, files, trouble
        self._former = ""
        self.setWindowTitle(self.tr("Own Actions"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Own actions"))
        self.list.setProperty("kind", "texts")
        self.list.currentItemChanged.connect(lambda *_items: self._show_current())
        self.problem, self.said = NoteLabel("wrong"), NoteLabel()
        self._make_fields()
        self._make_buttons()
        self._lay_out()
        self._fill()

    def _make_fields(self) -> None:
        self.name, self.help, self.asks = QLineEdit(), QLineEdit(), QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.prompt, self.examples = QPlainTextEdit(), QPlainTextEdit()
        for field, lines in ((self.prompt, 7), (self.examples, 4)):
            field.setProperty("kind", "field")
            field.setTabChangesFocus(True)
            field.setMinimumHeight(field.fontMetrics().lineSpacing() * lines)
        places = " ".join(f"{{{place}}}" for place in PLACES)
        self.places = QLabel(self.tr("These are filled in: {0}").format(places))
        self.places.setProperty("kind", "muted")
        self.places.setWordWrap(True)
        policy = self.places.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        self.places.setSizePolicy(policy)
        self.bare = QCheckBox(self.tr("May stay empty"))
        self.bare.setToolTip(self.tr("It is started without an instruction, too"))
        self.goes, self.preset = QuietCombo(), QuietCombo()
        for goes in _GOES:
            self.goes.addItem(goes_text(goes), goes)
        for combo in (self.goes, self.preset):
            combo.setMinimumContentsLength(_COMBO)
        for preset in BUILTIN:
            self.preset.addItem(_preset_name(preset.name), preset.name)
        self.growth = NumberBox(0, MOST_GROWTH, 0.5, whole=False)
        self.key = QLineEdit()
        self.key.setPlaceholderText("Ctrl+Alt+F5")

    def _labels(self) -> tuple[tuple[str, QWidget, str], ...]:
        """Each field's label and tooltip."""
        return (
            (self.tr("&Name"), self.name, self.tr("What it is called in the menus")),
            (self.tr("&Help"), self.help, self.tr("What it does, in a few words")),
            (self.tr("&Prompt"), self.prompt, self.tr("What the model is told")),
            (
                self.tr("&Question"),
                self.asks,
                self.tr("What the field asks for whose text is {instruction}; empty: no field"),
            ),
            (self.tr("&Answer goes"), self.goes, self.tr("Where the answer goes")),
            (self.tr("P&reset"), self.preset, self.tr("How the words are drawn")),
            (
                self.tr("&Longest answer"),
                self.growth,
                self.tr("How many times as long as the selection an answer may be"),
            ),
            (self.tr("&Key"), self.key, self.tr("A key of its own, as Ctrl+Alt+F5; may be empty")),
            (
                self.tr("&Examples"),
                self.examples,
                self.tr(
                    "For models that only go on with text: a text, a line =>, its answer, and a "
                    "line --- before the next text"
                ),
            ),
        )

    def _make_buttons(self) -> None:
        self.new, self.delete = QPushButton(self.tr("New")), QPushButton(self.tr("Delete"))
        self.take_in, self.share = QPushButton(self.tr("Import…")), QPushButton(self.tr("Share…"))
        menu = QMenu(self.new)
        menu.addAction(self.tr("Empty"), lambda: self._begin_new(None))
        menu.addSeparator()
        for action in REWRITES:
            words = self.tr("Like {0}").format(name_of(action)).replace("&", "&&")
            menu.addAction(words, partial(self._begin_new, action))
        self.new.setMenu(menu)
        self.delete.clicked.connect(lambda: self._try(self._delete))
        self.take_in.clicked.connect(lambda: self._try(self._import))
        self.share.clicked.connect(lambda: self._try(self._share))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        self.save = self.buttons.addButton(QDialogButtonBox.StandardButton.Save)
        self.save.setProperty("kind", "primary")
        self.save.clicked.connect(lambda: self._try(self._save))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for label, field, tip in self._labels():
            beside = QLabel(label)
            beside.setBuddy(field)
            field.setAccessibleName(label.replace("&", ""))
            field.setToolTip(tip)
            form.addRow(beside, field)
            if field is self.prompt:
                form.addRow("", self.places)
            if field is self.asks:
                form.addRow("", self.bare)
        inside = QWidget()
        inside.setLayout(form)
        area = QScrollArea()
        area.setProperty("kind", "plain")
        area.setWidgetResizable(True)
        area.setAccessibleName(self.tr("The selected action"))
        area.setWidget(inside)
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        for pair in ((self.new, self.delete), (self.take_in, self.share)):
            line = QHBoxLayout()
            for button in pair:
                button.setProperty("kind", "small")
                line.addWidget(button, 1)
            left.addLayout(line)
        halves = QHBoxLayout()
        halves.setSpacing(14)
        halves.addLayout(left, 2)
        halves.addWidget(area, 5)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(10)
        whole.addLayout(halves, 1)
        whole.addWidget(self.problem)
        whole.addWidget(self.said)
        whole.addWidget(self.buttons)
        self.resize(820, 640)

    def _fill(self, name: str = "") -> None:
        """List the own actions, and select the one of that name."""
        self.list.clear()
        for action in self._own.own():
            item = QListWidgetItem(action.name)
            item.setData(Qt.ItemDataRole.UserRole, action)
            self.list.addItem(item)
        rows = [row for row in range(self.list.count()) if self.list.item(row).text() == name]
        self.list.setCurrentRow(rows[0] if rows else 0)
        self._show_current()

    @property
    def current(self) -> Rewrite | None:
        """The selected action."""
        item = self.list.currentItem()
        action: Rewrite | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return action

    def _show_current(self) -> None:
        action = self.current
        self._former = action.name if action is not None else ""
        self._show(self._former, fields_of(action) if action else OwnFields(prompt="{selection}"))
        self.delete.setEnabled(action is not None)
        self.share.setEnabled(action is not None)

    def _begin_new(self, like: Rewrite | None) -> None:
        """Show a new action that is not saved yet."""
        self.list.clearSelection()
        self.list.setCurrentRow(-1)
        self._former = ""
        if like is None:
            self._show("", OwnFields(prompt="\n\n{selection}"))
        else:
            own = self.tr("{0}, my own").format(name_of(like))
            fields = replace(fields_of(like), help=help_of(like), asks=asks_of(like), key="")
            self._show(own, fields)
        self.name.setFocus()
        self.name.selectAll()

    def _show(self, name: str, fields: OwnFields) -> None:
        self.problem.say("")
        self.name.setText(name)
        self.help.setText(fields.help)
        self.prompt.setPlainText(fields.prompt)
        self.asks.setText(fields.asks)
        self.bare.setChecked(fields.may_be_bare)
        self.goes.setCurrentIndex(_GOES.index(fields.goes))
        self.preset.setCurrentIndex(max(0, self.preset.findData(fields.preset)))
        self.growth.setValue(fields.growth)
        self.key.setText(fields.key)
        self.examples.setPlainText(example_text(fields.examples))

    def fields(self) -> OwnFields:
        """What was set; raises SettingsError for examples that cannot be read."""
        return OwnFields(
            prompt=self.prompt.toPlainText(),
            help=self.help.text(),
            goes=self.goes.currentData(),
            asks=self.asks.text(),
            may_be_bare=self.bare.isChecked(),
            preset=self.preset.currentData(),
            growth=self.growth.value(),
            examples=read_examples(self.examples.toPlainText()),
            key=QKeySequence(self.key.text()).toString(QKeySequence.SequenceFormat.PortableText)
            or self.key.text().strip(),
        )

    def _save(self) -> str:
        fields = self.fields()
        if fields.key and (trouble := self._trouble(fields.key, self._former)):
            raise SettingsError(key_trouble_text(trouble, fields.key))
        saved = self._own.save(self.name.text(), fields, self._former)
        self._fill(saved.name)
        return self.tr("“{0}” is saved.").format(saved.name)

    def _delete(self) -> str:
        name = self._former
        self._own.delete(name)
        self._fill()
        return self.tr("“{0}” is deleted.").format(name)

    def _import(self) -> str:
        path = self._files.source(self.tr("Import Actions"))
        if path is None:
            return ""
        names = self._own.import_from(path)
        self._fill(names[0])
        return self.tr("Taken in: {0}").format(", ".join(names))

    def _share(self) -> str:
        action = self.current
        if action is None:
            return ""
        path = self._files.target(self.tr("Share This Action"), action.name)
        if path is None:
            return ""
        self._own.export_to(path, [action])
        return self.tr("“{0}” was written to {1}.").format(action.name, path)

    def _try(self, act: Callable[[], str]) -> None:
        """Do something, and say that it is done or what was wrong."""
        try:
            said = act()
        except LampblackError as error:
            self.said.say("")
            self.problem.say(told(str(error)))
            return
        self.problem.say("")
        self.said.say(said)
        self.changed.emit()


def example_text(examples: list[tuple[str, str]]) -> str:
    """Examples as they are written in the dialog."""
    shown = (f"{text}\n{_BEFORE_ANSWER}\n{answer}" for text, answer in examples)
    return f"\n{_BETWEEN}\n".join(shown)


def read_examples(written: str) -> list[tuple[str, str]]:
    """The examples in such a text; raises SettingsError where one has no answer."""
    found = []
    for part in f"\n{written.strip()}\n".split(f"\n{_BETWEEN}\n"):
        if not part.strip():
            continue
        text, sign, answer = f"{part}\n".partition(f"\n{_BEFORE_ANSWER}\n")
        if not sign:
            raise SettingsError(
                "An example has no answer.", "Put a line with => between the text and its answer."
            )
        found.append((text.strip(), answer.strip()))
    return found


def _preset_name(name: str) -> str:
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.translate("Presets", name)
