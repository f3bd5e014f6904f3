from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.core.options.presets import Presets
from app.core.options.rows import BoundRow
from app.core.options.sampling import GROUPS, PARAMETERS, WRITERS, Sampling
from app.ui.sampling.inactive_parameters import idle_rows
from app.ui.sampling.panel import SamplingPanel
from app.ui.sampling.parameter_row import ParameterRow
from app.ui.sampling.value_rows import NumberRow
from app.ui.widgets.section import PanelScroll
from tests.ui.values import other_value


def name(bound: BoundRow) -> str:
    return bound.name


@pytest.fixture
def panel(qtbot, presets: Presets) -> SamplingPanel:
    made = SamplingPanel(presets, Sampling(), every=True)
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    qtbot.waitUntil(lambda: made.list.rows["temperature"].field.height() > 0)
    return made


@pytest.fixture
def few(panel: SamplingPanel) -> SamplingPanel:
    """The panel as it first opens."""
    panel.show_all(False)
    return panel


def test_every_parameter_has_a_row_in_its_group(panel: SamplingPanel) -> None:
    assert list(panel.list.rows) == sorted(
        panel.list.rows, key=lambda one: GROUPS.index(panel.list.rows[one].bound.row.group)
    )
    for bound in PARAMETERS:
        row, section = panel.list.rows[bound.name], panel.list.sections[bound.row.group]
        assert section.isAncestorOf(row) != (bound in WRITERS)
        assert panel.list.more.isAncestorOf(section)


def test_the_panel_opens_on_the_few_that_writers_move(qtbot, presets: Presets) -> None:
    panel = SamplingPanel(presets, Sampling())
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(lambda: panel.list.rows["max_tokens"].isVisible())
    shown = [row.label.text() for row in panel.list.rows.values() if row.isVisible()]
    assert shown == ["Surprise", "Width of choice", "Against repetition", "Length"]
    assert not any(row.remark.text() for row in panel.list.rows.values() if row.isVisible())
    with qtbot.waitSignal(panel.all_shown) as told:
        qtbot.mouseClick(panel.list.more.header, Qt.MouseButton.LeftButton)
    assert told.args == [True]
    assert panel.list.rows["top_k"].isVisible()
    assert "Top-p" in panel.list.rows["top_p"].remark.text()


def test_showing_what_is_shown_sends_no_signal(few: SamplingPanel, qtbot) -> None:
    with qtbot.assertNotEmitted(few.all_shown):
        few.show_all(False)
        few.set_sampling(Sampling(top_k=7))
    assert not few.list.rows["top_k"].isVisible()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"temperature": 1.5, "top_p": 0.5, "dry_multiplier": 0.8, "max_tokens": 64}, ""),
        ({"xtc_probability": 0.5}, "Also set: XTC probability 0.5"),
        ({"xtc_threshold": 0.2, "dry_base": 2.0}, ""),  # they do nothing at present
        ({"mirostat": 2, "top_k": 7}, "Also set: Mirostat"),
        ({"seed": 7, "stop": ("\n",)}, "Also set: Stop texts, Seed 7"),
        (
            {"seed": 7, "stop": ("x",), "top_k": 7, "min_p": 0.1, "typical_p": 0.9},
            "Also set: Top-k 7, Min-p 0.1, Typical-p 0.9, and 2 more",
        ),
    ],
)
def test_nothing_hidden_works_in_silence(few: SamplingPanel, changes: dict, said: str) -> None:
    few.set_sampling(Sampling(**changes))
    assert few.list.also.text() == said
    assert few.list.also.isVisible() == bool(said)
    few.show_all(True)
    assert not few.list.also.isVisible()


def test_what_is_hidden_and_changed_is_counted(few: SamplingPanel) -> None:
    few.set_sampling(Sampling(top_k=7, seed=7, temperature=1.5))
    assert "2 changed" in few.list.more.header.text()


def test_a_row_of_writers_at_rest_says_why_in_their_words(few: SamplingPanel) -> None:
    few.set_sampling(Sampling(temperature=0.0))
    assert few.list.rows["top_p"].remark.text() == "·  surprise is 0"


