"""What the player says: what became of a decision, and what it has seen when it looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime


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
