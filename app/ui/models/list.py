"""The list of models on this machine: its rows, how they are drawn, and reading them aside."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.core.errors import LampblackError
from app.core.system.background import BackgroundQueue
from app.core.units import context_text, count_text, size_text
from app.ui.widgets.card_list import DOT, small, wrapped, wrapped_height
from app.ui.widgets.theme import Theme, heading_font

if TYPE_CHECKING:
    from app.core.models.library import ModelLibrary
    from app.core.models.model_file import ModelFile

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
MODEL_ROLE = Qt.ItemDataRole.UserRole
LOADED_ROLE = Qt.ItemDataRole.UserRole + 1
_PADDING = 10


class ModelsListModel(QAbstractListModel):
    """The models as rows; knows which one is loaded."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[ModelFile, ...] = ()
        self._loaded = ""

    def set_models(self, models: tuple[ModelFile, ...]) -> None:
        """Show other models."""
        self.beginResetModel()
        self._models = models
        self.endResetModel()

    def set_loaded(self, path: str) -> None:
        """Mark the model at `path` as the loaded one; empty for none."""
        self._loaded = path
        self.dataChanged.emit(self.index(0), self.index(max(0, len(self._models) - 1)))

    def models(self) -> tuple[ModelFile, ...]:
        """The models in their order."""
        return self._models

    def row_of(self, path: str) -> int:
        """The row of the model at `path`, or -1."""
        paths = [model.path for model in self._models]
        return paths.index(path) if path in paths else -1

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """One row for each model."""
        return 0 if parent.isValid() else len(self._models)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The model, whether it is loaded, and what people read and hear."""
        if not index.isValid() or index.row() >= len(self._models):
            return None
        model = self._models[index.row()]
        loaded = model.path == self._loaded
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(model, loaded=loaded)
        texts = {
            Qt.ItemDataRole.DisplayRole: model.name,
            Qt.ItemDataRole.ToolTipRole: "\n".join(filter(None, (model.path, model.problem))),
            MODEL_ROLE: model,
            LOADED_ROLE: loaded,
        }
        return texts.get(Qt.ItemDataRole(role) if role < MODEL_ROLE else role)


class ModelDelegate(QStyledItemDelegate):
    """Draws a model: its name, its facts below, a badge when loaded, its problem if broken."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        theme, model = Theme.current(), index.data(MODEL_ROLE)
        state = QStyle.StateFlag
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_back(painter, option, theme)
        inner = option.rect.adjusted(_PADDING, _PADDING - 2, -_PADDING, -_PADDING + 2)
        name_font = heading_font(option.font)
        height = QFontMetrics(name_font).height()
        line = QRect(inner.left(), inner.top(), inner.width(), height)
        if index.data(LOADED_ROLE):
            line.setRight(_paint_badge(painter, line, small(option.font), theme) - 8)
        painter.setFont(name_font)
        painter.setPen(theme.muted if model.problem else theme.ink)
        chosen = bool(option.state & state.State_Selected)
        if chosen:
            painter.setPen(theme.selection_ink)
        name = painter.fontMetrics().elidedText(
            model.name, Qt.TextElideMode.ElideMiddle, line.width()
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(small(option.font))
        below = inner.adjusted(0, height + 2, 0, 0)
        painter.setPen(self._second_pen(theme, problem=bool(model.problem), chosen=chosen))
        lines = wrapped(second_line(model), painter.font(), below.width())
        lines.draw(painter, below.topLeft())
        painter.restore()

    def _second_pen(self, theme: Theme, *, problem: bool, chosen: bool) -> QPen:
        if chosen:
            return QPen(theme.selection_ink)
        return QPen(theme.error_ink if problem else theme.muted)

    def _paint_back(self, painter: QPainter, option: QStyleOptionViewItem, theme: Theme) -> None:
        state = QStyle.StateFlag
        back = option.rect.adjusted(3, 2, -3, -2)
        if option.state & state.State_Selected:
            painter.setBrush(theme.selection)
        elif option.state & state.State_MouseOver:
            painter.setBrush(theme.hover)
        else:
            return
        focused = option.state & state.State_HasFocus
        painter.setPen(QPen(theme.accent) if focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(back, 5, 5)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As high as the name and the wrapped second line."""
        model = index.data(MODEL_ROLE)
        view = option.widget
        width = view.viewport().width() if hasattr(view, "viewport") else option.rect.width()
        second = wrapped_height(second_line(model), option.font, max(80, width - 2 * _PADDING))
        height = QFontMetrics(heading_font(option.font)).height()
        return QSize(80, height + second + 2 * _PADDING - 2)


class ModelLister(QObject):
    """Reads the library in the background, so that slow disks never hold the window up.

    `listed` carries the models, `failed` a sentence. A request during a reading is answered by
    one more reading.
    """

    listed = Signal(object)
    failed = Signal(str)

    def __init__(self, library: ModelLibrary, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._queue = BackgroundQueue("model list")
        self._is_waiting = False

    def start(self) -> None:
        """Read the library, or read it once more after the present reading."""
        if not self._is_waiting:
            self._is_waiting = True
            self._queue.run(self._read)

    def wait(self) -> None:
        """Wait until nothing is being read any more."""
        self._queue.wait()

    def _read(self) -> None:
        self._is_waiting = False
        with contextlib.suppress(RuntimeError):  # the window was closed: the Qt half is gone
            try:
                models = self._library.list()
            except (LampblackError, OSError) as error:
                self.failed.emit(str(error))
            else:
                self.listed.emit(models)


def facts(model: ModelFile) -> str:
    """The second line of a model: quantization, size, parameters, context, as far as known."""
    tr = QCoreApplication.translate
    parts = [model.quantization or ("safetensors" if model.kind == "transformers" else "")]
    parts.append(size_text(model.size_bytes))
    if model.parameters:
        parts.append(tr("Models", "{0} parameters").format(count_text(model.parameters)))
    if model.context:
        parts.append(tr("Models", "{0} context").format(context_text(model.context)))
    return DOT.join(part for part in parts if part)


def spoken(model: ModelFile, *, loaded: bool) -> str:
    """A model's row as it is read aloud."""
    tr = QCoreApplication.translate
    parts = [model.name, tr("Models", "loaded") if loaded else "", second_line(model)]
    return ", ".join(part for part in parts if part).replace(DOT, ", ")


def second_line(model: ModelFile) -> str:
    """What stands below the name: the facts, or what is wrong."""
    return model.problem or facts(model)


def _paint_badge(painter: QPainter, line: QRect, font: QFont, theme: Theme) -> int:
    """Draw "loaded" at the right end of `line`; returns the left edge of the badge."""
    text = QCoreApplication.translate("Models", "loaded")
    metrics = QFontMetrics(font)
    width, height = metrics.horizontalAdvance(text) + 14, metrics.height() + 2
    top = line.center().y() - height // 2
    badge = QRect(line.right() - width, top, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.accent)
    painter.drawRoundedRect(badge, height / 2, height / 2)
    painter.setFont(font)
    painter.setPen(theme.accent_ink)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
    return badge.left()
