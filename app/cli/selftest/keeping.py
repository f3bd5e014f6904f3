"""What the self-test does without a window: other formats and back, and a backup of the store."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from app.core.conversion.export import formatted, render, titled, write_export
from app.core.conversion.importing import read_import
from app.core.conversion.looks.profiles import PROFILES
from app.core.conversion.markdown_writer import write_markdown
from app.core.errors import DocumentError, StoreError
from app.core.store import Store, damage_of
from app.core.store.backups import back_up, restore

TOLD = "Her name was Zorblax, and nobody knew where she had come from."
BESIDE = "It had rained for three days, and the road to the mill was under water."
NAMED = "Everybody in the village knew her name: Zorblax."
HIDDEN = "for the writer alone 只给作者看"
"""What stands in a comment, which neither a model nor a reader sees."""

_TEXT = f"""# 第一章 The Lamp

The keeper *opened* the **door**. 他走进去。

%% {HIDDEN} %%

- a lamp
- a book

> It is late.[^1]

[^1]: A note.
"""
_FORMATS = (".docx", ".odt", ".epub", ".html")
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def convert(folder: Path) -> str:
    """Write a text in every format, read each again, and compare; raises DocumentError."""
    source = formatted(Path("text.md"), _TEXT)
    wanted = write_markdown(source)
    if HIDDEN in wanted:
        raise DocumentError("A comment stands in an exported text.")
    told = []
    for suffix in _FORMATS:
        path = folder / f"An export 导出{suffix}"
        text = titled(source, "The Lamp", "A writer", "en")
        write_export(path, render(text, suffix, PROFILES[0], _MOMENT))
        if write_markdown(read_import(path)) != wanted:
            raise DocumentError(f"The text read from {path.name} is not the one that was written.")
        told.append(f"{suffix[1:]} {path.stat().st_size:,}")
    return f"{', '.join(told)} bytes, each read again"


def keep_backup(store: Path, folder: Path, document: str) -> str:
    """Back a store up, and put it in an empty place; raises StoreError where that is another."""
    back_up(store, folder, _MOMENT.date())
    (backup,) = folder.iterdir()
    again = folder / "restored" / store.name
    again.parent.mkdir()
    restore(again, backup)
    if damage := damage_of(again):
        raise StoreError(f"The restored store is damaged: {damage.rstrip('.')}.")
    found = []
    for path in (store, again):
        with closing(Store(path)) as opened:
            versions = opened.snapshots(document)
            texts = [opened.snapshot_text(one.id) for one in versions]
            found.append((opened.takes_of(document), versions, texts))
    if found[0] != found[1] or not all(found[0]):
        raise StoreError("The restored store does not hold what the store does.")
    return f"{len(found[0][0])} takes and {len(found[0][1])} versions came back"
