"""The Torch engine's sampler chain: the steps of one request with their state, and the draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np

from app.core.errors import GenerationError, ParameterError
from app.core.options.rows import rows
from app.core.options.sampling import Sampling
from app.host.generation.probabilities import scattered
from app.host.generation.sampler_inputs import COLDEST, checked_order, drawing_seed, resolve_bias
from app.host.generation.vocabulary import Ids, Vocabulary
from app.host.torch_engine.sampling import steps
from app.host.torch_engine.sampling.candidates import Candidates, Floats, exp
from app.host.torch_engine.sampling.mersenne_twister import Generator
from app.host.torch_engine.sampling.mirostat import Mirostat
from app.host.torch_engine.sampling.penalties import BreakerTable, Dry, Penalties
from app.host.torch_engine.sampling.steps import Step


class TorchSamplerChain:
    """One take's steps with their state; the meaning is that of the llama.cpp engine's chain.

    Order: word bias, then the steps of `Sampling.order`, then the draw. Temperature 0 is greedy:
    the word bias and the repetition steps count, then the likeliest token is taken. Mirostat
    replaces every step but the penalties and the plain temperature. Grammars are refused.

    With `keeps_left`, `left` has the logits that the last token was drawn from, by token, minus
    infinity for those that a step dropped: after a greedy choice, all but the chosen one. `margin`
    is how far the last draw's random number was from another token's share.
    """

    def __init__(
        self,
        sampling: Sampling,
        vocabulary: Vocabulary,
        context: int,
        seed: int,
        breakers: BreakerTable,
    ) -> None:
        _refuse_what_is_missing(sampling)
        self.keeps_left = False
        self.left: Floats | None = None
        self.margin = 1.0
        self._greedy = sampling.temperature == 0
        self._bias = _bias_arrays(sampling, vocabulary)
        seed = drawing_seed(seed)
        self._generator = Generator(seed)
        self._mirostat: Mirostat | None = None
        if sampling.mirostat and not self._greedy:
            self._mirostat = _mirostat(sampling, vocabulary, seed)
        made = _StepFactory(sampling, context, seed, breakers)
        self._steps = made.chosen(self._mirostat)
        self._history, self._window = made.history, made.window
        self._chance = [self._generator, *made.generators]
        if self._mirostat is not None:
            self._chance.append(self._mirostat.generator)

    def remember(self, prompt: Ids, written: Iterable[int] = ()) -> None:
        """Begin the history again with the prompt's last tokens and those written since."""
        tokens = [*prompt[-self._window :].tolist(), *written][-self._window :]
        for step in self._history:
            step.remember(tokens)

    def choose(self, logits: Floats, forbidden: Iterable[int] = ()) -> int | None:
        """Choose and accept the next token; None if nothing is allowed."""
        candidates = self._applied(logits, list(forbidden))
        if candidates is None:
            return None
        place = self._place(candidates)
        if candidates.logits[place] == -np.inf:
            return None
        if self.keeps_left:
            kept = slice(place, place + 1) if self._greedy else slice(None)
            self.left = scattered(candidates.ids[kept], candidates.logits[kept], len(logits))
        token = int(candidates.ids[place])
        for step in self._history:
            step.accept(token)
        return token

    @contextmanager
    def foreseeing(self) -> Iterator[TorchSamplerChain]:
        """Draws as the chain will draw next, out of other logits; it is then as before."""
        tokens = [step.tokens for step in self._history]
        places = [generator.place for generator in self._chance]
        mirostat = self._mirostat
        surprise = mirostat.surprise if mirostat is not None else np.float32(0)
        keeps_left, self.keeps_left = self.keeps_left, False
        try:
            yield self
        finally:
            self.keeps_left = keeps_left
            for step, before in zip(self._history, tokens, strict=True):
                step.remember(before)
            for generator, place in zip(self._chance, places, strict=True):
                generator.place = place
            if mirostat is not None:
                mirostat.surprise = surprise

    def draw(self, logits: Floats) -> int | None:
        """The same as `choose`; for who foresees."""
        return self.choose(logits)

    def numbers(self, count: int) -> list[float]:
        """The random numbers of the next draws, from 0 to 1; none where the draw has no such."""
        if self._greedy or self._mirostat is not None:
            return []
        place = self._generator.place
        found = [self._generator.double() for _ in range(count)]
        self._generator.place = place
        return found

    def distribution(self, logits: Floats) -> dict[int, float]:
        """What each remaining token's probability is when the draw comes, by token."""
        candidates = self._applied(logits, [])
        if candidates is None:
            return {}
        weights = np.exp(candidates.logits.astype(np.float64) - candidates.logits.max())
        weights /= weights.sum()
        return {
            int(token): float(weight)
            for token, weight in zip(candidates.ids, weights, strict=True)
            if weight > 0
        }

    def _applied(self, logits: Floats, forbidden: list[int]) -> Candidates | None:
        if np.isnan(logits.max()):  # half precision overflows in some models
            raise GenerationError(
                "The model computed no usable numbers for the next word.",
                "Load it with no layers on the GPU, or use a GGUF file of the same model.",
            )
        logits = logits.astype(np.float32)  # a copy: the steps write into it
        logits[forbidden] = -np.inf
        tokens, amounts = self._bias
        logits[tokens] += amounts
        if logits.max() == -np.inf:
            return None
        candidates = Candidates(logits)
        with np.errstate(all="ignore"):  # as in C, what overflows goes on as infinity
            for step in self._steps:
                step(candidates)
        return candidates

    def _place(self, candidates: Candidates) -> int:
        if self._greedy:
            return int(candidates.logits.argmax())
        if self._mirostat is not None:
            return self._mirostat.draw(candidates)
        share = self._generator.double()
        weights = exp(candidates.logits - candidates.logits.max()).astype(np.float64)
        sums = np.add.accumulate(weights)
        place = int(np.searchsorted(sums, sums[-1] * share, side="left"))
        last = len(candidates) - 1
        place = min(place, last)
        under = share - sums[place - 1] / sums[-1] if place else 1.0
        above = sums[place] / sums[-1] - share if place < last else 1.0
        self.margin = max(0.0, float(min(under, above)))
        return place


