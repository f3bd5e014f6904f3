"""What stands between a text and a server: the document's mark, and the writer's consent."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import error_from
from app.core.masking import Masker
from app.core.options.sampling import Sampling
from app.core.options.servers import server_address
from app.core.system.network import is_loopback
from app.engine.messages import Failed, ModelInfo, Previewed, ServerPlace
from app.program import Program
from app.ui.bridge import Bridge
from app.ui.documents.kept_here import KeptHere
from app.ui.sentences import Words
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog

if TYPE_CHECKING:
    from app.ui.servers.preview_dialog import PreviewDialog

_SEED_BITS = 31


class SendingGate(QObject):
    """Decides whether what is asked of the model may go out, where the model is a server's.

    `allowed` or `refused` ends what `admit` left open. `models_asked` asks for the list of models,
    `names_asked` for the names that are masked. `revoked` when the document has been marked while
    another machine's model is in use: what is written with it has to stop.
    """

    allowed = Signal()
    refused = Signal()
    revoked = Signal()
    models_asked = Signal()
    names_asked = Signal()

    def __init__(
        self,
        program: Program,
        kept_here: KeptHere,
        banners: BannerArea,
        bridge: Bridge,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._program, self._kept_here, self._window = program, kept_here, window
        self._banners = banners
        self._asked: dict[str, Any] = {}
        self._approved: dict[str, Any] = {}
        self._job = 0
        self._dialog: PreviewDialog | None = None
        self._refusal: Words = ""
        kept_here.moved.connect(self._on_mark)
        bridge.subscribe(self._on_previewed, Previewed)
        bridge.subscribe(self._on_failed, Failed)

    def admit(
        self, fields: dict[str, Any], *around: tuple[str, str], sources: tuple[str, ...] = ()
    ) -> dict[str, Any] | None:
        """The fields of `Generate` that may go out now; None where it is refused or decided later.

        For a server they are without what it cannot be told, which the sampling panel says.
        `around` is, for each place at which what is sent begins or ends, the text before it and
        what follows. `sources` are the documents that it is from beside the one on the page.
        """
        self._banners.take_back(self._refusal)
        model = self._program.worker.model
        if model is None:  # it is asked again when there is one, which may be a server's
            return None
        if model.server is None:
            return fields
        if model.server.masks and (reason := self._told_part(model.server.names, *around)):
            self._refusal = reason
            self._banners.say(reason)
            self.refused.emit()
            return None
        fields = _sayable(fields, model)
        if _stays_here(model.server):
            return fields
        if self._kept_here.is_on:
            self._refuse(model.server)
            return None
        if sources and self._program.store.is_kept_here(*sources):
            self._refuse_source(model.server)
            return None
        if self._is_agreed(model.server, fields):
            return self._approved or fields
        self._ask(fields)
        return None

    def cancel(self) -> None:
        """What was asked for is wanted no more: stop the preview of it, or take it off the screen.

        Neither `allowed` nor `refused` follows.
        """
        job, self._job = self._job, 0
        dialog, self._dialog = self._dialog, None
        if job:
            self._program.worker.cancel(job)
        if dialog is not None:
            dialog.blockSignals(True)
            dialog.reject()

    def _is_agreed(self, place: ServerPlace, fields: dict[str, Any]) -> bool:
        """Whether the writer has seen it, or wants to see nothing more of that server."""
        if self._approved and fields == self._asked:
            return True
        self._approved = {}
        return place.url in self._program.settings.agreed_servers

    # The mark

    def _on_mark(self) -> None:
        self._banners.take_back(self._refusal)
        model = self._program.worker.model
        is_away = model is not None and model.server is not None and not _stays_here(model.server)
        if is_away and self._kept_here.is_on:
            self.revoked.emit()

    def tell_stopped(self) -> None:
        """Say that the mark has stopped what was being written."""
        self._refusal = lambda: self.tr(
            "Stopped: this document is marked now never to go to another machine. What was sent "
            "before cannot be taken back; the text so far is kept."
        )
        self._banners.say(self._refusal)

    def _refuse(self, place: ServerPlace) -> None:
        self._refusal = lambda: self.tr(
            "Nothing was sent: this document is marked never to go to another machine, and {0} is "
            "one."
        ).format(server_address(place.url).place)
        self._banners.say(
            self._refusal,
            choices=lambda: {
                self.tr("Choose Another Model"): self.models_asked.emit,
                self.tr("Take the Mark Off"): lambda: self._kept_here.mark(False),
            },
        )
        self.refused.emit()

    def _refuse_source(self, place: ServerPlace) -> None:
        self._refusal = lambda: self.tr(
            "Nothing was sent: what the model read then is of a document that is marked never to "
            "go to another machine, and {0} is one."
        ).format(server_address(place.url).place)
        self._banners.say(self._refusal)
        self.refused.emit()

    def _told_part(self, names: tuple[str, ...], *around: tuple[str, str]) -> Words:
        """Why the half of a name before the cursor could be read, as a sentence; else empty.

        Neither that half nor what it would become are to be had by masking.
        """
        masker = Masker(names)
        if any(masker.tells_part(*one) for one in around):
            return lambda: self.tr(
                "Nothing was sent: the cursor stands within a name or number that is masked, and "
                "what is before it could be read. Move the cursor to the end of the name, and try "
                "again."
            )
        if any(masker.begins_name(*one) for one in around):
            return lambda: self.tr(
                "Nothing was sent: the text before the cursor ends with the beginning of a name "
                "that is masked, which could be read. Finish the name, or put a space after it if "
                "it is another word, and try again."
            )
        return ""

    # The preview

    def _ask(self, fields: dict[str, Any]) -> None:
        """Have the child say what it would send; with a seed, so that it is the same later."""
        self._asked = fields
        sampling: Sampling = fields["sampling"]
        if sampling.seed is None:
            seeded = msgspec.structs.replace(sampling, seed=random.getrandbits(_SEED_BITS))
            fields = {**fields, "sampling": seeded}
        self._approved = {}
        self._shown = fields
        self._job = self._program.worker.preview(**fields)

    def _on_previewed(self, event: Previewed) -> None:
        model = self._program.worker.model
        if event.job != self._job:
            return
        self._job = 0
        if model is None or model.server is None:
            return
        from app.ui.servers.preview_dialog import PreviewDialog

        self._dialog = dialog = PreviewDialog(event, model.server, self._window)
        self._connect(dialog, model.server)

    def _connect(self, dialog: PreviewDialog, place: ServerPlace) -> None:
        dialog.sent.connect(lambda is_last: self._send(place, is_last=is_last))
        dialog.rejected.connect(self._on_rejected)
        dialog.names_asked.connect(self.names_asked)
        show_dialog(dialog)

    def _on_rejected(self) -> None:
        self._dialog = None
        self.refused.emit()

    def _send(self, place: ServerPlace, *, is_last: bool) -> None:
        self._dialog = None
        if is_last:
            self._program.settings_store.put("agreed_servers", place.url)
        self._approved = self._shown
        self.allowed.emit()
        self._approved = {}

    def _on_failed(self, event: Failed) -> None:
        if event.job != self._job or not self._job:
            return
        self._job = 0
        if event.kind != "cancelled":
            self._banners.say(str(error_from(event.kind, event.message, event.hint)))
        self.refused.emit()


def _stays_here(place: ServerPlace) -> bool:
    """Whether a text stays on this machine, whatever becomes of the address's name meanwhile."""
    return place.is_here and is_loopback(server_address(place.url).host)


def _sayable(fields: dict[str, Any], model: ModelInfo) -> dict[str, Any]:
    """The fields without what the server cannot be told."""
    default = Sampling()
    left_out = {name: getattr(default, name) for name in model.unsupported}
    sampling = msgspec.structs.replace(fields["sampling"], **left_out)
    told = {name: value for name, value in fields.items() if name != "exact"}
    return {**told, "sampling": sampling, "overflow": "fail"}
