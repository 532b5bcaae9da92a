"""The types that flow through the kiosk. Frozen, and importable without any heavy library.

Time: `at` is always seconds on the monotonic clock of the machine (or of the file, in a replay). Both processes
run on one machine and share that clock. Where people need the time of day, it is passed separately.
A mood is a plain string: labels belong to the trained model, not to the code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]
    Points = NDArray[np.float32]

AT_REST = "neutral"
"""The label of a face at rest, by convention of all data sets; own-neutral calibration refers to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture, on its way to be measured and forgotten.

    Attributes:
        rgb: uint8 [height, width, 3], full range.
        at: monotonic seconds at which it was captured.
    """

    rgb: Image
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """What MediaPipe sees of one person, in pixels of the whole frame.

    Attributes:
        face: float32 [468, 3]; x to the right, y down, z in the scale of x (smaller is nearer).
        left_hand, right_hand: float32 [21, 3], or None where no hand was found or looked for.
        opinion: what the second opinion says of the face's pixels, float32 [9], by `sense.mood.opinion.ANSWERS`; None
            where it was not asked.
        size: (width, height) of the frame in pixels.
    """

    face: Points
    size: tuple[int, int]
    left_hand: Points | None = None
    right_hand: Points | None = None
    opinion: Points | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the view of a face is.

    Attributes:
        weight: 0 (says nothing) to 1 (a good view); readings below 0.5 never settle a mood by themselves.
        reason: None for a good view, else "no face", "too dark", "too bright", "too blurred", "too far",
            "turned away", "mouth covered", "upside down", or "being taught" (somebody shows a mood on purpose).
        face_px: width of the face in pixels of the frame, 0 without a face.
        grey: mean grey level of the face (of the frame without one), 0 to 255.
    """

    weight: float = 0.0
    reason: str | None = "no face"
    face_px: float = 0.0
    grey: float = 0.0


