"""The steps of the self-test, a row each; what the program learns later gets a row of its own."""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import psutil

from app import __version__
from app.cli.doctor import package_versions
from app.cli.engine import describe
from app.cli.selftest.home import BEGINNING, SelftestHome
from app.cli.selftest.keeping import HIDDEN, convert, keep_backup
from app.cli.selftest.loopback import ask_service, free_port
from app.cli.selftest.report import CannotTryError
from app.cli.selftest.window_child import GONE_S, WindowChild
from app.core.errors import DamagedModelError, EngineMissingError, LampblackError, StoreError
from app.core.models.checksums import checksums
from app.core.models.library import ModelLibrary
from app.core.models.starter import STARTER
from app.core.store import Store, damage_of
from app.core.units import size_text
from app.engine.client import EngineClient
from app.engine.messages import Describe, Described
from app.program import Program

_UNSAVED = "This was not saved. 这一句没有保存。"
_AGAIN = "Install Lampblack again."
_ENGINE_LOG = "Close other programs, and try again; if it stays so, install Lampblack again."


class Selftest:
    """What the steps have and hand on: the home, the window on it, and what it wrote.

    Of the user's own folders only the starter model is read, from `models_of`.
    """

    def __init__(self, models_of: Program) -> None:
        self._user = models_of
        self.home: SelftestHome
        self.windows: list[WindowChild] = []
        self.model = self.text = self._before = self.pack = ""
        self.takes = 0
        self.opened: dict[str, Any] = {}
        self.described: Described | None = None
        self._thread: threading.Thread | None = None

    @property
    def window(self) -> WindowChild:
        """The window that is open now."""
        return self.windows[-1]

    def within(self, limit_s: float, step: Callable[[Selftest], str]) -> str:
        """What the step returns or raises; TimeoutError after its seconds.

        Its thread then waits for a process that `close` ends.
        """
        done: Future[str] = Future()

        def run() -> None:
            try:
                done.set_result(step(self))
            except BaseException as error:  # noqa: BLE001 - it is raised again where it was called
                done.set_exception(error)

        self._thread = threading.Thread(target=run, name="self-test step", daemon=True)
        self._thread.start()
        return done.result(limit_s)

    def close(self) -> bool:
        """End every window, and the step that waits for it; remove the home; whether it is gone."""
        for window in self.windows:
            window.close()
        if self._thread is not None:
            self._thread.join(GONE_S)
        for window in self.windows:  # one that was started meanwhile, too
            window.close()
        return self.home.remove() if hasattr(self, "home") else True

    # The steps: each returns what it found in a few words

    def make_home(self) -> str:
        """Make the temporary home."""
        self.home = SelftestHome()
        self.home.fill()
        return str(self.home.folder)

    def find_starter(self) -> str:
        """Find the starter model where the program finds it, and compare its checksum."""
        model = ModelLibrary(self._user.paths.models, tuple).resolve("starter")
        self.model = model.path
        (found,) = checksums([Path(model.path)]).values()
        if found != STARTER.sha256:
            raise DamagedModelError(
                f"{model.path} is not {STARTER.title}: its checksum differs.",
                "Remove the file, and get it again with: lampblack models get starter",
            )
        return f"{model.path}, {size_text(model.size_bytes)}"

    def ask_versions(self) -> str:
        """Ask an engine host, as the doctor does, what is here."""
        with closing(Program(self.home.paths)) as program:
            self.described, problem = describe(program)
        if self.described is None:
            raise LampblackError(problem, _AGAIN)
        engines = self.described.engines
        engine = next(one for one in engines if one.engine == "llama.cpp")
        if not engine.available:
            raise EngineMissingError(engine.problem or "llama.cpp is not installed.", _AGAIN)
        builds = (one.version for one in engines if one.version)
        own = (f"Lampblack {__version__}", f"Python {platform.python_version()}")
        return ", ".join((*own, *builds))

    def try_pack(self) -> str:
        """Start the host of the PyTorch engine's pack, if the user has one, and ask what it has."""
        pack = self._user.packs.find("torch")
        if pack is None:
            raise CannotTryError("the PyTorch engine's pack is not installed")
        with closing(EngineClient(pack.command)) as client:
            described = client.run(Describe(job=client.next_job()), lambda _event: None)
        assert isinstance(described, Described)
        report = next(one for one in described.engines if one.engine == pack.kind)
        if not report.available:
            raise EngineMissingError(report.problem, "Install the pack again.")
        if self.described is not None and described.network_denied != self.described.network_denied:
            raise LampblackError("An internet socket was not refused to the pack's host.")
        self.pack = report.version
        return report.version

    @property
    def versions(self) -> dict[str, str]:
        """The versions found, by name."""
        named = {"Lampblack": __version__, "Python": platform.python_version()}
        if self.opened:
            named["Qt"] = self.opened["qt"]
        if self.pack:
            named["PyTorch engine"] = self.pack
        named |= {name: found for name, found in package_versions().items() if found}
        engines = self.described.engines if self.described is not None else ()
        return named | {one.engine: one.version for one in engines if one.version}

    def open_window(self) -> str:
        """Open the real window on the manuscript."""
        self.windows.append(WindowChild(self.home, [self.home.manuscript]))
        self.opened = self.window.ask("open")
        return f"Qt {self.opened['qt']} on {self.opened['platform']}"

    def refuse_sockets(self) -> str:
        """Whether the window and an engine host were refused an internet socket just now."""
        engine = self.described.network_denied if self.described is not None else ""
        found = {"window": self.opened["network"], "engine": engine}
        by_kernel = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
        for who, state in found.items():
            if state != "kernel" and (by_kernel or state != "hook"):
                raise LampblackError(
                    f"An internet socket was not refused to the {who} ({state or 'not known'})."
                )
        return ", ".join(f"the {who}: {state}" for who, state in found.items())

    def load(self) -> str:
        """Load the starter model."""
        found = self.window.ask("load", path=self.model)
        return f"{found['name']} on {found['engine']}, {found['context']:,} tokens of context"

    def write(self) -> str:
        """Let it go on at the end of the text, as Ctrl+Enter does."""
        found = self._write("write", ("length", "stop"))
        return f"{found['tokens']} tokens"

    def stop(self) -> str:
        """Stop a second text in the middle; what is there stays."""
        found = self._write("stop", ("cancelled",))
        return f"after {found['tokens']} tokens"

    def rewrite(self) -> str:
        """Let another take be written in the place of the stopped one, which is kept."""
        found = self._write("rewrite", ("length", "stop"))
        if found["takes"] != 2:
            raise LampblackError(f"There are {found['takes']} takes and not 2.")
        return f"{found['tokens']} tokens, take 2 of 2"

    def _write(self, do: str, reasons: tuple[str, ...]) -> dict[str, Any]:
        found = self.window.ask(do)
        before = self._before if do == "rewrite" else self.text or BEGINNING
        text, take = found["text"], found["take"]
        if found["reason"] not in reasons:
            raise LampblackError(f"The text ended as {found['reason']}, not as {reasons[0]}.")
        if not take.strip() or text != before + take:
            raise LampblackError("The text on the page is not what was there and what was written.")
        self._before, self.text = before, text
        self.takes += 1
        return found

    def save(self) -> str:
        """Save, and read the file."""
        return self._saved(self.window.ask("save"), self.home.manuscript)

    def export(self) -> str:
        """Save a copy under another name and a preset into a file, and read both."""
        copy, presets = self.home.folder / "A copy.txt", self.home.folder / "preset.json"
        found = self.window.ask("export", path=str(copy), presets=str(presets))
        return f"{self._saved(found, copy)}; a preset"

    def _saved(self, found: dict[str, Any], path: Path) -> str:
        data = path.read_bytes()
        if not data.decode("utf-8") == found["text"] == self.text:
            raise LampblackError(f"{path.name} does not hold the text of the page.")
        return f"{path.name}, {len(data):,} bytes"

    def reopen(self) -> str:
        """Empty the page, open the file again, and compare."""
        found = self.window.ask("reopen", path=str(self.home.manuscript))
        if found["emptied"] or found["text"] != self.text:
            raise LampblackError("The text that was opened again is not the one that was saved.")
        return "the same text"

    def replace(self) -> str:
        """Replace words in the whole text, and undo it."""
        found = self._undone(self.window.ask("replace", find="lighthouse", put="灯塔"))
        if found["text"] != self.text.replace("lighthouse", "灯塔") or not found["replaced"]:
            raise LampblackError("The words that were looked for were not replaced.")
        return f"{found['replaced']} replaced, and undone"

    def comment(self) -> str:
        """Write a comment, see what a model would read, and undo it."""
        found = self._undone(self.window.ask("comment", text=f"%% {HIDDEN} %%"))
        if HIDDEN not in found["text"] or found["readable"].strip() != self.text.strip():
            raise LampblackError("What the model would read is not the text without its comment.")
        return "on the page, and not in the prompt"

    def history(self) -> str:
        """Put the first version of the document on the page, and undo it."""
        found = self._undone(self.window.ask("history", path=str(self.home.manuscript)))
        if not found["first"] == found["text"] == BEGINNING:
            raise StoreError("The first version is not the text that was opened.")
        return f"{found['versions']} versions; the first was restored, and undone"

    def _undone(self, found: dict[str, Any]) -> dict[str, Any]:
        if found["undone"] != self.text:
            raise LampblackError("Undo did not bring the text back.")
        return found

    def convert(self) -> str:
        """Write a text in the formats of other programs, and read it again."""
        return convert(self.home.folder)

    def serve(self) -> str:
        """Start the local service and ask it once, with its token and without."""
        address = self.window.ask("service", port=free_port())["address"]
        return ask_service(address, self.home.paths.api_token_file)

    def leave(self) -> str:
        """Close the window as its user does."""
        family = self.window.family()
        if code := self.window.quit():
            raise LampblackError(f"The window ended with exit code {code}.")
        _nothing_left(family)
        return f"exit code 0; its {len(family)} processes have ended"

    def check_store(self) -> str:
        """Check the whole store, and that it has every take and nothing to recover."""
        path = self.home.paths.store_file
        if damage := damage_of(path):
            raise StoreError(f"The store is damaged: {damage.rstrip('.')}.")
        with closing(Store(path)) as store:
            takes = len(store.takes_of(str(self.home.manuscript)))
            left, problems = store.recoverable(), store.problems
        if problems:
            raise StoreError(problems[0])
        if takes != self.takes or left:
            raise StoreError(
                f"The store has {takes} takes and {len(left)} texts to recover, not {self.takes} "
                "and 0."
            )
        return f"sound, {takes} takes"

    def keep_backup(self) -> str:
        """Back the store up, and restore it in another place."""
        home = self.home
        return keep_backup(home.paths.store_file, home.folder / "backups", str(home.manuscript))

    def recover(self) -> str:
        """Kill a window with an unsaved text, and get the text back."""
        self.windows.append(WindowChild(self.home))
        typed = self.window.ask("type", text=_UNSAVED)
        if typed["problems"]:
            raise StoreError(typed["problems"][0])
        if left := self.window.kill():
            raise LampblackError(f"{len(left)} processes of a window that was killed go on.")
        with closing(Store(self.home.paths.store_file)) as store:
            found = [recovery.text for recovery in store.recoverable()]
        if found != [_UNSAVED]:
            raise StoreError("A text that was not saved could not be had back.")
        return "an unsaved text came back after a crash"


