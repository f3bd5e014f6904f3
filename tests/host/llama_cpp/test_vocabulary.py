from __future__ import annotations

import pytest

from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.vocabulary import LlamaVocabulary


@pytest.fixture(scope="module")
def vocabulary(engine: LlamaCppEngine) -> LlamaVocabulary:
    return engine._vocabulary


@pytest.mark.parametrize(
    "text",
    ["", "Hello", " two  spaces ", "世界 😀", "Привет\n\tмир", "a\0b", "<|im_end|>", "x" * 9000],
)
def test_pieces_give_the_text_back(vocabulary: LlamaVocabulary, text: str) -> None:
    tokens = vocabulary.tokenize(text)
    assert b"".join(vocabulary.piece(int(token)) for token in tokens).decode() == text


def test_control_tokens_come_only_when_asked_for(vocabulary: LlamaVocabulary) -> None:
    assert vocabulary.tokenize("<|im_end|>", special=True).tolist() == [2]
    assert 2 not in vocabulary.tokenize("<|im_end|>")
    assert vocabulary.piece(2) == b""
    assert vocabulary.shown(2) == b"<|im_end|>"
    assert vocabulary.control_texts is not None
    assert vocabulary.control_texts.fullmatch("<|im_start|>")


def test_turns_end_at_the_models_end_tokens(vocabulary: LlamaVocabulary) -> None:
    assert {0, 2} <= vocabulary.ends
    assert 1 not in vocabulary.ends
    assert vocabulary.bos is None
    assert vocabulary.start == 1
