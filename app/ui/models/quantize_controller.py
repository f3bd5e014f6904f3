"""The controller of smaller copies: opens the dialog and has the copy made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import CancelledError, LampblackError, SettingsError, UnsupportedModelError
from app.core.formats.gguf import GgufHeader, read_header
from app.core.models.model_file import ModelFile
from app.engine.load_plan import gpu_crash, on_processor, plan_load
from app.engine.messages import EngineName, Load
from app.engine.quantize_job import QuantizeJob, QuantizeOutcome
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge
from app.ui.models.quantize_run import QuantizeRun
from app.ui.widgets.banner import BannerArea

if TYPE_CHECKING:
    from app.ui.models.quantize_dialog import QuantizeDialog

_MOST_PASSAGE = 20_000
"""Characters of the manuscript that are offered for measuring: a minute on a small machine."""


class _ModelWithHeader(msgspec.Struct, frozen=True):
    """A model with its header."""

    model: ModelFile
    header: GgufHeader
    type_name: str


class QuantizeController(QObject):
    """One dialog at a time. `passage` gives the text to measure with that is offered.

    `made` carries a new copy's path, `wanted` the path of one to load.
    """

    made = Signal(str)
    wanted = Signal(str)

    def __init__(
        self,
        program: Program,
        banners: BannerArea,
        passage: Callable[[], str],
        bridge: Bridge,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._program, self._banners = program, banners
        self._passage, self._window = passage, window
        self._run = QuantizeRun(program.worker, bridge, self)
        self._run.progress.connect(self._show_progress)
        self._run.ended.connect(self._on_ended)
        self.dialog: QuantizeDialog | None = None
        self._is_reading = False
        self._background = BackgroundTasks(self._on_failed, self)

    def open(self, path: str = "", type_name: str = "Q8_0") -> None:
        """Show the dialog for the model at `path`, or else for the loaded one."""
        loaded = self._program.worker.model
        path = path or (loaded.path if loaded is not None else "")
        if not path or self.dialog is not None or self._is_reading or self._run.running:
            return
        self._is_reading = True
        self._background.run(lambda: self._read(path, type_name), self._on_read)

    def close(self) -> None:
        """The window closes: nothing is told any more."""
        self._background.close()

    # Opening

    def _read(self, path: str, type_name: str) -> _ModelWithHeader:
        model = self._program.library.resolve(path)
        if model.kind != "gguf":
            raise UnsupportedModelError(
                f"{model.name} is a model folder; copies can be made of GGUF files only."
            )
        return _ModelWithHeader(model, read_header(Path(model.path)), type_name)

    def _on_read(self, read: _ModelWithHeader) -> None:
        self._is_reading = False
        self._show(read.model, read.header, read.type_name)

    def _on_failed(self, error: LampblackError) -> None:
        self._is_reading = False
        self._banners.say(str(error))

    def _show(self, model: ModelFile, header: GgufHeader, type_name: str) -> None:
        from app.ui.models.quantize_dialog import QuantizeDialog
        from app.ui.widgets.controls import show_dialog

        folder = self._program.paths.models
        passage = self._passage()[:_MOST_PASSAGE]
        dialog = QuantizeDialog(Path(model.path), model.name, header, folder, passage, self._window)
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
        try:
            load = plan_load(model, self._program.settings, engine="llama.cpp")
        except LampblackError as error:
            self._on_ended(error)
            return
        if gpu_crash(load, self._program.gpu_crashes) is not None:
            load = on_processor(load)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._on_ended(SettingsError(f"There can be no folder {target.parent}: {error}."))
            return
        loaded = self._program.worker.model
        before = None
        if loaded is not None:
            engine = cast(EngineName, loaded.engine)
            before = Load(
                job=0,
                path=loaded.path,
                engine=engine,
                options=self._program.worker.options,
                adapters=loaded.adapters,
            )
        order = QuantizeJob(
            load=load,
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

    def _on_ended(self, how: QuantizeOutcome | LampblackError) -> None:
        if isinstance(how, QuantizeOutcome):
            self.made.emit(how.path)
        if self.dialog is None:
            return
        if isinstance(how, QuantizeOutcome):
            self.dialog.show_outcome(how)
        else:
            self.dialog.show_error("" if isinstance(how, CancelledError) else str(how))
