"""Every word below `lampblack servers` and what it takes."""

from __future__ import annotations

from app.cli.parsing import Words
from app.cli.servers import manage, names, trial


def add_servers(words: Words) -> None:
    """Add `servers` with its own words."""
    servers = words.add_parser("servers", help="the servers that may write instead of this machine")
    inner = servers.add_subparsers(metavar="WORD", required=True)
    for module in (manage, trial, names):
        module.add_words(inner)
