"""The goal about the wait that the context view tells: foreseen, then measured."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from statistics import fmean

from app.benchmark.goal import Experiment, Values
from app.benchmark.session import GoalSession, passage, sized_options
from app.core.context.reading_pace import ReadingPace

_LETTERS = 4  # of a token, about


def foreseen(session: GoalSession) -> Experiment:
    """Goal 19: new texts of several lengths, and known ones with something new at their end.

    The pace is learnt as in the window, from what was read before; the first two texts only teach.
    """
    sizes = session.sizes
    ours = session.ours(sized_options(2 * sizes.long))
    pace = ReadingPace()
    numbers = count()

    def error(text: str) -> float:
        """How far off the wait for a text is, as a share of what it then takes."""
        tokens, known = ours.known(text)
        foreseen = pace.wait(tokens, known)
        stats = ours.write(text, ours.greedy(1)).done.stats
        pace.learn(stats.prompt_tokens, stats.reused_tokens, stats.prefill_s)
        return abs(foreseen / stats.prefill_s - 1) if foreseen is not None else 0.0

    def texts() -> Iterator[str]:
        for tokens in (sizes.prompt // 2, sizes.prompt, sizes.long):
            number = next(numbers)
            text = passage(number, tokens * _LETTERS)
            yield text
            yield text + " " + passage(number + 7, sizes.prompt // 2 * _LETTERS)

    def waits() -> Values:
        errors = [error(text) for text in texts()]
        return {"mean": fmean(errors), "worst": max(errors)}

    for tokens in (sizes.prompt, sizes.long):
        error(passage(next(numbers), tokens * _LETTERS))
    return Experiment({"waits": waits}, dict)
