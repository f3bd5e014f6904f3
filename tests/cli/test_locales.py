"""Every word does the same in any locale: no encoding, comma or dotless i of the system gets in."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

LOCALES = ("C", "POSIX", "tr_TR.UTF-8", "de_DE.UTF-8", "zh_CN.UTF-8", "no_SUCH.nonsense")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The locales themselves, where this system has what they are made of."""
    folder = tmp_path_factory.mktemp("locales")
    for name in LOCALES:
        language, dot, encoding = name.partition(".")
        if dot and encoding == "UTF-8" and shutil.which("localedef"):
            command = ["localedef", "-c", "-i", language, "-f", encoding, str(folder / name)]
            subprocess.run(command, capture_output=True, check=False)
    return folder


@pytest.fixture(params=LOCALES)
def environ(request: pytest.FixtureRequest, made: Path) -> dict[str, str]:
    """A locale, and Python's UTF-8 mode as Python itself chooses it."""
    given = {"PYTHONUTF8": "", "LANGUAGE": ""}
    given |= {"LOCPATH": str(made)} if any(made.iterdir()) else {}
    return given | dict.fromkeys(("LANG", "LC_ALL", "LC_NUMERIC"), request.param)


def test_a_text_is_written_byte_for_byte(
    environ: dict[str, str], run_program: Any, starter_model: Path, tmp_path: Path
) -> None:
    """The prompt in three scripts and its path in two; parameters with a point."""
    link = tmp_path / "İstanbul 手稿.gguf"
    link.symlink_to(starter_model)
    words = ("generate", "İIıi 灯塔 ÄÖ", "--max-tokens", "8", "--temperature", "0.5", "--seed", "1")
    words += ("--threads", "1", "--exact", "--json", "--model", str(link))
    said = run_program(*words, environ=environ)
    assert (said.code, said.err) == (0, ""), said.err
    plain = run_program(*words)
    assert json.loads(said.out)["text"] == json.loads(plain.out)["text"] != ""


def test_settings_keep_their_words_and_points(
    environ: dict[str, str], run_program: Any, own_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "İI 手稿"
    folder.mkdir()
    settings = own_home / "config" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[sampling]\ntemperature = 0.5\n")
    added = run_program("models", "folders", "add", str(folder), environ=environ)
    assert (added.code, added.err) == (0, "")
    text = settings.read_bytes().decode("utf-8")
    assert "temperature = 0.5" in text
    assert "İI 手稿" in text
    report = run_program("doctor", "--json", environ=environ)
    assert (report.code, report.err) == (0, "")
    assert json.loads(report.out)["folders"]
