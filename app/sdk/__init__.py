"""Lampblack as a Python package: `import lampblack`, once it is installed by `pip install .`.

In the source tree it is `app.sdk`.
"""

from app.core.errors import LampblackError
from app.sdk.model import Classification, Generation, Model, open_model as open

__all__ = ["Classification", "Generation", "LampblackError", "Model", "open"]
