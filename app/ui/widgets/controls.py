"""Small controls of the panels: lists that the wheel leaves alone, icon buttons, quiet labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.languages import on_language_change
from app.ui.sentences import Words, told
from app.ui.widgets.announce import SpokenProgress, announce
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.icons import icon
from app.ui.widgets.motion import show_share
from app.ui.widgets.theme import Theme

_WIDEST = 0xFFFFFF  # Qt's QWIDGETSIZE_MAX


class QuietWheel(QWidget if TYPE_CHECKING else object):  # type: ignore[misc]  # a mixin
    """The wheel changes a control only when it has the focus, so that the panel can scroll."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the value, or leave the event to the panel."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class QuietCombo(QuietWheel, QComboBox):
    """A list of choices that the wheel changes only when it has the focus.

    On Linux, Qt reads a label's text as the name of such a list, and no other name: where no label
    has it as its buddy, one is made that is not shown. A choice that has no room is shortened.
    """

    _label: QLabel | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:  # noqa: N802 (Qt override)
        """Let the style draw as much of the choice as there is room for."""
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        letters, whole = self.fontMetrics(), option.currentText
        if letters.boundingRect(whole).width() > room.width():
            elide = Qt.TextElideMode.ElideRight
            option.currentText = letters.elidedText(whole, elide, room.width())

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 (as Qt's)
        """Name it, and the label that was made for it."""
        super().setAccessibleName(name)
        if self._label is not None:
            self._label.setText(name)

    def showEvent(self, event: QShowEvent) -> None:
        """Find the label beside it, or make one."""
        super().showEvent(event)
        beside = self.parentWidget()
        if beside is None or not self.accessibleName():
            return
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        if all(label.buddy() is not self for label in beside.findChildren(QLabel, options=direct)):
            self._label = QLabel(self.accessibleName(), beside)
            self._label.setBuddy(self)
            self._label.hide()


class IconButton(QToolButton):
    """A small flat button: a drawing in the theme's colours, a tooltip, an accessible name."""

    def __init__(self, drawing: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._is_lit = False
        self.setIconSize(QSize(16, 16))
        self.name(name)
        self.setAutoRaise(True)
        self._redraw()
        on_theme_change(self._redraw)

    def name(self, name: str) -> None:
        """Give the button its tooltip and accessible name."""
        self.setToolTip(name)
        self.setAccessibleName(name)

    def light(self, *, on: bool) -> None:
        """Draw it in the accent's colour while something goes on that it stands for."""
        self._is_lit = on
        self._redraw()

    def _redraw(self) -> None:
        theme = Theme.current()
        self.setIcon(icon(self._drawing, theme.accent if self._is_lit else theme.muted))


class ElidedLabel(QLabel):
    """One line that gives way: what does not fit is shortened, and told by the tooltip above it."""

    def minimumSizeHint(self) -> QSize:
        """Next to nothing."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much of the text as there is room for."""
        painter = QPainter(self)
        elide = Qt.TextElideMode.ElideRight
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), elide, room.width())
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        role = QPalette.ColorRole.WindowText
        self.style().drawItemText(painter, room, left, self.palette(), self.isEnabled(), text, role)
        painter.end()


class SteadyLabel(QLabel):
    """One line whose text changes all the time, in a place that only grows.

    A label that tells its layout of every new text has the whole window laid out for it.
    """

    def setText(self, text: str) -> None:
        """Show a text; the place is made wider for it, and given up where most of it is empty."""
        super().setText(text)
        self._keep()

    def changeEvent(self, event: QEvent) -> None:
        """Measure again in another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._keep(anew=True)

    def _keep(self, *, anew: bool = False) -> None:
        if not self.text():
            self.setMinimumSize(0, 0)
            self.setMaximumSize(_WIDEST, _WIDEST)
            return
        needed = self.fontMetrics().horizontalAdvance(self.text())
        if anew or needed * 2 < self.minimumWidth():
            self.setMinimumSize(0, 0)  # the hint is never below it
        if (wanted := self.sizeHint()) != self.minimumSize():
            self.setFixedSize(wanted)


class NoteLabel(QLabel):
    """A line or two of small text that wraps, of a `kind` in the style sheet."""

    def __init__(self, kind: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        font = self.font()
        font.setPointSizeF(max(7.5, font.pointSizeF() - 0.5))
        self.setFont(font)
        self._words: Words = ""
        self.hide()

    def minimumSizeHint(self) -> QSize:
        """One short line; how high it really is depends on the width it is given."""
        return QSize(40, self.fontMetrics().height())

    def reword(self) -> None:
        """Say the same in the language that is spoken now."""
        self.setText(told(self._words))

    def say(self, words: Words) -> None:
        """Show a text, or nothing at all when it is empty; what is wrong is announced, too."""
        former, self._words, text = self._words, words, told(words)
        is_same = words == former and isinstance(words, str)  # said in another language at most
        is_news = text != self.text() and not is_same
        if is_news and self.property("kind") == "wrong" and self.window().isVisible():
            announce(self, text, is_urgent=True)
        self.setText(text)
        self.setVisible(bool(text))


class FlowingNote(NoteLabel):
    """A note in something that scrolls: just as high as its lines are at the width it has."""

    def __init__(self, kind: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(kind, parent)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and show the difference."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class ProgressStrip(QWidget):
    """One line of text over a slim bar; hidden while there is nothing to show."""

    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = NoteLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self._spoken = SpokenProgress(self)
        self.stop_button = QPushButton()
        self.stop_button.setProperty("kind", "small")
        self.stop_button.clicked.connect(self.stopped)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.bar, 1)
        line.addWidget(self.stop_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addWidget(self.text)
        whole.addLayout(line)
        self.hide()
        self._word()
        on_language_change(self._word)

    def _word(self) -> None:
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop_button.setText(self.tr("Stop"))
        self.text.reword()

    def show_fraction(self, words: Words, fraction: float) -> None:
        """Show a text and how far it is, 0 to 1; below 0 the end is not known."""
        self.text.say(words)
        self._spoken.tell(told(words), fraction)
        show_share(self.bar, None if fraction < 0 else fraction)
        self.show()


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders of this machine in what is dropped or pasted."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


_FRAME = 48  # what the desktop puts around a dialog, in pixels at most


def show_dialog(dialog: QDialog) -> None:
    """Show a dialog that deletes itself when it is closed, no larger than the screen."""
    room = dialog.screen().availableSize()
    dialog.resize(dialog.size().boundedTo(QSize(room.width(), room.height() - _FRAME)))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
