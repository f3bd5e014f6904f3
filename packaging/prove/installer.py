"""The word `bundle --prove nsis`: Windows' installer, with a small tree in the program's place.

It installs, refuses while the program runs, replaces an older version, and must leave nothing but
what is the user's own. Under wine it compares the whole system; on Windows what has our name.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bundle import windows
from machine import SetupError

from prove.wine import IS_WINDOWS, WindowsSystem

_DUMMY = windows.SCRIPT.with_name("dummy.nsi")
_UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Lampblack"
_UNUSUAL = r"C:\A writer's place 写作的地方\Lampblack"
_PAUSE_S = 0.05
_OTHERS = (
    r"Classes\.md\OpenWithProgids",
    r"Classes\Applications\other.exe",
    r"Microsoft\Windows\CurrentVersion\Uninstall\Other",
    "RegisteredApplications",
)
"""Keys below HKCU\\Software with a value of another program's, which must stay."""

_VERSIONS = {
    "0.9.0": ("_internal/old.dll", "_internal/gone/deep/er.txt", "_internal/stays.txt"),
    "0.10.0": ("_internal/new.dll", "_internal/stays.txt", "_internal/文字 $a.txt"),
}
"""Two versions, and the files of each beside its programs."""


def prove() -> int:
    """Try the installer and print what was tried; 1 when something was wrong."""
    with tempfile.TemporaryDirectory(prefix="lampblack-setup-") as scratch:
        folder = Path(scratch)
        system = WindowsSystem(folder)
        system.make()
        try:
            problems = list(_tell(Setup(folder, system)))
        finally:
            system.end()
    print(f"{len(problems)} problems" if problems else "The installer does what it should.")
    return 1 if problems else 0


def _tell(setup: Setup) -> Iterator[str]:
    """Every problem, while what is tried is printed."""
    for title, step in (
        ("compiled, two versions", setup.compile),
        ("installed in silence", setup.install),
        ("refused while the program runs", setup.refuse),
        ("replaced by the next version", setup.upgrade),
        ("removed", setup.remove),
        ("installed into another folder, and removed", setup.elsewhere),
    ):
        found = list(step())
        print(f"{'failed' if found else 'passed'}  {title}", flush=True)
        for problem in found:
            print(f"    {problem}", flush=True)
        yield from found
        if found:
            return  # what follows goes on from what this should have left


