"""The sampler chain on fixed logits, against distributions computed with numpy."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from app.core.errors import ParameterError
from app.core.options.sampling import DEFAULT_ORDER, PARAMETERS, Sampling
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.library import native
from app.host.llama_cpp.sampler_chain import LlamaSamplerChain
from app.host.llama_cpp.vocabulary import LlamaVocabulary

Logits = npt.NDArray[np.float32]
HISTORY = np.array([5, 6, 7, 8, 30, 31, 32, 33, 30, 31, 32], np.int32)
NEUTRAL: dict[str, Any] = {
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "min_p": 0.0,
    "order": DEFAULT_ORDER,
}


class Bench:
    """Applies the chain of a sampling to the same logits and history each time."""

    def __init__(self, vocabulary: LlamaVocabulary) -> None:
        self.vocabulary = vocabulary
        random = np.random.default_rng(7)
        self.logits: Logits = random.normal(0, 1, vocabulary.size).astype(np.float32)
        self.logits[:64] += np.linspace(12, 4, 64, dtype=np.float32)

    def __call__(self, **values: Any) -> npt.NDArray[np.float64]:
        """What is left for the draw, as an array of probabilities."""
        chain = LlamaSamplerChain(Sampling(**{**NEUTRAL, **values}), self.vocabulary, 128, 1)
        try:
            chain.remember(HISTORY)
            found = np.zeros(len(self.logits))
            for token, probability in chain.distribution(self.logits).items():
                found[token] = probability
            return found
        finally:
            chain.close()

    def draws(self, count: int = 12, **values: Any) -> list[int | None]:
        """The tokens drawn one after the other."""
        seed = values.pop("seed", 1)
        chain = LlamaSamplerChain(Sampling(**{**NEUTRAL, **values}), self.vocabulary, 128, seed)
        try:
            chain.remember(HISTORY)
            return [chain.choose(self.logits) for _ in range(count)]
        finally:
            chain.close()

    def probabilities(self, logits: npt.NDArray[Any] | None = None) -> npt.NDArray[np.float64]:
        chosen = (self.logits if logits is None else logits).astype(np.float64)
        weights = np.exp(chosen - chosen.max())
        return np.asarray(weights / weights.sum())


@pytest.fixture(scope="module")
def bench(engine: LlamaCppEngine) -> Bench:
    return Bench(engine._vocabulary)


def masked(probabilities: npt.NDArray[np.float64], keep: npt.NDArray[Any]) -> npt.NDArray[Any]:
    kept = np.zeros_like(probabilities)
    kept[keep] = probabilities[keep]
    return np.asarray(kept / kept.sum())


def ranked(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    return np.argsort(-probabilities, kind="stable")


def neutral(bench: Bench) -> npt.NDArray[Any]:
    return bench.probabilities()


def temperature(bench: Bench) -> npt.NDArray[Any]:
    return bench.probabilities(bench.logits / np.float32(0.5))


def top_k(bench: Bench) -> npt.NDArray[Any]:
    p = bench.probabilities()
    return masked(p, ranked(p)[:5])


def top_p(bench: Bench) -> npt.NDArray[Any]:
    p = bench.probabilities()
    order = ranked(p)
    return masked(p, order[: int(np.searchsorted(np.cumsum(p[order]), 0.7)) + 1])


def min_p(bench: Bench) -> npt.NDArray[Any]:
    p = bench.probabilities()
    return masked(p, p >= 0.1 * p.max())


def typical_p(bench: Bench) -> npt.NDArray[Any]:
    p = bench.probabilities()
    entropy = -(p * np.log(p)).sum()
    order = np.argsort(np.abs(-np.log(p) - entropy), kind="stable")
    return masked(p, order[: int(np.searchsorted(np.cumsum(p[order]), 0.6)) + 1])


def top_n_sigma(bench: Bench) -> npt.NDArray[Any]:
    logits = bench.logits
    return masked(bench.probabilities(), logits >= logits.max() - 2 * logits.std())


def xtc(bench: Bench) -> npt.NDArray[Any]:
    p = bench.probabilities()
    order = ranked(p)
    above = int((p[order] >= 0.05).sum())
    return masked(p, order[above - 1 :])


def repetition(bench: Bench) -> npt.NDArray[Any]:
    logits = bench.logits.copy()
    seen = np.unique(HISTORY)
    logits[seen] = np.where(logits[seen] <= 0, logits[seen] * 1.3, logits[seen] / 1.3)
    return bench.probabilities(logits)


def short_repetition(bench: Bench) -> npt.NDArray[Any]:
    logits = bench.logits.copy()
    seen = np.unique(HISTORY[-2:])
    logits[seen] /= 1.3
    return bench.probabilities(logits)


def frequency_and_presence(bench: Bench) -> npt.NDArray[Any]:
    logits = bench.logits.copy()
    for token, count in zip(*np.unique(HISTORY, return_counts=True), strict=True):
        logits[token] -= 0.5 * count + 0.25
    return bench.probabilities(logits)


def dry(bench: Bench) -> npt.NDArray[Any]:
    """The history ends with 30 31 32, which 33 followed before: three tokens would repeat."""
    logits = bench.logits.copy()
    logits[33] -= 0.8 * 1.75 ** (3 - 2)
    return bench.probabilities(logits)


def dynamic_temperature(bench: Bench) -> npt.NDArray[Any]:
    p = bench.probabilities()
    share = -(p * np.log(p)).sum() / np.log(len(p))
    return bench.probabilities(bench.logits / (0.5 + 1.0 * share**1.5))


def biased(bench: Bench) -> npt.NDArray[Any]:
    logits = bench.logits.copy()
    logits[3] += 2.5
    logits[4] = -np.inf
    logits[bench.vocabulary.tokenize(" storm")] += 9
    return bench.probabilities(logits)


CASES: list[tuple[dict[str, Any], Callable[[Bench], npt.NDArray[Any]]]] = [
    ({}, neutral),
    ({"temperature": 0.5}, temperature),
    ({"top_k": 5}, top_k),
    ({"top_p": 0.7}, top_p),
    ({"min_p": 0.1}, min_p),
    ({"typical_p": 0.6}, typical_p),
    ({"top_n_sigma": 2.0}, top_n_sigma),
    ({"xtc_probability": 1.0, "xtc_threshold": 0.05}, xtc),
    ({"repetition_penalty": 1.3, "repetition_window": -1}, repetition),
    ({"repetition_penalty": 1.3, "repetition_window": 2}, short_repetition),
    ({"repetition_penalty": 1.3, "repetition_window": 0}, neutral),
    ({"frequency_penalty": 0.5, "presence_penalty": 0.25}, frequency_and_presence),
    ({"dry_multiplier": 0.8}, dry),
    ({"dry_multiplier": 0.8, "dry_window": 0}, neutral),
    ({"temperature": 1.0, "dynatemp_range": 0.5, "dynatemp_exponent": 1.5}, dynamic_temperature),
    ({"logit_bias": {"token:3": 2.5, "token:4": -100.0, " storm": 9.0}}, biased),
]


@pytest.mark.parametrize(("values", "expected"), CASES)
def test_a_step_leaves_the_distribution_of_its_formula(
    bench: Bench, values: dict[str, Any], expected: Callable[[Bench], npt.NDArray[Any]]
) -> None:
    np.testing.assert_allclose(bench(**values), expected(bench), atol=1e-5)


CHANGES: dict[str, tuple[dict[str, Any], Any]] = {
    "temperature": ({}, 1.5),
    "dynatemp_range": ({}, 0.5),
    "dynatemp_exponent": ({"dynatemp_range": 0.5}, 3.0),
    "top_k": ({}, 3),
    "top_p": ({}, 0.5),
    "min_p": ({}, 0.2),
    "typical_p": ({}, 0.5),
    "top_n_sigma": ({}, 1.0),
    "xtc_probability": ({"xtc_threshold": 0.05}, 1.0),
    "xtc_threshold": ({"xtc_probability": 1.0}, 0.02),
    "repetition_penalty": ({}, 1.5),
    "repetition_window": ({"repetition_penalty": 1.5}, 1),
    "frequency_penalty": ({}, 1.0),
    "presence_penalty": ({}, 1.0),
    "dry_multiplier": ({}, 1.0),
    "dry_base": ({"dry_multiplier": 1.0}, 3.0),
    "dry_allowed_length": ({"dry_multiplier": 1.0}, 3),
    "dry_window": ({"dry_multiplier": 1.0}, 3),
    "logit_bias": ({}, {"token:1": -100.0}),
    "logit_bias_forms": ({"logit_bias": {"storm": 20.0}}, True),
    "grammar": ({}, 'root ::= "a"+'),
    "order": ({"top_k": 20, "top_p": 0.6}, ("top_p", "top_k")),
}
DRAWN: dict[str, tuple[dict[str, Any], Any]] = {
    "seed": ({}, 2),
    "mirostat": ({}, 2),
    "mirostat_tau": ({"mirostat": 2}, 1.0),
    "mirostat_eta": ({"mirostat": 2, "mirostat_tau": 2.0}, 1.0),
}
IN_THE_LOOP = {"max_tokens", "stop", "banned_phrases"}


@pytest.mark.parametrize("name", [row.name for row in PARAMETERS])
def test_every_row_of_the_table_does_something(bench: Bench, name: str) -> None:
    if name in IN_THE_LOOP:
        return
    if name == "dry_breakers":
        breaker = bench.vocabulary.piece(31).decode()
        values: dict[str, Any] = {"dry_multiplier": 1.0}
        assert np.any(bench(**values) != bench(**values, dry_breakers=(breaker,)))
    elif name in DRAWN:
        base, value = DRAWN[name]
        assert bench.draws(24, **base) != bench.draws(24, **base, **{name: value})
    else:
        base, value = CHANGES[name]
        changed = bench(**{**base, name: value})
        assert np.abs(bench(**base) - changed).max() > 1e-5


def test_the_order_is_kept(bench: Bench) -> None:
    """Top-p over fewer candidates keeps fewer than top-p over all."""
    values = {"top_k": 12, "top_p": 0.8}
    p = bench.probabilities()
    first = masked(p, ranked(p)[:12])
    count = int(np.searchsorted(np.cumsum(first[ranked(first)]), 0.8)) + 1
    assert np.count_nonzero(bench(**values, order=("top_k", "top_p"))) == count
    found = np.count_nonzero(bench(**values, order=("top_p", "top_k")))
    whole = int(np.searchsorted(np.cumsum(p[ranked(p)]), 0.8)) + 1
    assert found == min(whole, 12)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"xtc_probability": 1.0, "xtc_threshold": 0.01},
        {"typical_p": 0.1},
        {"mirostat": 2},
        {"dynatemp_range": 2.0},
    ],
)
def test_temperature_zero_takes_the_likeliest(bench: Bench, values: dict[str, Any]) -> None:
    assert bench.draws(3, temperature=0.0, **values) == [int(bench.logits.argmax())] * 3


def test_temperature_zero_counts_bias_and_penalties(bench: Bench) -> None:
    drawn = bench.draws(2, temperature=0.0, logit_bias={"token:40": 50.0}, presence_penalty=2.0)
    assert drawn == [40, 40]
    best = int(bench.logits.argmax())
    assert bench.draws(3, temperature=0.0, frequency_penalty=2.0) != [best] * 3


def test_a_seed_repeats_its_draws(bench: Bench) -> None:
    assert bench.draws(seed=9) == bench.draws(seed=9)
    assert bench.draws(seed=9) != bench.draws(seed=10)
    assert bench.draws(50, seed=2**32 - 1) == bench.draws(50, seed=2**32 - 1)


def test_draws_follow_the_distribution(bench: Bench) -> None:
    drawn = bench.draws(4000, top_k=4)
    expected = bench(top_k=4)
    for token in np.flatnonzero(expected):
        assert drawn.count(int(token)) / 4000 == pytest.approx(expected[token], abs=0.04)


def test_forbidden_tokens_are_not_drawn(bench: Bench) -> None:
    chain = LlamaSamplerChain(Sampling(temperature=0.0), bench.vocabulary, 128, 1)
    order = [int(token) for token in ranked(bench.probabilities())]
    assert chain.choose(bench.logits, order[:3]) == order[3]
    assert chain.choose(bench.logits, range(bench.vocabulary.size)) is None
    chain.close()
    chain.close()


def test_breakers_that_llama_cpp_cuts_alike_are_looked_for_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is looked for in every token of the vocabulary, and only 40 bytes of it count."""
    counts, init = [], native.llama_sampler_init_dry
    monkeypatch.setattr(
        native, "llama_sampler_init_dry", lambda *given: counts.append(given[-1]) or init(*given)
    )
    bench(dry_multiplier=1.0, dry_breakers=tuple("\u0301" * length for length in range(1, 65)))
    assert counts == [20]


