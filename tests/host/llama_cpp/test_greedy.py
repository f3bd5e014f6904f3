"""Greedy text against a bare greedy loop on a context of its own."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path

import llama_cpp.llama_cpp as native
import numpy as np
import pytest

from app.core.options.load_options import LoadOptions
from tests.host.driving import Runner, load

OPTIONS = LoadOptions(context=4096, threads=2, batch=512, ubatch=512)
STORY = "The keeper opened the door and looked out at the sea, which was grey and very wide. "


class BareLoop:
    """Nothing but `llama_decode` and an argmax."""

    def __init__(self, path: Path) -> None:
        defaults = native.llama_model_default_params()
        self.model = native.llama_model_load_from_file(str(path).encode(), defaults)
        parameters = native.llama_context_default_params()
        parameters.n_ctx = OPTIONS.context
        parameters.n_batch = parameters.n_ubatch = OPTIONS.batch
        parameters.n_threads = parameters.n_threads_batch = OPTIONS.threads
        parameters.flash_attn_type = native.LLAMA_FLASH_ATTN_TYPE_DISABLED
        self.context = native.llama_init_from_model(self.model, parameters)
        self.vocabulary = native.llama_model_get_vocab(self.model)
        self.size = native.llama_vocab_n_tokens(self.vocabulary)

    def close(self) -> None:
        native.llama_free(self.context)
        native.llama_model_free(self.model)

    def tokenize(self, prompt: str) -> list[int]:
        data = prompt.encode()
        room = (ctypes.c_int32 * (len(data) + 8))()
        count = native.llama_tokenize(
            self.vocabulary, data, len(data), room, len(room), True, False
        )
        return room[:count]

    def greedy(self, prompt: str, count: int) -> list[int]:
        native.llama_memory_clear(native.llama_get_memory(self.context), True)
        tokens = self.tokenize(prompt)
        for start in range(0, len(tokens), OPTIONS.batch):
            self._decode(tokens[start : start + OPTIONS.batch])
        found: list[int] = []
        while len(found) < count:
            logits = native.llama_get_logits_ith(self.context, -1)
            token = int(np.ctypeslib.as_array(logits, (self.size,)).argmax())
            if native.llama_vocab_is_eog(self.vocabulary, token):
                break
            found.append(token)
            self._decode([token])
        return found

    def _decode(self, tokens: list[int]) -> None:
        data = (ctypes.c_int32 * len(tokens))(*tokens)
        batch = native.llama_batch_get_one(data, len(tokens))
        assert native.llama_decode(self.context, batch) == 0


@pytest.fixture(scope="module")
def bare(starter_model: Path) -> Iterator[BareLoop]:
    loop = BareLoop(starter_model)
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def cold(starter_model: Path) -> Iterator[Runner]:
    engine = load(starter_model, OPTIONS)
    yield Runner(engine)
    engine.close()


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("The old lighthouse keeper opened the door and", 40),
        ("老灯塔看守人打开门,", 30),
        ("Старый смотритель маяка открыл дверь и", 30),
        (STORY * 176, 8),
    ],
    ids=["English", "Chinese", "Russian", "3,000 words"],
)
def test_greedy_is_a_bare_loops_greedy(
    bare: BareLoop, cold: Runner, prompt: str, count: int
) -> None:
    done = cold(prompt, temperature=0.0, max_tokens=count, exact=True)
    assert done.stats.reused_tokens == 0
    assert list(done.takes[0].token_ids) == bare.greedy(prompt, count)
    assert done.takes[0].text == cold.streamed()
    assert "\ufffd" not in done.takes[0].text
