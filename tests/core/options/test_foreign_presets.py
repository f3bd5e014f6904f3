from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import SettingsError
from app.core.options.foreign_presets import PROGRAMS, Imported, read_foreign
from app.core.options.presets import Presets
from app.core.options.rows import rows_by_name
from app.core.options.sampling import DEFAULT_ORDER, Sampling

TAVERN: dict[str, Any] = {
    "temp": 1.5,
    "rep_pen": 1.1,
    "rep_pen_range": 512,
    "freq_pen": 0.2,
    "typical_p": 1,
    "min_p": 0.1,
    "top_k": 0,
    "top_p": 1,
    "tfs": 0.9,
    "top_a": 0,
    "dry_multiplier": 0.8,
    "dry_sequence_breakers": '["\\n", ":"]',
    "dry_penalty_last_n": -1,
    "banned_tokens": '"shivers"\nbarely above a whisper\n',
    "logit_bias": [{"id": "1", "text": " the", "value": -3}],
    "samplers": ["penalties", "temperature", "top_k", "tfs_z", "min_p"],
    "mirostat_mode": 0,
    "xtc_threshold": 0.9,
}
KOBOLD: dict[str, Any] = {
    "temperature": 0.75,
    "max_length": 300,
    "rep_pen": 1.05,
    "rep_pen_range": 360,
    "rep_pen_slope": 0.7,
    "top_k": 100,
    "typ_s": 0.9,
    "tfs_s": 1,
    "miro_type": 2,
    "nsigma": 1.5,
    "dynatemp_range": 0.3,
    "sampler_seed": -1,
    "sampler_order": [6, 5, 0, 1, 3, 4, 2],
}


def made(content: Any) -> Imported:
    imported = read_foreign(content if isinstance(content, str) else json.dumps(content))
    assert imported is not None
    return imported


def test_every_name_of_the_table_leads_to_a_parameter() -> None:
    for program in PROGRAMS:
        assert set(program.names.values()) <= rows_by_name(Sampling).keys()
        assert set(program.steps.values()) - {""} <= set(DEFAULT_ORDER)


def test_a_file_of_sillytavern() -> None:
    imported = made(TAVERN)
    found = imported.sampling
    assert imported.program == "SillyTavern"
    assert (found.temperature, found.min_p, found.top_p, found.top_k) == (1.5, 0.1, 1, 0)
    assert (found.repetition_penalty, found.repetition_window) == (1.1, 512)
    assert found.frequency_penalty == 0.2
    assert (found.dry_multiplier, found.dry_breakers, found.dry_window) == (0.8, ("\n", ":"), -1)
    assert found.banned_phrases == ("shivers", "barely above a whisper")
    assert found.logit_bias == {" the": -3}
    assert (
        found.order.index("temperature") < found.order.index("top_k") < found.order.index("min_p")
    )
    assert sorted(found.order) == sorted(DEFAULT_ORDER)


def test_what_is_out_of_limits_or_unknown_is_told_and_left_out() -> None:
    imported = made(TAVERN | {"brand_new": 3})
    told = "; ".join(imported.left_out)
    assert imported.sampling.xtc_threshold == Sampling().xtc_threshold
    for part in ("xtc_threshold", "0.5", "tfs", "brand_new"):
        assert part in told
    assert "top_a" not in told  # 0 does nothing there either
    assert "xtc_threshold" not in imported.taken


def test_a_file_and_a_saved_story_of_koboldcpp() -> None:
    for content in (KOBOLD, {"gamestarted": True, "prompt": "Once", "savedsettings": KOBOLD}):
        imported = made(content)
        found = imported.sampling
        assert imported.program == "KoboldCpp"
        assert (found.temperature, found.dynatemp_range, found.max_tokens) == (0.75, 0.3, 300)
        assert (found.typical_p, found.mirostat, found.top_n_sigma) == (0.9, 2, 1.5)
        assert (found.min_p, found.top_p, found.seed) == (0, 1, None)  # not ours: not named there
        assert found.order.index("temperature") < found.order.index("top_k")
        assert [part.split()[0] for part in imported.left_out] == ["rep_pen_slope"]


