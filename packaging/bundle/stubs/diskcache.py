"""In the place of diskcache, which llama-cpp-python imports and Lampblack never uses.

The real package unpickles what lies in its folder (CVE-2025-69872), so that no bundle carries it.
"""

from __future__ import annotations


class Cache:
    """Refuses to be made."""

    def __init__(self, *_arguments: object, **_names: object) -> None:
        raise NotImplementedError("This bundle has no cache of pickled files on the disk.")
