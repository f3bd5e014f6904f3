"""The parts of a program: made when asked for, replaceable, ended only if they were made."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ModelNotFoundError
from app.core.system.paths import Paths
from app.program import Program
from tests.core.models.folders import write_folder


class Part:
    """Notes its end."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_a_program_that_did_nothing_leaves_nothing(own_home: Path) -> None:
    Program(Paths.here()).close()
    assert not own_home.exists()


def test_close_ends_what_was_made_or_put_in_its_place_and_nothing_else(own_home: Path) -> None:
    program = Program(Paths.here())
    part: Any = Part()
    program.store = part
    assert program.downloads.all() == ()
    program.close()
    assert part.closed == 1
    assert "worker" not in vars(program)


def test_a_part_is_made_once_and_from_the_parts_that_were_put_in(own_home: Path) -> None:
    program, other = Program(Paths.here()), Program(Paths.here())
    program.settings_store = other.settings_store
    other.settings_store.change(added_models=("/models/雨.gguf",))
    assert program.settings.added_models == ("/models/雨.gguf",)
    assert program.library is program.library


def test_a_classifier_is_found_by_its_name_and_never_taken_as_the_usual_model(
    own_home: Path,
) -> None:
    program = Program(Paths.here())
    program.paths.models.mkdir(parents=True)
    folder = write_folder(program.paths.models / "moods")
    config = {"model_type": "bert", "architectures": ["BertForSequenceClassification"]}
    (folder / "config.json").write_text(json.dumps(config))
    (listed,) = program.library.list()
    assert "is a classifier" in listed.problem
    assert not listed.is_damaged
    assert program.model("moods") == program.model(str(folder)) == listed
    with pytest.raises(ModelNotFoundError, match="There is no model yet"):
        program.model("")
    program.close()


def test_a_bundle_s_own_models_are_listed_and_its_starter_is_the_usual_one(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starter_model: Path
) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
    shipped = tmp_path / "bundle" / "models" / starter_model.name
    shipped.parent.mkdir(parents=True)
    shipped.symlink_to(starter_model)
    program = Program(Paths.here())
    assert [model.path for model in program.library.list()] == [str(shipped)]
    assert program.model("").path == program.model("starter").path == str(shipped)
    assert program.settings.watched_folders == ()
