"""A teacher's answers on the disk: asked once, damaged ones again, stopped ones kept, bounded."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
import torch

import app.training.smaller.teacher as teacher_module
from app.core.errors import CancelledError, HousekeepingError, ParameterError
from app.core.training.smaller_orders import DistillSettings
from app.training.packing import pack
from app.training.smaller.teacher import TeacherAnswers, require_same_vocabulary
from app.training.words import word_tokenizer
from tests.failing_disk import failing_disk
from tests.training.conftest import tiny_network

ROWS = pack([[(3 + at * at) % 50 for at in range(3000)]], 32, 1, None).rows
SETTINGS = DistillSettings(temperature=2.0, top=8)


class Asked:
    """A teacher that counts how often it is asked."""

    def __init__(self) -> None:
        self.network, self.count = tiny_network().eval(), 0
        self.device = self.network.device

    def __call__(self, **given: Any) -> Any:
        self.count += 1
        return self.network(**given)


def of(home: Path, settings: DistillSettings = SETTINGS, digest: str = "a") -> TeacherAnswers:
    return TeacherAnswers(home, ROWS, 64, settings, digest)


def fill(answers: TeacherAnswers, teacher: Asked, stop_at: int = 0) -> None:
    def wait() -> None:
        if stop_at and teacher.count == stop_at:
            raise CancelledError("Stopped.")

    answers.make_room()
    answers.fill(teacher, wait, lambda _part: None)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Asked]:
    home, teacher = tmp_path_factory.mktemp("answers"), Asked()
    fill(of(home), teacher)
    return home, teacher


def test_each_row_gets_its_own_answers(filled: tuple[Path, Asked]) -> None:
    home, teacher = filled
    answers = of(home)
    assert answers.present == answers.size == sum(row.targets for row in ROWS) * (8 * 6 + 4)
    for place in (0, 31, 32, len(ROWS) - 1):
        given, aims = ROWS[place].inputs("cpu")
        with torch.no_grad():
            logits = teacher.network(**given, use_cache=False).logits[0][aims >= 0]
        whole = torch.softmax(logits / 2, -1)
        found = answers.of(place).on("cpu")
        assert torch.equal(found.ids, whole.topk(8, -1).indices)
        assert torch.allclose(found.chances, whole.gather(1, found.ids), atol=1e-3)
        assert torch.allclose(found.chances.sum(1) + found.rest, torch.ones(len(logits)))


def test_they_are_asked_for_once_and_what_is_damaged_again(filled: tuple[Path, Asked]) -> None:
    home, _teacher = filled
    again = Asked()
    fill(of(home), again)
    assert again.count == 0
    file = sorted(home.rglob("*.safetensors"))[1]
    data = bytearray(file.read_bytes())
    data[-5] ^= 1
    file.write_bytes(data)
    fill(of(home), again)
    assert again.count == 32
    file.write_bytes(data[:100])
    with pytest.raises(HousekeepingError, match="cannot be read any more"):
        of(home).of(40)
    fill(of(home), again)
    assert again.count == 64
    assert of(home).present == of(home).size


def test_a_stop_keeps_the_files_that_are_whole(tmp_path: Path) -> None:
    teacher = Asked()
    with pytest.raises(CancelledError):
        fill(of(tmp_path), teacher, stop_at=40)
    rest = Asked()
    fill(of(tmp_path), rest)
    assert rest.count == len(ROWS) - 32


def test_other_settings_and_teachers_have_answers_of_their_own(tmp_path: Path) -> None:
    for other in (of(tmp_path), of(tmp_path, DistillSettings(top=9)), of(tmp_path, digest="b")):
        other.make_room()
        assert other.present == 0
        fill(other, Asked())
    assert len([*tmp_path.iterdir()]) == 3


def test_what_was_not_used_for_longest_goes_and_too_much_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = of(tmp_path), of(tmp_path, digest="b")
    fill(old, Asked())
    monkeypatch.setattr(teacher_module, "MOST_ANSWERS", new.size + 1000)
    fill(new, Asked())
    assert (old.present, new.present) == (0, new.size)
    monkeypatch.setattr(teacher_module, "MOST_ANSWERS", new.size - 1)
    with pytest.raises(ParameterError, match="smaller --top"):
        new.make_room()


def test_of_answers_that_are_there_those_that_were_used_last_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (of(tmp_path, digest=one) for one in "abc")
    for one in (first, second):
        fill(one, Asked())
    for folder in tmp_path.iterdir():
        (folder / "going").symlink_to(tmp_path / "gone")  # as a file that vanishes meanwhile
        os.utime(folder, (0, 0))
    first.mark_used()
    monkeypatch.setattr(teacher_module, "MOST_ANSWERS", 2 * first.size + 9000)
    third.make_room()
    assert (first.present, second.present) == (first.size, 0)


def test_a_full_disk_is_a_sentence_and_what_is_there_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = of(tmp_path)
    answers.make_room()
    with failing_disk(errno.ENOSPC, stays=True) as disk:
        disk.begin(4)
        with pytest.raises(HousekeepingError, match="answers could not be written: no space left"):
            answers.fill(Asked(), lambda: None, lambda _part: None)
        disk.end()
    assert [one.suffix for one in tmp_path.rglob("*") if one.is_file()] in ([], [".safetensors"])
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("app.training.smaller.teacher.shutil.disk_usage", lambda _path: usage)
    with pytest.raises(HousekeepingError, match="no room for the teacher's answers"):
        answers.make_room()


def test_vocabularies_are_compared_by_what_is_in_them() -> None:
    one = word_tokenizer(["the lamp burned low " * 3], 64)
    same = word_tokenizer(["the lamp burned low " * 3], 64)
    other = word_tokenizer(["the lamp burned high " * 3], 64)
    assert require_same_vocabulary(one, same, (20, 12)) == 12
    with pytest.raises(ParameterError, match=r"different vocabularies .*tokens differ"):
        require_same_vocabulary(one, other, (12, 12))
