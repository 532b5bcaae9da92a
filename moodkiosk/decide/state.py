"""The state of the kiosk, and what comes of one step of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from moodkiosk.decide.debounce import Debounce
from moodkiosk.decide.music.playback import Playback
from moodkiosk.decide.presence import Presence
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.times import Deadline, Now, utc
from moodkiosk.moods.choice import Taste
from moodkiosk.moods.command import Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import EventKind, MoodEvent
from moodkiosk.moods.lesson import Taught

LOG_LENGTH = 20
"""So many decisions are kept for "why"."""


@dataclass(frozen=True, slots=True)
class Camera:
    """What is known of the camera.

    Attributes:
        status: what sense said last, or "starting" before it has said anything.
        detail: why, in words.
        lost: its loss has been told; its return is to be told as well.
        read_at: monotonic seconds of its last reading.
        starting_at: since when it is starting, monotonic seconds; None: it is not, or no time has passed since.
    """

    status: Literal["on", "off", "starting", "lent", "lost"] = "starting"
    detail: str = ""
    lost: bool = False
    read_at: float | None = None
    starting_at: float | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """How well the mood and the people can be known.

    Attributes:
        judged: the mood is known, even if only as "not sure"; False until enough was seen since nothing could be.
        began_at: monotonic seconds of the first reading since nothing could be seen.
        patience_seconds: how long nothing could be seen that must soon be over (a start, a stall).
        dark_seconds: how long nothing could be seen otherwise. Who was here is forgotten by this.
    """

    judged: bool = False
    began_at: float | None = None
    patience_seconds: float = 0.0
    dark_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """Settings made by command; None: as configured."""

    camera: bool = True
    music: bool | None = None
    language: str | None = None
    artist: str | None = None
    volume_cap: int | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class ManualMood:
    """A mood chosen by hand, and for how long; `left`: everybody has left since."""

    mood: str
    ends: Deadline
    left: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """The mood that holds, as far as music is concerned.

    Attributes:
        mood: the mood.
        at: since when, monotonic seconds.
        decided: it was decided whether there is music for it.
        refused: a gate was shut, or the music could not be started; when all gates are open there will be.
    """

    mood: str
    at: float
    decided: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of "why": when (UTC), one sentence, and what each gate said (None: it let pass)."""

    wall: datetime | None
    text: str
    gates: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """Everything the kiosk knows. Never changed, only replaced.

    Attributes:
        session: the first half of event ids; unlike that of every other run.
        counted: how many events there were.
        labels: the moods the loaded model tells apart.
        enrolled: names of those with a neutral face of their own.
        model, remembers: see `moods.view.View`.
        came: the half that sees has been there in this run.
        sight: how well the mood and the people can be known.
        told: the mood as it was told last; what cannot be seen does not change it.
        since: when it was told, UTC.
        held: the same, for the music: since when, and what was decided.
        neutral: whose neutral face was subtracted in the last reading of a face.
        log: the last decisions, oldest first.
        stepped_at: monotonic seconds of the last step; None: there was none in this run.
        stopped: when the run before this one ended, UTC; None: that is unknown, or taken into account.
        stopped_within_seconds: it may have ended so much later than `stopped`: it was cut off.
    """

    session: str
    counted: int = 0
    labels: tuple[str, ...] = ()
    enrolled: tuple[str, ...] = ()
    model: str | None = None
    remembers: bool | None = None
    came: bool = False
    camera: Camera = Camera()
    presence: Presence = field(default_factory=Presence)
    debounce: Debounce = field(default_factory=Debounce)
    manual: ManualMood | None = None
    sight: Sight = Sight()
    told: str | None = None
    since: datetime | None = None
    held: Held | None = None
    neutral: str | None = None
    chosen: Chosen = Chosen()
    playback: Playback = field(default_factory=Playback)
    log: tuple[Entry, ...] = ()
    stepped_at: float | None = None
    stopped: datetime | None = None
    stopped_within_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """What one input has led to, so far."""

    state: State
    events: tuple[MoodEvent, ...] = ()
    decisions: tuple[Decision, ...] = ()
    result: Result | None = None

    def to(self, state: State) -> Step:
        """The step with another state."""
        return replace(self, state=state)

    def tell(
        self,
        kind: EventKind,
        now: Now,
        *,
        mood: str | None,
        previous: str | None = None,
        detail: str | None = None,
        taught: Taught | None = None,
    ) -> Step:
        """The step with one event more."""
        counted = self.state.counted + 1
        event = MoodEvent(kind, now.at, f"{self.state.session}-{counted}", mood, previous, detail, taught)
        return replace(self, state=replace(self.state, counted=counted), events=(*self.events, event))

    def note(self, text: str, now: Now, gates: dict[str, str | None] | None = None) -> Step:
        """The step with one line more for "why"."""
        log = (*self.state.log, Entry(utc(now), text, gates or {}))[-LOG_LENGTH:]
        return self.to(replace(self.state, log=log))


def mood_of(state: State) -> str | None:
    """The mood that counts: the one chosen by hand, else the settled one; None: nobody, not sure, or unknown."""
    return state.manual.mood if state.manual is not None else state.debounce.mood


def knows_mood(state: State) -> bool:
    """Whether the mood is known, be it "nobody" or "not sure"; else nothing can be said of it."""
    return state.manual is not None or state.sight.judged


def taste_of(state: State, settings: Settings) -> Taste:
    """The taste that counts: the one set by command, else the configured one."""
    language, artist = state.chosen.language, state.chosen.artist
    return Taste(
        settings.music.taste.language if language is None else language,
        settings.music.taste.artist if artist is None else artist,
        settings.music.taste.genre,
    )


def automatic(state: State, settings: Settings) -> bool:
    """Whether automatic music is switched on."""
    return settings.music.automatic if state.chosen.music is None else state.chosen.music


def volume_cap(state: State, settings: Settings) -> int:
    """The loudest the kiosk may play, in percent, quiet hours aside: as chosen, never above what is configured."""
    most, chosen = settings.music.volume_percent_max, state.chosen.volume_cap
    return most if chosen is None else min(chosen, most)
