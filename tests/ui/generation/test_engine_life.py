"""The engine's life as the window shows it: loading, reading, dying, coming back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from app.core.options.load_options import LoadOptions
from app.core.options.presets import SUGGESTED
from app.core.options.sampling import Sampling
from app.core.passport import Passport
from app.engine.messages import Counted, Done, Failed, HostDied, Loaded, Loading, Prefill
from tests.ui.conftest import MODEL


def test_continue_loads_the_last_model_first(make_studio, own_home):
    path = own_home / "Last.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    studio = make_studio(model=None)
    studio.program.settings_store.change(model=str(path))
    studio.library.add(str(path))
    studio.show("A")
    studio.do("continue")
    job, fields = studio.worker.last("load")
    assert fields["path"] == str(path)
    assert studio.worker.count_of("generate") == 0
    studio.tell(Loading(job=job, fraction=0.4))
    status = studio.window.status
    assert not status.progress.isHidden()
    assert "Last" in status.progress_text.text()
    assert status.bar.value() == 40
    studio.loaded()
    assert status.progress.isHidden()
    assert studio.worker.last("generate")[1]["prompt"] == "A"
    studio.stream(" b")
    assert studio.text == "A b"


def test_the_loader_hears_of_a_model_before_all_that_ask_it(make_studio):
    studio, heard = make_studio(model=None), []
    studio.library.add("/models/a.gguf")
    studio.window.models.loader.loaded.connect(lambda _model: heard.append("loader"))
    studio.window.passports.moved.connect(lambda: heard.append("passports"))
    studio.window.models.loader.load("/models/a.gguf")
    studio.loaded()
    assert heard[:2] == ["loader", "passports"]


def test_what_is_asked_for_before_the_models_are_listed_waits_for_the_list(make_studio, qtbot):
    studio = make_studio(model=None, is_listed=False)
    studio.library.add("/models/only.gguf")
    studio.show("A")
    studio.do("continue")
    assert not studio.window.page.is_empty_shown
    assert studio.worker.count_of("load") == 0
    with qtbot.waitSignal(studio.window.models.settled):
        studio.library.gate.set()
    assert studio.worker.last("load")[1]["path"] == "/models/only.gguf"
    studio.loaded()
    assert studio.worker.last("generate")[1]["prompt"] == "A"


@pytest.mark.parametrize("count", [0, 2])
def test_a_list_that_leaves_the_choice_ends_the_wait(make_studio, qtbot, count):
    studio = make_studio(model=None, is_listed=False)
    for number in range(count):
        studio.library.add(f"/models/{number}.gguf")
    studio.show("A")
    studio.do("continue")
    with qtbot.waitSignal(studio.window.models.settled):
        studio.library.gate.set()
    assert studio.worker.count_of("load") == 0
    assert studio.window.page.is_empty_shown == (count == 0)
    assert studio.window.session.waiting == (count > 0), "for the choice of a model"


def test_the_wait_for_the_list_can_be_stopped(make_studio, qtbot):
    studio = make_studio(model=None, is_listed=False)
    studio.library.add("/models/only.gguf")
    line = studio.window.page.write_bar.line
    line.setText("A letter")
    line.sent.emit("A letter")
    studio.do("stop")
    assert (studio.window.session.running, line.text()) == (False, "A letter")
    with qtbot.waitSignal(studio.window.models.settled):
        studio.library.gate.set()
    assert studio.worker.count_of("load") == 0


def test_the_last_model_is_loaded_at_start_and_esc_stops_it(make_studio, own_home, qtbot):
    path = own_home / "Last.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    studio = make_studio(model=None)
    studio.program.settings_store.change(model=str(path))
    studio.library.add(str(path))
    studio.window.begin()
    job, fields = studio.worker.last("load")
    assert fields["path"] == str(path)
    qtbot.keyClicks(studio.window.editor, "The writer need not wait.")
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Escape)
    assert studio.worker.cancelled == [job]
    assert studio.text == "The writer need not wait."


def test_nothing_is_loaded_at_start_unless_wanted(make_studio, own_home):
    path = own_home / "Last.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    studio = make_studio(model=None, load_at_start=False)
    studio.program.settings_store.change(model=str(path))
    studio.library.add(str(path))
    studio.window.begin()
    assert studio.worker.count_of("load") == 0


def test_a_load_can_be_stopped(make_studio, own_home):
    path = own_home / "Last.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    studio = make_studio(model=None)
    studio.program.settings_store.change(model=str(path))
    studio.library.add(str(path))
    studio.show("A")
    studio.do("continue")
    job = studio.worker.last("load")[0]
    studio.do("stop")
    assert studio.worker.cancelled == [job]
    studio.tell(Failed(job=job, kind="cancelled", message="Stopped."))
    assert studio.banners == []
    assert studio.window.status.progress.isHidden()
    assert not studio.window.session.running
    assert studio.text == "A"
    studio.do("undo")
    assert studio.text == ""


def test_a_load_that_fails_says_so(make_studio):
    studio = make_studio(model=None)
    studio.library.add("/models/Bad.gguf")
    studio.window.models.loader.load("/models/Bad.gguf")
    job = studio.worker.last("load")[0]
    studio.tell(
        Failed(
            job=job, kind="truncated_model", message="Bad.gguf is cut off.", hint="Get it again."
        )
    )
    assert studio.banners == ["Bad.gguf is cut off. Get it again."]
    assert studio.window.status.progress.isHidden()


def test_without_any_model_the_ways_to_one_are_shown(make_studio):
    studio = make_studio(model=None)
    studio.do("continue")
    assert studio.window.page.is_empty_shown
    studio.window.page.without_model.click()
    assert not studio.window.page.is_empty_shown


def _list_models(studio, qtbot, *paths):
    for path in paths:
        studio.library.add(path)
    with qtbot.waitSignal(studio.window.models.panel.refreshed):
        studio.window.models.panel.refresh()


def test_the_only_model_is_loaded_and_writes(make_studio, qtbot):
    studio = make_studio(model=None)
    _list_models(studio, qtbot, "/models/One.gguf")
    studio.show("A")
    studio.do("continue")
    assert studio.worker.last("load")[1]["path"] == "/models/One.gguf"
    assert studio.window.side.currentWidget() is not studio.window.models.panel
    studio.loaded()
    assert studio.worker.last("generate")[1]["prompt"] == "A"


def test_with_models_but_none_used_the_list_is_shown_and_the_choice_writes(make_studio, qtbot):
    studio = make_studio(model=None)
    _list_models(studio, qtbot, "/models/One.gguf", "/models/Two.gguf")
    studio.show("A")
    studio.do("continue")
    assert not studio.window.page.is_empty_shown
    assert studio.window.side.currentWidget() is studio.window.models.panel
    assert studio.worker.count_of("load") == 0
    studio.window.models.panel.load_requested.emit("/models/Two.gguf")
    assert studio.worker.last("load")[1]["path"] == "/models/Two.gguf"
    studio.loaded()
    assert studio.worker.last("generate")[1]["prompt"] == "A"


def test_stop_ends_the_wait_for_a_choice(make_studio, qtbot):
    studio = make_studio(model=None)
    _list_models(studio, qtbot, "/models/One.gguf", "/models/Two.gguf")
    studio.show("A")
    studio.do("continue")
    studio.do("stop")
    assert not studio.window.session.running
    studio.window.models.panel.load_requested.emit("/models/Two.gguf")
    studio.loaded()
    assert studio.worker.count_of("generate") == 0


def test_reading_the_prompt_shows_how_far_it_is(studio):
    studio.show("A")
    studio.do("continue")
    job = studio.worker.last("generate")[0]
    studio.tell(Prefill(job=job, done=512, total=2048))
    status = studio.window.status
    assert status.progress_text.text() == "Reading your text: 25 %"
    assert status.bar.value() == 25
    status.stop_button.click()
    assert studio.worker.cancelled == [job]
    studio.stream(" b")
    assert status.progress.isHidden()


def test_the_status_bar_tells_speed_and_context(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    studio.done(prompt_tokens=1000, completion_tokens=204, decode_s=4.0, dropped_tokens=12)
    status = studio.window.status
    assert status.speed.text() == "51.0 tokens/s"
    assert status.context.text() == "1,204 of 2,048 tokens"
    assert "12 tokens" in status.currentMessage()
    assert "CPU" in status.model.text()


def test_tokens_are_counted_in_a_pause(studio, qtbot):
    with qtbot.waitSignal(studio.window.generation.tokens._timer.timeout):
        studio.show("Some words")
    job, fields = studio.worker.last("count")
    assert fields["prompt"] == "Some words"
    studio.tell(Counted(job=job, tokens=2))
    assert studio.window.status.context.text() == "2 of 2,048 tokens"


def test_a_dead_host_is_said_and_the_next_try_works(studio):
    studio.show("A")
    studio.do("continue")
    job = studio.worker.last("generate")[0]
    studio.stream(" b")
    studio.tell(
        HostDied(code=-9, log_tail="boom"),
        Failed(job=job, kind="model_crashed", message="The engine died while it worked with Tiny."),
    )
    assert studio.text == "A b"
    assert studio.banners == ["The engine died while it worked with Tiny."]
    assert not studio.window.session.running
    reload = Loaded(job=99, model=studio.worker.model, seconds=0.1)
    studio.tell(Loading(job=99, fraction=0.5), reload)
    assert studio.banners == ["The engine died while it worked with Tiny."]
    studio.do("continue")
    assert studio.banners == []
    assert studio.worker.last("generate")[0] != job
    studio.stream(" c")
    studio.done()
    assert studio.text == "A b c"


def test_a_banner_can_be_dismissed(studio):
    studio.window.page.banners.say("Something happened.")
    (banner,) = studio.window.page.banners.banners()
    assert banner.accessibleName() == "Something happened."
    banner.close_button.click()
    assert studio.banners == []
    assert studio.window.page.banners.isHidden()


def test_what_a_dead_host_wrote_is_kept_as_a_take(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    studio.fail("model_crashed", "The engine died.")
    (record,) = studio.window.generation.take_log.takes(studio.window.documents.journal, "")
    assert (record.text, record.finish_reason) == (" b", "failed")


def test_nothing_to_add_is_said(studio):
    studio.show("The end.")
    studio.do("continue")
    studio.done()
    assert studio.window.status.currentMessage() == "The model had nothing to add here."
    assert studio.window.session.group is None
    studio.do("undo")
    assert studio.text == ""


def test_an_end_for_banned_phrases_is_said(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    studio.done("banned")
    assert "banned phrase" in studio.window.status.currentMessage()
    (record,) = studio.window.generation.take_log.takes(studio.window.documents.journal, "")
    assert (record.text, record.finish_reason) == (" b", "banned")


def test_unloading_empties_the_status_bar(studio):
    studio.do("unload")
    job = studio.worker.last("unload")[0]
    studio.worker.model = None
    studio.tell(Done(job=job))
    assert not studio.window.actions_table["unload"].isEnabled()
    assert studio.window.status.model.text() == "No model loaded"


def test_measuring_again_loads_the_model_again_and_says_so(studio):
    studio.library.add(studio.worker.model.path)
    studio.do("measure")
    job, asked = studio.worker.last("load")
    assert asked["remeasure"]
    studio.tell(Loading(job=job, fraction=1.0, measuring=True))
    assert studio.window.status.progress_text.text().startswith("Finding out how")
    studio.loaded()
    assert studio.window.status.progress.isHidden()


def test_only_llama_cpp_measures(studio):
    action = studio.window.actions_table["measure"]
    assert action.isEnabled()
    studio.window.models.ready.emit(replace(studio.worker.model, engine="torch"))
    assert not action.isEnabled()


def test_unloading_does_not_wait_for_the_end_of_the_text(studio):
    studio.show("A")
    studio.do("continue")
    job = studio.worker.last("generate")[0]
    studio.stream(" word")
    studio.do("unload")
    assert studio.worker.cancelled == [job]
    assert not studio.window.session.running
    assert studio.text == "A word"


def test_writing_on_right_after_unloading_loads_again(studio):
    studio.library.add("/models/Tiny.Q4_1.gguf")
    studio.do("unload")
    studio.show("A")
    studio.window.models.loader.last_path = lambda: "/models/Tiny.Q4_1.gguf"
    studio.do("continue")
    assert [kind for kind, _job, _fields in studio.worker.asked[-2:]] == ["unload", "load"]
    studio.loaded()
    assert studio.worker.last("generate")[1]["prompt"] == "A"


def test_loading_another_model_stops_the_writing(studio):
    studio.library.add("/models/Other.gguf")
    studio.show("A")
    studio.do("continue")
    job = studio.worker.last("generate")[0]
    studio.window.models.load("/models/Other.gguf")
    assert studio.worker.cancelled == [job]


def test_changed_load_settings_offer_to_load_again(studio):
    studio.library.add("/models/Tiny.Q4_1.gguf")
    settings = studio.program.settings_store
    settings.change(font_size=20)
    studio.window.view.settings_applied.emit()
    assert studio.banners == []
    settings.change(load=LoadOptions(context=1024))
    studio.window.view.settings_applied.emit()
    (banner,) = studio.window.page.banners.banners()
    assert "loaded again" in banner.text
    banner.buttons[0].click()
    assert studio.worker.last("load")[1]["options"].context == 1024
    assert studio.banners == []
    studio.loaded()
    studio.window.view.settings_applied.emit()
    assert studio.banners == []


def test_an_instruction_that_nothing_came_of_is_given_back(studio, qtbot):
    line = studio.window.page.write_bar.line
    line.setText("a letter")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == ""
    studio.fail("out_of_memory", "There is not enough memory.")
    assert line.text() == "a letter"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    studio.stream("Dear")
    studio.done()
    studio.do("continue")
    studio.fail("out_of_memory", "There is not enough memory.")
    assert line.text() == ""


def _write_with_the_only_model(studio, qtbot, parameters=134_515_008):
    """The sampling of the first Ctrl+Enter, which loads the model."""
    _list_models(studio, qtbot, "/models/One.gguf")
    studio.show("A")
    studio.do("continue")
    studio.loaded(replace(MODEL, path="/models/One.gguf", parameters=parameters))
    return studio.worker.last("generate")[1]["sampling"]


def test_the_first_writing_has_what_is_suggested_for_a_small_model(make_studio, qtbot):
    studio = make_studio(model=None)
    assert _write_with_the_only_model(studio, qtbot) == SUGGESTED.sampling
    assert "suggested for Tiny" in studio.window.status.currentMessage()
    assert studio.program.settings.preset == ""


def test_a_large_model_is_left_at_the_defaults_until_it_is_found_to_repeat_itself(
    make_studio, qtbot
):
    studio = make_studio(model=None)
    assert _write_with_the_only_model(studio, qtbot, 8_000_000_000) == Sampling()
    studio.window.passports._keep(Passport(repetition=0.5))
    qtbot.waitUntil(lambda: not studio.window.passports._unkept)
    assert studio.window.sampling.sampling() == SUGGESTED.sampling


def test_what_the_writer_chose_stays_on_a_small_model(make_studio, qtbot):
    studio = make_studio(model=None, preset="Balanced")
    assert _write_with_the_only_model(studio, qtbot) == Sampling()


def test_what_the_writer_changed_stays_on_a_small_model(make_studio, qtbot):
    studio = make_studio(model=None, sampling=Sampling(top_k=7))
    assert _write_with_the_only_model(studio, qtbot) == Sampling(top_k=7)


def test_a_preset_chosen_while_the_model_loads_is_written_with(make_studio, qtbot):
    studio = make_studio(model=None)
    _list_models(studio, qtbot, "/models/One.gguf")
    studio.show("A")
    studio.do("continue")
    bar = studio.window.sampling.bar
    bar.combo.activated.emit(bar.combo.findData("Exact"))
    studio.loaded(replace(MODEL, path="/models/One.gguf", parameters=1))
    assert studio.worker.last("generate")[1]["sampling"].temperature == 0
    assert studio.program.settings.preset == "Exact"
