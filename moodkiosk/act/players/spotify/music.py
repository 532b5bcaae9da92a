"""Finds out what to start: from a decision's choices to context URIs. What was looked up is kept for weeks."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from moodkiosk.act.players.covers import Covers
from moodkiosk.act.players.spotify.library import Library, Looked, Music, Single, playable, put, single
from moodkiosk.act.players.spotify.web_api.client import Client
from moodkiosk.act.players.spotify.web_api.errors import ApiError
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.decide.music import choose, contexts, songs
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.song import Song, SongKind
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
            decision: its choices.
            wall: seconds since 1970.
            last: the context URI that was started last; a search prefers others.
            reasons: gets one line for each choice that stands for nothing.
        """
        for choice in decision.choices:
            try:
                if choice.song:
                    named = not isinstance(decision.what, Reason)
                    yield Music(choice.value, decision.what or "" if named else "", first=choice.song)
                elif choice.kind == "uri":
                    yield self._context(choice.value, wall)
                elif choice.kind == "playlist":
                    yield self._own(choice.value, wall)
                elif choice.kind == "stream":
                    reasons.append(Reason("spotify.no_stream", address=choice.value))
                else:
                    yield from self._search(choice.value, wall, last, decision)
            except ApiError as error:
                if error.kind != "not_found":
                    raise
                reasons.append(error.text)

    def songs(self, words: str, wall: float, may_ask: Callable[[], bool], covers: Covers) -> list[Song]:
        """What a search finds, to choose from: playlists and songs in turn. Raises ApiError.

        Args:
            words: to search for.
            wall: seconds since 1970.
            may_ask: whether a request may be spent on it; not asked where the search is kept.
            covers: pictures are made known to it.
        """
        looked = self._file.kept.searches.get(words)
        fresh = looked is not None and looked.songs is not None and 0 <= wall - looked.at < FOUND_SECONDS
        if looked is None or not fresh:
            if not may_ask():
                raise ApiError("late", Reason("spotify.looked_often"))
            looked = self._look_up(words, wall)
        playlists = [_offer(found, covers) for found in looked.found if self._explicit or not found.explicit]
        singles = [_offer_song(one, covers) for one in looked.songs or () if self._explicit or not one.explicit]
        pairs = zip_longest(playlists, singles)
        return [one for pair in pairs for one in pair if one is not None]

    def _look_up(self, words: str, wall: float) -> Looked:
        """Searches, and keeps what is found. Raises ApiError."""
        playlists, found = self._client.search(words)
        looked = Looked(wall, playable(playlists), songs=[one for song in found if (one := single(song)) is not None])
        put(self._file.kept.searches, words, looked)
        return looked

    def forget(self, uri: str) -> None:
        """Spotify does not know this one (any more): what was looked up is not to be believed."""
        library = self._file.kept
        if library.own and any(music.uri == uri for music in library.own.found):
            library.own = None
        library.named.pop(uri, None)
        library.searches = {
            words: Looked(looked.at, [music for music in looked.found if music.uri != uri], songs=looked.songs)
            for words, looked in library.searches.items()
        }

    def save(self) -> None:
        """Keeps what was looked up."""
        self._file.save()

    def _context(self, text: str, wall: float) -> Music:
        try:
            context = contexts.choice(text)
        except contexts.NotAContext as error:
            raise ApiError("not_found", str(error)) from None
        if context.kind != "uri":
            raise ApiError("not_found", Reason("spotify.no_link", text=text))
        library = self._file.kept
        looked_up = [library.own, *library.searches.values(), self._about(context.value, wall)]
        known = (music for looked in looked_up if looked for music in looked.found if music.uri == context.value)
        return next(known, Music(context.value, ""))

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
            put(named, uri, looked)
        return looked

    def _own(self, name: str, wall: float) -> Music:
        library = self._file.kept
        pages = 1 if library.own is None else max(1, len(library.own.found) // 50)
        for limit in (PLAYLISTS_SECONDS, LOOK_AGAIN_SECONDS * pages):
            if library.own is None or not 0 <= wall - library.own.at < limit:
                playlists, more = self._client.own_playlists()
                library.own = Looked(wall, playable(playlists), more)
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

    def _search(self, words: str, wall: float, last: str | None, decision: Decision) -> Iterator[Music]:
        searches = self._file.kept.searches
        looked = searches.get(words)
        nothing_lasts = ASK_AGAIN_SECONDS if decision.asked else NOTHING_SECONDS
        lasts = nothing_lasts if looked is not None and not looked.found else FOUND_SECONDS
        if looked is None or not 0 <= wall - looked.at < lasts:
            looked = self._look_up(words, wall)
        found = [music for music in looked.found if self._explicit or not music.explicit]
        if not found:
            key = "spotify.search_explicit" if looked.found else "spotify.search_empty"
            raise ApiError("not_found", Reason(key, words=words))
        wished = [music for music in found if choose.identity(Choice("uri", music.uri)) not in decision.avoid]
        if not wished:
            raise ApiError("not_found", Reason("spotify.search_refused", words=words))
        others = [music for music in wished if music.uri != last] or wished
        # Two of them are enough to try: the first may have been deleted.
        yield from self._random.sample(others, k=min(2, len(others)))


def _offer(found: Music, covers: Covers) -> Song:
    kinds: dict[str, SongKind] = {"album": "album", "artist": "artist"}
    kind = kinds.get(found.uri.split(":")[1], "playlist")
    # Whose playlist it is, is no word to search for, unless it has no other.
    words = found.name or found.by
    title = found.name or Reason(f"songs.{kind}")
    made = songs.song(kind, title, Choice("uri", found.uri), by=found.by, words=words)
    return replace(made, songs=found.songs, cover=covers.offer(found.image) if found.image else None)


def _offer_song(one: Single, covers: Covers) -> Song:
    made = songs.song("track", one.name, Choice("uri", one.album, one.uri), by=one.by)
    return replace(made, seconds=one.seconds, cover=covers.offer(one.image) if one.image else None)


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
