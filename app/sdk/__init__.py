"""Lampblack as a Python package: `import lampblack`, once it is installed by `pip install .`.

In the source tree it is `app.sdk`. Errors are those of the program, `lampblack.errors`.
"""

from app.core import errors
from app.core.errors import LampblackError
from app.sdk.asynchronous import AsyncModel, open_async
from app.sdk.model import Model, models, open_model as open
from app.sdk.requests import Stream
from app.sdk.results import Classification, Generation, Judgement
from app.tasks.options import TaskResult

__all__ = [
    "AsyncModel",
    "Classification",
    "Generation",
    "Judgement",
    "LampblackError",
    "Model",
    "Stream",
    "TaskResult",
    "errors",
    "models",
    "open",
    "open_async",
]
