"""Putting a command to the running kiosk: one JSON line to act's control socket, one back (contract 6)."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import msgspec

from moodkiosk.failure import Failure
from moodkiosk.host.files import NOT_JSON
from moodkiosk.link.protocol import LINE_LIMIT_BYTES
from moodkiosk.moods import Result

if TYPE_CHECKING:
    from pathlib import Path

ANSWER_SECONDS = 30.0
"""The longest a command may take: a calibration looks for 5 seconds, a speaker may need 20."""


class NotRunning(Failure):
    """No kiosk answers."""


def ask(path: Path, name: str, value: object = None, timeout: float = ANSWER_SECONDS) -> Result:
    """Puts a command to the kiosk whose control socket is at `path`.

    Raises NotRunning when no kiosk answers there, Failure when it may not be asked or does not answer well.
    """
    request = json.dumps({"command": name, "value": value}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(path))
            connection.sendall(request)
            with connection.makefile("rb") as stream:
                line = stream.readline(LINE_LIMIT_BYTES)
    except (FileNotFoundError, ConnectionRefusedError):
        raise NotRunning(
            "the kiosk is not running (start it: 'moodkiosk run', or 'systemctl start moodkiosk.target')"
        ) from None
    except PermissionError:
        raise Failure(f"not allowed to talk to the kiosk at {path}: join the group 'moodkiosk', or use sudo") from None
    except TimeoutError:
        raise Failure(f"the kiosk did not answer within {timeout:g} s") from None
    except OSError as error:
        raise Failure(f"cannot talk to the kiosk at {path}: {error}") from None
    try:
        return msgspec.json.decode(line, type=Result)
    except NOT_JSON:
        raise Failure("the kiosk's answer was cut off; is it stopping?") from None
