"""`lampblack models passport` on the real starter model and on what is kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.models.metadata import MetadataStore
from app.core.models.model_file import inspect
from app.core.options.load_options import LoadOptions
from app.core.options.settings_store import SettingsStore
from app.core.passport import Passport
from app.core.system.paths import Paths
from app.engine.client import EngineClient


@pytest.fixture
def present(own_home: Path, starter_model: Path) -> Path:
    """The starter model in the program's own folder."""
    folder = Paths.here().models
    folder.mkdir(parents=True)
    target = folder / starter_model.name
    os.link(starter_model, target)
    options = LoadOptions(context=1024, threads=1, tune=False)
    SettingsStore(Paths.here().settings_file).change(load=options)
    return target


def keep(path: Path, passport: Passport) -> None:
    MetadataStore(Paths.here().metadata_file).change(
        inspect(path), passport=msgspec.to_builtins(passport)
    )


def test_the_starter_model_is_examined_once(run: Any, present: Path) -> None:
    first = run("models", "passport", "starter", "--json", new_client=EngineClient)
    assert (first.code, first.err) == (0, "")
    found = json.loads(first.out)
    assert (found["kind"], found["template"], found["doubled_bos"]) == ("instruct", "right", "no")
    assert found["words"][0].startswith("Good for: ")
    assert found["path"] == str(present)
    again = run("models", "passport", "starter", "--json")  # without an engine
    assert json.loads(again.out) == found
    prompts = Paths.here().engine_cache / "prompts"
    assert not prompts.exists() or not list(prompts.iterdir())


def test_what_is_kept_is_shown_in_words(run: Any, present: Path) -> None:
    keep(present, Passport(kind="base", template="none", repetition=0.0, doubled_bos="yes"))
    outcome = run("models", "passport", "starter")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[1:3] == ["Good for: continuing prose.", "Weak at: instructions."]
    assert "doubles its first token" in outcome.out


def test_the_examined_models_are_compared(run: Any, present: Path) -> None:
    other = present.with_name("Copy.gguf")
    os.link(present, other)
    keep(present, Passport(kind="base", template="none", repetition=0.0))
    keep(other, Passport(kind="instruct", template="right", followed=3, instructions=3))
    chat = run("models", "passport", "--for", "chat", "--json")
    assert [model["kind"] for model in json.loads(chat.out)] == ["instruct", "base"]
    prose = run("models", "passport", "--for", "continue")
    assert prose.out.splitlines()[0].split()[1] == present.stem


def test_nothing_to_compare_is_said(run: Any, present: Path) -> None:
    outcome = run("models", "passport", "--for", "chat")
    assert (outcome.code, outcome.out) == (0, "")
    assert "No model was examined yet" in outcome.err


def test_a_comparison_has_no_name(run: Any, one_sentence: Any) -> None:
    outcome = run("models", "passport", "starter", "--for", "chat")
    assert outcome.code == 2
    assert one_sentence(outcome.err)
