"""What a draft model is loaded with beside the model that it guesses for, and how it is built."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from app.core.errors import LampblackError
from app.core.memory_fit.layout import Engine, Layout, layout
from app.core.options.load_options import LoadOptions

CONTEXT = 2048
"""How many tokens a draft model sees at once: it follows the end of the text only."""

PADDING = 512
"""How many tokens one model of a family may have more than another, none of them used."""


def draft_options(options: LoadOptions) -> LoadOptions:
    """The options of a draft model beside a model that is loaded with `options`."""
    context = min(CONTEXT, options.context) if options.context else CONTEXT
    return replace(options, context=context, kv_type="f16", draft="", drafts="off")


def draft_layout(options: LoadOptions, larger: Layout) -> Layout | None:
    """The layout of the options' draft model, run by the engine of the `larger` one.

    None without one that can be read, and for one of another vocabulary, which is not used.
    """
    if not options.draft or options.drafts == "off":
        return None
    path = Path(options.draft)
    try:
        changed = path.stat().st_mtime_ns
    except (OSError, ValueError):
        return None
    found = _layout(path, changed, larger.engine)
    if found is None or abs(found.vocabulary - larger.vocabulary) > PADDING:
        return None
    return found


@lru_cache(maxsize=4)
def _layout(path: Path, changed: int, engine: Engine) -> Layout | None:
    """Read once, as long as the file stays the same."""
    del changed
    try:
        found = layout(path, engine)
    except (LampblackError, OSError):
        return None
    return found if found.engine == engine else None
