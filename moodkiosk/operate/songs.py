"""Songs to choose from, for people at a terminal: a numbered list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moodkiosk.words.language import say, translated
from moodkiosk.words.reason import heard


def readable(songs: Sequence[Any], tag: str = "en") -> str:
    """The answer of the command "recommendations" as lines, in a language: number, title, what it is, the link below.

    Empty where there is nothing.
    """
    lines = []
    for number, song in enumerate(songs, 1):
        own = say(tag, "songs.own") if song["own"] else ""
        about = ", ".join(filter(None, (own, say(tag, f"songs.{song['kind']}"), song["by"], _length(song, tag))))
        lines += [
            f"{number:>2}  {translated(heard(song, 'title') or '', tag)}  ({about})",
            f"    {song['youtube_url']}",
        ]
    if lines:
        lines += ["", say(tag, "cli.to_hear")]
    return "\n".join(lines)


def _length(song: Any, tag: str) -> str:
    if song["seconds"] is not None:
        minutes, seconds = divmod(round(song["seconds"]), 60)
        return f"{minutes}:{seconds:02}"
    return "" if song["songs"] is None else say(tag, "songs.count", count=song["songs"])
