"""What MPD's library has to choose from: stored playlists, albums and single songs that fit a wish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from moodkiosk.act.players.covers import Covers
from moodkiosk.act.players.mpd import library
from moodkiosk.act.players.mpd.protocol import Connection, MpdError, Pairs
from moodkiosk.act.players.mpd.queue import BEFORE
from moodkiosk.decide.music import songs
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.song import Song, Wanted

ENOUGH = 12
TRACKS_MOST = 200
"""So many songs of a search are looked at; they are put together to albums."""


def find(server: Connection, wanted: Wanted, covers: Covers) -> tuple[Song, ...]:
    """About ten things, what fits best first: by artist and genre, outward as a search that plays. Raises MpdError."""
    found: dict[str, Song] = {}
    for offer in (*_playlists(server, wanted), *_searched(server, wanted, covers)):
        found.setdefault(offer.id, offer)
        if len(found) >= ENOUGH:
            break
    return tuple(found.values())


def _playlists(server: Connection, wanted: Wanted) -> Iterator[Song]:
    """Stored playlists with a word of the wish in their name."""
    taste = wanted.taste
    words = [word.casefold() for word in (wanted.mood, taste.language, taste.artist, taste.genre) if word]
    try:
        names = [value for key, value in server.ask("listplaylists") if key == "playlist" and value != BEFORE]
    except MpdError as error:
        if error.kind != "refused":
            raise
        return  # a server without stored playlists
    for name in names:
        if any(word in name.casefold() for word in words):
            yield songs.song("playlist", name, Choice("playlist", name))


def _searched(server: Connection, wanted: Wanted, covers: Covers) -> Iterator[Song]:
    taste = wanted.taste
    for fields in library.outward(wanted.mood, taste.language, taste.artist, taste.genre):
        pairs = library.search(server, *fields, most=TRACKS_MOST)
        yield from _albums(_tracks(pairs), covers)


def _tracks(pairs: Pairs) -> list[dict[str, str]]:
    """The tags of each song of an answer; of a tag that is there more than once, the first."""
    found: list[dict[str, str]] = []
    for key, value in pairs:
        if key == "file":
            found.append({})
        if found:
            found[-1].setdefault(key, value)
    return found


def _albums(tracks: list[dict[str, str]], covers: Covers) -> Iterator[Song]:
    """Songs of one album as that album, others as they are."""
    albums: dict[str, list[dict[str, str]]] = {}
    for track in tracks:
        albums.setdefault(track.get("Album") or track["file"], []).append(track)
    for name, its in albums.items():
        first = its[0]
        by = first.get("AlbumArtist") or first.get("Artist", "")
        if len(its) > 1:
            album = songs.song("album", name, Choice("playlist", f"album:{name}"), by=by)
            yield replace(album, songs=len(its), cover=covers.offer(first["file"]))
        else:
            title = first.get("Title") or first["file"].rpartition("/")[2]
            single = songs.song("track", title, Choice("playlist", first["file"]), by=first.get("Artist", ""))
            length = first.get("Time", "")
            seconds = float(length[:6]) if length.isdecimal() else None
            yield replace(single, seconds=seconds, cover=covers.offer(first["file"]))
