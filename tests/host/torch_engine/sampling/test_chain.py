"""Equal meaning: both engines' chains on the same logits of the real model and the same history."""

from __future__ import annotations

import secrets
import sys
from typing import Any

import numpy as np
import pytest

from app.core.errors import GenerationError, ParameterError
from app.core.options.sampling import DEFAULT_ORDER, PARAMETERS, Sampling
from app.host.llama_cpp import sampler_chain as llama_chain
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.torch_engine.sampling.chain import TorchSamplerChain
from app.host.torch_engine.sampling.penalties import BreakerTable
from tests.host.driving import Runner

TEXT = (
    'The rain fell on the roof, and the cat said: "I will not go out." '
    'The rain fell on the wall, and the dog said: "I will." '
) * 2 + "The rain fell on the"
NEUTRAL: dict[str, Any] = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
CONTEXT = 512
MOST = 1e-5
COMBINATIONS = 200


class Pair:
    """The same request for both chains."""

    def __init__(self, engine: LlamaCppEngine, torch_engine: Any) -> None:
        Runner(engine)(TEXT, max_tokens=1, exact=True)
        self.logits = engine._context.logits(-1).copy()
        self.vocabularies = engine._vocabulary, torch_engine._vocabulary
        self.history = engine._vocabulary.tokenize(TEXT)
        self._breakers = BreakerTable(torch_engine._vocabulary)

    def chains(
        self, sampling: Sampling, seed: int
    ) -> tuple[llama_chain.LlamaSamplerChain, TorchSamplerChain]:
        theirs, ours = self.vocabularies
        pair = (
            llama_chain.LlamaSamplerChain(sampling, theirs, CONTEXT, seed),
            TorchSamplerChain(sampling, ours, CONTEXT, seed, self._breakers),
        )
        for chain in pair:
            chain.remember(self.history)
        return pair

    def difference(self, seed: int = 1, **values: Any) -> float:
        llama, torch = self.chains(Sampling(**values), seed)
        try:
            first, second = llama.distribution(self.logits), torch.distribution(self.logits)
        finally:
            llama.close()
        tokens = first.keys() | second.keys()
        return max(abs(first.get(token, 0) - second.get(token, 0)) for token in tokens)

    def draws(self, seed: int, count: int, **values: Any) -> tuple[list[Any], list[Any]]:
        llama, torch = self.chains(Sampling(**values), seed)
        try:
            drawn = [[chain.choose(self.logits) for _ in range(count)] for chain in (llama, torch)]
        finally:
            llama.close()
        return drawn[0], drawn[1]


@pytest.fixture(scope="module")
def pair(engine: LlamaCppEngine, torch_engine: Any) -> Pair:
    return Pair(engine, torch_engine)


VALUES: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "temperature": ({}, (0.0, 0.3, 1.0, 5.0)),
    "dynatemp_range": ({}, (0.5, 1.0, 5.0)),
    "dynatemp_exponent": ({"dynatemp_range": 0.5}, (0.01, 0.3, 3.0)),
    "top_k": ({}, (1, 40, 5000, 1_000_000)),
    "top_p": ({}, (0.0, 0.3, 0.95, 0.999)),
    "min_p": ({}, (0.001, 0.05, 1.0)),
    "typical_p": ({}, (0.0, 0.2, 0.95)),
    "top_n_sigma": ({}, (0.1, 1.0, 10.0)),
    "xtc_probability": ({"xtc_threshold": 0.01}, (0.1, 0.5, 1.0)),
    "xtc_threshold": ({"xtc_probability": 1.0}, (0.0, 0.02, 0.5)),
    "repetition_penalty": ({}, (0.5, 1.1, 3.0)),
    "repetition_window": ({"repetition_penalty": 1.3}, (-1, 0, 1, 10)),
    "frequency_penalty": ({}, (-2.0, 0.5)),
    "presence_penalty": ({}, (-2.0, 0.5)),
    "dry_multiplier": ({}, (0.8, 10.0)),
    "dry_base": ({"dry_multiplier": 1.0}, (1.0, 1.2, 8.0)),
    "dry_allowed_length": ({"dry_multiplier": 1.0}, (1, 4, 100)),
    "dry_window": ({"dry_multiplier": 1.0}, (-1, 0, 2, 40)),
    "dry_breakers": ({"dry_multiplier": 1.0}, ((), ("cat said",), ("n the", "x"), ("ain",))),
    "mirostat": ({}, (1, 2)),
    "mirostat_tau": ({"mirostat": 2}, (0.0, 1.0, 20.0)),
    "mirostat_eta": ({"mirostat": 1}, (0.0, 1.0)),
    "seed": ({"xtc_probability": 0.5, "xtc_threshold": 0.01}, (0, 1, 2**32 - 2)),
    "logit_bias": ({}, ({" roof": 9.0}, {"token:5": -100.0, " wall": 3.5, "token:7": 100.0})),
    "logit_bias_forms": (
        {"logit_bias": {"the": -100.0, "token:5": 3.0, "Rain": 2.0}},
        (True, False),
    ),
    "order": (
        {"top_p": 0.9, "top_k": 30, "typical_p": 0.9, "temperature": 1.5},
        (DEFAULT_ORDER[::-1], ("temperature", "top_p"), ()),
    ),
}
IN_THE_LOOP = {"max_tokens", "stop", "banned_phrases"}


