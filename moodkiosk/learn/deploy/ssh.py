"""What is said to a kiosk over SSH: which program to run there, safely quoted, and who may be called."""

from __future__ import annotations

import shlex

from moodkiosk.failure import UsageError
from moodkiosk.words.reason import Reason

# Where scripts/install-pi, pip and a checkout put the command; `command -v` finds whatever else is on the path.
PLACES = (
    "/opt/moodkiosk/current/bin/moodkiosk",
    ".local/bin/moodkiosk",
    "moodkiosk/.venv/bin/moodkiosk",
)
NOT_THERE = 127
"""Exit code of a shell that does not find the program, and ours."""

LOST = 255
"""Exit code of ssh itself: no connection, or it broke."""

PATIENCE = ("-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3")
"""A host that is not there, or goes away, is noticed within some 15 seconds."""


def host(text: str) -> str:
    """A host as ssh takes it: "kiosk", "pi@kiosk", "ssh://pi@kiosk:2222". Raises UsageError."""
    if not text.strip() or text.startswith("-") or any(letter.isspace() or not letter.isprintable() for letter in text):
        raise UsageError(Reason("remote.no_host", given=repr(text)))
    return text


def program(text: str) -> list[str]:
    """The words of `--ssh`, such as "ssh -F FILE". Raises UsageError."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(Reason("arguments.of", name="--ssh", text=str(error))) from None
    if not words:
        raise UsageError(Reason("remote.no_command"))
    return words


def moodkiosk(words: list[str], command: str = "") -> str:
    """The line that runs `moodkiosk WORDS` on a kiosk, whatever its login shell; `command`: where it is, if known."""
    if command:
        find = f'set -- {shlex.quote(command)} "$@"; exec "$@"'
    else:
        places = " ".join(shlex.quote(place) for place in PLACES)
        find = (
            f'for each in "$(command -v moodkiosk)" {places}; do [ -x "$each" ] && exec "$each" "$@"; done; '
            f"echo 'moodkiosk is not installed here' >&2; exit {NOT_THERE}"
        )
    # exec: a login shell that stays would be ended by Ctrl-C too, and ssh takes that for a connection that broke.
    return f"exec sh -c {shlex.quote(find)} sh {shlex.join(words)}"
