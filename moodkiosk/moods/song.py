"""Something to choose from, and what a player has found for a list of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moodkiosk.moods.choice import ANY, Choice, Taste

SongKind = Literal["playlist", "album", "artist", "track", "radio", "search"]


@dataclass(frozen=True, slots=True)
class Song:
    """Something to choose from: a playlist, an album, a song, a search; each can be opened by hand as well.

    Attributes:
        id: what it is known by, made of its choice; the same over restarts.
        kind: what it is.
        title: its name, or the words of a search; a sentence (`words.reason.Reason`) where it has no name of its own.
        by: who made it, where that is known.
        choice: what a player is given to play it.
        youtube_url: a search for it on YouTube Music.
        taste: what of language, artist and genre a search is for.
        songs: how many are in it; None: unknown, or it is one.
        seconds: how long one song is; None: unknown.
        cover: its picture on the page is at `cover/<this>`; None: it has none.
        own: the household's own for the mood: an entry of the configuration, or something it has liked.
    """

    id: str
    kind: SongKind
    title: str
    choice: Choice
    youtube_url: str
    by: str = ""
    taste: Taste = ANY
    songs: int | None = None
    seconds: float | None = None
    cover: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a player is to find for a list: a mood with a taste, and the same as words to search for."""

    mood: str
    words: str
    taste: Taste = ANY


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
