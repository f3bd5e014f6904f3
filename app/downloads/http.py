"""Answers of web servers over httpx2: redirects, refusals and broken connections.

Only the downloader imports this.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2

from app import __version__
from app.core.errors import DownloadError, GatedError
from app.core.system.network import is_loopback
from app.downloads.retry import ConnectionBroken, RetryPolicy, asked_seconds

_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_LATER = (408, 425, 429, 500, 502, 503, 504)
_MOST_JSON = 16 * 1024 * 1024
_MOST_PAGES = 50


class RangeRefused(ConnectionBroken):
    """The server does not give the rest of the file; it has to be asked for the whole."""


class Web:
    """Asks one server and those it redirects to; the token goes to the first alone.

    `title` and `page` are the model's, for sentences; a file that is no model has no page.
    """

    def __init__(
        self, origin: str, token: str, policy: RetryPolicy, *, title: str, page: str
    ) -> None:
        self._origin = _origin(origin)
        self._is_local = is_loopback(urlsplit(origin).hostname or "")
        self._token = token
        self._title = title
        self._page = page
        try:
            self._client = httpx2.Client(
                follow_redirects=False,
                trust_env=not self._is_local,
                timeout=httpx2.Timeout(policy.stall_s, connect=policy.connect_s),
                headers={"User-Agent": f"lampblack/{__version__}", "Accept-Encoding": "identity"},
            )
        except (ImportError, ValueError, OSError, httpx2.InvalidURL) as error:
            raise DownloadError(
                f"The proxy or the certificates in the environment cannot be used: {error}.",
                "Correct or unset HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE or SSL_CERT_DIR.",
            ) from error

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    @contextmanager
    def open(self, url: str, headers: Mapping[str, str] | None = None) -> Iterator[httpx2.Response]:
        """The answer to one GET, with its body still to be read.

        Raises ConnectionBroken for what may be better next time, else DownloadError; reading the
        body inside raises the same.
        """
        try:
            response = self._follow(url, dict(headers or {}))
            try:
                self._check(response)
                yield response
            finally:
                response.close()
        except httpx2.TransportError as error:
            raise _broken(error, _host(url)) from error
        except (httpx2.InvalidURL, httpx2.DecodingError) as error:
            raise DownloadError(f"{_host(url)} answered with nonsense: {error}.") from error

    def pages(self, url: str, accept: str = "application/json") -> Iterator[bytes]:
        """The bodies of an answer that may have several pages, each of a bounded size."""
        for _ in range(_MOST_PAGES):
            with self.open(url, {"Accept": accept}) as response:
                yield _bounded(response)
                url = response.links.get("next", {}).get("url", "")
            if not url:
                return
            if _origin(url) != self._origin:
                break
        raise DownloadError(f"{_host(self._origin)} sent a list that cannot be right.")

    def _follow(self, url: str, headers: dict[str, str]) -> httpx2.Response:
        for _ in range(_MOST_REDIRECTS + 1):
            own = headers | self._authorization(url)
            response = self._client.send(
                self._client.build_request("GET", url, headers=own), stream=True
            )
            if response.status_code not in _REDIRECTS:
                return response
            target = response.url.join(response.headers.get("location", ""))
            response.close()
            self._check_redirect(target)
            url = str(target)
        raise DownloadError(f"{_host(self._origin)} redirects again and again.")

    def _authorization(self, url: str) -> dict[str, str]:
        """The token, for the server that it was given for."""
        if self._token and _origin(url) == self._origin:
            return {"Authorization": f"Bearer {self._token}"}
        return {}

    def _check_redirect(self, target: httpx2.URL) -> None:
        if target.scheme == "https":
            return
        if target.scheme == "http" and self._is_local and is_loopback(target.host):
            return
        raise DownloadError(
            f"{_host(self._origin)} redirects to {target.scheme}://{target.host}, which is not "
            "encrypted, and nothing was fetched from there.",
        )

    def _check(self, response: httpx2.Response) -> None:
        status, host = response.status_code, response.url.host
        if status in (200, 206):
            if response.headers.get("content-encoding", "identity") != "identity":
                raise DownloadError(f"{host} sent the file in an encoding that was not asked for.")
            return
        if status in _LATER:
            seconds = asked_seconds(response.headers.get("retry-after", ""))
            what = "is asked too often" if status == 429 else "has trouble of its own"
            raise ConnectionBroken(f"{host} {what} (status {status})", seconds)
        if status == 416:
            raise RangeRefused(f"{host} does not give the rest of the file")
        raise self._refusal(status, host, response.headers.get("x-error-code", ""))

    def _refusal(self, status: int, host: str, code: str) -> DownloadError:
        if status in (401, 403) and code == "RepoNotFound":
            status = 404
        if status in (401, 403):
            return self._forbidden(status, host)
        if status in (404, 410):
            return DownloadError(
                f"{host} does not have {self._title} any more, or it was never there.",
                f"Look at {self._page}; the catalogue may be out of date."
                if self._page
                else "Check the address.",
            )
        return DownloadError(f"{host} refused {self._title} with status {status}.", "Try later.")

    def _forbidden(self, status: int, host: str) -> DownloadError:
        if not self._page:
            return DownloadError(
                f"{host} does not give {self._title} to everybody (status {status}).",
                "Fetch it with a browser, and install it from the file.",
            )
        if self._token:
            return GatedError(
                f"{host} does not give {self._title} to the owner of this token (status {status}).",
                f"Accept the model's terms on {self._page}, check that the token may read, and "
                "try again.",
            )
        return GatedError(
            f"{self._title} is gated: {host} gives it only to those who accepted its terms "
            f"(status {status}).",
            f"Accept them on {self._page} and come back with a token of your account there.",
        )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def _host(url: str) -> str:
    return urlsplit(url).hostname or "the server"


def _bounded(response: httpx2.Response) -> bytes:
    body = bytearray()
    for block in response.iter_raw():
        body += block
        if len(body) > _MOST_JSON:
            raise DownloadError(f"{response.url.host} sent a list that is far too long.")
    return bytes(body)


def _broken(error: httpx2.TransportError, host: str) -> Exception:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return DownloadError(
                f"{host} cannot prove that it is {host}: {cause.verify_message}.",
                "Somebody may be in between; check the date of this computer and the network.",
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)):
        return ConnectionBroken(f"{host} cannot be reached")
    if isinstance(error, httpx2.TimeoutException):
        return ConnectionBroken(f"{host} sent nothing for a while")
    if isinstance(error, httpx2.UnsupportedProtocol):
        return DownloadError(f"The address of {host} is of no kind that can be fetched.")
    return ConnectionBroken(f"The line to {host} broke")