@pytest.mark.parametrize("name", [row.name for row in PARAMETERS if row.name not in IN_THE_LOOP])
def test_every_row_leaves_the_same_distribution(pair: Pair, name: str) -> None:
    if name == "grammar":
        return  # llama.cpp's alone
    more, values = VALUES[name]
    for value in values:
        if name == "seed":
            assert pair.difference(value, **{**NEUTRAL, **more}) <= MOST
        else:
            assert pair.difference(**{**NEUTRAL, **more, name: value}) <= MOST, value


def test_the_presets_defaults_leave_the_same_distribution(pair: Pair) -> None:
    assert pair.difference() <= MOST


def combination(random: np.random.Generator) -> dict[str, Any]:
    def number(low: float, high: float, off: float) -> float:
        return off if random.random() < 0.4 else float(random.uniform(low, high))

    return {
        "temperature": number(0, 3, 1),
        "dynatemp_range": number(0, 2, 0),
        "dynatemp_exponent": number(0.1, 4, 1),
        "top_k": int(number(1, 500, 0)),
        "top_p": number(0, 1, 1),
        "min_p": number(0, 0.3, 0),
        "typical_p": number(0, 1, 1),
        "top_n_sigma": number(0.1, 5, 0),
        "xtc_probability": number(0, 1, 0),
        "xtc_threshold": number(0, 0.5, 0.1),
        "repetition_penalty": number(0.5, 2, 1),
        "repetition_window": int(number(0, 200, -1)),
        "frequency_penalty": number(-2, 2, 0),
        "presence_penalty": number(-2, 2, 0),
        "dry_multiplier": number(0, 5, 0),
        "dry_base": number(1, 4, 1.75),
        "dry_allowed_length": int(number(1, 10, 2)),
        "dry_window": int(number(0, 300, -1)),
        "dry_breakers": (("\n", ":", '"', "*"), ("the cat", "said:"), ())[random.integers(3)],
        "mirostat": int(random.choice([0, 0, 0, 0, 1, 2])),
        "mirostat_tau": number(0, 10, 5),
        "logit_bias": {" rain": float(random.uniform(-100, 10))} if random.random() < 0.5 else {},
        "order": tuple(random.permutation(DEFAULT_ORDER).tolist())
        if random.random() < 0.5
        else DEFAULT_ORDER,
    }


def test_random_combinations_leave_the_same_distribution(pair: Pair) -> None:
    seed = secrets.randbelow(2**32)
    sys.stdout.write(f"{COMBINATIONS} combinations of seed {seed}: ")
    random = np.random.default_rng(seed)
    worst = 0.0
    for count in range(COMBINATIONS):
        values = combination(random)
        difference = pair.difference(count, **values)
        assert difference <= MOST, (seed, count, values)
        worst = max(worst, difference)
    sys.stdout.write(f"at most {worst:.1e} apart\n")


