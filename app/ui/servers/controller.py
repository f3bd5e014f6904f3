"""The servers of the window: adding, changing and removing them, and their keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.core.errors import LampblackError
from app.core.options.servers import SavedServer, server_address, server_key
from app.engine.messages import Failed
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge
from app.ui.models.controller import ModelController
from app.ui.questions import Questions
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.core.models.removal import Removal
    from app.ui.servers.dialog import Entered, ServerDialog
    from app.ui.servers.probe import ServerProbe


_Answer = TypeVar("_Answer")


class ServersController(QObject):
    """Keeps the list of servers, and says while one is chosen where the text goes.

    `names_asked` asks for the names that are masked.
    """

    names_asked = Signal()

    def __init__(
        self,
        program: Program,
        models: ModelController,
        status: StatusBar,
        banners: BannerArea,
        questions: Questions,
        bridge: Bridge,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._program, self._models, self._window = program, models, window
        self._status, self._banners, self._questions = status, banners, questions
        self._dialog: ServerDialog | None = None
        self._probe: ServerProbe | None = None
        self._asked = 0
        self._keeping = BackgroundTasks(lambda error: banners.say(str(error)), self)
        self._asking = BackgroundTasks(lambda _error: None, self)
        bridge.subscribe(self._on_failed, Failed)
        models.ready.connect(status.show_server)
        models.gone.connect(lambda: status.show_server(None))
        status.server_asked.connect(lambda: self.edit(models.loader.server))

    def close(self) -> None:
        """The window closes: what was asked for is kept, and no answer is waited for."""
        if self._probe is not None:
            self._probe.stop()
        self._asking.close()
        self._keeping.close(finish=True)

    # What the writer does

    def add(self) -> None:
        """Ask for a new server."""
        self._open(None)

    def edit(self, name: str, *, key_wanted: str = "") -> None:
        """Show a server to be changed; with the caret in its key where that is wanted."""
        if (server := self._program.servers.find(name)) is None:
            return
        dialog = self._open(server)
        if key_wanted:
            dialog.ask_key(key_wanted)

    def remove(self, name: str) -> None:
        """Ask whether to remove a server, and forget it with its key."""
        server = self._program.servers.find(name)
        if server is None or self._questions.remove(server.name, self._removal()) == "no":
            return
        if self._is_used(server.name):
            self._models.loader.unload()
        self._keeping.run(lambda: self._forget(server), self._on_forgotten)

    def _removal(self) -> Removal:
        from app.core.models.removal import Removal

        sentence = self.tr("It is taken off the list, and its key is forgotten.")
        return Removal((), 0, sentence)

    def follow(self) -> None:
        """The settings were changed: they hold for the server in use from now on.

        It is connected to again, which fails where the network was switched off.
        """
        loader = self._models.loader
        if loader.server and loader.is_outdated:
            self._models.load(server_key(loader.server))

    # The dialog

    def _open(self, server: SavedServer | None) -> ServerDialog:
        from app.ui.servers.dialog import ServerDialog

        if self._dialog is not None:
            self._dialog.activateWindow()
            return self._dialog
        agreed = self._program.settings.agreed_servers
        shows = server is None or server.address not in agreed
        dialog = self._dialog = ServerDialog(server, self._window, shows=shows)
        dialog.saved.connect(lambda entered: self._keep(dialog, entered, server))
        dialog.tried.connect(lambda entered: self._try(dialog, entered))
        dialog.looked.connect(lambda entered: self._look(dialog, entered))
        dialog.given_up.connect(self._give_up)
        dialog.forgotten.connect(lambda address: self._forget_key(dialog, address))
        dialog.names_asked.connect(self.names_asked)
        dialog.address.editingFinished.connect(lambda: self._tell_key(dialog))
        self._tell_key(dialog)
        show_dialog(dialog)
        return dialog

    def _give_up(self) -> None:
        self._dialog = None
        self._asked += 1
        if self._probe is not None:
            self._probe.stop()

    def _tell_key(self, dialog: ServerDialog) -> None:
        """Say whether a key is kept for the address; asking the keyring may take its time."""
        secrets, address = self._program.secrets, _place(dialog.address.text())
        self._keeping.run(
            lambda: (bool(address and secrets.get(address)), secrets.can_keep),
            lambda found: self._if_open(
                dialog, lambda: dialog.show_key(is_known=found[0], can_keep=found[1])
            ),
        )

    def _if_open(self, dialog: ServerDialog, call: Callable[[], object]) -> None:
        if dialog is self._dialog:
            call()

    # Asking the server

    def _try(self, dialog: ServerDialog, entered: Entered) -> None:
        probe = self._made_probe()
        self._ask(
            dialog, lambda: probe.model(entered.server, entered.key or None), dialog.show_model
        )

    def _look(self, dialog: ServerDialog, entered: Entered) -> None:
        probe = self._made_probe()
        self._ask(
            dialog, lambda: probe.models(entered.server, entered.key or None), dialog.show_models
        )

    def _ask(
        self, dialog: ServerDialog, work: Callable[[], _Answer], show: Callable[[_Answer], None]
    ) -> None:
        self._asked += 1
        number = self._asked

        def if_wanted(then: Callable[[], None]) -> None:
            if number == self._asked:
                self._if_open(dialog, then)

        self._asking.run(
            work,
            lambda answer: if_wanted(lambda: show(answer)),
            lambda error: if_wanted(lambda: dialog.show_trouble(error)),
        )

    def _made_probe(self) -> ServerProbe:
        if self._probe is None:
            from app.ui.servers.probe import ServerProbe

            self._probe = ServerProbe(self._program.start_server)
        return self._probe

    # Keeping

    def _keep(self, dialog: ServerDialog, entered: Entered, former: SavedServer | None) -> None:
        self._keeping.run(
            lambda: self._save(entered, former),
            lambda kept: self._on_kept(dialog, entered, former, *kept),
            lambda error: self._if_open(dialog, lambda: dialog.show_trouble(error)),
        )

    def _save(self, entered: Entered, former: SavedServer | None) -> tuple[bool, str]:
        """On the background's thread.

        Returns whether the key only holds until the program ends, and the former address where the
        keyring still has that one's key.
        """
        from app.ui.servers.dialog import NameTakenError

        servers, server = self._program.servers, entered.server
        before = servers.find(server.name)
        if before is not None and (former is None or before.name != former.name):
            raise NameTakenError(
                f"There is a server named {before.name} already.", "Choose another name."
            )
        servers.save(server)
        if former is not None and before is None:
            servers.remove(former.name)
        left = ""
        if former is not None and former.address != server.address:
            left = self._forget_address(former.address)
        settings = self._program.settings_store
        change = settings.drop if entered.shows else settings.put
        change("agreed_servers", server.address)
        is_held = entered.key and not self._program.secrets.keep(server.address, entered.key)
        return bool(is_held), left

    def _on_kept(
        self,
        dialog: ServerDialog,
        entered: Entered,
        former: SavedServer | None,
        is_held: bool,
        left: str,
    ) -> None:
        loader, key = self._models.loader, server_key(entered.server.name)
        is_used = former is not None and self._is_used(former.name)
        self._if_open(dialog, dialog.close)
        self._models.panel.refresh(key)
        if is_held:
            self._status.say(self.tr("The key could not be kept: it holds until Lampblack ends."))
        is_free = loader.model is None and not loader.is_loading
        if is_free or (is_used and (entered.server != former or entered.key)):
            self._models.load(key)  # which takes back what went wrong before
        self._say_left(left)

    def _forget(self, server: SavedServer) -> str:
        """On the background's thread; the address where the keyring still has its key."""
        self._program.servers.remove(server.name)
        return self._forget_address(server.address)

    def _forget_address(self, address: str) -> str:
        """Forget what belongs to an address, unless another server has it, too.

        Returns the address where the keyring still has its key, else nothing.
        """
        if any(one.address == address for one in self._program.servers.all()):
            return ""
        self._program.settings_store.drop("agreed_servers", address)
        return "" if self._program.secrets.forget(address) else address

    def _on_forgotten(self, left: str) -> None:
        self._models.panel.refresh()
        self._say_left(left)

    def _say_left(self, address: str) -> None:
        """Say that the keyring still has the key of an address that no server has any more."""
        if address:
            self._banners.say(
                lambda: self.tr(
                    "The keyring did not let go of the key for {0}, so it is still kept there. "
                    "Unlock the keyring and delete “lampblack” for this address in it."
                ).format(address)
            )

    def _forget_key(self, dialog: ServerDialog, address: str) -> None:
        if place := _place(address):
            self._keeping.run(
                lambda: self._program.secrets.forget(place),
                lambda is_gone: self._on_key_forgotten(dialog, place, is_gone=is_gone),
            )

    def _on_key_forgotten(self, dialog: ServerDialog, place: str, *, is_gone: bool) -> None:
        if is_gone:
            self._status.say(self.tr("No key for {0} is kept here any more.").format(place))
            return

        def words() -> str:
            return self.tr(
                "The keyring did not let go of the key for {0}, so it is still kept and used. "
                "Unlock the keyring, then choose Forget Key again."
            ).format(place)

        if dialog is self._dialog:
            dialog.show_key(is_known=True, can_keep=True)
            dialog.ask_key(words())
        else:
            self._banners.say(words)

    # The server in use

    def _is_used(self, name: str) -> bool:
        model = self._models.loader.model
        return model is not None and model.path == server_key(name)

    def _on_failed(self, event: Failed) -> None:
        """A server that wants another key is shown with its field, or in a banner over a dialog."""
        name = self._models.loader.server
        if event.kind != "server_key" or not name:
            return
        sentence = f"{event.message} {event.hint}".strip()
        if QApplication.activeModalWidget() is None:
            self.edit(name, key_wanted=sentence)
            return
        self._banners.say(
            sentence,
            choices=lambda: {
                self.tr("Give the Key…"): lambda: self.edit(name, key_wanted=sentence)
            },
        )


def _place(address: str) -> str:
    """Where the key of an address is kept; empty where it is none yet."""
    try:
        return server_address(address).url
    except LampblackError:
        return ""
