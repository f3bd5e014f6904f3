"""What goes to a server beside the text before the cursor, and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from app.core.store.takes.kept import TakeFilter
from app.ui.takes.again import OneChange
from tests.ui.conftest import Studio
from tests.ui.servers.test_gate import AWAY, PLACE, URL, at


@pytest.mark.parametrize("is_marked", [False, True])
def test_a_take_of_a_marked_document_is_not_sent_from_another_one(
    make_studio: Callable[..., Studio], qtbot: QtBot, *, is_marked: bool
) -> None:
    studio = make_studio()
    studio.program.settings_store.change(agreed_servers=(URL,))
    studio.show("The secret ")
    studio.window.kept_here.mark(is_marked)
    studio.do("continue")
    studio.stream(" of the lamp")
    studio.done()
    studio.window.generation.take_log.wait()
    (take,) = studio.program.store.kept_takes.found(TakeFilter())
    studio.do("new")
    assert not studio.window.kept_here.is_on
    studio.worker.model = AWAY
    studio.window.manuscript.takes.again(take, OneChange(model=AWAY.path))
    if not is_marked:
        qtbot.waitUntil(lambda: studio.worker.count_of("generate") == 2)
        assert "exact" not in studio.worker.last("generate")[1]  # which few servers can promise
        return
    qtbot.waitUntil(lambda: any("Nothing was sent" in one for one in studio.banners))
    assert studio.worker.count_of("generate") == 1
    assert studio.worker.count_of("preview") == 0
    assert not studio.window.session.running


def test_nor_is_what_a_model_of_this_machine_made_of_its_request_again(
    make_studio: Callable[..., Studio], qtbot: QtBot
) -> None:
    studio = make_studio()
    studio.program.settings_store.change(agreed_servers=(URL,))
    studio.show("The secret ")
    studio.window.kept_here.mark(True)
    studio.do("continue")
    studio.stream(" of the lamp")
    studio.done()
    takes, log = studio.window.manuscript.takes, studio.window.generation.take_log
    log.wait()
    (first,) = studio.program.store.kept_takes.found(TakeFilter())
    studio.do("new")
    takes.again(first)
    qtbot.waitUntil(lambda: studio.worker.count_of("generate") == 2)
    studio.stream(" of the rain")
    studio.done()
    log.wait()
    found = studio.program.store.kept_takes.found(TakeFilter())
    (second,) = (one for one in found if one.key != first.key)
    assert second.record.text.strip() == "of the rain"
    studio.worker.model = AWAY
    takes.again(second, OneChange(model=AWAY.path))
    qtbot.waitUntil(lambda: any("Nothing was sent" in one for one in studio.banners))
    assert studio.worker.count_of("generate") == 2


@pytest.mark.parametrize(
    ("after", "stop"),
    [
        (" It was a long day in the harbour, and then Anna Schmidt came to the house.", ()),
        (
            " It was a long day in the harbour, and Anna Schmidt came to the house.",
            ("It was a long day in the harbour, and Anna",),
        ),
    ],
)
def test_where_it_stops_is_within_no_masked_name(
    make_studio: Callable[..., Studio], qtbot: QtBot, after: str, stop: tuple[str, ...]
) -> None:
    names = ("Anna Schmidt",) if not stop else ("Maren",)
    studio = make_studio(model=at(replace(PLACE, names=names)), following_text="always")
    studio.program.settings_store.change(agreed_servers=(URL,))
    studio.show("He came." + after, 8)
    studio.do("continue")
    qtbot.waitUntil(lambda: studio.worker.count_of("generate") == 1)
    assert studio.worker.last("generate")[1]["sampling"].stop == stop
