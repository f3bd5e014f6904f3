"""The list of models on this machine: reading it in the background, and a model's card."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.core.errors import LampblackError
from app.core.system.background import BackgroundQueue
from app.core.units import context_text, count_text, size_text
from app.ui.widgets.card_list import DOT, Card

if TYPE_CHECKING:
    from app.core.models.library import ModelLibrary
    from app.core.models.model_file import ModelFile


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


def model_card(model: ModelFile, *, loaded: bool) -> Card:
    """A model with its facts, or with what is wrong with it."""
    return Card(
        key=model.path,
        title=model.name,
        badge=QCoreApplication.translate("Models", "loaded") if loaded else "",
        facts="" if model.problem else facts(model),
        warning=model.problem,
        is_wrong=model.is_damaged,
        is_faint=bool(model.problem),
        tip="\n".join(filter(None, (model.path, model.problem))),
    )
