"""Asks for a token that a download needs, and stores it."""

from __future__ import annotations

import os

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.downloads.hub import endpoint_of, host_of, page_url, tokens_url
from app.downloads.request import ModelRequest
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.manager.token_dialog import GatedModel, TokenDialog
from app.ui.widgets.controls import show_dialog


class TokenController(QObject):
    """Uses the keyring only in the background, because it may ask its user for a password.

    `given` says that the download of an id may be tried again; `said` carries sentences, and
    `failed` those that tell what could not be done.
    """

    given = Signal(str)
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, program: Program, background: BackgroundTasks, window: QWidget) -> None:
        super().__init__(window)
        self._program, self._background, self._window = program, background, window

    def ask(self, wanted_id: str) -> None:
        """Ask for the token of the hub that a download comes from."""
        model = self._program.downloads.asked_for(wanted_id)
        if model is not None:
            self._background.run(lambda: self._gate(model), lambda gate: self._open(model.id, gate))

    def _gate(self, model: ModelRequest) -> GatedModel:
        endpoint, tokens = endpoint_of(os.environ), self._program.secrets
        host = host_of(endpoint)
        return GatedModel(
            title=model.title,
            host=host,
            page=page_url(endpoint, model),
            tokens_page=tokens_url(endpoint),
            can_keep=tokens.can_keep,
            is_known=bool(tokens.get(host)),
        )

    def _open(self, wanted_id: str, gate: GatedModel) -> None:
        dialog = TokenDialog(gate, self._window)
        dialog.given.connect(lambda token: self._keep(wanted_id, gate.host, token))
        dialog.forgotten.connect(lambda: self._forget(gate.host))
        show_dialog(dialog)

    def _keep(self, wanted_id: str, host: str, token: str) -> None:
        def on_kept(is_kept: bool) -> None:
            kept = self.tr("The token is kept in this system’s keyring for {0}.")
            held = self.tr("The token for {0} could not be kept: it holds until Lampblack ends.")
            self.said.emit((kept if is_kept else held).format(host))
            self.given.emit(wanted_id)

        self._background.run(lambda: self._program.secrets.keep(host, token), on_kept)

    def _forget(self, host: str) -> None:
        def on_forgotten(is_gone: bool) -> None:
            if is_gone:
                self.said.emit(self.tr("No token for {0} is kept here any more.").format(host))
                return
            words = self.tr(
                "The keyring did not let go of the token for {0}, so it is still kept and used. "
                "Unlock the keyring, then choose Forget Token again."
            )
            self.failed.emit(words.format(host))

        self._background.run(lambda: self._program.secrets.forget(host), on_forgotten)
