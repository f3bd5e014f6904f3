"""Every word does the same in any locale: no encoding, comma or dotless i of the system gets in."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

LOCALES = ("C.UTF-8", "C", "tr_TR.UTF-8", "de_DE.UTF-8", "no_SUCH.nonsense")


@pytest.fixture(scope="module")
def environs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Locales, made here where the system has their sources; Python chooses its UTF-8 mode."""
    folder = tmp_path_factory.mktemp("locales")
    for name in LOCALES[2:4] if shutil.which("localedef") else ():
        command = ["localedef", "-c", "-i", name.partition(".")[0], "-f", "UTF-8"]
        subprocess.run([*command, str(folder / name)], capture_output=True, check=False)
    given = {"PYTHONUTF8": "", "LANGUAGE": ""}
    given |= {"LOCPATH": str(folder)} if any(folder.iterdir()) else {}
    names = ("LANG", "LC_ALL", "LC_NUMERIC")
    return {name: given | dict.fromkeys(names, name) for name in LOCALES}


def test_a_text_is_the_same_in_any_locale(
    environs: dict[str, dict[str, str]], run_program: Any, starter_model: Path, tmp_path: Path
) -> None:
    """The prompt in three scripts and the model's path in two; parameters with a point."""
    link = tmp_path / "İstanbul 手稿.gguf"
    link.symlink_to(starter_model)
    words = ["generate", "İIıi 灯塔 ÄÖ", "--max-tokens", "8", "--temperature", "0.5", "--seed", "1"]
    words += ["--threads", "1", "--exact", "--json", "--model", str(link)]
    texts = {}
    for name, environ in environs.items():
        said = run_program(*words, environ=environ)
        assert (said.code, said.err) == (0, ""), name
        texts[name] = json.loads(said.out)["text"]
    assert texts == dict.fromkeys(LOCALES, texts["C.UTF-8"])
    assert texts["C"]


def test_settings_keep_their_words_and_points(
    environs: dict[str, dict[str, str]], run_program: Any, own_home: Path, tmp_path: Path
) -> None:
    settings = own_home / "config" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[sampling]\ntemperature = 0.5\n")
    folders = [tmp_path / f"İI 手稿 {name}" for name in LOCALES]
    for folder, environ in zip(folders, environs.values(), strict=True):
        folder.mkdir()
        added = run_program("models", "folders", "add", str(folder), environ=environ)
        assert (added.code, added.err) == (0, "")
    content = tomllib.loads(settings.read_text("utf-8"))
    assert content["sampling"] == {"temperature": 0.5}
    assert content["watched_folders"] == [str(folder) for folder in folders]
