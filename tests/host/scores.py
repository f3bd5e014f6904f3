"""The probabilities of a text's tokens, as a test asks an engine for them."""

from __future__ import annotations

from app.engine.messages import Score, TokenDetail
from app.host.interface import Engine, Job


def scored(engine: Engine, text: str, alternatives: int, job: Job) -> tuple[TokenDetail, ...]:
    """Each token's probability after the ones before it."""
    request = Score(job=job.number, text=text, probabilities=alternatives)
    return engine.score(request, job).details