@pytest.mark.parametrize("bound", PARAMETERS, ids=name)
def test_what_a_row_takes_is_in_the_sampling(panel: SamplingPanel, qtbot, bound: BoundRow) -> None:
    value = other_value(bound)
    with qtbot.waitSignal(panel.changed) as told:
        panel.list.rows[bound.name].take(value)
    expected = msgspec.structs.replace(Sampling(), **{bound.name: value})
    assert told.args == [expected]
    assert panel.sampling() == expected
    assert panel.bar.mark.isVisible() == (bound.name != "seed")
    assert panel.list.rows[bound.name].reset_button.isVisibleTo(panel.list.rows[bound.name])
    for heading in (panel.list.sections[bound.row.group].header, panel.list.more.header):
        assert ("1 changed" in heading.text()) == (bound not in WRITERS)


@pytest.mark.parametrize("bound", PARAMETERS, ids=name)
def test_what_is_set_is_shown(panel: SamplingPanel, qtbot, bound: BoundRow) -> None:
    value = other_value(bound)
    with qtbot.assertNotEmitted(panel.changed):
        panel.set_sampling(msgspec.structs.replace(Sampling(), **{bound.name: value}))
    assert panel.list.rows[bound.name].value() == value
    panel.list.rows[bound.name].reset()
    assert panel.sampling() == Sampling()


def test_a_whole_sampling_survives_the_panel(panel: SamplingPanel) -> None:
    every = Sampling(**{bound.name: other_value(bound) for bound in PARAMETERS})
    panel.set_sampling(every)
    panel.list.rows["top_k"].take(7)
    assert panel.sampling() == msgspec.structs.replace(every, top_k=7)


def test_groups_of_experts_are_closed_at_first(panel: SamplingPanel, qtbot) -> None:
    opened = [group for group, section in panel.list.sections.items() if section.is_open()]
    assert opened == ["Variety", "Repetition", "Length and stops"]
    header = panel.list.sections["Mirostat"].header
    assert not panel.list.rows["mirostat"].isVisible()
    header.setFocus()
    qtbot.keyClick(header, Qt.Key.Key_Space)
    assert panel.list.rows["mirostat"].isVisible()


def test_what_torch_cannot_do_is_grey_with_the_reason(panel: SamplingPanel) -> None:
    panel.set_engine("torch")
    grey = [one for one, row in panel.list.rows.items() if not row.field.isEnabled()]
    assert grey == ["grammar"]
    row = panel.list.rows["grammar"]
    assert "Torch" in row.note.text()
    assert "Torch" in row.toolTip()
    panel.set_engine("llama.cpp")
    assert row.field.isEnabled()
    assert not row.note.text()


@pytest.mark.parametrize(
    ("changes", "names", "reason"),
    [
        ({}, ("dry_base", "dry_window", "dry_breakers"), "DRY strength is 0"),
        ({}, ("xtc_threshold",), "XTC probability is 0"),
        ({}, ("mirostat_tau", "mirostat_eta"), "Mirostat is off"),
        ({}, ("repetition_window",), "the penalties are off"),
        ({"repetition_window": 0}, ("repetition_penalty", "presence_penalty"), "the window is 0"),
        ({"mirostat": 2}, ("top_k", "top_p", "min_p", "dry_multiplier"), "Mirostat is on"),
        ({"temperature": 0.0}, ("top_k", "min_p", "xtc_probability"), "temperature is 0"),
        ({"order": ("top_k", "temperature")}, ("top_p", "dry_multiplier"), "left out of the order"),
    ],
)
def test_rows_that_do_nothing_say_why(
    panel: SamplingPanel, changes: dict, names: tuple[str, ...], reason: str
) -> None:
    panel.set_sampling(Sampling(**changes))
    for one in names:
        row = panel.list.rows[one]
        assert reason in row.remark.text()
        assert row.field.isEnabled()


def test_rows_that_work_are_not_dimmed() -> None:
    at_work = Sampling(
        dry_multiplier=0.8,
        xtc_probability=0.5,
        dynatemp_range=0.2,
        frequency_penalty=0.1,
        logit_bias={"the": -5.0},
    )
    assert set(idle_rows(at_work)) == {"mirostat_tau", "mirostat_eta"}


