"""The distribution behind guesses: a hundred thousand draws of both engines' chains, by chi-square.

The models are tables: what follows a token has logits of its own, the smaller one's are a little
otherwise. So every draw's chances are known exactly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from app.core.options.sampling import Sampling
from app.engine.messages import Generate
from app.host.generation.batching import alone
from app.host.generation.decode_loop import RunningTake, Times, Writer
from app.host.generation.draft_costs import DraftCosts
from app.host.generation.draft_memory import ChainReader, DraftMemory, Logits, same_words
from app.host.generation.partner import Partner
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids
from app.host.interface import Answer, Job, Rows, Work
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.sampler_chain import LlamaSamplerChain
from app.host.torch_engine.sampling.chain import TorchSamplerChain
from app.host.torch_engine.sampling.penalties import BreakerTable
from tests.host.driving import load
from tests.host.tiny_llama import write_tiny

FIRST, WORDS = 40, 8
DRAWS = 100_000
COSTS = DraftCosts(rows=(1.05, 1.1, 1.15), step=0.1, row=0.01)
PROMPT = np.array([FIRST, FIRST + 1, FIRST + 2], np.int32)


def tables(size: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The logits behind each of a few words, of the large model and of the small one."""
    random = np.random.default_rng(5)
    large = np.full((WORDS, size), -30.0, np.float32)
    large[:, FIRST : FIRST + WORDS] = random.normal(0, 1.5, (WORDS, WORDS))
    small = large.copy()
    small[:, FIRST : FIRST + WORDS] += random.normal(0, 0.5, (WORDS, WORDS))
    return large, small


class TableMemory(DraftMemory):
    """The smaller model."""

    def __init__(self, table: npt.NDArray[np.float32]) -> None:
        super().__init__("small", COSTS, table.shape[1], frozenset(), 4096)
        self._table = table
        self._row: Logits = table[0]

    @property
    def chunk(self) -> int:
        return 64

    @property
    def logits(self) -> Logits:
        return self._row

    def close(self) -> None:
        pass

    def _compute(self, tokens: Ids, length: int) -> None:
        assert length == len(self._held)
        self._row = self._table[int(tokens[-1]) - FIRST]

    def _cut(self, length: int) -> bool:
        return length <= len(self._held)

    def _clear(self) -> None:
        pass


class TableTake(RunningTake):
    """A take of the large model."""

    def __init__(self, chain: Any) -> None:
        super().__init__(0, Transcript((), ()))
        self.chain = chain
        self.held: list[int] = []


class TableDecoder:
    """The large model; `drawn` are the draws with the token before each."""

    size = 10 * DRAWS
    may_draft = True

    def __init__(self, table: npt.NDArray[np.float32], job: Job) -> None:
        self._table, self._job = table, job
        self.drawn: list[tuple[int, int]] = []
        self._after = int(PROMPT[-1])
        self._more: list[int] = []

    def draw(self, take: TableTake, forbidden: Collection[int]) -> int | None:
        token: int = take.chain.choose(self._table[self._after - FIRST], forbidden)
        self.drawn.append((self._after, token))
        return token

    def step(
        self, running: Sequence[TableTake], prompt: Ids, drafts: Sequence[int] = ()
    ) -> Work[bool]:
        yield Rows(self._job)
        self._after, self._more = running[0].ids[-1], [*drafts]
        return True

    def follow(self, _take: TableTake) -> None:
        self._after = self._more.pop(0)

    def settle(self, _take: TableTake) -> None:
        self._more.clear()

    def logits(self, _take: TableTake) -> Any:
        raise AssertionError("no probabilities are asked for")

    def forget(self, _take: TableTake, _prompt: Ids) -> None:
        raise AssertionError("nothing is banned")

    def remember(self, _take: TableTake, _prompt: Ids) -> None:
        raise AssertionError("nothing is banned")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaCppEngine]:
    """Whose vocabulary the chains need."""
    loaded = load(write_tiny(tmp_path_factory.mktemp("draws") / "tiny.gguf"))
    yield loaded
    loaded.close()


def chain_of(kind: str, sampling: Sampling, engine: LlamaCppEngine, seed: int = 11) -> Any:
    words = engine._vocabulary
    if kind == "llama.cpp":
        return LlamaSamplerChain(sampling, words, 4096, seed)
    chain: Any = TorchSamplerChain(sampling, words, 4096, seed, BreakerTable(words))
    chain.close = lambda: None
    return chain


