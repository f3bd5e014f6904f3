"""Goals about how soon a text begins: cold, retried, after a pause, reopened, and as foreseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import fmean
from time import monotonic, sleep

import msgspec

from app.benchmark.decode_speed import bare_sample
from app.benchmark.goal import Experiment, Values
from app.benchmark.report import BARE
from app.benchmark.session import SENTENCES, GoalSession, passage, sized_options
from app.core.context.reading_pace import ReadingPace
from app.core.errors import NotMeasuredError
from app.core.options.load_options import LoadOptions

_SAVING_S = 30.0
_LOOK_S = 0.25
_LETTERS = 4  # of a token, about


def cold_prompt(session: GoalSession) -> Experiment:
    """Goal 4: a prompt that is in no cache, up to its first token, beside bare reading."""
    tokens = session.sizes.prompt
    pair = session.pair(sized_options(2 * tokens))
    prompts = (pair.prompt(tokens, number) for number in count())
    prompt = next(prompts)

    def ours() -> Values:
        nonlocal prompt
        prompt = next(prompts)
        return {"ours": pair.ours.write(prompt, pair.ours.greedy(1)).cold()}

    samples = {
        "ours": ours,
        "reading": lambda: {"reading": pair.bare.read(prompt)},
        "bare": bare_sample(pair, prompt),
    }
    return Experiment(samples, lambda taken: {"speed": taken["reading"] / taken["ours"]})


def beginning_again(session: GoalSession) -> Experiment:
    """Goal 5: another take of a known prompt, and a new sentence that was read in a pause."""
    sizes = session.sizes
    pair = session.pair(sized_options(2 * sizes.prompt))
    prompt = pair.prompt(sizes.prompt)
    seeds = count(1)
    appended = (prompt + " " + _said(number) for number in count())
    pair.ours.write(prompt, pair.ours.drawn(2, next(seeds)))

    def retry() -> Values:
        return {"retry": pair.ours.write(prompt, pair.ours.drawn(2, next(seeds))).first}

    def after_pause() -> Values:
        longer = next(appended)
        pair.ours.read_for(longer, sizes.pause)
        return {"after_pause": pair.ours.write(longer, pair.ours.drawn(2, next(seeds))).first}

    def values(taken: Values) -> Values:
        return {name: taken[name] / taken[BARE] for name in ("retry", "after_pause")}

    bare = bare_sample(pair, prompt)
    return Experiment({"retry": retry, "bare": bare, "after pause": after_pause}, values)


def _said(number: int) -> str:
    """A sentence that was not appended before."""
    return f"“{number + 2},” she said. {SENTENCES[number % len(SENTENCES)]}"


def reopened(session: GoalSession) -> Experiment:
    """Goal 6: a document of an earlier host, its state on the disk, beside cold reading."""
    tokens = session.sizes.long
    pair = session.pair(sized_options(tokens + 128))
    options = msgspec.structs.replace(
        sized_options(tokens + 128, keep_prompts=True),
        # the same in every host, also where the first found the machine too busy to choose
        flash_attention="on" if pair.ours.settings.flash_attention else "off",
    )
    document = pair.prompt(tokens)
    kept = session.folder / "kept"
    _save(session, options, kept, document)
    others = (pair.prompt(tokens, number) for number in count(1))

    def cold() -> Values:
        return {"cold": pair.ours.write(next(others), pair.ours.greedy(1)).cold()}

    def reopen() -> Values:
        host = session.ours(options, cache=kept)
        try:
            text = host.write(document, host.greedy(1))
        finally:
            host.close()
        return {"reopened": text.first}

    samples = {
        "cold": cold,
        "reopened": reopen,
        "bare": bare_sample(pair, pair.prompt(64)),
    }
    return Experiment(samples, lambda taken: {"share": taken["reopened"] / taken["cold"]})


def _save(session: GoalSession, options: LoadOptions, folder: Path, document: str) -> None:
    """Read the document in a host, and wait until it has saved the state."""
    host = session.ours(options, cache=folder)
    try:
        host.write(document, host.greedy(1))
        _until_saved(folder / "prompts")
    finally:
        host.close()


def _until_saved(
    folder: Path,
    *,
    clock: Callable[[], float] = monotonic,
    pause: Callable[[float], None] = sleep,
) -> None:
    """Wait until the folder has content that no longer grows."""
    deadline, before = clock() + _SAVING_S, 0
    while clock() < deadline:
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if size and size == before:
            return
        before = size
        pause(_LOOK_S)
    raise NotMeasuredError("The host saved no state of the document.")


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
