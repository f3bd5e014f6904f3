from __future__ import annotations

import errno
import os
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from app.core.errors import ParameterError, SettingsError
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.core.options.settings import SERVICE_PORT, SETTINGS, Settings
from app.core.options.settings_store import SettingsStore, early_service


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "settings.toml"
    path.parent.mkdir()
    return path


def content(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


def test_without_a_file_there_are_defaults_and_no_file_is_made(file: Path) -> None:
    store = SettingsStore(file)
    assert store.settings == Settings()
    assert store.problems == ()
    assert not file.exists()


def test_every_kind_of_setting_comes_back(file: Path) -> None:
    changes: dict[str, Any] = {
        "theme": "dark",
        "font_size": 20,
        "load_at_start": False,
        "font_family": "Cañon “Old”",
        "system_prompt": "Zeile\n二",
        "model": "/models/a b.gguf",
        "recent_files": ("/a.md", "/ü.txt"),
        "added_models": ("/m",),
        "sampling": Sampling(temperature=1.2, stop=("\n\n", '"'), logit_bias={"a.b": -1.0}, seed=7),
        "load": LoadOptions(context=4096, flash_attention="on"),
    }
    assert SettingsStore(file).change(**changes) == Settings(**changes)
    again = SettingsStore(file)
    assert again.settings == Settings(**changes)
    assert again.problems == ()


def test_the_file_holds_only_what_was_changed(file: Path) -> None:
    SettingsStore(file).change(measure=70, sampling=Sampling(top_k=10))
    assert content(file) == {"measure": 70, "sampling": {"top_k": 10}}


def test_a_change_replaces_whole_and_keeps_a_backup(file: Path) -> None:
    store = SettingsStore(file)
    store.change(measure=70)
    store.change(measure=80)
    assert content(file) == {"measure": 80}
    assert content(file.with_name("settings.toml.bak")) == {"measure": 70}


def test_going_back_to_no_seed_takes_it_out_of_the_file(file: Path) -> None:
    store = SettingsStore(file)
    store.change(sampling=Sampling(seed=3))
    store.change(sampling=Sampling())
    assert content(file)["sampling"] == {}
    assert SettingsStore(file).settings.sampling.seed is None


@pytest.mark.parametrize(
    "changes",
    [
        {"theme": "blue"},
        {"font_size": 99},
        {"font_size": "big"},
        {"load_at_start": 1},
        {"nothing": 1},
        {"recent_files": "a"},
        {"recent_files": [1]},
        {"model": 3},
        {"sampling": {"top_k": 1}},
        {"sampling": Sampling(top_p=7)},
        {"load": LoadOptions(batch=1)},
        {"measure": 50, "theme": "blue"},
    ],
)
def test_a_change_that_cannot_be_changes_nothing(file: Path, changes: dict[str, Any]) -> None:
    store = SettingsStore(file)
    with pytest.raises(ParameterError):
        store.change(**changes)
    assert store.settings == Settings()
    assert not file.exists()


BROKEN = """
theme = "ultraviolet"
font_size = 200
measure = 72
future = [1, 2]
recent_files = [3]

[sampling]
temperature = "hot"
top_k = 12
quantum = true

[load]
context = -5

[shortcuts]
quit = "Ctrl+Q"
"""


def test_broken_values_fall_back_and_are_told_once_each(file: Path) -> None:
    file.write_text(BROKEN)
    store = SettingsStore(file)
    assert store.settings == Settings(measure=72, sampling=Sampling(top_k=12))
    told = "\n".join(store.problems)
    for name in ("theme", "font_size", "recent_files", "temperature", "context"):
        assert told.count(name) == 1, name
    for name in ("'future'", "'sampling.quantum'", "'shortcuts'"):
        assert told.count(name) == 1, name
    assert all(problem.endswith(".") for problem in store.problems)
    assert len(store.problems) == 6


def test_what_is_broken_or_unknown_stays_until_it_is_changed(file: Path) -> None:
    file.write_text(BROKEN)
    store = SettingsStore(file)
    store.change(measure=75, sampling=Sampling(top_k=13))
    before = tomllib.loads(BROKEN)
    before["measure"] = 75
    before["sampling"]["top_k"] = 13
    assert content(file) == before
    store.change(theme="system", sampling=Sampling(top_k=13, temperature=0.5))
    after = content(file)
    assert (after["theme"], after["sampling"]["temperature"]) == ("system", 0.5)
    assert (after["font_size"], after["sampling"]["quantum"]) == (200, True)


def test_a_table_that_is_no_table_stays_until_it_is_changed(file: Path) -> None:
    file.write_text("sampling = 3\n")
    store = SettingsStore(file)
    assert len(store.problems) == 1
    store.change(theme="dark", sampling=Sampling())
    assert content(file) == {"sampling": 3, "theme": "dark"}
    store.change(sampling=Sampling(min_p=0.2))
    assert content(file)["sampling"] == {"min_p": 0.2}


@pytest.mark.parametrize(
    "data",
    [
        b"theme = ",
        b"\0\0\0\0",
        b"theme = 'a'\0",
        b"\xff\xfe",
        b"a = " + b"[" * 50_000,
        b"n = " + b"9" * 10_000,
        b"#" * (5 * 1024 * 1024),
    ],
    ids=["torn", "nul", "nul at the end", "utf-16", "deep", "long number", "huge"],
)
def test_a_file_that_is_not_toml_is_renamed(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    store = SettingsStore(file)
    assert store.settings == Settings()
    assert len(store.problems) == 1
    assert "settings.toml.broken" in store.problems[0]
    assert file.with_name("settings.toml.broken").read_bytes() == data
    store.change(theme="dark")
    assert SettingsStore(file).settings.theme == "dark"


def test_the_backup_steps_in_for_a_broken_file_and_none_is_lost(file: Path) -> None:
    store = SettingsStore(file)
    store.change(measure=70)
    store.change(measure=80)
    for number, name in enumerate(("settings.toml.broken", "settings.toml.broken-2")):
        file.write_text(f"= {number}")
        store = SettingsStore(file)
        assert store.settings.measure == 70
        assert "before the last change" in store.problems[0]
        assert file.with_name(name).read_text() == f"= {number}"


def test_two_windows_keep_each_others_changes(file: Path) -> None:
    one, two = SettingsStore(file), SettingsStore(file)
    one.change(theme="dark")
    two.change(measure=70)
    assert content(file) == {"theme": "dark", "measure": 70}
    assert one.settings.measure == Settings().measure


def test_a_folder_in_the_files_place_is_told_and_survived(file: Path) -> None:
    file.mkdir()
    store = SettingsStore(file)
    assert "it is a folder" in store.problems[0]
    with pytest.raises(SettingsError, match="could not be saved"):
        store.change(theme="dark")
    assert store.settings.theme == "dark"
    assert len(store.problems) == 1


def test_a_pipe_in_the_files_place_blocks_nothing(file: Path) -> None:
    os.mkfifo(file)
    store = SettingsStore(file)
    assert "not an ordinary file" in store.problems[0]
    with pytest.raises(SettingsError):
        store.change(theme="dark")


def test_a_disk_that_refuses_loses_nothing_in_memory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SettingsStore(file)
    store.change(measure=70)

    def refuse(*_given: object, **_named: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr("app.core.system.json_store.write_atomically", refuse)
        with pytest.raises(SettingsError, match="read-only file system"):
            store.change(theme="dark")
    assert store.settings == Settings(measure=70, theme="dark")
    assert content(file) == {"measure": 70}


def test_a_path_that_is_not_unicode_is_remembered_until_the_end(file: Path) -> None:
    strange = os.fsdecode(b"/a\xff.md")
    store = SettingsStore(file)
    store.change(recent_files=(strange, "/b.md"), model=strange)
    assert store.settings.recent_files == (strange, "/b.md")
    assert SettingsStore(file).settings.recent_files == ("/b.md",)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_no_content_stops_the_program(tmp_path_factory: Any, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "settings.toml"
    file.write_bytes(data)
    store = SettingsStore(file)
    store.change(measure=70)
    assert SettingsStore(file).settings.measure == 70


def test_a_list_holds_an_item_once_and_only_changes_are_written(file: Path) -> None:
    store = SettingsStore(file)
    store.drop("added_models", "/a")
    assert not file.exists()
    store.put("added_models", "/a", "/b", "/a")
    store.put("added_models", "/a")
    assert SettingsStore(file).settings.added_models == ("/a", "/b")
    store.drop("added_models", "/a")
    assert SettingsStore(file).settings.added_models == ("/b",)


def test_two_threads_lose_none_of_each_others_items(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SettingsStore(file)
    store.write_in_background(lambda error: pytest.fail(str(error)))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    monkeypatch.setattr(
        store, "_keep", lambda _values, _before: None
    )  # the disk is not the subject
    items = [f"/{number}" for number in range(500)]
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda item: store.put("added_models", item), items))
    finally:
        sys.setswitchinterval(interval)
    store.close()
    assert sorted(store.settings.added_models) == sorted(items)


def test_written_in_the_background_it_holds_at_once_and_is_on_disk_in_the_end(file: Path) -> None:
    problems: list[SettingsError] = []
    store = SettingsStore(file)
    store.write_in_background(problems.append)
    for size in range(10, 20):
        assert store.change(font_size=size).font_size == size
    store.change(measure=70)
    with pytest.raises(ParameterError):
        store.change(measure=7)
    store.close()
    assert (content(file), problems) == ({"font_size": 19, "measure": 70}, [])


def test_a_disk_that_refuses_what_the_background_writes_is_told(file: Path) -> None:
    problems: list[SettingsError] = []
    file.mkdir()
    store = SettingsStore(file)
    store.write_in_background(problems.append)
    assert store.change(font_size=20).font_size == 20
    store.remember(model="/m.gguf")
    store.close()
    assert len(problems) == 1
    assert "could not be saved" in problems[0].message
    assert store.settings.font_size == 20


def test_a_byte_order_mark_and_windows_line_ends_are_no_error(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(b'\xef\xbb\xbftheme = "dark"\r\nfont_size = 20\r\n')
    store = SettingsStore(file)
    assert store.problems == ()
    assert (store.settings.theme, store.settings.font_size) == ("dark", 20)


def test_no_preset_is_chosen_until_the_user_does(file: Path) -> None:
    assert SettingsStore(file).settings.preset == ""
    file.write_text('preset = "Balanced"\n')
    assert SettingsStore(file).settings.preset == "Balanced"


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "localhost:8000",
        "http://localhost/",
        "http://a/b",
        "HTTP://A",
        "ftp://a",
        "http://a b",
    ],
)
def test_what_is_no_origin_is_refused(file: Path, origin: str) -> None:
    store = SettingsStore(file)
    with pytest.raises(ParameterError, match="must be an origin such as http://localhost:8000"):
        store.change(service_origins=(origin,))
    file.write_text(f'service_origins = ["{origin}"]\n')
    again = SettingsStore(file)
    assert again.settings.service_origins == ()
    assert "Its default is used" in again.problems[0]


@pytest.mark.parametrize(
    "origin", ["http://localhost:8000", "https://a.example", "http://[::1]:80"]
)
def test_an_origin_comes_back(file: Path, origin: str) -> None:
    SettingsStore(file).change(service_origins=(origin,))
    assert SettingsStore(file).settings.service_origins == (origin,)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("service_port = 9000", None),
        ("service = 1", None),
        ("service = true", (SERVICE_PORT, False)),
        ("service = true\nservice_port = 9000", (9000, False)),
        ("service = true\nservice_port = 80", (SERVICE_PORT, False)),
        ("service = true\nservice_port = 'x'\nservice_lan = true", (SERVICE_PORT, True)),
        ("service = true\nservice_lan = 1", (SERVICE_PORT, False)),
        ("service_lan = true", None),
        ("service = ", None),
    ],
)
def test_the_port_is_known_before_the_window(
    file: Path, text: str, found: tuple[int, bool] | None
) -> None:
    file.write_text(text)
    assert early_service(file) == found
    assert file.read_text() == text


def test_without_a_file_no_port_is_opened(file: Path) -> None:
    assert early_service(file) is None


def test_the_switch_of_the_network_says_that_it_is_for_servers_too() -> None:
    (row,) = (bound.row for bound in SETTINGS if bound.name == "network")
    assert row.label == "Allow the network"
    assert "Download" in row.help
    assert "servers" in row.help
