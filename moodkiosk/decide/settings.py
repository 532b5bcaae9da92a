"""What decide wants to know of the configuration: one frozen class per concern. `moodkiosk.config.fill` fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from moodkiosk.decide.hours import Hours
from moodkiosk.moods import Choice


@dataclass(frozen=True, slots=True)
class PresenceSettings:
    """When somebody is here.

    Attributes:
        arrive_seconds: a face must be seen this long to have arrived.
        leave_seconds: nobody seen for this long means that everybody has left.
        gap_seconds: of a longer pause between two readings nothing is known.
    """

    arrive_seconds: float = 1.0
    leave_seconds: float = 30.0
    gap_seconds: float = 1.5


@dataclass(frozen=True, slots=True)
class SettlingSettings:
    """When a mood counts as settled.

    Attributes:
        window_seconds: a mood is judged over this long.
        enter_share: 0 to 1; the share of the window at which a mood settles.
        exit_share: 0 to 1; the share below which a settled mood ends.
        min_confidence: 0 to 1; readings less sure than this are "not sure".
        refractory_seconds: after a change the next one waits this long.
        gap_seconds: of a longer pause between two readings nothing is known.
    """

    window_seconds: float = 4.0
    enter_share: float = 0.6
    exit_share: float = 0.4
    min_confidence: float = 0.45
    refractory_seconds: float = 8.0
    gap_seconds: float = 1.5


@dataclass(frozen=True, slots=True)
class MoodMusic:
    """What to play for one mood.

    Attributes:
        play: context URIs and names of own playlists, played in turn.
        search: words to search for, instead of "mood language artist".
        language, artist: instead of the general taste; None: the general one.
        youtube_url: shown instead of a YouTube Music search.
    """

    play: tuple[Choice, ...] = ()
    search: str = ""
    language: str | None = None
    artist: str | None = None
    youtube_url: str = ""


@dataclass(frozen=True, slots=True)
class MusicSettings:
    """What is played, when, where and how loud.

    Attributes:
        automatic: play by mood without being asked.
        speaker: name of the speaker.
        moods: mood to music.
        search_when_empty: search for a mood that has nothing of its own.
        language, artist: the general taste; "" is any.
        min_minutes_between_changes: after music was started by us, leave it this long.
        respect_manual_minutes: after a person chose, leave the music alone this long.
        quiet_hours: no music by itself.
        volume_percent_max, quiet_volume_percent_max: never louder; never louder in quiet hours.
        finish_song: let the song end before changing.
        when_nobody: what becomes of our music when everybody has left.
    """

    automatic: bool = True
    speaker: str = "Living room"
    moods: Mapping[str, MoodMusic] = field(default_factory=dict)
    search_when_empty: bool = True
    language: str = ""
    artist: str = ""
    min_minutes_between_changes: float = 10.0
    respect_manual_minutes: float = 60.0
    quiet_hours: tuple[Hours, ...] = ()
    volume_percent_max: int = 60
    quiet_volume_percent_max: int = 25
    finish_song: bool = False
    when_nobody: Literal["keep", "pause"] = "keep"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything decide is told.

    Attributes:
        manual_minutes: a mood chosen by hand lasts this long.
        camera_off_hours: hours in which the camera is closed.
        silence_seconds: an open camera that brings no reading for this long is lost.
    """

    presence: PresenceSettings = PresenceSettings()
    settling: SettlingSettings = SettlingSettings()
    music: MusicSettings = MusicSettings()
    manual_minutes: float = 120.0
    camera_off_hours: tuple[Hours, ...] = ()
    silence_seconds: float = 10.0
