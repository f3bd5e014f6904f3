"""A download from a hub that misbehaves: what arrives, what is said, what is kept."""

from __future__ import annotations

import errno
import itertools
import os
import random
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.core.errors import CancelledError, DownloadError, GatedError
from app.downloads.downloader import Downloader
from app.downloads.messages import Listed, StartDownload, Waiting
from app.downloads.part_files import PartFile
from app.downloads.part_paths import remove_parts
from app.downloads.request import WantedFile
from tests.downloads.hub_runs import CONTENT, NAME, Run, part_of, refused, whole
from tests.downloads.hub_server import (
    ETAG,
    REPO,
    SHA,
    Answer,
    HubServer,
    serving,
    wanted_gguf,
)


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with serving({NAME: CONTENT}) as server:
        yield server


def test_a_file_arrives_without_any_question_to_the_list(hub: HubServer, models: Path) -> None:
    run = whole(hub, models)
    assert [asked.path for asked in hub.log] == [f"/{REPO}/resolve/{SHA}/{NAME}"]
    assert run.waits == []


def test_what_is_not_known_is_asked_and_reported(hub: HubServer, models: Path) -> None:
    wanted = wanted_gguf(NAME, CONTENT, revision="", files=(WantedFile(path=NAME),))
    run = whole(hub, models, wanted)
    listed = next(event for event in run.events if isinstance(event, Listed))
    assert listed.wanted == wanted_gguf(NAME, CONTENT)


def test_a_hundred_random_cuts(
    hub: HubServer, models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    with capsys.disabled():
        sys.stdout.write(f"\nA hundred random cuts with the seed {seed}\n")
    chance = random.Random(seed)
    content = chance.randbytes(4_600_017)
    hub.files[NAME] = content
    hub.answers = [Answer(cut=chance.randrange(1, 45_000)) for _ in range(100)]
    run = Run(hub, models, wanted_gguf(NAME, content))
    assert run.run().read_bytes() == content
    assert run.done == sorted(run.done)
    starts = [asked.start for asked in hub.asked_for(NAME)]
    assert len(starts) == 101
    assert starts[0] == 0
    assert all(before < after for before, after in itertools.pairwise(starts))
    assert all(asked.if_range == ETAG for asked in hub.log[1:])


def test_cuts_before_the_first_byte_of_every_block_count_as_nothing(
    hub: HubServer, models: Path
) -> None:
    hub.answers = [Answer(cut=0), Answer(cut=0), Answer(cut=1000), Answer(cut=0), Answer(cut=0)]
    run = whole(hub, models)
    assert len(run.waits) == 5
    assert run.waits[1] > 2 * 0.999 / 2  # doubled, with a random part


def test_a_line_that_never_holds_is_given_up_with_everything_kept(
    hub: HubServer, models: Path
) -> None:
    hub.answers = [Answer(cut=300_000), *[Answer(cut=0)] * 9]
    run = refused(hub, models, "4 times in a row")
    assert part_of(models).read_bytes() == CONTENT[:300_000]
    assert len(run.waits) == 4
    hub.answers = []
    again = whole(hub, models)
    assert again.done[0] == 300_000
    assert hub.log[-1].range == "bytes=300000-"


def test_a_server_without_ranges_is_read_from_its_beginning_and_skipped(
    hub: HubServer, models: Path
) -> None:
    hub.always = lambda asked: Answer(ranges=False, cut=400_000 if len(hub.log) < 2 else None)
    run = whole(hub, models)
    assert len(hub.log) == 2
    assert [asked.start for asked in hub.log] == [0, 400_000]
    assert run.done[0] == 0


@pytest.mark.parametrize("answer", [Answer(shift=-5000), Answer(shift=7), Answer(status=416)])
def test_another_range_than_was_asked_for_does_no_harm(
    answer: Answer, hub: HubServer, models: Path
) -> None:
    hub.answers = [Answer(cut=300_000), answer]
    whole(hub, models)


def test_another_etag_is_no_other_file_where_the_checksum_is_known(
    hub: HubServer, models: Path
) -> None:
    hub.answers = [Answer(cut=300_000), Answer(etag='"two"')]
    whole(hub, models)


def test_wrong_bytes_are_renamed_and_fetched_again_on_request(hub: HubServer, models: Path) -> None:
    wrong = bytes(len(CONTENT))
    hub.answers = [Answer(body=wrong)]
    refused(hub, models, "wrong checksum")
    bad = models / "owner--model" / f"{NAME}.bad"
    assert bad.read_bytes() == wrong
    assert [path for path in models.rglob("*") if path.is_file()] == [bad]
    run = Run(hub, models, wanted_gguf(NAME, CONTENT))
    assert run.run().read_bytes() == CONTENT
    assert [path.name for path in models.rglob("*") if path.is_file()] == [NAME]


def test_what_was_renamed_goes_with_the_download(hub: HubServer, models: Path) -> None:
    hub.answers = [Answer(body=bytes(len(CONTENT)))]
    refused(hub, models, "wrong checksum")
    remove_parts(wanted_gguf(NAME, CONTENT), models)
    assert list(models.rglob("*")) == []


def test_a_damaged_part_is_found_out(hub: HubServer, models: Path) -> None:
    part = part_of(models)
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(1000))
    refused(hub, models, "wrong checksum")


