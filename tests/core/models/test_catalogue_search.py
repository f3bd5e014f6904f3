"""Choosing out of the catalogue: what a wish leaves, what fits, and what comes first."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.models.catalogue import Catalogue, catalogue_file
from app.core.models.catalogue_search import CatalogueFilter, CatalogueMatch, offers, verdict
from app.core.system.machine import Gpu, Machine, this_machine

LAPTOP = Machine(memory_total=8_000_000_000, memory_free=5_000_000_000, cores=4)
WORKSTATION = Machine(
    memory_total=64_000_000_000,
    memory_free=50_000_000_000,
    cores=16,
    gpus=(Gpu("Big card", 23_000_000_000, 24_000_000_000),),
)

ANYTHING = CatalogueFilter()


def found(
    wish: CatalogueFilter = ANYTHING, machine: Machine = LAPTOP
) -> tuple[CatalogueMatch, ...]:
    return offers(Catalogue.read(catalogue_file()), wish, machine, {"starter": "/there"})


def test_best_fit_comes_first() -> None:
    offered = found()
    order = {"fits": 0, "tight": 1, "too large": 2}
    ranks = [order[offer.verdict] for offer in offered]
    assert ranks == sorted(ranks)
    assert {offer.verdict for offer in offered} == set(order)
    assert offered[0].entry.params_b >= 3
    assert offered[0].entry.engine == "llama.cpp"


def test_a_large_card_is_offered_a_large_model_first() -> None:
    assert found(machine=WORKSTATION)[0].entry.params_b > 20


def test_what_is_too_slow_without_a_card_stands_behind() -> None:
    plain = Machine(memory_total=64_000_000_000, memory_free=50_000_000_000, cores=4)
    first = found(machine=plain)[0].entry
    assert (first.size_bytes or 0) <= 4 * 1_200_000_000


@pytest.mark.parametrize(
    ("wish", "holds"),
    [
        (CatalogueFilter(purpose="translate"), lambda o: "translate" in o.entry.good_for),
        (CatalogueFilter(language="fi"), lambda o: {"fi", "multi"} & set(o.entry.languages)),
        (CatalogueFilter(licence="MIT"), lambda o: o.entry.licence == "mit"),
        (CatalogueFilter(engine="torch"), lambda o: o.entry.engine == "torch"),
        (CatalogueFilter(kind="base"), lambda o: o.entry.kind == "base"),
        (CatalogueFilter(largest_bytes=10**9), lambda o: (o.entry.size_bytes or 0) <= 10**9),
        (CatalogueFilter(fits_only=True), lambda o: o.verdict != "too large"),
        (
            CatalogueFilter(text="qwen base"),
            lambda o: "Qwen" in o.entry.name and o.entry.kind == "base",
        ),
    ],
)
def test_a_wish_leaves_only_what_answers_to_it(wish: CatalogueFilter, holds: Any) -> None:
    offered = found(wish)
    assert 0 < len(offered) < len(found())
    assert all(holds(offer) for offer in offered)


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("name", lambda o: o.entry.name.casefold()),
        ("memory", lambda o: o.entry.memory_bytes),
        ("size", lambda o: o.entry.size_bytes or o.entry.memory_bytes),
    ],
)
def test_orders(sort: Any, key: Any) -> None:
    keys = [key(offer) for offer in found(CatalogueFilter(sort=sort))]
    assert keys == sorted(keys)


def test_a_purpose_brings_what_was_made_for_it_first() -> None:
    assert (
        found(CatalogueFilter(purpose="translate", fits_only=True))[0].entry.good_for[0]
        == "translate"
    )


def test_what_is_here_is_marked() -> None:
    here = {offer.entry.id: offer.here for offer in found()}
    assert here["starter"] == "/there"
    assert here["gpt2-torch"] == ""


@pytest.mark.parametrize(
    ("need", "machine", "expected", "said"),
    [
        (4_000_000_000, LAPTOP, "fits", "5.0 GB of memory are free"),
        (5_000_000_000, LAPTOP, "tight", "close other programs"),
        (9_000_000_000, LAPTOP, "too large", "this machine has 8.0 GB"),
        (19_000_000_000, WORKSTATION, "fits", "Big card has 23.0 GB free"),
        (30_000_000_000, WORKSTATION, "fits", "memory are free"),
    ],
)
def test_verdicts_say_why(need: int, machine: Machine, expected: str, said: str) -> None:
    what, because = verdict(need, machine)
    assert what == expected
    assert said in because


def test_this_machine_has_memory_and_cores() -> None:
    machine = this_machine([Gpu("card", 1, 2)])
    assert 0 < machine.memory_free <= machine.memory_total
    assert machine.cores >= 1
    assert machine.gpus[0].name == "card"
