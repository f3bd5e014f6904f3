"""Where the local service is reached: by which names, and with which certificate."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from app.core.errors import ParameterError

OWN_NAMES = ("127.0.0.1", "localhost")
"""What programs of this machine call it; the first names of every service."""


class _LockedError(Exception):
    """A private key that wants a password."""


def service_hosts(port: int, *, lan: bool) -> tuple[str, ...]:
    """The names by which the service may be called, as they stand in Host.

    With `lan` those of the local network come after this machine's own: the addresses that it has
    now, and its name.
    """
    names = [*OWN_NAMES, *(_lan_names() if lan else ())]
    plain = names if port in (80, 443) else []
    return tuple(dict.fromkeys([*(f"{name}:{port}" for name in names), *plain]))


def _lan_names() -> tuple[str, ...]:
    """How other machines of the local network call this one: its IPv4 addresses, then its name."""
    import psutil  # a window without the service does without

    found = [
        one.address
        for group in psutil.net_if_addrs().values()
        for one in group
        if one.family == socket.AF_INET and not one.address.startswith("127.")
    ]
    own = socket.gethostname().lower()
    return (*found, own, own if own.endswith(".local") else f"{own}.local")


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """TLS with a PEM certificate, and its key in the same file or in one of its own.

    Raises ParameterError where they cannot be read or do not belong together.
    """
    for file in filter(None, (certificate, key)):
        _check_readable(file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key or None, password=_no_password)
    except _LockedError:
        message = f"The private key in {key or certificate} is locked with a password."
        raise ParameterError(message, "Use a key without one, in a file of yours alone.") from None
    except (ssl.SSLError, ValueError) as error:
        together = f"The certificate {certificate} and the key {key} cannot be used for https."
        alone = f"The certificate {certificate}, with its key in it, cannot be used for https."
        raise ParameterError(
            together if key else alone,
            "Give two PEM files, a certificate and its own private key, or one file with both.",
        ) from error
    return context


def _check_readable(file: str) -> None:
    try:
        with Path(file).open("rb"):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise ParameterError(f"The file {file} cannot be read: {reason}.") from error


def _no_password() -> str:
    raise _LockedError
