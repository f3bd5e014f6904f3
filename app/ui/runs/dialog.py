"""The Runs window: every training and measurement that was recorded, compared and exported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale, QProcess, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import HousekeepingError, LampblackError
from app.core.models.removal import reveal
from app.core.runs.html_report import report
from app.core.runs.record import RunProblem, RunRecord, RunRecords, RunsFound
from app.core.runs.run_plots import run_image
from app.core.system.files import why, write_atomically
from app.ui.background import BackgroundTasks
from app.ui.numbers import number_text
from app.ui.questions import question_box
from app.ui.runs.details import RunDetails
from app.ui.runs.words import RunWords
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.two_line_list import TwoLines

_LOOK_MS = 2000
_MOST_COMPARED = 6
_SIZE = QSize(940, 620)

Trash = Callable[[str], None]


class RunsDialog(QDialog):
    """Lists the runs, the newest first, and follows what is recorded while it is open.

    `folder` is where a report is offered to be saved; `trash` takes a removed folder, the system's
    own where it is None.
    """

    def __init__(
        self,
        records: RunRecords,
        folder: Path,
        parent: QWidget | None = None,
        trash: Trash | None = None,
    ) -> None:
        super().__init__(parent)
        self._records, self._folder, self._trash = records, folder, trash
        self._words = RunWords()
        self._stamp: object = None
        self._found = RunsFound()
        self._is_looking = self._is_stale = False
        self.background = BackgroundTasks(lambda error: self.note.say(str(error)), self)
        self.setWindowTitle(self.tr("Runs"))
        self.list = QListWidget()
        self.list.setProperty("kind", "texts")
        self.list.setItemDelegate(TwoLines(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setAccessibleName(self.tr("Runs"))
        self.list.setAccessibleDescription(self.tr("Select several to compare them"))
        self.details = RunDetails()
        self.empty = QLabel(self._empty_words())
        self.note = NoteLabel()
        self.buttons = QDialogButtonBox()
        self._lay_out()
        self.list.itemSelectionChanged.connect(self._show_selected)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.finished.connect(lambda _code: self._end())
        self._allow()
        self.look()
        self._timer.start()

    def _empty_words(self) -> str:
        return self.tr(
            "There are no runs yet.\n\nWhen a style is learned, a classifier trained, a model "
            "evaluated or the speed measured, here or on the command line, a record is kept: the "
            "data’s and the model’s digests, the settings, the curves and the figures. It stays "
            "on this machine."
        )

    def _lay_out(self) -> None:
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(80, 20, 80, 20)
        self.halves = QSplitter()
        self.halves.addWidget(self.list)
        self.halves.addWidget(self.details)
        self.halves.setStretchFactor(1, 1)
        self.halves.setChildrenCollapsible(False)
        self.halves.setSizes([300, 620])
        self.pages = QStackedWidget()
        self.pages.addWidget(self.halves)
        self.pages.addWidget(self.empty)
        self.report_button = self._button(self.tr("Report…"))
        self.report_button.setToolTip(
            self.tr("Save a web page about the selected runs; it opens without a network")
        )
        self.report_button.clicked.connect(self._save_report)
        self.image_button = self._button(self.tr("Save Image…"))
        self.image_button.setToolTip(self.tr("Save the curves or measures as an SVG image"))
        self.image_button.clicked.connect(self._save_image)
        self.folder_button = self._button(self.tr("Show Folder"))
        self.folder_button.setToolTip(self.tr("Show the run in the file manager"))
        self.folder_button.clicked.connect(self._show_folder)
        self.remove_button = self._button(self.tr("Remove…"))
        self.remove_button.setToolTip(self.tr("Move the selected runs to the trash"))
        self.remove_button.clicked.connect(self._remove)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        whole.addWidget(self.pages, 1)
        whole.addWidget(self.note)
        whole.addWidget(self.buttons)
        self.resize(_SIZE)

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button

    # What is listed

    @property
    def is_settled(self) -> bool:
        """Whether nothing is read or written."""
        return self.background.is_idle

    def selected(self) -> list[RunRecord]:
        """The selected runs, in the order of the list; those that cannot be read are left out."""
        return [one for one in self._chosen() if isinstance(one, RunRecord)]

    def _chosen(self) -> list[RunRecord | RunProblem]:
        items = sorted(self.list.selectedItems(), key=self.list.row)
        return [item.data(Qt.ItemDataRole.UserRole) for item in items]

    def look(self) -> None:
        """Read the runs again, if any of them is another now."""
        if self._is_looking:
            self._is_stale = True
            return
        self._is_looking, self._is_stale = True, False
        goes_on = any(one.state == "running" for one in self._found.records)
        self.background.run(partial(self._look, self._stamp, goes_on), self._show_found)

    def _look(self, stamp: object, goes_on: bool) -> tuple[object, RunsFound | None]:
        """On the background's thread: what there is; None where nothing is another.

        One that goes on may have ended without a word, which no file says.
        """
        now = self._records.stamp()
        return now, (None if now == stamp and not goes_on else self._records.look())

    def _show_found(self, found: tuple[object, RunsFound | None]) -> None:
        self._is_looking = False
        self._stamp, runs = found
        if self._is_stale:
            self.look()
        if runs is None or (runs == self._found and self.list.count()):
            return
        self._found = runs
        wanted = {one.id for one in self._chosen()}
        rows: list[RunRecord | RunProblem] = [*runs.records, *runs.problems]
        current = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for one in rows:
            item = QListWidgetItem(self._lines(one))
            item.setData(Qt.ItemDataRole.UserRole, one)
            item.setToolTip(one.id)
            self.list.addItem(item)
        places = [place for place, one in enumerate(rows) if one.id in wanted]
        if not places and rows:
            places = [min(max(0, current), len(rows) - 1)]
        if places:
            self.list.setCurrentRow(places[0])
        for place in places:
            self.list.item(place).setSelected(True)
        self.list.blockSignals(False)
        self.pages.setCurrentWidget(self.halves if rows else self.empty)
        self._show_selected()

    def _lines(self, one: RunRecord | RunProblem) -> str:
        if isinstance(one, RunProblem):
            return f"{one.id}\n{self.tr('This record cannot be read')}"
        name = " ".join(one.name.split())
        return f"{name}\n{self._words.summary(one)}"

    def _show_selected(self) -> None:
        chosen, records = self._chosen(), self.selected()[:_MOST_COMPARED]
        if records:
            self.details.show_runs(records, self._words)
        elif chosen and isinstance(chosen[0], RunProblem):
            self.details.show_problem(chosen[0].id, told(chosen[0].sentence))
        else:
            self.details.show_nothing()
        self._allow()

    def _allow(self) -> None:
        chosen, records = self._chosen(), self.selected()
        self.report_button.setEnabled(bool(records))
        drawable = any(one.curve or one.held_out for one in records)
        drawable |= len(records) == 1 and bool(records[0].measures or records[0].confusion)
        self.image_button.setEnabled(drawable)
        self.folder_button.setEnabled(len(chosen) == 1)
        self.remove_button.setEnabled(
            bool(chosen) and all(one.state != "running" for one in records)
        )

    # What is done with them

    def _save_report(self) -> None:
        records = self.selected()
        filters = self.tr("Web page (*.html)")
        path = self._asked(records, self.tr("Save the Report"), ".html", filters)
        if path is not None:
            self.save_report(path, records)

    def _save_image(self) -> None:
        records = self.selected()
        path = self._asked(records, self.tr("Save the Image"), ".svg", self.tr("Image (*.svg)"))
        if path is not None:
            self.save_image(path, records)

    def _asked(
        self, records: Sequence[RunRecord], title: str, suffix: str, filters: str
    ) -> Path | None:
        name = "".join(
            letter if letter.isalnum() or letter in " -_." else " " for letter in records[0].name
        )
        suggestion = self._folder / f"{' '.join(name.split())[:80] or self.tr('Run')}{suffix}"
        chosen, _kind = QFileDialog.getSaveFileName(self, title, str(suggestion), filters)
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)

    def save_report(self, path: Path, records: Sequence[RunRecord]) -> None:
        """Write the page of some runs, those that were selected when it was asked for."""
        words = self._words
        language = QLocale().bcp47Name()
        self._write(path, report(records, words.say, words.show, language))

    def save_image(self, path: Path, records: Sequence[RunRecord]) -> None:
        """Write the curves or measures of some runs."""
        self._write(path, run_image(records, self._words.say))

    def _write(self, path: Path, content: str) -> None:
        self.note.say("")
        self.background.run(
            lambda: _write(path, content),
            lambda _done: self.note.say(self.tr("Saved as {0}").format(path)),
        )

    def _show_folder(self) -> None:
        chosen = self._chosen()
        if chosen:
            folder = self._records.folder(chosen[0].id)
            self.background.run(lambda: reveal(folder), _start)

    def _remove(self) -> None:
        chosen = self._chosen()
        if not chosen or not self._is_meant(chosen):
            return
        ids = [one.id for one in chosen]
        self.note.say("")
        self.background.run(
            partial(self._remove_all, ids), lambda _done: self.look(), self._on_not_removed
        )

    def _remove_all(self, ids: Sequence[str]) -> None:
        for run in ids:
            self._records.remove(run, self._trash)

    def _on_not_removed(self, error: LampblackError) -> None:
        self.note.say(told(str(error)))
        self.look()

    def _is_meant(self, chosen: Sequence[RunRecord | RunProblem]) -> bool:
        count = len(chosen)
        box = question_box(
            self,
            self.tr("Move {0} runs to the trash?", "", count).format(number_text(count)),
            self.tr(
                "The record goes, with the checkpoint of a run that was stopped. What was made by "
                "it stays."
            ),
        )
        move = box.addButton(self.tr("Move to the Trash"), box.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is move

    def _end(self) -> None:
        self._timer.stop()
        self.background.close(finish=True, wait=False)


def _write(path: Path, content: str) -> None:
    try:
        write_atomically(path, content.encode("utf-8"))
    except OSError as error:
        raise HousekeepingError(
            f"{path} cannot be written: {why(error)}.", "Save it in another place."
        ) from error


def _start(command: Sequence[str]) -> None:
    QProcess.startDetached(command[0], list(command[1:]))