NeutralFrom = Literal["nobody", "calibration", "watching", "both"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What sense says of one frame.

    Attributes:
        at: monotonic seconds of the frame.
        faces: how many people are in view (still pictures of people do not count).
        track: the number of the person whose mood this is; the same person keeps it while in view. None: nobody.
        mood: the most probable label, or None (nobody, or not sure).
        probabilities: label to probability, summing to 1; empty without a face.
        confidence: probability of the most probable label, 0 to 1; 0 without a face.
        quality: how good the view is.
        neutral: name of the person whose neutral face was subtracted, or None.
        neutral_from: where the neutral face that was subtracted comes from: "calibration" (a neutral look that was
            given), "watching" (the face most of the time), "both" (a given one that follows), or "nobody" (none was).
        next_seconds: for so long nothing may follow, because nothing changes: nobody is there. 0: looks follow at their
            usual pace.
    """

    at: float
    faces: int
    track: int | None = None
    mood: str | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    quality: Quality = Quality()
    neutral: str | None = None
    neutral_from: NeutralFrom = "nobody"
    next_seconds: float = 0.0


EventKind = Literal[
    "mood_changed",
    "arrived",
    "left",
    "played",
    "not_played",
    "camera_lost",
    "camera_back",
    "login_expiring",
    "correction",
    "taught",
]


@dataclass(frozen=True, slots=True)
class Taught:
    """What the kiosk has learnt of its people, measured on looks that were not learnt from.

    Attributes:
        better: the new model is surely better than the one before, and in use.
        before, after: share of looks read right, evenly over the moods, 0 to 1.
        low, high: the bounds of `after` (95 %).
        looks: how many were held out.
        people: how many people have taught.
        moods: label to (before, after).
    """

    better: bool
    before: float
    after: float
    low: float
    high: float
    looks: int
    people: int
    moods: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class MoodEvent:
    """Something that happened once. Never repeated, never retained.

    Attributes:
        kind: what happened.
        at: monotonic seconds.
        id: unique among all events of this kiosk.
        mood: the settled mood after the event; None is "nobody", "not sure" or unknown.
        previous: the settled mood before it.
        detail: one sentence for people, or None.
        taught: the figures of "taught", or None.
    """

    kind: EventKind
    at: float
    id: str
    mood: str | None = None
    previous: str | None = None
    detail: str | None = None
    taught: Taught | None = None


@dataclass(frozen=True, slots=True)
class Taste:
    """What kind of music somebody likes, or wishes for; "" is any."""

    language: str = ""
    artist: str = ""
    genre: str = ""

    def __bool__(self) -> bool:
        """Whether anything in particular is wished for."""
        return bool(self.language or self.artist or self.genre)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be taught in a sitting.

    Attributes:
        person: who is in front, or "".
        labels: the moods to show; empty: those of the model.
        seconds: how long each is looked at.
    """

    person: str = ""
    labels: tuple[str, ...] = ()
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that could be played. A decision carries several, in the order in which they are to be tried.

    Attributes:
        kind: "uri" (a Spotify context URI), "playlist" (the name of an own playlist, or what MPD has by that name),
            "stream" (the address of an internet radio, for MPD) or "search".
        value: the URI, name, address or words to search for. A player that searches by fields takes the decision's
            `mood`, `language`, `artist` and `genre` in place of the words.
        song: the song of it to begin with (the URI of a track); "": any.
    """

    kind: Literal["uri", "playlist", "stream", "search"]
    value: str
    song: str = ""


Action = Literal["play", "none", "pause", "skip", "resume", "volume"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done, or why nothing is; always with its reason.

    Attributes:
        action: "play"; "pause"; "skip"; "resume" (what is paused on the speaker goes on, whoever paused it; where
            nothing is, the choices are played); "volume" (our music is brought under `volume_percent_max`, that of
            others is not touched); or "none" (nothing is played, see reason).
        at: monotonic seconds.
        reason: one sentence for people.
        mood: the mood that led to it.
        what: what is to be played, in words (the first choice's value), or None.
        speaker: name of the speaker, or None where none is concerned.
        choices: what to play, to be tried in this order.
        volume_percent_max: never play louder than this, 0 to 100; None: leave the volume alone.
        asked: a person asked for it (button, command), so gates on automatic music do not apply.
        finish_song: start only after the song that is playing now.
        continues: music of ours for this mood may still be playing on the speaker; if it is, it is left as it is.
        youtube_url: the same music as a YouTube Music link, or None.
        fade_seconds: how long a change of the volume takes; a pause fades out. 0: at once.
        gate: the name of the gate that was shut, where one was.
        language, artist, genre: what the music is to be; "" is any. What was asked for comes before the mood's own
            entry, and that before the general taste.
        avoid: ids (`Song.id`) of what somebody does not want to hear again: a search leaves it out.
    """

    action: Action
    at: float
    reason: str
    mood: str | None = None
    what: str | None = None
    speaker: str | None = None
    choices: tuple[Choice, ...] = ()
    volume_percent_max: int | None = None
    asked: bool = False
    finish_song: bool = False
    continues: bool = False
    youtube_url: str | None = None
    fade_seconds: float = 0.0
    gate: str | None = None
    language: str = ""
    artist: str = ""
    genre: str = ""
    avoid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Track:
    """A song on the speaker, as the player heard it.

    Attributes:
        title, artist, album: "" where the player does not say.
        cover: what `Player.cover` gives its picture for; None: it has none.
        duration_seconds: its length; None: unknown, or there is no end (internet radio).
        elapsed_seconds: how much of it had been played at the `at` of the report; None: unknown.
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    cover: str | None = None
    duration_seconds: float | None = None
    elapsed_seconds: float | None = None


ReportKind = Literal["played", "failed", "overridden", "paused", "skipped", "resumed", "kept", "adjusted", "nothing"]
Certainty = Literal["plays", "asked", "dry run"]
"""How much a player knows of what it has started: that it plays, that somebody else was asked to play it, or that it
would have been played."""


@dataclass(frozen=True, slots=True)
class PlayerReport:
    """What became of a decision, said by the player.

    Attributes:
        kind: "played"; "failed" (see status); "overridden" (a person paused, changed the tracks or plays something
            else: nothing was done); "paused"; "skipped"; "resumed"; "kept" (what we started still plays and was left as
            it is, see `Decision.continues`); "adjusted" (the volume); "nothing" (to pause or to skip: nothing plays).
        at: monotonic seconds.
        status: the player's state in words a person can act on ("ready", "speaker not connected: …").
        mood: the decision's mood.
        what: what is playing now, in words; None after "resumed": something that we did not start.
        uri: the context URI that was started.
        asked: the decision's `asked`.
        retry_at: for "failed": monotonic seconds at which the same decision is to be tried again, because the song
            that is playing is finished first; None: not again.
        certainty: how much is known of it.
        stopped: for "overridden": a person has paused, rather than plays something else.
        lasts_seconds: how long what was started goes on by itself; for "kept", how long at least; None: unknown.
        note: what was tried before, and why that could not be played; "" for the first choice.
        track: the song that plays now (or, for "overridden" and "paused", is paused); None: the player does not know.
        ours: with `stopped`: what a person has paused is what we started, so the choice of the music is still ours.
        decided_at: `at` of the decision, for whoever has taken another one since; None: it is about the newest one.
    """

    kind: ReportKind
    at: float
    status: str
    mood: str | None = None
    what: str | None = None
    uri: str | None = None
    asked: bool = False
    retry_at: float | None = None
    certainty: Certainty = "plays"
    stopped: bool = False
    lasts_seconds: float | None = None
    note: str = ""
    track: Track | None = None
    ours: bool = False
    decided_at: float | None = None


LookKind = Literal["ours", "others", "nothing", "unknown"]


@dataclass(frozen=True, slots=True)
class LookReport:
    """What the player has seen when it looked, because somebody asked, or because the speaker said by itself.

    Attributes:
        kind: "ours" (what we started plays on the speaker); "others" (a person plays or has paused something);
            "nothing" (plays); "unknown" (it could not look: its own state says why).
        at: monotonic seconds.
        status: for "others": what they do, in words; for "unknown": why it could not look.
        since: for "ours": when we started it, UTC; None: unknown.
        stopped: for "others": a person has paused, rather than plays something else.
        track: the song that plays or is paused; None: the player does not know.
        live: the player says by itself whenever this changes, until it says otherwise.
        ours: with `stopped`: what a person has paused is what we started, so the choice of the music is still ours.
    """

    kind: LookKind
    at: float
    status: str = ""
    since: datetime | None = None
    stopped: bool = False
    track: Track | None = None
    live: bool = False
    ours: bool = False


SongKind = Literal["playlist", "album", "artist", "track", "radio", "search"]


@dataclass(frozen=True, slots=True)
class Song:
    """Something to choose from: a playlist, an album, a song, a search; each can be opened by hand as well.

    Attributes:
        id: what it is known by, made of its choice; the same over restarts.
        kind: what it is.
        title: its name, or the words of a search.
        by: who made it, where that is known.
        choice: what a player is given to play it.
        youtube_url: a search for it on YouTube Music.
        taste: what of language, artist and genre a search is for.
        songs: how many are in it; None: unknown, or it is one.
        seconds: how long one song is; None: unknown.
        cover: its picture on the page is at `cover/<this>`; None: it has none.
        own: the household's own for the mood: an entry of the configuration, or something it has liked.
        nameless: the title as a sentence (`words.reason.Reason`), where it has no name of its own.
    """

    id: str
    kind: SongKind
    title: str
    choice: Choice
    youtube_url: str
    by: str = ""
    taste: Taste = Taste()
    songs: int | None = None
    seconds: float | None = None
    cover: str | None = None
    own: bool = False
    nameless: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a player is to find for a list: a mood with a taste, and the same as words to search for."""

    mood: str
    words: str
    taste: Taste = Taste()


@dataclass(frozen=True, slots=True)
class SongsReport:
    """What a player has found for a list.

    Attributes:
        wanted: what it was asked for.
        at: monotonic seconds.
        songs: what there is, the best first.
        status: why there is not more, in words; "" if there is no reason.
    """

    wanted: Wanted
    at: float
    songs: tuple[Song, ...] = ()
    status: str = ""


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
        what: what was started (a playlist, a search), in words; None for what others chose.
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


@dataclass(frozen=True, slots=True)
class Command:
    """A valid request.

    Attributes:
        name: a key of `commands.TABLE`.
        value: "on"/"off"/"lend", a text, a whole number for percent, what is wished for with "recommend", what is to be
            taught with "teach", or None.
        transaction: the caller's mark, echoed in the result.
        origin: "cli", "web" or "mqtt".
    """

    name: str
    value: str | int | Taste | Lesson | None = None
    transaction: str | None = None
    origin: str = "cli"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request.

    Attributes:
        command, transaction: of the request.
        ok: it was done; where music is asked for: it plays.
        error: why not, in one line.
        text: what was done, in one line; after an error, what there is all the same (such as a link).
        data: the answer of "why" and "status", else None.
    """

    command: str
    ok: bool
    error: str | None = None
    text: str = ""
    transaction: str | None = None
    data: object = None
