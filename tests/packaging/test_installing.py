"""What pip is given, and its trouble as a sentence."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("knows", [True, False])
def test_llama_is_compiled_without_tile_instructions(
    installing, builds, monkeypatch, knows
) -> None:
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(installing, "watch", lambda *given: seen.append(given[-1]))
    monkeypatch.setattr(builds.machine, "compiler_takes", lambda _flags: knows)
    monkeypatch.setenv("CFLAGS", "-O2")
    monkeypatch.delenv("CXXFLAGS", raising=False)
    installing.pip("llama.cpp, compiling", "--no-deps", "llama", compiling=True)
    installing.pip("Libraries", "--no-deps", "numpy")
    flags = {"CFLAGS": f"-O2 {builds.NO_AMX}", "CXXFLAGS": builds.NO_AMX}
    assert seen == [flags if knows else {}, {}]


@pytest.mark.parametrize(
    ("tail", "sentence"),
    [
        ("WARNING: Retrying (Retry(total=4, connect=None", "the network does not answer; connect"),
        ("OSError: [Errno 28] No space left on device", "the disk is full; make room"),
        ("error: subprocess-exited-with-error", "pip failed; its whole output is in"),
    ],
)
def test_failed_pip_becomes_a_sentence(
    installing, machine, watching, monkeypatch, tail: str, sentence: str
) -> None:
    def watch(*_: object) -> None:
        raise watching.CommandError(tail)

    monkeypatch.setattr(installing, "watch", watch)
    with pytest.raises(machine.SetupError, match=sentence):
        installing.pip("Libraries", "numpy")
