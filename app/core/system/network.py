"""Keeps this process and its children off the network.

On Linux a seccomp filter makes the kernel refuse every socket that is not local to the machine's
own programs (Unix and netlink sockets stay: the window system needs them). It cannot be taken off
again and children inherit it. Elsewhere an audit hook refuses what Python itself tries; native
code is not bound by it, and `network_state` says so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
import sys
from typing import Literal

from app.core.errors import ServiceError

NetworkState = Literal["kernel", "hook", "no"]
PinState = Literal["port", "streams", "no"]
"""What the kernel holds a process to: TCP to one port, TCP to anywhere, or nothing."""

# <linux/audit.h>, <linux/seccomp.h>, <linux/filter.h>, and each machine's system call numbers.
_MACHINES = {
    "x86_64": {"audit": 0xC000003E, "socket": 41, "seccomp": 317},
    "aarch64": {"audit": 0xC00000B7, "socket": 198, "seccomp": 277},
}
_IO_URING_SETUP = 425  # a ring can open sockets without the socket call
_X32_BIT = 0x40000000  # x86-64's second table of calls
_ALLOWED_FAMILIES = (0, 1, 16)  # AF_UNSPEC, AF_UNIX, AF_NETLINK
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_NO_NEW_PRIVS, _SET_MODE_FILTER, _ALL_THREADS = 38, 1, 1
_CALL, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data


# <linux/socket.h>, <linux/in.h>, <linux/landlock.h>
_AND, _SECOND_ARGUMENT, _THIRD_ARGUMENT, _TYPE_MASK = 0x54, 24, 32, 0xF
_INET, _INET6, _STREAM, _TCP = 2, 10, 1, 6
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _NET_VERSION, _NET_PORT, _BIND, _CONNECT = 1, 4, 2, 1, 2


class NetworkDeniedError(PermissionError):
    """Python's own code tried to use the network in a process that may not."""


def deny_network() -> NetworkState:
    """Shut this process and its children off the network; call before any thread starts."""
    if sys.platform == "linux" and _install_filter():
        return network_state()
    sys.addaudithook(_refuse)
    return network_state()


def allow_one_port(port: int) -> PinState:
    """Hold this thread and its later ones to outgoing TCP to `port`; call before any thread starts.

    Names have to be looked up before: UDP is refused, too. The kernel knows ports but no
    addresses, and (as of Linux 6.18) does not check a connection begun by TCP Fast Open: which
    address is spoken to is for the caller to check.
    """
    if sys.platform != "linux" or not _install_filter(streams=True):
        return "no"
    return "port" if _pin_port(port) else "streams"


def _pin_port(port: int) -> bool:
    """Ask Landlock (Linux 6.7 and later) to refuse every other port; False where it cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION) < _NET_VERSION:
        return False
    handled = struct.pack("=QQ", 0, _BIND | _CONNECT)
    ruleset = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if ruleset < 0:
        return False
    try:
        rule = struct.pack("=QQ", _CONNECT, port)
        if libc.syscall(_ADD_RULE, ruleset, _NET_PORT, rule, 0) != 0:
            return False
        if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return False
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def network_state() -> NetworkState:
    """How firmly the network is denied here, found out by trying to make an internet socket."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    except NetworkDeniedError:
        return "hook"
    except PermissionError:
        return "kernel"
    return "no"


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.__new__":
        if arguments[1] in (socket.AF_INET, socket.AF_INET6):
            raise NetworkDeniedError(errno.EACCES, "This process may not use the network.")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        raise NetworkDeniedError(errno.EACCES, "This process may not use the network.")


def _instruction(code: int, value: int, jump_true: int = 0, jump_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, jump_true, jump_false, value)


def _program(machine: dict[str, int], streams: bool) -> bytes:
    """The filter: foreign system call tables, io_uring and all but local sockets are refused.

    With `streams`, TCP sockets are allowed, too; not Multipath TCP, which Landlock does not check.
    """
    tcp = _tcp_part() if streams else []
    families = [
        _instruction(_EQUAL, family, len(_ALLOWED_FAMILIES) - index + len(tcp))
        for index, family in enumerate(_ALLOWED_FAMILIES)
    ] + tcp
    refuse_from_families = len(families) + 1
    return b"".join(
        [
            _instruction(_LOAD, _ARCHITECTURE),
            _instruction(_EQUAL, machine["audit"], 0, refuse_from_families + 4),
            _instruction(_LOAD, _CALL),
            _instruction(_AT_LEAST, _X32_BIT, refuse_from_families + 2),
            _instruction(_EQUAL, _IO_URING_SETUP, refuse_from_families + 1),
            _instruction(_EQUAL, machine["socket"], 0, refuse_from_families + 1),
            _instruction(_LOAD, _FIRST_ARGUMENT),
            *families,
            _instruction(_RETURN, _REFUSE),
            _instruction(_RETURN, _ALLOW),
        ]
    )


def _tcp_part() -> list[bytes]:
    """After the families: only TCP goes past the refusal that follows."""
    return [
        _instruction(_EQUAL, _INET, 1),
        _instruction(_EQUAL, _INET6, 0, 6),
        _instruction(_LOAD, _SECOND_ARGUMENT),
        _instruction(_AND, _TYPE_MASK),
        _instruction(_EQUAL, _STREAM, 0, 3),
        _instruction(_LOAD, _THIRD_ARGUMENT),
        _instruction(_EQUAL, 0, 2),
        _instruction(_EQUAL, _TCP, 1),
    ]


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _install_filter(streams: bool = False) -> bool:
    """Ask the kernel to bind every thread of this process; False where it cannot."""
    machine = _MACHINES.get(os.uname().machine)
    if machine is None or struct.calcsize("P") != 8:
        return False
    code = _program(machine, streams)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _FilterProgram(len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    number, mode = ctypes.c_long(machine["seccomp"]), ctypes.c_ulong(_SET_MODE_FILTER)
    flags = ctypes.c_ulong(_ALL_THREADS)
    return bool(libc.syscall(number, mode, flags, ctypes.byref(program)) == 0)


def is_loopback(host: str) -> bool:
    """Whether a host, as it is named, is this machine."""
    import ipaddress

    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listening_address(*, lan: bool) -> str:
    """Where a service listens: on every address of this machine with `lan`, else on loopback."""
    return "0.0.0.0" if lan else "127.0.0.1"  # noqa: S104 - where the writer wants it


def listen(port: int, *, lan: bool = False) -> socket.socket:
    """A listening socket; port 0 for any free one. Raises ServiceError.

    Other machines reach it only with `lan`.

    It must be made before the program denies itself the network.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((listening_address(lan=lan), port))
        made.listen(128)
    except (OSError, OverflowError) as error:
        made.close()
        reason = getattr(error, "strerror", "") or str(error)
        raise ServiceError(
            f"The service cannot use port {port}: {reason}.", "Choose another port."
        ) from error
    return made
