"""The archives for Windows: a zip that runs from any folder, and an installer for one user."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath

from machine import SetupError

from bundle import icons, systems
from bundle.archives import Release
from bundle.contents import NAME

CONSOLE = f"{NAME}-cli"
"""The same program with a console, for the command line: Windows gives a window's program none."""

PROGRAMS = (f"{NAME}.exe", f"{CONSOLE}.exe")
SCRIPT = Path(__file__).resolve().parent / "desktop" / "lampblack.nsi"
_STAMPS = "http://timestamp.digicert.com"

_README = """\
Lampblack {version}: writing with a language model that never leaves your machine.
Start:   lampblack.exe          (the window; lampblack-cli --help shows the command line's words)
Needs:   a 64-bit Windows 10 or newer on an x86-64 processor; no network, no administrator
Remove:  delete this folder; your texts, models and settings lie in your user folder and stay
Terms:   MIT; those of everything else in it, the model included, lie in _internal\\licences
"""

_RESOURCE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0, OS=0x40004,
                    fileType=1, subtype=0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable('040904B0', [
      StringStruct('CompanyName', 'The Lampblack authors'),
      StringStruct('FileDescription', 'Lampblack'),
      StringStruct('FileVersion', '{version}'),
      StringStruct('InternalName', 'lampblack'),
      StringStruct('LegalCopyright', 'MIT'),
      StringStruct('ProductName', 'Lampblack'),
      StringStruct('ProductVersion', '{version}')])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 1200])])
  ]
)
"""


def title(release: Release) -> str:
    """The beginning of each archive's name."""
    return f"{NAME}-{release.version}-windows-{systems.architecture()}"


def numbers(version: str) -> tuple[int, int, int, int]:
    """The four numbers that Windows compares, out of a version such as `0.1.0rc1`."""
    found = [int(one) for one in re.findall(r"\d+", version.partition("+")[0])[:3]]
    major, minor, patch = (*found, 0, 0, 0)[:3]
    return major, minor, patch, 0


def version_resource(version: str) -> str:
    """What the properties of an executable show, as PyInstaller reads it."""
    return _RESOURCE.format(numbers=numbers(version), version=version)


def make_zip(release: Release) -> Path:
    """The archive that is unpacked anywhere: one folder, with a README of five lines."""
    target = release.dist / f"{title(release)}.zip"
    top = f"{NAME}-{release.version}"
    moment = datetime.fromtimestamp(release.made, UTC).timetuple()[:6]
    readme = _README.format(version=release.version).replace("\n", "\r\n").encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(_entry(f"{top}/README.txt", moment), readme)
        for path in files(release.tree):
            entry = _entry(f"{top}/{path.relative_to(release.tree).as_posix()}", moment)
            with path.open("rb") as source, archive.open(entry, "w") as part:
                shutil.copyfileobj(source, part, 1 << 20)
    return target


def _entry(name: str, moment: tuple[int, ...]) -> zipfile.ZipInfo:
    year, month, day, hour, minute, second = moment
    entry = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
    entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0  # as Windows itself does
    entry.external_attr = 0
    return entry


def files(tree: Path) -> list[Path]:
    """Every file of a tree, in the order of their names."""
    found = (path for path in tree.rglob("*") if path.is_file())
    return sorted(found, key=lambda path: path.relative_to(tree).as_posix())


def make_nsis(release: Release) -> Path:
    """The installer: no administrator, a start menu's entry, Open With, and a clean removal."""
    folder = release.work / "nsis"
    icon = icons.write(release.drawing, release.python, folder, "win32")
    target = release.dist / f"{title(release)}-setup.exe"
    sign = subprocess.list2cmdline(found.command()) if (found := certificate()) else ""
    compile_installer(release.tree, release.version, folder, target, icon=icon, sign=sign)
    return target


def compile_installer(
    tree: Path, version: str, folder: Path, target: Path,
    *, icon: Path | None = None, sign: str = "",
) -> None:  # fmt: skip
    """Let makensis make `target` of a tree; `sign` is the command that signs the uninstaller.

    `folder` takes the lists of files. Raises SetupError where makensis is missing or fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / "files.nsh"
    listed.write_text(file_lists(tree), "utf-8-sig")
    given = {
        "VERSION": version,
        "NUMBERS": ".".join(map(str, numbers(version))),
        "KILOBYTES": str(sum(path.stat().st_size for path in files(tree)) // 1024),
        "LISTS": str(listed),
        "OUTPUT": str(target),
        "TARGET": stub(),
        "ICON": str(icon or ""),
        "SIGN": sign,
    }
    words = [f"-D{name}={value}" for name, value in given.items() if value]
    command = [makensis(), "-V2", "-WX", "-NOCD", "-INPUTCHARSET", "UTF8", *words, str(SCRIPT)]
    letters = {**os.environ, "LC_ALL": "C.UTF-8"}  # by which it finds files on Linux
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=letters)
    if done.returncode:
        raise SetupError(f"makensis failed: {(done.stdout + done.stderr)[-2000:]}")


def stub() -> str:
    """The installer's own kind: 64 bits where makensis has it, as wine without 32 bits needs it.

    NSIS for Windows comes with 32 bits only, which run on every Windows of 64 bits, too.
    """
    return "" if sys.platform == "win32" else "amd64-unicode"


def makensis() -> str:
    """The path of NSIS's compiler."""
    folders = (os.environ.get(name, "") for name in ("PROGRAMFILES(X86)", "PROGRAMFILES"))
    places = (Path(folder) / "NSIS" / "makensis.exe" for folder in folders if folder)
    found = shutil.which("makensis") or next((str(path) for path in places if path.exists()), "")
    if not found:
        raise SetupError("makensis is missing: install NSIS 3.08 or newer (`apt install nsis`).")
    return found


