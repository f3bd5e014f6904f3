"""What is remembered of a measured model, and what a load makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.errors import CancelledError, GenerationError
from app.core.options.load_options import LoadOptions
from app.core.system.openmp import WaitingRecord, read_waiting
from app.engine.messages import EngineSettings, HostEvent, Loading
from app.host.interface import Job
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.tuning import autotune, wait_policy
from app.host.llama_cpp.tuning.tuning_file import Probed, Tuning, TuningFile, setup_of
from tests.host.driving import Runner, load

TUNING = Tuning(
    threads=1,
    flash_attention=True,
    batch=128,
    ubatch=128,
    step_s={1: 0.02},
    row_s=0.01,
    rows_cost=(1.5, 2.0),
)
PROBED = Probed(tuning=TUNING, is_flash_settled=True, is_steady=True)
DOUBTED = msgspec.structs.replace(PROBED, is_steady=False)
PROMPT = "The old lighthouse keeper opened the door and"


def path_of(cache: Path) -> Path:
    return cache / "tuning" / "model.json"


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    TuningFile(str(tmp_path), "model").keep("here", PROBED)
    again = TuningFile(str(tmp_path), "model")
    assert again.find("here") == PROBED
    assert again.find("there") is None
    assert TuningFile(str(tmp_path), "other").find("here") is None


def damage(text: str, **fields: Any) -> bytes:
    content = json.loads(text)
    content["setups"]["here"]["tuning"] |= fields
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    "fields",
    [
        {"threads": 0},
        {"threads": 100_000},
        {"batch": 1},
        {"ubatch": 10**9},
        {"flash_attention": "yes"},
        {"waiting": "never"},
        {"step_s": {"1": 0}},
        {"step_s": {"0": 1.0}},
        {"step_s": {"1": 1e400}},
        {"rows_cost": [-1.0]},
        {"rows_cost": [1.0] * 100},
        {"row_s": -1.0},
        {"more": 1},
    ],
)
def test_strange_values_are_measured_again(tmp_path: Path, fields: dict[str, Any]) -> None:
    TuningFile(str(tmp_path), "model").keep("here", PROBED)
    text = path_of(tmp_path).read_text()
    path_of(tmp_path).write_bytes(damage(text, **fields))
    assert TuningFile(str(tmp_path), "model").find("here") is None


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[]", b'{"form":0}', b" " * 100_000])
def test_a_strange_file_is_measured_again(tmp_path: Path, data: bytes) -> None:
    TuningFile(str(tmp_path), "model").keep("here", PROBED)
    path_of(tmp_path).write_bytes(data)
    file = TuningFile(str(tmp_path), "model")
    assert file.find("here") is None
    file.keep("here", PROBED)
    assert TuningFile(str(tmp_path), "model").find("here") == PROBED


def test_a_newer_file_is_said_and_left(tmp_path: Path) -> None:
    TuningFile(str(tmp_path), "model").keep("here", PROBED)
    data = b'{"form":2,"novel":[1]}'
    path_of(tmp_path).write_bytes(data)
    file = TuningFile(str(tmp_path), "model")
    assert "a newer version of Lampblack wrote it" in file.problem
    file.keep("here", PROBED)
    assert file.find("here") == PROBED
    assert file.note_flash(True) == ""
    file.forget()
    assert path_of(tmp_path).read_bytes() == data


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "tuning").write_text("not a folder")
    file = TuningFile(str(tmp_path), "model")
    file.keep("here", PROBED)
    assert file.find("here") == PROBED


def test_the_oldest_setups_are_forgotten(tmp_path: Path) -> None:
    file = TuningFile(str(tmp_path), "model")
    for number in range(20):
        file.keep(str(number), PROBED)
    assert file.find("19") == PROBED
    assert file.find("0") is None


def test_every_fact_makes_a_setup_of_its_own() -> None:
    plain = EngineSettings(engine="llama.cpp", build="one")
    others: list[dict[str, Any]] = [
        {"build": "two"},
        {"kv_type": "q8_0"},
        {"gpu_layers": 3},
        {"device": "a card"},
    ]
    setups = {setup_of(msgspec.structs.replace(plain, **fields)) for fields in others}
    assert len({setup_of(plain), *setups}) == 5
    assert setup_of(plain) == setup_of(msgspec.structs.replace(plain, context=9, threads=9))


def test_how_threads_wait_makes_no_setup_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = EngineSettings(engine="llama.cpp", build="one")
    before = setup_of(settings)
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    assert setup_of(settings) == before


def test_settled_flash_attention_stays(tmp_path: Path) -> None:
    other = msgspec.structs.replace(TUNING, flash_attention=False, threads=2)
    new = Probed(tuning=other, is_flash_settled=True, is_steady=True)
    found = new.after(DOUBTED)
    assert found.tuning.flash_attention
    assert (found.tuning.threads, found.tries) == (2, 2)
    unsettled = msgspec.structs.replace(DOUBTED, is_flash_settled=False)
    assert not new.after(unsettled).tuning.flash_attention
    assert new.after(None) == new


def test_a_change_of_flash_attention_is_said_once(tmp_path: Path) -> None:
    assert TuningFile(str(tmp_path), "model").note_flash(False) == ""
    assert TuningFile(str(tmp_path), "model").note_flash(False) == ""
    note = TuningFile(str(tmp_path), "model").note_flash(True)
    assert note.startswith("Flash attention is now on for this model")
    assert TuningFile(str(tmp_path), "model").note_flash(True) == ""


class Probes:
    """Stands in for the probe and for the look at other programs."""

    def __init__(self) -> None:
        self.answer: Probed | Exception = PROBED
        self.is_busy = False
        self.cores = 0.0
        self.count = 0

    def __call__(self, *_: object, **__: object) -> Probed:
        self.count += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Quiet:
    """Other programs that take nothing."""

    cores = 0.0


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> Probes:
    made = Probes()
    monkeypatch.setattr(autotune, "probe", made)
    monkeypatch.setattr(autotune, "is_busy", lambda _job: made.is_busy)
    monkeypatch.setattr(autotune, "OtherPrograms", Quiet)
    monkeypatch.setattr(autotune, "waiting_policy", lambda *_: "active")
    return made


class Loads:
    """Loads the starter model again and again with one cache."""

    def __init__(self, model: Path, cache: Path) -> None:
        self.model, self.cache = model, cache
        self.engines: list[LlamaCppEngine] = []
        self.events: list[HostEvent] = []

    def __call__(self, *, remeasure: bool = False, **options: Any) -> LlamaCppEngine:
        options = {"context": 256, "keep_prompts": False} | options
        self.events.clear()
        job = Job(1, self.events.append)
        cache = str(self.cache)
        engine = load(self.model, LoadOptions(**options), job, cache=cache, remeasure=remeasure)
        self.engines.append(engine)
        return engine


@pytest.fixture
def load_again(starter_model: Path, tmp_path: Path) -> Iterator[Loads]:
    loads = Loads(starter_model, tmp_path / "cache")
    yield loads
    for engine in loads.engines:
        engine.close()


def test_a_model_is_measured_once(load_again: Loads, probes: Probes) -> None:
    first = load_again()
    assert [event for event in load_again.events if isinstance(event, Loading)][-1].measuring
    second = load_again()
    assert probes.count == 1
    assert first.tuning == second.tuning == TUNING
    settings = second.info.settings
    assert (settings.threads, settings.batch, settings.ubatch) == (1, 128, 128)
    assert settings.flash_attention
    assert second.info.notes == ()


def test_what_is_asked_for_always_wins(load_again: Loads, probes: Probes) -> None:
    asked: dict[str, Any] = {"threads": 2, "batch": 64, "ubatch": 32, "flash_attention": "off"}
    settings = load_again(**asked).info.settings
    assert {name: getattr(settings, name) for name in ("threads", "batch", "ubatch")} == {
        "threads": 2,
        "batch": 64,
        "ubatch": 32,
    }
    assert not settings.flash_attention
    (note,) = load_again().info.notes
    assert note.startswith("Flash attention is now on")
    assert probes.count == 1


def test_measuring_can_be_switched_off(load_again: Loads, probes: Probes) -> None:
    engine = load_again(tune=False)
    assert engine.tuning is None
    assert (engine.info.settings.batch, engine.info.settings.ubatch) == (256, 256)
    assert not engine.info.settings.flash_attention
    assert probes.count == 0


def test_a_busy_machine_is_measured_when_it_is_quiet(load_again: Loads, probes: Probes) -> None:
    probes.is_busy = True
    assert load_again().tuning is None
    probes.is_busy = False
    assert load_again().tuning == TUNING


def test_a_doubtful_result_is_measured_again(
    load_again: Loads, probes: Probes, monkeypatch: pytest.MonkeyPatch
) -> None:
    probes.answer = DOUBTED
    tuning = load_again().tuning
    assert tuning is not None
    assert not tuning.flash_attention  # as usual, until it is known
    probes.answer = PROBED
    assert load_again().tuning == TUNING
    assert load_again().tuning == TUNING
    assert probes.count == 2


def test_a_model_is_measured_again_when_that_is_asked_for(
    load_again: Loads, probes: Probes
) -> None:
    load_again()
    tuning = msgspec.structs.replace(TUNING, flash_attention=False)
    probes.answer = Probed(tuning=tuning, is_flash_settled=True, is_steady=True)
    engine = load_again(remeasure=True, tune=False)
    assert engine.tuning == tuning
    assert [note.partition(" for ")[0] for note in engine.info.notes] == [
        "Flash attention is now off"
    ]
    assert probes.count == 2
    probes.is_busy = True
    assert "could not be measured" in load_again(remeasure=True).info.notes[-1]


def test_another_cache_type_is_another_setup(load_again: Loads, probes: Probes) -> None:
    load_again()
    load_again(kv_type="q8_0")
    load_again(kv_type="q8_0")
    assert probes.count == 2


def test_a_failed_measurement_does_not_fail_the_load(
    load_again: Loads, probes: Probes, capsys: pytest.CaptureFixture[str]
) -> None:
    probes.answer = GenerationError("It broke.")
    assert load_again().tuning is None
    assert "It broke." in capsys.readouterr().err


def test_a_stop_while_measuring_stops_the_load(load_again: Loads, probes: Probes) -> None:
    probes.answer = CancelledError("Stopped.")
    with pytest.raises(CancelledError):
        load_again()


def test_too_little_memory_leaves_the_usual_settings(
    load_again: Loads, probes: Probes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autotune, "_MEMORY_SHARE", 10_000_000)
    assert load_again().tuning is None
    assert probes.count == 0


def test_the_real_probe_measures_a_real_model(
    load_again: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the choices that depend on the machine's mood, the text is the same as without it."""
    monkeypatch.setattr(autotune, "is_busy", lambda _job: False)
    monkeypatch.setattr(autotune, "OtherPrograms", Quiet)
    monkeypatch.setattr(autotune, "thread_levels", lambda _cores: (1,))
    monkeypatch.setattr(autotune, "waiting_policy", lambda *_: "active")
    monkeypatch.setattr(autotune, "judged", lambda found, *_: found)
    found = load_again(flash_attention="off", threads=1)
    assert found.tuning is not None
    assert set(found.tuning.step_s) == {1}
    assert found.tuning.batch in (128, 256, 512)
    plain = load_again(flash_attention="off", threads=1, tune=False)
    texts = [
        Runner(engine)(PROMPT, temperature=0, max_tokens=12).takes[0].text
        for engine in (found, plain)
    ]
    assert texts[0] == texts[1] != ""


