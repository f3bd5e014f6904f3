"""Goals about disturbances: a busy neighbour, a cancel, and a training beside the writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count, repeat
from tempfile import mkdtemp
from threading import Event, Thread
from time import sleep

import psutil

from app.benchmark.decode_speed import bare_sample
from app.benchmark.goal import Experiment, Values, by_turns
from app.benchmark.report import BARE
from app.benchmark.session import GoalSession, passage, sized_options
from app.benchmark.torch_goals import kept_model
from app.benchmark.window_goals import edited
from app.core.errors import CancelledError, LampblackError, NotMeasuredError
from app.core.training.orders import (
    StyleSettings,
    TrainingNews,
    TrainingOrder,
    TrainingPlan,
    TrainingStep,
)
from app.engine.learning.child import TrainingChild, trainer_command

_PROMPT = 64
_BARE_STEPS = 32
_SETTLING_S = 2.0
"""How long a busy neighbour may slow the writing down before it is judged."""

_CANCELS = 3  # per round and kind, each at another moment of a step
_LONG = 4096

_LOOK_S = 0.05
_AT_WORK = 0.5
"""A training works again once it has had so many seconds of processor time."""

_LETTERS = 5  # of a token at least, about
_ROWS = 40  # of the length, to learn from
_PASSES = 100  # more than there is time for


def busy_neighbour(session: GoalSession) -> Experiment:
    """Goal 8: writing from two seconds after another program took a core for itself."""
    pair = session.pair(sized_options(_LONG))
    prompt = pair.prompt(_PROMPT)
    neighbour = session.baseline("busy")

    def one_thread() -> Values:
        return {"one_thread": pair.bare.step(prompt, _BARE_STEPS, threads=1)}

    def disturbed() -> Values:
        sampling = pair.ours.greedy(_LONG - 2 * _PROMPT)
        seconds = _SETTLING_S + session.sizes.busy
        try:
            text = pair.ours.write_for(prompt, sampling, seconds, lambda: neighbour.ask("start"))
        finally:
            neighbour.ask("stop")
        return {"disturbed": text.step_since(_SETTLING_S)}

    samples = {
        "one thread": one_thread,
        "disturbed": disturbed,
        "bare": bare_sample(pair, prompt),
    }
    return Experiment(samples, lambda taken: {"speed": taken["one_thread"] / taken["disturbed"]})


def cancelling(session: GoalSession) -> Experiment:
    """Goal 9: from the cancel to the client's last event, in the middle of either work."""
    tokens = session.sizes.prompt
    pair = session.pair(sized_options(max(_LONG, 2 * tokens)))
    prompt = pair.prompt(_PROMPT)
    read, step = pair.bare.read(pair.prompt(tokens)), pair.bare.step(prompt, _BARE_STEPS)
    numbers = count()

    def writing() -> Values:
        # Spread over a step, so that not every cancel meets the same moment of it.
        delays = [4 * step + step * (next(numbers) % 5) / 5 for _ in range(_CANCELS)]
        cancel = partial(pair.ours.cancel_after, prompt, sampling, reading=False)
        return {"writing": max(map(cancel, delays))}

    def reading() -> Values:
        delays = [read * (1 + next(numbers) % 5) / 10 for _ in range(_CANCELS)]
        cold = [pair.prompt(tokens, next(numbers)) for _ in delays]
        cancel = partial(pair.ours.cancel_after, reading=True)
        return {"reading": max(map(cancel, cold, repeat(sampling), delays))}

    def values(taken: Values) -> Values:
        return {
            "steps": taken["writing"] / taken[BARE],
            "writing": 1000 * taken["writing"],
            "reading": 1000 * taken["reading"],
        }

    sampling = pair.ours.greedy(_LONG - 2 * _PROMPT)
    bare = bare_sample(pair, prompt)
    return Experiment({"writing": writing, "bare": bare, "reading": reading}, values)


def beside_training(session: GoalSession) -> Experiment:
    """Goal 22: writing and typing while a training of the same home runs, beside without it.

    The training is one as the command line starts it: it knows of the writing only what every
    training does, and of the keys nothing.
    """
    pair = session.pair(sized_options(2 * _PROMPT + session.sizes.decode))
    prompt, tokens = pair.prompt(_PROMPT), session.sizes.decode
    training = session.enter_context(_training(session))

    def write(name: str) -> Values:
        return {name: pair.ours.write(prompt, pair.ours.greedy(tokens)).step()}

    def type_keys(name: str) -> Values:
        return {name: edited(session)["middle_ours"]}

    def written_beside() -> Values:
        with training.at_work():
            return write("beside")

    def typed_beside() -> Values:
        with training.at_work():
            return type_keys("typed_beside")

    def values(taken: Values) -> Values:
        return {
            "writing": taken["alone"] / taken["beside"],
            "keys": taken["typed_beside"] / taken["typed"],
        }

    samples = {
        "writing": by_turns({"alone": lambda: write("alone"), "beside": written_beside}),
        "typed": lambda: type_keys("typed"),
        "typed beside": typed_beside,
    }
    return Experiment(samples, values)


class RunningTraining:
    """A training of the real child, which rests until it is let go on."""

    def __init__(self, session: GoalSession) -> None:
        self._child = TrainingChild(trainer_command(()))
        self._order = TrainingOrder(
            model=str(kept_model(session)),
            texts=(passage(0, _ROWS * _LETTERS * session.sizes.learned),),
            settings=StyleSettings(length=session.sizes.learned, epochs=_PASSES),
            folder=mkdtemp(dir=session.folder),
            cache=str(session.cache),
            threads=session.sizes.threads,
        )
        self._runs, self._problem = Event(), ""
        self._thread = Thread(target=self._run, name="training")

    def begin(self) -> None:
        """Start it, and let it rest after its first step; raises NotMeasuredError if it ends."""
        self._thread.start()
        self._runs.wait()
        self._check()
        self._rest()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """It trains while this is entered, and is at rest afterwards."""
        before = self._used()
        self._child.go_on()
        while self._used() < before + _AT_WORK:
            self._check()
            sleep(_LOOK_S)
        try:
            yield
            self._check()
        finally:
            self._rest()

    def close(self) -> None:
        """End it."""
        self._child.kill()
        self._thread.join()

    def _rest(self) -> None:
        """Let it pause, and wait until its row is done."""
        self._child.pause()
        before = -1.0
        while (used := self._used()) > before:
            before = used
            sleep(2 * _LOOK_S)

    def _used(self) -> float:
        """Seconds of processor time that it has had."""
        with suppress(psutil.Error):
            times = psutil.Process(self._child.pid).cpu_times()
            return float(times.user + times.system)
        return 0.0

    def _check(self) -> None:
        if not self._thread.is_alive():
            raise NotMeasuredError(f"The training ended too early. {self._problem}".rstrip())

    def _run(self) -> None:
        try:
            self._child.run(self._order, self._hear)
        except CancelledError:
            pass
        except LampblackError as error:
            self._problem = str(error)
        finally:
            self._runs.set()

    def _hear(self, news: TrainingNews) -> None:
        if isinstance(news, TrainingPlan):
            self._child.begin()
        elif isinstance(news, TrainingStep):
            self._runs.set()


@contextmanager
def _training(session: GoalSession) -> Iterator[RunningTraining]:
    training = RunningTraining(session)
    try:
        training.begin()
        yield training
    finally:
        training.close()
