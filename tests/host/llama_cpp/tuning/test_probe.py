"""The probe's choices, by the seconds that a subject of its own making gives it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from app.core.errors import CancelledError
from app.host.llama_cpp.tuning.autotune import judged
from app.host.llama_cpp.tuning.probe import Defaults, probe, thread_levels
from app.host.llama_cpp.tuning.tuning_file import Probed, Tuning

USUAL = Defaults(levels=(4, 3, 2, 1), flash_attention=False)


class Machine:
    """A subject whose steps take what `steps` says, and the clock that they move on.

    At depth a step takes `deep` times as long without flash attention and `flash` times with it.
    """

    def __init__(self, steps: dict[int, float], *, deep: float = 1.5, flash: float = 1.5) -> None:
        self.steps = steps
        self.deep = {False: deep, True: flash}
        self.row = 0.5  # of a step, for every row after the first
        self.block: Callable[[int], float] = lambda _block: 1.0
        self.noise = count()
        self.spread = 0.0
        self.is_deep = False
        self.can_deepen = True
        self.stops_after = -1
        self.asked: list[tuple[int, int, bool]] = []
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def step(self, threads: int, *, flash: bool) -> float:
        return self.rows(1, threads, flash=flash)

    def rows(self, count: int, threads: int, *, flash: bool) -> float:
        if len(self.asked) == self.stops_after:
            raise CancelledError("Stopped.")
        self.asked.append((count, threads, flash))
        seconds = self.steps[threads] * (1 + self.row * (count - 1))
        if self.is_deep:
            seconds *= self.deep[flash]
        seconds *= 1 + self.spread * (next(self.noise) % 3)
        self.now += seconds
        return seconds

    def prompt(self, tokens: int, block: int, threads: int, *, flash: bool) -> float:
        whole = [self.rows(block, threads, flash=flash) for _ in range(tokens // block)]
        return sum(whole) * self.block(block)

    def deepen(self) -> bool:
        self.is_deep = self.can_deepen
        return self.can_deepen

    def empty(self) -> None:
        self.is_deep = False

    def probed(self, defaults: Defaults = USUAL, *, budget_s: float = 2.0) -> Probed:
        return probe(self, defaults, budget_s=budget_s, clock=self.clock)


FAST = {4: 0.010, 3: 0.013, 2: 0.020, 1: 0.040}


@pytest.mark.parametrize(
    ("steps", "best"),
    [
        (FAST, 4),
        ({4: 0.020, 3: 0.013, 2: 0.020, 1: 0.040}, 3),
        ({4: 0.040, 3: 0.030, 2: 0.020, 1: 0.010}, 1),
        ({4: 0.0100, 3: 0.0102, 2: 0.020, 1: 0.040}, 3),  # as good with fewer
    ],
)
def test_the_fastest_threads_are_taken(steps: dict[int, float], best: int) -> None:
    found = Machine(steps).probed()
    assert found.tuning.threads == best
    assert found.is_steady
    assert found.tuning.step_s == pytest.approx(steps)


def test_threads_that_help_only_a_prompt_are_kept() -> None:
    class Bound(Machine):
        def rows(self, count: int, threads: int, *, flash: bool) -> float:
            before = self.now
            seconds = super().rows(count, threads, flash=flash)
            if count > 1:
                seconds *= 4 / threads
                self.now = before + seconds
            return seconds

    assert Bound({4: 0.010, 3: 0.010, 2: 0.010, 1: 0.040}).probed().tuning.threads == 4


@pytest.mark.parametrize(
    ("deep", "flash", "usual", "chosen"),
    [
        (2.0, 1.5, False, True),
        (1.5, 2.0, True, False),
        (1.5, 1.52, False, False),  # hardly a difference: as usual
        (1.5, 1.52, True, True),
        (1.52, 1.5, False, False),
    ],
)
def test_decoding_at_depth_decides_on_flash_attention(
    deep: float, flash: float, usual: bool, chosen: bool
) -> None:
    machine = Machine(FAST, deep=deep, flash=flash)
    found = machine.probed(Defaults(levels=(4,), flash_attention=usual))
    assert found.tuning.flash_attention == chosen
    assert found.is_flash_settled


def test_ratios_that_do_not_agree_settle_nothing() -> None:
    class Moody(Machine):
        def step(self, threads: int, *, flash: bool) -> float:
            self.deep[True] = 2.0 if next(self.noise) % 4 < 2 else 1.2
            return super().step(threads, flash=flash)

    found = Moody(FAST, deep=1.5).probed()
    assert not found.tuning.flash_attention
    assert not found.is_flash_settled
    assert not found.is_steady


def test_flash_attention_that_is_not_to_be_chosen_is_not_measured() -> None:
    machine = Machine(FAST, deep=2.0, flash=1.0)
    found = machine.probed(Defaults(levels=(4,), flash_attention=True, flash_free=False))
    assert found.tuning.flash_attention
    assert found.is_steady
    assert not found.is_flash_settled
    assert {flash for _, _, flash in machine.asked} == {True}


def test_without_a_second_context_flash_attention_stays_as_usual() -> None:
    machine = Machine(FAST, deep=2.0, flash=1.0)
    machine.can_deepen = False
    found = machine.probed()
    assert not found.tuning.flash_attention
    assert not found.is_flash_settled
    assert found.is_steady


def test_small_batches_cost_multiples_of_a_step() -> None:
    tuning = Machine(FAST).probed().tuning
    assert tuning.rows_cost == pytest.approx([1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5])
    assert tuning.row_s == pytest.approx(0.010 * (1 + 0.5 * 63) / 64)


@pytest.mark.parametrize(
    ("costs", "batch"),
    [({}, 512), ({512: 1.2}, 256), ({512: 1.2, 256: 1.1}, 128), ({128: 0.99}, 512)],
)
def test_the_largest_batch_that_none_beats_is_taken(costs: dict[int, float], batch: int) -> None:
    machine = Machine({4: 0.0010, 3: 0.0013, 2: 0.0020, 1: 0.0040})
    machine.row = 0.1
    rates = {block: (1 + 0.1 * (block - 1)) * 512 / block for block in (512, 256, 128)}
    machine.block = lambda block: costs.get(block, 1.0) * rates[512] / rates[block]
    tuning = machine.probed().tuning
    assert (tuning.batch, tuning.ubatch) == (batch, batch)


def test_a_budget_that_is_used_up_leaves_the_usual_batch() -> None:
    machine = Machine(FAST)
    tuning = machine.probed(budget_s=0.4).tuning
    assert tuning.batch == 512
    assert all(rows <= 64 for rows, _, _ in machine.asked)
    assert machine.now < 1.0


@pytest.mark.parametrize("step", [0.001, 0.010, 0.050, 0.150, 0.390])
def test_the_time_is_kept(step: float) -> None:
    machine = Machine({4: step, 3: step * 4 / 3, 2: step * 2, 1: step * 4})
    machine.probed()
    assert machine.now < 4.0


def test_a_slow_model_keeps_the_usual_settings() -> None:
    machine = Machine({4: 0.5, 3: 0.7, 2: 0.99, 1: 2.0})
    found = machine.probed(budget_s=2.5)
    assert (found.tuning.threads, found.tuning.batch) == (4, 512)
    assert not found.tuning.flash_attention
    assert found.tuning.step_s == {4: 0.5, 3: 0.7}
    assert found.is_steady
    assert [threads for _, threads, _ in machine.asked] == [4, 4, 3]


def test_steps_that_a_neighbour_slows_down_are_not_a_slow_model() -> None:
    assert not Machine({2: 0.66, 1: 0.02}).probed(Defaults((2, 1), False)).is_steady


def test_samples_that_lie_far_apart_are_not_believed() -> None:
    machine = Machine(FAST)
    machine.spread = 0.5
    found = machine.probed()
    assert not found.is_steady
    assert not found.is_flash_settled


def test_a_stop_ends_it() -> None:
    for number in (0, 1, 5, 20):
        machine = Machine(FAST)
        machine.stops_after = number
        with pytest.raises(CancelledError):
            machine.probed()


def test_every_number_of_cores_has_levels() -> None:
    assert [thread_levels(cores) for cores in (1, 2, 3, 8)] == [
        (1,),
        (2, 1),
        (3, 2, 1),
        (8, 7, 4, 1),
    ]


def test_times_of_a_busy_machine_are_not_taken_for_a_quiet_one() -> None:
    found = Machine(FAST, deep=2.0, flash=1.0).probed()
    assert judged(found, USUAL, 0.1) is found
    doubted = judged(found, USUAL, 64.0)
    assert doubted.tuning == Tuning(
        threads=4, flash_attention=False, batch=512, ubatch=512, rows_cost=found.tuning.rows_cost
    )
    assert not doubted.is_final
    assert not doubted.is_flash_settled
