"""Installing packs: whole or not at all, and nothing of a hostile archive."""

from __future__ import annotations

import errno
import hashlib
import json
import lzma
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.core.errors import CancelledError, PackError
from app.core.system import files
from app.engine.packs import archive
from app.engine.packs.archive import install, remove
from app.engine.packs.installed import PACK_FILE, Packs
from tests import fake_pack
from tests.fake_pack import FILES, TOP, listing, member, members, sound, written


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return tmp_path / "data" / "packs"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pack.tar.xz"


def left(packs: Path) -> list[str]:
    return sorted(path.name for path in packs.iterdir()) if packs.exists() else []


def test_a_sound_pack_is_installed_and_found(packs: Path, file: Path) -> None:
    told: list[tuple[int, int]] = []
    info = install(sound(file), packs, lambda done, total: told.append((done, total)))
    total = sum(map(len, FILES.values()))
    assert told[0] == (0, total)
    assert told[-1] == (total, total)
    assert info.size_bytes == total
    (pack,) = Packs(packs).all()
    assert (pack.problem, pack.name) == ("", "PyTorch engine")
    assert {name: (pack.folder / name).read_bytes() for name in FILES} == FILES
    assert os.access(pack.folder / "lampblack-torch", os.X_OK)
    assert not os.access(pack.folder / "_internal/torch/lib.so", os.X_OK)
    assert left(packs) == [".lock", "torch"]


def test_members_that_are_folders_are_taken_for_what_they_are(packs: Path, file: Path) -> None:
    found = members()
    folder = member("_internal", type=tarfile.DIRTYPE)
    top = (tarfile.TarInfo(TOP), b"")
    top[0].type = tarfile.DIRTYPE
    install(written(file, [top, found[0], folder, *found[1:]]), packs)
    assert left(packs) == [".lock", "torch"]


