"""What a process and all that it has started have open: devices and sockets, in the kernel's own words (proc(5))."""

from __future__ import annotations

import contextlib
import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from moodkiosk.words.reason import Reason, together

INTERNET = {"tcp": "TCP", "tcp6": "TCP", "udp": "UDP", "udp6": "UDP", "raw": "raw", "raw6": "raw"}
LISTENING = "0A"
"""TCP_LISTEN in the kernel's include/net/tcp_states.h."""
SELF = Path("/proc/self")


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open.

    Attributes:
        devices: paths below /dev, without /dev/null.
        unix: Unix sockets, by path; "" for one without a name (a client's end, a pair).
        internet: Internet sockets in words, as "TCP to 192.168.1.5:1883".
        other: how many sockets are neither (netlink, packets, another network's).
    """

    devices: tuple[str, ...]
    unix: tuple[str, ...]
    internet: tuple[str, ...]
    other: int

    @property
    def said(self) -> str:
        """In one line."""
        names = sorted({name for name in self.unix if name})
        unix = Reason("privacy.unix_named" if names else "privacy.unix", count=len(self.unix), names=names)
        return together([
            Reason("cli.words", words=self.devices) if self.devices else Reason("privacy.no_device"),
            unix,
            Reason("cli.words", words=sorted(set(self.internet))) if self.internet else Reason("privacy.no_internet"),
            *([Reason("privacy.other_sockets", count=self.other)] if self.other else []),
        ])  # fmt: skip


def look(process: Path) -> Opened:
    """What the process (/proc/NUMBER) and its descendants have open. Raises PermissionError, FileNotFoundError."""
    names = list(_files(process))
    devices = {name for name in names if name.startswith("/dev/") and name != "/dev/null"}
    inodes = [name[len("socket:[") : -1] for name in names if name.startswith("socket:[")]
    # A socket belongs to the network in which it was made: one may have been handed in, as the journal's is.
    unix = _unix_sockets(SELF) | _unix_sockets(process)
    internet = _internet_sockets(SELF) | _internet_sockets(process)
    return Opened(
        devices=tuple(sorted(name for name in devices if not name.startswith("/dev/shm/"))),  # noqa: S108 - is memory
        unix=tuple(unix[inode] for inode in inodes if inode in unix),
        internet=tuple(internet[inode] for inode in inodes if inode in internet),
        other=sum(inode not in unix and inode not in internet for inode in inodes),
    )


def _files(process: Path) -> Iterator[str]:
    yield from _files_of_one(process)
    for descendant in _descendants(process):
        with contextlib.suppress(FileNotFoundError):  # ended meanwhile
            yield from _files_of_one(descendant)


def _files_of_one(process: Path) -> Iterator[str]:
    for entry in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            yield str(entry.readlink())


def _descendants(process: Path) -> Iterator[Path]:
    """All that the process has started, and what those have: a camera's program is a child of one of its threads.

    By their parents' numbers: not every kernel has /proc/N/task/N/children, which names one thread's children only.
    """
    children: dict[str, list[Path]] = {}
    for folder in process.parent.glob("[0-9]*"):
        try:
            # The second field, in brackets, may hold anything; the fourth is the parent's number.
            parent = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(folder)
    pending = [process]
    while pending:
        found = children.get(pending.pop().name, [])
        yield from found
        pending += found


def _unix_sockets(process: Path) -> dict[str, str]:
    """Number to path of all Unix sockets in the process's network."""
    rows = (line.split(maxsplit=7) for line in _lines(process / "net/unix"))
    return {row[6]: row[7] if len(row) > 7 else "" for row in rows}


def _internet_sockets(process: Path) -> dict[str, str]:
    """Number to description of all Internet sockets in the process's network."""
    found: dict[str, str] = {}
    for table, kind in INTERNET.items():
        for row in map(str.split, _lines(process / "net" / table)):
            here, there, state, inode = row[1], row[2], row[3], row[9]
            if kind == "TCP" and state != LISTENING:
                found[inode] = Reason("privacy.tcp_to", address=_address(there))
            else:
                key = "privacy.listening" if kind == "TCP" else "privacy.socket_on"
                found[inode] = Reason(key, kind=kind, address=_address(here))
    return found


def _lines(table: Path) -> list[str]:
    return table.read_text(encoding="utf-8", errors="replace").splitlines()[1:] if table.exists() else []


def _address(words: str) -> str:
    """An address as /proc/net writes it, words of 32 bits in the machine's own order: "0100007F:1F90"."""
    host, _, port = words.partition(":")
    raw = b"".join(struct.pack("=I", int(host[i : i + 8], 16)) for i in range(0, len(host), 8))
    address = ipaddress.ip_address(raw)
    if isinstance(address, ipaddress.IPv6Address):
        plain = address.ipv4_mapped
        return f"{plain}:{int(port, 16)}" if plain else f"[{address}]:{int(port, 16)}"
    return f"{address}:{int(port, 16)}"
