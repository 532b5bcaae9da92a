"""Reads the configuration: YAML to the frozen classes of `settings`, or one clear line about what is wrong with it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec
import yaml

from moodkiosk.config import document, limits, mistakes
from moodkiosk.config.document import ConfigError as ConfigError  # what `load` raises
from moodkiosk.config.settings import Config
from moodkiosk.decide.music import contexts
from moodkiosk.host.files import read_at_most
from moodkiosk.words.reason import Reason

SECRET_FILES = (
    "mqtt.password_file",
    "mqtt.tls.ca_file",
    "mqtt.tls.certificate_file",
    "mqtt.tls.key_file",
    "web.password_file",
    "mpd.password_file",
)
RETIRED = {"mood": ("window_seconds", "enter_share", "exit_share", "min_confidence")}
"""Keys of earlier versions that mean nothing any more: they are passed over, so that an update stops no kiosk."""
LEAST_READINGS = 3
"""With fewer, a mood could settle on a single frame."""
log = logging.getLogger("moodkiosk.config")
SECRET_BYTES = 64 * 1024
"""No password is longer."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def load(path: Path | None, secrets: bool = True) -> Config:
    """Reads `path`; None gives the defaults. Raises ConfigError.

    `secrets=False` is for sense, whose user may not read act's passwords and must not need to.
    """
    if path is None:
        return Config()
    root = document.compose(path)
    plain = document.plain(root, path)
    _retire(plain, path)
    try:
        config = msgspec.convert(plain, Config, strict=True)
    except msgspec.ValidationError as error:
        raise document.mistake(path, root, *mistakes.explain(error, plain)) from None
    for section, name in limits.unknown_keys(plain, Config):
        raise document.mistake(path, root, *mistakes.unknown_key(section, name))
    for keys, text in limits.wrong(config, Config):
        raise document.mistake(path, root, keys, text)
    _check_meaning(config, root, path, secrets)
    return config


def secret(file: str) -> str:
    """The content of a secret's file, without the line end. Raises ValueError for one that is none, and OSError."""
    try:
        return read_at_most(Path(file), SECRET_BYTES).decode().strip()
    except UnicodeDecodeError as error:
        raise ValueError(Reason("config.secret_no_text", file=file, byte=error.start)) from None


def _retire(plain: object, path: Path) -> None:
    """Takes out what earlier versions knew, and says so."""
    for section, keys in RETIRED.items():
        values = plain.get(section) if isinstance(plain, dict) else None
        if not isinstance(values, dict):
            continue
        gone = [key for key in keys if key in values]
        for key in gone:
            del values[key]
        if gone:
            log.warning(
                "%s: %s.%s means nothing any more (see mood.sure and mood.settle_seconds in the example)",
                path, section, f", {section}.".join(gone),
            )  # fmt: skip


def _check_meaning(config: Config, root: yaml.Node, path: Path, secrets: bool) -> None:
    """What types cannot say: thresholds in order, secret files that are there."""

    def fail(key: str, text: str) -> None:
        raise document.mistake(path, root, key.split("."), text)

    if config.sense.idle_rate_hz > config.sense.most_hz:
        fail("sense.idle_rate_hz", Reason("config.at_most_active", most=config.sense.active_rate_hz))
    for name, pixels in (("width", config.camera.width), ("height", config.camera.height)):
        if pixels % 2:
            fail(f"camera.{name}", Reason("config.even", got=pixels))
    least = LEAST_READINGS / config.sense.most_hz
    if config.mood.settle_seconds < least:
        fail("mood.settle_seconds", Reason("config.settle", least=f"{least:g}", readings=LEAST_READINGS))
    if config.music.player == "spotify" and not config.spotify.client_id:
        fail("music.player", Reason("config.spotify_client"))
    if config.music.player == "spotify":
        for name, music in config.music.moods.items():
            for index, entry in enumerate(music.play):
                if contexts.choice(entry).kind == "stream":
                    fail(f"music.moods.{name}.play.{index}", Reason("config.spotify_streams"))
    if config.web.enabled and config.web.host not in LOOPBACK and not config.web.password_file:
        fail("web.host", Reason("config.web_password"))
    for key in SECRET_FILES if secrets else ():
        value: object = config
        for part in key.split("."):
            value = getattr(value, part, "")
        if value and not Path(str(value)).is_file():
            fail(key, Reason("config.no_file", file=str(value)))
        if value and not os.access(str(value), os.R_OK):
            fail(key, Reason("config.not_for_this_user", file=str(value)))
        if value and key in ("mqtt.password_file", "mpd.password_file"):
            try:
                secret(str(value))
            except ValueError as error:
                fail(key, str(error))
