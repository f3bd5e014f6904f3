"""Certificates for tests of https: made when they are needed, valid for a day."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path
from typing import NamedTuple


class Certificate(NamedTuple):
    """PEM files: a certificate of 127.0.0.1, its key, that key with a password, another's key."""

    certificate: Path
    key: Path
    locked: Path
    other: Path

    @property
    def trusted(self) -> ssl.SSLContext:
        """A client that believes this certificate alone."""
        return ssl.create_default_context(cafile=self.certificate)


def make_certificate(folder: Path) -> Certificate:
    """Write one into `folder`."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    made = Certificate(*(folder / f"{name}.pem" for name in Certificate._fields))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Lampblack test")])
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    own = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(own, critical=False)
        .sign(key, hashes.SHA256())
    )
    made.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    kinds = serialization.NoEncryption(), serialization.BestAvailableEncryption(b"secret")
    for file, of, kind in (
        (made.key, key, kinds[0]),
        (made.locked, key, kinds[1]),
        (made.other, other, kinds[0]),
    ):
        form = serialization.PrivateFormat.PKCS8
        file.write_bytes(of.private_bytes(serialization.Encoding.PEM, form, kind))
    return made
