"""The Runs window over real records: listed, shown, compared, exported, removed, followed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QFileDialog,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
)
from pytestqt.qtbot import QtBot

from app.core.plots.curves import CurvePlot, Series
from app.core.runs.keeping import RunKeeper
from app.core.runs.record import RunRecords
from app.ui.runs.dialog import RunsDialog
from app.ui.runs.words import RunWords
from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.curve import Curve
from tests.core.runs.made import evaluation, record, training
from tests.ui.conftest import Studio

ONE, TWO, THREE = "style-20260101-000001", "style-20260101-000002", "evaluation-20260101-000003"


@pytest.fixture
def records(tmp_path: Path) -> RunRecords:
    made = RunRecords(tmp_path / "runs")
    for one in (
        training(ONE, begun_at=1e9),
        training(TWO, begun_at=1e9 + 1, name="Yours", settings={"rank": 16}),
        evaluation(THREE, begun_at=1e9 + 2),
    ):
        (made.path / one.id).mkdir(parents=True)
        made.write(one)
    return made


def cell(table: QTableWidget, row: int, column: int) -> QTableWidgetItem:
    """What is in a cell that is filled."""
    item = table.item(row, column)
    assert item is not None
    return item


class Harness:
    """A dialog over the records, and what went to the trash."""

    def __init__(self, records: RunRecords, folder: Path, qtbot: QtBot) -> None:
        self.gone: list[str] = []
        self.qtbot = qtbot
        self.dialog = RunsDialog(records, folder, trash=self._throw)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.settle()

    def _throw(self, path: str) -> None:
        self.gone.append(path)
        Path(path).rename(f"{path}.gone")

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.dialog.is_settled)

    def look(self) -> None:
        self.dialog.look()
        self.settle()

    def select(self, *rows: int) -> None:
        view = self.dialog.list
        view.clearSelection()
        for row in rows:
            view.item(row).setSelected(True)

    def table(self) -> dict[str, list[str]]:
        """The rows of the table by their first cell."""
        table = self.dialog.details.table
        cells = [
            [cell(table, row, column).text() for column in range(table.columnCount())]
            for row in range(table.rowCount())
        ]
        return {first: rest for first, *rest in cells}


@pytest.fixture
def runs(records: RunRecords, tmp_path: Path, qtbot: QtBot) -> Harness:
    return Harness(records, tmp_path, qtbot)


def test_the_newest_is_listed_first_and_shown(runs: Harness) -> None:
    dialog, view = runs.dialog, runs.dialog.list
    assert view.count() == 3
    assert view.item(0).text().startswith("sentiment, reviews.csv\nevaluation · ")
    assert "accuracy 0.91" in view.item(0).text()
    assert "held" not in view.item(2).text()
    assert "loss after 2.93" in view.item(2).text()
    assert [one.id for one in dialog.selected()] == [THREE]
    tabs = dialog.details.tabs
    assert [tabs.tabText(at) for at in range(3) if tabs.isTabVisible(at)] == [
        "Figures and Settings", "Confusion",
    ]  # fmt: skip
    assert runs.table()["accuracy"] == ["0.91"]
    assert runs.table()["accuracy: interval of 95 %"] == ["0.870 – 0.950"]
    confusion = dialog.details.confusion
    assert (cell(confusion, 0, 1).text(), cell(confusion, 2, 2).text()) == ("61", "3")
    assert cell(confusion, 2, 2).toolTip() == "积极 → neutral: 3"


def test_the_confusion_follows_the_theme(runs: Harness) -> None:
    apply_theme("light")
    table = runs.dialog.details.confusion
    shades = [cell(table, 0, column).background().color() for column in (1, 2)]
    apply_theme("dark")
    other = [cell(table, 0, column).background().color() for column in (1, 2)]
    assert all(one.rgb() != before.rgb() for one, before in zip(other, shades, strict=True))
    assert [one.alpha() for one in other] == [before.alpha() for before in shades]


def test_a_training_has_its_curves(runs: Harness) -> None:
    runs.select(2)
    details = runs.dialog.details
    assert details.heading.text() == "Mine"
    assert details.tabs.currentIndex() == 1 or details.curves.isVisible()
    plot = details.curves.plot
    assert (plot.title, len(plot.series)) == ("Loss", 2)
    details.choice.setCurrentIndex(1)
    plot = details.curves.plot
    assert plot.title == "Learning rate"
    assert runs.table()["memory"] == ["1.2 GB"]
    assert runs.table()["time taken"] == ["2 min"]


def test_two_lie_over_each_other_and_what_differs_is_bold(runs: Harness) -> None:
    runs.select(1, 2)
    details = runs.dialog.details
    assert details.heading.text() == "2 runs beside each other"
    plot = details.curves.plot
    assert [one.name for one in plot.series] == ["Yours", "Mine"]
    assert runs.table()["rank"] == ["16", "8"]
    table = details.table
    bold = {
        cell(table, row, 0).text()
        for row in range(table.rowCount())
        if cell(table, row, 0).font().bold() or cell(table, row, 0).font().weight() > 500
    }
    assert "rank" in bold
    assert "seed" not in bold
    assert table.model().headerData(1, Qt.Orientation.Horizontal) == "Yours"
    assert not details.tabs.isTabVisible(2)


def test_without_runs_it_says_how_they_come_about(tmp_path: Path, qtbot: QtBot) -> None:
    empty = Harness(RunRecords(tmp_path / "none"), tmp_path, qtbot)
    assert empty.dialog.pages.currentWidget() is empty.dialog.empty
    assert "There are no runs yet" in empty.dialog.empty.text()
    assert not any(
        button.isEnabled() for button in (empty.dialog.report_button, empty.dialog.remove_button)
    )


def test_what_is_damaged_is_named_and_can_be_removed(
    runs: Harness, records: RunRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    (records.folder(ONE) / "run.json").write_text("{", "utf-8")
    runs.look()
    dialog = runs.dialog
    assert dialog.list.count() == 3
    runs.select(2)
    assert ONE in dialog.list.item(2).text()
    assert "it is damaged" in dialog.details.problem.text()
    assert not dialog.report_button.isEnabled()
    answer(monkeypatch, "Move to the Trash")
    dialog.remove_button.click()
    runs.settle()
    assert runs.gone == [str(records.folder(ONE))]


def answer(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Have the next question answered by the button of these words."""

    def press(box: QMessageBox) -> int:
        next(one for one in box.buttons() if one.text().replace("&", "") == words).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)


