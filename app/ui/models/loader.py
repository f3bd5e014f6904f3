"""The model controller: which model is loaded, loading another, and the last one again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from app.core.errors import CancelledError, GpuCrashedError, LampblackError, error_from
from app.core.formats.classifiers import writes_nothing
from app.core.models.model_file import ModelFile
from app.core.options.load_options import LoadOptions
from app.core.options.servers import server_key, server_of
from app.engine.gpu_crashes import GpuMark
from app.engine.load_plan import gpu_crash, on_processor, plan_load
from app.engine.messages import Done, Failed, Load, Loaded, Loading, ModelInfo
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge


class ModelLoader(QObject):
    """Asks the worker to load and unload, and tells how it goes.

    A saved server is loaded like a model, under the path that `server_key` makes of its name.
    `loading` carries a path and a fraction, `loading_ended` follows in every case; `loaded` and
    `failed` say how it ended. `leaving` comes just before a loaded model goes. `doubted` asks
    whether to load a model onto the graphics card that crashed with it, and carries the mark of it.
    `remembered` says, some time after a load, that the metadata say when the model was used.
    """

    leaving = Signal()
    loading = Signal(str, float)
    measuring = Signal(str)
    loading_ended = Signal()
    loaded = Signal(object)
    unloaded = Signal()
    failed = Signal(object)
    missing = Signal()
    doubted = Signal(object)
    remembered = Signal()

    def __init__(self, program: Program, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._path = ""  # of what is being loaded
        self._planned: Load | None = None  # the last load, before a crash took the GPU from it
        self._looks = 0
        self._is_looking = False  # at a model that is not on the list
        self._awaits_list = False  # which says what the usual model is
        self._load_job: int | None = None
        self._loading_job: int | None = None
        self._unload_job: int | None = None
        self._loaded_with = self._load_settings("")
        self.listed: Callable[[], Sequence[ModelFile] | None] = tuple  # None before the first list
        # What cannot be remembered of a model is no reason not to use it.
        self._background = BackgroundTasks(lambda _error: None, self)
        bridge.subscribe(self._on_loading, Loading)
        bridge.subscribe(self._on_loaded, Loaded)
        bridge.subscribe(self._on_failed, Failed)
        bridge.subscribe(self._on_done, Done)

    @property
    def model(self) -> ModelInfo | None:
        """The loaded model."""
        return self._program.worker.model

    @property
    def server(self) -> str:
        """The name of the server that is in use, or was asked for last; empty for a model."""
        return server_of(self._path)

    @property
    def engine(self) -> str:
        """The engine of the model that was asked for last; empty for a server."""
        return self._planned.engine if self._planned is not None else ""

    @property
    def is_loading(self) -> bool:
        """Whether a model is being loaded, or will be as soon as the models are listed."""
        jobs = (self._load_job, self._loading_job)
        return self._is_looking or self._awaits_list or jobs != (None, None)

    @property
    def is_outdated(self) -> bool:
        """Whether the model that is loaded, or is being, was asked for with other settings."""
        path = self._path if self.is_loading else self.model.path if self.model else ""
        return bool(path) and self._loaded_with != self._load_settings(path)

    def _load_settings(self, path: str) -> tuple[object, ...]:
        """The settings that count when the model at `path` is loaded, and not before."""
        settings = self._program.settings
        if name := server_of(path):
            return self._program.servers.find(name), settings.masked_names, settings.network
        return settings.engine, settings.load

    @property
    def avoided(self) -> GpuMark | None:
        """The crash because of which the present model is on the processor, as the user wants."""
        mark = self._crash()
        return mark if mark is not None and mark.use_processor else None

    def measure_again(self) -> None:
        """Load the model again and measure what it runs best with."""
        if self.model is not None:
            self.load(self.model.path, remeasure=True)

    def load(
        self, path: str, *, options: LoadOptions | None = None, remeasure: bool = False
    ) -> None:
        """Begin to load the model at `path`.

        What is not on the list is looked at first, off the window's thread. `options` are for
        this time, in place of the settings, which stay as they are. `failed` or `doubted` tell
        what cannot be loaded.
        """

        def go_on(model: ModelFile) -> None:
            self._load(model, options, remeasure=remeasure)

        self._looks += 1
        self._awaits_list = False
        if name := server_of(path):
            self._load_server(name)
            return
        if (known := self._program.library.known(path)) is not None:
            go_on(known)
            return
        self._is_looking = True
        self.loading.emit(path, 0.0)
        self._background.run(
            lambda: self._program.library.resolve(path),
            self._of_this_look(go_on),
            self._of_this_look(self.failed.emit),
        )

    def _of_this_look(self, then: Callable[[Any], object]) -> Callable[[Any], None]:
        """Goes on with what was found, unless something else was asked for meanwhile."""
        look = self._looks

        def go_on(found: Any) -> None:
            if look == self._looks:
                self._is_looking = False
                then(found)
                if not self.is_loading:
                    self.loading_ended.emit()

        return go_on

    def _load(self, model: ModelFile, options: LoadOptions | None, *, remeasure: bool) -> None:
        settings = self._program.settings
        try:
            if model.labels:
                raise writes_nothing(model.name, model.labels)
            load = plan_load(model, settings, self._program.metadata, options=options)
        except LampblackError as error:
            self.failed.emit(error)
            return
        self._planned = load
        if (mark := self._crash()) is not None:
            if not mark.use_processor:
                self.doubted.emit(mark)
                return
            load = on_processor(load)
        self._begin(replace(load, remeasure=remeasure))

    def _load_server(self, name: str) -> None:
        """Connect to a saved server, which takes the place of a model."""
        try:
            server = self._program.servers.get(name)
        except LampblackError as error:
            self.failed.emit(error)
            return
        self._planned = None
        self._begin(Load(job=0, path=server.model, engine="server", server=server.name))

    def _crash(self) -> GpuMark | None:
        """The crash of the GPU that the last load would bring about again."""
        planned = self._planned
        return gpu_crash(planned, self._program.gpu_crashes) if planned is not None else None

    def load_on_processor(self, mark: GpuMark) -> None:
        """Load the model of the mark on the processor, now and at later starts."""
        marks = self._program.gpu_crashes
        self._background.run(lambda: marks.use_processor(mark), lambda _done: self.load(mark.path))

    def try_gpu(self, mark: GpuMark) -> None:
        """Forget the crash, and load the model of the mark on the GPU."""
        path, marks = mark.path, self._program.gpu_crashes
        self._background.run(lambda: marks.end(path, mark.engine), lambda _done: self.load(path))

    def _begin(self, load: Load) -> None:
        self._leave()
        self._path = server_key(load.server) if load.server else load.path
        self._loaded_with = self._load_settings(self._path)
        self._load_job = self._program.worker.load(load)
        self.loading.emit(self._path, 0.0)

    def last_path(self) -> str:
        """The model that is loaded unless another is named; empty where the writer must choose.

        It stands for a server only where that was chosen last.
        """
        name = self._program.settings.server
        if name and self._program.servers.find(name) is not None:
            return server_key(name)
        return self._program.usual_path(lambda: self.listed() or ())

    def load_last(self) -> None:
        """Load the usual model, as soon as it is known; tells `missing` if there is none."""
        if path := self.last_path():
            self.load(path)
        elif self.listed() is None:
            self._awaits_list = True
        else:
            self.missing.emit()

    def on_listed(self) -> None:
        """The models are listed: load the usual one if that was waited for."""
        if self._awaits_list:
            self._awaits_list = False
            self.load_last()

    def prepare(self) -> bool:
        """Whether a model is loaded; if not, the usual one is, unless another is already."""
        if self.is_loading:
            return False
        if self.model is not None and self._unload_job is None:
            return True
        self.load_last()
        return False

    def unload(self) -> None:
        """Give the model's memory back, at once even if it writes."""
        self._leave()
        self._unload_job = self._program.worker.unload()

    def close(self) -> None:
        """The window closes: what is to be remembered is written, and the thread ends."""
        self._background.close(finish=True)

    def cancel(self) -> None:
        """Stop loading."""
        if self._is_looking or self._awaits_list:
            self._awaits_list = False
            stop = self._of_this_look(self.failed.emit)
            stop(CancelledError("Loading the model was stopped."))
            self._looks += 1  # so that what is found yet changes nothing
        for job in {self._load_job, self._loading_job} - {None}:
            self._program.worker.cancel(job)

    def _on_loading(self, event: Loading) -> None:
        self._loading_job = event.job
        self.loading.emit(self._path, event.fraction)
        if event.measuring:
            self.measuring.emit(self._path)

    def _on_done(self, event: Done) -> None:
        if event.job == self._unload_job:
            self._unload_job = None
            self.unloaded.emit()

    def _leave(self) -> None:
        if self.model is not None and self._unload_job is None:
            self.leaving.emit()

    def _on_loaded(self, event: Loaded) -> None:
        self._end_loading(event.job)
        if self._planned is not None and self._planned.path != event.model.path:
            self._planned = None  # another part of the window had it loaded
        self._path = path = event.model.path
        if name := server_of(path):
            self._program.settings_store.remember(server=name)
        else:
            self._program.settings_store.remember(model=path, server="")
            self._remember_use(path, time.time())
        self.loaded.emit(event.model)

    def _remember_use(self, path: str, moment: float) -> None:
        def work() -> None:
            model = self._program.library.resolve(path)
            self._program.metadata.change(model, used_at=moment)

        self._background.run(work, lambda _done: self.remembered.emit())

    def _on_failed(self, event: Failed) -> None:
        was_load = event.job == self._load_job
        if event.job == self._unload_job:
            self._unload_job = None
        if event.job in (self._load_job, self._loading_job):
            self._end_loading(event.job)
        if was_load:
            self._tell_failure(error_from(event.kind, event.message, event.hint))
        if self.model is None and not self.is_loading:
            self.unloaded.emit()

    def _tell_failure(self, error: LampblackError) -> None:
        mark = self._crash()
        if isinstance(error, GpuCrashedError) and mark is not None:
            self.doubted.emit(mark)
        else:
            self.failed.emit(error)

    def _end_loading(self, job: int) -> None:
        """A load is over; another one may have been asked for meanwhile."""
        self._load_job = None if job == self._load_job else self._load_job
        self._loading_job = None if job == self._loading_job else self._loading_job
        if not self.is_loading:
            self.loading_ended.emit()
