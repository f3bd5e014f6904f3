"""llama-server inside this process, as the package xllamacpp carries it.

The program does not install it: `packaging/dev.py bench` does, into a folder of its own.
"""

from __future__ import annotations

import importlib
from importlib.metadata import version
from typing import Any

from app.core.errors import NotMeasuredError


class LlamaServer:
    """One server; it ends with the process."""

    def __init__(self) -> None:
        self._server: Any = None

    def open(
        self,
        *,
        path: str,
        socket: str,
        threads: int,
        context: int,
        flash_attention: bool,
        clients: int,
    ) -> dict[str, Any]:
        """Load the model and listen on a Unix socket, whose name must end with .sock."""
        try:
            library = importlib.import_module("xllamacpp")
        except ImportError as error:
            raise NotMeasuredError(
                "The Python package xllamacpp, which carries llama-server, is not installed; "
                "packaging/dev.py bench does that."
            ) from error
        asked = library.CommonParams()
        asked.model.path, asked.hostnames = path, [socket]
        asked.n_ctx, asked.n_parallel = context, clients
        asked.cpuparams.n_threads = asked.cpuparams_batch.n_threads = threads
        kind = library.llama_flash_attn_type
        asked.flash_attn_type = (
            kind.LLAMA_FLASH_ATTN_TYPE_ENABLED
            if flash_attention
            else kind.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        self._server = library.Server(asked)
        return {"build": f"xllamacpp {version('xllamacpp')}"}

    def write(self, *, prompt: str, tokens: int) -> dict[str, Any]:
        """Write greedily without HTTP and without ending; the server's own seconds for a token.

        Its clock begins after the prompt, with the first token drawn, and ends with the last.
        """
        asked = {"prompt": prompt, "n_predict": tokens, "temperature": 0, "ignore_eos": True}
        timings = self._server.handle_completions(asked)["timings"]
        if timings["predicted_n"] < tokens:
            raise NotMeasuredError("llama-server ended its text too early to be timed.")
        return {"seconds": timings["predicted_ms"] / 1000 / (tokens - 1)}
