"""Decimal signs: shown as the locale has them, typed as anyone has them, and stored as points."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from app.core.options.adapters import Adapter
from app.core.options.presets import Presets
from app.core.options.sampling import Sampling
from app.core.options.settings_store import SettingsStore
from app.ui.models.adapters_dialog import AdaptersDialog
from app.ui.sampling.list_rows import BiasRow
from app.ui.sampling.panel import SamplingPanel
from app.ui.sampling.value_rows import NumberRow
from app.ui.widgets.number_box import NumberBox, number_of, shown_number


@pytest.fixture(params=["de_DE", "fr_FR"])
def comma(request: pytest.FixtureRequest) -> Iterator[QLocale]:
    """A system whose decimal sign is a comma."""
    former = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield QLocale()
    QLocale.setDefault(former)


@pytest.fixture
def box(comma: QLocale, qtbot) -> NumberBox:
    made = NumberBox(0, 5, 0.05, whole=False)
    qtbot.addWidget(made)
    made.setValue(0.8)
    return made


def test_a_number_is_shown_with_the_locales_sign(comma: QLocale, box: NumberBox) -> None:
    assert box.text() == "0,8"
    assert shown_number(1234.5, comma) == "1234,5"
    assert shown_number(0.8, QLocale("C")) == "0.8"


@pytest.mark.parametrize("typed", ["1.25", "1,25"])
def test_both_signs_can_be_typed_and_pasted(box: NumberBox, qtbot, typed: str) -> None:
    box.selectAll()
    qtbot.keyClicks(box, typed)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (box.value(), box.text()) == (1.25, "1,25")
    box.setValue(0)
    QApplication.clipboard().setText(typed)
    box.selectAll()
    box.lineEdit().paste()
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (box.value(), box.text()) == (1.25, "1,25")


@pytest.mark.parametrize("typed", ["4.096", "4,096", "4 096", "4\u202f096", "4096"])
def test_digits_in_threes_are_one_whole_number(comma: QLocale, qtbot, typed: str) -> None:
    box = NumberBox(0, 1_000_000, 1, whole=True)
    qtbot.addWidget(box)
    QApplication.clipboard().setText(typed)
    box.selectAll()
    box.lineEdit().paste()
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 4096


def test_other_words_make_another_width(box: NumberBox, qtbot) -> None:
    before = box.sizeHint().width()
    box.set_words({0: "as many as there is room for"})
    assert box.sizeHint().width() > before
    box.setValue(0)
    assert box.text() == "as many as there is room for"


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "inf", "1_000"])
def test_what_is_no_number_is_none(comma: QLocale, text: str) -> None:
    assert number_of(text, comma) is None


def test_the_panel_writes_commas_and_the_files_points(comma: QLocale, qtbot, tmp_path) -> None:
    presets = Presets(tmp_path / "presets.json")
    panel = SamplingPanel(presets, replace(Sampling(), top_n_sigma=1.5))
    qtbot.addWidget(panel)
    assert "1,5" in panel.list.also.text()
    box = cast("NumberRow", panel.list.rows["temperature"]).box
    box.selectAll()
    qtbot.keyClicks(box, "0.95")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert panel.sampling().temperature == 0.95
    assert "0,5" in panel.list.rows["xtc_threshold"].toolTip()
    presets.save("Mine", panel.sampling())
    stored = json.loads((tmp_path / "presets.json").read_text("utf-8"))
    assert "0.95" in json.dumps(stored)
    store = SettingsStore(tmp_path / "settings.toml")
    store.change(sampling=panel.sampling())
    assert "temperature = 0.95" in (tmp_path / "settings.toml").read_text("utf-8")
    assert SettingsStore(tmp_path / "settings.toml").settings.sampling == panel.sampling()


def test_a_bias_takes_both_signs(comma: QLocale, qtbot, tmp_path: Path) -> None:
    panel = SamplingPanel(
        Presets(tmp_path / "presets.json"), replace(Sampling(), logit_bias={"rain": -1.5})
    )
    qtbot.addWidget(panel)
    row = cast("BiasRow", panel.list.rows["logit_bias"])
    for shown, typed in (("-1,5", "-2.5"), ("-2,5", "-2,5")):
        item = row.table.item(0, 1)
        assert item is not None
        assert item.text() == shown
        item.setText(typed)
        assert panel.sampling().logit_bias == {"rain": -2.5}


def test_the_strength_of_an_adapter_takes_both_signs(comma: QLocale, qtbot) -> None:
    dialog = AdaptersDialog("Tiny", (Adapter(path="/a/noir.gguf", strength=0.5),), "llama.cpp")
    qtbot.addWidget(dialog)
    box = dialog.rows[0].strength
    assert box.text() == "0,5"
    box.selectAll()
    qtbot.keyClicks(box, "0.75")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert dialog.rows[0].adapter().strength == 0.75
