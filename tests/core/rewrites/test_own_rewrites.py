from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import SettingsError
from app.core.rewrites.own_rewrites import FORMAT, OwnFields, OwnRewrites, fields_of, read_rewrites
from app.core.rewrites.table import REWRITES

NOIR = OwnFields(
    prompt="Tell it as a detective would.\n\n{selection}",
    help="Cold and laconic",
    examples=[("He was sad.", "He had another drink.")],
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "rewrites.json"


def write(file: Path, actions: Any, version: Any = FORMAT) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"lampblack_rewrites": version, "actions": actions}))
    return file


def names(own: OwnRewrites) -> list[str]:
    return [action.name for action in own.own()]


def test_an_own_action_is_kept_renamed_and_removed(file: Path) -> None:
    saved = OwnRewrites(file).save("  Noir ", NOIR)
    assert saved.id == "own:Noir"
    assert OwnRewrites(file).own() == (saved,)
    own = OwnRewrites(file)
    own.save("Noir II", NOIR, former="Noir")
    assert names(OwnRewrites(file)) == ["Noir II"]
    own.delete("Noir II")
    assert OwnRewrites(file).all() == REWRITES


def test_an_action_that_another_window_made_is_not_lost(file: Path) -> None:
    one, other = OwnRewrites(file), OwnRewrites(file)
    one.save("A", NOIR)
    other.save("B", NOIR)
    assert names(OwnRewrites(file)) == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("", NOIR, "1 to 60 characters"),
        ("a\nb", NOIR, "can be shown"),
        ("Shorten", NOIR, "already an action named Shorten"),
        ("A", OwnFields(prompt=" "), "prompt is empty"),
        ("A", OwnFields(prompt="Do it."), "no place for the selection"),
        ("A", OwnFields(prompt="{selection} {mood}"), "no place 'mood'"),
        ("A", OwnFields(prompt="{selection} {instruction}"), "asks for none"),
        ("A", OwnFields(prompt="{selection}", asks="What?"), "no place for one"),
        ("A", OwnFields(prompt="{selection}", preset="Wild"), "no preset 'Wild'"),
        ("A", OwnFields(prompt="{selection}", growth=11), "0 to 10 times"),
        ("A", OwnFields(prompt="{selection}", help="a\nb"), "its help must be one line"),
        ("A", OwnFields(prompt="{selection}", examples=[("a", "")]), "text and its answer"),
        ("A", OwnFields(prompt="{selection}" + "x" * 20_000), "at most 20,000"),
        ("A", OwnFields(prompt="{selection}\ud800"), "must be text"),
    ],
)
def test_what_no_model_could_be_asked_with_is_refused(
    file: Path, name: str, fields: OwnFields, words: str
) -> None:
    with pytest.raises(SettingsError) as error:
        OwnRewrites(file).save(name, fields)
    assert words in error.value.message
    assert not file.exists()


def test_actions_are_shared_as_a_file(file: Path, tmp_path: Path) -> None:
    own, shared = OwnRewrites(file), tmp_path / "noir.json"
    noir = own.save("Noir", NOIR)
    own.export_to(shared, [noir, REWRITES[0]])
    other = OwnRewrites(tmp_path / "other" / "rewrites.json")
    assert other.import_from(shared) == ("Noir", "Rewrite 2")
    assert other.own()[0] == noir
    assert fields_of(other.own()[1]).prompt == REWRITES[0].prompt
    assert other.import_from(shared) == ("Noir", "Rewrite 2")
    assert len(other.own()) == 2
    other.save("Noir", OwnFields(prompt="{selection}"), former="Noir")
    assert other.import_from(shared)[0] == "Noir 2"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a file of actions"),
        ('{"lampblack_rewrites": 1, "actions": {}}', "no actions in it"),
        ('{"lampblack_rewrites": 9, "actions": {}}', "newer version"),
        ('{"lampblack_rewrites": 1, "actions": {"A": 3}}', "'A' cannot be used"),
        ('{"lampblack_rewrites": 1, "actions": {"A": {}}}', "'prompt' is missing"),
        (
            '{"lampblack_rewrites": 1, "actions": {"A": {"prompt": "{selection}", "goes": 1}}}',
            "'goes' is missing or of the wrong kind",
        ),
        (
            '{"lampblack_rewrites": 1, "actions": {"A": {"prompt": "{selection}", "run": 1}}}',
            "no field 'run'",
        ),
    ],
)
def test_a_file_that_cannot_be_imported_changes_nothing(
    file: Path, tmp_path: Path, content: str, words: str
) -> None:
    own = OwnRewrites(file)
    own.save("Noir", NOIR)
    shared = tmp_path / "shared.json"
    shared.write_text(content)
    with pytest.raises(SettingsError) as error:
        own.import_from(shared)
    assert words in str(error.value)
    assert names(own) == ["Noir"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_rewrites(tmp_path / "none.json")


def test_what_cannot_be_used_stays_in_the_file(file: Path) -> None:
    write(file, {"Bad": {"prompt": "no place"}, "Noir": {"prompt": "{selection}"}})
    own = OwnRewrites(file)
    assert names(own) == ["Noir"]
    assert "'Bad' cannot be used" in own.problems[0]
    own.save("New", NOIR)
    assert set(json.loads(file.read_text())["actions"]) == {"Bad", "Noir", "New"}


def test_a_newer_file_is_neither_read_nor_written(file: Path) -> None:
    write(file, {"A": {"prompt": "{selection}"}}, FORMAT + 1)
    before = file.read_bytes()
    own = OwnRewrites(file)
    assert own.own() == ()
    with pytest.raises(SettingsError, match="newer version"):
        own.save("B", NOIR)
    assert file.read_bytes() == before


def test_a_file_that_is_nested_too_deeply_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text(
        '{"lampblack_rewrites": 1, "actions": ' + '{"a":' * 99_999 + "1" + "}" * 100_000
    )
    with pytest.raises(SettingsError, match="nested too deeply"):
        read_rewrites(path)
