"""Finds out what to start: from a decision's choices to context URIs. What was looked up is kept for weeks."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from moodkiosk.act.players.spotify.answers import Playlist
from moodkiosk.act.players.spotify.client import Client
from moodkiosk.act.players.spotify.errors import ApiError
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.decide.music import contexts
from moodkiosk.moods import Choice

DAY_SECONDS = 86_400.0
FOUND_SECONDS = 28 * DAY_SECONDS
"""So long the results of a search are used."""
NOTHING_SECONDS = DAY_SECONDS
"""So long it is believed that a search finds nothing."""
PLAYLISTS_SECONDS = 7 * DAY_SECONDS
"""So long the list of own playlists is used."""
LOOK_AGAIN_SECONDS = 3600.0
"""A name that is not in the list is looked for again after this: the playlist may be new."""
SEARCHES_MAX = 200


class Music(msgspec.Struct, frozen=True):
    """Something that can be started: its context URI, its name, and how many songs it has (None: not known)."""

    uri: str
    name: str
    songs: int | None = None


class Looked(msgspec.Struct, frozen=True):
    """What was found, and when (seconds since 1970)."""

    at: float
    found: list[Music]


class Library(msgspec.Struct):
    """All that was looked up."""

    own: Looked | None = None
    searches: dict[str, Looked] = {}


class Finder:
    """Looks music up, in the cache first."""

    def __init__(self, path: Path, client: Client, random_source: random.Random) -> None:
        self._file = StateFile(path, Library)
        self._client = client
        self._random = random_source

    def find(
        self, choices: Sequence[Choice], mood: str | None, wall: float, last: str | None, reasons: list[str]
    ) -> Iterator[Music]:
        """What the choices stand for, in order, looked up one by one. Raises ApiError of any kind but "not_found".

        Args:
            choices: of the decision.
            mood: that the music is for; names a URI whose own name was never looked up.
            wall: seconds since 1970.
            last: the context URI that was started last; a search prefers others.
            reasons: gets one line for each choice that stands for nothing.
        """
        for choice in choices:
            try:
                if choice.kind == "uri":
                    yield self._context(choice.value, mood)
                elif choice.kind == "playlist":
                    yield self._own(choice.value, wall)
                elif choice.kind == "stream":
                    reasons.append(f"Spotify does not play the address {choice.value}")
                else:
                    yield from self._search(choice.value, wall, last)
            except ApiError as error:
                if error.kind != "not_found":
                    raise
                reasons.append(error.text)

    def forget(self, uri: str) -> None:
        """Spotify does not know this one (any more): what was looked up is not to be believed."""
        library = self._file.kept
        if library.own and any(music.uri == uri for music in library.own.found):
            library.own = None
        library.searches = {
            words: Looked(looked.at, [music for music in looked.found if music.uri != uri])
            for words, looked in library.searches.items()
        }

    def save(self) -> None:
        """Keeps what was looked up."""
        self._file.save()

    def _context(self, text: str, mood: str | None) -> Music:
        try:
            context = contexts.choice(text)
        except contexts.NotAContext as error:
            raise ApiError("not_found", str(error)) from None
        if context.kind != "uri":
            raise ApiError("not_found", f"'{text}' is neither a Spotify URI nor a share link")
        library = self._file.kept
        looked_up = [library.own, *library.searches.values()]
        known = (music for looked in looked_up if looked for music in looked.found if music.uri == context.value)
        named = f"the {context.value.split(':')[1]} for “{mood}”" if mood else context.value
        return next(known, Music(context.value, named))

    def _own(self, name: str, wall: float) -> Music:
        library = self._file.kept
        for limit in (PLAYLISTS_SECONDS, LOOK_AGAIN_SECONDS):
            if library.own is None or not 0 <= wall - library.own.at < limit:
                library.own = Looked(wall, _playable(self._client.own_playlists()))
            found = next((music for music in library.own.found if _same(music.name, name)), None)
            if found:
                return found
        raise ApiError("not_found", f"there is no playlist '{name}' in your library")

    def _search(self, words: str, wall: float, last: str | None) -> Iterator[Music]:
        searches = self._file.kept.searches
        looked = searches.get(words)
        lasts = NOTHING_SECONDS if looked is not None and not looked.found else FOUND_SECONDS
        if looked is None or not 0 <= wall - looked.at < lasts:
            looked = Looked(wall, _playable(self._client.search(words)))
            searches[words] = looked
            if len(searches) > SEARCHES_MAX:
                del searches[min(searches, key=lambda key: searches[key].at)]
        if not looked.found:
            raise ApiError("not_found", f"the search '{words}' finds nothing")
        others = [music for music in looked.found if music.uri != last] or looked.found
        # Two of them are enough to try: the first may have been deleted.
        yield from self._random.sample(others, k=min(2, len(others)))


def _playable(playlists: Sequence[Playlist]) -> list[Music]:
    return [Music(found.uri, found.name or found.uri, found.songs) for found in playlists if found.uri]


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