def test_banning_every_token_is_refused(bench: Bench) -> None:
    ban = {f"token:{token}": -100.0 for token in range(bench.vocabulary.size)}
    with pytest.raises(ParameterError, match="every token"):
        bench(logit_bias=ban)


_C = {"i": ctypes.c_int32, "u": ctypes.c_uint32, "f": ctypes.c_float, "z": ctypes.c_size_t}
SIGNATURES = {
    "llama_sampler_init_greedy": "",
    "llama_sampler_init_dist": "u",
    "llama_sampler_init_top_k": "i",
    "llama_sampler_init_top_p": "fz",
    "llama_sampler_init_min_p": "fz",
    "llama_sampler_init_typical": "fz",
    "llama_sampler_init_temp": "f",
    "llama_sampler_init_temp_ext": "fff",
    "llama_sampler_init_xtc": "ffzu",
    "llama_sampler_init_top_n_sigma": "f",
    "llama_sampler_init_mirostat": "iuffi",
    "llama_sampler_init_mirostat_v2": "uff",
    "llama_sampler_init_penalties": "iifff",
    "llama_sampler_init_dry": "?ffii?z",
    "llama_sampler_init_logit_bias": "ii?",
    "llama_sampler_init_grammar": "???",
    "llama_sampler_sample": "??i",
    "llama_sampler_accept": "?i",
    "llama_sampler_apply": "??",
    "llama_sampler_reset": "?",
    "llama_sampler_free": "?",
    "llama_sampler_chain_init": "?",
    "llama_sampler_chain_add": "??",
    "llama_memory_clear": "??",
    "llama_memory_seq_rm": "?iii",
    "llama_memory_seq_cp": "?iiii",
    "llama_state_seq_get_size": "?i",
    "llama_state_seq_get_data": "??zi",
    "llama_state_seq_set_data": "??zi",
    "llama_set_abort_callback": "???",
    "llama_decode": "??",
    "llama_get_logits_ith": "?i",
    "llama_tokenize": "??i?i??",
    "llama_token_to_piece": "?i?ii?",
    "llama_vocab_get_text": "?i",
    "llama_vocab_get_attr": "?i",
    "llama_vocab_is_eog": "?i",
    "llama_model_load_from_file": "??",
    "llama_init_from_model": "??",
    "llama_model_chat_template": "??",
    "llama_model_meta_val_str": "???z",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_every_bound_function_has_the_signature_that_is_called(name: str) -> None:
    found = getattr(native, name).argtypes
    wanted = SIGNATURES[name]
    assert len(found) == len(wanted)
    for argument, letter in zip(found, wanted, strict=True):
        assert letter == "?" or argument is _C[letter]


def test_a_candidate_has_llamas_layout() -> None:
    assert ctypes.sizeof(native.llama_token_data) == 12
    assert [name for name, _ in native.llama_token_data._fields_] == ["id", "logit", "p"]
