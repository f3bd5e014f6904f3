"""What a rewrite sends: no comment, and to a server no half of a name that is masked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from app.core.rewrites.table import REWRITES
from tests.ui.conftest import Studio
from tests.ui.servers.test_gate import PLACE, URL, at

ACTIONS = {action.id: action for action in REWRITES}
SECRET = "Secret. " * 1200


def begin(studio: Studio, name: str, before: str, passage: str, after: str = "") -> str:
    """Have a passage worked; what the model is sent, or nothing."""
    studio.show(before + passage + after)
    start = len(before)
    studio.window.editor.setTextCursor(studio.window.editor.cursor_at(start, start + len(passage)))
    former = studio.worker.count_of("generate")
    studio.window.manuscript.rewrites.start(ACTIONS[name])
    if studio.worker.count_of("generate") == former:
        return ""
    return str(studio.worker.last("generate")[1]["messages"][-1].content)


@pytest.mark.parametrize(
    ("before", "passage", "after"),
    [
        (f"It was May.\n\n%%{SECRET}%%\n\nIt rained. ", "She went home.", ""),
        (f"<!-- {SECRET}-->It rained. ", "She went home.", ""),
        ("It rained. ", "She went home.", f" He stayed. %%{SECRET}%% Then."),
        ("It rained. %%Sec", "ret.%% She went home.", ""),
        ("It rained. ", "She went home. <!--Sec", "ret.--> He stayed."),
    ],
)
@pytest.mark.parametrize("action", ["grammar", "continue"])
def test_no_part_of_a_comment_is_sent(
    studio: Studio, action: str, before: str, passage: str, after: str
) -> None:
    sent = begin(studio, action, before, passage, after)
    assert "She went home." in sent
    assert "It rained." in sent
    assert "Sec" not in sent
    assert "ret." not in sent
    assert "%%" not in sent
    assert "-->" not in sent


def test_nothing_but_the_inside_of_a_comment_is_no_passage(studio: Studio) -> None:
    assert begin(studio, "grammar", "It rained. %%Se", "cret wor", "ds.%%") == ""
    assert "nothing but comments" in studio.window.status.currentMessage()


def test_a_continuation_goes_on_after_the_last_of_a_passage_with_a_comment(studio: Studio) -> None:
    sent = begin(studio, "continue", "It was May. ", "It rained. %%Why?%% She went home.")
    assert sent.endswith("It was May. It rained. She went home.")
    studio.stream(" He stayed.")
    studio.done()
    assert studio.worker.count_of("generate") == 1
    assert studio.text == "It was May. It rained. %%Why?%% She went home. He stayed."


@pytest.fixture
def masked(make_studio: Callable[..., Studio]) -> Studio:
    """A window that masks a name for a server that it does not ask about."""
    place = replace(PLACE, names=("Anna Schmidt",))
    studio = make_studio(model=replace(at(place), has_chat_template=True))
    studio.program.settings_store.change(agreed_servers=(URL,))
    return studio


@pytest.mark.parametrize(
    ("before", "passage", "after"),
    [
        ("He saw Anna ", "Schmidt there.", ""),
        ("He saw ", "a letter to Anna", " Schmidt."),
    ],
)
def test_a_passage_that_cuts_a_masked_name_is_not_sent(
    masked: Studio, before: str, passage: str, after: str
) -> None:
    assert begin(masked, "grammar", before, passage, after) == ""
    assert any("Nothing was sent" in one for one in masked.banners)
    assert not masked.window.manuscript.rewrites.running


def test_a_passage_beside_other_words_is_sent(masked: Studio) -> None:
    assert "Anna" in begin(masked, "grammar", "He saw ", "a letter to Anna", " here.")


def test_what_is_sent_of_the_text_around_cuts_no_masked_name(masked: Studio) -> None:
    """Wherever the cut would fall, in 40 places one after the other."""
    for shift in range(40):
        dots = "x" * shift
        before = f"Anna Schmidt {dots} " * 60
        after = f" {dots} Anna Schmidt" * 60
        masked.window.editor.selectAll()
        masked.window.editor.insert_plain("")
        sent = begin(masked, "grammar", before, "It rained.", after)
        assert sent.count("Anna") == sent.count("Schmidt") == sent.count("Anna Schmidt") > 4
        masked.stream("It rained.")
        masked.done()
