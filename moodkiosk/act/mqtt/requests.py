"""Commands that come in by MQTT: put to the main loop, or refused, and answered when they have come to their end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from moodkiosk.act.mqtt.topics import COMMANDS
from moodkiosk.act.ports import Ask, Request
from moodkiosk.host.files import NOT_JSON
from moodkiosk.link.commands import VALUE_LIMIT_BYTES
from moodkiosk.moods.command import Result
from moodkiosk.words.reason import Reason

TRANSACTION_LIMIT = 64
"""A longer mark is not repeated; the command is refused for it anyway."""
RETAINED = Reason("bad.retained")


class Requests:
    """Holds nothing: whoever asks waits for the answer."""

    def __init__(self, ask: Ask, answer: Callable[[Result, str | int | None], None]) -> None:
        """`answer` is given each result with the request's own mark, on any thread."""
        self._ask = ask
        self._answer = answer

    def take(self, name: str, payload: bytes, *, retained: bool) -> None:
        """Somebody has published a command by this name."""
        transaction = transaction_of(payload)
        if retained:
            self._refuse(name, RETAINED, transaction)
        elif name not in COMMANDS:
            self._refuse(name, Reason("bad.command", name=repr(name[:40]), known=list(COMMANDS)), transaction)
        else:
            future: Future[Result] = self._ask(Request(name, payload=payload, origin="mqtt"))
            future.add_done_callback(lambda done: self._answer(done.result(), transaction))

    def _refuse(self, name: str, error: str, transaction: str | int | None) -> None:
        self._answer(Result(name[:40], ok=False, error=error), transaction)


def transaction_of(payload: bytes) -> str | int | None:
    """The request's own mark, if it has one that can be repeated."""
    if len(payload) > VALUE_LIMIT_BYTES or b"transaction" not in payload:
        return None
    try:
        mark = msgspec.json.decode(payload, type=dict[str, object]).get("transaction")
    except NOT_JSON:
        return None
    if isinstance(mark, bool) or not isinstance(mark, str | int) or len(str(mark)) > TRANSACTION_LIMIT:
        return None
    return mark
