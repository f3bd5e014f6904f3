"""Numbers as people read them: bytes, counts, tokens."""

from __future__ import annotations


def size_text(size: int) -> str:
    """Bytes as people say them: 98 MB, 4.7 GB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    mega = size / 1_000_000
    return f"{mega:.0f} MB" if mega < 999.5 else f"{mega / 1000:.1f} GB"


def count_text(count: int) -> str:
    """A number of parameters as people say it: 135M, 7.2B."""
    if count < 1_000_000:
        return f"{count:,}"
    mega = count / 1_000_000
    return f"{mega:.0f}M" if mega < 999.5 else f"{mega / 1000:.1f}B"


def context_text(tokens: int) -> str:
    """A number of tokens as people say it: 8k, 128k."""
    return f"{tokens / 1024:.0f}k" if tokens >= 1024 else str(tokens)


def mib(size: int) -> str:
    """Bytes in a column of MiB."""
    return f"{size / 2**20:>10,.1f} MiB"


def gib(size: int) -> str:
    """Bytes for a sentence."""
    if size < 2**30:
        return f"{size / 2**20:,.0f} MiB"
    return f"{size / 2**30:,.1f} GiB"
