"""Finds what a decision asks for in MPD's library: entries first, then a search by fields, step by step outward."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from moodkiosk.act.players.mpd import folders
from moodkiosk.act.players.mpd.folders import alike
from moodkiosk.act.players.mpd.protocol import Connection, MpdError, Pairs
from moodkiosk.decide.music import choose
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Decision
from moodkiosk.words.reason import Reason

LISTS = (".m3u", ".pls", ".xspf", ".asx")
"""Files that name stations; what ends in .m3u8 is as a rule a stream in pieces, which MPD plays as it is."""
FILE = re.compile(r"[/:.]")
"""What the address of a song has: "Calm/Rain.flac", or "local:track:Calm/Rain.flac" of Mopidy's."""
ENDLESS = ("http://", "https://")
TRACKS_MAX = 300
"""A queue for some hours; a genre may have thousands of tracks."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is going to be played.

    Attributes:
        what: in words.
        files: MPD's addresses of the tracks, or one address of a stream.
        value: the choice's value it came from; None: a search.
    """

    what: str
    files: tuple[str, ...]
    value: str | None


def find(server: Connection, decision: Decision, missing: list[str], mood: str) -> Iterator[Found]:
    """What the library has of the choices, in order, looked up one by one; `missing` gets a line for each other.

    A search goes by `mood`, which need not be the decision's: music may be to lift it. Raises MpdError.
    """
    for choice in decision.choices:
        try:
            found = _search(server, choice, decision, mood) if choice.kind == "search" else _entry(server, choice)
        except MpdError as error:
            if error.kind not in ("not found", "refused"):
                raise
            found = None
        if found is not None and choice.kind == "search" and decision.avoid:
            found = _wished(found, decision)
        if found is None:
            missing.append(Reason("mpd.nothing_called", name=choice.value))
        else:
            yield found
            if found.value is not None and (within := _within(server, found)) is not None:
                missing[-1:] = []  # it does play
                yield within


def _within(server: Connection, found: Found) -> Found | None:
    """What an address that stayed silent names, if it is a list that is not called one. Raises MpdError."""
    if found.files != (found.value,) or not found.files[0].startswith(ENDLESS):
        return None
    try:
        files = stations(_values(server.ask("listplaylist", found.value), "file"))
    except MpdError as error:
        if error.kind not in ("not found", "refused"):
            raise
        return None
    return replace(found, files=files[:TRACKS_MAX]) if files and files != found.files else None


def _wished(found: Found, decision: Decision) -> Found | None:
    """What was found, without the songs that somebody does not want again."""
    files = tuple(file for file in found.files if choose.identity(Choice("playlist", file)) not in decision.avoid)
    return replace(found, files=files) if files else None


def _entry(server: Connection, choice: Choice) -> Found | None:
    """A stored playlist of that name, "genre:…" or "artist:…", else a song, else a folder, else an album."""
    value = choice.value
    if choice.kind == "uri":
        return None  # a Spotify address: MPD's is another world
    if value.startswith(ENDLESS) or _is_list(value):
        return _stations(server, value)
    tag, colon, wanted = value.partition(":")
    if colon and tag.strip().lower() in ("genre", "artist", "album"):
        return _named(server, tag.strip().lower(), wanted.strip(), value)
    named = next((name for name in _playlists(server) if alike(name, value)), None)
    if named is not None:
        files = tuple(_values(server.ask("listplaylist", named), "file"))
        return Found(named, files[:TRACKS_MAX], value) if files else None
    if (single := _song(server, value)) is not None:
        return single
    files = folders.tracks(server, value, TRACKS_MAX)
    return Found(value, files, value) if files else _named(server, "album", value, value)


def _named(server: Connection, tag: str, wanted: str, value: str) -> Found | None:
    """The tracks in which a tag is just that, in upper or lower case, else those that have it in their tag."""
    return _tracks(server, wanted, value, (tag, wanted), exactly=True) or _tracks(server, wanted, value, (tag, wanted))


def _playlists(server: Connection) -> list[str]:
    """The stored playlists' names; a server may keep none at all (no `playlist_directory`). Raises MpdError."""
    try:
        return _values(server.ask("listplaylists"), "playlist")
    except MpdError as error:
        if error.kind != "refused":
            raise
        return []


