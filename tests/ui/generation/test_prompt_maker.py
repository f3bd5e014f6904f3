"""What Continue sends: the composed prompt, counted aside; without anything kept, as always."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.core.context.entries import LoreEntry, StoryMemory
from app.core.documents.prompts import continuation, instructed
from app.core.errors import EngineStoppedError
from app.core.options.sampling import Sampling
from app.engine.messages import Count, Counted, Done, Generate, ServerPlace
from tests.ui.conftest import MODEL

STORY = StoryMemory("It always rains.", "Slow.", 1, (LoreEntry("Maren", (), "Keeper."),))


class CountingEngine:
    """Counts a token for every four characters, as the engine's process would."""

    def __init__(self) -> None:
        self.asked: list[Count] = []
        self.error: Exception | None = None
        self._job = 1000

    def next_job(self) -> int:
        self._job += 1
        return self._job

    def run(self, command: Any, on_event: Any) -> Any:
        if self.error is not None:
            raise self.error
        self.asked.append(command)
        whole = (
            command.prompt + (command.suffix or "") + "".join(m.content for m in command.messages)
        )
        texts = tuple(-(-len(text) // 4) for text in command.texts)
        return Counted(job=command.job, tokens=-(-len(whole) // 4) + 1, texts=texts)


@pytest.fixture
def counting(studio):
    studio.worker.shared = CountingEngine()
    return studio.worker.shared


def keep(studio, story=STORY):
    studio.window.generation.prompts.story = lambda: story


def settled(studio, qtbot):
    qtbot.waitUntil(lambda: studio.window.generation.prompts.is_idle)


def asked(studio):
    fields = studio.worker.last("generate")[1]
    Generate(job=1, **fields)
    return fields


def test_without_memory_it_is_byte_for_byte_what_it_was(studio, counting):
    text = "The door opened. \n\n%% a plan %%\nAnd Maren "
    studio.show(text + "came in.", caret=len(text))
    studio.do("continue")
    before = studio.window.editor.manuscript.readable(len(text))
    fields = asked(studio)
    assert set(fields) == {"prompt", "sampling", "n", "overflow"}
    assert fields["prompt"] == continuation(before).prompt
    assert fields["sampling"] == studio.window.sampling.sampling()
    studio.done()
    studio.window.generation._instruct("Go on.")
    turns = tuple((turn.role, turn.content) for turn in asked(studio)["messages"])
    assert turns == instructed(before, "Go on.")
    assert counting.asked == []


def test_memory_lore_and_note_are_sent_and_the_place_is_where_it_was(studio, counting, qtbot):
    keep(studio)
    studio.show("Maren woke.\n\nShe rose.")
    studio.do("continue")
    assert studio.window.session.running
    settled(studio, qtbot)
    assert asked(studio)["prompt"] == (
        "It always rains.\n\nMaren: Keeper.\n\n***\n\n"
        "Maren woke.\n\n[Author's note: Slow.]\n\nShe rose."
    )
    studio.stream(" It rained.")
    studio.done()
    assert studio.text == "Maren woke.\n\nShe rose. It rained."
    calls = len(counting.asked)
    studio.do("retry")
    settled(studio, qtbot)
    assert studio.worker.count_of("generate") == 2
    assert len(counting.asked) == calls  # the same prompt, made once


def test_a_text_is_counted_once_and_in_few_messages(studio, counting, qtbot):
    keep(studio)
    studio.show("Maren woke. She rose.\n\n" * 400)
    studio.do("continue")
    settled(studio, qtbot)
    assert len(counting.asked) < 30
    studio.done()
    studio.show("One more.\n\n")
    before = len(counting.asked)
    studio.do("continue")
    settled(studio, qtbot)
    texts = [text for one in counting.asked[before:] for text in one.texts]
    assert not any("Maren woke" in text and len(text) < 40 for text in texts)


def test_what_is_read_ahead_is_what_continue_sends(studio, counting, qtbot):
    keep(studio)
    studio.show("Maren woke.")
    reading = studio.window.generation.reading
    reading._timer.stop()
    reading._timer.timeout.emit()
    settled(studio, qtbot)
    job, ahead = studio.worker.last("read_ahead")
    studio.tell(Done(job=job))
    studio.do("continue")
    assert asked(studio)["prompt"] == ahead["prompt"]


def test_a_stopped_engine_is_said_and_nothing_waits(studio, counting, qtbot):
    keep(studio)
    counting.error = EngineStoppedError("The engine stopped.", "Try again.")
    studio.show("Maren woke.")
    studio.do("continue")
    settled(studio, qtbot)
    assert not studio.window.session.running
    assert studio.banners == ["The engine stopped. Try again."]
    assert studio.text == "Maren woke."


def test_stop_while_it_is_counted_asks_for_nothing(studio, counting, qtbot):
    keep(studio)
    studio.show("Maren woke.")
    studio.do("continue")
    studio.do("stop")
    settled(studio, qtbot)
    assert studio.worker.count_of("generate") == 0
    assert not studio.window.session.running


BETWEEN = "The lamp\n\nAnd then the keeper went down to the sea."


@pytest.mark.parametrize(
    ("setting", "fills", "prompt", "suffix"),
    [
        ("off", True, "The lamp", None),
        ("able", False, "The lamp", None),
        ("able", True, "The lamp", "\n\nAnd then the keeper went down to the sea."),
        ("always", True, "The lamp", "\n\nAnd then the keeper went down to the sea."),
        (
            "always",
            False,
            "[What follows later: And then the keeper went down to the sea.]\n\n***\n\nThe lamp",
            None,
        ),
    ],
)
def test_what_follows_the_cursor(make_studio, qtbot, setting, fills, prompt, suffix):
    model = msgspec.structs.replace(MODEL, fills_middle=fills)
    studio = make_studio(model, following_text=setting)
    studio.worker.shared = CountingEngine()
    studio.show(BETWEEN, caret=8)
    studio.do("continue")
    settled(studio, qtbot)
    fields = asked(studio)
    assert (fields["prompt"], fields.get("suffix")) == (prompt, suffix)
    is_sent = suffix is not None or "[What" in prompt
    stop = ("And then the keeper went down to the sea.",)
    assert fields["sampling"].stop == (stop if is_sent else ())


def test_an_instruction_is_given_what_follows_only_where_it_always_is(make_studio, qtbot):
    model = msgspec.structs.replace(MODEL, fills_middle=True)
    for setting, is_sent in (("able", False), ("always", True)):
        studio = make_studio(model, following_text=setting)
        studio.worker.shared = CountingEngine()
        studio.show(BETWEEN, caret=8)
        studio.window.generation._instruct("Describe it.")
        settled(studio, qtbot)
        fields = asked(studio)
        assert "suffix" not in fields
        assert ("[What follows later" in fields["messages"][1].content) is is_sent


def test_a_server_is_counted_by_estimate_and_asked_for_no_count(make_studio, qtbot):
    place = ServerPlace(url="http://127.0.0.1", ip="127.0.0.1", is_here=True, masks=False)
    model = msgspec.structs.replace(MODEL, engine="server", server=place, context=300)
    studio = make_studio(model)
    keep(studio)
    studio.window.sampling.set_sampling(Sampling(max_tokens=50))
    studio.show("Maren woke. " * 100)
    studio.do("continue")
    settled(studio, qtbot)
    prompt = asked(studio)["prompt"]
    assert prompt.startswith("It always rains.")
    assert len(prompt) < 600
