"""The end of a text that a server sees."""

from __future__ import annotations

from msgspec.structs import replace

from app.engine.messages import ServerPlace
from app.ui.generation.server_room import ServerRoom
from tests.ui.conftest import MODEL

PLACE = ServerPlace(url="http://10.1.2.3", ip="10.1.2.3", is_here=False, masks=True)
AWAY = replace(MODEL, path="server:Office", engine="server", server=PLACE, context=400)


def test_a_text_that_fits_is_whole_and_a_model_of_this_machine_counts_itself() -> None:
    room = ServerRoom()
    assert room.end_of("Once", "", 10, AWAY) == "Once"
    assert room.end_of("x" * 100_000, "", 10, MODEL) == "x" * 100_000


def test_the_cut_leaves_no_part_of_a_name() -> None:
    room, seen = ServerRoom(), set()
    for length in range(560, 660):  # the cut wanders over the name
        before = "a " * 200 + "Anna Schmidt " + ("word " * 200)[:length]
        sent = room.end_of(before, "", 10, AWAY, ["Anna Schmidt"])
        assert before.endswith(sent)
        assert "Anna Schmidt" in sent or "Schmidt" not in sent
        seen.add("Schmidt" in sent)
    assert seen == {True, False}
