"""The adapters of the loaded model in the window, and those that were learned here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.core.errors import HousekeepingError, LampblackError
from app.core.options.adapters import Adapter
from app.core.system.files import why
from app.engine.messages import ModelInfo
from app.program import Program
from app.ui.background import BackgroundTasks

if TYPE_CHECKING:
    from app.core.training.cards import LearnedAdapter
    from app.ui.models.adapters_dialog import AdaptersDialog


class AdaptersController(QObject):
    """Opens the dialog; `load` loads a model again with what was chosen."""

    def __init__(
        self,
        program: Program,
        background: BackgroundTasks,
        load: Callable[[str], object],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._program, self._background, self._load = program, background, load
        self._window = window
        self.show_folder: Callable[[Path], object] = _show_folder
        self.ask_trash: Callable[[str], bool] = self._ask_trash
        self.dialog: AdaptersDialog | None = None

    def open(self, model: ModelInfo) -> None:
        """Show the adapters of a model, and once they are read those that were learned."""
        from app.ui.models.adapters_dialog import AdaptersDialog
        from app.ui.widgets.controls import show_dialog

        dialog = AdaptersDialog(
            model.name, model.adapters, model.engine, self._window, path=model.path
        )
        dialog.chosen.connect(lambda adapters: self._attach(model.path, adapters))
        dialog.folder_asked.connect(lambda learned: self.show_folder(learned.folder))
        dialog.trash_asked.connect(self._trash)
        dialog.finished.connect(lambda _code: self._on_closed())
        self.dialog = dialog
        show_dialog(dialog)
        self._list()

    def _on_closed(self) -> None:
        self.dialog = None

    def _attach(self, path: str, adapters: tuple[Adapter, ...]) -> None:
        library, metadata = self._program.library, self._program.metadata
        self._background.run(
            lambda: metadata.change(library.resolve(path), adapters=adapters),
            lambda _record: self._load(path),
        )

    def _list(self) -> None:
        home = self._program.paths.adapters

        def work() -> tuple[LearnedAdapter, ...]:
            from app.core.training.cards import learned_adapters

            return tuple(learned_adapters(home))

        self._background.run(work, self._show)

    def _show(self, found: tuple[LearnedAdapter, ...]) -> None:
        if self.dialog is not None:
            self.dialog.show_learned(found)

    # The trash

    def _ask_trash(self, name: str) -> bool:
        from app.ui.questions import question_box

        box = question_box(
            self.dialog or self._window,
            self.tr("Move the adapter “{0}” to the trash?").format(name),
            self.tr("It is taken off every model that writes with it. Your pages stay."),
        )
        trash = box.addButton(self.tr("Move to the Trash"), box.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is trash

    def _trash(self, learned: LearnedAdapter) -> None:
        if not self.ask_trash(learned.card.name):
            return
        library, metadata = self._program.library, self._program.metadata

        def work() -> None:
            from send2trash import send2trash

            try:
                send2trash(str(learned.folder))
            except OSError as error:
                raise HousekeepingError(
                    f"{learned.card.name} could not be moved to the trash: {why(error)}.",
                    "Remove it in the file manager.",
                ) from error
            for model in library.list():
                known = metadata.record(model).adapters
                left = tuple(one for one in known if not _is_in(one, learned.folder))
                if left != known:
                    metadata.change(model, adapters=left)

        self._background.run(work, lambda _done: self._on_trashed(learned), self._on_failed)

    def _on_trashed(self, learned: LearnedAdapter) -> None:
        if self.dialog is not None:
            self.dialog.take_off(learned.folder)
            self._list()

    def _on_failed(self, error: LampblackError) -> None:
        if self.dialog is not None:
            self.dialog.problem.say(str(error))


def _is_in(adapter: Adapter, folder: Path) -> bool:
    return folder in (Path(adapter.path), Path(adapter.path).parent)


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