@pytest.mark.parametrize(
    ("seed", "values"),
    [
        (  # of two tokens that are all but equally likely one is kept
            19,
            {
                "xtc_probability": 0.16873783234351347,
                "xtc_threshold": 0.10020846022486618,
                "temperature": 2.5939496332152197,
                "dynatemp_range": 0.5724233101706371,
                "typical_p": 0.5013273170214783,
                "order": ("xtc", "temperature", "typical_p"),
            },
        ),
        (  # Mirostat's estimate of a count of thousands lies at a whole number
            53,
            {
                "presence_penalty": -1.0119340347573216,
                "repetition_window": 180,
                "temperature": 1.6382301316652683,
                "mirostat": 1,
                "mirostat_tau": 8.292065754629556,
            },
        ),
    ],
)
def test_a_cut_falls_where_c_rounds_it(pair: Pair, seed: int, values: dict[str, Any]) -> None:
    """As random combinations found: the last place of a float32 decides there."""
    assert pair.difference(seed, **NEUTRAL | values) <= MOST


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": 1.3},
        {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.02},
        {"xtc_probability": 0.5, "xtc_threshold": 0.02, "temperature": 1.2},
        {"dry_multiplier": 0.8, "repetition_penalty": 1.1, "temperature": 1.1},
        {"mirostat": 1, "mirostat_tau": 3.0},
        {"mirostat": 2, "temperature": 1.2},
        {"temperature": 0.0, "frequency_penalty": 0.7},
    ],
)
def test_a_seed_draws_the_same_tokens_on_both_engines(pair: Pair, values: dict[str, Any]) -> None:
    """True where llama.cpp was built with GNU's standard library, as on this platform."""
    for seed in (0, 7, 2**32 - 1):
        llama, torch = pair.draws(seed, 30, **values)
        assert torch == llama
    assert pair.draws(7, 30, **{"temperature": 1.3})[1] != pair.draws(8, 30, temperature=1.3)[1]


def test_forbidden_tokens_are_not_drawn(pair: Pair) -> None:
    _, chain = pair.chains(Sampling(temperature=0.0), 1)
    best = np.argsort(-pair.logits, kind="stable")
    assert chain.choose(pair.logits, best[:3].tolist()) == best[3]
    assert chain.choose(pair.logits, range(len(pair.logits))) is None


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"grammar": 'root ::= "a"'}, "Grammar"),
        ({"order": ("top_k", "top_k")}, "more than once"),
        ({"logit_bias": {"token:99999999": 1.0}}, "not a token"),
    ],
)
def test_what_cannot_be_is_a_sentence(pair: Pair, values: dict[str, Any], what: str) -> None:
    vocabulary = pair.vocabularies[1]
    with pytest.raises(ParameterError, match=what):
        TorchSamplerChain(Sampling(**values), vocabulary, CONTEXT, 1, BreakerTable(vocabulary))


def test_both_vocabularies_agree(pair: Pair) -> None:
    llama, torch = pair.vocabularies
    assert [torch.piece(token) for token in range(torch.size)] == [
        llama.piece(token) for token in range(llama.size)
    ]
    assert (torch.size, torch.bos, torch.ends) == (llama.size, llama.bos, llama.ends)
    for text in ("Once <|im_end|> upon", "从前有一座山", "Жил-был\n\n  кот", "é👩‍🚀"):
        for special in (False, True):
            found = torch.tokenize(text, special=special).tolist()
            assert found == llama.tokenize(text, special=special).tolist()


def test_numbers_that_are_none_are_a_sentence(torch_engine: Any) -> None:
    """Half precision overflows in some models; the first token would be chosen for ever."""
    vocabulary = torch_engine._vocabulary
    chain = TorchSamplerChain(Sampling(), vocabulary, CONTEXT, 1, BreakerTable(vocabulary))
    logits = np.zeros(vocabulary.size, np.float32)
    logits[7] = np.nan
    with pytest.raises(GenerationError, match="no usable numbers"):
        chain.choose(logits)
