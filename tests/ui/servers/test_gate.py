"""What goes to another machine, and what does not, on a scripted worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from app.core.options.sampling import Sampling
from app.engine.messages import Failed, Loaded, ModelInfo, Previewed, ServerPlace
from app.ui.servers.preview_dialog import PreviewDialog
from tests.ui.conftest import MODEL, Studio

URL = "http://10.1.2.3:8080"
PLACE = ServerPlace(url=URL, ip="10.1.2.3", is_here=False, masks=True)
AWAY = replace(
    MODEL,
    name="big",
    path="server:Office",
    engine="server",
    server=PLACE,
    unsupported={"min_p": "This server has no such parameter."},
    notes=("The text leaves this machine: it is sent to 10.1.2.3.",),
)


def at(place: ServerPlace) -> ModelInfo:
    return replace(AWAY, server=place)


def previewed(studio: Studio, **fields: Any) -> PreviewDialog:
    """The child's answer to the last preview, and the dialog that it brings."""
    job, _asked = studio.worker.last("preview")
    told = Previewed(
        job=job,
        url=f"{URL}/v1/completions",
        texts=(("", "Dear [NAME_1],"),),
        fields='{"prompt": "Dear [NAME_1],"}',
        replaced=(("[NAME_1]", "Kirsten"),),
    )
    studio.tell(replace(told, **fields))
    (dialog,) = dialogs(studio)
    return dialog


def dialogs(studio: Studio) -> list[PreviewDialog]:
    return [one for one in studio.window.findChildren(PreviewDialog) if one.isVisible()]


@pytest.fixture
def office(make_studio: Callable[..., Studio]) -> Studio:
    """A window that writes with a server on another machine."""
    studio = make_studio(model=AWAY)
    studio.show("Dear Kirsten,")
    return studio


