from __future__ import annotations

from itertools import pairwise

from hypothesis import given, strategies

from app.core.rewrites.asking import MOST_PART, TokenEstimate, estimated_tokens, room
from app.core.rewrites.sources import passages, sourced
from app.core.rewrites.table import REWRITES

STORY = """The ferry did not sail because of a storm.

Forty passengers slept in the school that night.

The baker brought bread to all of them in the morning.

On Tuesday the captain took them across a calm sea."""


def test_each_sentence_leads_to_the_paragraphs_it_came_from() -> None:
    summary = "A storm kept the ferry from sailing. The baker gave the passengers bread. Cats."
    found = sourced(summary, STORY)
    shown = [[STORY[one.start : one.end] for one in part.passages] for part in found]
    assert shown[0][0].startswith("The ferry did not sail")
    assert shown[1][0].startswith("The baker")
    assert shown[2] == []
    assert "".join(part.text for part in found) == summary


def test_chinese_is_compared_by_the_character() -> None:
    text = "渡轮因暴风雨停航。\n\n四十名乘客睡在学校里。\n\n面包师送来了面包。\n\n星期二天晴了。"
    (one,) = sourced("乘客在学校过夜。", text)
    assert text[one.passages[0].start : one.passages[0].end] == "四十名乘客睡在学校里。"


def test_a_text_of_few_paragraphs_is_told_apart_by_sentences() -> None:
    assert len(passages("One here. Two there. Three.")) == 3
    assert len(passages(STORY)) == 4
    assert passages("") == []
    assert sourced("", STORY) == []


@given(strategies.text(max_size=400), strategies.text(max_size=80))
def test_passages_lie_in_the_text_in_order_whatever_comes(text: str, summary: str) -> None:
    spans = passages(text)
    assert all(text[one.start : one.end].strip() for one in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert {span for part in sourced(summary, text) for span in part.passages} <= set(spans)


@given(strategies.text(max_size=300))
def test_an_estimate_of_parts_is_that_of_the_whole(text: str) -> None:
    count = TokenEstimate(text).count
    assert abs(count(0, len(text)) - estimated_tokens(text)) <= 1
    middle = len(text) // 2
    assert count(0, middle) + count(middle, len(text)) >= count(0, len(text))


def test_a_part_and_its_answer_fit_into_the_context() -> None:
    for action in REWRITES:
        assert room(action, 0) == MOST_PART
        for context in (512, 1024, 2048, 8192, 131072):
            limit = room(action, context)
            assert 64 <= limit <= MOST_PART
            if context >= 2048:
                assert limit * (1 + action.growth) + action.spare + 400 < context
