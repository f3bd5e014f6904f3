from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ParameterError, SettingsError
from app.core.options.presets import BUILTIN, SUGGESTED, Preset, Presets, suggested
from app.core.options.sampling import Sampling

HOT = Sampling(temperature=1.5, stop=("\n",), seed=9)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "presets.json"


def write(file: Path, presets: Any, version: Any = 1) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"lampblack_presets": version, "presets": presets}))
    return file


def own(presets: Presets) -> list[str]:
    return [preset.name for preset in presets.all() if not preset.builtin]


def test_the_built_in_presets_are_what_they_are_called() -> None:
    found = {preset.name: preset.sampling for preset in BUILTIN}
    assert found == {
        "Balanced": Sampling(),
        "Focused": Sampling(temperature=0.4, top_p=0.8),
        "Imaginative": Sampling(
            temperature=1.1, min_p=0.05, xtc_probability=0.5, xtc_threshold=0.1
        ),
        "Steady long form": Sampling(temperature=0.9, min_p=0.05, dry_multiplier=0.8),
        "Exact": Sampling(temperature=0),
    }
    assert all(preset.builtin for preset in BUILTIN)


def test_a_built_in_preset_says_in_one_sentence_what_it_does() -> None:
    for preset in BUILTIN:
        assert preset.description.count(".") == 1
        assert preset.description.endswith(".")
    assert len({preset.description for preset in BUILTIN}) == len(BUILTIN)


def test_the_users_own_preset_has_no_sentence_that_is_not_his(file: Path) -> None:
    presets = Presets(file)
    assert presets.save("Noir", presets.get("Exact").sampling).description == ""


def test_a_preset_is_kept_and_found_in_any_case(file: Path) -> None:
    Presets(file).save("  Noir ", HOT)
    again = Presets(file)
    assert again.problems == ()
    assert again.get("nOIR") == Preset("Noir", HOT)
    assert own(again) == ["Noir"]
    assert json.loads(file.read_text())["lampblack_presets"] == 1


def test_saving_again_replaces_it_whatever_the_case(file: Path) -> None:
    presets = Presets(file)
    presets.save("Noir", HOT)
    presets.save("NOIR", Sampling())
    assert own(Presets(file)) == ["NOIR"]
    assert Presets(file).get("Noir").sampling == Sampling()


def test_presets_are_listed_by_name_after_the_built_in_ones(file: Path) -> None:
    presets = Presets(file)
    for name in ("b", "A", "c"):
        presets.save(name, HOT)
    assert [preset.name for preset in presets.all()][-3:] == ["A", "b", "c"]
    assert presets.all()[: len(BUILTIN)] == BUILTIN


def test_a_preset_can_be_renamed_also_only_in_its_case(file: Path) -> None:
    presets = Presets(file)
    presets.save("Noir", HOT)
    presets.save("Other", Sampling())
    assert presets.rename("noir", "NOIR").name == "NOIR"
    assert presets.rename("NOIR", "Black").sampling == HOT
    assert own(Presets(file)) == ["Black", "Other"]
    with pytest.raises(SettingsError, match="already a preset named Other"):
        presets.rename("Black", "OTHER")
    with pytest.raises(SettingsError, match="already a preset named Exact"):
        presets.rename("Black", "exact")


def test_a_preset_can_be_deleted(file: Path) -> None:
    presets = Presets(file)
    presets.save("Noir", HOT)
    presets.delete("noir")
    assert own(Presets(file)) == []
    with pytest.raises(SettingsError, match="no preset named 'Noir'") as caught:
        presets.get("Noir")
    assert "Balanced" in caught.value.hint


def test_built_in_presets_refuse_every_change(file: Path) -> None:
    presets = Presets(file)
    for change in (
        lambda: presets.save("balanced", HOT),
        lambda: presets.rename("Balanced", "Mine"),
        lambda: presets.delete("Balanced"),
    ):
        with pytest.raises(SettingsError, match="built in"):
            change()
    assert not file.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb", "a\0", "\ud800"])
def test_a_name_must_be_one_that_can_be_shown(file: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="preset's name"):
        Presets(file).save(name, HOT)
    assert Presets(file).save("x" * 60, HOT).name == "x" * 60


def test_values_out_of_limits_are_not_kept(file: Path) -> None:
    with pytest.raises(ParameterError):
        Presets(file).save("Noir", Sampling(top_p=3))
    assert not file.exists()


def test_broken_presets_stay_in_the_file_and_are_told_once(file: Path) -> None:
    bad = {"Hot": {"temperature": 99}, "List": [], "New": {"quantum": 1}, "exact": {}, " a ": {}}
    write(file, {"Good": {"top_k": 3}, **bad})
    presets = Presets(file)
    assert own(presets) == ["Good"]
    assert len(presets.problems) == len(bad)
    for name in bad:
        assert sum(repr(name) in problem for problem in presets.problems) == 1
    presets.save("Mine", HOT)
    presets.delete("Good")
    kept = json.loads(file.read_text())["presets"]
    assert {name: kept.get(name) for name in bad} == bad
    assert set(kept) == {*bad, "Mine"}
    assert len(presets.problems) == len(bad)


