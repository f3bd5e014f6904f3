"""One server over httpx2: every connection goes to the address that was looked up, nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from app import __version__
from app.core.errors import ServerError
from app.remote.address import Pinned


class Server:
    """Asks the pinned server; `key` is sent as a bearer token. Times are in seconds.

    No redirect is followed and no proxy is used; the certificate is checked against the name.
    """

    def __init__(
        self, pinned: Pinned, key: str = "", *, connect_s: float = 20.0, silent_s: float = 120.0
    ) -> None:
        address = pinned.address
        self._name = address.url
        self._sni = {"sni_hostname": address.host} if address.scheme == "https" else {}
        ip = f"[{pinned.ip}]" if ":" in pinned.ip else pinned.ip
        self._root = f"{address.scheme}://{ip}:{address.port}{address.base}"
        headers = {
            "Host": address.url.split("/")[2],
            "User-Agent": f"lampblack/{__version__}",
            "Accept-Encoding": "identity",
        }
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._client = httpx2.Client(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(silent_s, connect=connect_s),
            headers=headers,
        )

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    @contextmanager
    def post(self, path: str, fields: dict[str, Any]) -> Iterator[Iterator[bytes]]:
        """The body of the answer, as it arrives; leaving closes the connection.

        Raises ServerError, also in the middle, where the text so far is the caller's to keep.
        """
        try:
            with self._client.stream(
                "POST", self._root + path, json=fields, extensions=self._sni
            ) as response:
                self._check(response)
                yield response.iter_raw()
        except httpx2.TimeoutException as error:
            raise ServerError(
                f"The server {self._name} has not answered for too long.", "Try again later."
            ) from error
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            raise ServerError(
                f"The connection to the server {self._name} failed ({type(error).__name__}).",
                "Check that it runs and can be reached, and try again.",
            ) from error

    def _check(self, response: httpx2.Response) -> None:
        status = response.status_code
        if status == 200:
            return
        what, hint = _REFUSALS.get(status, ("", "Try again, or ask who runs it."))
        if 300 <= status < 400:
            what, hint = "sends on to another address", "Add the server under that address."
        what = what or "failed" if status >= 500 else what or "refused the request"
        raise ServerError(f"The server {self._name} {what} ({status}).", hint)


_REFUSALS = {
    401: ("does not accept the key", "Give its key again."),
    403: ("does not allow this with this key", "Give another key, or ask who runs it."),
    404: ("does not know this request", "Check the address: is it a model server's?"),
    429: ("has too many requests", "Try again later."),
    503: ("is not ready", "Try again in a while."),
}
