"""Putting a smaller model away: whole or not at all, and the price as a table."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from app.core.errors import HousekeepingError, LampblackError, ParameterError
from app.core.models.import_copy import copy_in
from app.core.models.model_file import ModelFile, inspect
from app.core.runs.record import RunRecords
from app.core.training.pages import TrainingPage, TrainingPages
from app.core.training.smaller_orders import (
    MADE,
    MADE_GGUF,
    CopyFigures,
    HealingSettings,
    PruneOrder,
    SmallerMade,
)
from app.engine.learning.child import TrainingChild
from app.engine.learning.smaller import CopyPrice, SmallerLearning, table_of
from tests.host.tiny_llama import write_tiny

PAGES = TrainingPages(
    pages=(TrainingPage(path="a.md", texts=("word " * 2500,), words=2500),), digest="d"
)


def write_folder(folder: Path) -> None:
    """A model folder with one number in it."""
    folder.mkdir()
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "tokenizer.json").write_text("{}", "utf-8")
    head = json.dumps({"one": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}}).encode()
    data = len(head).to_bytes(8, "little") + head + bytes(2)
    (folder / "model.safetensors").write_bytes(data)


class MadeAtOnce:
    """Stands for the child: what it makes lies in the run's folder at once."""

    def carry_out(self, order: PruneOrder, _tell: Any, _wanted: Any) -> SmallerMade:
        run = Path(order.folder)
        write_folder(run / MADE)
        if order.gguf:
            shutil.copyfile(order.model, run / MADE_GGUF)
        columns: tuple[Any, ...] = ("before", "cut", "after")
        figures = tuple(
            CopyFigures(column=one, parameters=9, perplexity=3.0, repeated=0.1, speed=speed)
            for one, speed in zip(columns, (10.0, 0.0, 12.0), strict=True)
        )
        return SmallerMade(
            figures=figures,
            taken=("layers 1",),
            gguf_problem="",
            steps=1,
            best_step=1,
            stopped_early=False,
            loss_before=2.0,
            loss_after=1.0,
            seconds=1.0,
            speed=1.0,
            memory=1,
            parameters=1,
            versions={},
        )


@pytest.fixture
def learning(tmp_path: Path) -> SmallerLearning:
    child = cast(TrainingChild, MadeAtOnce())
    return SmallerLearning(child, RunRecords(tmp_path / "runs"), tmp_path / "models", "prune")


def begun(learning: SmallerLearning, tmp_path: Path, **changes: Any) -> Any:
    source = write_tiny(tmp_path / "tiny.gguf", "F32")
    fields: dict[str, Any] = {
        "model": str(source),
        "name": "Made",
        "texts": ("word",),
        "folder": "",
        "settings": HealingSettings(),
        "layers": 1,
        "gguf": True,
    }
    return learning.begin(inspect(source), PAGES, PruneOrder(**(fields | changes)))


def refusing(kind: str, real: Callable[..., ModelFile]) -> Callable[..., ModelFile]:
    def copy(model: ModelFile, folder: Path) -> ModelFile:
        if model.kind == kind:
            raise HousekeepingError("There is no room for it.")
        return real(model, folder)

    return copy


def test_a_model_without_a_speed_of_its_own_has_that_of_the_one_made(
    learning: SmallerLearning, tmp_path: Path
) -> None:
    made = learning.run(begun(learning, tmp_path), lambda _news: None)
    assert [one.speed for one in made.prices] == [10, 12, 12]
    assert made.prices[1].size == made.prices[2].size
    assert made.gguf is not None
    assert learning.record.figures["perplexity_healed"] == 3
    assert learning.record.facts == {"taken": "layers 1"}


