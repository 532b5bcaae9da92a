"""Reads the configuration: YAML to the frozen classes of `settings`, or one clear line about what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import yaml

from moodkiosk.config import limits, mistakes
from moodkiosk.config.settings import Config

LIMIT_BYTES = 256 * 1024
"""A configuration larger than this is not one."""

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


class ConfigError(Exception):
    """The operator's mistake, as one line: file, line, path of the key, what was expected."""


def load(path: Path | None, secrets: bool = True) -> Config:
    """Reads `path`; None gives the defaults. Raises ConfigError.

    `secrets=False` is for sense, whose user may not read act's passwords and must not need to.
    """
    if path is None:
        return Config()
    node = _compose(path)
    plain = _plain(node, path)
    try:
        config = msgspec.convert(plain, Config, strict=True)
    except msgspec.ValidationError as error:
        raise _mistake(path, node, *mistakes.explain(error, plain)) from None
    for section, name in limits.unknown_keys(plain, Config):
        raise _mistake(path, node, *mistakes.unknown_key(section, name))
    for keys, text in limits.wrong(config, Config):
        raise _mistake(path, node, keys, text)
    _check_meaning(config, node, path, secrets)
    return config


def _mistake(path: Path, root: yaml.Node, keys: list[str], text: str) -> ConfigError:
    return ConfigError(f"{path}:{mistakes.line_of(root, keys)}: {'.'.join(keys) or 'top level'}: {text}")


def secret(file: str) -> str:
    """The content of a secret's file, without the line end."""
    return Path(file).read_text(encoding="utf-8").strip()


def _compose(path: Path) -> yaml.MappingNode:
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise ConfigError(
                f"{path}: larger than {LIMIT_BYTES // 1024} KiB; this is not a configuration of moodkiosk"
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start})") from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        problem = error.problem or "is not YAML"
        if "'\\t'" in problem:
            problem = "a tab; YAML is indented with spaces"
        raise ConfigError(f"{path}:{mark.line + 1 if mark else 1}: {problem}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path}:1: is not YAML: {str(error).splitlines()[0]}") from None
    if node is None:
        raise ConfigError(
            f"{path}: is empty; expected sections such as 'music:' (config/moodkiosk.example.yaml has them all)"
        )
    if not isinstance(node, yaml.MappingNode):
        found = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
        raise ConfigError(f"{path}:1: expected sections such as 'music:', found {found}")
    return node


def _plain(node: yaml.Node, path: Path, depth: int = 0) -> object:
    """The node as dicts, lists and scalars; duplicate keys, anchors run wild and odd keys are errors."""
    if depth > 8:
        raise ConfigError(f"{path}:{node.start_mark.line + 1}: nested too deeply")
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, path, depth + 1) for child in node.value]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, object] = {}
        for key, value in node.value:
            name = key.value
            if not isinstance(name, str):
                raise ConfigError(f"{path}:{key.start_mark.line + 1}: a key must be a word")
            if name in found:
                raise ConfigError(f"{path}:{key.start_mark.line + 1}: '{name}' is there twice")
            plain = _plain(value, path, depth + 1)
            if plain is not None or depth > 0:
                found[name] = plain  # "music:" with nothing under it means the defaults
        return found
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{path}:{node.start_mark.line + 1}: {str(error).splitlines()[0]}") from None
    finally:
        loader.dispose()


def _check_meaning(config: Config, root: yaml.Node, path: Path, secrets: bool) -> None:
    """What types cannot say: thresholds in order, secret files that are there."""

    def fail(key: str, text: str) -> None:
        raise _mistake(path, root, key.split("."), text)

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
