from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.core.books.replacing import (
    PlannedText,
    plan,
    put_all_back,
    read_text,
    replace_in_files,
    replaced_text,
)
from app.core.documents.search import Query
from app.core.errors import SearchError
from app.core.store import Store

OLD = {
    "one.txt": b"The old keeper.\r\nThe keeper slept.\r\n",
    "two.md": "\ufeffKeeper of the lamp — the keeper\n".encode("utf-16"),
    "three.txt": "kein Keeper, größer\n".encode("cp1252"),
    "mixed.txt": b"keeper\r\nkeeper\nkeeper\r\n",
}


def files(folder: Path) -> list[Path]:
    for name, data in OLD.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in OLD]


def planned(folder: Path, words: str = "keeper", by: str = "guard", **how: bool) -> list[Any]:
    texts = [read_text(str(path)) for path in files(folder)]
    return [(one, range(len(one.spans))) for one in plan(texts, Query(words, **how), by)]


def kept(_name: str, _text: str) -> bool:
    return True


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in OLD}


def test_encodings_marks_and_line_ends_stay(tmp_path: Path) -> None:
    outcome = replace_in_files(planned(tmp_path), kept, tmp_path / "snapshots")
    assert not outcome.errors
    assert [one.count for one in outcome.changed] == [2, 2, 1, 3]
    assert contents(tmp_path) == {
        "one.txt": b"The old guard.\r\nThe guard slept.\r\n",
        "two.md": "\ufeffguard of the lamp — the guard\n".encode("utf-16"),
        "three.txt": "kein guard, größer\n".encode("cp1252"),
        "mixed.txt": b"guard\r\nguard\nguard\r\n",
    }
    back = put_all_back(outcome.changed)
    assert not back.errors
    assert contents(tmp_path) == OLD
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(OLD)


def test_only_what_was_chosen_is_replaced(tmp_path: Path) -> None:
    text = planned(tmp_path)[3][0]
    replace_in_files([(text, {1})], kept, tmp_path / "snapshots")
    assert contents(tmp_path)["mixed.txt"] == b"keeper\r\nguard\nkeeper\r\n"


def test_groups_of_an_expression_are_put_in(tmp_path: Path) -> None:
    chosen = planned(tmp_path, r"the (\w+) (keeper)", r"\2, \1", is_pattern=True)
    replace_in_files(chosen, kept, tmp_path / "snapshots")
    assert contents(tmp_path)["one.txt"].startswith(b"keeper, old.")
    with pytest.raises(SearchError, match="replacement is not right"):
        planned(tmp_path, "(keeper)", r"\2", is_pattern=True)


def test_what_changed_meanwhile_is_left_and_said(tmp_path: Path) -> None:
    chosen = planned(tmp_path)
    (tmp_path / "one.txt").write_text("Mine now, keeper.")
    outcome = replace_in_files(chosen, kept, tmp_path / "snapshots")
    assert [str(error) for error in outcome.errors] == [
        "one.txt has changed since it was searched: it was left as it is. Replace once more to see "
        "its places as they are now."
    ]
    assert (tmp_path / "one.txt").read_text() == "Mine now, keeper."
    (tmp_path / "two.md").write_text("Mine, too.")
    (tmp_path / "three.txt").unlink()
    back = put_all_back(outcome.changed)
    assert [Path(one.name).name for one in back.changed] == ["mixed.txt"]
    assert [error.kind for error in back.errors] == ["document_changed", "document"]
    assert "two.md has changed since" in str(back.errors[0])
    assert (tmp_path / "two.md").read_text() == "Mine, too."
    assert (tmp_path / "mixed.txt").read_bytes() == OLD["mixed.txt"]


def test_a_letter_that_the_encoding_cannot_hold_leaves_the_file(tmp_path: Path) -> None:
    outcome = replace_in_files(planned(tmp_path, by="雨"), kept, tmp_path / "snapshots")
    assert [Path(one.name).name for one in outcome.changed] == ["one.txt", "two.md", "mixed.txt"]
    assert "cannot hold 雨" in str(outcome.errors[0])
    assert contents(tmp_path)["three.txt"] == OLD["three.txt"]


def test_a_version_of_each_file_is_in_its_history_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "data" / "store.sqlite")
    chosen = planned(tmp_path)
    outcome = replace_in_files(
        chosen,
        lambda name, text: store.keep_snapshot(name, text, "replace"),
        tmp_path / "snapshots",
    )
    assert not outcome.errors
    for one, _numbers in chosen:
        versions = store.snapshots(one.name)
        assert [version.cause for version in versions] == ["replace"]
        assert store.snapshot_text(versions[0].id) == one.text
    store.close()
    assert not store.problems


def test_without_a_version_nothing_is_changed(tmp_path: Path) -> None:
    outcome = replace_in_files(planned(tmp_path), lambda *_: False, tmp_path / "snapshots")
    assert [error.kind for error in outcome.errors] == ["store"] * 4
    assert contents(tmp_path) == OLD


class Faults:
    """Lets the calls of the disk fail from the nth on, once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
        self.left = nth
        self.came = False
        for holder, name in (
            (os, "open"),
            (os, "fsync"),
            (Path, "replace"),
            (Path, "chmod"),
            (Path, "mkdir"),
        ):
            monkeypatch.setattr(holder, name, self._failing(getattr(holder, name)))

    def _failing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def fails(*values: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.came = True
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*values, **named)

        return fails


def test_a_fault_at_any_step_tears_no_file(tmp_path: Path) -> None:
    """Fail at the first call of the disk, the second, and so on until none fails."""
    chosen = planned(tmp_path)
    replace_in_files(chosen, kept, tmp_path / "snapshots")
    new = contents(tmp_path)
    assert not set(new.values()) & set(OLD.values())
    for nth in range(1, 500):
        files(tmp_path)
        with pytest.MonkeyPatch.context() as patch:
            faults = Faults(patch, nth)
            outcome = replace_in_files(chosen, kept, tmp_path / "snapshots")
        done = {Path(one.name).name for one in outcome.changed}
        assert len(done) + len(outcome.errors) == len(OLD)
        for name, data in contents(tmp_path).items():
            assert data == (new if name in done else OLD)[name], (nth, name)
        with pytest.MonkeyPatch.context() as patch:
            again = Faults(patch, nth)
            back = put_all_back(outcome.changed)
        done_back = {Path(one.name).name for one in back.changed}
        for name, data in contents(tmp_path).items():
            is_new = name in done and name not in done_back
            assert data == (new if is_new else OLD)[name], (nth, name)
        assert not list(tmp_path.glob(".lampblack*"))
        if not faults.came and not again.came:
            assert nth > 20
            return
    pytest.fail("the faults did not end")


@given(st.text(max_size=40), st.text(min_size=1, max_size=3), st.text(max_size=3), st.data())
def test_the_rest_of_a_text_stays(text: str, words: str, by: str, data: st.DataObject) -> None:
    bare = PlannedText(name="", text=text + words + text, spans=[], replacements=[])
    (found,) = plan([bare], Query(words, has_case=True), by)
    chosen = data.draw(st.sets(st.integers(0, len(found.spans) - 1)))
    changed = replaced_text(found, chosen)
    assert replaced_text(found, ()) == found.text
    at, rest = 0, changed
    for number, (start, end) in enumerate(found.spans):
        piece = found.text[at:start] + (by if number in chosen else found.text[start:end])
        assert rest.startswith(piece)
        rest, at = rest[len(piece) :], end
    assert rest == found.text[at:]
