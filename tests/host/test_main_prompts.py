"""The engines' modules, and where the host lets an engine save prompts."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.messages import EngineReport, Load
from app.host import fake, llama_cpp, torch_engine
from app.host.fake import FakeEngine, Script
from app.host.interface import EngineModule, Job
from app.host.load_thread import Loader
from app.host.main import ENGINE_MODULES


class Recorder(EngineModule):
    """An engine module that notes with what it was loaded."""

    def describe(self) -> EngineReport:
        raise AssertionError("only a load is asked for")

    def load(self, command: Load, job: Job) -> FakeEngine:
        self.folders = command.cache, command.prompts
        return FakeEngine(command, Script())


@pytest.mark.parametrize(
    ("fields", "prompts"),
    [
        ({}, ""),
        ({"cache": "c"}, str(Path("c") / "prompts")),
        ({"cache": "c", "saves_prompts": False}, ""),
        ({"saves_prompts": True}, ""),
    ],
)
def test_prompts_are_saved_in_the_cache_unless_they_are_not_wanted(fields, prompts):
    module = Recorder()
    command = Load(job=1, path="x", engine="fake", **fields)
    Loader(module, command, Job(1, lambda _event: None)).wait()
    assert module.folders == (fields.get("cache", ""), prompts)


def test_every_engine_named_is_a_module_that_loads_and_describes() -> None:
    """That each has the methods is for the type checker, which sees no module by its name."""
    modules: dict[str, EngineModule] = {
        "llama.cpp": llama_cpp,
        "torch": torch_engine,
        "fake": fake,
    }
    assert {name: getattr(module, "__name__", "") for name, module in modules.items()} == (
        ENGINE_MODULES
    )
