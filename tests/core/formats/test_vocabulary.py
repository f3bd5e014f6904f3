"""Whether two models have the same vocabulary is seen in their tokens, not in their number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from app.core.errors import LampblackError
from app.core.formats.vocabulary import vocabulary_digest

WORDS = ("a", "b", "雨", "the")


def file_of(path: Path, words: tuple[str, ...], **numbers: int) -> Path:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_token_list([*words])
    for key, number in numbers.items():
        writer.add_uint32(key, number)
    writer.add_tensor("token_embd.weight", np.zeros((len(words), 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def folder_of(path: Path, model: dict[str, Any], added: tuple[dict[str, Any], ...] = ()) -> Path:
    path.mkdir()
    (path / "tokenizer.json").write_text(json.dumps({"model": model, "added_tokens": added}))
    return path


def test_files_with_the_same_tokens_agree(tmp_path: Path) -> None:
    one = vocabulary_digest(file_of(tmp_path / "one.gguf", WORDS, block_count=2))
    assert one == vocabulary_digest(file_of(tmp_path / "two.gguf", WORDS))
    padded = (*WORDS, "[PAD4]", "[PAD5]")
    assert one == vocabulary_digest(file_of(tmp_path / "padded.gguf", padded))


@pytest.mark.parametrize("words", [("b", "a", "雨", "the"), ("a", "b", "雨t", "he"), WORDS[:3]])
def test_files_with_others_do_not(tmp_path: Path, words: tuple[str, ...]) -> None:
    one = vocabulary_digest(file_of(tmp_path / "one.gguf", WORDS))
    assert one != vocabulary_digest(file_of(tmp_path / "other.gguf", words))


def test_folders_agree_in_whatever_order_their_tokens_are_listed(tmp_path: Path) -> None:
    numbers = {word: number for number, word in enumerate(WORDS)}
    one = folder_of(tmp_path / "one", {"vocab": numbers})
    backwards = dict(reversed(numbers.items()))
    assert vocabulary_digest(one) == vocabulary_digest(
        folder_of(tmp_path / "two", {"vocab": backwards})
    )
    scored = [[word, -1.0] for word in WORDS]
    assert vocabulary_digest(one) == vocabulary_digest(
        folder_of(tmp_path / "unigram", {"vocab": scored})
    )
    more = folder_of(tmp_path / "more", {"vocab": numbers}, ({"id": 4, "content": "<end>"},))
    assert vocabulary_digest(one) != vocabulary_digest(more)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = file_of(tmp_path / "one.gguf", WORDS)
    before = vocabulary_digest(path)
    path.unlink()
    assert before != vocabulary_digest(file_of(path, (*WORDS, "more")))


@pytest.mark.parametrize("text", ["", "[]", '{"model": {}}', '{"model": {"vocab": {"a": "b"}}}'])
def test_a_damaged_folder_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "tokenizer.json").write_text(text)
    with pytest.raises(LampblackError, match="is damaged"):
        vocabulary_digest(tmp_path)


def test_what_has_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(LampblackError, match="holds no vocabulary"):
        vocabulary_digest(tmp_path)
    with pytest.raises(LampblackError, match="There is no file"):
        vocabulary_digest(tmp_path / "gone.gguf")
    with pytest.raises(LampblackError, match="holds no vocabulary"):
        vocabulary_digest(file_of(tmp_path / "none.gguf", ()))
