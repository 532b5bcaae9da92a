"""Chooses the configured player; the rest of act knows only `Player`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.act.players.player import Clock, Player, Publish

if TYPE_CHECKING:
    from pathlib import Path

    from moodkiosk.config.settings import Config


def make(config: Config, state_dir: Path, publish: Publish, clock: Clock | None = None) -> Player:
    """The configured player.

    Args:
        config: the whole configuration; `music.player` chooses.
        state_dir: act's state folder; what has to survive a restart is kept there.
        publish: for the player "mqtt".
        clock: the machine's, unless a test brings its own.
    """
    clock = clock or Clock()
    if config.music.player == "spotify":
        from moodkiosk.act.players.spotify.player import SpotifyPlayer

        return SpotifyPlayer(config, state_dir, clock)
    if config.music.player == "mqtt":
        from moodkiosk.act.players.mqtt import MqttPlayer

        topic = config.mqtt.player_topic or f"moodkiosk/{config.kiosk.id}/play"
        return MqttPlayer(topic, publish, clock.monotonic)
    from moodkiosk.act.players.dryrun import DryRun

    return DryRun(clock.monotonic)
