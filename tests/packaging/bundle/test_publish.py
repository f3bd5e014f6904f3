"""The release's draft: what every job has made, checked once more, and nothing missing."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def publish(part):
    return part("bundle.publish")


@pytest.fixture
def root(publish, tmp_path: Path) -> Path:
    """A repository in which every job has left its archives."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text('__version__ = "1.2.3"\n')
    for ending in publish.WANTED:
        _job(
            tmp_path,
            re.sub(r"\W+", "-", ending),
            f"lampblack{'_' if ending[0] == '_' else '-'}1.2.3{ending}",
        )
    _job(tmp_path, "linux-torch", publish.PACK.format(version="1.2.3"))
    return tmp_path


def _job(root: Path, job: str, name: str, text: bytes = b"archive") -> Path:
    folder = root / "dist" / "release" / job
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text)
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(text).hexdigest()}  {name}\n")
    return folder


def test_a_draft_has_every_archive_and_one_list_of_sums(publish, root, monkeypatch) -> None:
    calls = []

    def run(command, **_named):
        calls.append(command)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(publish, "tool", lambda name, _package: name)
    monkeypatch.setattr(publish.subprocess, "run", run)
    assert publish.publish(root, "v1.2.3") == 0
    (command,) = calls
    assert command[:5] == ["gh", "release", "create", "v1.2.3", "--draft"]
    names = [Path(word).name for word in command if word.startswith(str(root))]
    pack = publish.PACK.format(version="1.2.3")
    assert len(names) == len(publish.WANTED) + 3
    assert names[-2:] == [f"{pack}.sha256", "SHA256SUMS"]
    beside = root / "dist" / "release" / "linux-torch" / names[-2]
    assert beside.read_text() == f"{hashlib.sha256(b'archive').hexdigest()}  {pack}\n"
    sums = (root / "dist" / "release" / "SHA256SUMS").read_text().splitlines()
    assert [line[66:] for line in sums] == sorted(names[:-2])


def test_another_version_s_tag_is_refused(publish, root, part) -> None:
    with pytest.raises(part("machine").SetupError, match=r"name it v1\.2\.3"):
        publish.publish(root, "v1.2.4")


def test_a_job_that_has_made_nothing_is_told(publish, root, part) -> None:
    (root / "dist" / "release" / "_amd64-deb" / "SHA256SUMS").unlink()
    with pytest.raises(part("machine").SetupError, match=r"lacks its archives _amd64\.deb"):
        publish.publish(root, "v1.2.3")


def test_the_pack_is_not_taken_for_the_program(publish, root, part) -> None:
    (root / "dist" / "release" / "-linux-x86_64-tar-xz" / "SHA256SUMS").unlink()
    with pytest.raises(part("machine").SetupError, match=r"lacks its archives -linux-x86_64\.tar"):
        publish.publish(root, "v1.2.3")


def test_a_release_has_the_pack(publish, root, part) -> None:
    (root / "dist" / "release" / "linux-torch" / "SHA256SUMS").unlink()
    with pytest.raises(part("machine").SetupError, match=r"lampblack-torch-1\.2\.3"):
        publish.publish(root, "v1.2.3")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{'0' * 64}  lampblack-1.zip", "differs"),
        (f"{'0' * 64}  gone.zip", "not there"),
        (f"{'0' * 64}  ../../../app/__init__.py", "not there"),
    ],
)
def test_what_is_not_what_was_made_is_refused(publish, part, tmp_path, line, said) -> None:
    folder = _job(tmp_path, "windows", "lampblack-1.zip")
    (folder / "SHA256SUMS").write_text(f"{line}\n")
    with pytest.raises(part("machine").SetupError, match=said):
        publish.checked(tmp_path / "dist" / "release")


def test_two_jobs_with_one_name_are_refused(publish, part, tmp_path) -> None:
    for job in ("one", "two"):
        _job(tmp_path, job, "lampblack-1.zip")
    with pytest.raises(part("machine").SetupError, match="same name"):
        publish.checked(tmp_path / "dist" / "release")


def test_the_version_is_the_program_s(publish) -> None:
    from app import __version__

    assert publish.version_of(Path(__file__).resolve().parents[3]) == __version__


def test_a_release_has_an_archive_of_every_format(publish, part) -> None:
    made_of_a_folder = {"appdir"}  # which is the AppImage's
    assert len(publish.WANTED) - 1 == len(set(part("bundle.systems").FORMATS) - made_of_a_folder)


def test_what_is_wanted_is_what_is_made(publish, part, release, monkeypatch) -> None:
    systems, windows = part("bundle.systems"), part("bundle.windows")
    monkeypatch.setattr(systems.platform, "machine", lambda: "AMD64")
    names = [f"{release.title}.tar.xz", f"{release.title}.AppImage"]
    names += [f"{windows.title(release)}.zip", f"{windows.title(release)}-setup.exe"]
    wanted = [end for end in publish.WANTED if end.startswith(("-linux", "-windows"))]
    assert len(names) == len(wanted)
    assert all(any(name.endswith(end) for name in names) for end in wanted)
