"""Learning: the loss falls, a seed decides all, a stop at any step changes nothing of the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from app.core.errors import CancelledError, GenerationError, HousekeepingError
from app.core.training.orders import HeldOutLoss, StyleSettings, TrainingStep
from app.training.checkpoint import FILE, TrainingState, read_checkpoint
from app.training.lora import Adapters
from app.training.packing import pack
from app.training.style import PATIENCE, Control, StyleTraining
from tests.training.conftest import tiny_network

SETTINGS = StyleSettings(rank=4, epochs=3, rate=0.02, length=32, seed=5)
TEXT = [(3 + place * place) % 50 for place in range(32 * 20)]


def training(
    folder: Path,
    settings: StyleSettings = SETTINGS,
    text: list[int] = TEXT,
    clock: Callable[[], float] = time.monotonic,
) -> StyleTraining:
    network = tiny_network()
    packed = pack([text], settings.length, settings.seed, None)
    adapters = Adapters(network, settings.rank, 2.0 * settings.rank, settings.seed)
    return StyleTraining(network, adapters, packed, settings, folder, clock)


def stopping_after(calls: int) -> Control:
    count = [0]

    def wait() -> None:
        count[0] += 1
        if count[0] > calls:
            raise CancelledError("Stopped.")

    return Control(wait)


def test_the_loss_falls_and_the_same_seed_gives_the_same_adapter(tmp_path: Path) -> None:
    news: list[Any] = []
    first = training(tmp_path)
    first.run(news.append, Control())
    tests = [one for one in news if isinstance(one, HeldOutLoss)]
    steps = [one for one in news if isinstance(one, TrainingStep)]
    assert tests[-1].best < tests[0].loss - 0.2
    assert [one.step for one in steps] == list(range(1, first.state.step + 1))
    assert max(one.rate for one in steps) == pytest.approx(SETTINGS.rate)
    assert steps[-1].left == 0
    (tmp_path / FILE).unlink()
    second = training(tmp_path)
    second.run(lambda _news: None, Control())
    assert torch.equal(first.adapters.flat, second.adapters.flat)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> StyleTraining:
    done = training(tmp_path_factory.mktemp("whole"))
    done.run(lambda _news: None, Control())
    return done


@pytest.mark.parametrize("calls", [0, 7, 21])
def test_a_stop_at_any_row_and_a_resume_end_as_without_it(
    tmp_path: Path, whole: StyleTraining, calls: int
) -> None:
    stopped = training(tmp_path)
    with pytest.raises(CancelledError):
        stopped.run(lambda _news: None, stopping_after(calls))
    resumed = training(tmp_path)
    assert resumed.resume()
    assert resumed.state.step == stopped.state.step
    resumed.run(lambda _news: None, Control())
    assert torch.equal(resumed.adapters.flat, whole.adapters.flat)
    assert [(one.step, one.loss) for one in resumed.state.held_out] == [
        (one.step, one.loss) for one in whole.state.held_out
    ]


def test_the_time_in_which_it_waits_is_not_its_own(tmp_path: Path) -> None:
    now = [0.0]

    def wait() -> None:
        now[0] += 100.0

    held = training(tmp_path, clock=lambda: now[0])
    assert held.probe(wait) == (0, 0)
    held.run(lambda _news: None, Control(wait))
    assert now[0] > 1000
    assert held.state.seconds == 0


def test_a_stop_before_a_test_makes_up_for_it(tmp_path: Path, whole: StyleTraining) -> None:
    stopped = training(tmp_path)
    with pytest.raises(CancelledError):
        stopped.run(lambda _news: None, stopping_after(len(stopped._packed.held_out) + 4))
    assert stopped.state.step == 1
    assert [one.step for one in stopped.state.held_out] == [0]
    resumed = training(tmp_path)
    assert resumed.resume()
    resumed.run(lambda _news: None, Control())
    assert [one.step for one in resumed.state.held_out] == [
        one.step for one in whole.state.held_out
    ]
    assert torch.equal(resumed.adapters.flat, whole.adapters.flat)


def test_a_probe_changes_nothing(tmp_path: Path) -> None:
    probed = training(tmp_path)
    before = probed.adapters.flat.detach().clone()
    learning, testing = probed.probe(lambda: None)
    assert learning > 0
    assert testing > 0
    assert torch.equal(probed.adapters.flat, before)
    assert not probed.adapters.flat.grad.any()


def test_what_only_learns_by_heart_ends_early_and_the_best_is_kept(tmp_path: Path) -> None:
    torch.manual_seed(9)
    noise = torch.randint(3, 60, (32 * 12,)).tolist()
    early = training(
        tmp_path, StyleSettings(rank=8, epochs=40, rate=0.05, length=32, seed=5), noise
    )
    early.run(lambda _news: None, Control())
    assert early.stopped_early
    tests = early.state.held_out
    best = min(tests, key=lambda one: one.loss)
    assert sum(one.step > early.state.best_step for one in tests) == PATIENCE
    assert best.best == best.loss
    rows = early._packed.held_out
    found = sum(map(early._test, rows)) / sum(row.targets for row in rows)
    assert found == pytest.approx(
        tests[[one.step for one in tests].index(early.state.best_step)].loss
    )


def test_a_checkpoint_of_another_order_or_half_of_one_is_not_taken(tmp_path: Path) -> None:
    one = training(tmp_path)
    one.save()
    assert read_checkpoint(tmp_path, one.state.digest, TrainingState) is not None
    other = training(tmp_path, StyleSettings(rank=4, epochs=3, rate=0.02, length=32, seed=6))
    assert not other.resume()
    data = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(data[: len(data) // 2])
    assert not training(tmp_path).resume()


def test_a_folder_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    gone = training(tmp_path / "gone")
    with pytest.raises(HousekeepingError, match="could not be written"):
        gone.save()


def test_numbers_that_run_away_end_it_with_a_sentence(tmp_path: Path) -> None:
    one = training(tmp_path)
    one.adapters.flat.data.fill_(float("nan"))
    with pytest.raises(GenerationError, match="ran away"):
        one.run(lambda _news: None, Control())
