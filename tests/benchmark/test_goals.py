"""Each engine goal's arithmetic, on sides with known speeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.benchmark import first_token, interference, torch_goals
from app.benchmark.goal import Goal
from app.benchmark.goals import GOALS
from app.benchmark.many_clients import step_of_all
from app.benchmark.our_engine import TimedGeneration
from app.benchmark.rounds import Round, run_rounds
from app.benchmark.session import Sizes, sized_options
from app.core.errors import NotMeasuredError
from app.core.options.sampling import Sampling
from app.engine.messages import Done, EngineSettings, Stats

BARE_S = 0.02
SIZES = Sizes(prompt=64, decode=16, long=64, takes=8, pause=0.0, busy=1.0)


def written(step: float, first: float, tokens: int, n: int = 1) -> TimedGeneration:
    arrived = tuple((first + index * step, n * (index + 1)) for index in range(tokens))
    stats = Stats(prompt_tokens=64, completion_tokens=n * tokens)
    return TimedGeneration(arrived, arrived[-1][0], Done(job=1, stats=stats))


class FakeOurs:
    """Our side with a constant step; several takes cost twice as much as one."""

    def __init__(self, step: float = BARE_S, first: float = BARE_S) -> None:
        self.step, self.first = step, first
        self.settings = EngineSettings(threads=2, context=1024)
        self.draft = "small"
        self.read_ahead: list[str] = []
        self.prompts: list[str] = []

    def greedy(self, tokens: int) -> Sampling:
        return Sampling(max_tokens=tokens)

    def drawn(self, tokens: int, seed: int) -> Sampling:
        return Sampling(max_tokens=tokens, seed=seed)

    def write(self, prompt: str, sampling: Sampling, *, n: int = 1, probabilities: int = 0):
        self.prompts.append(prompt)
        step = self.step * (2 if n > 1 else 1) * (1.02 if probabilities else 1)
        return written(step, self.first, sampling.max_tokens, n)

    def write_for(
        self, prompt: str, sampling: Sampling, seconds: float, on_first: Any
    ) -> TimedGeneration:
        on_first()
        return written(self.step, self.first, int(seconds / self.step))

    def read_for(self, prompt: str, _seconds: float) -> None:
        self.read_ahead.append(prompt)

    def cancel_after(self, *_work: Any, reading: bool) -> float:
        return 0.03 if reading else 0.01

    def quantize(self, _target: Path, _kind: str) -> None:
        pass

    def never_write(self, _tokens: list[int]) -> None:
        pass

    def close(self) -> None:
        pass


class FakeBare:
    """The bare loop; one thread is half as fast, and four rows cost as much as three steps."""

    ends = (0,)

    def step(
        self,
        _prompt: str,
        _tokens: int,
        *,
        skip: int = 0,
        threads: int = 0,
        rows: int = 1,
        shared: bool = False,
    ) -> float:
        return BARE_S * (2 if threads == 1 else 1) * (3 if rows == 4 else 1)

    def read(self, _prompt: str) -> float:
        return 0.5


class FakeSession:
    """A session whose children are the fakes; `ours` gives the prepared ones in turn."""

    def __init__(self, folder: Path, *ours: FakeOurs) -> None:
        self.sizes, self.folder, self.path = SIZES, folder, folder / "model.gguf"
        self.prepared = list(ours)
        self.orders: list[str] = []

    def ours(self, *_options: Any, **_more: Any) -> FakeOurs:
        return self.prepared.pop(0) if len(self.prepared) > 1 else self.prepared[0]

    def bare(self, *_settings: Any, **_more: Any) -> FakeBare:
        return FakeBare()

    def pair(self, *_options: Any, **_more: Any) -> Any:
        return SimpleNamespace(
            ours=self.ours(),
            bare=FakeBare(),
            path=self.path,
            prompt=lambda tokens, number=0: f"{number}: {tokens} tokens",
        )

    def baseline(self, _name: str) -> Any:
        def ask(do: str, **_arguments: Any) -> dict[str, Any]:
            self.orders.append(do)
            return {"build": "1", "seconds": 0.6, "tokens": 10}

        return SimpleNamespace(ask=ask)

    def note_build(self, *_build: str) -> None:
        pass


def goal(number: int) -> Goal:
    return next(goal for goal in GOALS if goal.number == number)


def measured(number: int, session: Any) -> dict[str, float]:
    rounds: list[Round] = []
    run_rounds(
        goal(number).open(session),
        2,
        lambda sample: sample(),
        lambda taken, _number: rounds.append(taken),
    )
    assert set(rounds[-1].measures) == {measure.key for measure in goal(number).measures}
    return {key: round(value, 3) for key, value in rounds[-1].measures.items()}


@pytest.mark.parametrize(
    ("number", "ours", "expected"),
    [
        (1, [FakeOurs(0.025)], {"speed": 0.8, "growth": 1.0}),
        (2, [FakeOurs(0.03)], {"speed": 2.0, "ceiling": 3.0}),
        (3, [FakeOurs(0.02), FakeOurs(0.03), FakeOurs(0.015)], {"on": 1.5, "off": 0.75}),
        (4, [FakeOurs(first=1.0)], {"speed": 0.5}),
        (5, [FakeOurs(first=0.05)], {"retry": 2.5, "after_pause": 2.5}),
        (8, [FakeOurs(0.05)], {"speed": 0.8}),
        (9, [FakeOurs()], {"steps": 0.5, "writing": 10.0, "reading": 30.0}),
        (10, [FakeOurs()], {"cost": 1.02}),
        (20, [FakeOurs(0.03), FakeOurs(0.02)], {"prose": 1.5, "chance": 1.5}),
    ],
)
def test_ratios(
    number: int, ours: list[FakeOurs], expected: dict[str, float], tmp_path: Path
) -> None:
    assert measured(number, FakeSession(tmp_path, *ours)) == expected


def test_takes_at_once_cost_their_share_of_runs_in_a_row(tmp_path: Path) -> None:
    shares = measured(7, FakeSession(tmp_path, FakeOurs(0.02, first=0.0)))
    beside = 7 * 0.04 / (BARE_S + 7 * 3 * BARE_S)
    for name in ("own", "q8_0"):
        assert shares[name] == 0.5
        assert shares[f"{name}_bare"] == 0.75
        assert shares[f"{name}_beside"] == pytest.approx(beside, abs=1e-3)


def test_cold_prompts_are_never_the_same(tmp_path: Path) -> None:
    ours = FakeOurs()
    measured(4, FakeSession(tmp_path, ours))
    assert len(ours.prompts) == len(set(ours.prompts)) == 2


def test_what_is_read_ahead_is_what_is_asked_for(tmp_path: Path) -> None:
    ours = FakeOurs()
    measured(5, FakeSession(tmp_path, ours))
    assert len(set(ours.read_ahead)) == 2
    assert set(ours.read_ahead) <= set(ours.prompts)


class FakeReader(FakeOurs):
    """Reads at a constant pace, which after the lessons is another one."""

    def __init__(self, slower: float) -> None:
        super().__init__()
        self.slower = slower

    def known(self, prompt: str) -> tuple[int, int]:
        return len(prompt), 0

    def write(self, prompt: str, sampling: Sampling, **_more: Any):
        self.prompts.append(prompt)
        pace = 0.001 * (self.slower if len(self.prompts) > 2 else 1)
        stats = Stats(prompt_tokens=len(prompt), prefill_s=pace * len(prompt))
        return TimedGeneration((), 1.0, Done(job=1, stats=stats))


def test_the_wait_is_compared_with_what_was_foretold(tmp_path: Path) -> None:
    assert measured(19, FakeSession(tmp_path, FakeReader(1.0))) == {"mean": 0.0, "worst": 0.0}
    rounds: list[Round] = []
    experiment = goal(19).open(FakeSession(tmp_path, FakeReader(2.0)))  # type: ignore[arg-type] # a stand-in
    run_rounds(experiment, 1, lambda sample: sample(), lambda taken, _number: rounds.append(taken))
    assert rounds[0].measures["worst"] == pytest.approx(0.5)


def test_the_neighbour_is_busy_only_while_the_text_is_written(tmp_path: Path) -> None:
    session = FakeSession(tmp_path, FakeOurs())
    measured(8, session)
    assert session.orders == ["start", "stop"] * 2


def test_reopening_is_a_share_of_cold_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_token, "_until_saved", lambda _folder: None)
    cold, again = FakeOurs(first=10.0), FakeOurs(first=0.2)
    assert measured(6, FakeSession(tmp_path, cold, again)) == {"share": 0.02}


def test_a_state_that_is_never_saved_is_a_sentence(tmp_path: Path) -> None:
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    with pytest.raises(NotMeasuredError, match="saved no state"):
        first_token._until_saved(tmp_path / "prompts", clock=lambda: now[0], pause=pause)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "state").write_bytes(b"state")
    first_token._until_saved(tmp_path / "prompts", clock=lambda: now[0], pause=pause)


def test_times_that_say_nothing_are_refused() -> None:
    known = TimedGeneration(
        ((0.1, 1),), 0.1, Done(job=1, stats=Stats(prompt_tokens=9, reused_tokens=8))
    )
    with pytest.raises(NotMeasuredError, match="known already"):
        known.cold()
    with pytest.raises(NotMeasuredError, match="too early"):
        known.step()
    assert written(0.5, 1.0, 11).step_since(2.0) == pytest.approx(0.5)
    assert written(3.0, 1.0, 2).step_since(2.0) == pytest.approx(1.0)


def test_options_hold_what_is_asked_for() -> None:
    assert sized_options(1).context == 1024
    assert sized_options(2049).context == 3072


def arriving(begins: float, *steps: tuple[int, float]) -> TimedGeneration:
    """A text that begins at a time and goes on with so many tokens, a step in seconds each."""
    arrived, now = [(begins, 1)], begins
    for tokens, step in steps:
        for _ in range(tokens):
            now += step
            arrived.append((now, arrived[-1][1] + 1))
    stats = Stats(prompt_tokens=1, completion_tokens=len(arrived))
    return TimedGeneration(tuple(arrived), now, Done(job=1, stats=stats))


def test_the_step_of_clients_is_that_of_the_time_in_which_all_write() -> None:
    """The first writes slowly while the second's prompt is read, the last fast when alone."""
    first = arriving(0.0, (20, 1.0), (30, 0.1))
    second = arriving(20.0, (30, 0.1), (50, 0.01))
    assert step_of_all([first, second], 8) == pytest.approx(0.1)
    with pytest.raises(NotMeasuredError):
        step_of_all([first, arriving(60.0, (20, 0.1))], 8)