def file_lists(tree: Path) -> str:
    """The macros that install every file of a tree, and remove these and no others."""
    paths = [path.relative_to(tree) for path in files(tree)]
    folders = sorted({parent for path in paths for parent in path.parents if parent.name})
    return "\n".join(
        [
            "!macro InstallFiles",
            *_installing(tree, paths),
            "!macroend",
            "!macro un.RemoveFiles",
            *(f'  Delete "{_installed(path)}"' for path in paths),
            *(f'  RMDir "{_installed(path)}"' for path in reversed(folders)),
            "!macroend",
            "",
        ]
    )


def _installing(tree: Path, paths: list[Path]) -> Iterator[str]:
    folder: Path | None = None
    for path in sorted(paths, key=lambda path: (path.parent.as_posix(), path.name)):
        if path.parent != folder:
            folder = path.parent
            yield f'  SetOutPath "{_installed(folder)}"'
        yield f'  File "{tree / path}"'


def _installed(path: Path) -> str:
    inside = str(PureWindowsPath(path.as_posix()))
    return "$INSTDIR" if inside == "." else f"$INSTDIR\\{_escaped(inside)}"


def _escaped(text: str) -> str:
    return text.replace("$", "$$")


@dataclass(frozen=True)
class WindowsCertificate:
    """The certificate that signs, by its thumbprint in the user's own store."""

    thumbprint: str

    def command(self) -> list[str]:
        """signtool, up to the file that is signed."""
        stamp = ["/tr", _STAMPS, "/td", "sha256"]
        return [_signtool(), "sign", "/sha1", self.thumbprint, "/fd", "sha256", *stamp]


def certificate(environ: Mapping[str, str] = os.environ) -> WindowsCertificate | None:
    """The certificate that WINDOWS_CERTIFICATE_SHA1 names; None without it."""
    found = environ.get("WINDOWS_CERTIFICATE_SHA1", "").strip()
    return WindowsCertificate(found) if found else None


_SHELL = ("powershell", "-NoProfile", "-NonInteractive", "-Command")
_IMPORT = (
    "$ErrorActionPreference = 'Stop';"
    "$word = ConvertTo-SecureString $env:WINDOWS_CERTIFICATE_PASSWORD -AsPlainText -Force;"
    "$found = Import-PfxCertificate -FilePath $env:LAMPBLACK_PFX -Password $word"
    " -CertStoreLocation Cert:\\CurrentUser\\My;"
    "$found.Thumbprint"
)


_REMOVE = 'Remove-Item -Path "Cert:\\CurrentUser\\My\\$env:WINDOWS_CERTIFICATE_SHA1" -DeleteKey'


@contextmanager
def signing() -> Iterator[None]:
    """Put the certificate of the environment, if there is one, into the user's store for a while.

    WINDOWS_CERTIFICATE is a PFX file as base64, WINDOWS_CERTIFICATE_PASSWORD its password, which
    stands on no command line. WINDOWS_CERTIFICATE_SHA1 alone names one that is there already.
    """
    if certificate() or not (text := os.environ.get("WINDOWS_CERTIFICATE", "")):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="lampblack-sign-") as folder:
        file = Path(folder) / "certificate.pfx"
        file.write_bytes(base64.b64decode(text))
        told = {**os.environ, "LAMPBLACK_PFX": str(file)}
        done = subprocess.run([*_SHELL, _IMPORT], capture_output=True, text=True, env=told)
    if done.returncode or not done.stdout.strip():
        raise SetupError(f"The certificate could not be imported: {done.stderr.strip()[-500:]}")
    os.environ["WINDOWS_CERTIFICATE_SHA1"] = done.stdout.strip().splitlines()[-1]
    try:
        yield
    finally:
        subprocess.run([*_SHELL, _REMOVE])
        del os.environ["WINDOWS_CERTIFICATE_SHA1"]


def sign(*paths: Path) -> None:
    """Sign programs or installers; without a certificate say that they are unsigned."""
    found = certificate()
    if found is None:
        names = ", ".join(path.name for path in paths)
        print(f"{names}: not signed, for WINDOWS_CERTIFICATE and _SHA1 are empty.", flush=True)
        return
    done = subprocess.run([*found.command(), *map(str, paths)], capture_output=True, text=True)
    if done.returncode:
        raise SetupError(f"signtool failed: {(done.stdout + done.stderr)[-1000:]}")


def _signtool() -> str:
    """The newest signtool of the Windows SDKs that are installed."""
    if found := shutil.which("signtool"):
        return found
    kits = Path(os.environ.get("PROGRAMFILES(X86)", "")) / "Windows Kits" / "10" / "bin"
    tools = sorted(kits.glob("*/x64/signtool.exe"))
    if not tools:
        raise SetupError("signtool is missing: install the Windows SDK.")
    return str(tools[-1])
