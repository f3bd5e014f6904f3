"""The context view: what it shows is what the engine is given, part by part, with the wait."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.core.context.composition import ComposedPrompt
from app.core.context.entries import LoreEntry, StoryMemory
from app.engine.messages import Count, Counted, Done, Stats, Tokenize, Tokenized
from app.ui.generation.prompt_maker import prompt_fields
from tests.ui.generation.test_prompt_maker import CountingEngine

STORY = StoryMemory(
    "It always rains.",
    "Slow.",
    1,
    (
        LoreEntry("Maren", (), "Keeper of the Lamp."),
        LoreEntry("Lamp", (), "Old."),
        LoreEntry("Skerry", (), "An island."),
    ),
)


class KnowingEngine(CountingEngine):
    """Knows `known` tokens of every prompt, and drops `dropped` of its letters, a token each."""

    known, dropped = 10, 0

    def run(self, command: Any, on_event: Any) -> Any:
        if isinstance(command, Tokenize):
            pieces = tuple(letter.encode() for letter in command.text)
            return Tokenized(job=command.job, ids=tuple(range(len(pieces))), pieces=pieces)
        found = super().run(command, on_event)
        if isinstance(command, Count) and command.seeks:
            found = Counted(job=0, tokens=found.tokens, known=self.known, dropped=self.dropped)
        return found


@pytest.fixture
def engine(studio):
    studio.worker.shared = KnowingEngine()
    return studio.worker.shared


def shown(studio, qtbot):
    dialog = studio.window.manuscript.context.open_view()
    qtbot.waitUntil(lambda: dialog.is_settled)
    return dialog


def rows(dialog):
    role = Qt.ItemDataRole.AccessibleTextRole
    return [dialog.list.item(row).data(role) for row in range(dialog.list.count())]


def sent(studio, qtbot):
    qtbot.waitUntil(lambda: studio.window.generation.prompts.is_idle)
    fields = studio.worker.last("generate")[1]
    return {name: fields[name] for name in ("prompt", "suffix", "messages") if name in fields}


def test_what_is_shown_is_what_the_engine_gets(studio, engine, qtbot):
    studio.window.manuscript.context.change(STORY)
    studio.show("Maren woke.\n\nShe rose.")
    dialog = shown(studio, qtbot)
    prompt = dialog.sent
    assert "".join(part.text for part in dialog.parts) == prompt.prompt
    assert rows(dialog) == [
        "Memory, 5 tokens, always sent",
        "Lore: Maren, 7 tokens, named 1 paragraph above",
        "Lore: Lamp, 3 tokens, named by the entry Maren",
        "Lampblack’s own words, 2 tokens, says where a part begins",
        "The text before the cursor, 4 tokens, what is continued",
        "Author’s note, 6 tokens, 1 paragraph before the cursor",
        "The text before the cursor, 3 tokens, what is continued",
        "Left out: Lore: Skerry, its name does not occur near the cursor",
    ]
    text = dialog.preview.toPlainText()
    for part in dialog.parts:
        assert part.text.strip() in text
    assert "— Lore: Maren —" in text
    dialog.reject()
    studio.do("continue")
    assert sent(studio, qtbot) == prompt_fields(prompt)


def test_an_instruction_that_is_typed_is_shown_and_sent(studio, engine, qtbot):
    studio.window.manuscript.context.change(STORY)
    studio.show("It was late.")
    studio.window.page.write_bar.line.setText("Describe Skerry.")
    dialog = shown(studio, qtbot)
    assert "Lore: Skerry, 5 tokens, named in the instruction" in rows(dialog)
    dialog.reject()
    studio.window.generation._instruct("Describe Skerry.")
    assert sent(studio, qtbot) == prompt_fields(dialog.sent)


def test_without_memory_the_text_alone_is_shown_as_far_as_it_is_read(studio, engine, qtbot):
    studio.show("It rained. " * 10)
    engine.dropped = 20
    dialog = shown(studio, qtbot)
    text = ("It rained. " * 10).rstrip()
    assert dialog.sent == ComposedPrompt(text[20:])
    assert "".join(part.text for part in dialog.parts) == text[20:]
    assert (
        rows(dialog)[-1]
        == "Left out: The text before the cursor, 20 tokens, the beginning has no room"
    )


def test_the_wait_is_foreseen_by_what_was_measured(studio, engine, qtbot):
    studio.show("It rained. " * 100)
    dialog = shown(studio, qtbot)
    assert "How long it reads is known once it has read." in dialog.wait_label.text()
    dialog.reject()
    stats = Stats(prompt_tokens=1000, reused_tokens=0, prefill_s=10.0)
    studio.tell(Done(job=999, stats=stats))
    dialog = shown(studio, qtbot)
    tokens = dialog.parts[0].tokens
    wait = (tokens - 10) * 0.01
    assert f"It knows 10 tokens already, and reads the rest in about {wait:.1f} s" in (
        dialog.wait_label.text()
    )
    dialog.reject()


def test_a_row_brings_its_part_into_sight_and_memory_opens_its_page(studio, engine, qtbot):
    studio.window.manuscript.context.change(STORY)
    studio.show("Maren woke. " * 400)
    dialog = shown(studio, qtbot)
    last = [row.split(",")[0] for row in rows(dialog)].index("The text before the cursor")
    dialog.list.setCurrentRow(last)
    assert dialog.preview.textCursor().block().text() == "— The text before the cursor —"
    dialog._ask_memory()
    page = studio.window.manuscript.context.page
    assert page is not None
    assert page.isVisible()
