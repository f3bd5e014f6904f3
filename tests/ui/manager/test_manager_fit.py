"""The manager tells whether models fit, what they are good for, and when they were used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from app.core.memory_fit.estimate import MEMORY
from app.core.models.metadata import ModelRecord
from app.core.models.model_file import ModelFile
from app.core.options.load_options import LoadOptions
from app.core.passport import LANGUAGES, Passport
from app.core.units import size_text
from app.engine.messages import Examined, Failed, ModelInfo
from app.ui.manager.inventory import Inventory, InventoryModel, ordered
from app.ui.manager.questions import ManagerQuestions
from app.ui.manager.window import ModelManager
from app.ui.models.passport_dialog import PassportDialog
from app.ui.window_state import WindowMemory
from tests.ui.manager.conftest import MEBI, Shop, write_model

GOOD = Passport(
    kind="instruct",
    template="right",
    stops="yes",
    followed=3,
    instructions=3,
    repetition=0.0,
    languages=("en",),
    languages_tried=tuple(LANGUAGES),
    tokens_per_word=1.5,
    tokens_per_s=22.5,
    made_at=1.8e9,
)


def test_every_model_has_its_verdict_and_a_broken_one_its_sentence(shop: Shop, here: Any) -> None:
    here(100, 8000)
    shop.open()
    verdicts = {one.model.name: one.verdict for one in shop.manager.installed._model_of}
    assert verdicts == {"small": "tight", "雨": "tight", "large": "tight", "broken": ""}
    assert "MB are free now" in shop.card("small").warning
    assert shop.names()[-1] == "broken"
    assert "broken.gguf" in shop.card("broken").warning


Q4_1 = 3  # llama.cpp's number of the file type


def test_a_faster_type_is_told_of_on_the_card_alone(
    shop: Shop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.studio.worker, "features", lambda engine: ("AVX2",))
    path = write_model(shop.studio.program.paths.models / "slow.gguf", file_type=Q4_1)
    shop.open()
    advice = shop.manager.installed.advice
    shop.select("small")
    assert advice.isHidden()
    shop.select("slow")
    assert "A copy as Q8_0" in advice.text()
    assert shop.manager.installed.buttons["quantize"].text() in advice.text()
    assert [banner.text for banner in shop.manager.banners.banners()] == []
    assert shop.studio.banners == []
    path.with_name("slow.Q8_0.gguf").write_bytes(path.read_bytes())
    with qtbot.waitSignal(shop.manager.refreshed):
        shop.manager.refresh()
    assert advice.isHidden()


def test_the_sum_is_shown_line_by_line(shop: Shop) -> None:
    shop.open()
    shop.select("small")
    shop.press("fit")
    dialog = shop.fit_dialog()
    sums = dict(dialog.sums())
    fit = dialog.step().fit
    assert sums["Needed"] == size_text(fit.needed[MEMORY])
    assert sums["Free now"] == "4.2 GB"
    for part in fit.parts:
        assert sums[part.what[:1].upper() + part.what[1:]] == size_text(part.bytes)
    assert sum(part.bytes for part in fit.parts) == fit.needed[MEMORY]
    if fit.grows:
        assert f"{size_text(fit.at_once)} at once and" in dialog.verdict.text()
    assert f"{size_text(fit.total)}" in dialog.verdict.text()
    assert dialog.verdict.text().startswith("It fits.")
    assert "Graphics cards are counted as soon as" in dialog.advice.text()
    assert dialog.anyway.isHidden()


def test_a_way_is_loaded_for_once_and_the_settings_stay(shop: Shop, here: Any) -> None:
    here(100, 8000)
    shop.open()
    shop.select("small")
    shop.press("fit")
    dialog = shop.fit_dialog()
    last = len(dialog.ways.buttons()) - 1
    dialog.ways.button(last).click()
    dialog.load.click()
    _job, load = shop.studio.worker.last("load")
    assert load["path"] == shop.path("small")
    assert (load["options"].context, load["options"].fit) == (2048, "as-asked")
    assert shop.studio.program.settings.load == LoadOptions()
    assert shop.manager.fits.dialog is None


def test_it_can_be_loaded_as_asked_all_the_same(shop: Shop, here: Any) -> None:
    here(10, 20)
    shop.open()
    shop.select("large")
    shop.press("fit")
    dialog = shop.fit_dialog()
    assert "too large" in dialog.verdict.text()
    dialog.anyway.click()
    _job, load = shop.studio.worker.last("load")
    assert load["options"] == LoadOptions(fit="as-asked")


def test_the_action_of_the_window_leads_there(shop: Shop) -> None:
    shop.studio.program.settings_store.change(model=shop.path("雨"))
    shop.studio.do("fit")
    assert shop.fit_dialog().name.text() == "雨"


def test_a_smaller_model_is_one_click_away(shop: Shop, here: Any) -> None:
    write_model(shop.studio.program.paths.models / "SmolLM2-huge.gguf", layers=40, width=512)
    here(900, 4000)
    shop.open()
    shop.select("SmolLM2-huge")
    shop.press("fit")
    dialog = shop.fit_dialog()
    assert dialog.step().fit.total > 0
    shop.manager.catalogue.text.setText("no such model")
    assert not dialog.smaller.isHidden()
    dialog.smaller.click()
    tab = shop.manager.catalogue
    assert shop.manager.tabs.currentWidget() is tab
    assert "SmolLM2" in tab._offers[tab.list.selected()].entry.name
    assert tab.text.text() == ""


def stock_of(shop: Shop) -> Inventory:
    assert shop.manager._inventory is not None
    return shop.manager._inventory


def test_what_the_loaded_model_gives_back_counts_as_free(shop: Shop) -> None:
    path = shop.path("small")
    info = ModelInfo(name="small", path=path, engine="llama.cpp", context=8192)
    shop.studio.worker.model = info
    shop.open()
    shop.manager.set_loaded(path)
    machine = stock_of(shop).machine
    assert machine.given_back > 0
    assert machine.memory_free == 4000 * MEBI + machine.given_back
    shop.select("large")
    shop.press("fit")
    sums = dict(shop.fit_dialog().sums())
    assert "Given back by the loaded model" in sums
    assert sums["Free in all"] != sums["Free now"]


def test_another_loaded_model_is_another_sum(shop: Shop) -> None:
    shop.open()
    shop.studio.worker.model = ModelInfo(
        name="small", path=shop.path("small"), engine="llama.cpp", context=8192
    )
    with shop.qtbot.waitSignal(shop.manager.refreshed):
        shop.manager.set_loaded(shop.path("small"))
    assert stock_of(shop).machine.given_back > 0


def test_the_passport_is_on_the_card_and_in_the_list(shop: Shop) -> None:
    shop.keep("雨", passport=msgspec.to_builtins(GOOD))
    shop.open()
    assert shop.names()[0] == "雨"
    assert "about 3 pages a minute" in shop.card("雨").words
    shop.select("雨")
    tab = shop.manager.installed
    assert "Good for: continuing prose" in tab.passport.text.text()
    assert tab.buttons["passport"].text() == "Try It Again…"
    shop.select("small")
    assert tab.passport.text.text() == "Not tried out yet."
    assert tab.buttons["passport"].text() == "Try It Out…"


def test_models_are_recommended_for_a_purpose_and_sorted(shop: Shop) -> None:
    shop.keep("large", passport=msgspec.to_builtins(GOOD), used_at=5.0)
    shop.keep("small", used_at=9.0)
    shop.open()
    tab = shop.manager.installed
    tab.purpose.setCurrentIndex(tab.purpose.findData("chat"))
    assert shop.names()[0] == "large"
    assert shop.card("large").badge == "recommended"
    assert not shop.card("small").badge
    for order, first in (("name", "large"), ("size", "small"), ("used", "small")):
        tab.order.setCurrentIndex(tab.order.findData(order))
        assert shop.names()[0] == first
        assert shop.names()[-1] == "broken"
    shop.select("small")
    assert "Last used" in tab.about.text()


def test_a_model_that_is_on_no_list_is_not_waited_for(shop: Shop) -> None:
    shop.studio.program.settings_store.change(model=str(shop.studio.program.paths.config))
    shop.harness._made()
    with shop.qtbot.waitSignal(shop.manager.refreshed):
        shop.studio.do("fit")
    assert (shop.manager._wants_fit, shop.manager.fits.dialog) == ("", None)


def test_the_catalogue_is_sorted_as_wished(shop: Shop) -> None:
    shop.open()
    tab = shop.manager.catalogue
    tab.show_everything()
    tab.order.setCurrentIndex(tab.order.findData("name"))
    titles = [card.title.casefold() for card in tab.list.cards.cards]
    assert titles == sorted(titles)


def test_best_is_what_fits_then_what_is_good() -> None:
    def one(name: str, verdict: Any, passport: Passport | None = None) -> InventoryModel:
        model = ModelFile(
            path=name,
            name=name,
            kind="gguf",
            size_bytes=1,
            quantization="",
            architecture="",
            parameters=1,
            context=1,
            has_chat_template=False,
        )
        record = ModelRecord()
        return InventoryModel(
            model=model, record=record, bytes=1, verdict=verdict, passport=passport
        )

    models = [one("c", "too large", GOOD), one("b", "fits"), one("a", "tight"), one("d", "fits")]
    assert [m.model.name for m in ordered(models, "best")] == ["b", "d", "a", "c"]
    tried = [*models, one("z", "fits", GOOD)]
    assert ordered(tried, "best")[0].model.name == "z"


def test_trying_out_loads_the_model_first(shop: Shop) -> None:
    shop.open()
    shop.select("small")
    shop.press("passport")
    path = shop.path("small")
    info = ModelInfo(name="small", path=path, engine="llama.cpp", context=512)
    shop.studio.loaded(info)
    shop.qtbot.waitUntil(lambda: shop.studio.worker.count_of("examine") == 1)
    (dialog,) = shop.manager.findChildren(PassportDialog)
    job = shop.studio.worker.last("examine")[0]
    with shop.qtbot.waitSignal(shop.manager.refreshed):
        shop.studio.tell(Examined(job=job, passport=GOOD))
    shop.qtbot.waitUntil(lambda: bool(shop.card("small").words))
    dialog.close()


def test_trying_out_asks_before_another_model_makes_room(shop: Shop) -> None:
    asked: list[str] = []

    class Answers(ManagerQuestions):
        def try_out(self, title: str) -> bool:
            asked.append(title)
            return False

    shop.open()
    shop.manager._questions = Answers(shop.manager)
    shop.manager.set_loaded(shop.path("large"))
    shop.select("small")
    shop.press("passport")
    assert asked == ["small"]
    assert shop.studio.worker.count_of("load") == 0


def test_a_load_that_fails_tries_nothing_out(shop: Shop) -> None:
    shop.open()
    shop.select("small")
    shop.press("passport")
    job = shop.studio.worker.last("load")[0]
    shop.studio.tell(Failed(job=job, kind="model_load", message="No."))
    assert shop.harness._to_try == ""


def test_when_a_model_was_used_is_remembered(shop: Shop) -> None:
    path = shop.path("small")
    shop.studio.window.models.load(path)
    shop.qtbot.waitUntil(lambda: any(kind == "load" for kind, *_ in shop.studio.worker.asked))
    with shop.qtbot.waitSignal(shop.studio.window.models.loader.remembered):
        shop.studio.loaded(ModelInfo(name="small", path=path, engine="llama.cpp"))
    model = shop.studio.program.library.resolve(path)
    assert shop.studio.program.metadata.record(model).used_at > 1.7e9


def test_the_window_comes_back_as_it_was_left(shop: Shop, tmp_path: Path) -> None:
    shop.open()
    shop.manager.resize(720, 540)
    shop.manager.close()
    memory = WindowMemory(shop.studio.program.paths.config / "window.ini")
    other = ModelManager(shop.studio.program)
    memory.restore(other, other.installed.split, "manager/")
    assert (other.width(), other.height()) == (720, 540)
    other.end()
    other.deleteLater()


def test_the_menu_of_a_model_has_what_its_buttons_have(shop: Shop) -> None:
    shop.open()
    tab = shop.manager.installed
    menu = tab.actions_table.menu(tab)
    texts = {action.text() for action in menu.actions() if not action.isSeparator()}
    assert texts == {button.text() for button in tab.buttons.values()}
    assert all(action.shortcut() for action in menu.actions() if not action.isSeparator())
    menu.deleteLater()
