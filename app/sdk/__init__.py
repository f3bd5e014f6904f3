"""Lampblack as a Python package: `import lampblack`, once it is installed by `pip install .`.

In the source tree it is `app.sdk`. Errors are those of the program, `lampblack.errors`.
"""

from app.core import errors
from app.core.errors import LampblackError
from app.sdk.asynchronous import AsyncModel, open_async
from app.sdk.model import (
    Classification,
    Generation,
    Judgement,
    Model,
    Stream,
    models,
    open_model as open,
)

__all__ = [
    "AsyncModel",
    "Classification",
    "Generation",
    "Judgement",
    "LampblackError",
    "Model",
    "Stream",
    "errors",
    "models",
    "open",
    "open_async",
]
