"""Rewrites by a real model: what it answers to each action, and what is left of that.

A script as well: `python -m tests.e2e.rewrite_figures MODEL.gguf [HOW_MANY]` prints a line for each
rewrite and the figures.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.core.changes.compare import applied, compare
from app.core.documents.prompts import DEFAULT_SYSTEM
from app.core.options.load_options import LoadOptions
from app.core.rewrites.asking import sampling_for
from app.core.rewrites.cleaning import clean
from app.core.rewrites.outcome import outcome
from app.core.rewrites.prompts import AskedPassage, asked
from app.core.rewrites.table import REWRITES, Rewrite
from app.engine.client import EngineClient
from app.engine.messages import ChatMessage, Done, Generate, Load

PASSAGES = (
    "The ferry did not sail on Monday because of the storm. Forty passengers slept in the school, "
    "where the baker brought them bread.",
    "She was very afraid. The house was dark and nobody answered when she called.",
    "“We stay,” said the captain. “The sea is too high, and the boy is ill.”",
    "He dont know were she live, but he have her letter in the pocket.",
)
_INSTRUCTIONS = {"tense": "past", "person": "first person", "tone": "calmer", "translate": "French"}


class RealRewrite(msgspec.Struct, frozen=True):
    """One rewrite: what was asked, what came, and what is left of it."""

    action: Rewrite
    passage: str
    raw: str
    text: str
    taken_off: tuple[str, ...]
    outcome: str

    @property
    def is_exact(self) -> bool:
        """Whether its changes give exactly the answer, and none of them the passage."""
        changes = compare(self.passage, self.text)
        return (
            applied(self.passage, changes) == self.text
            and applied(self.passage, ()) == self.passage
        )


def real_rewrites(model: Path, count: int) -> Iterator[RealRewrite]:
    """So many rewrites by the model, one after the other: every action in turn on passage after
    passage, each fourth by examples.
    """
    client = EngineClient()
    try:
        options = LoadOptions(context=2048)
        client.run(
            Load(job=client.next_job(), path=str(model), engine="llama.cpp", options=options),
            lambda _event: None,
        )
        pairs = itertools.islice(itertools.product(PASSAGES, REWRITES), count)
        for number, (passage, action) in enumerate(pairs):
            yield _one(client, passage, action, number)
    finally:
        client.close()


def _one(client: EngineClient, passage: str, action: Rewrite, number: int) -> RealRewrite:
    chat = number % 4 != 3 or not action.examples
    said = AskedPassage(selection=passage, instruction=_INSTRUCTIONS.get(action.id, ""))
    prompt = asked(action, said, chat=chat, system=DEFAULT_SYSTEM)
    sampling = sampling_for(action, passage, 2048)
    turns = ({"role": role, "content": text} for role, text in prompt.turns)
    done = client.run(
        Generate(
            job=client.next_job(),
            prompt=prompt.prompt,
            messages=tuple(msgspec.convert(turn, ChatMessage) for turn in turns),
            sampling=msgspec.structs.replace(sampling, stop=prompt.stop, seed=number),
        ),
        lambda _event: None,
    )
    assert isinstance(done, Done)
    (take,) = done.takes
    found = clean(take.text, passage, "" if chat else action.label)
    return RealRewrite(
        action,
        passage,
        take.text,
        found.text,
        tuple(part.what for part in found.taken_off),
        outcome(action, passage, found.text, take.finish_reason),
    )


def main() -> None:
    """Print each rewrite and the figures."""
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    made = []
    for one in real_rewrites(Path(sys.argv[1]), count):
        made.append(one)
        sys.stdout.write(f"{one.action.id:10} {one.outcome:8} {one.taken_off} {one.text[:90]!r}\n")
        sys.stdout.flush()
    taken = Counter(what for one in made for what in one.taken_off)
    came = Counter(one.outcome for one in made)
    exact = sum(one.is_exact for one in made)
    sys.stdout.write(f"exact {exact} of {len(made)}; {dict(came)}; taken off {dict(taken)}\n")


if __name__ == "__main__":
    main()
