"""What the household likes, and does not want again. Pure."""

from __future__ import annotations

from dataclasses import replace

from moodkiosk.decide.music import choose
from moodkiosk.decide.music.playback import Opinions, Playback
from moodkiosk.decide.settings import MoodMusic, MusicSettings
from moodkiosk.moods.song import Song

LIKED_MOST = 10
"""So much is liked of a mood, the newest; each takes its turn."""
REFUSED_MOST = 500


def like(playback: Playback, song: Song, mood: str, music: MusicSettings) -> Playback:
    """It takes turns with the mood's own entries from now on, unless it is one of them; any refusal is taken back."""
    refused = {name: title for name, title in playback.opinions.refused.items() if name != song.id}
    liked = dict(playback.opinions.liked)
    if song.choice not in choose.entries(music.moods.get(mood, MoodMusic())):
        others = (one for one in liked.get(mood, ()) if one.id != song.id)
        liked[mood] = (*others, replace(song, cover=None, own=False))[-LIKED_MOST:]
    return replace(playback, opinions=Opinions(liked, refused))


def refuse(playback: Playback, song: Song) -> Playback:
    """It is neither offered nor played by itself any more, for any mood."""
    refused = {name: title for name, title in playback.opinions.refused.items() if name != song.id}
    refused = dict(list(refused.items())[-REFUSED_MOST + 1 :]) | {song.id: song.title}
    kept = {mood: tuple(one for one in songs if one.id != song.id) for mood, songs in playback.opinions.liked.items()}
    return replace(playback, opinions=Opinions({mood: songs for mood, songs in kept.items() if songs}, refused))


def forgive(playback: Playback) -> Playback:
    """Everything may be offered and played again."""
    return replace(playback, opinions=replace(playback.opinions, refused={}))
