"""The disk image for macOS: properties, what is signed in which order, and what is left out."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.ui.application import APPLICATION_ID

NOTARY = {"MACOS_NOTARY_KEY": "a2V5", "MACOS_NOTARY_KEY_ID": "K", "MACOS_NOTARY_ISSUER": "I"}


@pytest.fixture
def macos(part):
    return part("bundle.macos")


@pytest.fixture
def calls(macos, monkeypatch):
    """Every command that would be run; notarytool accepts."""
    called: list[list[str]] = []

    def run(command, **_named):
        called.append(list(command))
        said = json.dumps({"status": "Accepted", "id": "1"}) if "submit" in command else ""
        said = '    "login.keychain-db"\n' if command[1] == "list-keychains" else said
        return SimpleNamespace(returncode=0, stdout=said, stderr="")

    monkeypatch.setattr(macos.subprocess, "run", run)
    return called


def test_the_properties_are_a_property_list(macos) -> None:
    found = plistlib.loads(plistlib.dumps(macos.properties("0.1.0")))
    assert found["CFBundleShortVersionString"] == "0.1.0"
    assert found["LSMinimumSystemVersion"] == macos.OLDEST
    assert found["NSHighResolutionCapable"] is True
    assert found["CFBundleLocalizations"] == ["en", "zh-Hans"]
    assert {one["LSHandlerRank"] for one in found["CFBundleDocumentTypes"]} == {"Alternate"}
    kinds = {name for one in found["CFBundleDocumentTypes"] for name in one["LSItemContentTypes"]}
    named = {one["UTTypeIdentifier"] for one in found["UTImportedTypeDeclarations"]}
    assert kinds - named == {"public.plain-text"}
    assert f"{APPLICATION_ID}.gguf" in named


def test_llama_cpp_is_built_for_the_same_macos(macos, part) -> None:
    flags = part("bundle.llama").flags("darwin", "arm64")
    assert f"-DCMAKE_OSX_DEPLOYMENT_TARGET={macos.OLDEST}" in flags


def test_the_hardened_program_is_allowed_one_thing(macos) -> None:
    found = plistlib.loads(macos.ENTITLEMENTS.read_bytes())
    assert found == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_the_image_holds_the_program_and_where_it_goes(macos, release, calls, monkeypatch) -> None:
    monkeypatch.setattr(macos.systems, "architecture", lambda: "arm64")
    target = macos.make_dmg(release)
    assert target.name == "lampblack-0.1.0-macos-arm64.dmg"
    folder = release.work / "dmg"
    assert (folder / "Applications").readlink() == Path("/Applications")
    assert (folder / "Lampblack.app" / "_internal" / "link").is_symlink()
    assert len((folder / "README.txt").read_text().splitlines()) == 5
    (command,) = calls
    assert command[:2] == ["hdiutil", "create"]
    assert command[-1] == str(target)


def test_without_keys_the_application_is_sealed_all_the_same(macos, calls, capsys) -> None:
    """What was put into it after PyInstaller has signed it would count as damage."""
    macos.seal(Path("Lampblack.app"), {})
    macos.finish(Path("a.dmg"), {})
    assert calls[0] == ["codesign", "--force", "--sign", "-", "Lampblack.app"]
    assert len(calls) == 2  # it is verified, and the image is not signed
    said = capsys.readouterr().out
    assert "Lampblack.app: signed for no one, for MACOS_SIGN_IDENTITY is empty." in said
    assert "a.dmg: not signed" in said


def test_with_an_identity_alone_it_is_signed_and_not_notarized(macos, calls, capsys) -> None:
    keys = {"MACOS_SIGN_IDENTITY": "Developer ID Application: Us"}
    macos.seal(Path("Lampblack.app"), keys)
    macos.finish(Path("a.dmg"), keys)
    signed = [command for command in calls if "--sign" in command]
    assert all(command[5:7] == ["--options", "runtime"] for command in signed)
    assert ["--entitlements" in command for command in signed] == [True, False]
    assert not any("notarytool" in command for command in calls)
    assert "not notarized, for MACOS_NOTARY_KEY" in capsys.readouterr().out


def test_with_all_keys_the_answer_is_stapled_to_the_image(macos, calls) -> None:
    macos.finish(Path("a.dmg"), {"MACOS_SIGN_IDENTITY": "Us", **NOTARY})
    words = [command[1] for command in calls]
    assert words == ["--force", "notarytool", "stapler", "stapler"]
    key = Path(calls[1][calls[1].index("--key") + 1])
    assert not key.exists()


def test_what_the_notary_refuses_is_told(macos, part, monkeypatch) -> None:
    def run(command, **_named):
        said = {"status": "Invalid", "id": "7"} if "submit" in command else {"issues": "unsigned"}
        return SimpleNamespace(returncode=0, stdout=json.dumps(said), stderr="")

    monkeypatch.setattr(macos.subprocess, "run", run)
    with pytest.raises(part("machine").SetupError, match=r"refused a\.dmg.*unsigned"):
        macos.notarize(Path("a.dmg"), NOTARY)


def test_some_keys_without_the_others_are_an_error(macos, part) -> None:
    some = {"MACOS_SIGN_IDENTITY": "Us", "MACOS_NOTARY_KEY": "a2V5"}
    with pytest.raises(part("machine").SetupError, match="MACOS_NOTARY_KEY_ID, MACOS_NOTARY_ISS"):
        macos.lacking(tuple(NOTARY), some)
    with pytest.raises(part("machine").SetupError, match="MACOS_CERTIFICATE_PASSWORD must"):
        macos.keychain({"MACOS_CERTIFICATE": "UEsx"}).__enter__()


def test_the_keychain_is_gone_even_when_the_build_fails(macos, calls) -> None:
    keys = {"MACOS_CERTIFICATE": "UEsx", "MACOS_CERTIFICATE_PASSWORD": "a secret"}
    keychain = macos.keychain(keys)
    keychain.__enter__()
    assert calls[-1][-1] == "login.keychain-db"  # the user's own stay in the list
    assert not keychain.__exit__(ValueError, ValueError("a build that fails"), None)
    assert calls[-1][1] == "delete-keychain"
    assert not Path(calls[-1][2]).parent.exists()


def test_a_failure_does_not_tell_the_password(macos, part, monkeypatch) -> None:
    failed = SimpleNamespace(returncode=1, stdout="", stderr="no such file")
    monkeypatch.setattr(macos.subprocess, "run", lambda *_words, **_named: failed)
    with pytest.raises(part("machine").SetupError) as caught:
        macos.run("security", "import", "-P", "a secret")
    assert str(caught.value) == "security import failed: no such file"
