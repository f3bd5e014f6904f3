"""When a smaller model is asked: by random numbers to come, by margins, and by what it costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from app.host.generation.draft_costs import DraftCosts, timed
from app.host.generation.partner import AHEAD, Chances, Partner, Plan, promises
from app.host.generation.vocabulary import Ids

COSTS = DraftCosts(rows=(1.1, 1.2, 1.3, 1.4), step=0.4, row=0.02)
PROMPT = np.arange(40, dtype=np.int32)


class Oracle:
    """A smaller model with given random numbers and margins; `asked` counts its guesses."""

    def __init__(self, numbers: Sequence[float], margins: Sequence[float] = (0.5,)) -> None:
        self.numbers, self.margins = numbers, margins
        self.asked = 0

    def lacks(self, _text: Ids, _reach: int) -> int:
        return 1

    def guess(self, _text: Ids, _reach: int, plan: Plan) -> list[int]:
        found: list[int] = []
        count = plan.begin(self.numbers)
        while len(found) < count:
            self.asked += 1
            if not plan.keeps(self.margins[len(found) % len(self.margins)]):
                break
            found.append(7)
            if not plan.goes_on():
                break
        return found


def partner(oracle: Oracle, costs: DraftCosts = COSTS) -> Partner:
    return Partner(oracle, costs, PROMPT, 4096)


def write(one: Partner, count: int, share: float) -> tuple[int, int]:
    """Write so many tokens, of whose guesses a share is right; steps, and guesses made."""
    written: list[int] = []
    steps = made = 0
    luck = np.random.default_rng(3)
    while len(written) < count:
        found = one.draft(written, 100)
        right = 0
        while right < len(found) and luck.random() < share:
            right += 1
        one.written(len(found), right)
        written += [7] * (right + 1)
        steps, made = steps + 1, made + len(found)
    return steps, made


def test_low_numbers_are_followed_far_and_high_ones_not_at_all() -> None:
    low, high = Oracle([0.1] * AHEAD), Oracle([0.99] * AHEAD)
    one = partner(low)
    write(one, 60, 1.0)
    assert len(one.draft([7] * 70, 100)) > 3
    low.numbers = [0.1, 0.1, 0.99, 0.99, 0.99, 0.99, 0.99, 0.99]
    assert len(one.draft([7] * 70, 100)) < 4
    assert partner(high).draft([], 100) == []


def test_a_narrow_margin_ends_the_guessing() -> None:
    sure, unsure = (partner(Oracle([0.1] * AHEAD, (margin,))) for margin in (0.5, 0.001))
    assert sure.draft([], 100)
    assert unsure.draft([], 100) == []  # not worth a row of the larger model


def test_there_is_never_more_than_there_is_room_for() -> None:
    one = partner(Oracle([0.1] * AHEAD))
    assert write(one, 100, 1.0)
    assert len(one.draft([7] * 120, 2)) == 2
    assert one.draft([7] * 120, 0) == []


def test_a_text_that_will_soon_end_is_not_worth_reading() -> None:
    """What would be lost if no guess were right is at most a small part of its time."""
    oracle = Oracle([0.1] * AHEAD)
    assert partner(oracle).draft([], 20) == []
    assert partner(oracle).draft([], 100)
    oracle.lacks = lambda _text, _reach: 400  # type: ignore[method-assign] # of one test
    assert partner(oracle).draft([], 100) == []
    assert partner(oracle).draft([], 1000)


def test_what_another_guesser_brought_is_not_its_own() -> None:
    one = partner(Oracle([0.99] * AHEAD))
    assert one.draft([], 100) == []
    one.written(0, 12)
    assert (one.kept, one.gain) == (0.0, 1.0)


@pytest.mark.parametrize("number", [0.1, 0.6])
def test_what_cannot_be_guessed_costs_next_to_nothing(number: float) -> None:
    """Two thousand tokens, no guess of which is right: less than two in a hundred are lost."""
    oracle = Oracle([number] * AHEAD)
    one = partner(oracle)
    steps, made = write(one, 2000, 0.0)
    assert steps == 2000
    assert oracle.asked == made
    assert 1 / one.gain < 1.02
    assert one.kept == 0


def test_right_guesses_are_gone_on_with() -> None:
    one = partner(Oracle([0.1] * AHEAD))
    steps, _made = write(one, 600, 0.9)
    assert steps < 300
    assert 0.7 < one.kept <= 1
    assert one.gain > 1.3
    late = partner(Oracle([0.1] * AHEAD))
    write(late, 200, 0.0)
    assert len(late.draft([7] * 200, 100)) == 0


def test_without_numbers_it_goes_by_what_was_right() -> None:
    one = partner(Oracle([], (1.0,)))
    steps, made = write(one, 600, 0.9)
    assert (steps, made) < (450, 2000)
    assert made > 100


def test_chances_follow_what_was_seen_and_forget() -> None:
    chances = Chances((0.5,), (0.9, 0.3))
    assert (chances.of(0.2), chances.of(0.5), chances.of(0.9)) == pytest.approx((0.9, 0.3, 0.3))
    for _ in range(200):
        chances.learn(0.7, is_right=True)
    assert chances.of(0.7) > 0.95
    assert chances.of(0.2) == pytest.approx(0.9)
    for _ in range(80):
        chances.learn(0.7, is_right=False)
    assert chances.of(0.7) < 0.2


def test_what_a_draft_model_promises_is_counted_by_its_costs() -> None:
    assert promises(DraftCosts(rows=(1.0,), step=0.0, row=0.0)) > 5
    assert promises(DraftCosts(rows=(1.5, 2.0, 2.5), step=0.9, row=0.5)) < 1.1


def test_costs_are_single_steps_of_the_larger_model() -> None:
    found = timed(lambda count: 10.0 + count, lambda count: 2.0 + count / 10, 30)
    assert found.rows[:3] == pytest.approx((12 / 11, 13 / 11, 14 / 11))
    assert found.rows[6] == pytest.approx(18 / 11)
    assert found.rows[9] == pytest.approx(21 / 11)
    assert found.step == pytest.approx(2.1 / 11)
    assert found.row == pytest.approx(5 / 30 / 11)
