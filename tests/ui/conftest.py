"""A whole window on a scripted worker: the test plays the engine's part."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.errors import DocumentChangedError, EncodingChangeError, ModelNotFoundError
from app.core.models.library import ModelLibrary
from app.core.models.model_file import ModelFile
from app.core.models.removal import Removal
from app.core.options.load_options import LoadOptions
from app.core.system.paths import Paths
from app.core.system.secret_store import SecretStore
from app.engine.messages import (
    Done,
    EngineSettings,
    Event,
    Failed,
    Load,
    Loaded,
    ModelInfo,
    Stats,
    Take,
    Tokens,
)
from app.engine.values import FinishReason
from app.engine.worker import Worker
from app.program import Program
from app.ui.questions import EncodingChange, Questions, Removed, Unsaved
from app.ui.sampling import panel as sampling_panel
from app.ui.window.main_window import MainWindow

MODEL = ModelInfo(
    name="Tiny",
    path="/models/Tiny.Q4_1.gguf",
    engine="llama.cpp",
    context=2048,
    has_chat_template=True,
    settings=EngineSettings(engine="llama.cpp", device="CPU"),
)


class FakeWorker(Worker):
    """Notes what it is asked for; `tell` sends events as the engine would."""

    model: ModelInfo | None = None
    options = LoadOptions()
    shared: Any = None
    anywhere: Any = None
    busy = False

    def __init__(self, model: ModelInfo | None = MODEL) -> None:  # no thread, and no client
        self.model = model
        self.asked: list[tuple[str, int, dict[str, Any]]] = []
        self.cancelled: list[int | None] = []
        self.listener: Callable[[Event], None] = lambda _event: None
        self._job = 0

    def listen(self, listener: Callable[[Event], None]) -> None:
        self.listener = listener

    def load(self, command: Load) -> int:
        more: dict[str, Any] = {"remeasure": True} if command.remeasure else {}
        more |= {"adapters": command.adapters} if command.adapters else {}
        more |= {"server": command.server} if command.server else {}
        fields = {"path": command.path, "engine": command.engine, "options": command.options}
        return self._note("load", **fields, **more)

    def generate(self, **fields: Any) -> int:
        return self._note("generate", **fields)

    def preview(self, **fields: Any) -> int:
        return self._note("preview", **fields)

    def count(self, prompt: str = "", messages: tuple[Any, ...] = ()) -> int:
        return self._note("count", prompt=prompt)

    def read_ahead(self, **fields: Any) -> int:
        return self._note("read_ahead", **fields)

    def examine(self) -> int:
        return 0 if self.busy else self._note("examine")

    def quantize(self, source: str, target: str, type_name: str) -> int:
        return self._note("quantize", source=source, target=target, type_name=type_name)

    def perplexity(self, text: str) -> int:
        return self._note("perplexity", text=text)

    def unload(self) -> int:
        return self._note("unload")

    def describe(self) -> int:
        return self._note("describe")

    def knows_devices(self, engine: str) -> bool:
        return False

    def gpus(self, engine: str) -> tuple[Any, ...]:
        return ()

    def features(self, engine: str) -> tuple[str, ...]:
        return self.model.features if self.model is not None else ()

    def cancel(self, job: int | None = None) -> None:
        self.cancelled.append(job)

    def close(self) -> None:
        self.listener = lambda _event: None

    def last(self, kind: str) -> tuple[int, dict[str, Any]]:
        """The job and the fields of the last request of that kind."""
        return next((job, fields) for name, job, fields in reversed(self.asked) if name == kind)

    def count_of(self, kind: str) -> int:
        return sum(name == kind for name, _job, _fields in self.asked)

    def _note(self, kind: str, **fields: Any) -> int:
        self._job += 1
        self.asked.append((kind, self._job, fields))
        return self._job


class FakeLibrary(ModelLibrary):
    """A list of models that needs no files."""

    notes: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models: list[ModelFile] = []
        self.gate = threading.Event()  # closed, it keeps the reading of the list waiting
        self.gate.set()

    def add(self, path: str) -> ModelFile:
        model = ModelFile(
            path=path,
            name=Path(path).stem,
            kind="gguf",
            size_bytes=1000,
            quantization="Q4_1",
            architecture="llama",
            parameters=1,
            context=2048,
            has_chat_template=True,
        )
        self.models.append(model)
        return model

    def list(self) -> tuple[ModelFile, ...]:
        assert self.gate.wait(10)
        return tuple(self.models)

    def known(self, path: str) -> ModelFile | None:
        return next((model for model in self.models if model.path == path), None)

    def resolve(self, name: str) -> ModelFile:
        for model in self.models:
            if name in (model.path, model.name):
                return model
        raise ModelNotFoundError(f"There is no model named {name}.")


class FakeQuestions(Questions):
    """Answers as the test says, and notes what was asked."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.asked: list[str] = []
        self.unsaved_answer: Unsaved = "discard"
        self.overwrite_answer = False
        self.encoding_answer: EncodingChange = "cancel"
        self.starter_answer = True
        self.remove_answer: Removed = "list"
        self.save_answer: Path | None = None
        self.open_answer: Path | None = None
        self.model_answer: Path | None = None

    def unsaved(self, name: str) -> Unsaved:
        self.asked.append(f"unsaved {name}")
        return self.unsaved_answer

    def overwrite(self, error: DocumentChangedError) -> bool:
        self.asked.append(error.message)
        return self.overwrite_answer

    def encoding_change(self, name: str, error: EncodingChangeError) -> EncodingChange:
        self.asked.append(f"encoding {name}: {' '.join(sorted(error.letters))}")
        return self.encoding_answer

    def starter(self, folder: Path) -> bool:
        self.asked.append("starter")
        return self.starter_answer

    def remove(self, title: str, plan: Removal) -> Removed:
        self.asked.append(f"remove {title}: {plan.sentence}")
        return self.remove_answer

    def save_path(self, suggestion: Path) -> Path | None:
        self.asked.append(f"save {suggestion.name}")
        return self.save_answer

    def open_path(self, folder: Path) -> Path | None:
        self.asked.append(f"open in {folder}")
        return self.open_answer

    def model_path(self, folder: Path) -> Path | None:
        return self.model_answer


