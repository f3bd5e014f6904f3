"""The small style sheet: flat, quiet controls out of the theme's colours."""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor

from app.ui.widgets.icons import ICONS
from app.ui.widgets.theme import Theme

_SHEET = Template("""
QToolTip { background: $panel; color: $ink; border: 1px solid $line; padding: 5px 7px; }

QPushButton { background: $field; color: $ink; border: 1px solid $edge; border-radius: 6px;
    padding: 5px 12px; min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 11px; }
QPushButton:disabled { color: $faint; background: transparent; border-color: $line; }
QPushButton[kind="primary"] { background: $accent; color: $accent_ink; border-color: $accent;
    font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid $ink; padding: 4px 11px; }
QPushButton[kind="primary"]:disabled { background: $hover; color: $faint; border-color: $line; }

QPushButton[kind="small"] { padding: 1px 9px; min-height: 1.8em; }
QPushButton[kind="small"]:focus { padding: 0 8px; }

QToolButton { background: transparent; color: $ink; border: 1px solid transparent;
    border-radius: 5px; padding: 3px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $line; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $faint; background: transparent; }
QToolButton::menu-indicator { image: none; }
QToolButton[kind="header"] { padding: 5px 0; font-weight: 600; text-align: left; }
QToolButton[kind="header"]:checked { background: transparent; }
QToolButton[kind="header"]:hover { background: $hover; }
QToolButton[kind="away"] { background: $warning; color: $warning_ink; padding: 1px 7px;
    font-weight: 600; }
QToolButton[kind="away"]:focus { border-color: $warning_ink; }
QToolButton[kind="here"] { color: $muted; padding: 1px 7px; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit[kind="field"], QTextBrowser[kind="field"] {
    background: $field; color: $ink; border: 1px solid $edge; border-radius: 5px;
    padding: 3px 6px; selection-background-color: $selection;
    selection-color: $selection_ink; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $muted; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QComboBox:on,
QPlainTextEdit[kind="field"]:focus, QTextBrowser[kind="field"]:focus {
    border: 2px solid $accent; padding: 2px 5px; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled,
QPlainTextEdit[kind="field"]:disabled { color: $faint; background: transparent; }
QLineEdit, QPlainTextEdit[kind="field"] { placeholder-text-color: $muted; }
QLineEdit[kind="wrong"] { border-color: $error_ink; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QAbstractSpinBox { padding: 1px 0; }
QAbstractSpinBox:focus { padding: 0; }
QAbstractSpinBox[kind="beside"] { padding: 2px 0 1px; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus { border: none; padding: 0 7px;
    background: transparent; }
QComboBox { min-height: 18px; padding-right: 22px; }
QComboBox:focus, QComboBox:on { padding-right: 21px; }
QComboBox QLineEdit, QComboBox QLineEdit:focus { border: none; padding: 0; }
QComboBox::drop-down { subcontrol-origin: padding; subcontrol-position: center right;
    width: 22px; border: none; }
QComboBox::down-arrow { image: url("$icons/drop.svg"); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $field; color: $ink; border: none; padding: 3px;
    outline: none; selection-background-color: $selection; selection-color: $selection_ink; }

QComboBox QAbstractItemView::item { min-height: 24px; padding: 0 5px; }

QCheckBox { spacing: 8px; }
QCheckBox[idle="true"] { color: $muted; }
QCheckBox::indicator, QAbstractItemView::indicator { width: 14px; height: 14px;
    border: 1px solid $edge; border-radius: 4px; background: $field; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: $accent;
    border-color: $accent; image: url("$icons/tick-$scheme.svg"); }
QCheckBox::indicator:disabled { border-color: $line; background: transparent; }
QCheckBox:focus { color: $accent; }
QCheckBox::indicator:focus { border: 2px solid $accent; width: 12px; height: 12px; }

QRadioButton { spacing: 8px; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $edge;
    border-radius: 8px; background: $field; }
QRadioButton::indicator:hover, QRadioButton::indicator:focus { border-color: $accent; }
QRadioButton::indicator:checked { border-color: $accent; background: qradialgradient(cx: 0.5,
    cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5, stop: 0 $accent_ink, stop: 0.4 $accent_ink,
    stop: 0.5 $accent, stop: 1 $accent); }
QRadioButton:focus { color: $accent; }
QRadioButton::indicator:focus { border: 2px solid $accent; width: 12px; height: 12px; }

QSlider { min-height: 22px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
    background: $field; border: 1px solid $edge; }
QSlider::handle:horizontal:hover { border-color: $accent; }
QSlider::handle:horizontal:focus { border: 2px solid $accent; width: 12px; height: 12px; }
QSlider[idle="true"]::sub-page:horizontal { background: $faint; }
QSlider::sub-page:horizontal:disabled { background: $line; }
QSlider::handle:horizontal:disabled { background: $panel; border-color: $line; }

QProgressBar { background: $line; border: none; border-radius: 3px; max-height: 6px;
    min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QScrollBar:vertical { width: 12px; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 12px; background: transparent; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: $panel; color: $ink; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 22px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selection; color: $selection_ink; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 8px 14px;
    border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $ink; }
QTabBar::tab:selected { color: $ink; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; border: 2px solid $accent; padding: 6px 12px 8px; }

QAbstractItemView[kind="list"] { background: $field; border: 1px solid $edge;
    border-radius: 6px; outline: none; }
QAbstractItemView[kind="list"]:focus { border: 2px solid $accent; }
QAbstractItemView[kind="texts"] { background: $field; border: 1px solid $edge;
    border-radius: 5px; outline: none; }
QAbstractItemView[kind="texts"]:focus { border: 2px solid $accent; }
QAbstractItemView[kind="texts"]::item { padding: 3px 5px; }
QAbstractItemView[kind="texts"]::item:selected { background: $selection;
    color: $selection_ink; }
QAbstractItemView[kind="book"] { background: transparent; border: 2px solid transparent;
    border-radius: 6px; outline: none; }
QAbstractItemView[kind="book"]:focus { border-color: $accent; }
QAbstractItemView[kind="book"]::item { min-height: 1.8em; }
QAbstractItemView[kind="book"]::item:hover { background: $hover; }
QAbstractItemView[kind="book"]::item:selected { background: $selection; color: $selection_ink; }
QAbstractItemView[kind="book"]::indicator { width: 12px; height: 12px; }
QAbstractItemView[kind="book"]::indicator:checked { background: $field; border-color: $edge;
    image: url("$icons/tick-$quiet.svg"); }
QHeaderView::section { background: $panel; color: $muted; border: none;
    border-bottom: 1px solid $line; padding: 4px 8px; }
QAbstractItemView[drop="true"] { border: 2px dashed $accent; }
QSplitter[kind="page"]::handle { background: $frame; }
QFrame[kind="rule"] { background: $line; border: none; }
QFrame[kind="notice"] { background: $warning; border: 1px solid $frame; border-radius: 6px; }
QFrame[kind="notice"] QLabel { color: $warning_ink; }
QFrame[kind="error"] { background: $error; border: 1px solid $frame; border-radius: 6px; }
QFrame[kind="error"] QLabel { color: $error_ink; }
QFrame[kind="take"] { background: $page; border: 1px solid $line; border-radius: 6px; }
QFrame[kind="take"][shown="true"] { border-color: $accent; }
QFrame[kind="take"] QTextEdit { background: transparent; color: $ink; border: none;
    selection-background-color: $selection; selection-color: $selection_ink; }
QLabel[kind="muted"] { color: $muted; }
QLabel[kind="wrong"] { color: $error_ink; }
QLabel[kind="idle"] { color: $muted; }
QLabel[kind="badge"] { background: $selection; color: $selection_ink; border-radius: 7px;
    padding: 1px 7px; }
QScrollArea[kind="plain"], QScrollArea[kind="plain"] > QWidget > QWidget[kind="body"] {
    background: transparent; border: none; }
QScrollArea[kind="plain"]:focus { border: 2px solid $accent; }
""")


def stylesheet(theme: Theme) -> str:
    """The style sheet of `theme`."""
    colors = {
        name: value.name()
        for name in theme.__struct_fields__
        if isinstance(value := getattr(theme, name), QColor)
    }
    colors["scroll"] = theme.edge.name()
    colors["frame"] = theme.edge.name() if theme.is_high else "transparent"
    accent = theme.accent
    colors["accent_hover"] = (accent.lighter(112) if theme.dark else accent.darker(112)).name()
    scheme = "dark" if theme.dark else "light"
    quiet = "light" if theme.dark else "dark"
    return _SHEET.substitute(colors, icons=ICONS.as_posix(), scheme=scheme, quiet=quiet)