def test_a_model_that_comes_later_is_looked_at_before_anything_is_sent(
    office: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's child was lost, and another load is on its way when it is back."""
    office.window.kept_here.mark(True)
    office.worker.model = None
    office.library.add("/models/Tiny.Q4_1.gguf")
    loader = office.window.models.loader
    monkeypatch.setattr(loader, "last_path", lambda: "/models/Tiny.Q4_1.gguf")
    office.do("continue")
    asked = office.worker.last("load")[0]
    office.tell(Loaded(job=asked + 1000, model=AWAY, seconds=0.1))
    assert loader.is_loading  # what was asked for is still to come
    assert office.worker.count_of("generate") == office.worker.count_of("preview") == 0
    office.loaded(AWAY)
    assert office.worker.count_of("generate") == 0


# The preview


def test_what_is_sent_is_shown_first_and_just_that_is_sent(office: Studio) -> None:
    office.do("continue")
    assert office.worker.count_of("generate") == 0
    dialog = previewed(office)
    assert dialog.text.toPlainText() == "Dear [NAME_1],"
    assert dialog.fields.toPlainText() == '{"prompt": "Dear [NAME_1],"}'
    row = dialog.replaced.topLevelItem(0)
    assert row is not None
    assert [row.text(0), row.text(1)] == ["[NAME_1]", "Kirsten"]
    assert "10.1.2.3:8080" in dialog.where.text()
    assert "not encrypted" in dialog.how.text()
    dialog.send.click()
    assert office.worker.last("generate")[1] == office.worker.last("preview")[1]
    assert office.worker.last("generate")[1]["sampling"].seed is not None
    office.stream(" how are you?")
    office.done()
    assert office.text == "Dear Kirsten, how are you?"
    office.do("retry")
    assert office.worker.count_of("generate") == 1  # it is asked each time
    assert office.worker.count_of("preview") == 2


def test_the_writer_can_be_asked_no_more(office: Studio) -> None:
    office.do("continue")
    previewed(office).send_always.click()
    assert office.worker.count_of("generate") == 1
    assert office.program.settings.agreed_servers == (URL,)
    office.done()
    office.do("continue")
    assert office.worker.count_of("generate") == 2
    assert office.worker.count_of("preview") == 1


def test_that_holds_for_one_server_alone(office: Studio) -> None:
    office.program.settings_store.change(agreed_servers=("http://10.1.2.3:8081",))
    office.do("continue")
    assert office.worker.count_of("generate") == 0


def test_nothing_is_sent_after_no(office: Studio) -> None:
    office.window.page.write_bar.line.setText("a letter")
    office.window.page.write_bar.line.sent.emit("a letter")
    previewed(office, texts=(("system", "Write."), ("user", "Dear"))).reject()
    assert office.worker.count_of("generate") == 0
    assert office.text == "Dear Kirsten,"
    assert not office.window.session.running
    assert office.window.page.write_bar.line.text() == "a letter"


def test_a_preview_that_fails_is_told_and_sends_nothing(office: Studio) -> None:
    office.do("continue")
    job, _fields = office.worker.last("preview")
    office.tell(Failed(job=job, kind="server", message="It is not there.", hint="Try again."))
    assert office.banners[-1:] == ["It is not there. Try again."]
    assert not office.window.session.running
    assert office.worker.count_of("generate") == 0


def test_a_preview_that_is_not_wanted_any_more_is_not_shown(office: Studio) -> None:
    office.do("continue")
    office.do("stop")
    job, _fields = office.worker.last("preview")
    office.tell(Previewed(job=job, url=URL, texts=(), fields="{}"))
    assert not dialogs(office)
    assert office.worker.count_of("generate") == 0


_LEAVING: dict[str, Callable[[Studio], object]] = {
    "stop": lambda office: office.do("stop"),
    "unload": lambda office: office.do("unload"),
    "load": lambda office: office.window.models.load("/models/Tiny.Q4_1.gguf"),
    "new": lambda office: office.do("new"),
    "undo": lambda office: office.do("undo"),
    "close": lambda office: office.window.close(),
}


@pytest.mark.parametrize("leave", _LEAVING.values(), ids=[*_LEAVING])
@pytest.mark.parametrize("is_shown", [False, True])
def test_a_preview_ends_with_what_it_was_made_for(
    office: Studio, leave: Callable[[Studio], object], *, is_shown: bool
) -> None:
    office.library.add("/models/Tiny.Q4_1.gguf")
    office.do("continue")
    job, _fields = office.worker.last("preview")
    if is_shown:
        previewed(office)
    leave(office)
    assert (job in office.worker.cancelled) is not is_shown  # made already where it was shown
    assert not office.window.session.running
    office.tell(
        Previewed(job=job, url=URL, texts=(), fields="{}"),
        Failed(job=job, kind="cancelled", message="Stopped."),
    )
    assert not dialogs(office)
    assert office.worker.count_of("generate") == 0


def test_a_retry_replaces_the_preview_that_is_made(office: Studio) -> None:
    office.do("continue")
    first = office.worker.last("preview")[0]
    office.do("retry")
    assert office.worker.last("preview")[0] != first
    assert office.worker.cancelled == [first]
    previewed(office).send.click()
    assert office.worker.count_of("generate") == 1


def test_the_names_can_be_listed_before_anything_is_sent(office: Studio, qtbot: QtBot) -> None:
    office.do("continue")
    dialog = previewed(office)
    with qtbot.waitSignal(office.window.generation.gate.names_asked):
        dialog.names.click()
    assert office.worker.count_of("generate") == 0


# The caret within what is masked


@pytest.fixture
def named(make_studio: Callable[..., Studio]) -> Studio:
    """A window that masks a name for a server that it does not ask about."""
    studio = make_studio(model=at(replace(PLACE, names=("Anna Schmidt",))))
    studio.program.settings_store.change(agreed_servers=(URL,))
    return studio


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Dear Anna Sch", "midt, how"),
        ("Write to anna@exam", "ple.org today"),
        ("It is 4111 1111", " 1111 1111."),
        ("She is Anna ", "\nSchmidt."),
    ],
)
def test_half_of_what_is_masked_is_not_sent(named: Studio, before: str, after: str) -> None:
    named.show(before + after, len(before))
    named.do("continue")
    assert named.worker.count_of("generate") == 0
    assert "the cursor stands within a name or number that is masked" in named.banners[-1]
    assert named.text == before + after
    assert not named.window.session.running
    named.window.page.write_bar.line.setText("a letter")
    named.window.page.write_bar.line.sent.emit("a letter")
    assert named.worker.count_of("generate") == 0
    assert named.window.page.write_bar.line.text() == "a letter"
    named.show(before + after)
    named.do("continue")
    assert named.worker.count_of("generate") == 1
    assert not any("the cursor stands" in one for one in named.banners)


@pytest.mark.parametrize("after", ["", "\n\nThen he wrote."])
def test_the_beginning_of_a_name_being_typed_is_not_sent(named: Studio, after: str) -> None:
    before = "Dear Anna Sch"
    named.show(before + after, len(before))
    named.do("continue")
    assert named.worker.count_of("generate") == 0
    assert "the beginning of a name that is masked" in named.banners[-1]
    named.show(before + " " + after, len(before) + 1)
    named.do("continue")
    assert named.worker.count_of("generate") == 1
    assert not any("the beginning of a name" in one for one in named.banners)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Dear Anna S", ""),  # too little of it to be read
        ("Dear Anna Sch ", ""),  # a word of its own
        ("Dear Anna Schmidt", "'s cat"),
        ("Dear ", "Anna Schmidt"),
        ("A hann", "a-like flower"),
        ("Call 030 123456", "7 now"),  # which is masked without its last figure, too
        ("It is [NAM", "E_1]"),
    ],
)
def test_elsewhere_a_word_can_be_gone_on_with(named: Studio, before: str, after: str) -> None:
    named.show(before + after, len(before))
    named.do("continue")
    assert named.worker.count_of("generate") == 1


