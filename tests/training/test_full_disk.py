"""A disk that fails at each step of putting away what was learned, or is full for the child.

Whatever fails, there is a sentence, nothing half made is among the models, and the run goes on.
"""

from __future__ import annotations

import errno
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from msgspec.structs import replace

from app.cli.main import run_cli
from app.core.errors import HousekeepingError, LampblackError
from app.core.models.model_file import inspect
from app.core.runs.record import RECORD_FILE, RunRecords
from app.core.system.paths import Paths
from app.core.training.classifier_orders import MODEL, ClassifierTrained
from app.core.training.labelled_texts import LabelledTexts
from app.core.training.orders import StyleSettings, Trained, TrainingPlan
from app.core.training.pages import read_pages
from app.engine.learning.classifier import ClassifierLearning
from app.engine.learning.style import StyleLearning
from app.training.checkpoint import TrainingState, read_checkpoint, save_checkpoint
from app.training.classifier_models import make_learner
from tests.failing_disk import FailingDisk, failing_disk
from tests.host.tiny_classifier import save_classifier
from tests.host.tiny_llama import write_tiny
from tests.kills.trained import PAGES
from tests.training.grammar import write_csv
from tests.training.labelled import LABELS, order, sentences

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the calls are POSIX's")

NAME = "Learned"
KINDS = pytest.mark.parametrize(
    ("code", "stays"),
    [(errno.ENOSPC, False), (errno.ENOSPC, True), (errno.EIO, False)],
    ids=["full once", "full", "broken once"],
)
PLAN = TrainingPlan(
    tokens=9, held_out=1, steps=3, done=0, seconds=1.0, memory=1, numbers="float32",
    parameters=5, network_denied="",
)  # fmt: skip


@contextmanager
def another_process(disk: FailingDisk) -> Iterator[None]:
    """What a child writes is no step of this process."""
    kept, disk.fails_at = disk.fails_at, 0
    yield
    disk.fails_at = kept


class Labels:
    """A classifier that its child has learned, put among the models."""

    def __init__(self, folder: Path, made: Path, disk: FailingDisk) -> None:
        folder.mkdir()
        self.home, self.records = folder / "models", RunRecords(folder / "runs")
        self._made, self._disk = made, disk

    def act(self) -> None:
        learning = ClassifierLearning(self, self.records, self.home)  # type: ignore[arg-type] # a stand-in
        runs = [*self.records.list()]
        if runs:
            given = learning.take_up(runs[0].id)
        else:
            texts, targets = sentences()
            data = LabelledTexts(texts=texts, targets=targets, labels=LABELS)
            with another_process(self._disk):
                wanted = order(self.home.parent / "unused")
            given = learning.begin(NAME, Path("moods.csv"), data, wanted)
        learning.run(given, lambda _news: None)

    def carry_out(self, order: Any, tell: Callable[[Any], None], _wanted: Any) -> Any:
        tell(PLAN)
        with another_process(self._disk):
            shutil.rmtree(Path(order.folder) / MODEL, ignore_errors=True)
            shutil.copytree(self._made, Path(order.folder) / MODEL)
        return ClassifierTrained(
            steps=3, best_step=2, stopped_early=False, right=(0, 1), chosen=(0, 1),
            others={"tfidf": (0, 0)}, seconds=1.0, memory=1, parameters=5, versions={},
        )  # fmt: skip

    def found(self) -> dict[str, bytes]:
        return contents(self.home / NAME)


class Style(Labels):
    """An adapter that its child has learned, put among the others with its card."""

    def act(self) -> None:
        learning = StyleLearning(self, self.records, self.home, "")  # type: ignore[arg-type] # a stand-in
        model, pages = inspect(self._made / "tiny.gguf"), read_pages([self._made / "a.md"])
        runs = [*self.records.list()]
        if runs:
            learning.take_up(runs[0].id, lambda _paths: pages)
        else:
            learning.begin(NAME, model, pages, StyleSettings())
        learning.run(model, pages, lambda _news: None, resumes=bool(runs))

    def run(self, order: Any, tell: Callable[[Any], None]) -> Any:
        tell(PLAN)
        with another_process(self._disk):
            for name in ("adapter_config.json", "adapter_model.safetensors", "adapter.gguf"):
                (Path(order.folder) / name).write_text(f"The {name} of {NAME}.")
        return Trained(
            steps=3, best_step=2, stopped_early=False, loss_before=2.0, loss_after=1.0, seconds=1.0,
            speed=9.0, memory=1, parameters=5, pairs=(), samples=(), gguf_problem="", versions={},
        )  # fmt: skip

    def found(self) -> dict[str, bytes]:
        files = contents(self.home / NAME)
        return {name: b"" if name.endswith("card.json") else files[name] for name in files}


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {path.name: path.read_bytes() for path in files}


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def said(act: Callable[[], object]) -> str:
    """The sentence that it ends with; empty where it comes to its end."""
    try:
        act()
    except LampblackError as error:
        return error.message
    return ""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    save_classifier(folder / "classifier", labels=LABELS)
    write_tiny(folder / "tiny.gguf", "F32")
    (folder / "a.md").write_text(PAGES, "utf-8")
    return folder


