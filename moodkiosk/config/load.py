"""Reads the configuration: YAML to the frozen classes of `settings`, or one clear line about what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import yaml

from moodkiosk.config import document, limits, mistakes
from moodkiosk.config.document import ConfigError as ConfigError  # what `load` raises
from moodkiosk.config.settings import Config

SECRET_FILES = (
    "mqtt.password_file",
    "mqtt.tls.ca_file",
    "mqtt.tls.certificate_file",
    "mqtt.tls.key_file",
    "web.password_file",
)
LEAST_READINGS = 3
"""A window with fewer could be settled by a single frame, so nothing would ever settle."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def load(path: Path | None, secrets: bool = True) -> Config:
    """Reads `path`; None gives the defaults. Raises ConfigError.

    `secrets=False` is for sense, whose user may not read act's passwords and must not need to.
    """
    if path is None:
        return Config()
    root = document.compose(path)
    plain = document.plain(root, path)
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
    """The content of a secret's file, without the line end. Raises ValueError for one that is no text, and OSError."""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is not UTF-8 text (byte {error.start})") from None


def _check_meaning(config: Config, root: yaml.Node, path: Path, secrets: bool) -> None:
    """What types cannot say: thresholds in order, secret files that are there."""

    def fail(key: str, text: str) -> None:
        raise document.mistake(path, root, key.split("."), text)

    if config.mood.exit_share > config.mood.enter_share:
        fail(
            "mood.exit_share", f"expected at most enter_share ({config.mood.enter_share}), got {config.mood.exit_share}"
        )
    if config.sense.idle_rate_hz > config.sense.active_rate_hz:
        fail("sense.idle_rate_hz", f"expected at most active_rate_hz ({config.sense.active_rate_hz})")
    for name, pixels in (("width", config.camera.width), ("height", config.camera.height)):
        if pixels % 2:
            fail(f"camera.{name}", f"expected an even number, got {pixels}")
    least = LEAST_READINGS / config.sense.active_rate_hz
    if config.mood.window_seconds < least:
        fail(
            "mood.window_seconds", f"expected at least {least:g}, room for {LEAST_READINGS} readings at active_rate_hz"
        )
    if config.music.player == "spotify" and not config.spotify.client_id:
        fail("music.player", "'spotify' needs spotify.client_id (docs/spotify.md says where it comes from)")
    if config.web.enabled and config.web.host not in LOOPBACK and not config.web.password_file:
        fail(
            "web.host",
            "another address than 127.0.0.1 needs web.password_file (make one with 'moodkiosk web-password')",
        )
    for key in SECRET_FILES if secrets else ():
        value: object = config
        for part in key.split("."):
            value = getattr(value, part, "")
        if value and not Path(str(value)).is_file():
            fail(key, f"there is no file {value}")
        if value and not os.access(str(value), os.R_OK):
            fail(key, f"{value} cannot be read by this user")
        if value and key == "mqtt.password_file":
            try:
                secret(str(value))
            except ValueError as error:
                fail(key, str(error))