def test_without_masking_the_caret_may_stand_anywhere(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio(model=at(replace(PLACE, names=("Anna Schmidt",), masks=False)))
    studio.program.settings_store.change(agreed_servers=(URL,))
    studio.show("Dear Anna Schmidt", 10)
    studio.do("continue")
    assert studio.worker.count_of("generate") == 1


def test_to_a_server_on_this_machine_it_goes_at_once(make_studio: Callable[..., Studio]) -> None:
    here = ServerPlace(url="http://localhost:8080", ip="127.0.0.1", is_here=True, masks=False)
    studio = make_studio(model=at(here))
    studio.show("A")
    studio.window.kept_here.mark(True)
    studio.do("continue")
    assert studio.worker.count_of("generate") == 1
    assert studio.worker.count_of("preview") == 0


def test_a_name_that_may_lead_elsewhere_tomorrow_is_asked_about(
    make_studio: Callable[..., Studio],
) -> None:
    named = ServerPlace(url="http://box:8080", ip="127.0.0.1", is_here=True, masks=False)
    studio = make_studio(model=at(named))
    studio.show("A")
    studio.do("continue")
    assert studio.worker.count_of("generate") == 0


# What a server cannot do


def test_what_a_server_cannot_be_told_is_left_out_and_greyed(office: Studio) -> None:
    panel = office.window.sampling
    panel.set_sampling(Sampling(min_p=0.3, top_k=7))
    row = panel.list.rows["min_p"]
    assert not row.field.isEnabled()
    assert row.note.text() == ("This server has no such parameter. It is not sent.")
    assert panel.list.also.text() == ("Also set: Top-k 7\nNot sent: Min-p 0.3")
    office.do("continue")
    asked = office.worker.last("preview")[1]
    assert asked["sampling"].min_p == Sampling().min_p
    assert asked["sampling"].top_k == 7
    assert asked["overflow"] == "fail"
    office.worker.model = MODEL
    office.window.models.loader.loaded.emit(MODEL)
    assert row.field.isEnabled()


def test_a_text_that_is_too_long_for_it_is_sent_from_a_later_paragraph_on(
    office: Studio,
) -> None:
    office.program.settings_store.change(agreed_servers=(URL,))
    office.worker.model = replace(AWAY, context=512)
    office.window.sampling.set_sampling(Sampling(max_tokens=48))
    office.show("\n" + "It rained all day.\n" * 100 + "And then")
    office.do("continue")
    prompt = office.worker.last("generate")[1]["prompt"]
    assert prompt.startswith("It rained all day.\n")
    assert prompt.endswith("\nAnd then")
    assert 700 < len(prompt) <= 800  # two bytes for each of 512 - 48 - 64 tokens
    assert "the last 1" in office.window.status.currentMessage()
    office.stream(" it stopped.")
    office.done(prompt_tokens=200)  # four bytes for each, as the server counts
    office.do("continue")
    longer = office.worker.last("generate")[1]["prompt"]
    assert 1200 < len(longer) <= 1440
    office.done()
    office.program.settings_store.change(prompt_overflow="fail")
    office.do("continue")
    assert len(office.worker.last("generate")[1]["prompt"]) > 1900


def test_no_text_goes_there_in_a_pause(office: Studio) -> None:
    generation = office.window.generation
    for pausing in (generation.tokens, generation.reading):
        pausing._on_pause()
    assert office.worker.count_of("count") == 0
    office.worker.model = MODEL
    generation.tokens._on_pause()
    assert office.worker.count_of("count") == 1


@pytest.mark.parametrize("name", ["measure", "quantize", "adapters", "passport"])
def test_what_is_only_for_models_here_says_so(office: Studio, name: str) -> None:
    action = office.window.actions_table[name]
    assert not action.isEnabled()
    assert "Only for models on this machine" in action.toolTip()
    office.window.models.loader.loaded.emit(MODEL)
    assert action.isEnabled()
    assert "Only" not in action.toolTip()


def test_several_takes_are_offered_only_where_the_server_writes_them(office: Studio) -> None:
    action = office.window.actions_table["continue_many"]
    assert action.isEnabled()  # nothing is known of it
    office.window.models.loader.loaded.emit(replace(AWAY, abilities=("complete", "chat")))
    assert not action.isEnabled()
    assert "several takes" in action.toolTip()
    office.window.models.loader.loaded.emit(replace(AWAY, abilities=("complete", "n")))
    assert action.isEnabled()


# What is said


def test_the_window_says_all_the_time_where_text_goes(office: Studio) -> None:
    window = office.window
    assert window.status.server.isVisible()
    assert window.status.server.text() == "Text leaves this machine: 10.1.2.3:8080"
    assert "10.1.2.3" in window.status.server.toolTip()
    assert window.page.write_bar.button.toolTip().endswith("The text goes to 10.1.2.3:8080.")
    assert AWAY.notes[0] in office.banners
    window.models.loader.loaded.emit(MODEL)
    assert not window.status.server.isVisible()
    assert "goes to" not in window.page.write_bar.button.toolTip()
    assert AWAY.notes[0] not in office.banners


def test_the_service_answers_for_no_server(office: Studio) -> None:
    state = office.window.service._state()
    assert state.model is None
    assert "passes no requests" in state.refusal


# The mark


def test_a_marked_document_is_not_sent(office: Studio) -> None:
    assert QKeySequence("Ctrl+Shift+Y") in office.window.actions_table["keep_here"].shortcuts()
    office.do("keep_here")
    assert office.window.status.kept_here.isVisible()
    office.do("continue")
    assert (office.worker.count_of("preview"), office.worker.count_of("generate")) == (0, 0)
    assert not office.window.session.running
    banner = office.window.page.banners.banners()[-1]
    assert "marked never to go to another machine" in banner.text
    choose, _unmark = banner.buttons
    choose.click()
    assert office.window.side.currentWidget() is office.window.models.panel
    office.do("continue")
    banner = office.window.page.banners.banners()[-1]
    banner.buttons[1].click()
    assert not office.window.kept_here.is_on
    office.do("continue")
    assert office.worker.count_of("preview") == 1


def test_a_mark_put_on_while_it_is_shown_holds(office: Studio) -> None:
    office.do("continue")
    dialog = previewed(office)
    office.window.kept_here.mark(True)
    dialog.send.click()
    assert office.worker.count_of("generate") == 0


def test_a_mark_stops_what_is_being_written_elsewhere_and_keeps_the_text(office: Studio) -> None:
    office.program.settings_store.change(agreed_servers=(URL,))
    office.do("continue")
    job, _fields = office.worker.last("generate")
    office.stream(" how")
    office.do("keep_here")
    assert office.worker.cancelled == [job]
    assert not office.window.session.running
    assert "Stopped: this document is marked" in office.banners[-1]
    assert office.text == "Dear Kirsten, how"
    office.do("keep_here")
    assert not [one for one in office.banners if "Stopped: this" in one]


@pytest.mark.parametrize("model", [MODEL, "here"])
def test_a_mark_stops_nothing_that_stays_on_this_machine(
    make_studio: Callable[..., Studio], model: ModelInfo | str
) -> None:
    here = ServerPlace(url="http://localhost:8080", ip="127.0.0.1", is_here=True, masks=False)
    studio = make_studio(model=at(here) if isinstance(model, str) else model)
    studio.show("A")
    studio.do("continue")
    studio.do("keep_here")
    assert studio.window.session.running
    assert not studio.banners


def test_an_instruction_counts_among_what_a_server_was_sent(office: Studio) -> None:
    """What a server counts of it makes the tokens of the text no shorter."""
    office.program.settings_store.change(agreed_servers=(URL,))
    office.worker.model = replace(AWAY, context=512)
    office.window.sampling.set_sampling(Sampling(max_tokens=48))
    office.window.page.write_bar.line.sent.emit("Be brief. " * 80)
    _job, fields = office.worker.last("generate")
    sent = sum(len(turn.content) for turn in fields["messages"])
    office.stream(" Hi.")
    office.done(prompt_tokens=sent // 4)
    office.show("It rained all day.\n" * 100)
    office.do("continue")
    assert len(office.worker.last("generate")[1]["prompt"]) > 1200


def test_in_a_narrow_window_numbers_make_room_for_where_text_goes(office: Studio) -> None:
    status = office.window.status
    office.window.kept_here.mark(True)
    status.show_context(10, 2048)
    status.show_speed(20.0)
    office.window.resize(1100, 600)
    assert status.speed.isVisible()
    office.window.resize(520, 600)
    assert not status.speed.isVisible()
    assert not status.context.isVisible()
    for shown in (status.kept_here, status.server, status.words):
        assert shown.isVisible()
        assert shown.geometry().right() < status.width()
        assert shown.width() >= shown.sizeHint().width()


def test_a_refusal_is_taken_back_with_its_document(office: Studio) -> None:
    office.window.kept_here.mark(True)
    office.do("continue")
    assert "10.1.2.3:8080" in office.banners[-1]
    office.window.kept_here.mark(False)
    assert not [one for one in office.banners if "marked never" in one]
