"""The local service of the window: its child, the lamp in the status bar, and its dialog."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.core.errors import LampblackError, ParameterError, ServiceError
from app.core.options.settings import Settings
from app.engine.messages import Done, Failed, HostDied, Loaded, Loading
from app.engine.run import NOT_PASSED_ON
from app.engine.service_messages import ModelState, Seen, Serve, ServiceLimits
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge
from app.ui.models.loader import ModelLoader
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.engine.service import Service

_MOST_SEEN = 100
_PARALLEL = 4


class ServiceEnded(msgspec.Struct, frozen=True):
    """A service's child is gone; `number` says which of those that were started."""

    number: int


class ServiceController(QObject):
    """Runs the service while the settings have it on, and tells it of the model.

    `changed` carries its address, empty while it is off, who else reaches it (a sentence, or
    nothing), the last requests, newest first, and why none is answered now, if so.
    """

    changed = Signal(str, str, object, str)

    def __init__(
        self,
        program: Program,
        loader: ModelLoader,
        status: StatusBar,
        banners: BannerArea,
        bridge: Bridge,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._program, self._loader, self._window = program, loader, window
        self._status, self._banners, self._bridge = status, banners, bridge
        self._background: BackgroundTasks | None = None
        self._service: Service | None = None
        self._wanted: tuple[object, ...] | None = None  # the settings it was last started with
        self._started = 0
        self._told: ModelState | None = None
        self._count = 0
        self.address = ""
        self._others: tuple[str, ...] = ()
        self._is_open = False
        self._seen: deque[Seen] = deque(maxlen=_MOST_SEEN)
        bridge.subscribe(self._on_seen, Seen)
        bridge.subscribe(self._on_ended, ServiceEnded)
        bridge.subscribe(self._tell_model, Loading | Loaded | Failed | Done | HostDied)
        loader.loading_ended.connect(self._tell_model)
        loader.unloaded.connect(self._tell_model)
        status.service_asked.connect(self.open)

    # What the user does

    def open(self) -> None:
        """Show the address and the last requests."""
        from app.ui.service.dialog import ServiceDialog

        dialog = ServiceDialog(self._window)
        dialog.switched.connect(self.switch)
        dialog.token_asked.connect(self.copy_token)
        self.changed.connect(dialog.show_service)
        dialog.show_service(self.address, self.reach, self._seen, self._state().refusal)
        show_dialog(dialog)

    def switch(self) -> None:
        """Switch it on or off, and keep that in the settings."""
        self._program.settings_store.change(service=not self.address)
        self.follow()

    def copy_token(self) -> None:
        """Put the token on the clipboard; it is shown nowhere."""
        from app.engine.service import kept_token

        try:
            token = kept_token(self._program.paths.api_token_file)
        except ServiceError as error:
            self._banners.say(str(error))
        else:
            QGuiApplication.clipboard().setText(token)

    # Following the settings

    def follow(self) -> None:
        """Start or end the service as the settings say."""
        settings = self._program.settings
        wanted = _wanted(settings) if settings.service else None
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._started += 1
        self._put_out()
        if self._background is None:
            self._background = BackgroundTasks(lambda error: self._banners.say(str(error)), self)
        self._background.run(self._end)
        if wanted is not None:
            number = self._started
            self._background.run(
                lambda: self._start(settings, number),
                lambda serve: self._on_started(serve, number),
                lambda error: self._on_failed(error, number),
            )

    def close(self) -> None:
        """End the child; the setting stays."""
        self._started += 1
        if self._service is not None:  # which may still be starting, on the background's thread
            self._service.close()
        if self._background is not None:
            self._background.close()
        self._end()

    def _end(self) -> None:
        """After all that was started before: both are done in order on one thread."""
        service, self._service = self._service, None
        if service is not None:
            service.close()

    def _start(self, settings: Settings, number: int) -> Serve:
        """On the background's thread; raises ServiceError, ParameterError for the certificate."""
        from app.engine.service import Service, kept_token

        serve = _serve(settings, kept_token(self._program.paths.api_token_file))
        port, lan = settings.service_port, settings.service_lan
        with self._program.take_socket(port, lan=lan) as listening:
            self._service = Service(
                self._program.worker.shared,
                listening,
                serve,
                background=True,
                seen=self._bridge.post,
                gone=lambda: self._bridge.post(ServiceEnded(number)),
            )
        try:
            self._service.wait()
        except ServiceError:
            self._end()
            raise
        return serve

    def _on_started(self, serve: Serve, number: int) -> None:
        if number != self._started:
            return
        here, *others = _addresses(serve)
        self.address = others[0] if others else here
        self._others, self._is_open = tuple(others), not serve.certificate
        self._count = 0
        self._told = None
        self._tell_model()
        self._show()

    def _on_failed(self, error: LampblackError, number: int) -> None:
        if number == self._started:
            self._wanted = None
            self._banners.say(str(error))
            self._put_out()

    def _on_ended(self, event: ServiceEnded) -> None:
        if event.number == self._started and self.address:
            self._wanted = None
            self._put_out()
            self._banners.say(
                lambda: self.tr("The local service ended by itself. Switch it on again.")
            )

    def _put_out(self) -> None:
        self.address, self._others = "", ()
        self._show()

    @property
    def reach(self) -> str:
        """Who reaches it beside programs of this machine."""
        if not self._others:
            return ""
        reach = self.tr("Other machines of the local network reach it, too: {0}.")
        warning = self.tr(
            "Without a certificate, others in that network can read all texts and the token."
        )
        said = reach.format(", ".join(self._others))
        return f"{said} {warning}" if self._is_open else said

    # What it is told, and what it tells

    def _tell_model(self, _event: object = None) -> None:
        if self._service is None or not self.address:
            return
        state = self._state()
        if state != self._told:
            self._told = state
            self._service.tell(state)
            self._show()

    def _state(self) -> ModelState:
        model = self._loader.model
        if self._loader.is_loading or model is None:
            return ModelState(is_loading=self._loader.is_loading)
        if model.server is not None:
            return ModelState(refusal=NOT_PASSED_ON)
        name = Path(model.path).stem if model.path.endswith(".gguf") else model.name
        return ModelState(name=name, model=model, names=tuple(dict.fromkeys((name, model.name))))

    def _on_seen(self, seen: Seen) -> None:
        self._seen.appendleft(seen)
        self._count += 1
        self._status.glow()
        self._show()

    def _show(self) -> None:
        self._status.show_service(self.address, self._count)
        refusal = self._state().refusal
        self.changed.emit(self.address, self.reach, tuple(self._seen), refusal)


def _wanted(settings: Settings) -> tuple[object, ...]:
    return (
        settings.service_port,
        settings.service_lan,
        settings.service_certificate,
        settings.service_key,
        settings.service_origins,
        settings.service_path_token,
    )


def _addresses(serve: Serve) -> list[str]:
    """Where programs of this machine reach it, and then where others do."""
    from app.core.system.serving import OWN_NAMES

    scheme = "https" if serve.certificate else "http"
    hosts = (serve.hosts[0], *serve.hosts[len(OWN_NAMES) :])
    return [f"{scheme}://{host}" for host in hosts]


def _serve(settings: Settings, token: str) -> Serve:
    """What the service is; raises ParameterError for a certificate that cannot be used."""
    from app.core.system.serving import server_context, service_hosts
    from app.engine.messages import PROTOCOL_VERSION

    certificate, key = (
        str(Path(file).expanduser().absolute()) if file else ""
        for file in (settings.service_certificate, settings.service_key)
    )
    if certificate:
        server_context(certificate, key)
    elif key:
        raise ParameterError("A private key needs its certificate.", "Choose one in the settings.")
    return Serve(
        version=PROTOCOL_VERSION,
        token=token,
        hosts=service_hosts(settings.service_port, lan=settings.service_lan),
        origins=settings.service_origins,
        allows_path_token=settings.service_path_token,
        limits=ServiceLimits(parallel=_PARALLEL),
        certificate=certificate,
        key=key,
    )
