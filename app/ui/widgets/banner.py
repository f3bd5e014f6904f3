"""Banners: sentences above the page that neither block the writing nor vanish by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.sentences import told
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import IconButton

_MOST = 3


class Banner(QFrame):
    """One sentence, of kind "error" or "notice", until it is put away or a button is pressed."""

    dismissed = Signal()

    def __init__(
        self,
        text: str,
        kind: str,
        buttons: Mapping[str, Callable[[], object]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.text = text
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 8, 8, 8)
        line.addWidget(label, 1)
        self.buttons = [self._button(name, call) for name, call in (buttons or {}).items()]
        for button in self.buttons:
            line.addWidget(button)
        self.close_button = IconButton("close", self.tr("Dismiss"))
        self.close_button.clicked.connect(self.dismiss)
        line.addWidget(self.close_button)

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
        text: str,
        kind: str = "error",
        button: str = "",
        call: Callable[[], object] | None = None,
        *,
        buttons: Mapping[str, Callable[[], object]] | None = None,
    ) -> Banner:
        """Show `text` in a banner, and tell assistive programs; returns the banner."""
        text = told(text)
        self.take_back(text)
        while len(self.banners()) >= _MOST:
            self.banners()[0].dismiss()
        choices = {button: call} if call is not None else buttons
        banner = Banner(text, kind, choices, self)
        banner.destroyed.connect(self._hide_if_empty)
        banner.dismissed.connect(self._hide_if_empty)
        self._lines.addWidget(banner)
        self.show()
        announce(banner, text, is_urgent=kind == "error")
        return banner

    def take_back(self, text: str) -> None:
        """Put away the banner that says `text`, which is no longer so."""
        for banner in self.banners():
            if banner.text in (text, told(text)):
                banner.dismiss()

    def clear(self, kind: str) -> None:
        """Put away the banners of `kind`, whose reason is over."""
        for banner in self.banners():
            if banner.property("kind") == kind:
                banner.dismiss()
        self._hide_if_empty()

    def _hide_if_empty(self) -> None:
        self.setVisible(bool(self.banners()))
