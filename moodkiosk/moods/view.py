"""What the kiosk shows of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Music for a mood that a person can open by hand, with or without a speaker."""

    title: str
    youtube_url: str
    spotify_uri: str | None = None


ChosenBy = Literal["mood", "asked", "others"]
"""Whose choice the music is: the kiosk's, for a mood; somebody's who asked the kiosk for it; or of somebody who uses
the speaker without the kiosk."""


@dataclass(frozen=True, slots=True)
class NowPlaying:
    """What plays on the speaker, as far as it is known, and how old that knowledge is. Times are ISO 8601 with zone.

    Attributes:
        state: "playing"; "paused"; "asked" (Home Assistant was asked to play it: more is not known); "dry run" (it
            would be played).
        by: whose choice it was.
        mood: the mood that it is for.
        what: what was started (a playlist, a search), by its name or in words; None for what others chose. Where it is
            a sentence, its key and fields are beside it in JSON, else null.
        title, artist, album: of the song; None: unknown.
        cover: its picture on the page is at `cover/<this>`; None: it has none.
        since: when the music (not the song) was started; None: unknown.
        duration_seconds, elapsed_seconds: of the song, as they were at `as_of`; None: unknown.
        as_of: when all this was last known to be so.
        live: the speaker says by itself when it changes, so it is so still.
    """

    state: Literal["playing", "paused", "asked", "dry run"]
    by: ChosenBy
    mood: str | None = None
    what: str | None = None
    title: str | None = None
    artist: str | None = None
    album: str | None = None
    cover: str | None = None
    since: str | None = None
    duration_seconds: float | None = None
    elapsed_seconds: float | None = None
    as_of: str | None = None
    live: bool = False


UnknownBecause = Literal[
    "camera off",
    "camera scheduled off",
    "camera lent",
    "camera lost",
    "camera starting",
    "sense away",
    "no pictures",
    "too slow",
    "just begun",
]
"""Why it is not known who is there, or in what mood; `camera_status` says more of the camera."""

SENTENCES = ("camera_status", "playing", "player_status", "last_decision")
"""The keys of a `View` that are sentences: in JSON their keys and fields stand beside them."""


@dataclass(frozen=True, slots=True)
class View:
    """What the kiosk shows of itself: the MQTT `state` topic and `/api/state`, key for key, all keys always there.

    Times are ISO 8601 with zone, or None. `mood` is None for nobody (present false) or not sure (present true), and
    where `unknown_because` says why nothing is known. What cannot be known is None, never "nobody".
    """

    mood: str | None = None
    confidence: float | None = 0.0  # rounded to 0.05; None: unknown, or the mood is chosen by hand
    since: str | None = None
    present: bool | None = False
    people: int | None = 0
    unknown_because: UnknownBecause | None = None
    person: str | None = None  # whose neutral face is subtracted
    camera: bool = True  # the switch
    camera_status: str = "starting"  # "on", "off", "starting", "lost: …", "lent", "scheduled off"
    music: bool = True  # the switch for automatic music
    playing: str | None = None  # e.g. "Happy hits, started by us at 20:14, still playing at 20:40"
    now_playing: NowPlaying | None = None  # the same in fields, and what others play
    player_status: str = "ready"
    override_until: str | None = None
    quiet_until: str | None = None
    manual_mood: str | None = None
    volume_cap: int = 60
    volume_percent_max: int = 60  # as configured: no request goes above it
    language: str = ""
    artist: str = ""
    recommendation: Recommendation | None = None
    last_decision: str | None = None  # one sentence
    labels: tuple[str, ...] = ()
    enrolled: tuple[str, ...] = ()  # names of those with a neutral face of their own
    model: str | None = None  # "starter", "taught" (here) or "trained" (elsewhere); None: not known
    remembers: bool | None = None  # corrections are kept to learn from; None: not known
    login_days_left: int | None = None  # whole days until the player's sign-in ends, 0 on the last one
