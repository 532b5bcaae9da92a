"""Putting a command to the running kiosk: one JSON line to act's control socket, one back (contract 6)."""

from __future__ import annotations

import json
import math
import socket
import struct
from typing import TYPE_CHECKING

from moodkiosk.failure import Failure
from moodkiosk.link.protocol import LINE_LIMIT_BYTES
from moodkiosk.link.result import decode
from moodkiosk.moods.command import Result
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

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
            # Where many call at once there is a queue, in which a socket with Python's timeout does not wait: unix(7),
            # EAGAIN. With this one, struct timeval of socket(7), it does.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", math.ceil(timeout), 0))
            connection.connect(str(path))
            connection.settimeout(timeout)
            connection.sendall(request)
            with connection.makefile("rb") as stream:
                line = stream.readline(LINE_LIMIT_BYTES)
    except (FileNotFoundError, ConnectionRefusedError):
        raise NotRunning(Reason("cannot.not_running")) from None
    except PermissionError:
        raise Failure(Reason("cannot.not_allowed", path=str(path))) from None
    except (TimeoutError, BlockingIOError):
        raise Failure(Reason("cannot.no_answer", seconds=timeout)) from None
    except OSError as error:
        raise Failure(Reason("cannot.talk", path=str(path), reason=system(error))) from None
    result = decode(line)
    if result is None:
        raise Failure(Reason("cannot.cut_off"))
    return result