class Setup:
    """The tries, each of which goes on where the one before it has ended."""

    def __init__(self, folder: Path, system: WindowsSystem) -> None:
        self._folder = folder
        self._system = system
        local = system.variable("LOCALAPPDATA")
        self._place = system.path(rf"{local}\Programs\Lampblack")
        self._data = system.path(rf"{local}\lampblack\settings.toml")
        menu = rf"{system.variable('APPDATA')}\Microsoft\Windows\Start Menu\Programs\Lampblack.lnk"
        self._menu = system.path(menu)
        self._before: set[str] = set()

    def compile(self) -> Iterator[str]:
        """Make both installers, and note what the system is like without them."""
        program = self._folder / "program.exe"
        target = {"TARGET": windows.stub(), "OUTPUT": str(program)}
        words = [f"-D{name}={value}" for name, value in target.items() if value]
        command = [windows.makensis(), "-V2", "-WX", *words, str(_DUMMY)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SetupError(f"makensis failed: {done.stdout}{done.stderr}")
        for version, names in _VERSIONS.items():
            tree = self._tree(version)
            for name in names:
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                (tree / name).write_text(f"{name} of {version}", "utf-8")
            for name in windows.PROGRAMS:
                shutil.copyfile(program, tree / name)
            work = self._folder / "lists"
            windows.compile_installer(tree, version, work, self._setup(version))
        for key in () if IS_WINDOWS else _OTHERS:
            self._system.run("reg", "add", rf"HKCU\Software\{key}", "/v", "Other", "/d", "1", "/f")
        self._before = self._state()
        yield from ()

    def install(self) -> Iterator[str]:
        """The older version, into the folder that is meant for it."""
        yield from self._install("0.9.0", self._place)
        for folder in (self._data.parent, self._place):
            folder.mkdir(parents=True, exist_ok=True)
        self._data.write_text("the user's", "utf-8")
        (self._place / "notes.txt").write_text("the user's", "utf-8")

    def refuse(self) -> Iterator[str]:
        """The next version while the program runs: exit code 2, and nothing has changed."""
        running = self._system.start(self._place / windows.PROGRAMS[0], "wait")
        started = self._place / "started"
        try:
            while running.poll() is None and not started.exists():
                time.sleep(_PAUSE_S)
            before = self._state()
            for name, words in (
                ("the installer", (str(self._setup("0.10.0")), "/S")),
                ("the uninstaller", (str(self._place / "uninstall.exe"), "/S", *self._in_place)),
            ):
                code = self._system.run(*words)
                if code != 2:
                    yield f"{name} ended with code {code}, not 2"
            yield from _differences(before, self._state())
        finally:
            (self._place / "stop").write_text("")
            running.wait(timeout=60)

    @property
    def _in_place(self) -> list[str]:
        """The uninstaller's own word to be waited for: it runs where it is, and stays there."""
        place = self._system.said("cmd", "/c", r"echo %LOCALAPPDATA%\Programs\Lampblack").strip()
        return f"_?={place}".split(" ")  # which must not stand in quotes

    def upgrade(self) -> Iterator[str]:
        """The next version over the older one: its files, none of the old, all of the user's."""
        yield from self._install("0.10.0", self._place)
        yield from self._users_own()

    def remove(self) -> Iterator[str]:
        """Uninstalled, without a word: only the user's own is left."""
        yield from self._remove(self._place)
        yield from self._users_own()
        (self._place / "notes.txt").unlink()
        self._place.rmdir()
        self._data.unlink()
        self._data.parent.rmdir()
        if not IS_WINDOWS:
            self._place.parent.rmdir()
            yield from _differences(self._before, self._state())

    def elsewhere(self) -> Iterator[str]:
        """Another folder, with spaces, a quote and Chinese in its name."""
        place = self._system.path(_UNUSUAL)
        yield from self._install("0.10.0", place, *f"/D={_UNUSUAL}".split(" "))
        yield from self._remove(place)
        if place.parent.is_dir():
            place.parent.rmdir()
        yield from _differences(self._before, self._state())

    def _users_own(self) -> Iterator[str]:
        for file in (self._data, self._place / "notes.txt"):
            if not file.is_file() or file.read_text("utf-8") != "the user's":
                yield f"lost: {file.name}, which is the user's own"

    def _install(self, version: str, place: Path, *words: str) -> Iterator[str]:
        code = self._system.run(str(self._setup(version)), "/S", *words)
        if code:
            yield f"the installer of {version} ended with code {code}"
            return
        tree, own = self._tree(version), {"uninstall.exe", "notes.txt"}
        wanted = {path.relative_to(tree) for path in windows.files(tree)}
        there = {path.relative_to(place) for path in windows.files(place)}
        yield from (f"missing: {path}" for path in sorted(wanted - there))
        yield from (f"left: {path}" for path in sorted(there - wanted) if path.name not in own)
        for path in sorted(wanted & there):
            if (place / path).read_bytes() != (tree / path).read_bytes():
                yield f"not the file of {version}: {path}"
        if not self._menu.is_file():
            yield "no entry in the start menu"
        lines = "\n".join(self._system.registry())
        for wanted_line in (
            rf"{_UNINSTALL} DisplayVersion REG_SZ {version}",
            rf"{_UNINSTALL} EstimatedSize REG_DWORD",
            rf"{_UNINSTALL} QuietUninstallString REG_SZ",
            r"\.gguf\OpenWithProgids Lampblack.Model REG_SZ",
            r"\.md\OpenWithProgids Lampblack.Text REG_SZ",
            r"RegisteredApplications Lampblack REG_SZ",
            r"\Applications\lampblack.exe\SupportedTypes .txt REG_SZ",
        ):
            if wanted_line not in lines:
                yield f"not in the registry: {wanted_line}"

    def _remove(self, place: Path) -> Iterator[str]:
        uninstaller = place / "uninstall.exe"
        code = self._system.run(str(uninstaller), "/S")
        if code:
            yield f"the uninstaller ended with code {code}"
        self._system.settle(uninstaller)

    def _state(self) -> set[str]:
        """Every file and every value in the registry; on Windows those with our name."""
        lines = self._system.registry()
        if IS_WINDOWS:
            lines += [str(path) for path in (self._place, self._menu) if path.exists()]
            return {line for line in lines if "lampblack" in line.lower()}
        found = self._system.drive.rglob("*")
        return {*lines, *(str(path.relative_to(self._system.drive)) for path in found)}

    def _tree(self, version: str) -> Path:
        return self._folder / version

    def _setup(self, version: str) -> Path:
        return self._folder / f"setup-{version}.exe"


def _differences(before: set[str], after: set[str]) -> Iterator[str]:
    """What is there now and was not, and the other way round; wine's own temporary files apart."""
    own = ("\\Temp\\", "/Temp/", "Software\\Wine")
    yield from (f"left: {one}" for one in sorted(after - before) if not any(w in one for w in own))
    yield from (f"lost: {one}" for one in sorted(before - after) if not any(w in one for w in own))
