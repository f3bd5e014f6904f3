"""The archives for Windows: the zip's order, the installer's lists, what it must never say."""

from __future__ import annotations

import ast
import re
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def windows(part):
    return part("bundle.windows")


@pytest.mark.parametrize(("version", "numbers"), [
    ("0.1.0", (0, 1, 0, 0)), ("1.2", (1, 2, 0, 0)), ("2.0.3rc4", (2, 0, 3, 0)),
    ("1.0.0+local.7", (1, 0, 0, 0)),
])  # fmt: skip
def test_windows_compares_four_numbers(windows, version, numbers) -> None:
    assert windows.numbers(version) == numbers


def test_the_properties_are_what_pyinstaller_evaluates(windows) -> None:
    said = windows.version_resource("0.1.0")
    assert "filevers=(0, 1, 0, 0)" in said
    assert "'ProductVersion', '0.1.0'" in said
    assert isinstance(ast.parse(said, mode="eval").body, ast.Call)


def test_the_zip_is_the_same_every_time(windows, windows_release) -> None:
    first = windows.make_zip(windows_release).read_bytes()
    (windows_release.tree / "lampblack.exe").touch()
    target = windows.make_zip(windows_release)
    assert target.read_bytes() == first
    assert re.fullmatch(r"lampblack-0\.1\.0-windows-\w+\.zip", target.name)
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        readme = archive.read("lampblack-0.1.0/README.txt").decode()
        assert {entry.date_time for entry in archive.infolist()} == {(2027, 1, 15, 8, 0, 0)}
    assert names[1:] == sorted(names[1:])
    assert {name.split("/")[0] for name in names} == {"lampblack-0.1.0"}
    assert "lampblack-0.1.0/lampblack-cli.exe" in names
    assert readme.count("\r\n") == len(readme.splitlines()) == 5


def test_every_file_is_listed_to_be_removed_and_no_folder_whole(windows, windows_release) -> None:
    lists = windows.file_lists(windows_release.tree)
    installing, removing = lists.split("!macroend")[:2]
    for name in (
        "lampblack.exe",
        r"_internal\licences\lampblack.txt",
        r"_internal\numpy\core$$.pyd",
    ):
        assert f'Delete "$INSTDIR\\{name}"' in removing
    assert installing.count("  File ") == removing.count("  Delete ") == 4
    folders = re.findall(r'RMDir "(.+)"', removing)
    assert folders == sorted(folders, reverse=True)  # what lies deeper goes first
    assert folders[-1] == r"$INSTDIR\_internal"
    script = windows.SCRIPT.read_text("utf-8")
    assert not re.search(r"RMDir\s+/r", script + lists, re.IGNORECASE)
    assert "RequestExecutionLevel user" in script
    assert "HKLM" not in script


def test_every_sentence_of_the_installer_is_chinese_too(windows) -> None:
    said = re.findall(
        r"^LangString (\w+) \$\{LANG_(\w+)\}", windows.SCRIPT.read_text("utf-8"), re.M
    )
    english = {name for name, language in said if language == "ENGLISH"}
    assert english == {name for name, language in said if language == "SIMPCHINESE"} != set()


def test_what_it_opens_is_what_the_desktop_s_entry_opens(windows, part) -> None:
    kinds = set(re.findall(r'!insertmacro OpensFiles "(.+?)"', windows.SCRIPT.read_text("utf-8")))
    gone = set(re.findall(r'!insertmacro un.OpensFiles "(.+?)"', windows.SCRIPT.read_text("utf-8")))
    plist = part("bundle.macos").properties("1")["UTImportedTypeDeclarations"]
    own = {one["UTTypeTagSpecification"]["public.filename-extension"][0] for one in plist}
    assert kinds == gone == {".txt"} | {f".{name}" for name in own}


@pytest.mark.skipif(not shutil.which("makensis"), reason="makensis is not installed")
def test_makensis_makes_an_installer_without_a_warning(windows, windows_release) -> None:
    target = windows.make_nsis(windows_release)
    assert target.name.endswith("-setup.exe")
    head = target.read_bytes()
    assert head[:2] == b"MZ"
    assert "Lampblack Setup".encode("utf-16-le") in head
    assert b"requireAdministrator" not in head


def test_where_makensis_fails_its_words_are_told(
    windows, windows_release, part, monkeypatch
) -> None:
    said = SimpleNamespace(returncode=1, stdout="Error in script on line 3", stderr="")
    monkeypatch.setattr(windows, "makensis", lambda: "makensis")
    monkeypatch.setattr(windows.subprocess, "run", lambda *_words, **_named: said)
    with pytest.raises(part("machine").SetupError, match="Error in script on line 3"):
        windows.compile_installer(windows_release.tree, "1", windows_release.work, Path("x.exe"))


def test_without_a_certificate_it_is_said_and_nothing_is_called(
    windows, monkeypatch, capsys
) -> None:
    for name in ("WINDOWS_CERTIFICATE", "WINDOWS_CERTIFICATE_SHA1"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(windows.subprocess, "run", lambda *_words, **_named: pytest.fail("called"))
    with windows.signing():
        windows.sign(Path("lampblack.exe"))
    assert capsys.readouterr().out.startswith("lampblack.exe: not signed, for WINDOWS_CERT")


def test_a_certificate_s_password_is_on_no_command_line(windows, monkeypatch) -> None:
    calls = []

    def run(command, **named):
        calls.append((list(command), named.get("env", {})))
        return SimpleNamespace(returncode=0, stdout="ABCDEF\r\n", stderr="")

    monkeypatch.delenv("WINDOWS_CERTIFICATE_SHA1", raising=False)
    monkeypatch.setenv("WINDOWS_CERTIFICATE", "UEZY")
    monkeypatch.setenv("WINDOWS_CERTIFICATE_PASSWORD", "a secret")
    monkeypatch.setattr(windows.subprocess, "run", run)
    monkeypatch.setattr(windows, "_signtool", lambda: "signtool")
    with windows.signing():
        windows.sign(Path("lampblack.exe"), Path("lampblack-cli.exe"))
    (_imported, told), (signed, _env), (removed, _none) = calls
    assert "Remove-Item" in removed[-1]
    assert told["WINDOWS_CERTIFICATE_PASSWORD"] == "a secret"
    assert not Path(told["LAMPBLACK_PFX"]).exists()
    assert not any("secret" in word for command, _named in calls for word in command)
    assert signed[:4] == ["signtool", "sign", "/sha1", "ABCDEF"]
    assert signed[-2:] == ["lampblack.exe", "lampblack-cli.exe"]
