"""What the window says in banners by itself: troubles, reports, and settings that wait."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from app.core.errors import LampblackError, StoreError
from app.program import Program
from app.ui.bridge import Bridge
from app.ui.models.controller import ModelController
from app.ui.sentences import Words
from app.ui.widgets.banner import BannerArea


class Notices(QObject):
    """Says each trouble of settings, presets, store and lists once."""

    def __init__(
        self,
        program: Program,
        banners: BannerArea,
        models: ModelController,
        bridge: Bridge,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._banners = banners
        self._models = models
        self._bridge = bridge
        self._told: set[str] = set()
        models.settled.connect(self._say_lists)
        bridge.subscribe(self.show_error, LampblackError)
        bridge.subscribe(self.show_bug, Path)

    def begin(self) -> None:
        """Say what was wrong at the start, and from now on what keeps the store from writing."""
        program, store = self._program, self._program.store
        for problem in (*program.settings_store.problems, *program.presets.problems):
            self._banners.say(problem, "notice")
        store.on_problem = lambda problem: self._bridge.post(StoreError(problem))
        for problem in store.problems:
            self._banners.say(problem)

    def _say_lists(self) -> None:
        """Say what is wrong with the lists of servers, models and downloads as they were read."""
        program = self._program
        lists = (program.servers.problem, program.downloads.problem)
        found = (*lists, *program.metadata.problems)
        for problem in found:
            if problem and problem not in self._told:
                self._told.add(problem)
                self._banners.say(problem, "notice")

    def show_error(self, error: LampblackError) -> None:
        """Show an error."""
        self._banners.say(str(error))

    def show_bug(self, report: Path) -> None:
        """Say that there was a bug, and where its report is."""
        self._say_reported(
            lambda: self.tr(
                "Something went wrong in Lampblack; your text is safe. A report of it is kept on "
                "this computer."
            ),
            "error",
            report,
        )

    def show_crash(self, report: Path) -> None:
        """Say that the program crashed last time, and where the report is."""
        self._say_reported(
            lambda: self.tr(
                "Lampblack ended unexpectedly last time. A report of it is kept on this computer."
            ),
            "notice",
            report,
        )

    def _say_reported(self, words: Words, kind: str, report: Path) -> None:
        url = QUrl.fromLocalFile(str(report))
        self._banners.say(
            words, kind, lambda: {self.tr("Show It"): lambda: QDesktopServices.openUrl(url)}
        )

    def offer_reload(self) -> None:
        """Say that other load settings wait for the next load; offer that now."""
        model = self._models.loader.model
        if model is not None and self._models.loader.is_outdated:
            path = model.path
            self._banners.say(
                lambda: self.tr(
                    "What you changed in the model's settings takes effect when it is loaded again."
                ),
                "notice",
                lambda: {self.tr("Load Again"): lambda: self._models.load(path)},
            )
