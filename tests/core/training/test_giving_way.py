"""Who writes is seen by trainings of the same cache, and by no others, until it is over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.core.training.giving_way import WritingMark, is_written

_WRITER = """
import sys
from pathlib import Path
from app.core.training.giving_way import WritingMark
WritingMark(Path(sys.argv[1])).begin(1)
print("written", flush=True)
sys.stdin.read()
"""


def test_a_text_is_written_until_its_last_job_ends(tmp_path: Path) -> None:
    mark = WritingMark(tmp_path / "cache")
    assert not is_written(tmp_path / "cache")
    mark.begin(1)
    mark.begin(2)
    mark.end(1)
    assert is_written(tmp_path / "cache")
    assert not is_written(tmp_path)
    mark.end(2)
    mark.end(2)
    assert not is_written(tmp_path / "cache")
    assert not [*(tmp_path / "cache" / "writing").iterdir()]


def test_one_of_two_writers_is_enough(tmp_path: Path) -> None:
    one, other = WritingMark(tmp_path), WritingMark(tmp_path)
    one.begin(1)
    other.begin(1)
    one.end(1)
    assert is_written(tmp_path)
    other.end(1)
    assert not is_written(tmp_path)


def test_a_writer_that_was_killed_is_not_waited_for(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        assert is_written(tmp_path)
        writer.kill()
        writer.wait()
        assert not is_written(tmp_path)
        assert not [*(tmp_path / "writing").iterdir()]


def test_where_nothing_can_be_kept_writing_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for cache in (None, tmp_path / "file"):
        mark = WritingMark(cache)
        mark.begin(1)
        mark.end(1)
    assert not is_written(tmp_path / "file")
