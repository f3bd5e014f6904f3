"""The layouts of many models, each read once as long as its file stays the same."""

from __future__ import annotations

import threading
from pathlib import Path

from app.core.errors import LampblackError
from app.core.formats.gguf_reader import unreadable
from app.core.memory_fit.layout import Engine, Layout, layout
from app.core.models.model_file import ModelFile

_Stamp = tuple[int, int]


class Layouts:
    """Remembers by path, engine, size and time of change; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, Engine], tuple[_Stamp, Layout | LampblackError]] = {}

    def has(self, model: ModelFile, engine: Engine) -> bool:
        """Whether the model was read before, as it is now."""
        return self._found(model, engine) is not None

    def of(self, model: ModelFile, engine: Engine) -> Layout:
        """The layout of a model on an engine; raises the LampblackError that says what is wrong."""
        found = self._found(model, engine)
        if found is None:
            found = _read(Path(model.path), engine)
            with self._lock:
                self._known[model.path, engine] = (_stamp(model), found)
        if isinstance(found, LampblackError):
            raise found.with_traceback(None)
        return found

    def _found(self, model: ModelFile, engine: Engine) -> Layout | LampblackError | None:
        with self._lock:
            stamp, found = self._known.get((model.path, engine), ((-1, -1), None))
        return found if stamp == _stamp(model) else None


def _read(path: Path, engine: Engine) -> Layout | LampblackError:
    try:
        return layout(path, engine)
    except LampblackError as error:
        return error
    except OSError as error:
        return unreadable(path, error)


def _stamp(model: ModelFile) -> _Stamp:
    path = Path(model.path)
    try:
        config = path / "config.json"
        changed = (config if model.kind == "transformers" else path).stat().st_mtime_ns
    except (OSError, ValueError):
        changed = 0
    return model.size_bytes, changed