@KINDS
@pytest.mark.parametrize(("kind", "least"), [(Labels, 20), (Style, 20)])
def test_whatever_step_fails_the_model_is_there_whole_or_not_and_the_run_goes_on(
    tmp_path: Path, made: Path, kind: type[Labels], least: int, code: int, stays: bool
) -> None:
    source = made / "classifier" if kind is Labels else made
    with failing_disk(code, stays=stays) as disk:
        whole = kind(tmp_path / "whole", source, disk)
        whole.act()
        wanted = whole.found()
        for number in range(1, 500):
            one = kind(tmp_path / str(number), source, disk)
            disk.begin(number)
            sentence = said(one.act)
            disk.end()
            assert not sentence or sentence.endswith(".")
            assert one.found() in ({}, wanted), number
            assert not sentence or all(record.state != "done" for record in one.records.list())
            if sentence:
                assert said(one.act) == "", number
            assert one.found() == wanted, number
            assert names(one.home) == [NAME], number
            (record,) = one.records.list()
            assert (record.state, record.made) == ("done", str(one.home / NAME)), number
            if not disk.has_failed:
                break
        assert number > least
        left = [path.name for path in one.records.folder(record.id).iterdir()]
        assert left == [RECORD_FILE]


@KINDS
def test_a_checkpoint_that_cannot_be_written_leaves_the_former_one(
    tmp_path: Path, code: int, stays: bool
) -> None:
    state, tensors = TrainingState(digest="x", step=1), {"adapter": torch.zeros(9)}
    with failing_disk(code, stays=stays) as disk:
        for number in range(1, 50):
            folder = tmp_path / str(number)
            folder.mkdir()
            save_checkpoint(folder, state, tensors)
            disk.begin(number)
            sentence = said(partial(save_checkpoint, folder, replace(state, step=2), tensors))
            disk.end()
            assert not sentence or "checkpoint of the training could not be written" in sentence
            found = read_checkpoint(folder, "x", TrainingState)
            assert found is not None
            assert found[0].step == (1 if sentence else 2)
            assert names(folder) == ["checkpoint.safetensors"]
            if not disk.has_failed:
                break
        assert number > 4


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """As on a full disk, writing fails: above so many bytes a file, in children as well."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_classifier_that_cannot_be_written_is_a_sentence_and_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner(order(tmp_path / "run"), range(40), lambda: None)
    folder = tmp_path / "run" / MODEL
    with largest_file(20_000), pytest.raises(HousekeepingError) as caught:
        learner.save(folder)
    assert caught.value.message.startswith("The classifier could not be written: ")
    assert str(tmp_path) not in str(caught.value)
    assert names(tmp_path / "run") == []

    def full(_folder: Path) -> None:
        raise Exception("No space left on device (os error 28)")

    with monkeypatch.context() as patch:
        patch.setattr(learner.tokenizer, "save_pretrained", full)
        with pytest.raises(HousekeepingError, match="No space left on device"):
            learner.save(folder)
    assert names(tmp_path / "run") == []
    learner.save(folder)
    assert inspect(folder).labels == LABELS


def test_a_full_disk_ends_the_real_training_with_a_sentence_and_resume_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts, targets = sentences()
    labels = [LABELS[target] for target in targets]
    path = write_csv(tmp_path / "moods.csv", dict(zip(texts, labels, strict=True)))
    with largest_file(300_000):
        assert run_cli(["train", "classifier", str(path), "--epochs", "3", "--name", NAME]) == 1
    err = capsys.readouterr().err
    assert "The checkpoint of the training could not be written: file too large." in err
    assert err.count("--resume") == 1
    paths = Paths.here()
    (record,) = RunRecords(paths.runs).list()
    assert record.state == "failed"
    assert f"lampblack train classifier --resume {record.id}" in err
    assert "checkpoint" in record.problem
    assert not (paths.models / NAME).exists()
    assert run_cli(["train", "classifier", "--resume", record.id]) == 0
    assert inspect(paths.models / NAME).labels == LABELS
