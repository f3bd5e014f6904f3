"""The manager offers a smaller model that guesses for the selected one, and remembers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.core.units import size_text
from app.engine.messages import ModelInfo
from app.ui.manager.draft_dialog import DraftDialog
from tests.ui.conftest import Studio
from tests.ui.manager.conftest import Shop, write_model


@pytest.fixture
def drafts(shop: Shop) -> Callable[[str], DraftDialog]:
    """Opens the dialog of a model; `large` has two that can guess for it."""
    write_model(shop.studio.program.paths.models / "huge.gguf", layers=30)
    shop.open()

    def ask(name: str) -> DraftDialog:
        shop.select(name)
        before = shop.manager.findChildren(DraftDialog)
        shop.press("draft")

        def new() -> list[DraftDialog]:
            return [one for one in shop.manager.findChildren(DraftDialog) if one not in before]

        shop.qtbot.waitUntil(lambda: bool(new()))
        return new()[0]

    return ask


def record(shop: Shop, name: str) -> Any:
    return shop.studio.program.metadata.record(shop.studio.program.library.resolve(shop.path(name)))


def choose(dialog: DraftDialog, path: str) -> None:
    dialog.combo.setCurrentIndex(dialog.combo.findData(path))
    dialog.use_button.click()


def test_smaller_models_are_offered_with_what_both_need(shop: Shop, drafts: Any) -> None:
    dialog = drafts("huge")
    paths = [dialog.combo.itemData(row) for row in range(dialog.combo.count())]
    assert paths == ["", shop.path("small"), shop.path("雨"), shop.path("large")]
    assert dialog.combo.currentData() == ""
    assert dialog.memory.text() == dialog.reason.text() == ""
    dialog.combo.setCurrentIndex(1)
    offer = dialog._offers[shop.path("small")]
    assert dialog.memory.text() == (
        f"Both together need {size_text(offer.needed)} of memory: fits."
    )
    assert "huge still chooses every word" in dialog.about.text()
    dialog.reject()


def test_the_choice_is_remembered_of_the_model_and_counted(shop: Shop, drafts: Any) -> None:
    with shop.qtbot.waitSignal(shop.manager.refreshed):
        choose(drafts("huge"), shop.path("small"))
    assert record(shop, "huge").draft == shop.path("small")
    assert record(shop, "large").draft == ""
    (banner,) = shop.manager.banners.banners()
    assert banner.text == "small guesses for huge from the next time that it is loaded."
    assert "Draft model: small" in shop.manager.installed.about.text()
    shop.press("fit")
    assert "Draft model" in dict(shop.fit_dialog().sums())
    with shop.qtbot.waitSignal(shop.manager.refreshed):
        choose(drafts("huge"), "")
    assert record(shop, "huge").draft == ""
    assert "Draft model" not in shop.manager.installed.about.text()


def test_it_goes_along_with_the_load(shop: Shop, drafts: Any) -> None:
    with shop.qtbot.waitSignal(shop.manager.refreshed):
        choose(drafts("huge"), shop.path("雨"))
    shop.press("load")
    _job, load = shop.studio.worker.last("load")
    assert (load["path"], load["options"].draft) == (shop.path("huge"), shop.path("雨"))


def test_the_loaded_model_is_loaded_again_with_it(shop: Shop, drafts: Any) -> None:
    path = shop.path("huge")
    shop.studio.worker.model = ModelInfo(name="huge", path=path, engine="llama.cpp", context=8192)
    with shop.qtbot.waitSignal(shop.manager.fits.load_requested):
        choose(drafts("huge"), shop.path("small"))
    _job, load = shop.studio.worker.last("load")
    assert (load["path"], load["options"].draft) == (path, shop.path("small"))


def test_where_nothing_fits_the_reason_is_said(shop: Shop, drafts: Any) -> None:
    dialog = drafts("small")
    assert dialog.combo.count() == 1
    assert "No other model here is clearly smaller." in dialog.reason.text()
    with shop.qtbot.assertNotEmitted(shop.manager.fits.drafts.changed):
        dialog.use_button.click()


def test_one_that_is_gone_stays_chosen_until_another_is(shop: Shop, drafts: Any) -> None:
    shop.keep("huge", draft="/gone/old.gguf")
    with shop.qtbot.waitSignal(shop.manager.refreshed):
        shop.manager.refresh()
    dialog = drafts("huge")
    assert dialog.combo.currentText() == "/gone/old.gguf"
    dialog.reject()


def test_the_speed_says_what_it_brought(make_studio: Callable[..., Studio], qtbot: QtBot) -> None:
    status = make_studio().window.status
    status.show_draft("small", 0.62, 1.24)
    assert "small guessed ahead: 62 % of its guesses were kept" in status.speed.toolTip()
    assert "1.24 times as fast" in status.speed.toolTip()
    status.show_draft("small", 0.0, 1.0)
    assert "guessed nothing here" in status.speed.toolTip()
    status.show_draft("", 0.0, 0.0)
    assert status.speed.toolTip() == "Speed"
