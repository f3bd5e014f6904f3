"""The disk image for macOS: the application's properties, its signature, and Apple's notary."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from machine import SetupError

from bundle import llama, share, systems
from bundle.archives import Release
from bundle.contents import NAME

OLDEST = llama.OLDEST_MACOS
"""The oldest macOS that the wheels of PySide6 are made for."""

ENTITLEMENTS = Path(__file__).resolve().parent / "desktop" / "lampblack.entitlements"
IDENTITY = "MACOS_SIGN_IDENTITY"
_CERTIFICATE = ("MACOS_CERTIFICATE", "MACOS_CERTIFICATE_PASSWORD")
_NOTARY = ("MACOS_NOTARY_KEY", "MACOS_NOTARY_KEY_ID", "MACOS_NOTARY_ISSUER")

_README = """\
Lampblack {version}: writing with a language model that never leaves your machine.
Start:   drag Lampblack into Applications, and open it there
Needs:   macOS {oldest} or newer on a Mac with {processor}; no network
Remove:  drag it into the Trash; your texts, models and settings lie in your home and stay
Terms:   MIT; those of everything else in it, the model included: Help, Licences
"""
_PROCESSORS = {"arm64": "Apple's processor", "x86_64": "Intel's processor"}


def properties(version: str) -> dict[str, Any]:
    """The application's Info.plist, beside what PyInstaller writes into it."""
    return {
        "CFBundleName": "Lampblack",
        "CFBundleDisplayName": "Lampblack",
        "CFBundleVersion": version,
        "CFBundleShortVersionString": version,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "zh-Hans"],
        "LSMinimumSystemVersion": OLDEST,
        "LSApplicationCategoryType": "public.app-category.productivity",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "The Lampblack authors, MIT",
        "CFBundleDocumentTypes": [
            _document("Text", "Editor", ["public.plain-text", "net.daringfireball.markdown"]),
            _document("GGUF language model", "Viewer", [f"{share.ID}.gguf"]),
        ],
        "UTImportedTypeDeclarations": [
            _kind("net.daringfireball.markdown", "Markdown", "public.plain-text", "md"),
            _kind(f"{share.ID}.gguf", "GGUF language model", "public.data", "gguf"),
        ],
    }


def _document(name: str, role: str, kinds: Sequence[str]) -> dict[str, Any]:
    """A kind of files that it opens: offered, and no file's own program by itself."""
    return {
        "CFBundleTypeName": name,
        "CFBundleTypeRole": role,
        "LSHandlerRank": "Alternate",
        "LSItemContentTypes": list(kinds),
    }


def _kind(name: str, title: str, parent: str, extension: str) -> dict[str, Any]:
    return {
        "UTTypeIdentifier": name,
        "UTTypeDescription": title,
        "UTTypeConformsTo": [parent],
        "UTTypeTagSpecification": {"public.filename-extension": [extension]},
    }


def make_dmg(release: Release) -> Path:
    """The disk image: the application, a link to where it goes, and a README of five lines."""
    processor = systems.architecture()
    folder = release.work / "dmg"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(release.tree, folder / systems.APP, symlinks=True)
    (folder / "Applications").symlink_to("/Applications")
    told = {"oldest": OLDEST, "processor": _PROCESSORS[processor]}
    (folder / "README.txt").write_text(_README.format(version=release.version, **told), "utf-8")
    target = release.dist / f"{NAME}-{release.version}-macos-{processor}.dmg"
    words = ["-volname", "Lampblack", "-srcfolder", str(folder), "-fs", "HFS+", "-format", "ULFO"]
    run("hdiutil", "create", *words, "-ov", str(target))
    return target


def lacking(names: Sequence[str], environ: Mapping[str, str] = os.environ) -> list[str]:
    """Which of these variables are empty; raises SetupError where only some of them are."""
    empty = [name for name in names if not environ.get(name)]
    if empty and len(empty) < len(names):
        raise SetupError(f"{', '.join(empty)} must be set beside the others, or all left empty.")
    return empty


