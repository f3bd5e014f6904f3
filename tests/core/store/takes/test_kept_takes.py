"""What is kept of takes beside their texts: requests word for word, names, stars, the tree."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import apsw
import msgspec

from app.core.store import TakeRecord
from app.core.store.backups import back_up, restore
from app.core.store.takes.kept import KeptTake, TakeFilter
from app.core.store.takes.places import TakePlace


def take(key: str, text: str, **more: Any) -> KeptTake:
    record: dict[str, Any] = {
        name: more.pop(name)
        for name in list(more)
        if name in TakeRecord.__struct_fields__ and name != "request"
    }
    return KeptTake(
        record=TakeRecord(**(dict[str, Any](journal="j", text=text, created_at=5.0) | record)),
        key=key,
        **more,
    )


def test_all_of_a_take_is_there_after_the_store_was_closed(stores):
    store = stores.new()
    kept = take(
        "a", "\ud83d\ude00 ein 稿", place="p", parent="b", request="r", number=2, preset="Focused"
    )
    number = store.kept_takes.add(kept, '{"prompt":"Es war"}')
    assert store.kept_takes.star("a", is_on=True)
    assert store.kept_takes.rename("a", "  The good one ")
    store.close()
    again = stores.new().kept_takes
    record = msgspec.structs.replace(kept.record, id=number, text="😀 ein 稿")
    found = again.by_key("a")
    assert found == msgspec.structs.replace(
        kept, record=record, name="The good one", is_starred=True
    )
    assert again.of_place("p") == (found,)
    assert again.request("r") == '{"prompt":"Es war"}'
    assert not again.star("nobody", is_on=True)


def test_a_take_of_an_earlier_version_is_found_without_details(stores):
    store = stores.new()
    store.add_take(TakeRecord(journal="j", text="old", model="m"))
    (found,) = store.kept_takes.found(TakeFilter(journal="j"))
    assert (found.record.text, found.key, found.is_starred) == ("old", "", False)


def test_a_key_that_comes_again_changes_the_text_alone(stores):
    takes = stores.new().kept_takes
    first = takes.add(take("mix", "One."))
    takes.star("mix", is_on=True)
    assert takes.add(take("mix", "One. Two.")) == first
    (found,) = takes.found(TakeFilter())
    assert (found.record.text, found.is_starred) == ("One. Two.", True)


def test_takes_are_found_by_what_they_were_written_with(stores):
    takes = stores.new().kept_takes
    takes.add(take("a", "sea", model="m", preset="Focused", path="/one", created_at=10.0))
    takes.add(take("b", "sea", model="n", path="/two", journal="k", created_at=20.0))
    takes.add(take("c", "sky", model="n", preset="Focused", journal="k", created_at=30.0))
    takes.star("c", is_on=True)

    def keys(fits=lambda _take: True, **wanted):
        return "".join(one.key for one in takes.found(TakeFilter(**wanted), fits))

    assert keys() == "cba"
    assert keys(journal="k") == "cb"
    assert keys(journal="j", path="/two") == "ba"
    assert keys(model="n") == "cb"
    assert keys(preset="Focused", since=20.0) == "c"
    assert keys(starred=True) == "c"
    assert keys(lambda one: "sea" in one.record.text, model="n") == "b"
    takes.rename("a", "50 %_\\")
    assert keys(words=("SE", "ea")) == "ba"
    assert keys(words=("%_\\",)) == "a"
    assert keys(words=("0%",)) == ""
    assert takes.models() == ("m", "n")
    assert takes.presets() == ("Focused",)


def test_requests_of_a_growing_text_are_whole_again_and_small(stores):
    store, chance = stores.new(), random.Random(4)
    book = " ".join(f"Wort{chance.randrange(10**6)}ß" for _ in range(20_000))
    asked = list[str]()
    for number in range(20):
        middle = chance.randrange(len(book) * 9 // 10, len(book))  # where the writer writes
        book = f"{book[:middle]} 稿😀{number} {book[middle:]} The end {number}."
        asked.append(f'{{"prompt":"{book}","seed":{chance.randrange(2**32)}}}')
        store.kept_takes.add(take(f"t{number}", "x", request=f"r{number}"), asked[-1])
    store.close()
    again = stores.new().kept_takes
    for number, text in enumerate(asked):
        assert again.request(f"r{number}") == text
    assert stores.path.stat().st_size < 3 * len(book.encode())


def test_a_request_that_is_damaged_or_unknown_is_empty(stores):
    store = stores.new()
    store.kept_takes.add(take("a", "x", request="r"), "asked")
    store.close()
    with apsw.Connection(str(stores.path)) as connection:
        connection.execute("UPDATE take_request SET data = x'00'")
    connection.close()
    again = stores.new().kept_takes
    assert again.request("r") == ""
    assert again.request("none") == ""


def test_places_follow_a_document_into_another_file(stores):
    store = stores.new()
    one, two = TakePlace("p", 3, 9, "was", "und"), TakePlace("q", 1, 1)
    store.take_places.keep("/a", (one, two))
    store.take_places.copy("/a", "/b")
    store.take_places.keep("/a", (TakePlace("p", 4, 9, "war", ""),))
    assert store.take_places.of("/b") == (two, one)
    assert store.take_places.of("/a") == (two, TakePlace("p", 4, 9, "war", ""))
    assert store.take_places.of("/c") == ()


def test_a_backup_brings_everything_of_its_takes_back(stores, tmp_path):
    store = stores.new()
    store.kept_takes.add(take("a", "sea", place="p", request="r"), "asked")
    store.kept_takes.rename("a", "Sea")
    store.take_places.keep("/a", (TakePlace("p", 3, 9),))
    store.close()
    back_up(stores.path, tmp_path / "backups", date(2026, 11, 28))
    (backup,) = (tmp_path / "backups").iterdir()
    store = stores.new()
    store.kept_takes.add(take("b", "sky", place="p", parent="a", request="s"), "asked too")
    store.take_places.keep("/b", (TakePlace("p", 1, 2),))
    store.close()
    restore(stores.path, backup)
    again = stores.new()
    assert {one.key: one.name for one in again.kept_takes.of_place("p")} == {"a": "Sea", "b": ""}
    assert again.kept_takes.request("s") == "asked too"
    assert again.take_places.of("/b") == (TakePlace("p", 1, 2),)
    assert again.take_places.of("/a") == (TakePlace("p", 3, 9),)
