"""Orders to sense that wait for their result."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

import msgspec

from moodkiosk.link.absent import AWAY
from moodkiosk.link.messages import ORDER_NAMES, Order, SenseResult
from moodkiosk.moods.command import Command, Result
from moodkiosk.moods.lesson import Lesson
from moodkiosk.words.reason import Reason

WAIT_SECONDS = 15.0
"""A calibration looks for 5 seconds; sense answers everything else at once."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order on its way."""

    command: Command
    future: Future[Result]
    deadline: float
    after: Callable[[Result], None]


class Orders:
    """Numbers orders, sends them, and completes the futures of those who asked."""

    def __init__(self, send: Callable[[Order], bool], absent: Callable[[], str]) -> None:
        """`absent` says why sense is not there."""
        self._send, self._absent = send, absent
        self._last_id = 0
        self._waiting: dict[int, Waiting] = {}

    def send(self, command: Command, future: Future[Result], at: float, after: Callable[[Result], None]) -> None:
        """Sends `command`; `future` gets the result, `after` is called before."""
        number = self._number()
        value = written(command.value)
        what = ORDER_NAMES[command.name]
        if self._send(Order(number, what, value)):
            self._waiting[number] = Waiting(command, future, at + WAIT_SECONDS, after)
        else:
            future.set_result(Result(command.name, ok=False, error=self._absent(), transaction=command.transaction))

    def send_quietly(self, name: str, value: str) -> bool:
        """Sends an order nobody waits for."""
        return self._send(Order(self._number(), ORDER_NAMES[name], value))

    def done(self, answer: SenseResult) -> None:
        """Sense has answered."""
        waiting = self._waiting.pop(answer.id, None)
        if waiting is None:
            return
        name, transaction = waiting.command.name, waiting.command.transaction
        if answer.ok:
            result = Result(name, ok=True, text=answer.text, transaction=transaction)
        else:
            result = Result(name, ok=False, error=answer.text, transaction=transaction)
        try:
            waiting.after(result)
        finally:  # whoever asked hears what sense did, whatever we make of it
            waiting.future.set_result(result)

    @property
    def due(self) -> float:
        """When the first of them has waited long enough, monotonic seconds; infinity: none waits."""
        return min((waiting.deadline for waiting in self._waiting.values()), default=math.inf)

    def expire(self, at: float) -> None:
        """Gives up on what sense did not answer in time."""
        for number in [number for number, waiting in self._waiting.items() if waiting.deadline <= at]:
            self.done(SenseResult(number, ok=False, text=Reason("act.sense_silent")))

    def lost(self) -> None:
        """Sense has gone: nothing that waits will be answered."""
        for number in list(self._waiting):
            self.done(SenseResult(number, ok=False, text=AWAY))

    def _number(self) -> int:
        self._last_id += 1
        return self._last_id


def written(value: object) -> str:
    """The value of a command as an order carries it."""
    if isinstance(value, Lesson):
        return msgspec.json.encode(value).decode()
    return "" if value is None else str(value)
