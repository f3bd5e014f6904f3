"""What the model reads for each action: its instruction, and examples for models without one.

A paragraph of an instruction whose places are all empty is left out. An example's text may end in a
line with its instruction.
"""

from __future__ import annotations

_ONLY = "Answer with the new text alone, in the same language as the passage."
_CONTEXT = "What stands before the passage, only so that you know it; do not repeat it:\n{before}"
_PASSAGE = "The passage:\n{selection}"
_MEMORY = "Keep to these facts:\n{memory}"
_ASIDE = "Write in {language}."


def _change(*asks: str) -> str:
    """An instruction whose answer stands in the passage's place."""
    return "\n\n".join((*asks, _ONLY, _MEMORY, _CONTEXT, _PASSAGE))


def _about(*asks: str) -> str:
    """An instruction whose answer is about the passage."""
    return "\n\n".join((*asks, _ASIDE, _PASSAGE))


PROMPTS = {
    "rewrite": _change(
        "Rewrite the passage below in other words. Keep what it says, its tense, its person and "
        "its tone.",
        "Beyond that: {instruction}",
    ),
    "shorten": _change(
        "Make the passage below shorter, about half as long. Keep everything that matters in it "
        "and its voice."
    ),
    "expand": _change(
        "Make the passage below longer, about twice as long, with more detail of what is already "
        "there. Add no new events and keep its voice."
    ),
    "grammar": _change(
        "Correct the grammar, the spelling and the punctuation of the passage below. Change "
        "nothing else."
    ),
    "tense": _change("Put the passage below into this tense: {instruction}. Change nothing else."),
    "person": _change("Tell the passage below in this person: {instruction}. Change nothing else."),
    "tone": _change("Give the passage below this tone: {instruction}. Keep what it says."),
    "show": _change(
        "Rewrite the passage below so that it shows instead of tells: let actions, speech and "
        "things that can be seen stand for what it names. Keep its tense and person."
    ),
    "senses": _change(
        "Rewrite the passage below with what can be seen, heard, smelled, tasted and touched in "
        "it. Keep its tense and person."
    ),
    "continue": "\n\n".join(
        (
            "Continue the text below in the same voice, tense, person and language, directly from "
            "its last word. Write only the new text.",
            _MEMORY,
            "The text:\n{before}{selection}",
        )
    ),
    "translate": "\n\n".join(
        (
            "Translate the passage below into {instruction}. Keep its paragraphs. Answer with the "
            "translation alone.",
            _PASSAGE,
        )
    ),
    "summarise": _about("Summarise the passage below in a few sentences. Write only the summary."),
    "explain": _about("Explain the passage below to its writer: what it says and how it works."),
    "title": _about("Give the passage below a title of at most eight words. Write only the title."),
    "outline": _about(
        "Write an outline of the passage below: one line for each step of it, in order, each with "
        "a dash before it."
    ),
    "questions": _about(
        "Write the questions that an attentive reader of the passage below would ask, at most "
        "five, each on a line of its own."
    ),
}
"""The instructions by the actions' names."""

_RAIN = "It was raining when she came to the house. She was afraid because nobody was there."
_SHIP = "The captain looked at the sea for a long time and then gave the order to turn back."

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "rewrite": (
        (_SHIP, "Long did the captain watch the water before he had the ship turned around."),
        (_RAIN, "Rain fell as she reached the house, and its emptiness frightened her."),
    ),
    "shorten": (
        (
            "It is with great pleasure that I am able to tell you that your parcel has arrived "
            "here with us this morning.",
            "Your parcel arrived this morning.",
        ),
        (_SHIP, "After a long look at the sea the captain turned back."),
    ),
    "expand": (
        (
            "She closed the window.",
            "She put both hands on the cold frame of the window, waited for the wind to let go "
            "of it, and closed it.",
        ),
        (
            "The train was late.",
            "The train was late again, and along the platform people looked from the clock to "
            "the empty rails and back.",
        ),
    ),
    "grammar": (
        ("He dont know were she live.", "He doesn't know where she lives."),
        ("The childs was playing in garden", "The children were playing in the garden."),
    ),
    "tense": (
        ("She opens the door and sees him.\nInstruction: past", "She opened the door and saw him."),
        ("They went home early.\nInstruction: present", "They go home early."),
    ),
    "person": (
        ("I took my coat and left.\nInstruction: she", "She took her coat and left."),
        ("He saw his brother.\nInstruction: first person", "I saw my brother."),
    ),
    "tone": (
        ("Give me the book.\nInstruction: polite", "Would you please give me the book?"),
        ("The evening was over.\nInstruction: sad", "The evening was gone, as all of them go."),
    ),
    "show": (
        ("He was nervous.", "He turned the ring on his finger and looked at the door again."),
        ("It was very cold.", "Their breath hung in the air, and the pump had frozen shut."),
    ),
    "senses": (
        (
            "They sat in the kitchen.",
            "They sat in the kitchen, in the smell of burnt milk, while the clock ticked and the "
            "bench was rough under their hands.",
        ),
        (
            "She went down to the harbour.",
            "She went down to the harbour, where ropes creaked, gulls screamed and the air "
            "tasted of salt and tar.",
        ),
    ),
    "summarise": (
        (
            "The ferry did not sail on Monday because of the storm. Forty passengers slept in the "
            "school, where the baker brought them bread. On Tuesday the sea was calm again.",
            "A storm kept forty passengers on shore for a night.",
        ),
        (
            "The library will close for a month. Its roof leaks, and the books in the east wing "
            "have to be moved before the builders come.",
            "The library closes for a month while its roof is mended.",
        ),
    ),
    "title": (
        (_SHIP, "The Order to Turn Back"),
        (_RAIN, "The Empty House"),
    ),
    "questions": (
        (_RAIN, "Why did she come to the house? Who did she think would be there?"),
        (_SHIP, "What did the captain see? Why did he turn back?"),
    ),
}
"""Pairs of a text and its answer, for models that only go on with text."""

LABELS = {
    "shorten": "Shorter",
    "expand": "Longer",
    "grammar": "Corrected",
    "show": "Shown",
    "senses": "With the senses",
    "summarise": "Summary",
    "title": "Title",
    "questions": "Questions",
}
"""What stands before the answer in the examples; the others have "New text" there."""
