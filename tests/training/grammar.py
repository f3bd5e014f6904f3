"""Sentences of our own by a seeded grammar: English ones, which a lexicon labels, and Chinese ones.

The English labels are VADER's (Hutto and Gilbert 2014), by the bounds that its authors give; those
of the Chinese sentences follow from how they are put together. Negations, contrasts and praise that
is not meant keep a count of words from being enough.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable
from pathlib import Path

LABELS = ("negative", "neutral", "positive")
SEED = 20261128

_THINGS = (
    "the film", "our guide", "the second chapter", "this little hotel", "my neighbour", "the soup",
    "the ferry", "her brother", "the old garden", "the new phone", "the concert", "that village",
    "the teacher", "his last letter", "the coffee", "the museum", "their kitchen", "the train",
)  # fmt: skip
_GOOD = (
    "lovely", "wonderful", "brilliant", "charming", "friendly", "delightful", "excellent", "good",
    "pleasant", "beautiful", "great", "nice", "funny", "kind", "perfect", "warm", "superb",
)  # fmt: skip
_BAD = (
    "terrible", "awful", "dull", "boring", "horrible", "nasty", "ugly", "poor", "miserable", "bad",
    "rude", "disappointing", "dreadful", "cruel", "stupid", "sad", "annoying",
)  # fmt: skip
_PLAIN = (
    "wooden", "blue", "tall", "round", "northern", "early", "square", "electric", "paper", "grey",
    "narrow", "local", "third", "yellow", "square-built",
)  # fmt: skip
_DEGREES = ("", "", "very ", "really ", "extremely ", "slightly ", "rather ", "somewhat ")
_WHEN = ("on Monday", "in the morning", "last year", "after lunch", "by the river", "at the corner")
_LIKED, _HATED = (
    ("loved", "enjoyed", "admired", "liked"),
    ("hated", "feared", "despised", "disliked"),
)
_WHO = ("We", "My friends", "The children", "Two of us", "Most people")


def _english(draw: random.Random) -> str:
    thing, other = draw.sample(_THINGS, 2)
    good, bad, plain = draw.choice(_GOOD), draw.choice(_BAD), draw.choice(_PLAIN)
    some = draw.choice((good, bad))
    degree, when, who = draw.choice(_DEGREES), draw.choice(_WHEN), draw.choice(_WHO)
    forms = (
        f"{thing} was {degree}{some} {when}.",
        f"{thing} was not {degree}{some} {when}.",
        f"{thing} was {good}, but {other} was {degree}{bad}.",
        f"{thing} was {bad}, but {other} was {degree}{good}.",
        f"{who} {draw.choice(_LIKED + _HATED)} {thing} {when}.",
        f"{who} never {draw.choice(_LIKED + _HATED)} {thing}.",
        f"{thing} stood {when}, {plain} and {draw.choice(_PLAIN)}.",
        f"{who} saw {thing} {when}, next to {other}.",
    )
    text = draw.choice(forms)
    return text[0].upper() + text[1:]


_SHOPS = (
    "这家餐厅",
    "那间旅馆",
    "山下的书店",
    "新开的茶馆",
    "海边的码头",
    "学校的食堂",
    "老城的车站",
)
_PARTS = ("的服务", "的味道", "的环境", "的老板", "的价格", "的灯光", "的音乐", "的椅子")
_GOOD_SIGNS = ("很好", "让人喜欢", "漂亮极了", "十分周到", "令人满意", "温暖舒服", "值得称赞")
_BAD_SIGNS = ("很差", "让人讨厌", "糟糕透了", "十分粗心", "令人失望", "冰冷难受", "不值一提")
_PLAIN_SIGNS = ("在二楼", "是木头做的", "早上八点开始", "朝着北边", "去年换过", "和隔壁一样")
_DAYS = ("昨天", "今天早上", "上个月", "周末", "下雨的时候", "天黑以后")


def _chinese(draw: random.Random) -> tuple[str, str]:
    shop, part, day = draw.choice(_SHOPS), draw.choice(_PARTS), draw.choice(_DAYS)
    signs = {"positive": _GOOD_SIGNS, "negative": _BAD_SIGNS, "neutral": _PLAIN_SIGNS}
    label = draw.choice(LABELS)
    sign = draw.choice(signs[label])
    opposite = {"positive": "negative", "negative": "positive"}
    if label == "neutral":
        return f"{day}去看，{shop}{part}{sign}。", label
    against = draw.choice(signs[opposite[label]])
    forms = (
        f"{day}{shop}{part}{sign}。",
        f"我们觉得{shop}{part}{sign}，{day}又去了一次。",
        f"有人说{shop}{part}{against}，其实{sign}。",
        f"{shop}以前{part[1:]}{against}，{day}起{sign}。",
        f"不能说{shop}{part}{against}，应该说{sign}。",
    )
    return draw.choice(forms), label


def _many(count: int, make: Callable[[random.Random], tuple[str, str]]) -> dict[str, str]:
    draw, found = random.Random(SEED), dict[str, str]()
    while len(found) < count:
        text, label = make(draw)
        found.setdefault(text, label)
    return found


def english(count: int) -> dict[str, str]:
    """Different sentences with VADER's labels."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    judge = SentimentIntensityAnalyzer()

    def make(draw: random.Random) -> tuple[str, str]:
        text = _english(draw)
        score = judge.polarity_scores(text)["compound"]
        return text, LABELS[1 + (score >= 0.05) - (score <= -0.05)]

    return _many(count, make)


def chinese(count: int) -> dict[str, str]:
    """Different sentences, labelled by how they are put together."""
    return _many(count, _chinese)


def write_csv(path: Path, labelled: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *labelled.items()])
    return path


if __name__ == "__main__":  # python -m tests.training.grammar english|chinese COUNT FILE
    _language, _count, _file = sys.argv[1:]
    write_csv(Path(_file), {"english": english, "chinese": chinese}[_language](int(_count)))
