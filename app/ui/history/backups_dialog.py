"""The dialog of the store's backups: what is in each, and putting one in the store's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from app.core.errors import LampblackError
from app.core.store.backups import BackupContents
from app.ui.background import BackgroundTasks
from app.ui.numbers import data_size_text, number_text
from app.ui.sentences import told
from app.ui.texts import moment_text
from app.ui.widgets.two_line_list import TextListDialog


class BackupsDialog(TextListDialog):
    """Lists backups, the newest first, and tells what is in the selected one.

    `read` and `restore` are called in the background; the second returns where the former store is
    kept. `restored` is emitted when a backup was restored.
    """

    restored = Signal()

    def __init__(
        self,
        backups: Sequence[Path],
        read: Callable[[Path], BackupContents],
        restore: Callable[[Path], Path | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._read, self._do_restore = read, restore
        self._asked, self._is_good, self._is_busy = 0, False, False
        self._background = BackgroundTasks(lambda _error: None, self)
        self.setWindowTitle(self.tr("Backups of the Store"))
        self.list.setAccessibleName(self.tr("Backups"))
        self.preview.setAccessibleName(self.tr("What is in it"))
        self.restore = self.add_button(self.tr("Restore"), "primary")
        self.restore.clicked.connect(self._restore)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.finished.connect(lambda _result: self._background.close())
        none = self.tr(
            "There is no backup yet. One is made every day that Lampblack is open; ten are kept."
        )
        some = self.tr(
            "Each day the store of takes, versions and unsaved texts is backed up. Restoring "
            "brings back all that is in a backup. What came since stays as well: unsaved texts, "
            "takes, versions and the trash. The store as it is now is kept beside it as a file. "
            "Your own files are not touched."
        )
        self.intro.setText(some if backups else none)
        self.halves.setVisible(bool(backups))
        self.restore.setVisible(bool(backups))
        self.restore.setEnabled(False)
        self.resize(760, 480) if backups else self.resize(520, 140)
        self.fill((self._lines(one), one) for one in backups)

    def _lines(self, backup: Path) -> str:
        """When it was made; then its size."""
        found = backup.stat()
        return f"{moment_text(found.st_mtime)}\n{data_size_text(found.st_size)}"

    def _show_current(self) -> None:
        backup: Path | None = self.current()
        if self._is_busy or backup is None:
            return
        self._asked += 1
        self._is_good = False
        self.restore.setEnabled(False)
        self.preview.setPlainText(self.tr("Reading the backup…"))
        self._background.run(
            partial(self._read, backup),
            partial(self._show, self._asked),
            partial(self._fail, self._asked),
        )

    def _show(self, asked: int, contents: BackupContents) -> None:
        if asked != self._asked:
            return
        documents = self.tr("{0} documents with versions", "", contents.documents)
        versions = self.tr("{0} versions", "", contents.versions)
        takes = self.tr("{0} takes", "", contents.takes)
        self.preview.setPlainText(
            "\n".join(
                (
                    self.tr("The backup is whole. In it are:"),
                    documents.format(number_text(contents.documents)),
                    versions.format(number_text(contents.versions)),
                    takes.format(number_text(contents.takes)),
                )
            )
        )
        self.restore.setEnabled(True)

    def _fail(self, asked: int, error: LampblackError) -> None:
        if asked == self._asked:
            self.preview.setPlainText(told(str(error)))

    def _restore(self) -> None:
        backup: Path = self.current()
        self._is_busy = True
        self._asked += 1
        self.restore.setEnabled(False)
        self.list.setEnabled(False)
        self.preview.setPlainText(self.tr("Restoring…"))
        self._background.run(partial(self._do_restore, backup), self._done, self._undone)

    def _done(self, kept: Path | None) -> None:
        self._end()
        said = self.tr("The backup is restored. The former store is kept as {0}.")
        self.preview.setPlainText(said.format(kept) if kept else self.tr("The backup is restored."))
        self.restored.emit()

    def _undone(self, error: LampblackError) -> None:
        self._end()
        self.preview.setPlainText(told(str(error)))

    def _end(self) -> None:
        self._is_busy = False
        self.list.setEnabled(True)