def test_a_part_that_is_too_long_starts_over(hub: HubServer, models: Path) -> None:
    part = part_of(models)
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(len(CONTENT) + 1))
    whole(hub, models)


def test_a_whole_part_is_only_verified(hub: HubServer, models: Path) -> None:
    part = part_of(models)
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT)
    whole(hub, models)
    assert hub.log == []


def test_a_sound_file_is_left_alone(hub: HubServer, models: Path) -> None:
    whole(hub, models)
    hub.log.clear()
    whole(hub, models)
    assert hub.log == []


@pytest.mark.parametrize("length", [len(CONTENT) + 5000, len(CONTENT) - 5000])
def test_a_lying_length_does_no_harm(length: int, hub: HubServer, models: Path) -> None:
    hub.answers = [Answer(length=length), Answer(length=length)]
    whole(hub, models)


def test_more_bytes_than_there_should_be_are_not_taken(hub: HubServer, models: Path) -> None:
    hub.files[NAME] = CONTENT + b"more"
    whole(hub, models)


def test_a_stall_is_ended_and_gone_on_from(hub: HubServer, models: Path) -> None:
    hub.answers = [Answer(cut=200_000, stall=True)]
    run = whole(hub, models)
    assert hub.log[-1].start == 200_000
    assert [event.problem for event in run.events if isinstance(event, Waiting)] == [
        "127.0.0.1 sent nothing for a while"
    ]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_trouble_of_the_server_is_waited_for(status: int, hub: HubServer, models: Path) -> None:
    hub.answers = [Answer(status=status), Answer(status=status)]
    assert len(whole(hub, models).waits) == 2


def test_the_server_says_how_long(hub: HubServer, models: Path) -> None:
    hub.answers = [Answer(status=429, headers={"Retry-After": "77"})]
    assert whole(hub, models).waits == [77]


def test_a_very_long_wait_is_said_instead(hub: HubServer, models: Path) -> None:
    hub.answers = [Answer(status=429, headers={"Retry-After": "7200"})]
    assert refused(hub, models, "120 minutes").waits == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_gated_model_says_what_to_do(status: int, hub: HubServer, models: Path) -> None:
    hub.answers = [Answer(status=status, headers={"X-Error-Code": "GatedRepo"})]
    run = Run(hub, models, wanted_gguf(NAME, CONTENT))
    with pytest.raises(GatedError, match="gated") as caught:
        run.run()
    assert f"{hub.url}/{REPO}" in caught.value.hint
    assert "token" in caught.value.hint
    assert run.waits == []
    hub.answers = [Answer(status=status)]
    with pytest.raises(GatedError, match="owner of this token"):
        Run(hub, models, wanted_gguf(NAME, CONTENT), token="t").run()


def test_what_is_not_there_is_said(hub: HubServer, models: Path) -> None:
    hub.files.clear()
    refused(hub, models, "does not have A Model")
    hub.answers = [Answer(status=401, headers={"X-Error-Code": "RepoNotFound"})]
    refused(hub, models, "does not have A Model")


def test_a_redirect_is_followed_with_the_range_and_without_the_token(
    hub: HubServer, models: Path
) -> None:
    with serving({NAME: CONTENT}) as other:
        hub.always = lambda _asked: Answer(redirect=f"{other.url}/cdn/{NAME}")
        other.answers = [Answer(cut=100_000)]
        run = Run(hub, models, wanted_gguf(NAME, CONTENT), token="secret")
        assert run.run().read_bytes() == CONTENT
        assert {asked.authorization for asked in hub.log} == {"Bearer secret"}
        assert [asked.authorization for asked in other.log] == ["", ""]
        assert [asked.start for asked in other.log] == [0, 100_000]


