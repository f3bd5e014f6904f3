"""The tables of the store: each version of them as the steps from the one before."""

from __future__ import annotations

from app.core.store.changes.kept_changes import SCHEMA as OPEN_CHANGES
from app.core.store.notes.kept_notes import SCHEMA as NOTES
from app.core.store.provenance.log import SCHEMA as PROVENANCE
from app.core.store.story_memories import SCHEMA as STORY_MEMORY
from app.core.store.takes.kept import AGAIN_SCHEMA as TAKES_AGAIN, SCHEMA as TAKES
from app.core.store.word_log import SCHEMA as WORD_LOG

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE journal (
        id TEXT PRIMARY KEY,
        life TEXT NOT NULL,
        path TEXT NOT NULL,
        changed_at REAL NOT NULL,
        sequence INTEGER NOT NULL,
        saved INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE checkpoint (
        journal TEXT PRIMARY KEY,
        sequence INTEGER NOT NULL,
        text BLOB NOT NULL
    );
    CREATE TABLE edit (
        journal TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        position INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        added BLOB NOT NULL,
        PRIMARY KEY (journal, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE take (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        journal TEXT NOT NULL,
        path TEXT NOT NULL,
        position INTEGER NOT NULL,
        prompt TEXT NOT NULL,
        instruction TEXT NOT NULL,
        text TEXT NOT NULL,
        model TEXT NOT NULL,
        seed INTEGER NOT NULL,
        finish_reason TEXT NOT NULL,
        sampling TEXT NOT NULL,
        settings TEXT NOT NULL,
        created_at REAL NOT NULL
    );
    CREATE INDEX take_by_journal ON take (journal);
    CREATE INDEX take_by_path ON take (path);
    """,
    """
    CREATE TABLE former (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,
        encoding TEXT NOT NULL,
        kept_at REAL NOT NULL,
        data BLOB NOT NULL
    );
    CREATE INDEX former_by_path ON former (path);
    """,
    """
    CREATE TABLE kept_here (document TEXT PRIMARY KEY) WITHOUT ROWID;
    """,
    """
    CREATE TABLE history (
        id TEXT PRIMARY KEY,
        document TEXT NOT NULL UNIQUE,
        parent TEXT NOT NULL,
        forked_at REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE snapshot (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        history TEXT NOT NULL,
        made_at REAL NOT NULL,
        cause TEXT NOT NULL,
        words INTEGER NOT NULL,
        gained INTEGER NOT NULL,
        lost INTEGER NOT NULL,
        digest BLOB NOT NULL,
        base INTEGER,
        listed INTEGER NOT NULL,
        data BLOB NOT NULL
    );
    CREATE INDEX snapshot_by_history ON snapshot (history, made_at);
    """,
    """
    CREATE TABLE own_word (
        document TEXT NOT NULL,
        word TEXT NOT NULL,
        PRIMARY KEY (document, word)
    ) WITHOUT ROWID;
    CREATE TABLE document_language (
        document TEXT PRIMARY KEY,
        language TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    WORD_LOG,
    """
    CREATE TABLE trash (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        path TEXT NOT NULL,
        encoding TEXT NOT NULL,
        mode INTEGER NOT NULL,
        deleted_at REAL NOT NULL,
        last_take INTEGER NOT NULL,
        last_former INTEGER NOT NULL,
        data BLOB NOT NULL
    );
    CREATE TABLE set_aside (
        name TEXT PRIMARY KEY,
        noticed_at REAL NOT NULL,
        is_read INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    OPEN_CHANGES,
    PROVENANCE,
    STORY_MEMORY,
    TAKES,
    TAKES_AGAIN,
    NOTES,
)
"""What leads from one version of the store to the next; only ever added to."""
