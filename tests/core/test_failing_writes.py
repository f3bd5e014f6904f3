"""Every write, fsync, rename, open and removal of an action fails in turn, until the action passes.

Whatever step failed, there is the old state or the new one, nothing lies about, and the next try
works. README.md tells how many steps these are.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.core.conversion.export import formatted, render, write_export
from app.core.conversion.looks.profiles import profile_named
from app.core.documents.text_files import open_document, save_document
from app.core.errors import LampblackError
from app.core.store import Store
from app.core.store.backups import back_up, backups, restore
from app.core.store.database import damage_of
from tests.failing_disk import FailingDisk, failing_disk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the calls are POSIX's")

DAY = date(2026, 11, 28)
OLD, NEW = "It rained on the old pier.\r\n" * 40, "The rain had stopped.\n" * 9


class Action:
    """Something that is done in `folder`; `state` is what is there, which is `old` before it."""

    def __init__(self, folder: Path, disk: FailingDisk) -> None:
        self.folder, self.disk = folder, disk
        folder.mkdir()
        self.prepare()

    def prepare(self) -> None:
        """Make what the action finds."""

    def act(self) -> None:
        """Do it; raises LampblackError where it could not be done."""

    def state(self) -> object:
        """What there is."""

    def close(self) -> None:
        """The end."""

    @property
    def leftovers(self) -> list[str]:
        """What should not be there."""
        names = (path.name for path in self.folder.rglob("*"))
        return [one for one in names if one.startswith(".") or one.endswith((".part", "-journal"))]


class Save(Action):
    def prepare(self) -> None:
        self.path = self.folder / "novel.md"
        self.path.write_bytes(OLD.encode())
        self.document = open_document(self.path)

    def act(self) -> None:
        save_document(self.document, NEW, self.path, snapshots=self.folder / "snapshots")

    def state(self) -> object:
        return self.path.read_bytes()


class Export(Action):
    def prepare(self) -> None:
        self.path = self.folder / "novel.docx"
        self.path.write_bytes(b"an earlier export")
        text = formatted(Path("novel.md"), f"# One\n\n{NEW}")
        moment = datetime(2026, 11, 28, tzinfo=UTC)
        self.data = render(text, ".docx", profile_named("manuscript"), moment)

    def act(self) -> None:
        write_export(self.path, self.data, overwrite=True)

    def state(self) -> object:
        return self.path.read_bytes()


class FirstExport(Export):
    def prepare(self) -> None:
        super().prepare()
        self.path.unlink()

    def state(self) -> object:
        return self.path.read_bytes() if self.path.exists() else None


class StoreAction(Action):
    def prepare(self) -> None:
        self.store = Store(self.folder / "store.sqlite")
        self.store.take_snapshot("/novel.md", OLD, "opened")
        self.store.flush()

    def texts(self) -> list[str]:
        return [self.store.snapshot_text(one.id) for one in self.store.snapshots("/novel.md")]

    def close(self) -> None:
        self.store.close()
        assert damage_of(self.folder / "store.sqlite") == ""


class KeepVersion(StoreAction):
    def act(self) -> None:
        self.store.take_snapshot("/novel.md", NEW, "saved")
        self.store.flush()

    def state(self) -> object:
        return self.texts()


class BackUp(StoreAction):
    def prepare(self) -> None:
        super().prepare()
        self.backups = self.folder / "backups"
        assert back_up(self.folder / "store.sqlite", self.backups, date(2026, 11, 27))

    def act(self) -> None:
        back_up(self.folder / "store.sqlite", self.backups, DAY)

    def state(self) -> object:
        found = backups(self.backups)
        assert all(damage_of(path) == "" for path in found.values())
        return list(found)


class RestoreBackup(BackUp):
    def prepare(self) -> None:
        super().prepare()
        self.store.take_snapshot("/novel.md", NEW, "saved")
        self.store.close()

    def act(self) -> None:
        path = backups(self.backups)["2026-11-27"]
        restore(self.folder / "store.sqlite", path, is_alone=True)

    def state(self) -> object:
        self.store = Store(self.folder / "store.sqlite")
        try:
            return self.texts()
        finally:
            self.store.close()


class DeleteDocument(StoreAction):
    def prepare(self) -> None:
        super().prepare()
        self.path = self.folder / "novel.md"
        self.path.write_bytes(OLD.encode())

    def act(self) -> None:
        self.store.trash.put(self.path)

    def state(self) -> object:
        there = self.path.read_bytes() if self.path.exists() else None
        return there, [self.store.trash.data(one.id) for one in self.store.trash.documents()]


class RestoreDocument(DeleteDocument):
    def prepare(self) -> None:
        super().prepare()
        self.number = self.store.trash.put(self.path)

    def act(self) -> None:
        self.store.trash.restore(self.number)


@contextmanager
def prepared(kind: type[Action], folder: Path, disk: FailingDisk) -> Iterator[Action]:
    action = kind(folder, disk)
    try:
        yield action
    finally:
        action.close()


def passes(action: Action) -> bool:
    try:
        action.act()
    except (LampblackError, SystemError):  # apsw's backup, where a VFS in Python fails twice
        return False
    return True


def steps_of(kind: type[Action], folder: Path, disk: FailingDisk) -> int:
    """Fail at each step in turn; returns how many steps failed before the action passed."""
    with prepared(kind, folder / "whole", disk) as action:
        old = action.state()
        assert passes(action)
        new = action.state()
    assert old != new
    for number in range(1, 1000):
        with prepared(kind, folder / str(number), disk) as action:
            disk.begin(number)
            has_passed = passes(action)
            disk.end()
            state = action.state()
            assert state in (old, new), number
            assert not action.leftovers, number
            if not disk.has_failed:
                assert has_passed
                assert state == new
                return number - 1
            if state == old:
                assert passes(action), number
            assert action.state() == new, number
            assert not action.leftovers, number
    raise AssertionError("it never passes")


LEAST: dict[type[Action], int] = {
    Save: 16,
    Export: 8,
    FirstExport: 7,
    KeepVersion: 7,
    BackUp: 40,
    RestoreBackup: 44,
    DeleteDocument: 9,
    RestoreDocument: 14,
}
"""How many steps at least fail in turn."""


@pytest.mark.parametrize("kind", LEAST, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("code", "stays"),
    [(errno.ENOSPC, False), (errno.ENOSPC, True), (errno.EIO, False)],
    ids=["full once", "full", "broken once"],
)
def test_a_step_that_fails_leaves_the_old_state_or_the_new(
    tmp_path: Path,
    kind: type[Action],
    code: int,
    stays: bool,
) -> None:
    with failing_disk(code, stays=stays) as disk:
        assert steps_of(kind, tmp_path, disk) >= LEAST[kind]