def test_a_file_of_text_generation_webui() -> None:
    imported = made(
        "temperature: 1.5  # hot\r\nmin_p: 0.02\r\ndynamic_temperature: true\r\n"
        "dynatemp_low: 0.5\r\ndynatemp_high: 1.5\r\n"
        'dry_sequence_breakers: \'"\\n", ":"\'\r\ntop_a: 0.2\r\n'
    )
    found = imported.sampling
    assert imported.program == "text-generation-webui"
    assert (found.temperature, found.dynatemp_range, found.min_p) == (1.0, 0.5, 0.02)
    assert (found.top_p, found.top_k) == (1, 0)
    assert found.dry_breakers == ("\n", ":")
    assert found.order[:3] == ("penalties", "dry", "temperature")
    assert [part.split()[0] for part in imported.left_out] == ["top_a"]


def test_a_dynamic_temperature_without_ends_is_told() -> None:
    imported = made(TAVERN | {"dynatemp": True, "min_temp": "low", "max_temp": 2})
    assert any("dynatemp" in part for part in imported.left_out)
    assert imported.sampling.temperature == 1.5


def test_temperature_last_keeps_the_other_steps_of_the_file() -> None:
    found = made(TAVERN | {"samplers": ["min_p", "temperature", "top_k"], "temperature_last": True})
    order = found.sampling.order
    assert order[-1] == "temperature"
    assert order.index("min_p") < order.index("top_k")


def test_greedy_writing_and_a_window_that_switches_off() -> None:
    assert made("do_sample: false\ntop_p: 0.9\n").sampling.temperature == 0
    (told,) = made({"temp": 1, "rep_pen": 1.2, "rep_pen_range": 0}).left_out
    assert "window is 0" in told


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "{}", '{"a": 1}', "name: Ada\ncontext: |\n  She writes.\n", "Once: upon"],
)
def test_other_files_are_nothing_of_theirs(text: str) -> None:
    assert read_foreign(text) is None


@pytest.mark.parametrize("value", [None, {}, [], "x", True, 1e999, -5, [{"text": 1}], [3]])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_no_value_of_any_name_is_more_than_left_out(program: Any, value: Any) -> None:
    marks = dict.fromkeys(program.marks, 1)
    for name in {*program.names, program.order, "dynatemp", "min_temp"}:
        imported = made(marks | {name: value})
        rows = rows_by_name(Sampling)
        for bound in rows.values():
            bound.check(getattr(imported.sampling, bound.name))


def test_a_foreign_file_is_imported_under_its_own_name(tmp_path: Path) -> None:
    presets = Presets(tmp_path / "presets.json")
    file = tmp_path / "Universal-Creative.json"
    file.write_bytes(codecs.BOM_UTF8 + json.dumps(TAVERN, indent=4).replace("\n", "\r\n").encode())
    imported = presets.import_from(file)
    assert imported.names == ("Universal-Creative",)
    assert "SillyTavern" in imported.notes[0]
    assert "xtc_threshold" in imported.notes[0]
    assert presets.get("Universal-Creative").sampling.temperature == 1.5


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_and_windows_line_ends_in_our_own_are_no_error(
    tmp_path: Path, encoding: str
) -> None:
    first = Presets(tmp_path / "first.json")
    first.save("Näht", Sampling(top_k=7))
    text = (tmp_path / "first.json").read_text("utf-8").replace("\n", "\r\n")
    (tmp_path / "second.json").write_bytes(text.encode(encoding))
    second = Presets(tmp_path / "second.json")
    assert second.problems == ()
    assert second.get("Näht").sampling.top_k == 7
    third = Presets(tmp_path / "third.json")
    assert third.import_from(tmp_path / "second.json").names == ("Näht",)


def test_anything_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text("name: Ada\n")
    with pytest.raises(SettingsError, match=r"in\.yaml cannot be imported"):
        Presets(tmp_path / "presets.json").import_from(tmp_path / "in.yaml")
