"""What this machine is called, and how much of its memory this process has."""

from __future__ import annotations

import os
import socket
from pathlib import Path

STATM = Path("/proc/self/statm")
PAGE_BYTES = os.sysconf("SC_PAGESIZE")


def hostname() -> str:
    """The name of this machine, fit for an address and for a message; Linux lets it be any bytes (sethostname(2)).

    Letters that no name on a network has (RFC 1123, section 2.1; others' letters are left, for mDNS has them) become
    hyphens.
    """
    fit = (letter if letter.isalnum() or letter in ".-_" else "-" for letter in socket.gethostname())
    return "".join(fit) or "localhost"


def rss_mb() -> float:
    """Resident memory in MB (10^6 bytes), proc(5), statm, second field, in pages; 0 where it cannot be read."""
    try:
        pages = int(STATM.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * PAGE_BYTES / 1e6
