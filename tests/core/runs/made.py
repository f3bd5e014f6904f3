"""Run records that tests write and compare."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from app.core.runs.record import RunConfusion, RunMeasure, RunRecord
from app.core.system.machine import MachineFacts

MACHINE = MachineFacts(system="Linux", processor="A chip", processors=4, cores=2, memory=8 * 10**9)


def record(run: str, **changes: Any) -> RunRecord:
    """A small training that is done."""
    whole = RunRecord(
        id=run,
        kind="style",
        state="done",
        begun_at=1.0,
        name="Mine",
        model="starter",
        model_path="/m.gguf",
        data_sha256="1",
        settings={"rank": 8},
        seed=1,
        figures={"loss_after": 2.5},
        curve=((1, 3.0, 0.001),),
    )
    return replace(whole, **changes)


def training(run: str, **changes: Any) -> RunRecord:
    """A training with whole curves, as they come out."""
    steps = range(1, 61)
    whole = record(
        run,
        begun_at=1_790_000_000.0,
        ended_at=1_790_000_754.0,
        model="SmolLM2-135M-Instruct",
        model_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        data=("/home/me/novel/one.md", "/home/me/novel/二.md"),
        data_sha256="0a" * 32,
        settings={"rank": 8, "epochs": 3, "rate": 5e-4, "length": 512, "seed": 1},
        versions={"Python": "3.11", "PyTorch": "2.13"},
        machine=MACHINE,
        curve=tuple(
            (step, round(3.4 - 0.008 * step + 0.12 * (step * 7 % 5 - 2), 4), (61 - step) / 120_000)
            for step in steps
        ),
        held_out=tuple(
            (step, round(3.17 - 0.24 * step / (step + 15), 4)) for step in range(0, 61, 6)
        ),
        figures={
            "tokens": 20_412, "held_out_tokens": 2_210, "foreseen_seconds": 120.0,
            "parameters": 2_442_240, "loss_before": 3.17, "loss_after": 2.93, "best_step": 54,
            "steps": 60, "seconds": 131.5, "tokens_per_second": 240.2, "memory": 1_204_000_000,
            "verbatim_words": 6,
        },
        made="/home/me/adapters/Mine",
    )  # fmt: skip
    return replace(whole, **changes)


def evaluation(run: str, **changes: Any) -> RunRecord:
    """An evaluation with a confusion matrix."""
    whole = record(
        run,
        kind="evaluation",
        name="sentiment, reviews.csv",
        begun_at=1_790_100_000.0,
        ended_at=1_790_100_012.0,
        model="moods classifier",
        data=("/home/me/reviews.csv",),
        data_sha256="ff" * 32,
        settings={"task": "sentiment", "parallel": 1, "limit": 0},
        facts={"engine": "torch", "device": "CPU"},
        machine=MACHINE,
        curve=(),
        figures={"accuracy": 0.91, "macro_f1": 0.9, "answered": 200, "failed": 1},
        measures=(
            RunMeasure(name="accuracy", value=0.91, low=0.87, high=0.95),
            RunMeasure(name="macro F1", value=0.9, low=0.85, high=0.94),
            RunMeasure(name="calibration error", value=0.04, low=0.02, high=0.07, better="lower"),
        ),
        confusion=RunConfusion(
            labels=("negative", "neutral", "积极"), counts=((61, 5, 1), (4, 58, 4), (0, 3, 64))
        ),
    )
    return replace(whole, **changes)
