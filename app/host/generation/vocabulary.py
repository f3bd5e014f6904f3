"""What both engines know about tokens: a vocabulary's shape, and what ends a turn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]

_DEEPEST = 100  # letters of a text in the tree, which nests for each

TURN_ENDS = (
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<end_of_turn>",
    "<turn|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|END_OF_TURN_TOKEN|>",
    "<|end_of_turn|>",
    "<|return|>",
    "<|eot|>",
    "</s>",
    "<|fim_pad|>",
    "<fim-pad>",
    "<|repo_name|>",
    "<reponame>",
    "<|file_sep|>",
)
"""Texts of control tokens that end a turn, also where a model's files forget to say so.

The last ones part files of code from each other; llama.cpp, too, stops at them.

`<|end|>` is left to the files: some models only end a part there.
"""


class Infill(NamedTuple):
    """The tokens before a prompt, before the suffix that follows what is written, and before that.

    So models trained to fill in the middle read it: prefix, suffix, middle.
    """

    prefix: int
    suffix: int
    middle: int


_INFILL = (
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
    ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
    ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
    ("▁<PRE>", "▁<SUF>", "▁<MID>"),
    ("<PRE>", "<SUF>", "<MID>"),
)
"""What the models call them: Qwen and CodeGemma, StarCoder 2 and Granite, StarCoder, DeepSeek,
Code Llama. llama.cpp knows the same names, and the numbers that a GGUF file's header gives."""


def find_infill(tokens: Mapping[str, int]) -> Infill | None:
    """The tokens by their usual names; None where the model lacks one of the three."""
    for names in _INFILL:
        if all(name in tokens for name in names):
            return Infill(*(tokens[name] for name in names))
    return None


class Vocabulary(Protocol):
    """A model's vocabulary. `bos` begins every prompt, `start` stands for an empty one.

    `infill` is None for a model that was not trained to fill in the middle.
    """

    size: int
    bos: int | None
    start: int | None
    ends: frozenset[int]
    infill: Infill | None

    def tokenize(self, text: str, *, special: bool = False) -> Ids:
        """The tokens of `text`, without a beginning token; control tokens only with `special`."""

    def piece(self, token: int) -> bytes:
        """The bytes that a token adds to the text; none for control tokens."""

    def shown(self, token: int) -> bytes:
        """The same, with a control token's text."""


def finder(texts: Iterable[str]) -> re.Pattern[str] | None:
    """Finds the longest of the texts that begins at a place; None without texts.

    A tree of letters: models have thousands of control tokens, most of which begin alike, and each
    of them would be tried at every `<` of a prompt.
    """
    short: dict[str, Any] = {}
    long = []
    for text in sorted(filter(None, texts), key=len, reverse=True):
        if len(text) > _DEEPEST:
            long.append(re.escape(text))
            continue
        node = short
        for char in text:
            node = node.setdefault(char, {})
        node[""] = {}
    choices = [*long, *filter(None, [_choices(short)])]
    return re.compile("|".join(choices)) if choices else None


def _choices(tree: dict[str, Any]) -> str:
    branches = [re.escape(char) + _choices(node) for char, node in tree.items() if char]
    if "" not in tree and len(branches) < 2:
        return "".join(branches)
    return f"(?:{'|'.join(branches)}){'?' if '' in tree else ''}" if branches else ""


def common_prefix(first: Ids, second: Ids) -> int:
    """How many tokens both begin with."""
    count = min(len(first), len(second))
    different = np.flatnonzero(first[:count] != second[:count])
    return int(different[0]) if len(different) else count
