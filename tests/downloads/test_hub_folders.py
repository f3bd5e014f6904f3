"""Models of several files from a hub: whole or not there at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from app.core.errors import DownloadError
from app.downloads.messages import Listed
from app.downloads.request import ModelRequest, WantedFile
from tests.downloads.hub_runs import CONTENT, Run
from tests.downloads.hub_server import (
    REPO,
    SHA,
    Answer,
    Asked,
    serving,
    wanted_gguf,
)

FILES = {
    "config.json": b'{"model_type": "llama"}',
    "generation_config.json": b"{}",
    "tokenizer.json": b"{}" * 500,
    "tokenizer_config.json": b"{}",
    "LICENSE": b"Apache",
    "model.safetensors": CONTENT,
    "pytorch_model.bin": b"pickle",
    "README.md": b"# A model",
    "modeling.py": b"import os",
    "onnx/config.json": b"{}",
    ".gitattributes": b"",
}


TORCH = wanted_gguf("model.safetensors", CONTENT, engine="torch")


def test_a_folder_appears_only_when_every_file_is_whole(models: Path) -> None:
    with serving(FILES) as hub:
        hub.always = _cut_weights
        run = Run(hub, models, TORCH)
        with pytest.raises(DownloadError):
            run.run()
        assert not (models / "owner--model").exists()
        hub.always = lambda _asked: None
        hub.log.clear()
        again = Run(hub, models, _listed(run))
        folder = again.run()
        assert [asked.path.rpartition("/")[2] for asked in hub.log] == ["model.safetensors"]
    assert folder == models / "owner--model"
    kept = {name: FILES[name] for name in FILES if name not in _LEFT_OUT}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    assert [path.name for path in models.iterdir()] == ["owner--model"]
    assert again.done == sorted(again.done)
    assert again.done[0] > 400_000


_LEFT_OUT = ("pytorch_model.bin", "README.md", "modeling.py", "onnx/config.json", ".gitattributes")


def _cut_weights(asked: Asked) -> Answer | None:
    if not asked.path.endswith("model.safetensors"):
        return None
    return Answer(cut=0 if asked.start else 400_000)


def _listed(run: Run) -> ModelRequest:
    return next(event.wanted for event in run.events if isinstance(event, Listed))


def test_a_bad_file_of_a_whole_folder_is_fetched_alone(models: Path) -> None:
    with serving(FILES) as hub:
        folder = Run(hub, models, TORCH).run()
        (folder / "tokenizer.json").write_bytes(b"[]" * 500)
        hub.log.clear()
        Run(hub, models, TORCH).run()
        names = [asked.path for asked in hub.log]
    assert names == [f"/api/models/{REPO}/tree/{SHA}", f"/{REPO}/resolve/{SHA}/tokenizer.json"]
    assert (folder / "tokenizer.json").read_bytes() == FILES["tokenizer.json"]


def test_wrong_bytes_of_a_small_file_are_found_by_gits_checksum(models: Path) -> None:
    with serving(FILES) as hub:
        hub.always = lambda asked: (
            Answer(body=b"[]" * 500) if asked.path.endswith("/tokenizer.json") else None
        )
        with pytest.raises(DownloadError, match=r"tokenizer\.json arrived with a wrong checksum"):
            Run(hub, models, TORCH).run()
    assert not (models / "owner--model").exists()


def test_several_gguf_files_are_one_model(models: Path) -> None:
    parts = {f"big-0000{n}-of-00002.gguf": CONTENT[:n] * 3 for n in (1, 2)}
    files = tuple(
        WantedFile(path=name, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        for name, data in parts.items()
    )
    with serving(parts) as hub:
        path = Run(hub, models, msgspec.structs.replace(TORCH, engine="llama.cpp", files=files))
        assert path.run() == models / "owner--model" / "big-00001-of-00002.gguf"
    assert {path.name for path in models.rglob("*")} == {"owner--model", *parts}


@pytest.mark.parametrize(
    ("lists", "match"),
    [
        (lambda _items: {"error": "x"}, "cannot be read"),
        (lambda _items: [], "has no file"),
        (lambda items: [item | {"size": 7} for item in items], "another model"),
        (lambda _items: [[[]]] * 9, "cannot be read"),
    ],
)
def test_a_list_that_cannot_be_right_is_refused(lists, match, models: Path) -> None:
    with serving(FILES) as hub:
        hub.lists = lists
        with pytest.raises(DownloadError, match=match):
            Run(hub, models, TORCH).run()


def test_a_list_is_asked_for_again_after_trouble(models: Path) -> None:
    with serving(FILES) as hub:
        hub.revision_answers = [Answer(status=503), Answer(status=429)]
        run = Run(hub, models, msgspec.structs.replace(TORCH, revision=""))
        run.run()
    assert len(run.waits) == 2
    assert _listed(run).revision == SHA
