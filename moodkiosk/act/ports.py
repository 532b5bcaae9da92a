"""The seams between act's main loop and what surrounds it: functions, and the values they take."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from moodkiosk.decide import kiosk
from moodkiosk.link.messages import FromSense, Hello, Order, Teaching
from moodkiosk.moods.command import Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.reading import Reading
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.moods.song import Song, SongsReport, Wanted
from moodkiosk.moods.view import View


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it came in, not yet validated; the main loop validates it, since it knows the labels.

    Attributes:
        name: a key of `commands.TABLE`, or something wrong.
        value: the value, if it came in parts.
        payload: the value as bytes off a wire (`commands.parse_payload`); wins over `value`.
        transaction: the caller's mark.
        origin: "cli", "web" or "mqtt".
    """

    name: str
    value: object = None
    payload: bytes | None = None
    transaction: object = None
    origin: str = "cli"


Ask = Callable[[Request], "Future[Result]"]
"""Puts a request to the main loop; the future is done when it is known what became of it. Never raises or blocks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and where its result goes."""

    request: Request
    future: Future[Result]


@dataclass(frozen=True, slots=True)
class SenseLeft:
    """Sense hung up."""


@dataclass(frozen=True, slots=True)
class SenseLate:
    """Sense has stopped looking in the middle of what it promised; see `link.timer`."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The player has done with a decision; no report: a newer one took over, nothing was started."""

    decision: Decision
    report: PlayerReport | None


Known = Carried | LookReport | SongsReport | kiosk.PlayerSays | kiosk.Notice
Item = FromSense | SenseLeft | SenseLate | Known | Asked


class Keep(Protocol):
    """Keeps what is remembered, soon or at once; `act.store.Store.keep`."""

    def __call__(self, remembered: dict[str, object], at: float, *, now: bool = False) -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Ports:
    """What the loop acts through. Each is a function that returns at once.

    Attributes:
        reading, event, decision: told of everything that happened, in order.
        show: told the view whenever it changed.
        carry_out: takes decisions for the player.
        order: sends an order to sense; False if sense is not there.
        keep: keeps what is remembered.
        hello: told when sense has come, or has loaded a model.
        status: answers the command "status".
        look: has the player look at what plays, and says why not; None: it has begun.
        find: has the player find songs to choose from; likewise.
        offer: told the songs to choose from whenever they changed.
        reload: takes what has changed in the configuration; says what was done, "" for nothing. Raises ConfigError.
        teaching: told how a sitting goes; None: there is none, and nobody has asked for one.
        doubt: told until when, in monotonic seconds, what was shown last may not be so any more.
    """

    reading: Callable[[Reading], None]
    event: Callable[[MoodEvent], None]
    decision: Callable[[Decision], None]
    show: Callable[[View], None]
    carry_out: Callable[[Decision], None]
    order: Callable[[Order], bool]
    keep: Keep
    hello: Callable[[Hello], None]
    status: Callable[[View], dict[str, object]]
    look: Callable[[], str | None]
    find: Callable[[Wanted], str | None]
    offer: Callable[[tuple[Song, ...]], None]
    reload: Callable[[], str] = str
    teaching: Callable[[Teaching | None], None] = lambda _: None
    doubt: Callable[[float], None] = lambda _: None