def test_the_penalties_stay_at_work_under_mirostat() -> None:
    idle = idle_rows(Sampling(mirostat=2, repetition_penalty=1.1))
    assert not {"repetition_penalty", "repetition_window", "mirostat_tau", "max_tokens"} & set(idle)


def test_reset_goes_back_to_the_chosen_preset(qtbot, presets: Presets) -> None:
    panel = SamplingPanel(presets, Sampling(), preset="Focused")
    qtbot.addWidget(panel)
    row = panel.list.rows["temperature"]
    assert row.is_modified()
    row.reset()
    assert panel.sampling().temperature == 0.4


def test_the_preset_of_the_settings_is_shown(qtbot, presets: Presets) -> None:
    for name, shown in (("Imaginative", "Imaginative"), ("gone since", "Balanced")):
        made = SamplingPanel(presets, Sampling(), preset=name)
        qtbot.addWidget(made)
        assert made.preset() == shown


def test_last_seed_reaches_its_row(panel: SamplingPanel) -> None:
    panel.set_last_seed(7)
    row: Any = panel.list.rows["seed"]
    row.last_button.click()
    assert panel.sampling().seed == 7


@pytest.mark.parametrize("width", [320, 420])
def test_nothing_is_wider_than_the_panel(panel: SamplingPanel, width: int) -> None:
    for section in panel.list.sections.values():
        section.set_open(True)
    panel.set_engine("torch")
    panel.resize(width, 700)
    assert panel.width() == width
    for child in panel.findChildren(QWidget):
        if child.isVisible() and not child.isWindow():
            right = child.mapTo(panel, child.rect().topRight()).x()
            assert right <= width, (child, child.accessibleName())


def test_boxes_stand_in_one_column(panel: SamplingPanel) -> None:
    rows = [
        row for row in panel.list.rows.values() if isinstance(row, NumberRow) and row.isVisible()
    ]
    edges = {row.box.mapTo(panel, row.box.rect().topRight()).x() for row in rows}
    assert len(edges) == 1


def test_everything_that_takes_the_focus_has_a_name(panel: SamplingPanel) -> None:
    for section in panel.list.sections.values():
        section.set_open(True)
    for child in panel.findChildren(QWidget):
        focusable = child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None
        inner = child.objectName().startswith("qt_")
        if focusable and child.isVisible() and not inner:
            assert child.accessibleName() or getattr(child, "text", str)(), child


@pytest.mark.parametrize("engine", ["llama.cpp", "torch"])
def test_the_column_is_as_high_as_its_rows_and_no_higher(panel: SamplingPanel, engine) -> None:
    for section in panel.list.sections.values():
        section.set_open(True)
    panel.set_engine(engine)
    QApplication.processEvents()
    body: Any = panel.list.rows["temperature"].window().findChild(PanelScroll)
    body = body.widget()
    advanced = panel.list.sections["Advanced"]
    last = advanced.mapTo(body, advanced.rect().bottomLeft()).y()
    assert last <= body.height() <= last + 40
    for row in panel.list.rows.values():
        needed = row.heightForWidth(row.width()) if row.hasHeightForWidth() else row.height()
        assert row.height() >= needed
        assert row.field.height() + 2 >= row.field.minimumSizeHint().height()


def test_the_rows_come_after_the_first_painting(qtbot, presets: Presets) -> None:
    panel = SamplingPanel(presets, Sampling(temperature=1.5, top_k=7))
    qtbot.addWidget(panel)
    panel.set_engine("torch")
    assert not panel.findChildren(ParameterRow)
    assert panel.sampling().temperature == 1.5
    assert panel.bar.is_modified()
    panel.show()
    qtbot.waitUntil(lambda: bool(panel.findChildren(ParameterRow)))
    assert panel.list.rows["temperature"].value() == 1.5
    missing = [bound for bound in PARAMETERS if bound.missing("torch")]
    assert all(not panel.list.rows[bound.name].field.isEnabled() for bound in missing)
    assert panel.list.rows["temperature"].is_modified()
    assert "1 changed" in panel.list.sections["Variety"].header.text()
