"""The word bias by token, on vocabularies that write a word's space as GPT-2's and as Llama 2's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.core.options.sampling import Sampling
from app.host.generation.sampler_inputs import resolve_bias
from app.host.generation.vocabulary import Ids, Vocabulary

PIECES = (
    "the",
    " the",
    "The",
    " The",
    "THE",
    " ",
    "T",
    "HE",
    " El",
    "El",
    "ena",
    "ELENA",
    " ELENA",
)


class Words(Vocabulary):
    """Splits a text into the longest pieces; `prefix` is what a tokenizer puts before each text."""

    bos: int | None = None
    start: int | None = None
    size = len(PIECES)
    ends: frozenset[int] = frozenset()
    infill = None

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def tokenize(self, text: str, *, special: bool = False) -> Ids:
        del special
        text, found = self._prefix + text, []
        while text:
            fitting = [piece for piece in PIECES if text.startswith(piece)]
            found.append(PIECES.index(longest := max(fitting, key=len)))
            text = text[len(longest) :]
        return np.array(found, np.int32)

    def piece(self, token: int) -> bytes:
        return PIECES[token].encode()

    def shown(self, token: int) -> bytes:
        return self.piece(token)


def biased(prefix: str, forms: bool, **bias: float) -> dict[str, float]:
    sampling = Sampling(logit_bias=bias, logit_bias_forms=forms)
    return {PIECES[token]: value for token, value in resolve_bias(sampling, Words(prefix)).items()}


@pytest.mark.parametrize("prefix", ["", " "])
@pytest.mark.parametrize("typed", ["the", "The", " the", "the "])
def test_a_word_reaches_all_its_forms(prefix: str, typed: str) -> None:
    found = biased(prefix, True, **{typed: -5.0})
    assert found == dict.fromkeys(("the", " the", "The", " The", "THE"), -5.0)


def test_without_the_switch_a_text_is_taken_as_typed() -> None:
    assert biased("", False, the=-5.0) == {"the": -5.0}
    assert biased(" ", False, the=-5.0) == {" the": -5.0}


@pytest.mark.parametrize("prefix", ["", " "])
def test_of_another_case_no_parts_of_words_are_reached(prefix: str) -> None:
    """THE as T and HE would take other words along, and a space alone every word."""
    found = biased(prefix, True, Elena=2.0)
    assert set(found) - {"El"} == {" El", "ena", "ELENA", " ELENA"}
    assert " " not in biased(prefix, True, ena=-100.0)


def test_forms_add_up_and_numbers_stay_numbers() -> None:
    found = biased("", True, **{"the": -100.0, "The": 3.0, "token:6": 1.0, "  ": 2.0})
    assert found == dict.fromkeys(("the", " the", "The", " The", "THE"), -math.inf) | {
        "T": 1.0,
        " ": 2.0,
    }
