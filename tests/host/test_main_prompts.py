"""Where the host lets an engine save prompts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.engine.messages import Load
from app.host.fake import FakeEngine, Script
from app.host.interface import Job
from app.host.load_thread import Loader


class Recorder:
    """An engine module that notes with what it was loaded."""

    def load(self, command: Load, _job: Job) -> Any:
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
    module: Any = Recorder()
    command = Load(job=1, path="x", engine="fake", **fields)
    Loader(module, command, Job(1, lambda _event: None)).wait()
    assert module.folders == (fields.get("cache", ""), prompts)
