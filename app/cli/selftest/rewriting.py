"""What the self-test does with the model at hand: changes, lore in a prompt, and origins."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from app.core.books.provenance import report_on
from app.core.changes.compare import applied, compare
from app.core.changes.marked import marked, unmarked
from app.core.context.composer import compose
from app.core.context.composition import ComposedPrompt, ContextRequest
from app.core.context.entries import LoreEntry, StoryMemory
from app.core.conversion.export import formatted, render, write_export
from app.core.conversion.importing import read_revisions
from app.core.conversion.looks.profiles import PROFILES
from app.core.conversion.markdown_writer import write_markdown
from app.core.errors import DocumentError, LampblackError, StoreError
from app.core.provenance.report import count_of
from app.core.rewrites.cleaning import clean, fitted
from app.core.store import Store
from app.core.text.words import count_words

_TEXT = "The rain came down *all night*. 她数了灯。\n\nNobody was there.\n"
_ANSWER = "The rain fell *all night*. 她又数了一遍灯。\n\nShe waited.\n"
_SAID = f"Sure, here is the text:\n\n{_ANSWER}"
_AUTHOR = "Starter"
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_LORE = (
    LoreEntry("Maren", ("玛伦",), "The keeper of the lamps."),
    LoreEntry("Halvard", (), "Her brother."),
)
_PAGES = "Nobody came. It rained on the quay. " * 60 + "Maren opened the door."
_SIZE, _ROOM = 400, 100  # tokens of a prompt and of what is written, here as many as words


def propose(folder: Path) -> str:
    """Clean an answer, compare it with a text, and keep both in a Word document.

    Raises DocumentError.
    """
    answer = fitted(clean(_SAID, _TEXT).text, _TEXT)
    changes = compare(_TEXT, answer)
    if answer != _ANSWER or applied(_TEXT, changes) != answer or applied(_TEXT, ()) != _TEXT:
        raise DocumentError("The proposed changes do not lead from the text to the answer.")
    authors = [_AUTHOR] * len(changes)
    text = formatted(Path("text.md"), marked(_TEXT, changes, authors))
    path = folder / "Changes 修订.docx"
    looks = replace(PROFILES[0], is_smart=False)
    write_export(path, render(replace(text, authors=(_AUTHOR,)), path.suffix, looks, _MOMENT))
    again = read_revisions(path)
    original, read, _authors = unmarked(write_markdown(again), again.authors)
    if (original, applied(original, read)) != (_TEXT, answer):
        raise DocumentError(f"The changes read from {path.name} are not those that were written.")
    return f"{len(changes)} changes, in a Word document of {path.stat().st_size:,} bytes and back"


def tell_lore() -> str:
    """Make a prompt from a memory, lore and a long text; raises LampblackError."""
    request = ContextRequest(before=_PAGES, size=_SIZE, answer=_ROOM)
    made = compose(StoryMemory("It rains.", "Slow.", 1, _LORE), request, _WordCounter())
    sent = made.prompt.prompt
    if "the lamps" not in sent or "Her brother" in sent or not sent.endswith(_PAGES[-200:]):
        raise LampblackError("The prompt does not hold the lore that is named, and that alone.")
    if made.tokens > _SIZE - _ROOM:
        raise LampblackError(f"The prompt has {made.tokens} tokens, more than there is room for.")
    return f"{len(made.parts)} parts in {made.tokens} of {_SIZE - _ROOM} tokens"


def know_origins(store: Path, document: Path) -> str:
    """Find out what of the manuscript the model wrote; raises StoreError."""
    with closing(Store(store)) as opened:
        report = report_on(document, opened, lambda _model: "")
    written = report.total["generated"]
    if not written or not report.models or not report.total["unknown"]:
        raise StoreError("It is not known which words of the manuscript the model wrote.")
    return f"{written} words of {count_of(report.total)} are the model's"


class _WordCounter:
    """Counts words for tokens."""

    def texts(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """The words of each text."""
        return tuple(count_words(text) for text in texts)

    def whole(self, prompt: ComposedPrompt) -> int:
        """The words of a prompt."""
        return count_words(prompt.prompt)
