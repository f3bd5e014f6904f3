"""Certificates: whom an https server is believed, and what is wrong with one that is not."""

from __future__ import annotations

import ssl

from app.core.errors import ParameterError, ServerError, ServerUnreachableError

_X509 = {
    9: "is not valid yet: its time begins later, or this machine's clock is wrong",
    10: "has expired",
    18: "is signed by itself, and it is not among those that are trusted",
    19: "comes from an authority that is not trusted",
    20: "comes from an authority that is not trusted",
    21: "comes from an authority that is not trusted",
    23: "was revoked",
    62: "belongs to another name",
    64: "belongs to another address",
}
"""OpenSSL's numbers (x509_vfy.h)."""

_SAME = {
    **{0x800B0101: 10, 0x800B0109: 19, 0x800B010A: 20, 0x800B010C: 23, 0x800B010F: 62},
    **{-67818: 10, -67819: 9, -67820: 23, -67843: 19, -67602: 62},
}
"""Those of Windows (winerror.h) and of macOS (SecBase.h), whose own checks are used there."""

_HINTS = {
    10: "Ask who runs it to renew it.",
    62: "Use the name that stands in the certificate.",
    64: "Use the name or address that stands in the certificate.",
}
_TRUST_IT = "If it is your own authority's, give that authority's certificate for this server."


def tls_context(certificates: str) -> ssl.SSLContext:
    """Who is believed: this machine's authorities, and those in PEM.

    The name is checked in either case. Raises ParameterError for text that holds no certificate.
    """
    import httpx2

    context = httpx2.create_ssl_context(trust_env=False)
    if certificates:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a server's own may be given, too
        try:
            context.load_verify_locations(cadata=certificates)
        except (ssl.SSLError, ValueError) as error:
            raise ParameterError(
                "The file given for the server's authority holds no certificate.",
                "Give a PEM file: it has a line BEGIN CERTIFICATE.",
            ) from error
    return context


def tls_error(name: str, error: ssl.SSLError) -> ServerError:
    """The error for a handshake that failed."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        reason = str(error.reason or error.strerror or "")[:80]
        return ServerUnreachableError(
            f"No encrypted connection to {name} came about ({reason}).",
            "Check that the server speaks https under this address and port.",
        )
    code = _SAME.get(error.verify_code, error.verify_code)
    what = _X509.get(code, f"cannot be checked ({error.verify_message})")
    return ServerUnreachableError(
        f"The certificate of {name} {what}, so nothing was sent.", _HINTS.get(code, _TRUST_IT)
    )
