from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor, QFont, QFontInfo
from PySide6.QtWidgets import QApplication, QPushButton

from app.ui.widgets.apply_theme import apply_theme, interface_font
from app.ui.widgets.stylesheet import stylesheet
from app.ui.widgets.theme import CONTRAST, DARK, LIGHT, SEPIA, THEMES, Theme

TEXT_ON = [
    (ink, ground)
    for ink in ("ink", "muted", "accent")
    for ground in ("page", "surround", "panel", "field", "hover")
] + [
    ("accent_ink", "accent"),
    ("selection_ink", "selection"),
    ("take_ink", "take_tint"),
    ("take_ink", "page"),
    ("ink", "take_tint"),
    ("ink", "found_tint"),
    ("muted", "found_tint"),
    ("accent", "found_tint"),
    ("take_ink", "found_tint"),
    ("error_ink", "error"),
    ("error_ink", "surround"),
    ("error_ink", "field"),
    ("warning_ink", "warning"),
    ("ink", "line"),
    ("muted", "line"),
    ("ink", "heat"),
    ("take_ink", "heat"),
    ("accent", "heat"),
]
SHAPES_ON = [
    (shape, ground)
    for shape in ("edge", "accent")
    for ground in ("page", "surround", "panel", "field")
] + [("accent", "line"), ("edge", "error"), ("edge", "take_tint"), ("muted", "heat")]


NAMES = ["light", "dark", "contrast", "sepia"]


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("shown", THEMES, ids=NAMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read(shown: Theme, ink: str, ground: str) -> None:
    assert contrast(getattr(shown, ink), getattr(shown, ground)) >= 4.5


@pytest.mark.parametrize("shown", THEMES, ids=NAMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES_ON)
def test_shapes_can_be_seen(shown: Theme, shape: str, ground: str) -> None:
    assert contrast(getattr(shown, shape), getattr(shown, ground)) >= 3


def test_contrast_itself_is_right() -> None:
    assert contrast(QColor("#000"), QColor("#fff")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("#fff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("shown", THEMES, ids=NAMES)
@pytest.mark.parametrize(
    "control",
    [
        "QPushButton",
        "QLineEdit, ",
        "QCheckBox::indicator, ",
        "QRadioButton::indicator",
        "QSlider::handle:horizontal",
        'QAbstractItemView[kind="list"]',
        'QAbstractItemView[kind="texts"]',
    ],
)
def test_what_can_be_pressed_or_typed_in_has_an_edge(shown: Theme, control: str) -> None:
    rule = re.search(rf"^{re.escape(control)}[^{{]*{{([^}}]*)}}", stylesheet(shown), re.MULTILINE)
    assert rule is not None
    drawn = re.search(r"border: \d+px solid (#\w+)", rule[1])
    assert drawn is not None
    for ground in (shown.field, shown.panel, shown.surround, shown.page):
        assert contrast(QColor(drawn[1]), ground) >= 3


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("dark", DARK), ("light", LIGHT), ("contrast", CONTRAST), ("sepia", SEPIA)],
)
def test_apply_dresses_the_application(qapp: QApplication, setting: str, expected: Theme) -> None:
    apply_theme(setting)
    assert Theme.current() is expected
    assert qapp.palette().text().color() == expected.ink
    assert expected.accent.name() in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()


def test_widgets_that_exist_follow(qtbot, qapp: QApplication) -> None:
    button = QPushButton("x")
    qtbot.addWidget(button)
    apply_theme("dark")
    assert button.palette().buttonText().color() == DARK.ink


def test_system_follows_the_desktop(qapp: QApplication) -> None:
    apply_theme("system")
    dark = qapp.styleHints().colorScheme().name == "Dark"
    assert Theme.current() is (DARK if dark else LIGHT)


def test_the_interface_keeps_the_systems_font_and_names_faces_for_chinese(qapp) -> None:
    system = QFont("Sans Serif", 11)
    font = interface_font(system)
    assert font.families()[0] == QFontInfo(system).family()
    assert "Noto Sans CJK SC" in font.families()
    assert font.pointSize() == 11
    assert QFontInfo(font).family() == QFontInfo(system).family()