def test_removing_asks_and_the_next_run_is_selected(
    runs: Harness, records: RunRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.select(0)
    answer(monkeypatch, "Cancel")
    runs.dialog.remove_button.click()
    runs.settle()
    assert runs.gone == []
    answer(monkeypatch, "Move to the Trash")
    runs.dialog.remove_button.click()
    runs.settle()
    assert runs.gone == [str(records.folder(THREE))]
    runs.look()
    assert [one.id for one in runs.dialog.selected()] == [TWO]


def test_a_run_that_goes_on_is_followed_and_cannot_be_removed(
    runs: Harness, records: RunRecords
) -> None:
    run = records.new_id("style")
    keeper = RunKeeper(records, record(run, state="running", name="Now", begun_at=2e9))
    runs.look()
    runs.select(0)
    dialog = runs.dialog
    assert dialog.list.item(0).text().startswith("Now\nstyle · goes on")
    assert not dialog.remove_button.isEnabled()
    grown = record(run, state="running", name="Now", begun_at=2e9, held_out=((0, 3.0), (5, 2.5)))
    keeper.record = grown
    records.write(grown)
    runs.look()
    assert [one.id for one in dialog.selected()] == [run]
    plot = dialog.details.curves.plot
    assert plot.series[-1].points[-1] == (5.0, 2.5)
    keeper.end("stopped")
    runs.look()
    assert "stopped" in dialog.list.item(0).text()
    assert dialog.remove_button.isEnabled()


def test_a_report_and_an_image_are_saved(
    runs: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(_parent: object, _title: str, suggestion: str, _filters: str) -> tuple[str, str]:
        asked.append(Path(suggestion).name)
        return suggestion.removesuffix(".html").removesuffix(".svg"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    runs.select(1, 2)
    runs.dialog.report_button.click()
    runs.settle()
    assert "Yours" in (tmp_path / "Yours.html").read_text("utf-8")
    assert "Saved as" in runs.dialog.note.text()
    runs.dialog.image_button.click()
    runs.settle()
    ElementTree.fromstring((tmp_path / "Yours.svg").read_text("utf-8"))
    assert asked == ["Yours.html", "Yours.svg"]
    runs.dialog.save_report(tmp_path / "none" / "x.html", runs.dialog.selected())
    runs.settle()
    assert "cannot be written" in runs.dialog.note.text()


def test_what_is_saved_are_the_runs_that_were_asked_for(
    runs: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(_parent: object, _title: str, suggestion: str, _filters: str) -> tuple[str, str]:
        runs.dialog._records.remove(TWO, runs._throw)  # elsewhere, while the file is being named
        runs.look()
        assert [one.id for one in runs.dialog.selected()] != [TWO]
        return suggestion, ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    runs.select(1)
    (chosen,) = runs.dialog.selected()
    assert chosen.id == TWO
    runs.dialog.report_button.click()
    runs.settle()
    assert TWO in (tmp_path / f"{chosen.name}.html").read_text("utf-8")


def test_the_menu_opens_one_window(studio: Studio, qtbot: QtBot) -> None:
    studio.window.actions_table["runs"].trigger()
    part = studio.window.manuscript.runs
    first = part.dialog
    assert first is not None
    studio.window.actions_table["runs"].trigger()
    assert part.dialog is first
    qtbot.waitUntil(lambda: first.is_settled)
    assert first.pages.currentWidget() is first.empty
    first.reject()
    studio.window.actions_table["runs"].trigger()
    second = part.dialog
    assert second is not None
    assert second is not first
    qtbot.waitUntil(lambda: second.is_settled)
    part.close()
    assert part.dialog is not second


# The curves


def plot(*series: Series) -> CurvePlot:
    return CurvePlot(title="Loss", x_name="step", y_name="nats", series=series)


DOWN = Series(name="held out", points=((0, 3.0), (5, 2.0), (10, 2.5)), colour=1, dots=True)


@pytest.mark.parametrize("theme", ["light", "dark", "sepia", "contrast"])
def test_curves_are_drawn_in_every_theme_and_size(theme: str, qtbot: QtBot) -> None:
    apply_theme(theme)
    view = Curve()
    qtbot.addWidget(view)
    long = Series(name="a very long name of a run " * 8, points=((0, 1), (9, 2)), faint=True)
    for shown in (
        plot(),
        plot(DOWN),
        plot(DOWN, long),
        plot(Series(name="a", points=((1, 1),))),
    ):
        view.show_plot(shown)
        for size in ((480, 320), (60, 40), (1, 1)):
            view.resize(*size)
            view.grab()
    view.show_plot(plot(DOWN))
    view.resize(480, 320)
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    colours = {image.pixel(x, y) for x in range(0, 480, 2) for y in range(0, 320, 2)}
    assert len(colours) > 4


def test_words_of_runs() -> None:
    words = RunWords()
    assert words.field("macro_f1_most_frequent") == "macro F1 of the most frequent label"
    assert words.field("something_else") == "something else"
    assert (words.show(5e-4), words.show(1234567), words.show(None)) == ("0.0005", "1,234,567", "")
    assert words.show(5.25, "seconds") == "5.2 s"
    assert words.show(4000, "seconds") == "1 h 7 min"
