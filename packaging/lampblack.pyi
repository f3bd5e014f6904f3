"""For mypy: what `import lampblack` gives once it is installed, as app/sdk/examples do."""

from app.sdk import *  # noqa: F403 - just what its __all__ names
