"""Asking an engine, or a host in this process, as a test does."""

from __future__ import annotations

from app.engine.messages import JobCommand, Score, TokenDetail
from app.host.channel import Inbox
from app.host.interface import Engine, Job
from app.host.main import Host


def scored(engine: Engine, text: str, alternatives: int, job: Job) -> tuple[TokenDetail, ...]:
    """Each token's probability after the ones before it."""
    request = Score(job=job.number, text=text, probabilities=alternatives)
    return engine.score(request, job).details


def serve(host: Host, inbox: Inbox, *commands: JobCommand) -> None:
    """Do commands that come at the same moment, to their ends."""
    for command in commands:
        inbox._take(command)
    host.turn()
    while host.is_busy:
        host.turn()
