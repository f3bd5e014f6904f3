"""Logs say what went wrong, and no word of the text, no path and no token."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from app.core.errors import LampblackError, ModelCrashedError
from app.core.options.sampling import Sampling
from app.core.system.paths import Paths
from app.engine.messages import Generate, Load, Tokens
from app.program import Program

SECRET = "Xanadu-Kubla-7731"


def test_the_engines_log_has_neither_text_nor_path(
    starter_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load, a text, a broken model and a kill, with the secret wherever a secret can be."""
    monkeypatch.setenv("LAMPBLACK_SERVER_KEY", SECRET)
    monkeypatch.setenv("HF_TOKEN", SECRET)
    folder = tmp_path / SECRET
    folder.mkdir()
    (folder / "tale.gguf").symlink_to(starter_model)
    broken = folder / "broken.gguf"
    broken.write_bytes(starter_model.read_bytes()[:2_000_000])
    paths = Paths.here()
    with Program(paths).engine() as client:

        def load(path: Path) -> None:
            client.run(
                Load(job=client.next_job(), path=str(path), engine="llama.cpp"), lambda _event: None
            )

        with pytest.raises(LampblackError):
            load(broken)
        load(folder / "tale.gguf")
        words = Generate(
            job=client.next_job(), prompt=f"{SECRET} began", sampling=Sampling(max_tokens=-1)
        )

        def kill(event: object) -> None:
            if isinstance(event, Tokens) and client.host_pid is not None:
                os.kill(client.host_pid, signal.SIGKILL)

        with pytest.raises(ModelCrashedError):
            client.run(words, kill)
    logs = [path for path in paths.logs.rglob("*") if path.is_file()]
    assert logs
    assert [path.name for path in logs if SECRET.encode() in path.read_bytes()] == []
