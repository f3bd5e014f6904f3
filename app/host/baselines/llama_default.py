"""The high-level `Llama` of llama-cpp-python, with its defaults and nothing tuned."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import llama_cpp

from app.core.errors import NoModelLoadedError
from app.host.llama_cpp.library import load_backends


class HighLevel:
    """One `Llama`; texts are streamed, as a program that shows them would have it."""

    def __init__(self) -> None:
        self._llama: Any = None

    def open(self, *, path: str) -> dict[str, Any]:
        """Load the model."""
        load_backends()
        self._llama = llama_cpp.Llama(model_path=path, verbose=False)
        return {"build": f"llama-cpp-python {llama_cpp.__version__}"}

    def write(self, *, prompt: str, tokens: int) -> dict[str, Any]:
        """Continue the prompt; seconds and tokens from the first text to the last."""
        llama = self._llama
        if llama is None:
            raise NoModelLoadedError("No model is loaded.")
        begun = before = over = after = 0.0
        for _part in llama.create_completion(prompt, max_tokens=tokens, stream=True):
            over, after = perf_counter(), llama.n_tokens
            begun, before = begun or over, before or after
        return {"seconds": over - begun, "tokens": after - before}