def _song(server: Connection, value: str) -> Found | None:
    """The one song with this address, called by its title; None: there is none. Raises MpdError."""
    if not FILE.search(value):
        return None
    try:
        found = dict(server.ask("find", "file", value.strip("/")))
    except MpdError as error:
        if error.kind not in ("not found", "refused"):
            raise
        return None
    file = found.get("file")
    return None if file is None else Found(found.get("Title") or value, (file,), value)


def _is_list(value: str) -> bool:
    return urlsplit(value).path.lower().endswith(LISTS)


def _stations(server: Connection, value: str) -> Found | None:
    """An internet radio, or what a list of such contains: MPD fetches and reads it. Raises MpdError."""
    files: tuple[str, ...] = (value,)
    if _is_list(value):
        try:
            files = stations(_values(server.ask("listplaylist", value), "file"))
        except MpdError as error:
            if error.kind != "refused":
                raise  # such as "not found"; a server that cannot read lists may play the address by itself
    return Found(value, files[:TRACKS_MAX], value) if files else None


def stations(entries: Iterable[str]) -> tuple[str, ...]:
    """What a list names, of what MPD has read.

    It takes the byte order mark with which a list begins that was written on Windows for a part of the first line, and
    that line, "#EXTM3U", for a name.
    """
    named = (entry.replace("\ufeff", "").strip() for entry in entries)
    return tuple(entry for entry in named if entry and not entry.rpartition("/")[2].startswith("#EXT"))


def _search(server: Connection, choice: Choice, decision: Decision, mood: str) -> Found | None:
    """By the decision's fields; where nothing has all of them, the least important is left out, one after the other.

    The order is artist and genre, artist, genre, the mood with the language, the mood, and the words in any tag.
    """
    language, artist, genre = decision.language, decision.artist, decision.genre
    for fields in outward(mood, language, artist, genre):
        what = ", ".join(value for _tag, value in fields)
        found = _tracks(server, what, None, *fields)
        if found is not None:
            return found
    return _tracks(server, choice.value, None, *(("any", word) for word in choice.value.split()))


def outward(mood: str, language: str, artist: str, genre: str) -> Iterator[tuple[tuple[str, str], ...]]:
    """The fields to search by, tag and value, the closest first; empty values are left out."""
    steps = (
        (("artist", artist), ("genre", genre), ("any", language)),
        (("artist", artist), ("genre", genre)),
        (("artist", artist),),
        (("genre", genre), ("any", language)),
        (("genre", genre),),
        (("genre", mood), ("any", language)),
        (("mood", mood), ("any", language)),
        (("mood", mood),),
        (("genre", mood),),
    )
    seen = set()
    for step in steps:
        fields = tuple(field for field in step if field[1])
        if fields and fields not in seen and fields[0][0] == step[0][0]:
            seen.add(fields)
            yield fields


def _tracks(
    server: Connection, what: str, value: str | None, *fields: tuple[str, str], exactly: bool = False
) -> Found | None:
    """The tracks that have all of these, in MPD's filter syntax; "any" is any tag. None: there is none."""
    files = tuple(_values(search(server, *fields, most=TRACKS_MAX, exactly=exactly), "file"))
    return Found(what, files[:TRACKS_MAX], value) if files else None


def search(server: Connection, *fields: tuple[str, str], most: int, exactly: bool = False) -> Pairs:
    """All that MPD says of the tracks that have all of these, so many at most. Raises MpdError.

    They have it somewhere in the tag, or `exactly` it alone; upper and lower case are the same in both.
    A server that knows no filters (they are of 0.21; Mopidy speaks 0.19) gets tags and values in turn, without a limit.
    """
    if not fields or not all(wanted for _tag, wanted in fields):
        return []
    operator = "==" if exactly else "contains"
    filters = " AND ".join(f"({tag} {operator} '{_escaped(wanted)}')" for tag, wanted in fields)
    pairs = [word for field in fields for word in field]
    for words in ((f"({filters})", "window", f"0:{most}"), *([] if exactly else [pairs])):
        try:
            return server.ask("search", *words)
        except MpdError as error:
            if error.kind != "refused":
                raise
    return []  # a tag this server does not know, such as "mood" before 0.24


def _escaped(text: str) -> str:
    """For a string in quotes inside a filter expression."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _values(pairs: Pairs, key: str) -> list[str]:
    return [value for name, value in pairs if name == key]
