"""Songs to choose from, for people at a terminal: a numbered list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def readable(songs: Sequence[Any]) -> str:
    """The answer of the command "recommendations" as lines: number, title, what it is, and the link below it."""
    lines = []
    for number, song in enumerate(songs, 1):
        about = ", ".join(filter(None, (_kind(song), song["by"], _length(song))))
        lines += [f"{number:>2}  {song['title']}  ({about})", f"    {song['youtube_url']}"]
    if lines:
        lines += ["", "To hear one: moodkiosk choose NUMBER"]
    return "\n".join(lines)


def _kind(song: Any) -> str:
    kind = {"track": "song"}.get(song["kind"], str(song["kind"]))
    return f"your {kind}" if song["own"] else kind


def _length(song: Any) -> str:
    if song["seconds"] is not None:
        minutes, seconds = divmod(round(song["seconds"]), 60)
        return f"{minutes}:{seconds:02}"
    count = song["songs"]
    return "" if count is None else f"{count} song{'' if count == 1 else 's'}"