def test_a_file_of_a_newer_version_is_left_alone(file: Path) -> None:
    before = write(file, {"Noir": {}}, version=2).read_bytes()
    presets = Presets(file)
    assert presets.all() == BUILTIN
    assert "newer version" in presets.problems[0]
    with pytest.raises(SettingsError, match="newer version"):
        presets.save("Mine", HOT)
    assert file.read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"presets": {}}', b"[" * 100_000, b"\xff"])
def test_a_file_that_is_none_of_presets_is_renamed(file: Path, data: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(data)
    presets = Presets(file)
    assert len(presets.problems) == 1
    assert file.with_name("presets.json.broken").read_bytes() == data
    presets.save("Mine", HOT)
    assert own(Presets(file)) == ["Mine"]


def test_the_backup_steps_in(file: Path) -> None:
    presets = Presets(file)
    presets.save("One", HOT)
    presets.save("Two", HOT)
    file.write_text("torn")
    again = Presets(file)
    assert own(again) == ["One"]
    assert "before the last change" in again.problems[0]


def test_two_windows_keep_each_others_presets(file: Path) -> None:
    one, two = Presets(file), Presets(file)
    one.save("One", HOT)
    two.save("Two", HOT)
    assert own(two) == ["One", "Two"]
    assert own(Presets(file)) == ["One", "Two"]


def test_a_failed_save_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    presets = Presets(file)
    presets.save("One", HOT)

    def refuse(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for writer in ("app.core.system.json_store", "app.core.options.presets"):
        monkeypatch.setattr(f"{writer}.write_atomically", refuse)
    for change in (
        lambda: presets.save("Two", HOT),
        lambda: presets.delete("One"),
        lambda: presets.export_to(file.with_name("out.json")),
    ):
        with pytest.raises(SettingsError, match="no space left"):
            change()
    assert own(presets) == ["One"]


def test_what_is_exported_can_be_imported_elsewhere(file: Path, tmp_path: Path) -> None:
    presets = Presets(file)
    presets.save("One", HOT)
    presets.save("Two", Sampling(logit_bias={"a": 2.0}))
    presets.export_to(tmp_path / "all.json")
    presets.export_to(tmp_path / "one.json", ["one", "Exact"])
    other = Presets(tmp_path / "other" / "presets.json")
    assert other.import_from(tmp_path / "one.json").names == ("One", "Exact")
    assert other.import_from(tmp_path / "all.json").names == ("One", "Two")
    assert own(Presets(tmp_path / "other" / "presets.json")) == ["One", "Two"]
    assert other.get("Two").sampling == Sampling(logit_bias={"a": 2.0})
    assert Presets(tmp_path / "other" / "presets.json").problems == ()


def test_a_taken_name_gets_a_number_and_replaces_nothing(file: Path, tmp_path: Path) -> None:
    presets = Presets(file)
    presets.save("One", HOT)
    source = write(tmp_path / "in.json", {"one": {"top_k": 1}, "Exact": {"top_k": 2}})
    assert presets.import_from(source).names == ("one 2", "Exact 2")
    assert presets.get("One").sampling == HOT
    assert presets.get("Exact 2").sampling == Sampling(top_k=2)
    assert own(Presets(file)) == ["Exact 2", "One", "one 2"]


@pytest.mark.parametrize(
    ("presets", "told"),
    [
        ({"Good": {}, "Hot": {"temperature": 99}}, "'Hot'.*temperature"),
        ({"Good": {}, "New": {"quantum": 1}}, "'New'.*quantum"),
        ({"Good": {}, "Hot": 3}, "'Hot'"),
        ({"Good": {}, "": {}}, "name"),
    ],
)
def test_an_import_names_what_is_wrong_and_adds_nothing(
    file: Path, tmp_path: Path, presets: Any, told: str
) -> None:
    here = Presets(file)
    with pytest.raises(SettingsError, match=told):
        here.import_from(write(tmp_path / "in.json", presets))
    assert here.all() == BUILTIN
    assert not file.exists()


def test_an_import_of_anything_else_is_a_sentence(file: Path, tmp_path: Path) -> None:
    here = Presets(file)
    (tmp_path / "in.json").write_bytes(b"\0")
    newer = write(tmp_path / "newer.json", {}, version=7)
    for path in (tmp_path / "in.json", newer, tmp_path, tmp_path / "missing.json"):
        with pytest.raises(SettingsError):
            here.import_from(path)


@pytest.mark.parametrize(
    ("parameters", "repeats", "preset"),
    [
        (134_515_008, False, SUGGESTED),
        (999_999_999, False, SUGGESTED),
        (1_000_000_000, False, None),
        (0, False, None),
        (0, True, SUGGESTED),
        (8_000_000_000, True, SUGGESTED),
    ],
)
def test_small_and_repetitive_models_get_a_suggestion(
    parameters: int, repeats: bool, preset: Preset | None
) -> None:
    assert suggested(parameters, repeats=repeats) == preset


def test_the_suggestion_works_against_repetition() -> None:
    sampling = SUGGESTED.sampling
    assert sampling.dry_multiplier > 0
    assert sampling.repetition_penalty > 1
    assert sampling.repetition_window > Sampling().repetition_window
    assert sampling.temperature == Sampling().temperature