def test_a_copy_that_does_not_guess_is_not_measured(tmp_path: Path) -> None:
    ours = FakeOurs()
    ours.draft = ""
    session: Any = FakeSession(tmp_path, ours)
    with pytest.raises(NotMeasuredError, match="does not guess here"):
        goal(20).open(session)
    assert session.orders == ["copy", "copy"]


def test_learning_is_compared_by_steps_and_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_goals, "kept_model", lambda _session: tmp_path)
    seconds = {"training": 2.0, "peft": 3.0}
    asked: list[tuple[str, str, Any]] = []

    def baseline(name: str, _variables: Any = None) -> Any:
        def ask(do: str, **arguments: Any) -> dict[str, Any]:
            asked.append((name, do, arguments.get("numbers")))
            if do == "step":
                return {"seconds": seconds[name], "memory": 100 * seconds[name]}
            return {"numbers": arguments["numbers"]} if name == "training" else {"build": "1"}

        return SimpleNamespace(ask=ask)

    session = FakeSession(tmp_path, FakeOurs())
    session.baseline = baseline  # type: ignore[assignment, method-assign] # of one test
    found = measured(21, session)
    assert found == {
        "own_speed": 1.5,
        "own_memory": 0.667,
        "whole_speed": 1.5,
        "whole_memory": 0.667,
    }
    opens = [one for one in asked if one[1] == "open"]
    assert opens == [(name, "open", of) for of in ("", "float32") for name in seconds]


def test_a_training_beside_is_at_work_only_while_it_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = FakeOurs(0.02)
    works: list[bool] = []

    @contextmanager
    def at_work() -> Iterator[None]:
        ours.step = 0.025
        works.append(True)
        yield
        ours.step = 0.02
        works.append(False)

    @contextmanager
    def training(_session: Any) -> Iterator[Any]:
        yield SimpleNamespace(at_work=at_work)

    def edited(_session: Any) -> dict[str, float]:
        return {"middle_ours": 0.003 if works[-1] else 0.002}

    monkeypatch.setattr(interference, "_training", training)
    monkeypatch.setattr(interference, "edited", edited)
    session = FakeSession(tmp_path, ours)
    session.enter_context = lambda one: one.__enter__()  # type: ignore[attr-defined] # of one test
    assert measured(22, session) == {"writing": 0.8, "keys": 1.5}
    assert works[-1] is False
