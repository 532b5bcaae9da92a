"""What the name of a machine may be in a configuration."""

from __future__ import annotations

import re

from moodkiosk.words.reason import Reason

SOCKET_BYTES = 107
"""The longest path of a Unix socket, in bytes: unix(7), `sun_path` without its last byte."""


PART_LETTERS = 64
"""A part of a name, between two dots, has fewer."""


def host(text: str) -> str:
    """A name or an address, as whoever looks it up will take it. Raises ValueError.

    What cannot even be written in the letters of DNS (RFC 1035, section 2.3.4: parts of 1 to 63 letters between the
    dots) is no fault of the network.
    """
    try:
        if text.isascii():  # the codec's own rule for these, without loading it
            *parts, last = text.split(".")
            fits = all(0 < len(part) < PART_LETTERS for part in parts) and len(last) < PART_LETTERS
        else:
            fits = bool(text.encode("idna"))
    except UnicodeError:
        fits = False
    if not text or not fits or re.search(r"[\s/@]", text):
        raise ValueError(Reason("config.host"))
    return text


def host_or_socket(text: str) -> str:
    """The same, or the path or abstract name ("@name") of a Unix socket. Raises ValueError."""
    if not text.startswith(("/", "@")):
        return host(text)
    if len(text.encode()) > SOCKET_BYTES:
        raise ValueError(Reason("config.socket", bytes=len(text.encode()), most=SOCKET_BYTES))
    return text
