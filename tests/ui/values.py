"""Values and stand-ins that several tests of the panels use."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.models.library import ModelLibrary
from app.core.models.model_file import ModelFile
from app.core.models.starter import STARTER
from app.core.options.rows import BoundRow

FOLDER = "/models"
STARTER_PATH = f"{FOLDER}/{STARTER.file_name}"
CHINESE_PATH = "/elsewhere/通义千问-7B.gguf"
BROKEN_PATH = "/elsewhere/broken.gguf"
PROBLEM = "The file is shorter than its header says."


@dataclass
class ScriptedLibrary(ModelLibrary):
    """A library that lists what it is told, and waits while its gate is closed."""

    models: list[ModelFile] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    readings: int = 0
    trouble: Exception | None = None
    notes: tuple[str, ...] = ()

    def list(self) -> tuple[ModelFile, ...]:
        assert self.gate.wait(10)
        assert threading.current_thread() is not threading.main_thread()
        self.readings += 1
        if self.trouble is not None:
            raise self.trouble
        return tuple(self.models)


def model_file(path: str, **changes: Any) -> ModelFile:
    values: dict[str, Any] = {
        "path": path,
        "name": Path(path).stem,
        "kind": "gguf",
        "size_bytes": 98_362_432,
        "quantization": "Q4_1",
        "architecture": "llama",
        "parameters": 134_515_008,
        "context": 8192,
        "has_chat_template": True,
    }
    return ModelFile(**{**values, **changes})


def other_value(bound: BoundRow) -> Any:
    """A sound value of a row that is not its default."""
    if bound.kind == "texts":
        if bound.row.pattern:
            return ("http://localhost:8000", "https://page.example")
        return bound.row.choices[::-1] or ("\n\n", "第二章", " end ")
    if bound.row.choices:
        return next(choice for choice in bound.row.choices if choice != bound.default)
    if bound.optional:
        return 42
    if bound.row.slider is not None:
        slider = bound.row.slider
        return type(bound.default)(slider.low + 3 * slider.step)
    if bound.kind == "bool":
        return not bound.default
    texts = {"text": "root ::= [a-z]\n", "bias": {"月": 2.5, " a": -100.0}}
    return texts.get(bound.kind, "") or bound.default + 32
