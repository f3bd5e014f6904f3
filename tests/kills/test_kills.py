"""The program is killed twenty times: no text is lost, and no file torn."""

from __future__ import annotations

from pathlib import Path

from app.core.store import Store
from tests.kills.moments import JournalSeen, RunSeen
from tests.kills.run import KilledProgram, Tally, run

KILLS = 20
MOST = 4
"""How often twenty times, until the kills have met everything that they may meet."""


def test_nothing_is_lost_by_twenty_kills(starter_model: Path) -> None:
    found = [run(KILLS, 7, starter_model)]
    while len(found) < MOST and not _has_met_all(found):  # the moments are those of chance
        found.append(run(KILLS, 7 + len(found), starter_model))
    for tally in found:
        assert tally.wrong == []
        assert tally.kills == KILLS
        assert tally.edits > KILLS
    assert _has_met_all(found)


def _has_met_all(found: list[Tally]) -> bool:
    """Whether a kill left a text to recover, and one came after a step of a book."""
    return any(tally.recoveries for tally in found) and any(tally.steps for tally in found)


def test_a_text_that_is_missing_is_seen(tmp_path: Path) -> None:
    """What the check says of a store that lost an edit, and of a file that was torn."""
    one = KilledProgram(tmp_path, None, 1)
    path = str(tmp_path / "texts" / "draft-0.md")
    store = Store(one.data / "store.sqlite")
    journal = store.begin(path, "Draft 0. ")
    store.edit(journal, 9, 0, "kept")
    store.close()
    seen = RunSeen()
    seen.take({"at": 1.0, "begin": journal, "path": path, "text": "Draft 0. "})
    seen.take({"at": 2.0, "edit": journal, "position": 9, "removed": 0, "added": "kept"})
    assert list(one._missing(seen, 3.0)) == []
    seen.take({"at": 3.0, "edit": journal, "position": 13, "removed": 0, "added": " lost"})
    assert list(one._missing(seen, 3.4)) == []
    (said,) = one._missing(seen, 4.0)
    assert said.endswith("what is left was changed 1.00 s before the kill")
    before = one._contents()
    Path(path).write_text("Dra", encoding="utf-8")
    assert list(one._torn(seen, before)) == ["draft-0.md holds what was never saved: 'Dra'"]
    seen.take({"at": 3.0, "saving": path, "text": "Dra"})
    assert list(one._torn(seen, before)) == []


def test_only_the_last_moment_may_be_missing() -> None:
    seen = JournalSeen("", bytearray(), [(0.0, "a"), (1.0, "ab"), (1.2, "abc")])
    assert seen.acceptable(1.4) == {"a", "ab", "abc"}
    assert seen.acceptable(1.6) == {"ab", "abc"}
    assert seen.acceptable(9.0) == {"abc"}
