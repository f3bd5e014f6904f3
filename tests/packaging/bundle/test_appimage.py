"""The AppImage: a runtime that is the pinned one, in front of the squashed tree."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest


@pytest.fixture
def appimage(part):
    return part("bundle.appimage")


@pytest.fixture
def runtime(appimage, tmp_path: Path):
    """A runtime that is a shell script, with the mark of type 2 where a real one has it."""
    text = b"#!/bin/s" + b"AI\x02" + b"\n"
    file = tmp_path / "published"
    file.write_bytes(text)
    digest = hashlib.sha256(text).hexdigest()
    return replace(appimage.RUNTIME, url=file.as_uri(), sha256=digest)


def test_the_pin_is_of_one_release(appimage) -> None:
    pinned = appimage.RUNTIME
    assert f"/{pinned.version}/" in pinned.url
    assert pinned.url.startswith("https://")
    assert len(bytes.fromhex(pinned.sha256)) == 32


def test_it_is_fetched_once_and_checked_each_time(appimage, runtime, part, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    found = appimage.fetch(runtime, folder)
    Path(runtime.url.removeprefix("file://")).unlink()
    assert appimage.fetch(runtime, folder) == found
    found.write_bytes(b"something else")
    with pytest.raises(part("machine").SetupError, match="not the runtime that is pinned"):
        appimage.fetch(runtime, folder)
    assert not found.exists()


def test_without_a_network_it_may_be_put_there_by_hand(appimage, runtime, part, tmp_path) -> None:
    there = replace(runtime, url=(tmp_path / "nothing").as_uri())
    with pytest.raises(part("machine").SetupError, match=r"cannot be fetched .* put file:.* at"):
        appimage.fetch(there, tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_what_is_no_runtime_is_refused(appimage, part, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(b"<html>not found</html>")
    with pytest.raises(part("machine").SetupError, match="no runtime"):
        appimage.join(tmp_path / "page.html", tmp_path / "tree", tmp_path / "out")


@pytest.fixture
def pinned(appimage, runtime, monkeypatch, tmp_path: Path):
    """The program's own pin is that runtime."""
    monkeypatch.setattr(appimage.archives.share, "require_valid", lambda _share: None)
    monkeypatch.setattr(appimage, "RUNTIME", runtime)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return runtime


@pytest.mark.skipif(not shutil.which("mksquashfs"), reason="squashfs-tools are not installed")
def test_the_file_is_a_program_with_the_tree_behind_it(appimage, pinned, release) -> None:
    target = appimage.make_appimage(release)
    assert target.name == "lampblack-0.1.0-linux-x86_64.AppImage"
    assert target.stat().st_mode & 0o111 == 0o111
    start = len(Path(pinned.url.removeprefix("file://")).read_bytes())
    listed = subprocess.run(
        ["unsquashfs", "-offset", str(start), "-ll", target], capture_output=True, text=True
    )
    assert "squashfs-root/AppRun" in listed.stdout
    # The tree alone was not asked for.
    assert sorted(path.name for path in release.dist.iterdir()) == ["lampblack", target.name]


@pytest.mark.skipif(not shutil.which("mksquashfs"), reason="squashfs-tools are not installed")
@pytest.mark.usefixtures("pinned")
def test_a_tree_that_was_asked_for_too_stays(appimage, release) -> None:
    squashed = appimage.archives.make_appdir(release)
    before = squashed.stat().st_mtime_ns
    assert appimage.make_appimage(release).read_bytes().endswith(squashed.read_bytes())
    assert squashed.stat().st_mtime_ns == before


def test_the_list_of_an_appimage_has_its_runtime(appimage, part, monkeypatch, tmp_path) -> None:
    build, licences = part("bundle.build"), part("bundle.licences")
    runtime = appimage.CARRIED
    assert licences.is_allowed(runtime.licence)
    with pytest.raises(part("machine").SetupError, match="no text"):
        licences.require_allowed([replace(runtime, texts=())])
    (tmp_path / "notice").write_text("Terms")
    licences.require_allowed([replace(runtime, texts=(tmp_path / "notice",))])
    assert runtime.texts[0].is_file()
    assert runtime.texts[-1].name == "LGPL-2.1"
    assert build.carried(Path("a.AppImage"), [runtime]) == [runtime]
    assert build.carried(Path("a.deb"), [runtime]) == []