class _StepFactory:
    """Makes the steps of one request.

    Those that keep a history are in `history`, too, and `generators` are those of the steps.
    """

    def __init__(self, sampling: Sampling, context: int, seed: int, breakers: BreakerTable) -> None:
        self._values = sampling
        self._seed = seed
        self._breakers = breakers
        self._penalty_window = _window(sampling.repetition_window, context)
        self._dry_window = _window(sampling.dry_window, context)
        self.window = max(1, self._penalty_window, self._dry_window)
        self.history: list[Penalties | Dry] = []
        self.generators: list[Generator] = []

    def chosen(self, mirostat: Mirostat | None) -> list[Step]:
        """The steps in their order."""
        values, order = self._values, checked_order(self._values.order)
        if values.temperature == 0:
            return self._made(name for name in order if name in ("penalties", "dry"))
        if mirostat is None:
            return self._made(order)
        made = self._made(name for name in order if name == "penalties")
        if "temperature" in order:
            made.append(steps.temperature(max(COLDEST, values.temperature), 0.0, 1.0))
        return [*made, mirostat.cut]

    def _made(self, names: Iterable[str]) -> list[Step]:
        found: list[Step | None] = [getattr(self, f"_{name}")() for name in names]
        return [step for step in found if step is not None]

    def _penalties(self) -> Step | None:
        values = self._values
        strengths = (values.repetition_penalty, values.frequency_penalty, values.presence_penalty)
        if strengths == (1, 0, 0) or not self._penalty_window:
            return None
        step = Penalties(self._penalty_window, *strengths)
        self.history.append(step)
        return step

    def _dry(self) -> Step | None:
        values = self._values
        if not values.dry_multiplier or not self._dry_window:
            return None
        step = Dry(
            self._dry_window,
            values.dry_multiplier,
            values.dry_base,
            values.dry_allowed_length,
            self._breakers.of(values.dry_breakers),
        )
        self.history.append(step)
        return step

    def _top_n_sigma(self) -> Step:
        return steps.top_n_sigma(self._values.top_n_sigma)

    def _top_k(self) -> Step:
        return steps.top_k(self._values.top_k)

    def _typical_p(self) -> Step:
        return steps.typical_p(self._values.typical_p)

    def _top_p(self) -> Step:
        return steps.top_p(self._values.top_p)

    def _min_p(self) -> Step:
        return steps.min_p(self._values.min_p)

    def _xtc(self) -> Step:
        values, generator = self._values, Generator(self._seed)
        self.generators.append(generator)
        return steps.xtc(values.xtc_probability, values.xtc_threshold, generator)

    def _temperature(self) -> Step:
        values = self._values
        heat = max(COLDEST, values.temperature)
        return steps.temperature(heat, values.dynatemp_range, values.dynatemp_exponent)


def _mirostat(sampling: Sampling, vocabulary: Vocabulary, seed: int) -> Mirostat:
    version, tau, eta = sampling.mirostat, sampling.mirostat_tau, sampling.mirostat_eta
    return Mirostat(version, vocabulary.size, tau, eta, Generator(seed))


def _bias_arrays(sampling: Sampling, vocabulary: Vocabulary) -> tuple[list[int], Floats]:
    bias = resolve_bias(sampling, vocabulary)
    return list(bias), np.array([*bias.values()], np.float32)


def _window(wanted: int, context: int) -> int:
    return context if wanted < 0 else min(wanted, context)


def _refuse_what_is_missing(sampling: Sampling) -> None:
    """Say so where a value asks for something that this engine cannot do."""
    for row in rows(Sampling):
        value = getattr(sampling, row.name)
        if row.missing("torch") and not row.is_neutral(value):
            raise ParameterError(
                f"{row.row.label} ({row.name}) cannot be used.", row.missing("torch")
            )
