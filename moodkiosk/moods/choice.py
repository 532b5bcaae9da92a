"""What could be played, and what kind of music somebody likes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Taste:
    """What kind of music somebody likes, or wishes for; "" is any."""

    language: str = ""
    artist: str = ""
    genre: str = ""

    def __bool__(self) -> bool:
        """Whether anything in particular is wished for."""
        return bool(self.language or self.artist or self.genre)


ANY = Taste()
"""Nothing in particular."""


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
