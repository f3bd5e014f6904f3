"""The tree around a place: what led to it, its takes, and what goes on from them."""

from __future__ import annotations

from datetime import date

from app.core.store import TakeRecord
from app.core.store.backups import back_up, restore
from app.core.store.takes.kept import KeptTake, KeptTakes
from app.core.store.takes.tree import GENERATIONS, TakeBranch, tree_of_place, tree_of_take


def add(
    takes: KeptTakes, key: str, place: str = "", parent: str = "", again_of: str = ""
) -> KeptTake:
    record = TakeRecord(journal="j", text=key, created_at=5.0)
    take = KeptTake(record=record, key=key, place=place, parent=parent, again_of=again_of)
    assert takes.add(take)
    return take


def drawn(branches: tuple[TakeBranch, ...]) -> list[str]:
    lines = list[str]()

    def draw(branch: TakeBranch, depth: int) -> None:
        lines.append("  " * depth + ("again " if branch.is_again else "") + branch.take.key)
        for one in branch.branches:
            draw(one, depth + 1)

    for branch in branches:
        draw(branch, 0)
    return lines


def test_takes_stand_below_those_they_came_of(stores):
    takes = stores.new().kept_takes
    add(takes, "first", "one")
    add(takes, "other", "one")
    add(takes, "a", "two", parent="first")
    add(takes, "b", "two", parent="first")
    add(takes, "b again", "two", parent="first", again_of="b")
    add(takes, "end", "three", parent="b again")
    add(takes, "elsewhere", "four")
    tree = ["first", "  a", "  b", "    again b again", "      end"]
    assert drawn(tree_of_place(takes, "two")) == tree
    assert drawn(tree_of_take(takes, "end")) == [
        "first",
        "  b",
        "    again b again",
        "      end",
    ]
    assert drawn(tree_of_place(takes, "one")) == [*tree, "other"]
    assert tree_of_place(takes, "") == tree_of_take(takes, "nobody") == ()


def test_a_take_whose_source_is_gone_stands_alone(stores):
    takes = stores.new().kept_takes
    add(takes, "a", "one", parent="gone", again_of="gone too")
    assert drawn(tree_of_place(takes, "one")) == ["a"]


def test_of_a_long_story_the_nearest_generations_are_there(stores):
    takes = stores.new().kept_takes
    for number in range(40):
        add(takes, f"{number}", f"place {number}", parent=f"{number - 1}" if number else "")
    first, last = 20 - GENERATIONS, 20 + GENERATIONS
    lines = [line.strip() for line in drawn(tree_of_place(takes, "place 20"))]
    assert lines == [str(number) for number in range(first, last + 1)]


def test_what_a_take_is_again_survives_a_backup(stores, tmp_path):
    store = stores.new()
    add(store.kept_takes, "a", "one")
    add(store.kept_takes, "b", "one", again_of="a")
    back_up(stores.path, tmp_path / "backups", date(2026, 11, 28))
    store.close()
    stores.path.unlink()
    (backup,) = (tmp_path / "backups").iterdir()
    stores.new().close()
    restore(stores.path, backup)
    assert drawn(tree_of_place(stores.new().kept_takes, "one")) == ["a", "  again b"]
