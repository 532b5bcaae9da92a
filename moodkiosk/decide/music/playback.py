"""What is known of the music: what was started, what others chose, and for how long it is left alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from moodkiosk.decide.times import Deadline
from moodkiosk.moods.choice import Taste
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import Certainty, Track
from moodkiosk.moods.song import Song, SongsReport


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
        asked_for: what somebody asked for last, as long as the player has not answered; see `running.is_asked_for`.
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
    asked_for: Decision | None = None
    recommended: str | None = None
    wish: Taste = field(default_factory=Taste)
    waiting: Waiting | None = None
    login_days_left: int | None = None
    people: str | None = None
    heard: Heard | None = None
    opinions: Opinions = Opinions()
    found: SongsReport | None = None
