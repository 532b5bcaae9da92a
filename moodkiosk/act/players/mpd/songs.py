"""What MPD says of single songs: which one plays, and its picture."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from moodkiosk.act.players.covers import COVER_LIMIT_BYTES, Covers, media_type
from moodkiosk.act.players.mpd.protocol import Connection, MpdError
from moodkiosk.moods.report import Track

ENDLESS = ("http://", "https://")
DAY_SECONDS = 86_400.0


def current(server: Connection, covers: Covers) -> Track | None:
    """The song that plays or is paused; None: there is none. Raises MpdError."""
    status, song = server.ask_all("status", "currentsong")
    return track(dict(status), dict(song), covers)


def track(status: Mapping[str, str], song: Mapping[str, str], covers: Covers) -> Track | None:
    """The song of the answers to these two commands; None: there is none."""
    file = song.get("file", "")
    if not file:
        return None
    stream = file.startswith(ENDLESS)
    return Track(
        # A station says what it plays in "Title", and what it is in "Name".
        song.get("Title", "") or song.get("Name", "") or file.rpartition("/")[2],
        song.get("Artist", "") or song.get("AlbumArtist", "") or (song.get("Name", "") if song.get("Title") else ""),
        song.get("Album", ""),
        None if stream else covers.offer(file),
        _seconds(
            status.get("duration") or song.get("duration") or song.get("Time")
        ),  # the last: before 0.20, as Mopidy
        _seconds(status.get("elapsed")),
    )


def picture(server: Connection, file: str) -> bytes | None:
    """The cover in a song's folder, or the one inside its file; None: it has none that is shown. Raises MpdError."""
    for command in ("albumart", "readpicture"):
        with contextlib.suppress(MpdError):
            found = _whole(server, command, file)
            if found is not None and media_type(found) is not None:
                return found
    return None


def _whole(server: Connection, command: str, file: str) -> bytes | None:
    found = b""
    while True:
        pairs, part = server.ask_binary(command, file, len(found))
        size = dict(pairs).get("size", "")
        if not part or not size.isdecimal() or int(size[:12]) > COVER_LIMIT_BYTES:
            return None
        found += part
        if len(found) >= int(size[:12]):
            return found


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float((text or "")[:20])
    except ValueError:
        return None
    return seconds if 0 < seconds < DAY_SECONDS * 7 else None
