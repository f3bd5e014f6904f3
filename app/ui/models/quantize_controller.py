"""The controller of smaller copies: opens the dialog and has the copy made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import CancelledError, LampblackError, SettingsError, UnsupportedModelError
from app.core.formats.gguf import GgufHeader, read_header
from app.core.models.library import ModelFile
from app.engine.messages import EngineName, Load
from app.engine.quantize_job import Outcome, SmallerOrder
from app.program import Workbench
from app.ui.bridge import Bridge
from app.ui.models.quantize_run import SmallerRun
from app.ui.widgets.banner import BannerArea

if TYPE_CHECKING:
    from app.ui.models.quantize_dialog import SmallerDialog

_MOST_PASSAGE = 20_000
"""Characters of the manuscript that are offered for measuring: a minute on a small machine."""


class _Read(msgspec.Struct, frozen=True):
    """A model's header, read on another thread, or why it could not be."""

    model: ModelFile
    header: GgufHeader | LampblackError
    type_name: str


class SmallerDesk(QObject):
    """One dialog at a time. `passage` gives the text to measure with that is offered.

    `made` carries a new copy's path, `wanted` the path of one that shall be loaded.
    """

    made = Signal(str)
    wanted = Signal(str)

    def __init__(
        self,
        workbench: Workbench,
        banners: BannerArea,
        passage: Callable[[], str],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bench, self._banners = workbench, banners
        self._passage, self._window = passage, window
        self._run = SmallerRun(workbench.worker, self)
        self._run.progress.connect(self._show_progress)
        self._run.ended.connect(self._on_ended)
        self.dialog: SmallerDialog | None = None
        self._thread: threading.Thread | None = None
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._on_read)
        self.on_event = self._run.on_event

    def open(self, path: str = "", type_name: str = "Q8_0") -> None:
        """Show the dialog for the model at `path`, or else for the loaded one."""
        loaded = self._bench.worker.model
        path = path or (loaded.path if loaded is not None else "")
        if not path or self.dialog is not None or self._thread is not None or self._run.running:
            return
        self._thread = threading.Thread(
            target=self._read, args=(path, type_name), name="header", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """The window closes: nothing is told any more."""
        self._bridge.close()
        if self._thread is not None:
            self._thread.join()

    # Opening

    def _read(self, path: str, type_name: str) -> None:
        try:
            model = self._bench.library.resolve(path)
        except LampblackError as error:
            self._bridge.post(error)
            return
        try:
            if model.kind != "gguf":
                raise UnsupportedModelError(
                    f"{model.name} is a model folder; copies can be made of GGUF files only."
                )
            header: GgufHeader | LampblackError = read_header(Path(model.path))
        except LampblackError as error:
            header = error
        self._bridge.post(_Read(model, header, type_name))

    def _on_read(self, read: _Read | LampblackError) -> None:
        self._thread = None
        if isinstance(read, LampblackError):
            self._banners.say(str(read))
        elif isinstance(read.header, LampblackError):
            self._banners.say(str(read.header))
        else:
            self._show(read.model, read.header, read.type_name)

    def _show(self, model: ModelFile, header: GgufHeader, type_name: str) -> None:
        from app.ui.models.quantize_dialog import SmallerDialog
        from app.ui.widgets.controls import show_dialog

        folder = self._bench.paths.models
        passage = self._passage()[:_MOST_PASSAGE]
        dialog = SmallerDialog(Path(model.path), model.name, header, folder, passage, self._window)
        dialog.select(type_name)
        dialog.asked.connect(lambda name, text: self._begin(model, dialog.target, name, text))
        dialog.stopped.connect(self._run.stop)
        dialog.use_asked.connect(self.wanted)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        show_dialog(dialog)

    def _on_closed(self) -> None:
        self.dialog = None

    # Making

    def _begin(self, model: ModelFile, target: Path, type_name: str, passage: str) -> None:
        options = self._bench.settings.settings.load
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._on_ended(SettingsError(f"There can be no folder {target.parent}: {error}."))
            return
        loaded = self._bench.worker.model
        before = None
        if loaded is not None:
            engine = cast(EngineName, loaded.engine)
            before = Load(
                job=0,
                path=loaded.path,
                engine=engine,
                options=self._bench.worker.options,
                adapters=loaded.adapters,
            )
        order = SmallerOrder(
            load=Load(job=0, path=model.path, engine="llama.cpp", options=options),
            target=str(target),
            type_name=type_name,
            passage=passage,
            loaded=before,
        )
        self._run.start(order)

    def _show_progress(self, what: str, fraction: float) -> None:
        texts = {
            "loading": self.tr("Loading…"),
            "quantizing": self.tr("Making the copy…"),
            "measuring": self.tr("Trying your passage…"),
        }
        if self.dialog is not None:
            self.dialog.show_progress(texts.get(what, what), fraction)

    def _on_ended(self, how: Outcome | LampblackError) -> None:
        if isinstance(how, Outcome):
            self.made.emit(how.path)
        if self.dialog is None:
            return
        if isinstance(how, Outcome):
            self.dialog.show_outcome(how)
        else:
            self.dialog.show_error("" if isinstance(how, CancelledError) else str(how))