HOSTILE = {
    "an absolute path": [member("/etc/lampblack-hostile", b"x")],
    "a path that climbs": [member("../../climbed", b"x")],
    "a file that is not listed": [member("more", b"x")],
    "a file twice": [member("lampblack-torch", FILES["lampblack-torch"])],
    "a link out": [member("out", type=tarfile.SYMTYPE, linkname="/etc/passwd")],
    "a hard link out": [member("out", type=tarfile.LNKTYPE, linkname="../../../etc/passwd")],
    "a device": [member("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3)],
    "a pipe": [member("pipe", type=tarfile.FIFOTYPE)],
    "a map of holes": [member("more", pax_headers={"GNU.sparse.map": "x,y"})],
    "a sparse file": [
        member("more", pax_headers={"GNU.sparse.map": "0,1", "GNU.sparse.size": "9"})
    ],
    "half a sparse file": [
        member("more", b"x", pax_headers={"GNU.sparse.major": "1", "GNU.sparse.minor": "0"})
    ],
    "less than nothing": [member("more", pax_headers={"size": "-5"})],
}


@pytest.mark.parametrize("more", HOSTILE.values(), ids=HOSTILE)
def test_a_member_that_is_not_listed_ends_it(packs: Path, file: Path, more: list) -> None:
    with pytest.raises(PackError, match="damaged"):
        install(written(file, [*members(), *more]), packs)
    assert left(packs) == [".lock"]
    assert not (packs.parent / "climbed").exists()


SWAPPED = {
    "a link in a file's place": member(
        "_internal/torch/lib.so", type=tarfile.SYMTYPE, linkname="/"
    ),
    "a folder in a file's place": member("_internal/torch/lib.so", type=tarfile.DIRTYPE),
    "another size": member("_internal/torch/lib.so", b"short"),
    "another content": member("_internal/torch/lib.so", bytes(3004)),
}


@pytest.mark.parametrize("other", SWAPPED.values(), ids=SWAPPED)
def test_a_member_that_is_not_as_it_is_listed_ends_it(packs: Path, file: Path, other) -> None:
    with pytest.raises(PackError, match="damaged: "):
        install(written(file, [*members()[:2], other]), packs)
    assert left(packs) == [".lock"]


PATHS = ("/etc/x", "../x", "a/../../x", "a//x", ".", "a\\..\\x", "c:x", "pack.json", "PACK.JSON")


@pytest.mark.parametrize("path", [*PATHS, "a/" * 40 + "x", "x\n", "lampblack-torch/x", ""])
def test_a_list_with_such_a_path_is_refused(packs: Path, file: Path, path: str) -> None:
    with pytest.raises(PackError, match="no pack of Lampblack"):
        install(written(file, members({**FILES, path: b"x"})), packs)
    assert left(packs) == [".lock"]


WRONG = {
    "no JSON": b"{",
    "another kind": json.dumps(listing(kind="cuda")).encode(),
    "an unknown field": json.dumps(listing(run="rm")).encode(),
    "no files": json.dumps(listing({})).encode(),
    "no program": json.dumps(listing(program="_internal/torch/lib.so")).encode(),
    "nested deeply": b"[" * 100_000,
    "no text": b"\xff\xfe\xff",
    "a size that is none": json.dumps(listing()).replace('"size": 3004', '"size": -1').encode(),
}


@pytest.mark.parametrize("listed", WRONG.values(), ids=WRONG)
def test_a_list_that_is_none_is_refused(packs: Path, file: Path, listed: bytes) -> None:
    with pytest.raises(PackError, match="no pack of Lampblack"):
        install(written(file, [member(PACK_FILE, listed), *members()[1:]]), packs)
    assert left(packs) == [".lock"]


def test_the_list_must_come_first(packs: Path, file: Path) -> None:
    first, *others = members()
    with pytest.raises(PackError, match="no archive of a pack"):
        install(written(file, [*others, first]), packs)


def test_a_header_cannot_ask_for_memory(packs: Path, file: Path) -> None:
    first = members()[0]
    first[0].pax_headers = {"comment": "x" * (archive._HEADERS * 3)}
    with (
        lzma.open(file, "wb", preset=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        tar.addfile(first[0])
    with pytest.raises(PackError, match="header in it is far too long"):
        install(file, packs)


@pytest.mark.parametrize("content", [b"", b"no xz at all", lzma.compress(b"no tar" * 1000)])
def test_what_is_no_archive_is_refused(packs: Path, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(PackError, match=r"no archive of a pack"):
        install(file, packs)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_torn_archive_leaves_nothing(packs: Path, file: Path, share: float) -> None:
    whole = sound(file).read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(PackError, match="or it is damaged"):
        install(file, packs)
    assert left(packs) == [".lock"]


REFUSED = {
    "older": ({"protocol": 1}, "belongs to an older version of Lampblack"),
    "newer": ({"protocol": 10_000}, "belongs to a newer version of Lampblack"),
    "newer format": ({"format": 2}, "made for a newer version of Lampblack"),
    "other system": ({"system": "win32"}, "made for win32"),
    "other machine": ({"machine": "riscv64"}, "on riscv64"),
    "newer C library": ({"glibc": "99.1"}, "needs the C library glibc 99.1"),
}


@pytest.mark.parametrize(("changes", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_here_is_refused_before_it_is_unpacked(
    packs: Path, file: Path, changes: dict, sentence: str
) -> None:
    install(sound(file), packs)
    with pytest.raises(PackError, match=sentence):
        install(sound(file, **changes), packs)
    (pack,) = Packs(packs).all()
    assert pack.problem == ""


def test_the_new_one_takes_the_place_of_the_old_one(packs: Path, file: Path) -> None:
    install(sound(file), packs)
    install(sound(file, version="2"), packs)
    (pack,) = Packs(packs).all()
    assert pack.info is not None
    assert pack.info.version == "2"
    assert left(packs) == [".lock", "torch"]


def test_a_damaged_new_one_leaves_the_old_one(packs: Path, file: Path) -> None:
    install(sound(file), packs)
    with pytest.raises(PackError):
        install(written(file, members(version="2")[:2]), packs)
    (pack,) = Packs(packs).all()
    assert pack.info is not None
    assert pack.info.version == "1"


def test_it_is_stopped_with_nothing_left(packs: Path, file: Path) -> None:
    asked = iter([False, True])
    with pytest.raises(CancelledError):
        install(sound(file), packs, cancelled=lambda: next(asked))
    assert left(packs) == [".lock"]


def test_no_room_is_said_before_anything_is_written(packs: Path, file: Path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
    with pytest.raises(PackError, match="Make room"):
        install(sound(file), packs)
    assert left(packs) == [".lock"]


def test_the_checksum_is_that_of_the_file_beside_it_or_the_one_named(
    packs: Path, file: Path
) -> None:
    digest = hashlib.sha256(sound(file).read_bytes()).hexdigest()
    beside = file.with_name("pack.tar.xz.sha256")
    beside.write_text(f"{'0' * 64}  pack.tar.xz\n")
    with pytest.raises(PackError, match="another checksum"):
        install(file, packs)
    install(file, packs, sha256=digest.upper())
    beside.write_text(f"{digest}  pack.tar.xz\n")
    install(file, packs)
    beside.write_text("none")
    with pytest.raises(PackError, match="holds no SHA-256"):
        install(file, packs)


def test_what_a_killed_installation_left_is_cleaned_up(packs: Path, file: Path) -> None:
    (packs / ".lampblack-1.part" / "_internal").mkdir(parents=True)
    install(sound(file), packs)
    assert left(packs) == [".lock", "torch"]


def test_the_old_one_comes_back_where_the_new_one_did_not_get_its_place(
    packs: Path, file: Path
) -> None:
    install(sound(file), packs)
    (packs / "torch").rename(packs / ".lampblack-1.old")
    with pytest.raises(PackError):
        install(sound(file, protocol=1), packs)
    assert [pack.problem for pack in Packs(packs).all()] == [""]


def test_what_a_killed_change_left_can_be_removed(packs: Path, file: Path) -> None:
    install(sound(file), packs)
    (packs / "torch").rename(packs / ".lampblack-1.old")
    remove("torch", packs)
    assert left(packs) == [".lock"]


def test_a_disk_that_knows_no_locks_has_packs_too(packs: Path, file: Path, monkeypatch) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(files, "_lock", refuse)
    install(sound(file), packs)
    assert left(packs) == [".lock", "torch"]


def test_two_cannot_change_the_packs_at_once(packs: Path, file: Path) -> None:
    with (
        archive._locked(packs),
        pytest.raises(PackError, match="Another window or command"),
    ):
        install(sound(file), packs)


def test_a_pack_is_removed(packs: Path, file: Path) -> None:
    install(sound(file), packs)
    remove("torch", packs)
    assert left(packs) == [".lock"]
    with pytest.raises(PackError, match="not installed"):
        remove("torch", packs)


def test_one_that_runs_is_neither_removed_nor_replaced(packs: Path, file: Path) -> None:
    sleep = Path(shutil.which("sleep") or "").resolve().read_bytes()
    install(written(file, members({"lampblack-torch": sleep})), packs)
    with subprocess.Popen([packs / "torch" / "lampblack-torch", "600"]) as running:
        try:
            for change in (lambda: remove("torch", packs), lambda: install(file, packs)):
                with pytest.raises(PackError, match="is in use"):
                    change()
        finally:
            running.kill()
    remove("torch", packs)


def test_a_file_that_cannot_be_read_is_said(packs: Path, tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"missing.tar.xz could not be installed: no such file"):
        install(tmp_path / "missing.tar.xz", packs)


def test_the_fakes_are_what_the_program_reads() -> None:
    assert set(fake_pack.listing()) >= {"format", "kind", "protocol", "files"}
