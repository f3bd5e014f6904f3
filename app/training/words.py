"""A tokenizer made out of texts: words in small letters; scripts without spaces by character."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import tokenizers
import transformers
from tokenizers import Regex, models, normalizers, pre_tokenizers, processors

MOST_WORDS = 20_000
PAD, UNKNOWN, BEGIN = "[PAD]", "[UNK]", "[CLS]"
_SPECIAL = (PAD, UNKNOWN, BEGIN)
_FEW = 200
_NO_SPACES = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"


def word_tokenizer(texts: Iterable[str], length: int) -> Any:
    """A tokenizer that knows the words of the texts; it puts [CLS] before each text.

    Words that occur once are left to [UNK], which is learned that way, unless that leaves few.
    """
    normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    cutter = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_NO_SPACES), "isolated"),
            pre_tokenizers.BertPreTokenizer(),
        ]
    )
    counts = Counter[str]()
    for text in texts:
        counts.update(
            word for word, _span in cutter.pre_tokenize_str(normalizer.normalize_str(text))
        )
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    often = [word for word in ordered if counts[word] > 1]
    words = (often if len(often) >= _FEW else ordered)[:MOST_WORDS]
    vocabulary = {word: place for place, word in enumerate(dict.fromkeys((*_SPECIAL, *words)))}
    made = tokenizers.Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    made.normalizer = normalizer
    made.pre_tokenizer = cutter
    made.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A",
        pair=f"{BEGIN} $A $B",
        special_tokens=[(BEGIN, vocabulary[BEGIN])],
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token=PAD,
        unk_token=UNKNOWN,
        cls_token=BEGIN,
        model_max_length=length,
    )
