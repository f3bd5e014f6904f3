"""The window examines a new model in a pause, keeps its passport and shows it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.core.passport import LANGUAGES, MOST_ATTEMPTS, Passport, from_record, summary
from app.engine.messages import Examined, Failed, Loaded, Working
from app.ui.models.passport_controller import WAITS_MS
from app.ui.models.passport_dialog import PassportDialog

FOUND = Passport(
    kind="instruct",
    template="right",
    stops="yes",
    followed=2,
    instructions=3,
    repetition=0.01,
    languages=("en", "de"),
    languages_tried=tuple(LANGUAGES),
    tokens_per_word=1.5,
    tokens_per_s=15.0,
    made_at=1.8e9,
    seconds=6.2,
)


@pytest.fixture
def studio(make_studio: Any, tiny: Any) -> Any:
    """A window whose loaded model is on the list."""
    made = make_studio()
    made.library.add(tiny.path)
    made.tell(Loaded(job=90, model=tiny, seconds=0.1))
    return made


def timer(studio: Any) -> Any:
    return studio.window.passports._timer


def pause(studio: Any) -> None:
    """Let the pause be over."""
    assert timer(studio).isActive()
    timer(studio).stop()
    timer(studio).timeout.emit()


def job(studio: Any) -> int:
    return int(studio.worker.last("examine")[0])


def kept(studio: Any, tiny: Any, qtbot: Any) -> Passport | None:
    """What is on the disk, once everything is."""
    qtbot.waitUntil(lambda: not studio.window.passports._unkept)
    file = studio.library.resolve(tiny.path)
    return from_record(studio.program.metadata.record(file).passport)


def dialog(studio: Any) -> PassportDialog:
    found: PassportDialog
    (found,) = studio.window.findChildren(PassportDialog)
    return found


def shown(found: PassportDialog) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in found.area.findChildren(QLabel))


def test_a_new_model_is_examined_in_a_pause_and_its_passport_kept(
    studio: Any, tiny: Any, qtbot: Any
) -> None:
    assert timer(studio).interval() == WAITS_MS[0]
    pause(studio)
    studio.tell(Working(job=job(studio), what="Trying English", fraction=0.5))
    assert studio.window.status.currentMessage() == "Getting to know the model…"
    studio.tell(Examined(job=job(studio), passport=FOUND))
    assert studio.window.status.currentMessage() == f"{tiny.name} · {summary(FOUND)}"
    assert kept(studio, tiny, qtbot) == FOUND
    studio.tell(Loaded(job=91, model=tiny, seconds=0.1))
    assert not timer(studio).isActive()
    assert studio.banners == []


def test_what_there_was_no_time_for_is_tried_again_but_not_for_ever(
    studio: Any, tiny: Any, qtbot: Any
) -> None:
    short = msgspec.structs.replace(FOUND, languages_tried=("en",))
    for attempt in range(MOST_ATTEMPTS):
        pause(studio)
        studio.tell(Examined(job=job(studio), passport=short))
        passport = kept(studio, tiny, qtbot)
        assert passport is not None
        assert passport.attempt == attempt + 1
        studio.tell(Loaded(job=91 + attempt, model=tiny, seconds=0.1))
    assert not timer(studio).isActive()


def test_the_setting_switches_it_off(make_studio: Any, tiny: Any) -> None:
    studio = make_studio(examine_models=False)
    studio.library.add(tiny.path)
    studio.tell(Loaded(job=90, model=tiny, seconds=0.1))
    assert not timer(studio).isActive()


def test_a_model_that_is_on_no_list_is_left_alone(make_studio: Any, tiny: Any) -> None:
    studio = make_studio()
    studio.tell(Loaded(job=90, model=tiny, seconds=0.1))
    assert not timer(studio).isActive()


def test_it_waits_while_the_model_has_other_things_to_do(studio: Any) -> None:
    studio.worker.busy = True
    pause(studio)
    assert studio.worker.count_of("examine") == 0
    assert timer(studio).isActive()
    studio.worker.busy = False
    pause(studio)
    assert studio.worker.count_of("examine") == 1


def test_the_next_key_stops_it_and_it_waits_longer(studio: Any, qtbot: Any) -> None:
    for wait in (*WAITS_MS[1:], None):
        pause(studio)
        number = job(studio)
        qtbot.keyClicks(studio.window.editor, "x")
        assert number in studio.worker.cancelled
        studio.tell(Failed(job=number, kind="cancelled", message="Stopped."))
        assert timer(studio).isActive() == (wait is not None)
        assert wait is None or timer(studio).interval() == wait
    assert studio.banners == []


def test_a_model_that_brings_the_engine_down_is_not_examined_again(
    studio: Any, tiny: Any, qtbot: Any
) -> None:
    pause(studio)
    studio.tell(Failed(job=job(studio), kind="model_crashed", message="The engine died."))
    passport = kept(studio, tiny, qtbot)
    assert passport is not None
    assert passport.problem == "The engine died."
    studio.tell(Loaded(job=91, model=tiny, seconds=0.1))
    assert not timer(studio).isActive()


def test_the_dialog_shows_the_card(studio: Any, tiny: Any) -> None:
    file = studio.library.resolve(tiny.path)
    studio.program.metadata.change(file, passport=msgspec.to_builtins(FOUND))
    studio.do("passport")
    found = dialog(studio)
    assert found.name.text() == "Tiny"
    for words in ("continuing prose", "answered in English and German", "Chinese", "2 pages a"):
        assert words in shown(found)
    assert studio.worker.count_of("examine") == 0
    assert found.bar.isHidden()
    found.close()


def test_the_dialog_examines_and_can_be_stopped(studio: Any, tiny: Any, qtbot: Any) -> None:
    timer(studio).stop()
    studio.do("passport")
    found = dialog(studio)
    assert "not been examined" in shown(found)
    number = job(studio)
    studio.tell(Working(job=number, what="Trying English", fraction=0.5))
    assert (found.step.text(), found.bar.value()) == ("Trying English…", 50)
    found.again.click()
    assert number in studio.worker.cancelled
    studio.tell(Failed(job=number, kind="cancelled", message="Stopped."))
    assert found.bar.isHidden()
    found.again.click()
    studio.tell(Examined(job=job(studio), passport=FOUND))
    assert "continuing prose" in shown(found)
    assert kept(studio, tiny, qtbot) == FOUND
    found.close()


def test_what_was_asked_for_comes_as_soon_as_the_model_is_free(studio: Any) -> None:
    timer(studio).stop()
    studio.worker.busy = True
    studio.do("passport")
    found = dialog(studio)
    assert "Waiting" in found.step.text()
    studio.worker.busy = False
    pause(studio)
    assert studio.worker.count_of("examine") == 1
    found.close()


def test_what_was_asked_for_goes_on_after_an_interruption(studio: Any, tiny: Any) -> None:
    timer(studio).stop()
    studio.do("passport")
    found = dialog(studio)
    studio.tell(Failed(job=job(studio), kind="cancelled", message="Stopped."))
    assert "Waiting" in found.step.text()
    pause(studio)
    studio.tell(Examined(job=job(studio), passport=FOUND))
    assert studio.worker.count_of("examine") == 2
    assert (found.step.text(), found.bar.isHidden()) == ("", True)
    found.close()


def test_without_a_model_there_is_nothing_to_show(make_studio: Any) -> None:
    studio = make_studio(model=None)
    assert not studio.window.actions_table["passport"].isEnabled()


def test_esc_stops_it_for_this_time(studio: Any) -> None:
    assert not studio.window.actions_table["stop"].isEnabled()
    pause(studio)
    number = job(studio)
    studio.do("stop")
    assert number in studio.worker.cancelled
    studio.tell(Failed(job=number, kind="cancelled", message="Stopped."))
    assert not timer(studio).isActive()
    assert not studio.window.actions_table["stop"].isEnabled()


def test_it_waits_while_a_style_is_learned_and_stops_for_one(studio: Any) -> None:
    learning = studio.window.manuscript.learning.run
    learning.doing = "training"
    pause(studio)
    assert studio.worker.count_of("examine") == 0
    assert timer(studio).isActive()
    learning.doing = ""
    pause(studio)
    begun = job(studio)
    assert studio.worker.count_of("examine") == 1
    learning.doing = "training"
    learning.moved.emit()
    assert begun in studio.worker.cancelled
    learning.doing = ""
