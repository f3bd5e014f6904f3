"""A section of a panel: a heading that opens and closes what is below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme


class Section(QWidget):
    """A collapsible heading with its rows."""

    def __init__(self, title: str, *, opened: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = QToolButton(self)
        self.header.setProperty("kind", "header")
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header.setIconSize(QSize(14, 14))
        self.header.setCheckable(True)
        self.header.setChecked(opened)
        self._changed = 0
        self.set_title(title)
        self.header.toggled.connect(self._toggle)
        self.body = QWidget(self)
        self._rows = QVBoxLayout(self.body)
        self._rows.setContentsMargins(0, 2, 0, 10)
        self._rows.setSpacing(12)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addWidget(_rule(self))
        whole.addWidget(self.header)
        whole.addWidget(self.body)
        self._toggle(opened)
        on_theme_change(self._show_arrow)

    def set_title(self, title: str, tip: str = "") -> None:
        """Name what is below, in the present language; `tip` says more of opening it."""
        self._title = title
        self.header.setToolTip(tip or self.tr("Show or hide what is below"))
        self.set_changed(self._changed)

    def add(self, row: QWidget) -> None:
        """Put one more row at the end."""
        self._rows.addWidget(row)

    def is_open(self) -> bool:
        """Whether the rows are shown."""
        return self.header.isChecked()

    def set_open(self, opened: bool) -> None:
        """Show or hide the rows."""
        self.header.setChecked(opened)

    def set_changed(self, count: int) -> None:
        """Say in the heading how many rows differ from the preset."""
        self._changed = count
        mark = self.tr("{0} changed").format(count)
        self.header.setText(f"{self._title}  ·  {mark}" if count else self._title)
        self.header.setAccessibleName(f"{self._title}, {mark}" if count else self._title)

    def _toggle(self, opened: bool) -> None:
        self.body.setVisible(opened)
        self._show_arrow()

    def _show_arrow(self) -> None:
        drawing = "chevron-down" if self.header.isChecked() else "chevron-right"
        self.header.setIcon(icon(drawing, Theme.current().muted))


class PanelScroll(QScrollArea):
    """A column of widgets that scrolls up and down only, and brings the focus into sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = _Body()
        body.setProperty("kind", "body")
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(14, 0, 10, 14)
        self.column.setSpacing(4)
        self.setWidget(body)

    def minimumSizeHint(self) -> QSize:
        """As wide as the column needs, however low."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self.column.minimumSize().width() + bar, 120)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What the column needs has changed: Qt itself would tell the scroll bars alone."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class _Body(QWidget):
    """The column's widget: its width alone says how high it must be."""

    def minimumSizeHint(self) -> QSize:
        """Any height, where notes wrap: Qt's own answer is the height at the least width."""
        hint, layout = super().minimumSizeHint(), self.layout()
        wraps = layout is not None and layout.hasHeightForWidth()
        return QSize(hint.width(), 0) if wraps else hint


def _rule(parent: QWidget) -> QFrame:
    rule = QFrame(parent)
    rule.setProperty("kind", "rule")
    rule.setFixedHeight(1)
    return rule
