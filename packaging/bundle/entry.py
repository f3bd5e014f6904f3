"""The first lines of the frozen program: the user's own environment, then its word.

PyInstaller's loader points LD_LIBRARY_PATH at the bundle's own libraries before Python starts. The
dynamic linker has read it by then, so that it is put back at once: every child, also one that Qt
starts (a browser, a file manager), then loads the system's libraries. The program's own children
have it set again by the same loader, which is told that they are programs of their own: else it
trusts that they have its variables from their parent.
"""

from __future__ import annotations

import _locale
import os
import sys
from collections.abc import MutableMapping

_PATH, _KEPT = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"
_RESET = "PYINSTALLER_RESET_ENVIRONMENT"


def take_locale() -> bool:
    """Take the user's locale, as Python does where it is not frozen; True where it is plain ASCII.

    It is also where this system has none of the name given.
    """
    try:
        return _locale.setlocale(_locale.LC_CTYPE, "") in ("C", "POSIX")
    except _locale.Error:
        return True


def restore(environ: MutableMapping[str, str], *, ascii_locale: bool) -> None:
    """Give LD_LIBRARY_PATH the value that it had before the bundle was started, or none.

    A locale of plain ASCII becomes UTF-8, as Python makes it where it is not frozen (PEP 538).
    """
    if ascii_locale and not environ.get("LC_ALL"):
        environ["LC_CTYPE"] = "C.UTF-8"
    environ[_RESET] = "1"
    before = environ.pop(_KEPT, None)
    if before is not None:
        environ[_PATH] = before
    else:
        environ.pop(_PATH, None)


def prepare() -> None:
    """Give this process the user's own environment and locale."""
    if sys.platform == "linux":
        restore(os.environ, ascii_locale=take_locale())
        take_locale()  # the one of UTF-8, where there was none: Qt looks at what is in force
    else:  # where no loader changes the path of libraries, and Qt asks the system for the locale
        os.environ[_RESET] = "1"


def main() -> int:
    """Run the program's word; the result is the exit code."""
    prepare()
    from app.__main__ import main as run  # not before: a child may be started while it is imported

    return run()


if __name__ == "__main__":
    sys.exit(main())
