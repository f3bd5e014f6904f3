from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from app.core.options.presets import SUGGESTED, Presets
from app.core.options.sampling import Sampling
from app.ui.sampling.panel import SamplingPanel
from app.ui.sampling.preset_bar import PresetBar


@pytest.fixture
def panel(qtbot, presets: Presets) -> SamplingPanel:
    made = SamplingPanel(presets, Sampling())
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def bar(panel: SamplingPanel) -> PresetBar:
    return panel.bar


def choose(bar: PresetBar, name: str) -> None:
    index = bar.combo.findData(name)
    assert index >= 0
    bar.combo.setCurrentIndex(index)
    bar.combo.activated.emit(index)


def save_as(qtbot, bar: PresetBar, name: str) -> None:
    bar.actions_by_name["save_as"].trigger()
    bar.edit.setText(name)
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)


def names(presets: Presets) -> list[str]:
    return [preset.name for preset in presets.all()]


def test_every_preset_can_be_chosen(panel: SamplingPanel, presets: Presets, qtbot) -> None:
    for preset in presets.all():
        with qtbot.waitSignals([panel.changed, panel.preset_changed]):
            choose(panel.bar, preset.name)
        assert panel.sampling() == preset.sampling
        assert panel.preset() == preset.name
        assert not panel.bar.mark.isVisible()


def test_the_preset_says_what_it_does_to_the_prose(bar: PresetBar, presets, qtbot) -> None:
    for preset in presets.all():
        choose(bar, preset.name)
        assert bar.description.isVisible()
        assert bar.description.text() == bar.combo.accessibleDescription() == preset.description
    save_as(qtbot, bar, "Noir")
    assert not bar.description.isVisible()
    assert not bar.combo.accessibleDescription()


def test_a_preset_keeps_the_writers_seed(panel: SamplingPanel) -> None:
    panel.list.rows["seed"].take(5)
    choose(panel.bar, "Focused")
    assert panel.sampling().seed == 5
    assert not panel.bar.mark.isVisible()


def test_modified_is_marked_and_can_be_taken_back(panel: SamplingPanel) -> None:
    panel.list.rows["top_k"].take(1)
    assert panel.bar.mark.isVisible()
    assert panel.bar.actions_by_name["revert"].isEnabled()
    panel.bar.actions_by_name["revert"].trigger()
    assert panel.sampling() == Sampling()
    assert not panel.bar.mark.isVisible()


def test_save_as_makes_a_preset_and_chooses_it(panel: SamplingPanel, presets, qtbot) -> None:
    panel.list.rows["temperature"].take(1.3)
    with qtbot.waitSignal(panel.preset_changed) as told:
        save_as(qtbot, panel.bar, "夜 · noir")
    assert told.args == ["夜 · noir"]
    assert presets.get("夜 · noir").sampling.temperature == 1.3
    assert panel.bar.combo.currentData() == "夜 · noir"
    assert not panel.bar.question.isVisible()


@pytest.mark.parametrize("name", ["", "balanced", "x" * 61])
def test_a_bad_name_is_said_and_the_question_stays(bar: PresetBar, presets, qtbot, name) -> None:
    bar.edit.setMaxLength(100)
    save_as(qtbot, bar, name)
    assert bar.problem.isVisible()
    assert bar.problem.text()
    assert bar.question.isVisible()
    assert names(presets) == names(Presets(Path("none")))
    bar.no.click()
    assert not bar.problem.isVisible()
    assert not bar.question.isVisible()


def test_changes_can_be_saved_in_an_own_preset(panel: SamplingPanel, presets, qtbot) -> None:
    assert not panel.bar.actions_by_name["update"].isEnabled()
    save_as(qtbot, panel.bar, "Mine")
    panel.list.rows["top_k"].take(3)
    panel.bar.actions_by_name["update"].trigger()
    assert presets.get("Mine").sampling.top_k == 3
    assert not panel.bar.mark.isVisible()


def test_rename(bar: PresetBar, presets, qtbot) -> None:
    save_as(qtbot, bar, "Mine")
    bar.actions_by_name["rename"].trigger()
    assert bar.edit.text() == "Mine"
    bar.edit.setText("Ours")
    bar.yes.click()
    assert bar.name() == "Ours"
    assert "Mine" not in names(presets)


def test_delete_asks_first_and_keeps_the_values(panel: SamplingPanel, presets, qtbot) -> None:
    panel.list.rows["top_k"].take(3)
    save_as(qtbot, panel.bar, "Mine")
    panel.bar.actions_by_name["delete"].trigger()
    assert "Mine" in names(presets)
    assert "Mine" in panel.bar.question_text.text()
    panel.bar.yes.click()
    assert "Mine" not in names(presets)
    assert panel.preset() == "Balanced"
    assert panel.sampling().top_k == 3


def test_the_programs_own_presets_stay(bar: PresetBar) -> None:
    for name in ("rename", "delete", "update", "export"):
        assert not bar.actions_by_name[name].isEnabled()


