"""The state of the kiosk, what it is told, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from moodkiosk.decide.debounce import Debounce
from moodkiosk.decide.presence import Presence
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.times import Deadline, Now, utc
from moodkiosk.moods import (
    Certainty,
    Command,
    Decision,
    EventKind,
    LookReport,
    MoodEvent,
    PlayerReport,
    Reading,
    Result,
    Song,
    SongsReport,
    Taste,
    Taught,
    Track,
)

LOG_LENGTH = 20
"""So many decisions are kept for "why"."""


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
    | Notice
    | Tick
)


@dataclass(frozen=True, slots=True)
class Camera:
    """What is known of the camera.

    Attributes:
        status: what sense said last, or "starting" before it has said anything.
        detail: why, in words.
        lost: its loss has been told; its return is to be told as well.
        read_at: monotonic seconds of its last reading.
    """

    status: Literal["on", "off", "starting", "lent", "lost"] = "starting"
    detail: str = ""
    lost: bool = False
    read_at: float | None = None


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
class Started:
    """Music that we started.

    Attributes:
        what, mood: the music, and what it is for.
        wall: when, UTC; None: the clock was not set.
        seen: when somebody asked last and it was still playing, UTC.
        certainty: how much the player knows of it.
        look_at: monotonic seconds at which it takes a look to know that it still plays; None: it takes one now.
        known_at: monotonic seconds at which it was last known to play; None: not in this run.
        asked: somebody asked for it, rather than that a mood was seen.
    """

    what: str
    mood: str | None
    wall: datetime | None
    seen: datetime | None = None
    certainty: Certainty = "plays"
    look_at: float | None = None
    known_at: float | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """The song that was heard last on the speaker.

    Attributes:
        ours: we started it; else somebody else did.
        paused: it does not go on.
        wall: when that was known, UTC; None: the clock was not set.
        track: the song; None: only that something plays is known.
        live: the player says by itself when it changes.
    """

    ours: bool
    paused: bool
    wall: datetime | None
    track: Track | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class Opinions:
    """What the household thinks of what was offered; kept over a restart.

    Attributes:
        liked: mood to what it wants more of, which takes turns with the mood's own entries; the newest last.
        refused: the id of what it does not want again, to its title.
    """

    liked: dict[str, tuple[Song, ...]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Music for a mood waits until the song before it has ended, at so many monotonic seconds."""

    mood: str
    at: float


@dataclass(frozen=True, slots=True)
class Playback:
    """What is known of the music.

    Attributes:
        status: the player's state in words.
        started: what we started and nobody has stopped, as far as we know: that is found out only by the next
            decision, or when somebody asks.
        paused: what was started before somebody paused; it goes on with "play".
        cooling: how long to leave it alone because we started it.
        cooled: the cool-down that held before the last decision; it holds again should that one fail.
        failures: how often in a row music could not be started; `cooling` is then a pause before the next try.
        override: how long to leave it alone because a person chose.
        stopped: what the person chose is silence.
        cap: the volume, in percent, under which our music was brought last; None: we started none.
        quiet: it was quiet hours when our music was last known to play; None: that is unknown.
        unfinished: the player was to quieten or to end our music by itself, and has not done it yet.
        again_at: monotonic seconds at which that is tried again; None: the player is at it.
        empty_at: when everybody left while our music ran, monotonic seconds; None: they did not.
        last: mood to the entry that was played for it last.
        names: context URI of an entry to its name, as the player has found out.
        starting: music was to be started, and the player has not answered.
        turned: the entry before the last decision's; it is the last one again should that start nothing.
        waiting: music that begins after the song that plays now; not kept over a restart.
        recommended, wish: the mood of the last recommendation, and what was wished for with it.
        login_days_left: whole days until the player's sign-in ends; None: there is none, or it is unknown.
        people: what other people were seen to do, and when; only as long as it is respected.
        heard: the song that was heard last; not kept over a restart.
        opinions: what the household likes, and does not want again.
        found: what the player has found for a list last; not kept.
    """

    status: str = "ready"
    started: Started | None = None
    paused: Started | None = None
    cooling: Deadline | None = None
    cooled: Deadline | None = None
    failures: int = 0
    override: Deadline | None = None
    stopped: bool = False
    cap: int | None = None
    quiet: bool | None = None
    unfinished: Decision | None = None
    again_at: float | None = None
    empty_at: float | None = None
    last: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    turned: str | None = None
    starting: bool = False
    recommended: str | None = None
    wish: Taste = field(default_factory=Taste)
    waiting: Waiting | None = None
    login_days_left: int | None = None
    people: str | None = None
    heard: Heard | None = None
    opinions: Opinions = Opinions()
    found: SongsReport | None = None


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
        model, remembers: see `moods.View`.
        sight: how well the mood and the people can be known.
        told: the mood as it was told last; what cannot be seen does not change it.
        since: when it was told, UTC.
        held: the same, for the music: since when, and what was decided.
        neutral: whose neutral face was subtracted in the last reading of a face.
        log: the last decisions, oldest first.
        stepped_at: monotonic seconds of the last step; None: there was none in this run.
        stopped: when the run before this one ended, UTC; None: that is unknown, or taken into account.
    """

    session: str
    counted: int = 0
    labels: tuple[str, ...] = ()
    enrolled: tuple[str, ...] = ()
    model: str | None = None
    remembers: bool | None = None
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
    playback: Playback = Playback()
    log: tuple[Entry, ...] = ()
    stepped_at: float | None = None
    stopped: datetime | None = None


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
    """The loudest the kiosk may play, in percent, quiet hours aside."""
    return settings.music.volume_percent_max if state.chosen.volume_cap is None else state.chosen.volume_cap
