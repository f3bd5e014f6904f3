"""`models search` and `show`: the catalogue on the command line."""

from __future__ import annotations

import json

import pytest

from app.cli.main import run_cli


def test_search_writes_one_plain_entry_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["models", "search", "--purpose", "translate", "--fits"]) == 0
    out = capsys.readouterr().out
    assert "hy-mt2-1-8b-q4-k-m" in out
    assert "Made for one thing" in out


def test_search_as_json_carries_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["models", "search", "qwen", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found
    assert all(one["verdict"] in ("fits", "tight", "too large") for one in found)
    assert all({"id", "licence", "memory_bytes", "because", "here"} <= set(one) for one in found)


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["models", "search", "no", "such", "model"]) == 0
    assert "Ask for less" in capsys.readouterr().err


def test_show_says_all_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["models", "show", "starter"]) == 0
    out = capsys.readouterr().out
    assert "apache-2.0" in out
    assert "98 MB" in out
    assert run_cli(["models", "show", "starter", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["quantization"] == "Q4_1"


def test_an_unknown_model_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["models", "show", "nothing"]) == 1
    assert "no model 'nothing'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags",
    [
        ["--purpose", "poetry"],
        *(["--largest", size] for size in ("x", "nan", "inf", "1e999", "-3", "0")),
        ["--sort", "y"],
    ],
)
def test_unknown_wishes_are_refused(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["models", "search", *flags]) == 2
    assert flags[0] in capsys.readouterr().err
