"""What the kiosk is told: one of these at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moodkiosk.moods.command import Command
from moodkiosk.moods.event import EventKind
from moodkiosk.moods.lesson import Taught
from moodkiosk.moods.reading import Reading
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.moods.song import SongsReport


@dataclass(frozen=True, slots=True)
class Labels:
    """Sense has come, or has loaded a model: its moods, whose neutral faces it has, and what a View says of it."""

    labels: tuple[str, ...]
    enrolled: tuple[str, ...] = ()
    model: str | None = None
    remembers: bool | None = None


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """What sense says of its camera; `detail` says why, in words."""

    status: Literal["on", "off", "starting", "lent", "lost"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SenseGone:
    """The half that sees has hung up."""


@dataclass(frozen=True, slots=True)
class SenseLate:
    """The half that sees is there, but has stopped looking, though it promised more; see `Reading.next_seconds`."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something act has noticed and people are to be told once, such as a sign-in that is ending."""

    kind: EventKind
    detail: str
    taught: Taught | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing but time has passed."""


@dataclass(frozen=True, slots=True)
class PlayerSays:
    """The player's state has changed without any decision, such as by a new sign-in.

    Attributes:
        status: its state in words.
        login_days_left: whole days until its sign-in ends; None: there is none, or it is unknown.
    """

    status: str
    login_days_left: int | None = None


Input = (
    Reading
    | PlayerReport
    | LookReport
    | SongsReport
    | PlayerSays
    | Command
    | Labels
    | CameraStatus
    | SenseGone
    | SenseLate
    | Notice
    | Tick
)
