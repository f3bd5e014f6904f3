"""The store as the rest of the program sees it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import apsw

from app.core.errors import StoreError
from app.core.store import snapshots
from app.core.store.backups import Repair
from app.core.store.batch_thread import BatchThread, T
from app.core.store.changes.kept_changes import KeptChanges
from app.core.store.database import Database
from app.core.store.instances import LIVE, InstanceLock, is_running
from app.core.store.journal import Journal, forget, kept_text
from app.core.store.notes.kept_notes import KeptNotes
from app.core.store.open_documents import OpenDocuments
from app.core.store.own_words import OwnWords
from app.core.store.provenance.log import ProvenanceLog
from app.core.store.records import (
    COLUMNS,
    SELECT,
    FormerFile,
    Recovery,
    TakeRecord,
    document_name,
    insert_take,
    storable,
)
from app.core.store.snapshots import Cause, DocumentHistory, Snapshot
from app.core.store.story_memories import StoryMemories, carry_all, hand_over
from app.core.store.takes.kept import KeptTakes
from app.core.store.takes.places import TakePlaces
from app.core.store.trash import Trash
from app.core.store.word_log import WordLog
from app.core.system.databases import DataKey


class Store:
    """Takes for ever, and journals of open documents; positions count UTF-16 code units.

    `edit` and its like return at once; a thread writes them within 0.3 s. Nothing here raises for
    a disk that fails: the writer can go on, and `problems` (and `on_problem`, called on the
    store's thread) say so in sentences.
    """

    def __init__(
        self,
        path: Path,
        *,
        on_problem: Callable[[str], None] | None = None,
        key: DataKey | None = None,
    ) -> None:
        self._problems: list[str] = []
        self.on_problem = on_problem
        self._instances = path.parent / LIVE
        self._instance_lock: InstanceLock | None = None
        self._instance_id = os.urandom(16).hex()
        self._lock_instance()
        self.open_documents = OpenDocuments(self._instances, self._instance_lock)
        self._database = Database(path, self._report, key)
        self._thread = BatchThread(self._database)
        self.trash = Trash(self._run, self._write)
        """The documents that were deleted."""
        self.repair = Repair(self._run, self._thread, self._database, self._instance_id)
        """Damaged stores, and putting a backup in the place of this one."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong so far; complete for everything before the last `flush`."""
        return tuple(self._problems)

    def close(self) -> None:
        """Write what is left and end; journals that were not ended can be recovered."""
        self._thread.close()
        if self._instance_lock is not None:
            self._instance_lock.end()

    @property
    def instance(self) -> str:
        """The id of this program among those that use the store."""
        return self._instance_id

    def exclusively(self, work: Callable[[], DataKey | None]) -> None:
        """Do `work` on the store's thread while the file is closed; it returns the key from now on.

        What it raises is raised here, and the former key stays.
        """
        self._thread.call(lambda: self._database.reopen(work), None)

    def suspend(self) -> None:
        """Write what is left, close the file and forget its key; all that comes waits."""
        self._thread.call(lambda: self._database.reopen(lambda: None, is_on=False), None)

    def resume(self, key: DataKey | None) -> None:
        """Open the file again and write what waited."""
        self._thread.put(lambda: self._database.reopen(lambda: key))

    def begin(self, path: str, text: str) -> str:
        """Begin the journal of an open document and return its id.

        `text` is what the file at `path` holds. With an empty path (an untitled document) a text
        counts as unsaved from the start.
        """
        journal = os.urandom(16).hex()
        self._thread.put(
            lambda: self._database.add(Journal(journal, self._instance_id, storable(path), text))
        )
        return journal

    def edit(self, journal: str, position: int, removed: int, added: str) -> None:
        """At `position`, `removed` code units were replaced by `added`."""
        self._thread.put(partial(self._database.edit, journal, position, removed, added))

    def saved(self, journal: str, path: str) -> None:
        """The present text is saved in the file at `path`."""
        self._change(journal, lambda one: one.mark_saved(storable(path)))

    def unsaved(self, journal: str) -> None:
        """The present text is in no file any more: another program replaced or deleted it."""
        self._change(journal, Journal.mark_unsaved)

    def moved(self, journal: str, path: str) -> None:
        """The document's file was moved to `path`."""
        self._change(journal, lambda one: one.move(storable(path)))

    def end(self, journal: str) -> None:
        """The document was closed on purpose: nothing of it needs to be recovered."""
        self._thread.put(partial(self._database.forget, journal))
        self._write(partial(forget, journal=journal))  # what was kept beside it waits until then

    def flush(self) -> None:
        """Wait until everything is on disk, or has been reported as a problem."""
        self._thread.call(lambda: None, None)

    def is_safe(self) -> bool:
        """Write what is left; whether every edit up to now is on the disk."""
        return self._thread.call(lambda: not self._database.is_failing, False)

    def recoverable(self) -> tuple[Recovery, ...]:
        """The unsaved texts of programs that have ended, the latest first."""
        return self._run(self._recoveries, ())

    def discard(self, journal: str, now: str = "") -> None:
        """Forget a text that was offered for recovery; it is the document `now`, if any."""
        to = document_name(now) if now else ""
        self._write(partial(hand_over, journal=journal, to=to))

    def add_take(self, take: TakeRecord) -> int:
        """Keep a take for ever, at once; returns its id, or 0 when the disk refuses."""
        return self._run(partial(insert_take, take=take), 0)

    def takes(self, journal: str) -> tuple[TakeRecord, ...]:
        """The takes of one journal, the oldest first."""
        return self._select("WHERE journal = ? ORDER BY id", journal)

    def takes_of(self, path: str) -> tuple[TakeRecord, ...]:
        """The takes of every journal of the document at `path`, the oldest first."""
        return self._select("WHERE path = ? ORDER BY id", storable(path))

    def takes_after(self, number: int, most: int) -> tuple[TakeRecord, ...]:
        """The first `most` takes of any document with a higher number, the oldest first."""
        return self._select(f"WHERE id > ? ORDER BY id LIMIT {int(most)}", number)

    def newest_take(self) -> int:
        """The highest number of a take; 0 for none, or where the disk refuses."""

        def work(connection: apsw.Connection) -> int:
            row: Any = connection.execute("SELECT max(id) FROM take").fetchone()
            return row[0] or 0

        return self._run(work, 0)

    def keep_former(self, path: str, encoding: str, data: bytes) -> bool:
        """Keep a file's bytes for ever before its encoding changes; False when the disk refuses."""

        def work(connection: apsw.Connection) -> bool:
            connection.execute(
                "INSERT INTO former (path, encoding, kept_at, data) VALUES (?, ?, ?, ?)",
                (storable(path), encoding, time.time(), data),
            )
            return True

        return self._run(work, False)

    def former_files(self, path: str) -> tuple[FormerFile, ...]:
        """What the file at `path` held before its encoding was changed, the latest first."""

        def work(connection: apsw.Connection) -> tuple[FormerFile, ...]:
            found: Iterable[Any] = connection.execute(
                "SELECT encoding, kept_at, data FROM former WHERE path = ? ORDER BY id DESC",
                (storable(path),),
            )
            return tuple(FormerFile(encoding=e, kept_at=at, data=data) for e, at, data in found)

        return self._run(work, ())

    def keep_here(self, *documents: str, is_on: bool = True) -> bool:
        """Mark documents as never to go to another machine, or take the mark off.

        A document is the path of its file or, as long as it has none, the id of its journal, with
        which the mark goes. False when the disk refuses.
        """
        statement = (
            "INSERT OR IGNORE INTO kept_here VALUES (?)"
            if is_on
            else "DELETE FROM kept_here WHERE document = ?"
        )

        def work(connection: apsw.Connection) -> bool:
            connection.executemany(statement, [(document_name(one),) for one in documents])
            return True

        return self._run(work, False)

    def is_kept_here(self, *documents: str) -> bool:
        """Whether one of these is marked; also where the disk refuses to say, which is told."""

        def work(connection: apsw.Connection) -> bool:
            found = "SELECT count(*) FROM kept_here WHERE document = ?"
            rows: Any = [
                connection.execute(found, (document_name(one),)).fetchone() for one in documents
            ]
            return any(count for (count,) in rows)

        # A file's mark is written at once: a text that was just opened need not be written before.
        at_once = all(map(os.path.isabs, documents))
        return self._thread.call(lambda: self._database.run(work, True), True, at_once=at_once)

    @cached_property
    def word_log(self) -> WordLog:
        """The words of each day, and the goals."""
        return WordLog(self._run, self._write, document_name)

    @cached_property
    def kept_changes(self) -> KeptChanges:
        """The changes of documents that are neither accepted nor rejected yet."""
        return KeptChanges(self._run, self._write, document_name)

    @cached_property
    def kept_takes(self) -> KeptTakes:
        """The takes with all that is kept of them."""
        return KeptTakes(self._run)

    @cached_property
    def take_places(self) -> TakePlaces:
        """The places in documents that takes were written for."""
        return TakePlaces(self._run, self._write, document_name)

    @cached_property
    def kept_notes(self) -> KeptNotes:
        """The notes of documents."""
        return KeptNotes(self._run, self._write, document_name)

    @cached_property
    def own_words(self) -> OwnWords:
        """The writer's own words, and the languages of documents."""
        return OwnWords(self._run, document_name)

    @cached_property
    def provenance(self) -> ProvenanceLog:
        """Where the parts of documents came from."""
        return ProvenanceLog(self._run, self._write, document_name)

    @cached_property
    def story_memories(self) -> StoryMemories:
        """What is kept for the model beside documents and books."""
        return StoryMemories(self._run, self._write, document_name)

    def take_snapshot(self, document: str, text: str, cause: Cause) -> None:
        """Keep `text` as a version of the document, unless the last one is equal; returns at once.

        A document is the path of its file or, as long as it has none, the id of its journal.
        Older versions are thinned. Where the disk refuses, it is kept as soon as that works.
        """
        name, at = document_name(document), time.time()
        self._thread.put(
            lambda: self._database.write(
                lambda connection: snapshots.take(connection, name, text, cause, at),
                version_of=name,
                size=len(text),
            )
        )

    def keep_snapshot(self, document: str, text: str, cause: Cause) -> bool:
        """Keep `text` as a version for ever; once this returns True, it is on the disk.

        `cause` is one that thinning leaves alone. False where the disk refuses.
        """
        name, at = document_name(document), time.time()
        return self._run(
            lambda connection: snapshots.keep(connection, name, text, cause, at), False
        )

    def rename_history(self, document: str, to: str) -> None:
        """The document is `to` from now on with all that is kept, unless that has versions."""
        one, other = document_name(document), document_name(to)

        def work(connection: apsw.Connection) -> None:
            snapshots.rename(connection, one, other)
            carry_all(connection, one, other)

        self._write(work)

    def copy_history(self, document: str, to: str) -> None:
        """`to` is a copy of the document from now on, and its past is the document's."""
        one, other, at = document_name(document), document_name(to), time.time()

        def work(connection: apsw.Connection) -> None:
            snapshots.fork(connection, one, other, at)
            carry_all(connection, one, other)

        self._write(work)

    def has_history(self, document: str) -> bool:
        """Whether any version of the document is kept under this name."""
        name = document_name(document)
        return self._run(lambda connection: bool(snapshots.history_of(connection, name)), False)

    def snapshots(self, document: str) -> tuple[Snapshot, ...]:
        """The versions of a document that are kept, the oldest first."""
        name = document_name(document)
        return self._run(lambda connection: snapshots.snapshots_of(connection, name), ())

    def snapshot_text(self, number: int) -> str:
        """The text of a version; raises StoreError where it is gone or damaged."""
        text = self._run(lambda connection: snapshots.text_of(connection, number), None)
        if text is None:
            raise StoreError(
                f"Version {number} cannot be read: it is not in the store, or damaged.",
                "Take the version before or after it.",
            )
        return text

    def histories(self) -> tuple[DocumentHistory, ...]:
        """Every document with versions, the one changed last first."""
        return self._run(snapshots.histories, ())

    def last_version(self, document: str) -> str:
        """The text of the newest version of a document; empty where there is none."""
        name = document_name(document)
        return self._run(lambda connection: snapshots.last_text(connection, name), "")

    def _change(self, journal: str, work: Callable[[Journal], None]) -> None:
        self._thread.put(lambda: self._database.change(journal, work))

    def _write(self, work: Callable[[apsw.Connection], object]) -> None:
        """Have `work` done soon, and again until the disk takes it."""
        self._thread.put(lambda: self._database.write(work))

    def _run(self, work: Callable[[apsw.Connection], T], otherwise: T) -> T:
        """Write what came before, then do `work`; `otherwise` where the disk refuses."""
        return self._thread.call(lambda: self._database.run(work, otherwise), otherwise)

    def _select(self, where: str, value: str | int) -> tuple[TakeRecord, ...]:
        def work(connection: apsw.Connection) -> tuple[TakeRecord, ...]:
            found: Iterable[Any] = connection.execute(f"{SELECT} {where}", (value,))
            return tuple(TakeRecord(**dict(zip(COLUMNS, row, strict=True))) for row in found)

        return self._run(work, ())

    def _recoveries(self, connection: apsw.Connection) -> tuple[Recovery, ...]:
        rows: list[Any] = connection.execute(
            "SELECT id, life, path, changed_at, sequence > saved FROM journal "
            "ORDER BY changed_at DESC"
        ).fetchall()
        others = {row[1] for row in rows} - {self._instance_id}
        ended = {one for one in others if not is_running(self._instances, one)}
        found = []
        for journal, instance, path, changed_at, unsaved in rows:
            if instance not in ended:
                continue
            if unsaved:
                text = kept_text(connection, journal)
                found.append(Recovery(id=journal, path=path, text=text, changed_at=changed_at))
            else:
                forget(connection, journal)
        return tuple(found)

    def _lock_instance(self) -> None:
        try:
            self._instance_lock = InstanceLock(self._instances)
            self._instance_id = self._instance_lock.id
        except OSError as error:
            self._report(
                f"{self._instances} cannot be written ({error.strerror or error}), so a second "
                "window may offer to recover a text that is open here."
            )

    def _report(self, problem: str) -> None:
        self._problems.append(problem)
        if self.on_problem is not None:
            self.on_problem(problem)