def test_export_and_import(bar: PresetBar, tmp_path: Path, monkeypatch, qtbot) -> None:
    file = tmp_path / "out.json"
    save_as(qtbot, bar, "Mine")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), ""))
    bar.actions_by_name["export"].trigger()
    assert file.is_file()
    bar.actions_by_name["delete"].trigger()
    bar.yes.click()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    bar.actions_by_name["import"].trigger()
    assert bar.name() == "Mine"


def test_a_bad_import_is_a_sentence(bar: PresetBar, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "in.json"
    file.write_text("{", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    bar.actions_by_name["import"].trigger()
    assert bar.problem.text().endswith(".")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: ("", ""))
    bar.actions_by_name["import"].trigger()


def test_the_menu_has_names_and_drawings(bar: PresetBar) -> None:
    assert bar.menu_button.accessibleName()
    assert bar.combo.accessibleName() == "Preset"
    bar.menu_button.menu().aboutToShow.emit()
    for action in bar.actions_by_name.values():
        assert action.text()
        assert not action.icon().isNull()


def test_a_new_preset_never_replaces_another(panel: SamplingPanel, presets, qtbot) -> None:
    panel.list.rows["temperature"].take(1.3)
    save_as(qtbot, panel.bar, "Mine")
    panel.list.rows["temperature"].take(0.2)
    save_as(qtbot, panel.bar, "mine")
    assert "already a preset" in panel.bar.problem.text()
    assert panel.bar.question.isVisible()
    assert presets.get("Mine").sampling.temperature == 1.3


def test_a_foreign_file_is_chosen_and_what_was_left_out_is_told(
    panel: SamplingPanel, qtbot, tmp_path: Path, monkeypatch
) -> None:
    file = tmp_path / "Hot.yaml"
    file.write_text("temperature: 1.5\ntop_a: 0.2\n")
    answer = staticmethod(lambda *_arguments: (str(file), ""))
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getOpenFileName", answer)
    with qtbot.waitSignal(panel.changed):
        panel.bar.actions_by_name["import"].trigger()
    assert panel.sampling().temperature == 1.5
    assert panel.preset() == "Hot"
    assert "text-generation-webui" in panel.bar.notes.text()
    assert "top_a" in panel.bar.notes.text()
    choose(panel.bar, "Balanced")
    assert not panel.bar.notes.isVisible()


def test_a_suggestion_is_taken_and_offered_as_long_as_none_was_chosen(panel, qtbot) -> None:
    panel.list.rows["seed"].take(5)
    with qtbot.waitSignal(panel.changed):
        assert panel.suggest(SUGGESTED)
    assert panel.sampling() == replace(SUGGESTED.sampling, seed=5)
    assert panel.list.rows["dry_multiplier"].value() == SUGGESTED.sampling.dry_multiplier
    assert panel.bar.combo.currentText() == "Suggested for this model"
    assert "DRY 0.8" in panel.bar.combo.currentData(Qt.ItemDataRole.ToolTipRole)
    assert "DRY 0.8" in panel.bar.combo.currentData(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert not panel.bar.mark.isVisible()
    assert not panel.suggest(SUGGESTED)
    panel.suggest(None)
    assert panel.sampling() == Sampling(seed=5)
    assert panel.bar.combo.currentText() == "Balanced"


@pytest.mark.parametrize("chosen", ["Focused", "Balanced"])
def test_a_suggestion_never_goes_over_a_chosen_preset(panel, presets, qtbot, chosen) -> None:
    panel.suggest(SUGGESTED)
    with qtbot.waitSignal(panel.preset_changed) as told:
        choose(panel.bar, chosen)
    assert told.args == [chosen]
    made = SamplingPanel(presets, panel.sampling(), preset=chosen)
    qtbot.addWidget(made)
    for one in (panel, made):
        assert not one.suggest(SUGGESTED)
        assert one.sampling() == presets.get(chosen).sampling
        assert one.bar.combo.currentText() == chosen


def test_the_suggestion_can_be_chosen_again(panel, qtbot) -> None:
    choose(panel.bar, "Focused")
    panel.suggest(SUGGESTED)
    with qtbot.waitSignal(panel.preset_changed) as told:
        choose(panel.bar, "")
    assert told.args == [""]
    assert panel.sampling() == SUGGESTED.sampling


def test_a_suggestion_never_goes_over_changed_values(panel, presets, qtbot) -> None:
    panel.list.rows["temperature"].take(1.3)
    assert not panel.suggest(SUGGESTED)
    assert panel.sampling() == Sampling(temperature=1.3)
    assert panel.bar.mark.isVisible()
    panel.bar.revert()
    assert panel.sampling() == SUGGESTED.sampling


def test_the_suggested_values_are_no_change_at_the_next_start(presets, qtbot) -> None:
    made = SamplingPanel(presets, SUGGESTED.sampling)
    qtbot.addWidget(made)
    assert made.bar.combo.currentText() == "Suggested for this model"
    assert not made.bar.is_modified()
    assert made.suggest(None)
    assert made.sampling() == Sampling()
