"""The configuration: every key documented, every mistake answered by one clear line."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
import yaml

from moodkiosk.config import load
from moodkiosk.config.settings import Config

EXAMPLE = Path(__file__).parents[2] / "config" / "moodkiosk.example.yaml"


def keys_of(kind: object, path: str = "") -> set[str]:
    """Every key that a settings class has, as a path; of a mapping to sections the key is "*"."""
    if get_origin(kind) in {Annotated, Union, UnionType, Mapping}:
        inner = [each for each in get_args(kind) if isinstance(each, type)]
        star = f"{path}.*" if get_origin(kind) is Mapping else path
        return set().union(*(keys_of(each, star) for each in inner))
    if not (isinstance(kind, type) and (dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct))):
        return set()
    hints = get_type_hints(kind, include_extras=True)
    return set().union(*({f"{path}.{name}"} | keys_of(hint, f"{path}.{name}") for name, hint in hints.items()))


def keys_in(plain: object, path: str = "") -> set[str]:
    """Every key that stands in a YAML text; below `moods` the names are "*"."""
    if not isinstance(plain, dict):
        return set()
    named = {name: "*" if path.endswith(".moods") else name for name in plain}
    found = {f"{path}.{shown}" for shown in named.values() if shown != "*"}
    return found.union(*(keys_in(value, f"{path}.{named[name]}") for name, value in plain.items()))


def with_what_is_commented(text: str) -> str:
    """The example with the sections that stand in it as comments, such as `# tls:`, put in place."""
    return re.sub(r"^( +)# ( *[a-z_]+:)", r"\1\2", text.replace("  moods: {}", "  #"), flags=re.MULTILINE)


def test_the_example_stands_for_the_defaults() -> None:
    assert load.load(EXAMPLE) == Config()


def test_the_example_documents_every_key_and_no_other(tmp_path: Path) -> None:
    whole = tmp_path / "whole.yaml"
    whole.write_text(with_what_is_commented(EXAMPLE.read_text(encoding="utf-8")), encoding="utf-8")
    assert load.load(whole, secrets=False).mqtt.tls is not None, "what stands there as a comment can be used"
    assert keys_in(yaml.safe_load(whole.read_text(encoding="utf-8"))) == keys_of(Config)


@pytest.mark.parametrize(("key", "instead"), [("  leave_seconds: 30.0", "  #"), ("  # tls:", "  # tsl:")])
def test_a_key_that_is_missing_or_misspelt_in_the_example_is_noticed(key: str, instead: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert key in text
    found = keys_in(yaml.safe_load(with_what_is_commented(text.replace(key, instead))))
    assert found != keys_of(Config)


MISTAKES = {
    "unknown key with a suggestion": ("mqtt:\n  prot: 3\n", ":2: mqtt.prot: unknown key; did you mean 'port'?"),
    "unknown key in a mood": ("music:\n  moods:\n    sad: {plya: [x]}\n", ":3: music.moods.sad.plya: unknown key"),
    "wrong type": ("mqtt:\n  port: hello\n", ":2: mqtt.port: expected a whole number, got a text"),
    "impossible value": ("mqtt:\n  port: 99999\n", ":2: mqtt.port: expected a whole number <= 65535"),
    "not a number": ("sense:\n  active_rate_hz: .nan\n", ":2: sense.active_rate_hz: expected"),
    "an id with a slash": ("kiosk:\n  id: a/b\n", ":2: kiosk.id: expected letters, digits"),
    "bad hours": ("music: {quiet_hours: ['22:30-7']}", ':1: music.quiet_hours.0: expected hours such as "22:30-07:00"'),
    "no such player": (
        "music: {player: foo}",
        ":1: music.player: expected 'dry-run' or 'mqtt' or 'spotify', got 'foo'",
    ),
    "no quotes": ("mqtt:\n  protocol: 5\n", ":2: mqtt.protocol: expected '3.1.1' or '5', in quotes, got 5"),
    "a text for a list": (
        "music:\n  moods:\n    sad: {play: Sunny}\n",
        ":3: music.moods.sad.play: expected a list, such as [one, two], got a text",
    ),
    "a text for a section": ("mqtt:\n  tls: x\n", ":2: mqtt.tls: expected a section with keys of its own or nothing"),
    "an odd width": ("camera:\n  width: 641\n", ":2: camera.width: expected an even number, got 641"),
    "a link that is none": (
        "music:\n  moods:\n    sad: {youtube: 'javascript:alert(1)'}\n",
        ":3: music.moods.sad.youtube: expected a link that begins with https://",
    ),
    "an unknown key in the taste": ("music: {taste: {artits: x}}", ":1: music.taste.artits: unknown key; did you mean"),
    "a share above 1": ("mood: {exit_share: 1.5}", ":1: mood.exit_share: expected a number from 0 to 1, got 1.5"),
    "a share that is no number": ("mood: {exit_share: .nan}", ":1: mood.exit_share: expected a number from 0 to 1"),
    "a text too long": (
        f"music: {{taste: {{artist: {'x' * 101}}}}}",
        ":1: music.taste.artist: expected a text of at most",
    ),
    "an unknown key in presence": (
        "presence:\n  leave_second: 3\n",
        ":2: presence.leave_second: unknown key; did you mean",
    ),
    "thresholds crossed": ("mood:\n  exit_share: 0.9\n", ":2: mood.exit_share: expected at most enter_share"),
    "missing secret file": ("mqtt:\n  password_file: /nowhere/pw\n", ":2: mqtt.password_file: there is no file"),
    "page open to all": ("web:\n  host: 0.0.0.0\n", ":2: web.host: another address than 127.0.0.1 needs"),
    "spotify without an app": ("music: {player: spotify}", ":1: music.player: 'spotify' needs spotify.client_id"),
    "a track": (
        "music:\n  moods:\n    happy:\n      play: ['https://open.spotify.com/track/abc']\n",
        ":4: music.moods.happy.play.0: expected a playlist, an album or an artist, got the link of a track",
    ),
    "a window too short": ("mood: {window_seconds: 0.5}", ":1: mood.window_seconds: expected at least 0.6, room for 3"),
    "a list": ("- a\n", ":1: expected sections such as 'music:', found a list"),
    "a word": ("hello\n", ":1: expected sections such as 'music:', found a single value"),
    "empty": ("", ": is empty"),
    "only a comment": ("# nothing\n", ": is empty"),
    "a tab": ("mqtt:\n\tport: 3\n", ":2: a tab; YAML is indented with spaces"),
    "a key twice": ("mqtt: {}\nmqtt: {}\n", ":2: 'mqtt' is there twice"),
    "not YAML": ("a: b: c\n", ":1: mapping values are not allowed here"),
    "10 MB": ("#" * 10_000_000, ": larger than 256 KiB"),
    "an alias of itself": ("a: &a [*a]\n", ":1: "),
    "a date": ("kiosk: {name: 2026-11-01}", ":1: kiosk.name: expected a text, got"),
    "binary": ("kiosk: {name: !!binary '%%%'}", ":1: "),
    "python object": ("kiosk: {name: !!python/object/apply:os.getcwd []}", ":1: "),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_with_file_line_and_path(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(load.ConfigError) as caught:
        load.load(file)
    message = str(caught.value)
    assert message.startswith(f"{file}{expected}")
    assert "\n" not in message


def test_bytes_that_are_no_text_and_missing_files_are_said(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(load.ConfigError, match="is not UTF-8 text"):
        load.load(file)
    with pytest.raises(load.ConfigError, match="No such file"):
        load.load(tmp_path / "none.yaml")


def test_sense_does_not_need_to_read_acts_secrets(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("mqtt: {password_file: /nowhere/pw}", encoding="utf-8")
    assert load.load(file, secrets=False).mqtt.password_file == "/nowhere/pw"


@pytest.mark.parametrize("command", ["sense", "act", "run", "status", "doctor"])
def test_every_command_ends_with_2_and_one_line_for_a_bad_config(tmp_path: Path, command: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("mqtt: {prot: 3}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "moodkiosk", command, "--config", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "mqtt.prot: unknown key" in done.stderr
