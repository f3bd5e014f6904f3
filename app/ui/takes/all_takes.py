"""All takes: a history to search, with the prompt that each take saw."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from unicodedata import normalize

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.documents.search import Query, check
from app.core.store.takes.kept import MIXED, MOST_FOUND, KeptTake, TakeFilter
from app.core.store.takes.tree import TakeBranch
from app.ui.background import BackgroundTasks
from app.ui.generation.requests import fields_from, prompt_of
from app.ui.generation.takes import TakeText
from app.ui.numbers import number_text
from app.ui.sampling.parameter_row import translated
from app.ui.takes.tree import TakeTree
from app.ui.texts import model_title, moment_text
from app.ui.widgets.controls import NoteLabel, QuietCombo
from app.ui.widgets.two_line_list import TextListDialog

_FIRST = 200  # characters of a take in the list
_PAUSE_MS = 200
_DAY_S = 86_400
_DAYS = (0, 1, 7, 31, 366)
_TREE_TAB = 2
_MOST_SHOWN = 200_000  # characters of a prompt

Find = Callable[[TakeFilter, Callable[[KeptTake], bool]], tuple[KeptTake, ...]]


class TakeSource(msgspec.Struct, frozen=True):
    """What the dialog asks the store; all of it is called aside."""

    find: Find
    models: Callable[[], tuple[str, ...]]
    presets: Callable[[], tuple[str, ...]]
    request: Callable[[str], str]
    star: Callable[[TakeText], object]
    tree: Callable[[str], tuple[TakeBranch, ...]]


class AllTakesDialog(TextListDialog):
    """Lists takes, the latest first, of the document of `journal` and `path` or of all.

    `again_asked` and `again_but_asked` carry the take that is to be written again.
    """

    insert_asked = Signal(str)
    again_asked = Signal(object)
    again_but_asked = Signal(object)

    def __init__(
        self, source: TakeSource, journal: str, path: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._source, self._journal, self._path = source, journal, path
        self._asked = 0
        self._fields: dict[str, str] = {}
        self.background = BackgroundTasks(lambda error: self.note.say(str(error)), self)
        self.setWindowTitle(self.tr("All Takes"))
        self.list.setAccessibleName(self.tr("Takes"))
        self.preview.setAccessibleName(self.tr("The take"))
        self.line = QLineEdit()
        self.line.setClearButtonEnabled(True)
        self.line.setPlaceholderText(self.tr("Words in the takes"))
        self.line.setAccessibleName(self.tr("Words in the takes"))
        self.scope = self._combo(
            self.tr("Where"), [self.tr("This Manuscript"), self.tr("All Manuscripts")]
        )
        self.model = self._combo(self.tr("Model"), [self.tr("Any Model")])
        self.preset = self._combo(self.tr("Preset"), [self.tr("Any Preset")])
        self.date = self._combo(
            self.tr("Date"),
            [
                self.tr("Any Time"),
                self.tr("Last 24 Hours"),
                self.tr("Last 7 Days"),
                self.tr("Last 31 Days"),
                self.tr("Last 366 Days"),
            ],
        )
        self.starred = QCheckBox(self.tr("With a star"))
        self.starred.setAccessibleDescription(self.tr("Only the takes that you gave a star"))
        self.starred.setToolTip(self.tr("Only the takes that you gave a star"))
        self.starred.toggled.connect(self._wake)
        self.note = NoteLabel()
        self.prompt = QPlainTextEdit(readOnly=True)
        self.prompt.setProperty("kind", "field")
        self.prompt.setAccessibleName(self.tr("What the model read"))
        self.tree = TakeTree()
        self.tree.setProperty("kind", "texts")
        self.tree.chosen.connect(self.select)
        self.details = NoteLabel()
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self.search)
        self.line.textChanged.connect(self._wake)
        self._lay_out_search()
        self._make_buttons()
        self.list.currentItemChanged.connect(lambda *_items: self._show_details())
        self.finished.connect(lambda _code: self.background.close(wait=False))
        self.resize(900, 560)
        self.background.run(lambda: (self._source.models(), self._source.presets()), self._offer)
        self.search()
        self.line.setFocus()

    def text(self) -> str:
        """The selected take's text."""
        take = self.take()
        return take.record.text if take is not None else ""

    def take(self) -> KeptTake | None:
        """The selected take."""
        found: _ListedTake | None = self.current()
        return found.take if found is not None else None

    def search(self) -> None:
        """List what is looked for now."""
        self._later.stop()
        self._asked += 1
        days = _DAYS[self.date.currentIndex()]
        here = self.scope.currentIndex() == 0
        wanted = TakeFilter(
            journal=self._journal if here else "",
            path=self._path if here else "",
            model=self.model.currentData() or "",
            preset=self.preset.currentData() or "",
            since=time.time() - days * _DAY_S if days else 0.0,
            starred=self.starred.isChecked(),
            words=_certain(self.line.text()),
        )
        self.background.run(
            partial(self._source.find, wanted, _matcher(self.line.text())),
            partial(self._show_found, self._asked),
        )

    def select(self, take: KeptTake) -> None:
        """Select a take; one that is not among those found is listed above the present one."""
        rows = range(self.list.count())
        keys = [self.list.item(row).data(Qt.ItemDataRole.UserRole).take.key for row in rows]
        if take.key in keys:
            row = keys.index(take.key)
        else:
            row = max(0, self.list.currentRow())
            item = QListWidgetItem(_lines(take))
            item.setData(Qt.ItemDataRole.UserRole, _ListedTake(take))
            self.list.insertItem(row, item)
        self.list.setCurrentRow(row)

    # Inside

    def _combo(self, name: str, items: Sequence[str]) -> QComboBox:
        combo = QuietCombo()
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.setMinimumContentsLength(11)
        combo.addItems(list(items))
        combo.currentIndexChanged.connect(self._wake)
        return combo

    def _lay_out_search(self) -> None:
        self.intro.hide()
        choices = QHBoxLayout()
        choices.setSpacing(8)
        for one in (self.scope, self.model, self.preset, self.date):
            choices.addWidget(one, 1)
        choices.addWidget(self.starred)
        self.column.insertWidget(0, self.line)
        self.column.insertLayout(1, choices)
        self.column.insertWidget(2, self.note)
        side = QWidget()
        lines = QVBoxLayout(side)
        lines.setContentsMargins(0, 0, 0, 0)
        tabs = self.tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.setAccessibleName(self.tr("The take and its prompt"))
        tabs.addTab(self.preview, self.tr("Take"))
        tabs.addTab(self.prompt, self.tr("Prompt"))
        tabs.addTab(self.tree, self.tr("Tree"))
        tabs.setTabToolTip(2, self.tr("Which takes the take came of, and which came of it"))
        tabs.currentChanged.connect(lambda _index: self._show_more())
        lines.addWidget(tabs, 1)
        lines.addWidget(self.details)
        self.halves.addWidget(side)
        self.halves.setSizes([340, 520])

    def _make_buttons(self) -> None:
        self.insert = self.add_button(self.tr("Insert at the Cursor"))
        self.copy = self.add_button(self.tr("Copy"))
        self.again = self.add_button(self.tr("Again"))
        self.again_but = self.add_button(self.tr("Again, But…"))
        self.star = self.add_button(self.tr("Star"))
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.insert.clicked.connect(lambda: self.insert_asked.emit(self.text()))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        self.star.clicked.connect(self._turn_star)
        self.again.setToolTip(
            self.tr("Write it again with the same model, prompt, seed and settings")
        )
        self.again_but.setToolTip(self.tr("Write it again with one thing changed"))
        self.again.clicked.connect(partial(self._repeat, self.again_asked.emit))
        self.again_but.clicked.connect(partial(self._repeat, self.again_but_asked.emit))
        self._allow()

    def _repeat(self, ask: Callable[[KeptTake], object]) -> None:
        take = self.take()
        if take is not None:
            self.accept()
            ask(take)

    def _turn_star(self) -> None:
        found: _ListedTake | None = self.current()
        if found is None or not found.take.key:
            return
        found.take = msgspec.structs.replace(found.take, is_starred=not found.take.is_starred)
        self._source.star(TakeText(key=found.take.key, is_starred=found.take.is_starred))
        self.list.currentItem().setText(_lines(found.take))
        self._show_details()

    def _wake(self, *_of_the_signal: object) -> None:
        self._later.start()

    def _offer(self, known: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        for combo, names, title in (
            (self.model, known[0], model_title), (self.preset, known[1], translated),
        ):  # fmt: skip
            for name in names:
                combo.addItem(title(name), name)

    def _show_found(self, asked: int, found: tuple[KeptTake, ...]) -> None:
        if asked != self._asked:
            return
        self.list.clear()
        self.fill((_lines(take), _ListedTake(take)) for take in found)
        is_narrowed = bool(self.line.text().strip()) or self.starred.isChecked()
        is_narrowed |= any(one.currentIndex() for one in (self.model, self.preset, self.date))
        if found:
            most = self.tr("The latest {0} takes. More words find fewer.")
            self.note.say(most.format(number_text(MOST_FOUND)) if len(found) == MOST_FOUND else "")
        elif is_narrowed or self.scope.currentIndex():
            self.note.say(self.tr("No take is like that."))
        else:
            self.note.say(self.tr("The model has written nothing for this manuscript yet."))
        self._show_details()

    def _show_details(self) -> None:
        take = self.take()
        self._allow()
        if take is None:
            self.details.say("")
            self.prompt.clear()
            self.tree.clear()
            return
        record = take.record
        facts = [moment_text(record.created_at)]
        facts += [self.tr("mixed from several takes")] * (record.finish_reason == MIXED)
        facts += [model_title(record.model)] * bool(record.model)
        facts += [translated(take.preset)] * bool(take.preset)
        if record.model:
            facts.append(self.tr("seed {0}").format(record.seed + take.number))
        facts += [Path(record.path).name] * bool(record.path)
        self.details.say(" · ".join(facts))
        self._show_more()

    def _show_more(self) -> None:
        """What is read once its tab is shown."""
        self._show_prompt()
        self._show_tree()

    def _show_tree(self) -> None:
        take = self.take()
        if take is None or self.tabs.currentIndex() != _TREE_TAB:
            return
        if not any(
            one.data(0, Qt.ItemDataRole.UserRole).take.key == take.key for one in self.tree.items
        ):
            self.tree.clear()
        self.background.run(partial(self._source.tree, take.key), partial(self._fill_tree, take))

    def _fill_tree(self, take: KeptTake, found: tuple[TakeBranch, ...]) -> None:
        if take is self.take():
            alone = (TakeBranch(take),)
            self.tree.show_branches(found or alone, take.place, take.key)

    def _show_prompt(self) -> None:
        """The whole prompt is read once its tab is shown."""
        take = self.take()
        if take is None or self.tabs.currentIndex() != 1:
            return
        self.prompt.setPlainText(take.record.prompt)
        if take.request:
            self.background.run(
                partial(self._source.request, take.request), partial(self._fill_prompt, take)
            )

    def _fill_prompt(self, take: KeptTake, kept: str) -> None:
        if take is not self.take() or not kept:
            return
        try:
            prompt = prompt_of(fields_from(kept))
        except ValueError:
            return
        self.prompt.setPlainText(prompt[-_MOST_SHOWN:])
        end = self.prompt.textCursor()
        end.movePosition(end.MoveOperation.End)
        self.prompt.setTextCursor(end)

    def _allow(self) -> None:
        take = self.take()
        for button in (self.insert, self.copy):
            button.setEnabled(take is not None)
        for button in (self.again, self.again_but):
            button.setEnabled(take is not None and bool(take.request))
        self.star.setEnabled(take is not None and bool(take.key))
        is_starred = take is not None and take.is_starred
        self.star.setText(self.tr("Take the Star Off") if is_starred else self.tr("Star"))


class _ListedTake(msgspec.Struct, eq=False):
    """A take in the list; `text` is what the list shows beside it."""

    take: KeptTake

    @property
    def text(self) -> str:
        """The take's text."""
        return self.take.record.text


def _lines(take: KeptTake) -> str:
    text = " ".join(take.record.text[:_FIRST].split())
    first = f"{take.name}: {text}" if take.name else text
    star = "★ " if take.is_starred else ""
    return f"{star}{first}\n{moment_text(take.record.created_at)}"


def _certain(words: str) -> tuple[str, ...]:
    """What must stand in a take just so, but for the case of ASCII letters: it is soon found."""
    found = list[str]()
    for word in words.split():
        is_plain = word.isascii() or (
            word.lower() == word.upper() and normalize("NFD", word) == word
        )
        found += [word] if is_plain else re.findall("[0-9A-Za-z]{2,}", word)
    return tuple(found)


def _matcher(words: str) -> Callable[[KeptTake], bool]:
    """What tells whether a take has each of the words in its text, name or instruction."""
    patterns: list[re.Pattern[str]] = [check(Query(word)) for word in words.split()]

    def fits(take: KeptTake) -> bool:
        whole = "\n".join((take.record.text, take.name, take.record.instruction))
        return all(pattern.search(whole) for pattern in patterns)

    return fits
