"""What is to be done, or why nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moodkiosk.moods.choice import Choice

Action = Literal["play", "none", "pause", "skip", "resume", "volume"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done, or why nothing is; always with its reason.

    Attributes:
        action: "play"; "pause"; "skip"; "resume" (what is paused on the speaker goes on, whoever paused it; where
            nothing is, the choices are played); "volume" (our music is brought under `volume_percent_max`, that of
            others is not touched); or "none" (nothing is played, see reason).
        at: monotonic seconds.
        reason: one sentence for people.
        mood: the mood that led to it.
        what: what is to be played, in words (the first choice's value), or None.
        speaker: name of the speaker, or None where none is concerned.
        choices: what to play, to be tried in this order.
        volume_percent_max: never play louder than this, 0 to 100; None: leave the volume alone.
        asked: a person asked for it (button, command), so gates on automatic music do not apply.
        finish_song: start only after the song that is playing now.
        continues: music of ours for this mood may still be playing on the speaker; if it is, it is left as it is.
        youtube_url: the same music as a YouTube Music link, or None.
        fade_seconds: how long a change of the volume takes; a pause fades out. 0: at once.
        gate: the name of the gate that was shut, where one was.
        language, artist, genre: what the music is to be; "" is any. What was asked for comes before the mood's own
            entry, and that before the general taste.
        avoid: ids (`Song.id`) of what somebody does not want to hear again: a search leaves it out.
    """

    action: Action
    at: float
    reason: str
    mood: str | None = None
    what: str | None = None
    speaker: str | None = None
    choices: tuple[Choice, ...] = ()
    volume_percent_max: int | None = None
    asked: bool = False
    finish_song: bool = False
    continues: bool = False
    youtube_url: str | None = None
    fade_seconds: float = 0.0
    gate: str | None = None
    language: str = ""
    artist: str = ""
    genre: str = ""
    avoid: frozenset[str] = frozenset()
