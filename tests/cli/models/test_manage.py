"""`models import|remove|verify|set|folders|found|duplicates`: what they say, ask and change."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

import app.core.models.checksums as model_files_module
import app.core.models.library as library_module
from app.core.models.starter import STARTER
from app.core.system import files


@pytest.fixture
def model(tmp_path: Path, small_model: bytes) -> Path:
    path = tmp_path / "disk" / "Tale.Q4.gguf"
    path.parent.mkdir()
    path.write_bytes(small_model)
    return path


@pytest.fixture
def trashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    paths: list[str] = []

    def take(path: str) -> None:
        paths.append(path)
        Path(path).unlink()

    monkeypatch.setattr("send2trash.send2trash", take)
    return paths


def listed(run: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("models", "list", "--json").out)
    return found


def test_a_model_is_used_where_it_lies(run: Any, model: Path) -> None:
    outcome = run("models", "import", str(model))
    assert outcome.out == f"Tale.Q4 is used where it lies: {model}\n"
    (facts,) = listed(run)
    assert (facts["path"], facts["disk_bytes"]) == (str(model), model.stat().st_size)
    again = json.loads(run("models", "import", str(model), "--json").out)
    assert again == facts
    assert run("models", "list").err.startswith("1 model, ")


def test_a_folder_of_models_is_watched(run: Any, model: Path) -> None:
    folder = model.parent
    outcome = run("models", "import", str(folder))
    assert outcome.out == f"{folder} is watched from now on; the models in it are on the list.\n"
    assert json.loads(run("models", "import", str(folder), "--json").out) == {
        "watched": str(folder)
    }
    assert run("models", "folders", "list").out == f"{folder}\n"
    assert [facts["path"] for facts in listed(run)] == [str(model)]


def test_a_list_that_is_cut_says_so(run: Any, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(model, model.with_name("Other.gguf"))
    run("models", "folders", "add", str(model.parent))
    monkeypatch.setattr(library_module, "_MOST_LISTED", 1)
    outcome = run("models", "list", "--json")
    assert len(json.loads(outcome.out)) == 1
    assert "2 models, of which 1 are listed" in outcome.err


def test_a_model_is_copied_on_request(run: Any, model: Path, own_home: Path) -> None:
    copied = json.loads(run("models", "import", str(model), "--copy", "--json").out)
    copy = own_home / "data" / "models" / "Tale.Q4.gguf"
    assert copied["path"] == str(copy)
    assert copy.read_bytes() == model.read_bytes()
    assert [facts["path"] for facts in listed(run)] == [str(copy)]


def test_removing_asks_first(
    run: Any, model: Path, terminal_stdin: Any, trashed: list[str], one_sentence: Any
) -> None:
    run("models", "import", str(model))
    outcome = run("models", "remove", "tale", stdin=b"y\n")
    assert (outcome.code, outcome.out) == (2, "")
    assert one_sentence(outcome.err)
    assert "--yes" in outcome.err
    outcome = run("models", "remove", "tale", stdin=terminal_stdin(b"n\n"))
    assert outcome.code == 1
    assert "goes to the trash" in outcome.err
    assert model.exists()
    outcome = run("models", "remove", "tale", stdin=terminal_stdin(b"y\n"))
    assert outcome.code == 0
    assert trashed == [str(model)]
    assert listed(run) == []


def test_removing_says_what_it_freed(run: Any, model: Path, trashed: list[str]) -> None:
    size = model.stat().st_size
    outcome = run("models", "remove", str(model), "--yes", "--json")
    assert json.loads(outcome.out) == {"path": str(model), "freed_bytes": size, "trashed": True}


def test_a_file_may_stay(run: Any, model: Path, trashed: list[str]) -> None:
    run("models", "folders", "add", str(model.parent))
    outcome = run("models", "remove", "tale", "--yes", "--keep-file")
    assert "its files stay" in outcome.out
    assert listed(run) == []
    assert model.exists()
    assert trashed == []
    run("models", "import", str(model))
    assert len(listed(run)) == 1


def test_verifying_remembers_and_compares(run: Any, model: Path, one_sentence: Any) -> None:
    sha = hashlib.sha256(model.read_bytes()).hexdigest()
    assert run("models", "verify", str(model)).out == (
        f"Tale.Q4 is whole: sha256 {sha}, remembered for the next time.\n"
    )
    again = json.loads(run("models", "verify", str(model), "--json").out)
    assert again == {"path": str(model), "sha256": sha, "by": "the last time"}
    model.write_bytes(model.read_bytes()[:-1] + b"\x01")
    outcome = run("models", "verify", str(model))
    assert (outcome.code, outcome.out) == (1, "")
    assert one_sentence(outcome.err)
    assert "damaged or was changed" in outcome.err
    assert run("models", "verify", str(model), "--anew").code == 0


def test_the_starter_model_is_known_by_the_catalogue(
    run: Any, own_home: Path, starter_model: Path
) -> None:
    models = own_home / "data" / "models"
    models.mkdir(parents=True)
    (models / starter_model.name).symlink_to(starter_model)
    assert "as the catalogue says" in run("models", "verify", "starter").out


def test_a_fetched_model_answers_to_its_name_in_the_catalogue(
    run: Any, own_home: Path, model: Path, one_sentence: Any
) -> None:
    entry = json.loads(run("models", "show", "qwen3-4b-base-q8-0", "--json").out)
    place = own_home / "data" / "models" / "mradermacher--Qwen3-4B-Base-GGUF"
    outcome = run("models", "verify", entry["id"])
    assert outcome.code == 1
    assert one_sentence(outcome.err)
    assert "lampblack models get qwen3-4b-base-q8-0" in outcome.err
    place.mkdir(parents=True)
    shutil.copy(model, place / entry["files"][0]["path"])
    for name in (entry["id"], entry["name"]):
        assert json.loads(run("models", "set", name, "--notes", "x", "--json").out)["path"] == (
            str(place / entry["files"][0]["path"])
        )
    assert run("models", "verify", entry["id"]).err.startswith("lampblack: Qwen3-4B-Base.Q8_0")


def test_ctrl_c_stops_the_verifying(
    run: Any, model: Path, monkeypatch: pytest.MonkeyPatch, one_sentence: Any
) -> None:
    real = files.open_regular

    def pressed(path: Path) -> Any:
        signal.raise_signal(signal.SIGINT)
        return real(path)

    monkeypatch.setattr(model_files_module, "open_regular", pressed)
    monkeypatch.setattr("app.cli.long_task.LongTask.cancelled", lambda task: task._wake.wait(5))
    outcome = run("models", "verify", str(model))
    assert outcome.code == 1
    assert one_sentence(outcome.err)


def test_a_title_a_note_and_a_star(run: Any, model: Path, one_sentence: Any) -> None:
    run("models", "import", str(model))
    run("models", "set", "tale", "--title", "Die Füchsin", "--notes", "für Dialoge", "--favourite")
    assert run("models", "list").out.startswith("★ Die Füchsin  ")
    (facts,) = listed(run)
    assert (facts["name"], facts["own_name"]) == ("Die Füchsin", "Tale.Q4")
    assert (facts["favourite"], facts["notes"]) == (True, "für Dialoge")
    shown = run("models", "set", "die f", "--title", "", "--no-favourite", "--json")
    assert json.loads(shown.out)["name"] == "Tale.Q4"
    outcome = run("models", "set", "tale")
    assert outcome.code == 2
    assert one_sentence(outcome.err)
    assert run("models", "set", "tale", "--title", "a\nb").code == 2


def test_folders_are_watched(run: Any, model: Path, tmp_path: Path, one_sentence: Any) -> None:
    folder = str(model.parent)
    assert "No folder is watched" in run("models", "folders", "list").err
    for _ in range(2):
        assert run("models", "folders", "add", folder).out == f"{folder}\n"
    assert len(listed(run)) == 1
    shutil.move(model.parent, tmp_path / "unplugged")
    assert run("models", "folders", "list").out == f"{folder}  (not here now)\n"
    assert listed(run) == []
    shown = json.loads(run("models", "folders", "list", "--json").out)
    assert shown == [{"path": folder, "here": False}]
    assert run("models", "folders", "remove", folder).out == ""
    for words in (("remove", folder), ("add", folder)):
        outcome = run("models", "folders", *words)
        assert outcome.code in (1, 2)
        assert one_sentence(outcome.err)


def test_other_programs_models_are_found_and_used_only_on_request(
    run: Any, model: Path, tmp_path: Path, one_sentence: Any
) -> None:
    store = tmp_path / "home" / ".lmstudio" / "models"
    (store / "owner" / "repo").mkdir(parents=True)
    model.rename(store / "owner" / "repo" / "Tale.gguf")
    outcome = run("models", "found")
    assert outcome.out == f"LM Studio  1 model, not used  {store}\n"
    assert "--use" in outcome.err
    assert listed(run) == []
    assert "used here" in run("models", "found", "--use", "lm-studio").out
    (facts,) = listed(run)
    assert facts["program"] == "LM Studio"
    (shown,) = json.loads(run("models", "found", "--json").out)
    assert (shown["program"], shown["used"]) == ("LM Studio", True)
    outcome = run("models", "remove", "tale", "--yes")
    assert "belongs to LM Studio" in outcome.out
    assert Path(facts["path"]).exists()
    assert listed(run) == []
    assert "not used" in run("models", "found", "--leave", "LM Studio").out
    outcome = run("models", "found", "--use", "word")
    assert outcome.code == 2
    assert one_sentence(outcome.err)


def test_what_is_here_twice_is_shown(run: Any, model: Path) -> None:
    run("models", "folders", "add", str(model.parent))
    assert "No model is here twice" in run("models", "duplicates").err
    shutil.copy(model, model.with_name("copy.gguf"))
    outcome = run("models", "duplicates")
    assert str(model) in outcome.out
    assert "2 × " in outcome.out
    assert json.loads(run("models", "duplicates", "--json").out) == [
        [str(model.with_name("copy.gguf")), str(model)]
    ]


def test_a_model_of_ollama_writes_where_it_lies(
    run: Any, run_program: Any, tmp_path: Path, starter_model: Path
) -> None:
    store = tmp_path / "home" / ".ollama" / "models"
    digest = STARTER.sha256
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"}
    manifest = store / "manifests" / "registry.ollama.ai" / "library" / "smollm2" / "135m"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"layers": [layer]}))
    (store / "blobs").mkdir()
    (store / "blobs" / f"sha256-{digest}").symlink_to(starter_model)
    run("models", "found", "--use", "ollama")
    words = ("generate", "Once", "--max-tokens", "4", "--seed", "1", "--threads", "1", "--json")
    outcome = run_program(*words, "--model", "smollm2:135m")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["text"]
