"""The real program on the fake engine, killed at random moments: no row twice, none lost.

`LAMPBLACK_BATCH_KILLS=100` kills it as often, with `-o faulthandler_timeout=600`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.tasks.batch.conftest import Start, lines_of

KILLS = int(os.environ.get("LAMPBLACK_BATCH_KILLS", "6"))
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    rows = "".join(f'{n},"review {n}, ""quoted""\nsecond line"\n' for n in range(1, 30 * KILLS + 1))
    path.write_text(f"id,review\n{rows}")
    return path


def await_growth(process: subprocess.Popen[bytes], out: Path, lines: int) -> None:
    """Wait until the output has grown by some lines, or the program has ended."""
    begin = out.read_bytes().count(b"\n") if out.exists() else 0
    deadline = time.monotonic() + 60
    while process.poll() is None:
        assert time.monotonic() < deadline
        if out.exists() and out.read_bytes().count(b"\n") >= begin + lines:
            return
        time.sleep(0.002)  # between two looks at the event that is waited for


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the program at once; its engine host ends by itself."""
    children = (
        psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    )
    process.kill()
    process.communicate()
    psutil.wait_procs(children, timeout=10)


@POSIX
def test_killed_at_random_moments_every_row_is_there_once(
    start_batch: Start, reviews: Path, tmp_path: Path
) -> None:
    seed = int(os.environ.get("LAMPBLACK_BATCH_SEED", str(random.randrange(1 << 30))))
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    chance, out, killed = random.Random(seed), tmp_path / "out.jsonl", 0
    total = 30 * KILLS

    def start() -> subprocess.Popen[bytes]:
        return start_batch(
            "chat", reviews, "--out", out, "--parallel", 3, words=["a ", "b"], pause_s=0.001
        )

    for _ in range(KILLS):
        process = start()
        await_growth(process, out, chance.randrange(0, 28))
        time.sleep(chance.random() * 0.02)  # a moment within a row: the chance is what is tested
        killed += process.poll() is None
        kill(process)
        numbers = [line["row"] for line in whole_lines(out)]
        assert numbers == list(range(1, len(numbers) + 1)), seed
    process = start()
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    lines = lines_of(out)
    assert [line["row"] for line in lines] == list(range(1, total + 1)), seed
    assert [line["input"] for line in lines] == [
        f'review {n}, "quoted"\nsecond line' for n in range(1, total + 1)
    ]
    assert all(line["result"] == {"text": "a b"} for line in lines)
    assert killed >= KILLS // 2, f"{killed} of {KILLS} came in time"
    print(f"{killed} kills")  # noqa: T201 - for the run of a hundred
    again = start()
    _out, err = again.communicate(timeout=60)
    assert again.returncode == 0
    assert b"finished already" in err


def whole_lines(out: Path) -> list[dict[str, object]]:
    import json

    if not out.exists():
        return []
    data = out.read_bytes()
    return [json.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]


@POSIX
def test_ctrl_c_ends_soon_and_the_same_command_goes_on(
    start_batch: Start, reviews: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    words = ("chat", reviews, "--out", out, "--parallel", 2)
    process = start_batch(*words, words=["a "], pause_s=0.01, repeat=3)
    await_growth(process, out, 5)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert b"The same command goes on" in err
    count = len(lines_of(out))
    assert 5 <= count < 30 * KILLS
    process = start_batch(*words, words=["a "], repeat=3)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert f"has {count:,} rows already".encode() in err
    assert [line["row"] for line in lines_of(out)] == list(range(1, 30 * KILLS + 1))


def test_failed_rows_give_exit_code_1_and_are_done_again(
    start_batch: Start, tmp_path: Path
) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('"good"\n{"no": "text"}\n"fine"\n')
    process = start_batch("sentiment", source, "--out", out, "--json", "--column", "no")
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    source.write_text('"good"\n17\n"fine"\n')
    process = start_batch("sentiment", source, "--out", out, "--restart")
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"1 of 3 rows failed" in err
    assert lines_of(out)[1]["error"]["kind"] == "row"
    assert set(lines_of(out)[0]["result"]) == {"label", "probabilities"}


def test_a_row_that_ends_the_engine_fails_alone_in_the_real_program(
    start_batch: Start, tmp_path: Path
) -> None:
    source, out = tmp_path / "rows.txt", tmp_path / "out.jsonl"
    source.write_text("".join(f"{'bad' if n in (3, 11) else 'fine'} {n}\n" for n in range(1, 21)))
    script = {"decode_fault": "abort", "replies": {"fine": ["ok"]}}
    process = start_batch("chat", source, "--out", out, "--parallel", "3", **script)
    _written, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert b"2 of 20 rows failed" in err
    lines = lines_of(out)
    assert [line["row"] for line in lines] == list(range(1, 21))
    failed = {line["row"]: line["error"]["kind"] for line in lines if "error" in line}
    assert failed == {3: "model_crashed", 11: "model_crashed"}
