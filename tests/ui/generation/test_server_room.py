"""The end of a text that a server sees."""

from __future__ import annotations

from msgspec.structs import replace

from app.engine.messages import ServerPlace, Stats
from app.ui.generation.requests import request_fields
from app.ui.generation.server_room import ServerRoom, sent_bytes
from tests.ui.conftest import MODEL

PLACE = ServerPlace(url="http://10.1.2.3", ip="10.1.2.3", is_here=False, masks=True)
AWAY = replace(MODEL, path="server:Office", engine="server", server=PLACE, context=400)


def test_a_text_that_fits_is_whole_and_a_model_of_this_machine_counts_itself() -> None:
    room = ServerRoom()
    assert room.end_of("Once", "", 10, AWAY) == "Once"
    assert room.end_of("x" * 100_000, "", 10, MODEL) == "x" * 100_000


def test_the_cut_leaves_no_part_of_a_name() -> None:
    room, seen = ServerRoom(), set()
    place = replace(PLACE, names=("Anna Schmidt",))
    for length in range(560, 660):  # the cut wanders over the name
        before = "a " * 200 + "Anna Schmidt " + ("word " * 200)[:length]
        sent = room.end_of(before, "", 10, replace(AWAY, server=place))
        assert before.endswith(sent)
        assert "Anna Schmidt" in sent or "Schmidt" not in sent
        seen.add("Schmidt" in sent)
    assert seen == {True, False}


def test_a_cut_moves_only_where_something_is_masked() -> None:
    bare = replace(AWAY, server=replace(PLACE, masks=False, names=("Anna Schmidt",)))
    room = ServerRoom()
    ends = {
        room.end_of("a " * 200 + "Anna Schmidt " + ("word " * 200)[:length], "", 10, bare)[:8]
        for length in range(560, 660)
    }
    assert "Schmidt " in ends


def test_a_token_is_as_long_as_all_that_was_sent_says() -> None:
    """The system's text and the instruction are counted there, too, and are most of this one."""
    room, before = ServerRoom(), "It rained all day long. " * 200
    fields = request_fields("It rained.", "On. " * 90, "Write plainly. " * 90)
    sent = sent_bytes(fields)
    assert sent > 1700
    room.learn(sent, AWAY, Stats(prompt_tokens=sent // 4))
    assert 1100 < len(room.end_of(before, "", 10, AWAY)) < 4 * (400 - 10 - 64)
    assert sent_bytes(request_fields("Né ", "", "")) == 3
