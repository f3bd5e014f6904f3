"""`lampblack models fit`: bytes, a sum and a verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.memory_fit.estimate import MEMORY
from app.engine.messages import Describe, Described, DeviceReport, EngineReport
from tests.cli.conftest import RunWords


class Cards:
    """Stands for the engine client: answers what devices there are."""

    def __init__(self, **_: Any) -> None:
        pass

    def next_job(self) -> int:
        return 1

    def run(self, command: Describe, _on_event: Any) -> Described:
        card = DeviceReport(name="GPU0", title="A card", kind="GPU", free=2**33, total=2**33)
        processor = DeviceReport(name="CPU", title="A processor", kind="CPU", free=1, total=1)
        engine = EngineReport(engine="llama.cpp", available=True, devices=(card, card, processor))
        return Described(job=command.job, engines=(engine,), network_denied="no")

    def close(self) -> None:
        pass


def test_json_names_bytes_and_a_verdict(run: RunWords, starter_model: Path) -> None:
    done = run(
        "models", "fit", str(starter_model), "--gpu-layers", "0", "--context", "4096", "--json"
    )
    assert done.code == 0, done.err
    facts = json.loads(done.out)
    assert facts["verdict"] in ("fits", "tight", "too large")
    assert (facts["source"], facts["engine"], facts["context"]) == ("header", "llama.cpp", 4096)
    assert facts["kv_cache_bytes"] == 4096 * 23_040
    assert 90_000_000 < facts["weights_bytes"] < 98_362_432
    assert facts["buffers_bytes"] > 0
    assert facts["free_bytes"] > 0
    sums = ("weights_bytes", "kv_cache_bytes", "buffers_bytes")
    assert facts["needed_bytes"] == sum(facts[name] for name in sums)
    assert facts["needed_bytes"] == sum(part["bytes"] for part in facts["parts"])


def test_the_page_is_a_sum(run: RunWords, starter_model: Path) -> None:
    out = run("models", "fit", str(starter_model), "--gpu-layers", "0").out
    assert "KV cache (8,192 tokens, f16)" in out
    assert "needed" in out
    assert "free now" in out


def test_the_engine_says_which_cards_there_are(run: RunWords, starter_model: Path) -> None:
    done = run("models", "fit", str(starter_model), "--json", new_client=Cards)
    facts = json.loads(done.out)
    assert facts["gpu_layers"] == 31
    assert set(facts["needed"]) == {"A card", MEMORY}


def test_a_model_of_the_catalogue_is_judged_by_its_facts(run: RunWords) -> None:
    done = run("models", "fit", "smollm2-360m-instruct-q8-0", "--gpu-layers", "0")
    assert done.code == 0
    assert "not on this machine" in done.out
    facts = json.loads(
        run("models", "fit", "smollm2-360m-instruct-q8-0", "--gpu-layers", "0", "--json").out
    )
    assert (facts["source"], facts["needed_bytes"]) == ("catalogue", 970_000_000)
    assert facts["weights_bytes"] > 380_000_000
    assert (facts["kv_cache_bytes"], facts["buffers_bytes"]) == (None, None)


def test_what_the_catalogue_does_not_know_is_null(run: RunWords) -> None:
    facts = json.loads(run("models", "fit", "qwen3-4b-base-q8-0", "--gpu-layers=0", "--json").out)
    assert facts["needed_bytes"] == 5_710_000_000
    assert facts["weights_bytes"] is None
    (part,) = facts["parts"]
    assert part["what"].startswith("weights, KV cache")


@pytest.mark.parametrize("words", [("no-such-model",), ("starter", "--kv-type", "q3")])
def test_what_is_not_there_is_an_error(run: RunWords, words: tuple[str, ...]) -> None:
    done = run("models", "fit", *words)
    assert done.code
    assert done.err
