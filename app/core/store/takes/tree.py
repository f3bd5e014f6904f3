"""The tree around a place: the takes that led to it, its own, and those that go on from them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from app.core.store.takes.kept import KeptTake, KeptTakes

GENERATIONS = 5
"""How many takes before a place are in its tree, one after the other, and how many after it."""

_MOST = 200  # takes of a tree


class TakeBranch(msgspec.Struct, eq=False):
    """A take with the takes that came of it, the oldest first.

    It goes on from the take that it is a branch of or, if it `is_again`, is that one written again.
    """

    take: KeptTake
    is_again: bool = False
    branches: list[TakeBranch] = []


def tree_of_place(takes: KeptTakes, place: str) -> tuple[TakeBranch, ...]:
    """The tree around a place: its takes below the one that they go on from, and so on upwards.

    At most 200 takes, those next to the place first; waits for the disk.
    """
    return _tree(takes, takes.of_place(place)) if place else ()


def tree_of_take(takes: KeptTakes, key: str) -> tuple[TakeBranch, ...]:
    """The tree around the place that a take was written for; nothing for one that has none."""
    take = takes.by_key(key) if key else None
    if take is None:
        return ()
    if not take.place:
        return _tree(takes, (take,))
    return tree_of_place(takes, take.place)


def _tree(takes: KeptTakes, own: tuple[KeptTake, ...]) -> tuple[TakeBranch, ...]:
    known = {one.key: one for one in own[-_MOST:]}
    newest: Iterable[str] = list(known)
    for _generation in range(GENERATIONS):
        found = [one for one in takes.from_takes(newest) if one.key not in known]
        found = found[: _MOST - len(known)]
        known |= {one.key: one for one in found}
        newest = [one.key for one in found]
        if not found:
            break
    above = {_source(one) for one in own}
    for _generation in range(GENERATIONS):
        found = [one for one in takes.by_keys(sorted(above)) if one.key not in known]
        known |= {one.key: one for one in found}
        above = {_source(one) for one in found}
        if not found:
            break
    return _joined(sorted(known.values(), key=lambda one: one.record.id))


def _source(take: KeptTake) -> str:
    return take.again_of or take.parent


def _joined(takes: list[KeptTake]) -> tuple[TakeBranch, ...]:
    """The takes below those that they came of; a take is always older than what comes of it."""
    nodes, roots = dict[str, TakeBranch](), list[TakeBranch]()
    for take in takes:
        nodes[take.key] = branch = TakeBranch(take, is_again=bool(take.again_of), branches=[])
        above = nodes.get(_source(take))
        branch.is_again = branch.is_again and above is not None
        (above.branches if above is not None and above is not branch else roots).append(branch)
    return tuple(roots)
