"""Loading a model in a thread of its own, so that a load can always be given up."""

from __future__ import annotations

import threading

import msgspec

from app.core.errors import CancelledError
from app.core.options.adapters import check_adapters
from app.core.options.rows import check_all
from app.engine.messages import Load
from app.host.interface import Engine, EngineModule, Job
from app.host.process_memory import give_back


class Loader:
    """Loads in a thread of its own: a library may read a header for long before it can be stopped.

    A load that is given up ends by itself at the library's first look at the cancel; what it still
    brings is freed then, and always before anything else is loaded.
    """

    def __init__(self, module: EngineModule, command: Load, job: Job) -> None:
        self._command = msgspec.structs.replace(command, options=check_all(command.options))
        self._module, self._job = module, job
        check_adapters(command.adapters)
        self._engine: Engine | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._load, name="loader")
        self._thread.start()

    def _load(self) -> None:
        try:
            self._engine = self._module.load(self._command, self._job)
        # Whatever it is, the waiting thread raises it again.
        except Exception as error:  # noqa: BLE001
            self._error = error
        if self._job.cancelled:
            self._forget()
        self._job.changed.set()

    def wait(self) -> Engine:
        """The engine; raises what went wrong, or CancelledError as soon as the job is stopped."""
        self._job.changed.wait()
        if self._job.cancelled:
            raise CancelledError("Stopped.")
        self._thread.join()
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # its traceback holds what was loaded so far
        engine, self._engine = self._engine, None
        assert engine is not None, "a load that does not fail brings an engine"
        return engine

    def discard(self) -> None:
        """Wait for a load that was given up, and free what it brought."""
        self._thread.join()
        self._forget()

    def _forget(self) -> None:
        engine, self._engine, self._error = self._engine, None, None
        if engine is not None:
            engine.close()
        del engine
        give_back()
