"""The sampler chain: llama.cpp's own samplers in our order."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.errors import ParameterError
from app.core.options.sampling import Sampling
from app.host.generation.probabilities import scattered
from app.host.generation.sampler_inputs import COLDEST, checked_order, drawing_seed, resolve_bias
from app.host.generation.vocabulary import Ids
from app.host.llama_cpp.foresight import LlamaForesight, foreseen
from app.host.llama_cpp.grammar.gbnf import CANDIDATE, Grammar, candidate_array, read_grammar
from app.host.llama_cpp.grammar.schema import SchemaGrammar
from app.host.llama_cpp.library import native
from app.host.llama_cpp.shortlist import MOST_BIASED, MOST_CANDIDATES, Shortlist
from app.host.llama_cpp.vocabulary import LlamaVocabulary

_KEEP = 1
_CERTAIN = 1e-30  # the share of the likeliest token's probability that typical-p can compute with
_MIROSTAT_M = 100  # how many of the likeliest tokens Mirostat 1 estimates its exponent from
_HISTORY_STEPS = ("penalties", "dry")


class LlamaSamplerChain:
    """One take's samplers with their state: the token history, the generators, the grammar.

    Order: word bias, then the steps of `Sampling.order`, then the draw. Temperature 0 is greedy:
    the word bias and the repetition steps count, then the likeliest token is taken. Mirostat
    replaces every step but the penalties and, as in llama.cpp, the plain temperature before it.
    The grammar stands apart, as in llama.cpp: the chain draws, and only if the grammar refuses
    that token is it applied to all candidates and the chain run on what is left.

    With `keeps_left`, `left` has the logits that the last token was drawn from, by token, minus
    infinity for those that a step dropped: after a greedy choice, all but the chosen one. Where
    only the word bias counts, the likeliest token is found without a list of candidates, which
    would cost more than all the rest.
    """

    def __init__(
        self, sampling: Sampling, vocabulary: LlamaVocabulary, context: int, seed: int
    ) -> None:
        self._vocabulary = vocabulary
        self._candidates = np.zeros(vocabulary.size, CANDIDATE)
        self._array = candidate_array(self._candidates)
        self._grammar: Grammar | SchemaGrammar | None = None
        self._chain: Any = native.llama_sampler_chain_init(native.llama_sampler_chain_params(True))
        self._history: list[Any] = []
        self._window = 0
        self.keeps_left = False
        self.left: npt.NDArray[np.float32] | None = None
        self._greedy = sampling.temperature == 0
        self._mirostat = sampling.mirostat > 0
        self._bias: _Bias | None = None  # where nothing else counts
        self._shortlist: Shortlist | None = None
        try:
            self._build(_SamplerFactory(sampling, vocabulary, context, seed), sampling)
        except ParameterError:
            self.close()
            raise

    def close(self) -> None:
        """Free the samplers; it may be closed twice."""
        if self._chain is not None:
            native.llama_sampler_free(self._chain)
        if self._grammar is not None:
            self._grammar.close()
        self._chain = self._grammar = None

    def remember(self, prompt: Ids, written: Iterable[int] = ()) -> None:
        """Begin the history again with the prompt's last tokens and those written since.

        The grammar sees only the latter. Generators go on where they are.
        """
        written = list(written)
        for sampler in self._history:
            native.llama_sampler_reset(sampler)
            for token in [*prompt[-self._window :].tolist(), *written][-self._window :]:
                native.llama_sampler_accept(sampler, token)
        if self._grammar is not None:
            self._grammar.reset()
            for token in written:
                self._grammar.accept(token)

    def draw(
        self,
        context: Any,
        row: int,
        logits: Callable[[int], npt.NDArray[np.float32]],
        forbidden: Iterable[int] = (),
    ) -> int | None:
        """Choose and accept the next token after a batch row; None if nothing is allowed."""
        forbidden = tuple(forbidden)
        if self._bias is not None and not self.keeps_left:
            return self._bias.likeliest(logits(row), forbidden)
        if self._grammar is None and not forbidden and not self.keeps_left:
            token: int | None = None
            if self._shortlist is not None:
                token = self._shortlist.draw(self._chain, logits(row))
            if token is None:
                token = native.llama_sampler_sample(self._chain, context, row)
            return token
        return self.choose(logits(row), forbidden)

    def choose(self, logits: npt.NDArray[np.float32], forbidden: Iterable[int] = ()) -> int | None:
        """The same on given logits."""
        forbidden = list(forbidden)
        token = self._chosen(logits, forbidden)
        if token is not None and self._grammar and not self._grammar.allows(token):
            token = self._chosen(logits, forbidden, self._grammar)
        if token is None:
            return None
        native.llama_sampler_accept(self._chain, token)
        if self._grammar is not None:
            self._grammar.accept(token)
        return token

    def foreseeing(self) -> AbstractContextManager[LlamaForesight]:
        """Draws as the chain will draw next, out of other logits; the grammar is left out."""
        size, by_numbers = self._vocabulary.size, not (self._greedy or self._mirostat)
        return foreseen(self._chain, self._shortlist, size, has_numbers=by_numbers)

    def distribution(self, logits: npt.NDArray[np.float32]) -> dict[int, float]:
        """What each remaining token's probability is when the draw comes, by token.

        For comparing engines: the chain is applied without accepting anything.
        """
        left = self._apply(logits, [], self._grammar)
        weights = np.exp(left["logit"].astype(np.float64) - left["logit"].max())
        weights /= weights.sum()
        return {
            int(token): float(weight)
            for token, weight in zip(left["id"], weights, strict=True)
            if weight > 0
        }

    def _build(self, steps: _SamplerFactory, sampling: Sampling) -> None:
        self._window = steps.window
        for name, sampler in steps.samplers():
            native.llama_sampler_chain_add(self._chain, sampler)
            if name in _HISTORY_STEPS:
                self._history.append(sampler)
        if sampling.grammar.strip():
            self._grammar = read_grammar(sampling.grammar, self._vocabulary)
            return
        bias = resolve_bias(sampling, self._vocabulary)
        if self._greedy and not self._history:
            self._bias = _Bias(bias)
        elif steps.begins_with_top_k and len(bias) <= MOST_BIASED:
            self._shortlist = Shortlist(sampling.top_k, bias, self._vocabulary.size)

    def _chosen(
        self,
        logits: npt.NDArray[np.float32],
        forbidden: list[int],
        grammar: Grammar | SchemaGrammar | None = None,
    ) -> int | None:
        left = self._apply(logits, forbidden, grammar)
        index = self._array.selected
        if not 0 <= index < len(left) or left["logit"][index] == -np.inf:
            return None
        if self.keeps_left:
            kept = left[index : index + 1] if self._greedy else left
            self.left = scattered(kept["id"], kept["logit"], len(logits))
        return int(left["id"][index])

    def _apply(
        self,
        logits: npt.NDArray[np.float32],
        forbidden: list[int],
        grammar: Grammar | SchemaGrammar | None,
    ) -> npt.NDArray[Any]:
        candidates = self._candidates
        candidates["id"] = np.arange(len(candidates), dtype=np.int32)
        candidates["logit"] = logits
        candidates["logit"][forbidden] = -np.inf
        self._array = candidate_array(candidates)
        if grammar is not None:
            grammar.apply(candidates)
            if np.all(candidates["logit"] == -np.inf):
                return candidates[:0]
        native.llama_sampler_apply(self._chain, ctypes.byref(self._array))
        start = ctypes.cast(self._array.data, ctypes.c_void_p).value
        buffer = (ctypes.c_char * (self._array.size * CANDIDATE.itemsize)).from_address(start or 0)
        return np.frombuffer(buffer, CANDIDATE)


class _Bias:
    """The word bias of tokens by their numbers."""

    def __init__(self, bias: dict[int, float]) -> None:
        self._tokens = np.fromiter(bias.keys(), np.int32, len(bias))
        self._values = np.fromiter(bias.values(), np.float32, len(bias))
        self._raised = frozenset(token for token, value in bias.items() if value > 0)
        self._lowered = frozenset(bias) - self._raised

    def likeliest(self, logits: npt.NDArray[np.float32], forbidden: Collection[int]) -> int | None:
        """The likeliest token with the bias, the first of equals; None if none is allowed."""
        token = int(logits.argmax())
        is_free = token not in self._lowered and token not in forbidden
        if is_free and not self._raised and logits[token] != -np.inf:
            return token  # the others only lose
        changed = [*self._tokens, *forbidden]
        kept = logits[changed]
        logits[self._tokens] += self._values
        logits[[*forbidden]] = -np.inf
        token = int(logits.argmax())
        found = None if logits[token] == -np.inf else token
        logits[changed] = kept
        return found


class _SamplerFactory:
    """Makes the samplers of one request; every value is passed on, none left to a default."""

    def __init__(
        self, sampling: Sampling, vocabulary: LlamaVocabulary, context: int, seed: int
    ) -> None:
        self._sampling = sampling
        self._vocabulary = vocabulary
        self._seed = drawing_seed(seed)
        self._penalty_window = _window(sampling.repetition_window, context)
        self._dry_window = _window(sampling.dry_window, context)
        self.window = max(1, self._penalty_window, self._dry_window)

    @property
    def begins_with_top_k(self) -> bool:
        """Whether only the word bias counts before the `top_k` best tokens are kept."""
        values = self._sampling
        if values.temperature == 0 or values.mirostat:
            return False
        if not 0 < values.top_k <= MOST_CANDIDATES // 4:
            return False
        off = {"top_n_sigma": not values.top_n_sigma}
        steps = (name for name in checked_order(values.order) if not off.get(name))
        return next((name for name in steps if not self._is_off(name)), "") == "top_k"

    def samplers(self) -> list[tuple[str, Any]]:
        """The chain's samplers with the names of their steps, the draw last."""
        sampling = self._sampling
        steps = checked_order(sampling.order)
        if sampling.temperature == 0:
            chosen = [name for name in steps if name in _HISTORY_STEPS]
            return [
                *self._bias(),
                *self._made(chosen),
                ("draw", native.llama_sampler_init_greedy()),
            ]
        if sampling.mirostat:
            chosen = [name for name in steps if name == "penalties"]
            return [*self._bias(), *self._made(chosen), *self._mirostat("temperature" in steps)]
        draw = native.llama_sampler_init_dist(self._seed)
        return [*self._bias(), *self._made(steps), ("draw", draw)]

    def _made(self, names: Iterable[str]) -> list[tuple[str, Any]]:
        made: list[tuple[str, Any]] = []
        for name in names:
            if name == "typical_p" and self._sampling.typical_p < 1:
                # A masked token's logarithm would make all of the sampler's numbers NaN.
                made.append(("certain", native.llama_sampler_init_min_p(_CERTAIN, _KEEP)))
            if not self._is_off(name):
                made.append((name, getattr(self, f"_{name}")()))
        return made

    def _is_off(self, name: str) -> bool:
        """Steps that only keep a history are left out when they would change nothing."""
        values = self._sampling
        if name == "dry":
            return not values.dry_multiplier or not self._dry_window
        if name == "penalties":
            strengths = (values.frequency_penalty, values.presence_penalty)
            idle = values.repetition_penalty == 1 and strengths == (0, 0)
            return idle or not self._penalty_window
        return False

    def _bias(self) -> list[tuple[str, Any]]:
        bias = resolve_bias(self._sampling, self._vocabulary)
        if not bias:
            return []
        size = self._vocabulary.size
        entries = [native.llama_logit_bias(token, value) for token, value in bias.items()]
        array = (native.llama_logit_bias * len(entries))(*entries)
        sampler = native.llama_sampler_init_logit_bias(size, len(entries), array)
        return [("bias", sampler)]

    def _penalties(self) -> Any:
        values = self._sampling
        return native.llama_sampler_init_penalties(
            self._vocabulary.size,
            self._penalty_window,
            values.repetition_penalty,
            values.frequency_penalty,
            values.presence_penalty,
        )

    def _dry(self) -> Any:
        values = self._sampling
        # llama.cpp cuts each to 40 bytes and looks for it in every token of the vocabulary.
        breakers = [*dict.fromkeys(text.encode()[:40] for text in values.dry_breakers)]
        return native.llama_sampler_init_dry(
            self._vocabulary.handle,
            values.dry_multiplier,
            values.dry_base,
            values.dry_allowed_length,
            self._dry_window,
            (ctypes.c_char_p * len(breakers))(*breakers),
            len(breakers),
        )

    def _top_n_sigma(self) -> Any:
        return native.llama_sampler_init_top_n_sigma(self._sampling.top_n_sigma)

    def _top_k(self) -> Any:
        return native.llama_sampler_init_top_k(self._sampling.top_k)

    def _typical_p(self) -> Any:
        return native.llama_sampler_init_typical(self._sampling.typical_p, _KEEP)

    def _top_p(self) -> Any:
        return native.llama_sampler_init_top_p(self._sampling.top_p, _KEEP)

    def _min_p(self) -> Any:
        return native.llama_sampler_init_min_p(self._sampling.min_p, _KEEP)

    def _xtc(self) -> Any:
        values = self._sampling
        return native.llama_sampler_init_xtc(
            values.xtc_probability, values.xtc_threshold, _KEEP, self._seed
        )

    def _temperature(self) -> Any:
        values = self._sampling
        return native.llama_sampler_init_temp_ext(
            max(COLDEST, values.temperature), values.dynatemp_range, values.dynatemp_exponent
        )

    def _mirostat(self, with_temperature: bool) -> list[tuple[str, Any]]:
        values = self._sampling
        temperature = native.llama_sampler_init_temp(max(COLDEST, values.temperature))
        before = [("temperature", temperature)] if with_temperature else []
        if values.mirostat == 1:
            sampler = native.llama_sampler_init_mirostat(
                self._vocabulary.size,
                self._seed,
                values.mirostat_tau,
                values.mirostat_eta,
                _MIROSTAT_M,
            )
        else:
            sampler = native.llama_sampler_init_mirostat_v2(
                self._seed, values.mirostat_tau, values.mirostat_eta
            )
        return [*before, ("draw", sampler)]


def _window(wanted: int, context: int) -> int:
    return context if wanted < 0 else min(wanted, context)
