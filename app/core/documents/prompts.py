"""What the model is given to read: the manuscript to continue, or an instruction about it."""

from __future__ import annotations

import msgspec

from app.core.documents.letters import border_after

DEFAULT_SYSTEM = (
    "You are a novelist's second pen. You write prose that fits the manuscript at hand: the same "
    "voice, tense, person and language. You answer with the text itself and nothing around it, "
    "no greeting, no explanation, no headings of your own."
)
"""What an instruct model is told before every instruction, unless the user wrote something else."""

_SPACES = " \t"


class Continuation(msgspec.Struct, frozen=True):
    """A prompt that a model simply continues.

    With `strip_leading_space` the text already ends in a space that was kept off the prompt, so
    the one space that the answer begins with is dropped.
    """

    prompt: str
    strip_leading_space: bool


def continuation(before: str) -> Continuation:
    """The prompt that continues `before`.

    Tokens carry the space before a word with them. A prompt that ends in a space would leave the
    model only the rare tokens that begin a word without one; line ends are no such trouble.
    """
    prompt = before.rstrip(_SPACES)
    return Continuation(prompt, strip_leading_space=len(prompt) < len(before))


def instructed(before: str, instruction: str, system: str = "") -> tuple[tuple[str, str], ...]:
    """The turns, as (role, content), that ask a chat model to follow `instruction`.

    The whole manuscript before the cursor goes in; the engine drops the conversation's head if it
    must, and the instruction comes last so that it stays.
    """
    return (
        ("system", system.strip() or DEFAULT_SYSTEM),
        ("user", _request(before, instruction.strip())),
    )


def _request(before: str, instruction: str) -> str:
    return "".join(asked_of(before, instruction))


def asked_of(before: str, instruction: str) -> tuple[str, str, str]:
    """An instruct model's request: what stands before the manuscript, that, and what follows it.

    The manuscript is empty where there is none, and the instruction stands alone.
    """
    text = before.strip("\n").rstrip(_SPACES)
    if not text:
        return "", "", instruction
    asked = f"\n\nInstruction: {instruction}" if instruction else ""
    last = "Continue directly from its last word. Write only the new text."
    return "This is the manuscript so far:\n\n", text, f"{asked}\n\n{last}"


def latest(before: str, most_bytes: int) -> str:
    """The end of a text that has at most `most_bytes` in UTF-8, all of it where it fits.

    It begins with a paragraph where one begins in its first half, else with a word.
    """
    data = before.encode("utf-8", "surrogatepass")
    if len(data) <= most_bytes:
        return before
    end = data[len(data) - max(0, most_bytes) :].decode("utf-8", "ignore")
    paragraph = end.find("\n") + 1
    if 0 < paragraph <= len(end) // 2:
        return end[paragraph:].lstrip("\n")
    word = end.find(" ") + 1
    if 0 < word <= len(end) // 2:
        return end[word:]
    first = len(before) - len(end)
    return before[border_after(before, first) :]
