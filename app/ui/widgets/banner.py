"""Banners: sentences above the page that neither block the writing nor vanish by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.languages import on_language_change
from app.ui.sentences import Words, told
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import IconButton

_MOST = 3
_LEAST_TEXT = 56  # letters of a line beside the buttons, unless there are fewer
_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom

Choices = Callable[[], Mapping[str, Callable[[], object]]]
"""What makes the buttons of a banner: what each says in the present language, and does."""


class Banner(QFrame):
    """One sentence, of kind "error" or "notice", until it is put away or a button is pressed."""

    dismissed = Signal()

    def __init__(
        self,
        words: Words,
        kind: str,
        choices: Choices = dict,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words, self._choices = words, choices
        self.setProperty("kind", kind)
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = [self._button(name, call) for name, call in choices().items()]
        self.close_button = IconButton("close", "")
        self.close_button.clicked.connect(self.dismiss)
        self._lay_out()
        self._word()
        on_language_change(self._word)

    def _lay_out(self) -> None:
        self._choice_line, self._content = QHBoxLayout(), QHBoxLayout()
        for button in self.buttons:
            self._choice_line.addWidget(button)
        self._content.addWidget(self._label, 1)
        if self.buttons:
            self._content.addLayout(self._choice_line)
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(14, 8, 8, 8)
        line.addLayout(self._content, 1)
        line.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def _word(self) -> None:
        text = told(self._words)
        self._label.setText(text)
        self.setAccessibleName(text)
        self.close_button.name(self.tr("Dismiss"))
        for button, name in zip(self.buttons, self._choices(), strict=True):
            button.setText(name)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below the text where they would leave it too little room."""
        super().resizeEvent(event)
        self._arrange()

    def fit(self, width: int) -> None:
        """Arrange it for a width in pixels before it is shown, or its first frame would be off."""
        self.resize(width, self.height())
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest button: the others go below it."""
        widest = max((button.minimumSizeHint().width() for button in self.buttons), default=0)
        return QSize(widest + self._beside_content(), super().minimumSizeHint().height())

    def _arrange(self) -> None:
        """Put text and buttons beside or below each other, as there is room."""
        wanted = [button.sizeHint().width() for button in self.buttons]
        spaces = self._content.spacing() * len(wanted)
        room = self.width() - self._beside_content() - sum(wanted) - spaces
        letters = self._label.fontMetrics()
        whole_text = letters.horizontalAdvance(self.text)
        least_text = min(_LEAST_TEXT * letters.averageCharWidth(), whole_text)
        self._content.setDirection(_BESIDE if room >= least_text else _BELOW)
        self._choice_line.setDirection(_BESIDE if room >= 0 else _BELOW)
        below = Qt.AlignmentFlag.AlignRight if room < least_text else Qt.AlignmentFlag(0)
        self._content.setAlignment(self._choice_line, below)

    def _beside_content(self) -> int:
        """The width of margins and close button."""
        line = self._line
        edges = line.contentsMargins()
        return edges.left() + edges.right() + line.spacing() + self.close_button.sizeHint().width()

    def _button(self, name: str, call: Callable[[], object]) -> QPushButton:
        button = QPushButton(name)
        button.clicked.connect(call)
        button.clicked.connect(self.dismiss)
        return button

    def dismiss(self) -> None:
        """Put the banner away."""
        self.hide()
        self.setParent(None)
        self.deleteLater()
        self.dismissed.emit()


class BannerArea(QWidget):
    """The banners of a window, the newest below; the same sentence is shown only once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(12, 10, 12, 0)
        self._lines.setSpacing(6)
        self.hide()

    def banners(self) -> list[Banner]:
        """The banners that are shown."""
        return self.findChildren(Banner, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def say(
        self,
        words: Words,
        kind: str = "error",
        choices: Choices = dict,
    ) -> Banner:
        """Show a text in a banner, and tell assistive programs; returns the banner.

        What is not finished English is handed over as the function that makes it.
        """
        self.take_back(words)
        while len(self.banners()) >= _MOST:
            self.banners()[0].dismiss()
        banner = Banner(words, kind, choices, self)
        banner.fit(self._room())
        banner.destroyed.connect(self._hide_if_empty)
        banner.dismissed.connect(self._hide_if_empty)
        self._lines.addWidget(banner)
        self.show()
        announce(banner, banner.text, is_urgent=kind == "error")
        return banner

    def _room(self) -> int:
        """The width that a banner will have; hidden, the area does not know its own yet."""
        around = self.parentWidget()
        width = self.width() if around is None or self.isVisible() else around.width()
        edges = self._lines.contentsMargins()
        return width - edges.left() - edges.right()

    def take_back(self, words: Words) -> None:
        """Put away the banner that says this, which is no longer so."""
        text = told(words)
        for banner in self.banners():
            if banner.text == text:
                banner.dismiss()

    def clear(self, kind: str) -> None:
        """Put away the banners of `kind`, whose reason is over."""
        for banner in self.banners():
            if banner.property("kind") == kind:
                banner.dismiss()
        self._hide_if_empty()

    def _hide_if_empty(self) -> None:
        self.setVisible(bool(self.banners()))


class OwnBanner:
    """The banner about one matter: its owner says something else in its place, or puts it away."""

    def __init__(self, area: BannerArea) -> None:
        self._area = area
        self._banner: Banner | None = None

    @property
    def text(self) -> str:
        """What it says; empty while none is shown."""
        return self._banner.text if self._banner is not None else ""

    def say(self, words: Words, kind: str = "notice", choices: Choices = dict) -> None:
        """Show a banner in the place of the one that is shown."""
        self.clear()
        banner = self._area.say(words, kind, choices)
        self._banner = banner
        banner.dismissed.connect(lambda: self._forget(banner))

    def clear(self) -> None:
        """Put it away; nothing where there is none."""
        if self._banner is not None:
            self._banner.dismiss()

    def _forget(self, banner: Banner) -> None:
        if self._banner is banner:
            self._banner = None