@dataclass
class Studio:
    """A window, the parts it stands on, and the engine's lines."""

    window: MainWindow
    worker: FakeWorker
    questions: FakeQuestions
    library: FakeLibrary
    program: Program
    texts: dict[int, list[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text as Qt's document has it; the manuscript must always agree."""
        cursor = self.window.editor.cursor_at(0, self.window.editor.document().characterCount() - 1)
        shown = cursor.selectedText().replace("\u2029", "\n")
        assert self.window.editor.manuscript.text() == shown
        return shown

    @property
    def tinted(self) -> str:
        return self.window.editor.manuscript.text(*self.window.editor.tint)

    @property
    def banners(self) -> list[str]:
        return [banner.text for banner in self.window.page.banners.banners()]

    def do(self, action: str) -> None:
        """Trigger an action, as its key or its menu entry would."""
        assert self.window.actions_table[action].isEnabled(), f"{action} is disabled"
        self.window.actions_table[action].trigger()

    def show(self, text: str, caret: int | None = None) -> None:
        """Begin with `text` and the caret in it, at the end unless told."""
        editor = self.window.editor
        editor.move_caret(len(editor.manuscript))
        editor.insert_plain(text)
        editor.history.close_step()
        editor.move_caret(len(editor.manuscript) if caret is None else caret)

    def tell(self, *events: Event) -> None:
        """Let the engine say something, and the window hear it at once."""
        for event in events:
            self.worker.listener(event)
        self.window.bridge.flush()

    def stream(self, *pieces: str, take: int = 0, job: int | None = None) -> None:
        """Let the last generation write `pieces`."""
        number = self.worker.last("generate")[0] if job is None else job
        for piece in pieces:
            self.texts.setdefault(number, [""] * 8)[take] += piece
            self.tell(Tokens(job=number, take=take, text=piece, tokens=1))

    def done(self, reason: FinishReason = "stop", job: int | None = None, **stats: Any) -> None:
        """Let the last generation end."""
        number, fields = self.worker.last("generate")
        number = number if job is None else job
        texts = self.texts.get(number, [""] * 8)
        takes = tuple(
            Take(index=v, text=texts[v], finish_reason=reason) for v in range(fields["n"])
        )
        self.tell(Done(job=number, takes=takes, stats=Stats(**stats), seed=7))

    def fail(self, kind: str, message: str) -> None:
        self.tell(Failed(job=self.worker.last("generate")[0], kind=kind, message=message))

    def loaded(self, model: ModelInfo = MODEL) -> None:
        """Let the last load succeed."""
        self.worker.model = model
        self.tell(Loaded(job=self.worker.last("load")[0], model=model, seconds=0.1))


TESTS = Path(__file__).parent.parent
OF_THE_PAGE = {"changes", "documents", "history", "library", "provenance", "takes"}
"""Rooms whose tests do not look at the parameters."""


class NeverPainted(QObject):
    """Stands for `FirstPaint` where what it would make is only made when it is asked for."""

    painted = Signal()


@pytest.fixture
def make_studio(
    own_home: Path, qtbot: QtBot, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Studio]]:
    """Makes windows and closes them, however the test ends.

    Making the parameters' rows after the first painting takes a third of such a test.
    """
    studios: list[Studio] = []
    if OF_THE_PAGE & {*request.path.relative_to(TESTS).parts}:
        monkeypatch.setattr(sampling_panel, "FirstPaint", NeverPainted)

    def make(
        model: ModelInfo | None = MODEL,
        fetcher: Any = None,
        is_listed: bool = True,
        **settings: Any,
    ) -> Studio:
        for earlier in studios:
            earlier.program.settings_store.close()  # which waits until they are written
        program = Program(Paths.here(), fetcher)
        if settings:
            program.settings_store.change(**settings)
        worker, questions = FakeWorker(model), FakeQuestions()
        library = FakeLibrary(program.paths.models)
        program.library, program.worker = library, worker
        program.secrets = SecretStore(lambda: None)
        window = MainWindow(program, questions)
        studio = Studio(window, worker, questions, library, program)
        studios.append(studio)
        if not is_listed:
            library.gate.clear()
        listed = qtbot.waitSignal(window.models.panel.refreshed) if is_listed else nullcontext()
        with qtbot.waitExposed(window), listed:
            window.show()
        window.page.show_page()
        if model is not None:
            window.models.loader.loaded.emit(model)
        return studio

    yield make
    for studio in studios:
        studio.library.gate.set()
        studio.questions.unsaved_answer = "discard"
        studio.window.close()
        studio.window.deleteLater()
        studio.program.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def tiny() -> ModelInfo:
    """The model that windows have loaded."""
    return MODEL


@pytest.fixture
def studio(make_studio: Callable[..., Studio]) -> Studio:
    """A window with a loaded model and an empty page."""
    return make_studio()
