"""Folders of MPD's library: found in upper or lower case, and never listed as a whole where they are large."""

from __future__ import annotations

import random
import unicodedata

from moodkiosk.act.players.mpd.protocol import Connection, MpdError

WALK_SONGS = 20_000
"""In a larger library folders are taken as they are written: one of them could be more than any answer may be."""


def alike(name: str, wanted: str) -> bool:
    """Whether two names are the same to people: upper and lower case, and however a disk writes "é"."""
    return _plain(name) == _plain(wanted)


def tracks(server: Connection, path: str, most: int) -> tuple[str, ...]:
    """Up to `most` tracks below a folder, from somewhere in it; or the one file of that name. Raises MpdError."""
    path = path.strip("/")
    if files := _below(server, path, most):
        return files
    kind, spelt = _spelt(server, path)
    if kind == "file":
        return (spelt,)
    return _below(server, spelt, most) if kind and spelt != path else ()


def _below(server: Connection, path: str, most: int) -> tuple[str, ...]:
    """Raises MpdError."""
    base = "(base '" + path.replace("\\", "\\\\").replace("'", "\\'") + "')"
    try:
        count = dict(server.ask("count", base)).get("songs", "")
        begin = random.randint(0, max(0, int(count[:9]) - most)) if count.isdecimal() else 0
        pairs = server.ask("find", base, "window", f"{begin}:{begin + most}")
    except MpdError as error:
        if error.kind not in ("not found", "refused"):
            raise
        pairs = []
    if not pairs:  # a server before 0.21; Mopidy refuses this one as well, as it is installed
        try:
            pairs = server.ask("listall", path) if path else []
        except MpdError as error:
            if error.kind not in ("not found", "refused"):
                raise
    return tuple(value for key, value in pairs if key == "file")[:most]


def _spelt(server: Connection, path: str) -> tuple[str, str]:
    """What is there ("directory" or "file"), and how it is spelt; empty: nothing, or nobody knows. Raises MpdError."""
    kind, found = "", ""
    try:
        songs = dict(server.ask("stats")).get("songs", "")
        if not songs.isdecimal() or int(songs[:9]) > WALK_SONGS:
            return "", ""
        for part in path.split("/"):
            named = [pair for pair in server.ask("lsinfo", found) if pair[0] in ("directory", "file")]
            kind, found = next((pair for pair in named if alike(pair[1].rpartition("/")[2], part)), ("", ""))
            if not found:
                return "", ""
    except MpdError as error:
        if error.kind not in ("not found", "refused"):
            raise
        return "", ""
    return kind, found


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip()).casefold()