@pytest.mark.parametrize("kind", ["transformers", "gguf"])
def test_a_disk_without_room_leaves_nothing_and_the_run_can_go_on(
    learning: SmallerLearning, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = begun(learning, tmp_path)
    with monkeypatch.context() as full:
        full.setattr("app.engine.learning.smaller.copy_in", refusing(kind, copy_in))
        with pytest.raises(HousekeepingError, match="no room"):
            learning.run(order, lambda _news: None)
    models = tmp_path / "models"
    assert not models.exists() or [*models.iterdir()] == []
    record = learning.record
    assert record.state == "failed"
    again = learning.take_up(learning.record.id)
    learning.run(again, lambda _news: None)
    assert sorted(one.name for one in models.iterdir()) == ["Made", "Made-F16.gguf"]
    assert learning.record.state == "done"


@pytest.mark.parametrize("gone", [(), ("Made-F16.gguf",)])
def test_a_run_that_broke_off_while_it_put_the_model_away_ends_at_the_next_try(
    learning: SmallerLearning,
    tmp_path: Path,
    gone: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = begun(learning, tmp_path)
    with monkeypatch.context() as full:

        def refuse(*_all: Any) -> None:
            raise HousekeepingError("No room for the record.")

        full.setattr(learning, "_finish", refuse)
        with pytest.raises(HousekeepingError, match="No room for the record"):
            learning.run(order, lambda _news: None)
    models = tmp_path / "models"
    for name in gone:
        (models / name).unlink()
    made = learning.run(learning.take_up(learning.record.id), lambda _news: None)
    assert made.gguf is not None
    assert sorted(one.name for one in models.iterdir()) == ["Made", "Made-F16.gguf"]
    assert learning.record.state == "done"


def test_a_name_that_was_taken_meanwhile_is_changed_at_resuming(
    learning: SmallerLearning, tmp_path: Path
) -> None:
    order = begun(learning, tmp_path)
    other = tmp_path / "models" / "Made"
    other.mkdir(parents=True)
    with pytest.raises(HousekeepingError, match="already a model Made"):
        learning.run(order, lambda _news: None)
    identity = learning.record.id
    with pytest.raises(ParameterError, match="already a model Made"):
        learning.take_up(identity, "Made")
    assert learning.record.state == "failed"
    made = learning.run(learning.take_up(identity, "Other"), lambda _news: None)
    assert made.model.name == "Other"
    assert (learning.record.name, learning.record.state) == ("Other", "done")
    assert [*other.iterdir()] == []


def test_a_model_that_was_changed_meanwhile_is_not_gone_on_with(
    learning: SmallerLearning, tmp_path: Path
) -> None:
    order = begun(learning, tmp_path)
    (tmp_path / "models" / "Made").mkdir(parents=True)
    with pytest.raises(HousekeepingError):
        learning.run(order, lambda _news: None)
    write_tiny(tmp_path / "tiny.gguf", "F32", seed=9)
    with pytest.raises(ParameterError, match="has been changed"):
        learning.take_up(learning.record.id, "Other")


def test_a_name_that_a_broken_link_has_is_taken(learning: SmallerLearning, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "Made").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ParameterError, match="already"):
        begun(learning, tmp_path)


@pytest.mark.parametrize("name", ["Made", "Made-F16.gguf"])
def test_what_appeared_meanwhile_is_not_replaced(
    learning: SmallerLearning, tmp_path: Path, name: str
) -> None:
    order = begun(learning, tmp_path)
    there = tmp_path / "models" / name
    there.mkdir(parents=True)
    with pytest.raises(LampblackError, match="already"):
        learning.run(order, lambda _news: None)
    assert [*there.iterdir()] == []
    assert [one.name for one in there.parent.iterdir()] == [name]
    with pytest.raises(ParameterError, match="already"):
        begun(learning, tmp_path)


def test_the_table_has_a_column_for_each_model() -> None:
    price = CopyPrice(
        title="healed", parameters=134_500_000, size=98_000_000, perplexity=12345.678,
        speed=31.25, repeated=0.0312,
    )  # fmt: skip
    lines = [*table_of((price, price))]
    assert [line.split("  ")[0].strip() for line in lines[1:]] == [
        "parameters",
        "size on the disk",
        "perplexity (lower is better)",
        "tokens per second",
        "4-grams said again",
    ]
    assert len({len(line) for line in lines}) == 1
    for cell in ("healed", "134M", "98 MB", "12,345.68", "31.2", "3.1%"):
        assert any(line.rstrip().endswith(cell) for line in lines), cell
