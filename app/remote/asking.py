"""What a server is asked beside writing: tokens and how likely texts are, with what is masked."""

from __future__ import annotations

from app.core.errors import UnsupportedError
from app.engine.messages import (
    Count,
    Counted,
    Detokenize,
    Detokenized,
    Finished,
    JobCommand,
    Score,
    ScoreChoices,
    Tokenize,
    Tokenized,
)
from app.remote.connections import OpenLine
from app.remote.hiding import Hiding
from app.remote.judging import Judge
from app.remote.tokens import Asker, pieces_of


def answered(command: JobCommand, asker: Asker, hiding: Hiding, line: OpenLine) -> Finished:
    """The answer to a command that writes nothing.

    Raises UnsupportedError, with the reason, for what the server cannot do, and ServerError.
    """
    abilities = asker.abilities
    if isinstance(command, Count):
        return _counted(hiding.again().counted(command), asker)
    if isinstance(command, Tokenize):
        abilities.check("tokenize")
        return _tokenized(command, asker, hiding)
    if isinstance(command, Detokenize):
        abilities.check("tokenize")
        return _detokenized(command, asker, hiding)
    if isinstance(command, Score):
        abilities.check("score")
        return Judge(asker, line).score(hiding.scored(command))
    if isinstance(command, ScoreChoices):
        abilities.check("score")
        return Judge(asker, line).choose(hiding.again().choices(command))
    raise UnsupportedError(
        f"A server cannot do this ({type(command).__name__}).", "Use a model on this machine."
    )


def _counted(command: Count, asker: Asker) -> Counted:
    if command.texts or command.suffix is not None:
        raise UnsupportedError("A server counts one text at a time, and none between two others.")
    asker.abilities.check("chat count" if command.messages else "count")
    if command.messages:
        tokens = asker.count_chat(command.messages)
    else:
        tokens = asker.count(command.prompt, special=command.special)
    return Counted(job=command.job, tokens=tokens)


def _tokenized(command: Tokenize, asker: Asker, hiding: Hiding) -> Tokenized:
    text = hiding.text(command.text)
    ids, pieces = asker.tokenize(text, special=command.special, begins=command.begins)
    hiding.learn(ids, pieces)
    shown = pieces_of(text, pieces)
    hiding.is_spaced = hiding.is_spaced or shown != pieces
    pieces = shown
    if text != command.text:
        pieces = hiding.put_back(pieces)
    return Tokenized(job=command.job, ids=ids, pieces=pieces)


def _detokenized(command: Detokenize, asker: Asker, hiding: Hiding) -> Detokenized:
    if hiding.masker is not None and (known := hiding.known_text(command.ids)) is not None:
        known = known.removeprefix(" ") if hiding.is_spaced else known
        return Detokenized(job=command.job, text=hiding.shown(known))
    hiding.check_numbers(command.ids)
    text = asker.detokenize(command.ids)
    return Detokenized(job=command.job, text=hiding.shown(text))
