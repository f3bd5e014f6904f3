"""The archives of a frozen program, made of a small tree, and what they say of themselves."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.__main__ import CLI_WORDS
from app.ui.application import APPLICATION_ID

ROOT = Path(__file__).resolve().parents[3]
DESKTOP = ROOT / "packaging" / "bundle" / "desktop"


@pytest.fixture
def archives(part):
    return part("bundle.archives")


def test_the_packages_that_hold_what_is_left_to_the_system(archives, part) -> None:
    found = archives.depends(["libc.so.6", "ld-linux-x86-64.so.2", "libX11.so.6"], "2.35")
    assert found == ["libc6 (>= 2.35)", "libx11-6"]
    with pytest.raises(part("machine").SetupError, match=r"hold libnew\.so\.1"):
        archives.depends(["libnew.so.1"], "2.35")


def test_a_graphics_card_s_loader_and_cups_are_welcome_and_not_needed(archives) -> None:
    needs = ["libvulkan.so.1", "libX11.so.6"]
    assert archives.depends(needs, "2.35") == ["libc6 (>= 2.35)", "libx11-6"]
    assert archives.recommends(needs)[-1] == "libvulkan1"
    assert "libvulkan1" not in archives.recommends(["libX11.so.6"])
    assert archives.recommends(["libcups.so.2"])[-1] == "libcups2"


def test_every_library_left_out_has_a_package(archives, part) -> None:
    left = [name for name in part("bundle.contents").SYSTEM if "*" not in name]
    archives.depends({*left} - {"libXau.so.6", "libXdmcp.so.6", "libGLdispatch.so.0"}, "2.35")


@pytest.mark.skipif(not shutil.which("xz"), reason="xz is not installed")
def test_the_tar_is_one_folder_with_a_readme_of_five_lines(archives, release) -> None:
    target = archives.make_tar(release)
    assert target.name == "lampblack-0.1.0-linux-x86_64.tar.xz"
    with tarfile.open(target) as found:
        members = {member.name: member for member in found}
        file = found.extractfile("lampblack-0.1.0/README.txt")
        assert file is not None
        readme = file.read().decode()
    assert {name.split("/")[0] for name in members} == {"lampblack-0.1.0"}
    assert members["lampblack-0.1.0/lampblack"].mode == 0o755
    assert members["lampblack-0.1.0/_internal/link"].issym()
    assert {(one.uid, one.mtime) for one in members.values()} == {(0, release.made)}
    assert len(readme.splitlines()) == 5
    assert "2.35" in readme
    assert not (release.tree / "README.txt").exists()


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb is not installed")
def test_the_deb_has_everything_a_desktop_wants(archives, release, monkeypatch) -> None:
    monkeypatch.setattr(archives.share, "require_valid", lambda _share: None)
    target = archives.make_deb(release)
    listed = subprocess.run(["dpkg-deb", "-c", target], capture_output=True, text=True, check=True)
    for place in (
        f"./{archives.PLACE}/lampblack",
        f"./usr/bin/lampblack -> ../../{archives.PLACE}/lampblack",
        f"./usr/share/applications/{APPLICATION_ID}.desktop",
        f"./usr/share/metainfo/{APPLICATION_ID}.metainfo.xml",
        f"./usr/share/mime/packages/{APPLICATION_ID}.xml",
        f"./usr/share/icons/hicolor/16x16/apps/{APPLICATION_ID}.png",
        f"./usr/share/icons/hicolor/512x512/apps/{APPLICATION_ID}.png",
        f"./usr/share/icons/hicolor/scalable/apps/{APPLICATION_ID}.svg",
        "./usr/share/man/man1/lampblack.1.gz",
        "./usr/share/doc/lampblack/copyright",
    ):
        assert re.search(rf" {re.escape(place)}$", listed.stdout, re.MULTILINE), place
    assert "root/root" in listed.stdout
    control = ["dpkg-deb", "-f", target, "Depends", "Maintainer"]
    said = subprocess.run(control, capture_output=True, text=True, check=True).stdout.splitlines()
    authors = (ROOT / "LICENSE").read_text("utf-8").splitlines()[2].partition(" 2026 ")[2]
    assert sorted(said) == ["Depends: libc6 (>= 2.35), libegl1", f"Maintainer: {authors}"]


@pytest.mark.skipif(not shutil.which("mksquashfs"), reason="mksquashfs is not installed")
def test_the_appdir_runs_from_anywhere(archives, release, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(archives.share, "require_valid", lambda _share: None)
    assert archives.make_appdir(release).read_bytes()[:4] == b"hsqs"
    folder = release.dist / "Lampblack.AppDir"
    assert (folder / f"{APPLICATION_ID}.desktop").read_text().startswith("[Desktop Entry]")
    assert (folder / ".DirIcon").read_bytes().startswith(b"\x89PNG")
    moved = tmp_path / "a place 地方"
    folder.rename(moved)
    said = subprocess.run([moved / "AppRun"], capture_output=True, text=True, check=True, cwd="/")
    assert said.stdout == "it runs\n"


def test_archives_of_a_former_build_go_and_the_tree_stays(archives, release) -> None:
    dist = release.dist
    for name in ("lampblack-0.0.9-linux-x86_64.tar.xz", "lampblack_0.0.9_amd64.deb", "SHA256SUMS"):
        (dist / name).write_text("old")
    (dist / "Lampblack.AppDir" / "usr").mkdir(parents=True)
    (dist / "notes.txt").write_text("somebody's own")
    archives.clear(dist)
    assert sorted(path.name for path in dist.iterdir()) == ["lampblack", "notes.txt"]
    assert (release.tree / "lampblack").exists()


def test_the_sums_are_what_sha256sum_checks(archives, tmp_path: Path) -> None:
    (tmp_path / "b.deb").write_bytes(b"b")
    (tmp_path / "a.tar.xz").write_bytes(b"a")
    archives.write_sums(tmp_path, [tmp_path / "b.deb", tmp_path / "a.tar.xz"])
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    assert lines[0] == f"{hashlib.sha256(b'a').hexdigest()}  a.tar.xz"
    assert [line[66:] for line in lines] == ["a.tar.xz", "b.deb"]


def test_a_pack_and_its_sum_stay_when_the_program_is_built_again(archives, tmp_path: Path) -> None:
    packed, program = tmp_path / "lampblack-torch-1.tar.xz", tmp_path / "lampblack-1.tar.xz"
    for path in (packed, program):
        path.write_bytes(b"x")
        archives.write_sums(tmp_path, [path])
    archives.clear(tmp_path)
    assert not program.exists()
    assert [line[66:] for line in (tmp_path / "SHA256SUMS").read_text().splitlines()] == [
        packed.name
    ]


def test_the_icon_has_every_line_of_the_drawing_in_lamplight(part) -> None:
    drawing = (ROOT / "resources" / "icons" / "lamp.svg").read_text("utf-8")
    found = ElementTree.fromstring(part("bundle.share").tile(drawing))
    paths = [one for one in found.iter() if one.tag.endswith("path")]
    assert len(paths) == drawing.count("<path ") > 0
    assert "currentColor" not in ElementTree.tostring(found, "unicode")


def test_the_manual_has_every_word_of_the_command_line() -> None:
    said = (DESKTOP / "lampblack.1").read_text("utf-8")
    words = [word for word in CLI_WORDS if not word.startswith("-")]
    assert words
    assert all(f".B {word}\n" in said for word in words)


def test_the_desktop_s_files_agree_with_the_program() -> None:
    entry = (DESKTOP / f"{APPLICATION_ID}.desktop").read_text("utf-8")
    about = ElementTree.parse(DESKTOP / f"{APPLICATION_ID}.metainfo.xml").getroot()
    kinds = ElementTree.parse(DESKTOP / f"{APPLICATION_ID}.mime.xml").getroot()
    assert "Exec=lampblack open %F\n" in entry
    assert f"Icon={APPLICATION_ID}\n" in entry
    provided = {one.text for one in about.findall("provides/mediatype")}
    assert about.findtext("id") == APPLICATION_ID
    assert {"text/markdown", "text/plain", kinds[0].get("type")} == provided
    assert all(f"{kind};" in entry for kind in provided)
