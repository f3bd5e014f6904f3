"""The steps of the self-test, a row each; what the program learns later gets a row of its own."""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from app import __version__
from app.cli.doctor import package_versions
from app.cli.engine import describe
from app.cli.selftest.books import (
    change_book,
    check_spelling,
    search_book,
    use_passphrase,
    use_trash,
)
from app.cli.selftest.home import BEGINNING, SelftestHome
from app.cli.selftest.keeping import BESIDE, HIDDEN, NAMED, TOLD, convert, keep_backup
from app.cli.selftest.learning import learn_labels
from app.cli.selftest.loopback import ask_service, free_port
from app.cli.selftest.recording import keep_runs
from app.cli.selftest.report import CannotTryError
from app.cli.selftest.rewriting import know_origins, propose, tell_lore
from app.cli.selftest.window_child import GONE_S, WindowChild
from app.core.errors import DamagedModelError, EngineMissingError, LampblackError, StoreError
from app.core.models.checksums import checksums
from app.core.models.library import ModelLibrary
from app.core.models.starter import STARTER
from app.core.runs.record import RunRecords
from app.core.store import Store, damage_of
from app.core.units import size_text
from app.engine.client import EngineClient
from app.engine.learning.child import trainer_command
from app.engine.messages import Describe, Described
from app.program import Program

_UNSAVED = "This was not saved. 这一句没有保存。"
AGAIN = "Install Lampblack again."


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
            raise LampblackError(problem, AGAIN)
        engines = self.described.engines
        engine = next(one for one in engines if one.engine == "llama.cpp")
        if not engine.available:
            raise EngineMissingError(engine.problem or "llama.cpp is not installed.", AGAIN)
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

    def score_page(self) -> str:
        """Have the model score the text on the page, and see it in the heat view."""
        found = self.window.ask("score")
        if not found["words"] or not found["marks"]:
            raise LampblackError("Nothing on the page was scored, or nothing of it is shown.")
        return f"{found['words']} words scored, {found['surprising']} of them surprising"

    def replace_word(self) -> str:
        """Put what the model could have written in the place of a word, and undo it."""
        found = self._undone(self.window.ask("word", place=4))
        if found["text"] == self.text or not 0 < found["share"] < 1 or not found["said"]:
            raise LampblackError("The word was not replaced, or nothing is said of what follows.")
        self.takes += 1  # the word is kept as one
        return f"{found['others']} others beside one, one of them put in, and undone"

    def drive(self) -> str:
        """Ask what drove a sentence that has a name which one paragraph alone tells."""
        found = self._undone(self.window.ask("drive", text=f"{TOLD}\n\n{BESIDE}\n\n{NAMED}"))
        (first, nats), *others = found["parts"]
        if TOLD not in first or nats <= 0 or not others:
            raise LampblackError("The paragraph that has the name is not what drove the sentence.")
        return f"the paragraph that has the name, of {len(others) + 1} parts: {nats:+.1f} nats"

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

    def spell(self) -> str:
        """Look words up in the dictionary that comes with the program."""
        return check_spelling(self.home.paths.dictionaries)

    def propose(self) -> str:
        """Make proposed changes of an answer, and take them through a Word document."""
        return propose(self.home.folder)

    def tell_lore(self) -> str:
        """Put what is kept for the model into a prompt."""
        return tell_lore()

    def keep_runs(self) -> str:
        """Record two runs, compare them and write a report."""
        return keep_runs(RunRecords(self.home.paths.runs))

    def learn(self) -> str:
        """Let the training child learn two labels, where PyTorch is."""
        packs = self._user.packs
        is_there = packs.find("torch") if packs.is_needed("torch") else find_spec("torch")
        if is_there is None:
            raise CannotTryError("the PyTorch engine is not installed")
        command = trainer_command(packs.command("torch"))
        return learn_labels(command, self.home.folder / "learned", str(self.home.paths.cache))

    def know_origins(self) -> str:
        """Tell the model's words in the manuscript from the writer's."""
        return know_origins(self.home.paths.store_file, self.home.manuscript)

    def change_book(self) -> str:
        """Make a book, change its order and export it."""
        return change_book(self.home.folder / "A book 书")

    def search(self) -> str:
        """Search in all its texts."""
        return search_book(self.home.folder / "A book 书", self.home.folder / "index.sqlite")

    def use_trash(self) -> str:
        """Delete a document and restore it."""
        return use_trash(self.home.paths.store_file, self.home.folder / "A note 便条.md")

    def use_passphrase(self) -> str:
        """Encrypt a store of its own with a passphrase."""
        return use_passphrase(self.home.folder / "locked")

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