def written(chain: Any, words: Any, count: int, *, drafts: bool) -> tuple[TableDecoder, Times]:
    """So many tokens, with guesses or without."""
    large, small = tables(words.size)
    job, times = Job(1, lambda _event: None), Times()
    decoder = TableDecoder(large, job)
    request = Generate(job=1, prompt="", sampling=Sampling(max_tokens=count))
    partner = Partner(ChainReader(TableMemory(small), chain), COSTS, PROMPT, count + 10)
    writer: Writer[TableTake] = Writer(
        decoder,
        words,
        request,
        job,
        (9.0,) if drafts else (),
        partner,  # nothing is looked up
    )
    job.shows = False

    def computed(rows: Sequence[Rows]) -> list[Answer]:
        return [True for _one in rows]

    alone(writer.write([TableTake(chain)], PROMPT, times), computed)
    return decoder, times


STEPS: dict[str, dict[str, Any]] = {
    "temperature": {"temperature": 0.8, "top_k": 0},
    "cut": {"temperature": 0.9, "top_k": 6, "top_p": 0.95, "min_p": 0.05},
}


@pytest.mark.parametrize("kind", ["llama.cpp", "torch"])
@pytest.mark.parametrize("name", STEPS)
def test_the_draws_have_the_large_models_chances(
    kind: str, name: str, engine: LlamaCppEngine
) -> None:
    sampling = Sampling(**STEPS[name])
    count = DRAWS if (kind, name) == ("llama.cpp", "cut") else DRAWS // 8
    with closing(chain_of(kind, sampling, engine)) as chain:
        decoder, times = written(chain, engine._vocabulary, count, drafts=True)
        large, _small = tables(engine._vocabulary.size)
        chances = [chain.distribution(row) for row in large]
    assert times.accepted > 0.3 * count
    assert times.drafted > 1.1 * times.accepted
    assert len(decoder.drawn) == count
    drawn = np.zeros((WORDS, WORDS))
    np.add.at(drawn, tuple(np.array(decoder.drawn).T - FIRST), 1)
    square = freedom = 0.0
    for counts, chance in zip(drawn, chances, strict=True):
        expected = np.array([chance.get(FIRST + word, 0.0) for word in range(WORDS)])
        assert not counts[expected == 0].any()
        expected = expected[expected > 0] * counts.sum()
        found = counts[[FIRST + word in chance for word in range(WORDS)]]
        few = expected < 5  # together they count as one
        pairs = [*zip(found[~few], expected[~few], strict=True)]
        pairs.append((found[few].sum(), expected[few].sum()))
        square += sum((seen - wanted) ** 2 / wanted for seen, wanted in pairs if wanted)
        freedom += sum(1 for _seen, wanted in pairs if wanted) - 1
    assert square < freedom + 4 * (2 * freedom) ** 0.5


CHAINS: list[dict[str, Any]] = [
    {"temperature": 0.8},
    {"temperature": 1.0, "repetition_penalty": 1.2, "frequency_penalty": 0.2, "min_p": 0.02},
    {"temperature": 1.0, "dry_multiplier": 0.5, "dry_breakers": ()},
    {"temperature": 1.0, "xtc_probability": 0.5, "xtc_threshold": 0.1},
    {"temperature": 1.0, "typical_p": 0.8, "dynatemp_range": 0.3, "top_n_sigma": 2.0},
    {"temperature": 0.9, "mirostat": 1},
    {"temperature": 0.9, "mirostat": 2},
    {"temperature": 0.0, "frequency_penalty": 0.4},
]


@pytest.mark.parametrize("kind", ["llama.cpp", "torch"])
@pytest.mark.parametrize("values", CHAINS, ids=lambda values: " ".join(values))
def test_every_chain_draws_what_it_draws_alone(
    kind: str, values: dict[str, Any], engine: LlamaCppEngine
) -> None:
    """The same seed, the same tokens, whatever was guessed: the distribution cannot differ."""
    found = []
    for drafts in (True, False):
        with closing(chain_of(kind, Sampling(**values), engine)) as chain:
            chain.remember(PROMPT)
            decoder, times = written(chain, engine._vocabulary, 400, drafts=drafts)
        found.append(decoder.drawn)
        assert (times.accepted > 20) == drafts
    assert found[0] == found[1]


def test_more_room_at_the_end_is_no_other_vocabulary(engine: LlamaCppEngine) -> None:
    words = engine._vocabulary

    class Shorter:
        size = words.size - 20
        shown = staticmethod(words.shown)

    small: Any = Shorter()
    assert same_words(words, small, "small") == same_words(small, words, "large") == small.size