def _nothing_left(family: list[psutil.Process]) -> None:
    _gone, alive = psutil.wait_procs(family, GONE_S)
    if alive:
        raise LampblackError(f"{len(alive)} of its processes go on although the window is closed.")


class SelftestStep(msgspec.Struct, frozen=True, kw_only=True):
    """One row: what is done, within how many seconds, and what to do where it fails.

    The remedy is for errors that bring none of their own.
    """

    name: str
    title: str
    run: Callable[[Selftest], str]
    limit_s: float = 30.0
    remedy: str = _AGAIN
    is_optional: bool = False


_ENGINE_S = 300.0  # a busy old machine writes a token in some seconds
_DISK = "Check that the disk has room and that TMPDIR can be written to."

STEPS = (
    SelftestStep(name="home", title="make a temporary home", run=Selftest.make_home, remedy=_DISK),
    SelftestStep(
        name="starter",
        title="find the starter model",
        run=Selftest.find_starter,
        remedy="Get it with: lampblack models get starter",
    ),
    SelftestStep(
        name="versions", title="list the versions", run=Selftest.ask_versions, limit_s=120
    ),
    SelftestStep(
        name="pack",
        title="start the PyTorch engine's pack, where one is installed",
        run=Selftest.try_pack,
        limit_s=120,
        remedy="Install the pack again, or remove it.",
        is_optional=True,
    ),
    SelftestStep(
        name="window",
        title="open the window",
        run=Selftest.open_window,
        limit_s=60,
        remedy="Install what is named; without a display, QT_QPA_PLATFORM=offscreen needs none.",
    ),
    SelftestStep(
        name="socket",
        title="try an internet socket, which must be refused",
        run=Selftest.refuse_sockets,
        remedy="Use Linux 3.17 or later on x86-64 or aarch64 for a filter of the kernel's.",
    ),
    *(
        SelftestStep(name=name, title=title, run=run, limit_s=_ENGINE_S, remedy=_ENGINE_LOG)
        for name, title, run in (
            ("load", "load the starter model", Selftest.load),
            ("write", "write at the cursor", Selftest.write),
            ("stop", "stop in the middle", Selftest.stop),
            ("rewrite", "write another take", Selftest.rewrite),
        )
    ),
    *(
        SelftestStep(name=name, title=title, run=run, remedy=_DISK)
        for name, title, run in (
            ("save", "save the manuscript", Selftest.save),
            ("export", "save a copy and a preset", Selftest.export),
            ("convert", "export and import a text", Selftest.convert),
        )
    ),
    SelftestStep(name="reopen", title="open it again", run=Selftest.reopen),
    SelftestStep(name="replace", title="find and replace, and undo", run=Selftest.replace),
    SelftestStep(name="comment", title="keep a comment from the model", run=Selftest.comment),
    SelftestStep(name="history", title="restore an earlier version", run=Selftest.history),
    SelftestStep(
        name="service",
        title="ask the local service",
        run=Selftest.serve,
        limit_s=120,
        remedy="Leave this step out with --skip service.",
        is_optional=True,
    ),
    SelftestStep(name="close", title="close the window", run=Selftest.leave),
    SelftestStep(name="store", title="check the store", run=Selftest.check_store, remedy=_DISK),
    SelftestStep(name="backup", title="back it up and restore", run=Selftest.keep_backup),
    SelftestStep(
        name="recovery",
        title="recover an unsaved text",
        run=Selftest.recover,
        limit_s=60,
        remedy=_DISK,
    ),
)
