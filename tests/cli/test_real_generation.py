"""The real program writing with the real starter model."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

PROMPT = "The old lighthouse keeper opened the door and"


def generate(run_program: Any, model: Path, *words: str, **more: Any) -> Any:
    always = ["--model", str(model), "--context", "512", "--tune", "off"]
    return run_program("generate", *always, *words, **more)


def test_greedy_text_is_the_same_twice_and_counted(run_program: Any, starter_model: Path) -> None:
    words = [PROMPT, "--temperature", "0", "--max-tokens", "16", "--json"]
    first, second = (generate(run_program, starter_model, *words) for _ in range(2))
    assert (first.code, first.err) == (0, "")
    one, two = json.loads(first.out), json.loads(second.out)
    assert one["text"] == two["text"] != ""
    assert (one["finish_reason"], one["completion_tokens"]) == ("length", 16)
    assert one["engine"] == "llama.cpp"
    assert one["prompt_tokens"] > 5
    assert one["reused_tokens"] == 0
    assert min(one["load_s"], one["prefill_s"], one["decode_s"], one["tokens_per_s"]) > 0


def test_a_recorded_seed_repeats_its_text(run_program: Any, starter_model: Path) -> None:
    words = [PROMPT, "--max-tokens", "12", "--exact", "--json"]
    first = json.loads(generate(run_program, starter_model, *words).out)
    again = generate(run_program, starter_model, *words, "--seed", str(first["seed"]))
    assert json.loads(again.out)["text"] == first["text"]


def test_a_piped_chinese_prompt_is_continued(run_program: Any, starter_model: Path) -> None:
    words = ["-", "--temperature", "0", "--max-tokens", "8", "--stats"]
    outcome = generate(run_program, starter_model, *words, stdin="从前有一座山，山上\n".encode())
    assert outcome.code == 0
    assert outcome.out
    assert "\ufffd" not in outcome.out
    assert outcome.err.count("\n") == 1


def test_ctrl_c_keeps_the_text(start_program: Any, starter_model: Path) -> None:
    words = ["generate", PROMPT, "--model", str(starter_model), "--max-tokens", "-1", "--stats"]
    words += ["--tune", "off"]
    program = start_program(
        [*words, "--logit-bias", "token:2=-100", "--logit-bias", "token:0=-100"]
    )
    begun = os.read(program.stdout.fileno(), 1)
    program.send_signal(signal.SIGINT)
    rest, err = program.communicate(timeout=60)
    assert program.returncode == 0
    assert (begun + rest).decode()
    assert "(cancelled)" in err.decode()


def test_a_prompt_too_long_fails_or_loses_its_head(
    run_program: Any, starter_model: Path, one_sentence: Any
) -> None:
    words = ["-", "--max-tokens", "4", "--temperature", "0", "--stats"]
    long = b"The rain fell on the roof. " * 120
    failed = generate(run_program, starter_model, *words, stdin=long)
    assert failed.code == 1
    assert one_sentence(failed.err)
    cut = generate(run_program, starter_model, *words, "--drop-head", stdin=long)
    assert cut.code == 0
    assert "dropped from its head" in cut.err
