"""llama-server inside this process, as the package xllamacpp carries it; it is not installed."""

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
                "The Python package xllamacpp, which carries llama-server, is not installed."
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
