"""Chooses the configured player; the rest of act knows only `Player`."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from moodkiosk.act.players.player import Clock, Hear, Player, Publish

if TYPE_CHECKING:
    from pathlib import Path

    from moodkiosk.config.settings import Config


def make(
    config: Config, state_dir: Path, publish: Publish, clock: Clock | None = None, hear: Hear | None = None
) -> Player:
    """The configured player.

    Args:
        config: the whole configuration; `music.player` chooses.
        state_dir: act's state folder; what has to survive a restart is kept there.
        publish: for the player "mqtt".
        clock: the machine's, unless a test brings its own.
        hear: is told by a player whose speaker says by itself what plays; from any thread.
    """
    clock = clock or Clock()
    match config.music.player:  # each is imported only where it is used: some are slow to load
        case "spotify":
            from moodkiosk.act.players.spotify.player import SpotifyPlayer

            return SpotifyPlayer(config, state_dir, clock)
        case "mpd":
            from moodkiosk.act.players.mpd.player import MpdPlayer

            player = MpdPlayer(config, state_dir, clock)
            if hear is not None:
                player.listen(hear)
            return player
        case "mqtt":
            from moodkiosk.act.players.mqtt import MqttPlayer

            topic = config.mqtt.player_topic or f"{config.mqtt.base_topic}/{config.kiosk.id}/play"
            return MqttPlayer(topic, publish, clock.monotonic)
        case "dry-run":
            from moodkiosk.act.players.dryrun import DryRun

            return DryRun(clock.monotonic)
        case unknown:
            assert_never(unknown)