SPINNING = [1.0, 1.1, 1.0, 1.0]


@pytest.mark.parametrize(
    ("sleeping", "chosen", "is_steady"),
    [
        ([1.01, 1.11, 1.02, 1.0], "passive", True),
        ([1.1, 1.2, 1.1, 1.1], "active", True),
        ([1.0, 2.0, 0.5, 1.0], "active", False),
    ],
)
def test_threads_sleep_only_where_it_costs_next_to_nothing(
    sleeping: list[float], chosen: str, is_steady: bool
) -> None:
    samples = [iter(SPINNING), iter(sleeping)]
    job = Job(1, lambda _event: None)
    found = wait_policy.by_turns(lambda: next(samples[0]), lambda: next(samples[1]), job)
    assert (found.waiting, found.is_steady) == (chosen, is_steady)


def broken() -> float:
    raise OSError("gone")


def test_a_broken_child_means_active_waiting() -> None:
    job = Job(1, lambda _event: None)
    assert wait_policy.by_turns(lambda: 1.0, broken, job) == WaitingRecord(
        setup="", waiting="active", is_steady=False
    )


def test_the_policy_is_measured_by_real_children_and_remembered(
    starter_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait_policy, "is_busy", lambda _job: False)
    monkeypatch.setattr(wait_policy, "_is_worth_it", lambda _tuning: True)
    monkeypatch.setattr(wait_policy, "_PATIENCE_S", 120.0)  # of a test, on any machine
    heard: list[WaitingRecord] = []

    def listen(active: list[float], passive: list[float]) -> WaitingRecord:
        heard.append(WaitingRecord(setup="", waiting="passive"))
        assert len(active) == len(passive) > 1
        assert min(*active, *passive) > 0
        return heard[-1]

    monkeypatch.setattr(wait_policy, "chosen", listen)
    job = Job(1, lambda _event: None)
    for _ in range(2):
        found = wait_policy.waiting_policy(starter_model, TUNING, "a build", str(tmp_path), job)
        assert found == "passive"
    assert len(heard) == 1
    record = read_waiting(tmp_path)
    assert record is not None
    assert record.waiting == "passive"


def test_one_thread_waits_for_nobody(starter_model: Path, tmp_path: Path) -> None:
    job = Job(1, lambda _event: None)
    assert (
        wait_policy.waiting_policy(starter_model, TUNING, "a build", str(tmp_path), job) == "active"
    )
    assert read_waiting(tmp_path) is None
