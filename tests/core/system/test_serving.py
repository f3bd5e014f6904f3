"""Names of the service, and certificates that can and cannot be used."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from app.core.errors import ParameterError
from app.core.system.serving import OWN_NAMES, server_context, service_hosts
from tests.certificates import Certificate


def test_only_its_own_names_are_hosts() -> None:
    assert service_hosts(8321, lan=False) == ("127.0.0.1:8321", "localhost:8321")
    assert "localhost" in service_hosts(80, lan=False)


def test_the_local_network_has_this_machines_addresses_and_name() -> None:
    found = service_hosts(8321, lan=True)
    assert found[: len(OWN_NAMES)] == service_hosts(8321, lan=False)
    others = found[len(OWN_NAMES) :]
    assert f"{socket.gethostname().lower()}:8321" in others
    assert not any(host.startswith("127.") for host in others)
    assert len(set(found)) == len(found)


def test_a_key_may_be_in_the_certificates_file(certificate: Certificate, tmp_path: Path) -> None:
    server_context(str(certificate.certificate), str(certificate.key))
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.certificate.read_bytes() + certificate.key.read_bytes())
    server_context(str(both), "")


def test_what_cannot_be_used_is_said(certificate: Certificate, tmp_path: Path) -> None:
    (tmp_path / "garbage").write_text("no certificate")
    sound = str(certificate.certificate)
    refused = {
        (str(tmp_path / "garbage"), ""): "cannot be used for https",
        (sound, ""): "cannot be used for https",
        (sound, str(certificate.other)): "cannot be used for https",
        (sound, str(certificate.locked)): "locked with a password",
        (sound, str(tmp_path / "none")): "cannot be read",
        (str(tmp_path), ""): "cannot be read",
    }
    for files, why in refused.items():
        with pytest.raises(ParameterError, match=why):
            server_context(*files)