def test_a_redirect_on_the_same_host_keeps_the_token(hub: HubServer, models: Path) -> None:
    hub.answers = [Answer(redirect=f"/cdn/{NAME}")]
    assert Run(hub, models, wanted_gguf(NAME, CONTENT), token="secret").run()
    assert [asked.authorization for asked in hub.log] == ["Bearer secret"] * 2


@pytest.mark.parametrize("target", ["http://example.org/x", "file:///etc/passwd", "ftp://a/b"])
def test_a_redirect_to_an_open_line_is_refused(target: str, hub: HubServer, models: Path) -> None:
    hub.answers = [Answer(redirect=target)]
    refused(hub, models, "not encrypted")


def test_redirects_in_a_circle_end(hub: HubServer, models: Path) -> None:
    hub.always = lambda asked: Answer(redirect=asked.path)
    refused(hub, models, "again and again")
    assert len(hub.log) == 6


def test_a_server_that_is_not_there_is_a_sentence(models: Path) -> None:
    with serving({}) as gone:
        pass
    refused(gone, models, "cannot be reached")


def test_too_little_room_is_said_before_anything_is_asked(
    hub: HubServer, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = part_of(models)
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:600_000])
    rest = len(CONTENT) - 600_000
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=rest - 1))
    refused(hub, models, "Make room")
    assert hub.log == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=rest))
    whole(hub, models)


def test_a_full_disk_keeps_what_was_fetched(
    hub: HubServer, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def write(handle: int, data: bytes) -> int:
        room = 250_000 - os.fstat(handle).st_size
        if room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(handle, data[:room])

    monkeypatch.setattr(os, "write", write)
    refused(hub, models, "The disk is full")
    monkeypatch.undo()
    assert part_of(models).read_bytes() == CONTENT[:250_000]
    whole(hub, models)


def test_a_stop_keeps_what_was_fetched(hub: HubServer, models: Path) -> None:
    run = Run(hub, models, wanted_gguf(NAME, CONTENT))
    hub.answers = [Answer(cut=100_000)]
    run.cancelled.set()
    with pytest.raises(CancelledError):
        run.run()
    assert part_of(models).exists()


def test_two_downloads_of_one_file_do_not_meet(hub: HubServer, models: Path) -> None:
    part = PartFile(models / "owner--model" / NAME)
    refused(hub, models, "Another Lampblack")
    part.close()
    whole(hub, models)


@pytest.mark.parametrize("obstacle", ["folder", "fifo", "link", "loop"])
def test_what_is_no_file_in_the_place_of_the_part_is_a_sentence(
    obstacle: str, hub: HubServer, models: Path, tmp_path: Path
) -> None:
    part = part_of(models)
    part.parent.mkdir(parents=True)
    if obstacle == "folder":
        part.mkdir()
    elif obstacle == "fifo":
        os.mkfifo(part)
    else:
        part.symlink_to(tmp_path / "elsewhere" if obstacle == "link" else part)
    refused(hub, models, "cannot be written")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["模型🖋️.gguf", "é" * 122 + ".gguf", "a b.gguf"])
def test_unusual_names_arrive(name: str, models: Path) -> None:
    with serving({name: CONTENT}) as hub:
        path = Run(hub, models, wanted_gguf(name, CONTENT)).run()
    assert path.name == name
    assert path.read_bytes() == CONTENT


def test_a_name_that_is_too_long_and_a_folder_that_is_a_file_are_sentences(
    hub: HubServer, models: Path
) -> None:
    refused(hub, models, "too long", wanted_gguf("a" * 251 + ".gguf"[1:], CONTENT))
    assert [path for path in models.rglob("*") if path.is_file()] == []
    shutil.rmtree(models)
    models.write_text("")
    refused(hub, models, "cannot be written")


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EFBIG, errno.EIO])
def test_a_disk_that_takes_nothing_is_a_sentence(
    number: int, hub: HubServer, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(handle: int, data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", write)
    run = Run(hub, models, wanted_gguf(NAME, CONTENT))
    with pytest.raises(DownloadError) as caught:
        run.run()
    assert caught.value.hint


def test_a_proxy_that_cannot_be_used_is_a_sentence(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://proxy")
    request = StartDownload(
        models=str(models), endpoint="https://hub.example", wanted=wanted_gguf(NAME, CONTENT)
    )
    with pytest.raises(DownloadError, match="proxy"):
        Downloader(request, lambda _event: None, threading.Event()).run()
