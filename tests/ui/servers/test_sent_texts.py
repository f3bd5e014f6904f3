"""What was written before and is asked for again with a server: what may go out, and what not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.core.store.takes.kept import TakeFilter
from app.ui.takes.again import OneChange
from tests.ui.conftest import Studio
from tests.ui.servers.test_gate import AWAY, URL


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
