"""A graphics card that crashed with a model: the window asks before it is used again."""

from __future__ import annotations

import msgspec
import pytest

from app.core.errors import GpuCrashedError
from app.engine.messages import EngineSettings, Failed, Loaded, ModelInfo, Placed

PATH, CARD = "/models/One.gguf", "A card"
QUESTION = "The graphics card (A card) failed while loading One last time."
AVOIDED = "One is on the processor, because the graphics card failed with it."
INFO = ModelInfo(
    name="One",
    path=PATH,
    engine="llama.cpp",
    context=2048,
    settings=EngineSettings(engine="llama.cpp"),
    placement=(Placed(device="CPU", layers=31, weights=90 * 2**20, cache=10 * 2**20),),
)


@pytest.fixture
def crashed(make_studio):
    """A window, and a model that crashed the card in a former run."""
    studio = make_studio(model=None)
    studio.library.add(PATH)
    studio.program.gpu_crashes.begin(PATH, "llama.cpp", CARD)
    return studio


@pytest.fixture
def answer(qtbot):
    """Presses the button of the last banner, and waits for the load that follows."""

    def press(studio, text: str) -> None:
        banner, loads = studio.window.page.banners.banners()[-1], studio.worker.count_of("load")
        next(button for button in banner.buttons if button.text() == text).click()
        qtbot.waitUntil(lambda: studio.worker.count_of("load") == loads + 1)

    return press


def loaded(studio, info: ModelInfo = INFO) -> None:
    job = studio.worker.last("load")[0]
    studio.worker.model = info
    studio.tell(Loaded(job=job, model=info, seconds=0.1))


def test_a_card_that_failed_is_not_used_unasked(crashed) -> None:
    crashed.window.models.load(PATH)
    assert crashed.banners == [QUESTION]
    assert crashed.worker.count_of("load") == 0


def test_the_processor_is_taken_now_and_at_the_next_start(crashed, answer) -> None:
    crashed.window.models.load(PATH)
    answer(crashed, "Load on the processor")
    assert crashed.worker.last("load")[1]["options"].gpu_layers == 0
    loaded(crashed)
    assert crashed.banners == [AVOIDED]
    assert not crashed.window.models.loader.is_outdated
    crashed.window.models.load(PATH)
    assert crashed.worker.count_of("load") == 2
    assert crashed.worker.last("load")[1]["options"].gpu_layers == 0


def test_the_card_can_be_tried_again_from_either_banner(crashed, answer) -> None:
    crashed.window.models.load(PATH)
    answer(crashed, "Load on the processor")
    loaded(crashed)
    answer(crashed, "Try the graphics card again")
    assert crashed.worker.last("load")[1]["options"].gpu_layers == -1
    assert crashed.program.gpu_crashes.failed(PATH, "llama.cpp") is None


def test_a_crash_in_this_run_offers_the_same(make_studio, answer) -> None:
    studio = make_studio(model=None)
    studio.library.add(PATH)
    studio.window.models.load(PATH)
    studio.program.gpu_crashes.begin(PATH, "llama.cpp", CARD)  # as the client does
    job = studio.worker.last("load")[0]
    studio.tell(Failed(job=job, kind=GpuCrashedError.kind, message="It was killed."))
    assert studio.banners == [QUESTION]
    answer(studio, "Try the graphics card again")
    assert studio.worker.last("load")[1]["options"].gpu_layers == -1


def test_where_nothing_goes_on_the_card_nothing_is_asked(crashed) -> None:
    settings = crashed.program.settings_store
    settings.change(load=msgspec.structs.replace(settings.settings.load, gpu_layers=0))
    crashed.window.models.load(PATH)
    loaded(crashed)
    assert crashed.banners == []
    assert crashed.worker.count_of("load") == 1


def test_notes_are_banners_and_the_placement_is_shown(make_studio) -> None:
    studio = make_studio(model=None)
    studio.library.add(PATH)
    studio.window.models.load(PATH)
    loaded(studio, msgspec.structs.replace(INFO, notes=("5 of 31 layers fit.",)))
    assert studio.banners == ["5 of 31 layers fit."]
    assert studio.window.status.model.toolTip() == f"{PATH}\nCPU: 31 layers, 105 MB"
