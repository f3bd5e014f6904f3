"""Which host does a command: the program's own, that of a pack, or the child of a server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import EngineMissingError, LampblackError
from app.engine.messages import (
    Describe,
    Described,
    EngineReport,
    Finished,
    JobCommand,
    ListModels,
    Load,
    Quantize,
)
from app.engine.packs.installed import NAMES
from app.engine.process import HostChild, Starter

CHOOSING = (Load, ListModels, Describe, Quantize)
"""The commands that say themselves which host does them."""

Ask = Callable[[Sequence[str], Describe], Finished]
"""Asks the host of a command, started for that alone."""


class HostKey(Struct, frozen=True):
    """A host: the server whose child it is, or the command of a pack; the program's own has none.

    The command of a pack changes with the pack's place only: one that is replaced is not running.
    """

    server: str = ""
    pack: tuple[str, ...] = ()


class HostChoice:
    """Chooses hosts, and says how each is started.

    `own` starts the program's, `server` the child of a server by its name; `pack` gives the command
    of the pack that an engine needs, empty for none, and raises LampblackError.
    """

    def __init__(
        self,
        own: Sequence[str] | Starter,
        server: Callable[[str], HostChild],
        pack: Callable[[str], Sequence[str]],
    ) -> None:
        self.own = own
        self._server = server
        self._pack = pack

    def of(
        self, command: JobCommand, wanted: Load | None = None, loaded: HostKey | None = None
    ) -> HostKey:
        """The host for a command while `wanted` is what should be loaded; raises LampblackError.

        `loaded` has the model, and is asked about it whatever has become of its pack on the disk.
        """
        if loaded is not None and not isinstance(command, CHOOSING):
            return loaded
        if isinstance(command, ListModels):
            return HostKey(command.server)
        load = command if isinstance(command, Load) else wanted
        if isinstance(command, Describe | Quantize) or load is None:
            return HostKey()
        return HostKey(load.server, () if load.server else tuple(self._pack(load.engine)))

    def start(self, key: HostKey) -> Sequence[str] | Starter:
        """What starts that host."""
        if key.server:
            return partial(self._server, key.server)
        return key.pack or self.own

    def completed(self, finished: Finished, ask: Ask) -> Finished:
        """What the program's host says of the engines, with what the packs' hosts say of theirs."""
        if not isinstance(finished, Described):
            return finished
        engines = tuple(
            self._of_pack(report, ask) if report.engine in NAMES else report
            for report in finished.engines
        )
        return replace(finished, engines=engines)

    def _of_pack(self, report: EngineReport, ask: Ask) -> EngineReport:
        try:
            if not (command := self._pack(report.engine)):
                return report
            answer = ask(command, Describe(job=0))
        except EngineMissingError as error:
            return replace(report, available=False, problem=error.message)
        except LampblackError as error:
            return replace(report, available=False, problem=str(error))
        found = answer.engines if isinstance(answer, Described) else ()
        return next((one for one in found if one.engine == report.engine), report)
