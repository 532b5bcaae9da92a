"""Finds out what to start: from a decision's choices to context URIs. What was looked up is kept for weeks."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from moodkiosk.act.players.spotify.answers import Playlist
from moodkiosk.act.players.spotify.client import Client
from moodkiosk.act.players.spotify.errors import ApiError
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.decide.music import choose, contexts
from moodkiosk.moods import Decision
from moodkiosk.words.reason import Reason

DAY_SECONDS = 86_400.0
FOUND_SECONDS = 28 * DAY_SECONDS
"""So long the results of a search are used."""
NOTHING_SECONDS = DAY_SECONDS
"""So long it is believed that a search finds nothing."""
PLAYLISTS_SECONDS = 7 * DAY_SECONDS
"""So long the list of own playlists is used."""
LOOK_AGAIN_SECONDS = 3600.0
"""A name that is not in the list is looked for again after this for every 50 playlists: it may be new."""
ASK_AGAIN_SECONDS = 60.0
"""Who asks is not told that nothing is found when that was seen longer ago than this."""
LIKED = ("liked songs", "lieblingssongs")
EXPLICIT = re.compile(r"(?<!non-)(?<!not )(?<!no )\b(explicit|uncensored|nsfw|18\+)", re.IGNORECASE)
"""How playlists that are not for everybody call themselves. Spotify's search says nothing of a playlist's songs."""
LOOKED_UP_MAX = 200
"""So many searches, and so many names, are kept."""


class Music(msgspec.Struct, frozen=True):
    """Something that can be started: its context URI, its name, how many songs it has, and what it says of itself.

    Attributes:
        songs: how many; None: not known.
        explicit: it calls itself explicit.
    """

    uri: str
    name: str
    songs: int | None = None
    explicit: bool = False


class Looked(msgspec.Struct, frozen=True):
    """What was found, and when (seconds since 1970); `more`: there is more than was looked through."""

    at: float
    found: list[Music]
    more: bool = False


class Library(msgspec.Struct):
    """All that was looked up: the own playlists, searches by their words, and what a context URI is called."""

    own: Looked | None = None
    searches: dict[str, Looked] = {}
    named: dict[str, Looked] = {}


class Finder:
    """Looks music up, in the cache first."""

    def __init__(self, path: Path, client: Client, random_source: random.Random, *, explicit: bool = True) -> None:
        self._explicit = explicit
        self._file = StateFile(path, Library)
        self._client = client
        self._random = random_source

    def find(self, decision: Decision, wall: float, last: str | None, reasons: list[str]) -> Iterator[Music]:
        """What the choices stand for, in order, looked up one by one. Raises ApiError of any kind but "not_found".

        Args:
            decision: its choices; its mood names a URI whose own name cannot be found out.
            wall: seconds since 1970.
            last: the context URI that was started last; a search prefers others.
            reasons: gets one line for each choice that stands for nothing.
        """
        for choice in decision.choices:
            try:
                if choice.kind == "uri":
                    yield self._context(choice.value, decision.mood, wall)
                elif choice.kind == "playlist":
                    yield self._own(choice.value, wall)
                elif choice.kind == "stream":
                    reasons.append(f"Spotify does not play the address {choice.value}")
                else:
                    yield from self._search(choice.value, wall, last, asked=decision.asked)
            except ApiError as error:
                if error.kind != "not_found":
                    raise
                reasons.append(error.text)

    def forget(self, uri: str) -> None:
        """Spotify does not know this one (any more): what was looked up is not to be believed."""
        library = self._file.kept
        if library.own and any(music.uri == uri for music in library.own.found):
            library.own = None
        library.named.pop(uri, None)
        library.searches = {
            words: Looked(looked.at, [music for music in looked.found if music.uri != uri])
            for words, looked in library.searches.items()
        }

    def save(self) -> None:
        """Keeps what was looked up."""
        self._file.save()

    def _context(self, text: str, mood: str | None, wall: float) -> Music:
        try:
            context = contexts.choice(text)
        except contexts.NotAContext as error:
            raise ApiError("not_found", str(error)) from None
        if context.kind != "uri":
            raise ApiError("not_found", Reason("spotify.no_link", text=text))
        library = self._file.kept
        looked_up = [library.own, *library.searches.values(), self._about(context.value, wall)]
        known = (music for looked in looked_up if looked for music in looked.found if music.uri == context.value)
        return next(known, Music(context.value, choose.unnamed(context.value, mood)))

    def _about(self, uri: str, wall: float) -> Looked | None:
        """What a context is called, found out once in a while; best-effort, for it plays without a name as well."""
        named = self._file.kept.named
        looked = named.get(uri)
        if looked is not None and 0 <= wall - looked.at < FOUND_SECONDS:
            return looked
        try:
            found = self._client.about(uri)
        except ApiError as error:
            if error.kind in ("replaced", "late", "busy"):
                raise
            # Development mode has no names of Spotify's own playlists.
            looked = Looked(wall, []) if error.kind in ("not_found", "refused", "garbage") else looked
        else:
            looked = Looked(wall, [Music(uri, found.name, found.songs)] if found.name else [])
        if looked is not None:
            _put(named, uri, looked)
        return looked

    def _own(self, name: str, wall: float) -> Music:
        library = self._file.kept
        pages = 1 if library.own is None else max(1, len(library.own.found) // 50)
        for limit in (PLAYLISTS_SECONDS, LOOK_AGAIN_SECONDS * pages):
            if library.own is None or not 0 <= wall - library.own.at < limit:
                playlists, more = self._client.own_playlists()
                library.own = Looked(wall, _playable(playlists), more)
            found = next((music for music in library.own.found if _same(music.name, name)), None)
            if found:
                return found
        if _plain(name) in LIKED:
            raise ApiError("not_found", contexts.LIKED)
        assert library.own is not None
        if library.own.more:
            text = Reason("spotify.not_among", name=name, count=len(library.own.found))
            raise ApiError("not_found", text)
        raise ApiError("not_found", Reason("spotify.no_playlist", name=name))

    def _search(self, words: str, wall: float, last: str | None, *, asked: bool) -> Iterator[Music]:
        searches = self._file.kept.searches
        looked = searches.get(words)
        nothing_lasts = ASK_AGAIN_SECONDS if asked else NOTHING_SECONDS
        lasts = nothing_lasts if looked is not None and not looked.found else FOUND_SECONDS
        if looked is None or not 0 <= wall - looked.at < lasts:
            looked = Looked(wall, _playable(self._client.search(words)))
            _put(searches, words, looked)
        found = [music for music in looked.found if self._explicit or not music.explicit]
        if not found:
            key = "spotify.search_explicit" if looked.found else "spotify.search_empty"
            raise ApiError("not_found", Reason(key, words=words))
        others = [music for music in found if music.uri != last] or found
        # Two of them are enough to try: the first may have been deleted.
        yield from self._random.sample(others, k=min(2, len(others)))


def _playable(playlists: Sequence[Playlist]) -> list[Music]:
    return [
        Music(found.uri, found.name or "a playlist without a name", found.songs, _is_explicit(found))
        for found in playlists
        if found.uri
    ]


def _is_explicit(found: Playlist) -> bool:
    return EXPLICIT.search(f"{found.name} {found.description}") is not None


def _put(looked_up: dict[str, Looked], key: str, looked: Looked) -> None:
    looked_up[key] = looked
    if len(looked_up) > LOOKED_UP_MAX:
        del looked_up[min(looked_up, key=lambda known: looked_up[known].at)]


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
