"""Writing between a prompt and a suffix, on both engines, by the model's own tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ParameterError, PromptTooLongError
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.messages import ChatMessage, Count, Generate, Read
from app.host.generation.vocabulary import Infill, find_infill
from app.host.llama_cpp.engine import LlamaCppEngine
from tests.host.driving import Runner, copy_of, load, load_torch, silent
from tests.host.tiny_llama import write_tiny

NAMES = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>")
SMALL = LoadOptions(context=256, threads=1)
PLACES = (317, 318, 319)
GREEDY: dict[str, Any] = {"temperature": 0.0, "max_tokens": 6}
ASKED = Generate(job=1, prompt="ab", suffix="<fim_middle>c")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaCppEngine]:
    path = tmp_path_factory.mktemp("infill") / "tiny.gguf"
    engine = load(write_tiny(path, named=dict(zip(PLACES, NAMES, strict=True))), SMALL)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def torch(torch_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The starter, whose tokens for notebooks have other names."""
    folder = tmp_path_factory.mktemp("infill-torch") / "model"
    copy_of(torch_folder, folder, without=("tokenizer.json", "tokenizer_config.json"))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        text = (torch_folder / name).read_text("utf-8")
        for former, new in zip(("start", "text", "code"), NAMES, strict=True):
            text = text.replace(f"<jupyter_{former}>", new)
        (folder / name).write_text(json.dumps(json.loads(text)), "utf-8")
    engine = load_torch(folder, options=SMALL)
    yield engine
    engine.close()


@pytest.fixture(params=["tiny", "torch"])
def engine(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def test_the_model_reads_prefix_suffix_middle(engine: Any) -> None:
    words = engine._vocabulary
    marks = Infill(*(int(words.tokenize(name, special=True)[0]) for name in NAMES))
    assert (words.infill, engine.info.fills_middle) == (marks, True)
    tokens, dropped = engine._tokens(ASKED)
    wanted = [marks.prefix, *words.tokenize("ab"), marks.suffix, *words.tokenize("<fim_middle>c")]
    found = [int(one) for one in tokens if one != words.bos]
    assert found == [*map(int, wanted), marks.middle]
    assert dropped == 0
    assert found.count(marks.middle) == 1  # the suffix says its name, and means the letters
    by_hand = Runner(engine)(tokens=tuple(map(int, tokens)), **GREEDY)
    filled = Runner(engine)("ab", suffix="<fim_middle>c", **GREEDY)
    assert filled.takes == by_hand.takes
    assert filled.stats.prompt_tokens == len(tokens)


def test_a_prompt_of_tokens_and_an_empty_suffix(engine: Any) -> None:
    ids = tuple(map(int, engine._vocabulary.tokenize("ab")))
    empty = Generate(job=1, prompt="ab", suffix="")
    given = Generate(job=1, tokens=ids, suffix="")
    assert engine._tokens(given)[0].tolist() == engine._tokens(empty)[0].tolist()
    assert len(engine._tokens(empty)[0]) == len(engine._prompter.tokens("ab")) + 3


def test_it_is_counted_and_read_ahead_and_then_known(engine: Any) -> None:
    asked = Count(job=2, prompt="ab ab ab", suffix="c", texts=("ab", "", "a b"), seeks=True)
    before = engine.counted(asked)
    tokens = engine._tokens(Generate(job=1, prompt="ab ab ab", suffix="c"))[0]
    words = engine._vocabulary
    assert before.tokens == len(tokens)
    assert before.texts == tuple(len(words.tokenize(text)) for text in asked.texts)
    assert before.known < len(tokens) - 1
    engine.read(Read(job=3, prompt="ab ab ab", suffix="c"), silent())
    assert engine.counted(asked).known == len(tokens) - 1
    assert engine.counted(Count(job=4, prompt="ab ab ab")).known == 0  # nobody asked
    done = Runner(engine)("ab ab ab", suffix="c", **GREEDY)
    assert done.stats.reused_tokens == len(tokens) - 1


def test_what_is_dropped_of_a_long_prompt_is_told(engine: Any) -> None:
    text = "a b " * 200
    counted = engine.counted(Count(job=1, prompt=text, max_tokens=20, n=2, overflow="drop_head"))
    asked = Generate(
        job=1, prompt=text, n=2, overflow="drop_head", sampling=Sampling(max_tokens=20)
    )
    tokens, dropped = engine._tokens(asked)
    assert (counted.tokens, counted.dropped) == (len(tokens), dropped)
    assert dropped
    assert engine.counted(Count(job=1, prompt=text)).tokens == len(tokens) + dropped


def test_nothing_of_it_is_dropped_in_silence(engine: Any) -> None:
    with pytest.raises(PromptTooLongError):
        engine._tokens(Generate(job=1, prompt="a b " * 200, suffix="c", overflow="drop_head"))
    turns = (ChatMessage(role="user", content="a"),)
    with pytest.raises(ParameterError, match="no suffix"):
        engine._tokens(Generate(job=1, messages=turns, suffix="c"))


def test_a_header_names_the_tokens(tmp_path: Path) -> None:
    keys = ("fim_pre", "fim_suf", "fim_mid")
    numbers = {
        f"tokenizer.ggml.{key}_token_id": at for key, at in zip(keys, (9, 8, 7), strict=True)
    }
    loaded = load(write_tiny(tmp_path / "tiny.gguf", numbers=numbers), SMALL)
    try:
        assert loaded._vocabulary.infill == Infill(9, 8, 7)
    finally:
        loaded.close()


def test_a_model_without_them_says_so(small_engine: LlamaCppEngine) -> None:
    """The real starter: its vocabulary has no token of that kind."""
    assert not small_engine.info.fills_middle
    with pytest.raises(ParameterError, match="This model has no fill-in-the-middle tokens"):
        Runner(small_engine)("ab", suffix="c", **GREEDY)


def test_two_of_three_names_are_none() -> None:
    assert find_infill({"<PRE>": 1, "<SUF>": 2}) is None
    assert find_infill({"<PRE>": 1, "<SUF>": 2, "<MID>": 3}) == Infill(1, 2, 3)
