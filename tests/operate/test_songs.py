"""Songs to choose from, at a terminal."""

from __future__ import annotations

from dataclasses import replace

from moodkiosk.decide.music.songs import public, song
from moodkiosk.moods.choice import Choice
from moodkiosk.operate.songs import readable


def test_a_list_says_what_each_thing_is_and_how_to_hear_it() -> None:
    hits = replace(song("playlist", "Happy hits", Choice("playlist", "Happy hits")), songs=80, own=True)
    light = replace(song("track", "Leuchtturm", Choice("uri", "a", "t"), by="Nena"), seconds=195.4)
    assert readable([public(hits), public(light)]).splitlines() == [
        " 1  Happy hits  (yours, playlist, 80 songs)",
        "    https://music.youtube.com/search?q=Happy+hits",
        " 2  Leuchtturm  (song, Nena, 3:15)",
        "    https://music.youtube.com/search?q=Leuchtturm+Nena",
        "",
        "To hear one: moodkiosk choose NUMBER",
    ]
    assert readable([public(hits)], "de").splitlines()[0] == " 1  Happy hits  (von euch, Playlist, 80 Lieder)"
