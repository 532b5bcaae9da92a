"""Fills the settings of `decide` from the configuration."""

from __future__ import annotations

from moodkiosk.config import contexts, settings
from moodkiosk.decide import hours
from moodkiosk.decide.settings import MoodMusic, MusicSettings, PresenceSettings, Settings, SettlingSettings

GAP_SECONDS = 1.5
"""A pause between readings that the slowest usual pace (one a second) does not reach."""
SILENCE_SECONDS = 10.0


def decide_settings(config: settings.Config) -> Settings:
    """What decide wants to know of the configuration."""
    sense, mood = config.sense, config.mood
    slowest_seconds = 1 / min(sense.active_rate_hz, sense.idle_rate_hz, sense.hot_rate_hz)
    gap_seconds = max(GAP_SECONDS, 1.5 * slowest_seconds)
    return Settings(
        presence=PresenceSettings(config.presence.arrive_seconds, config.presence.leave_seconds, gap_seconds),
        settling=SettlingSettings(
            window_seconds=mood.window_seconds,
            enter_share=mood.enter_share,
            exit_share=mood.exit_share,
            min_confidence=mood.min_confidence,
            refractory_seconds=mood.refractory_seconds,
            gap_seconds=gap_seconds,
        ),
        music=_music(config.music),
        manual_minutes=mood.manual_minutes,
        camera_off_hours=tuple(map(hours.parse, config.camera.off_hours)),
        silence_seconds=max(SILENCE_SECONDS, 3 * slowest_seconds),
    )


def _music(music: settings.MusicSettings) -> MusicSettings:
    return MusicSettings(
        automatic=music.automatic,
        speaker=music.speaker,
        moods={name: _mood_music(entry) for name, entry in music.moods.items()},
        search_when_empty=music.search_when_empty,
        language=music.taste.language,
        artist=music.taste.artist,
        min_minutes_between_changes=music.min_minutes_between_changes,
        respect_manual_minutes=music.respect_manual_minutes,
        quiet_hours=tuple(map(hours.parse, music.quiet_hours)),
        volume_percent_max=music.volume_percent_max,
        quiet_volume_percent_max=music.quiet_volume_percent_max,
        finish_song=music.finish_song,
        when_nobody=music.when_nobody,
    )


def _mood_music(entry: settings.MoodMusic) -> MoodMusic:
    play = tuple(map(contexts.choice, entry.play))
    return MoodMusic(play, entry.search, entry.language, entry.artist, entry.youtube)