def sign_command(path: Path, identity: str) -> list[str]:
    """Codesign's words; without an identity the signature says only that nothing was changed.

    The hardened runtime refuses libraries of no team's, so that it is left out then. What lies in
    the application has been signed by PyInstaller.
    """
    words = ["codesign", "--force", "--sign", identity or "-"]
    if identity:
        words += ["--timestamp", "--options", "runtime"]
    if identity and path.suffix == ".app":
        words += ["--entitlements", str(ENTITLEMENTS)]
    return [*words, str(path)]


def seal(app: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Sign the application after everything was put into it: without that it counts as damaged."""
    identity = environ.get(IDENTITY, "")
    run(*sign_command(app, identity))
    run("codesign", "--verify", "--strict", str(app))
    if not identity:
        print(f"{app.name}: signed for no one, for {IDENTITY} is empty.", flush=True)


def finish(image: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Sign the disk image and have Apple's notary look at it, each where its keys are there."""
    identity = environ.get(IDENTITY, "")
    if not identity:
        print(f"{image.name}: not signed, for {IDENTITY} is empty.", flush=True)
        return
    run(*sign_command(image, identity))
    if lacking(_NOTARY, environ):
        print(f"{image.name}: not notarized, for {', '.join(_NOTARY)} are empty.", flush=True)
        return
    notarize(image, environ)


def notarize(image: Path, environ: Mapping[str, str]) -> None:
    """Wait for the notary's answer, and put it into the disk image."""
    with tempfile.TemporaryDirectory(prefix="lampblack-notary-") as folder:
        key = Path(folder) / "key.p8"
        key.write_bytes(base64.b64decode(environ[_NOTARY[0]]))
        who = ["--key", str(key), "--key-id", environ[_NOTARY[1]], "--issuer", environ[_NOTARY[2]]]
        words = ["submit", str(image), "--wait", "--output-format", "json"]
        said = json.loads(run("xcrun", "notarytool", *words, *who))
        if said.get("status") != "Accepted":
            log = run("xcrun", "notarytool", "log", str(said.get("id")), *who)
            raise SetupError(f"The notary has refused {image.name}: {log[-2000:]}")
    run("xcrun", "stapler", "staple", str(image))
    run("xcrun", "stapler", "validate", str(image))


@contextmanager
def keychain(environ: Mapping[str, str] = os.environ) -> Iterator[None]:
    """A keychain with the certificate of the environment, for as long as is signed.

    Without one MACOS_SIGN_IDENTITY may name a certificate in the user's own keychain.
    """
    if lacking(_CERTIFICATE, environ):
        yield
        return
    word = secrets.token_hex(16)  # of a keychain that is gone in a moment
    with tempfile.TemporaryDirectory(prefix="lampblack-sign-") as folder:
        chain, file = Path(folder) / "sign.keychain-db", Path(folder) / "certificate.p12"
        file.write_bytes(base64.b64decode(environ["MACOS_CERTIFICATE"]))
        before = run("security", "list-keychains", "-d", "user").split()
        run("security", "create-keychain", "-p", word, str(chain))
        try:
            run("security", "set-keychain-settings", "-lut", "21600", str(chain))
            run("security", "unlock-keychain", "-p", word, str(chain))
            given = ["-P", environ["MACOS_CERTIFICATE_PASSWORD"], "-T", "/usr/bin/codesign"]
            run("security", "import", str(file), "-k", str(chain), "-f", "pkcs12", *given)
            tools = ["-S", "apple-tool:,apple:,codesign:", "-s", "-k", word]
            run("security", "set-key-partition-list", *tools, str(chain))
            names = [name.strip('"') for name in before]
            run("security", "list-keychains", "-d", "user", "-s", str(chain), *names)
            yield
        finally:
            run("security", "delete-keychain", str(chain))


def run(*command: str) -> str:
    """Run one of macOS's tools; what it said.

    The words, of which some are passwords, are in no SetupError.
    """
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-1000:]
        raise SetupError(f"{command[0]} {command[1]} failed: {said}")
    return done.stdout
