"""What was looked up of Spotify's music, as it is kept for weeks: own playlists, searches, names."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from moodkiosk.act.players.spotify.web_api.answers import Item, Playlist, picture
from moodkiosk.decide.music import choose

EXPLICIT = re.compile(r"(?<!non-)(?<!not )(?<!no )\b(explicit|uncensored|nsfw|18\+)", re.IGNORECASE)
"""How playlists that are not for everybody call themselves. Spotify's search says nothing of a playlist's songs."""
LOOKED_UP_MAX = 200
"""So many searches, and so many names, are kept."""


class Music(msgspec.Struct, frozen=True):
    """Something that can be started: its context URI, its name, how many songs it has, and what it says of itself.

    Attributes:
        name: "" where it has none, or none that is known.
        songs: how many; None: not known.
        explicit: it calls itself explicit.
        by: who made it, or whose it is.
        image: the address of its picture; "" is none.
        first: the URI of the song to begin with; "" is any.
    """

    uri: str
    name: str
    songs: int | None = None
    explicit: bool = False
    by: str = ""
    image: str = ""
    first: str = ""

    def called(self, mood: str | None) -> str:
        """What people call it: by its name, else by the mood that it is for."""
        return self.name or choose.unnamed(self.uri, mood)


class Single(msgspec.Struct, frozen=True):
    """A song that was found; `album` is the context URI that it is started in."""

    uri: str
    name: str
    album: str
    by: str = ""
    image: str = ""
    seconds: float | None = None
    explicit: bool = False


class Looked(msgspec.Struct, frozen=True):
    """What was found, and when (seconds since 1970); `more`: there is more than was looked through.

    Attributes:
        songs: what a search has found beside; None: songs were not looked for, as by earlier versions.
    """

    at: float
    found: list[Music]
    more: bool = False
    songs: list[Single] | None = None


class Library(msgspec.Struct):
    """All that was looked up: the own playlists, searches by their words, and what a context URI is called."""

    own: Looked | None = None
    searches: dict[str, Looked] = {}
    named: dict[str, Looked] = {}


def playable(playlists: Sequence[Playlist]) -> list[Music]:
    """Those that can be started."""
    return [
        Music(
            found.uri,
            found.name or "",
            found.songs,
            _is_explicit(found),
            (found.owner.display_name if found.owner else None) or "",
            picture(found.images) or "",
        )
        for found in playlists
        if found.uri
    ]


def single(song: Item) -> Single | None:
    """A song that was found; None: it cannot be started."""
    album = song.album
    if not song.uri or not song.name or album is None or not album.uri:
        return None
    seconds = None if song.duration_ms is None else song.duration_ms / 1000
    return Single(song.uri, song.name, album.uri, song.by, picture(album.images) or "", seconds, song.explicit)


def put(looked_up: dict[str, Looked], key: str, looked: Looked) -> None:
    """Keeps it; of too many, the oldest goes."""
    looked_up[key] = looked
    if len(looked_up) > LOOKED_UP_MAX:
        del looked_up[min(looked_up, key=lambda known: looked_up[known].at)]


def _is_explicit(found: Playlist) -> bool:
    return EXPLICIT.search(f"{found.name} {found.description}") is not None
