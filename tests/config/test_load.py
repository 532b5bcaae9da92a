"""The configuration: every key documented, every mistake answered by one clear line."""

from __future__ import annotations

import dataclasses
import os
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

from moodkiosk import decide
from moodkiosk.config import load, settings
from moodkiosk.config.settings import Config
from moodkiosk.decide.settings import MusicSettings
from moodkiosk.failure import LINE_LETTERS
from moodkiosk.words.language import translated

PLAYERS = " or ".join(f"'{name}'" for name in sorted(get_args(get_type_hints(MusicSettings)["player"])))
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
    """Every key that stands in a YAML text; below `moods` and `searches` the names are "*"."""
    if not isinstance(plain, dict):
        return set()
    named = {name: "*" if path.endswith((".moods", ".searches")) else name for name in plain}
    found = {f"{path}.{shown}" for shown in named.values() if shown != "*"}
    return found.union(*(keys_in(value, f"{path}.{named[name]}") for name, value in plain.items()))


def with_what_is_commented(text: str) -> str:
    """The example with the sections that stand in it as comments, such as `# tls:`, put in place."""
    return re.sub(r"^( +)# ( *[a-z_]+:)", r"\1\2", text.replace("  moods: {}", "  #"), flags=re.MULTILINE)


def test_a_password_that_is_no_text_is_said_at_start(tmp_path: Path) -> None:
    (tmp_path / "pw").write_bytes(b"\xff\xfe")
    file = tmp_path / "config.yaml"
    file.write_text(f"mqtt:\n  password_file: {tmp_path / 'pw'}\n", encoding="utf-8")
    with pytest.raises(load.ConfigError, match=r":2: mqtt.password_file: .* is not UTF-8 text \(byte 0\)"):
        load.load(file)


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


def classes() -> list[type]:
    """Every class of settings that there is, whether the configuration has come to use it or not."""
    return [
        kind
        for module in (settings, decide.settings)
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__
        if dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct)
        if kind not in (settings.Section, decide.settings.Settings)
    ]


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_a_new_key_is_asked_of_the_example_in_whatever_class_it_stands(kind: type) -> None:
    """One line in code, one in the example: every class is among those that the two are compared by."""
    sections: dict[str, set[str]] = {}
    for section, _, key in (path.rpartition(".") for path in keys_of(Config)):
        sections.setdefault(section, set()).add(key)
    assert set(get_type_hints(kind)) in sections.values()


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
        f":1: music.player: expected {PLAYERS}, got 'foo'",
    ),
    "no such language": ("web:\n  language: elvish\n", ":2: web.language: expected 'auto' or '"),
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
    "a share above 1": ("mood: {sure: 1.5}", ":1: mood.sure: expected a number from 0.5 to 0.99, got 1.5"),
    "a share that is no number": ("mood: {sure: .nan}", ":1: mood.sure: expected a number from 0.5 to 0.99"),
    "a text too long": (
        f"music: {{taste: {{artist: {'x' * 101}}}}}",
        ":1: music.taste.artist: expected a text of at most",
    ),
    "an unknown key in presence": (
        "presence:\n  leave_second: 3\n",
        ":2: presence.leave_second: unknown key; did you mean",
    ),
    "no name of a machine": ("mpd:\n  host: nas..local\n", ":2: mpd.host: expected the name or address of a machine"),
    "a name that DNS cannot have": (f"mqtt: {{host: {'x' * 64}}}", ":1: mqtt.host: expected the name or address"),
    "no name at all": ("web: {host: ''}", ":1: web.host: expected the name or address"),
    "an address with more before it": ("mqtt: {host: 'mqtt://nas'}", ":1: mqtt.host: expected the name or address"),
    "a socket that no kernel takes": (
        f"mpd: {{host: /{'x' * 120}}}",
        ":1: mpd.host: the path of a socket has at most 107 bytes, this one 121",
    ),
    "missing secret file": ("mqtt:\n  password_file: /nowhere/pw\n", ":2: mqtt.password_file: there is no file"),
    "page open to all": ("web:\n  host: 0.0.0.0\n", ":2: web.host: another address than 127.0.0.1 needs"),
    "spotify without an app": ("music: {player: spotify}", ":1: music.player: 'spotify' needs spotify.client_id"),
    "a radio for Spotify": (
        "spotify: {client_id: 0123456789abcdef0123456789abcdef}\nmusic:\n  player: spotify\n  moods:\n    sad: {play: ['https://radio.example/live']}\n",
        ":5: music.moods.sad.play.0: Spotify plays no other addresses than its own",
    ),
    "a track": (
        "music:\n  moods:\n    happy:\n      play: ['https://open.spotify.com/track/abc']\n",
        ":4: music.moods.happy.play.0: expected a playlist, an album or an artist, got the link of a track",
    ),
    "a mood that settles too soon": (
        "mood: {settle_seconds: 0.5}",
        ":1: mood.settle_seconds: expected at least 0.6,",
    ),
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
    "python scalar": ("kiosk: {name: !!python/name:os.getcwd ''}", ":1: kiosk.name: no value of a configuration has"),
    "no whole number": ('mqtt:\n  port: !!int ""\n', ":2: mqtt.port: '' is not a whole number"),
    "no number": ("mood: {sure: !!float _}", ":1: mood.sure: '_' is not a number"),
    "neither true nor false": (
        "web:\n  enabled: !!bool maybe\n",
        ":2: web.enabled: 'maybe' is not true or false",
    ),
    "no date": ("kiosk: {name: !!timestamp soon}", ":1: kiosk.name: 'soon' is not a date"),
    "5,000 digits": (f"mqtt: {{port: {'9' * 5000}}}", ":1: mqtt.port: '9999"),
    "5,000 hexadecimal digits": (f"mqtt: {{port: 0x{'f' * 5000}}}", ":1: mqtt.port: expected a whole number <= 65535"),
    "a number of 400 digits": (f"mood: {{sure: {'9' * 400}}}", ":1: mood.sure: the number is out of range"),
    "a percentage of 400 digits": (
        f"music: {{volume_percent_max: {'9' * 400}}}",
        ":1: music.volume_percent_max: expected a whole number from 0 to 100, got a number of more than 300 digits",
    ),
    "1e3": ("mqtt:\n  port: 1e3\n", ":2: mqtt.port: expected a whole number, got a text '1e3': write 1000 or 1.0e+3"),
    "a number in quotes": (
        "sense: {active_rate_hz: '5'}",
        ":1: sense.active_rate_hz: expected a number or 'auto', got a text '5': write 5",
    ),
    "another word than auto": (
        "sense: {active_rate_hz: fast}",
        ":1: sense.active_rate_hz: expected a number or 'auto', got 'fast'",
    ),
    "a decimal comma": (
        "sense:\n  active_rate_hz: 2,5\n",
        ":2: sense.active_rate_hz: expected a number or 'auto', got a text '2,5': write 2.5",
    ),
    "an octal number": ("mqtt: {port: 010}", ":1: mqtt.port: '010' means 8 to YAML; write that"),
    "a time of day": ("mood: {manual_minutes: 1:30}", ":1: mood.manual_minutes: '1:30' means 90 to YAML"),
    "an id with a line break": ('kiosk: {id: "kiosk\\n"}', ":1: kiosk.id: the text has a line break"),
    "a line break": (
        "kiosk:\n  name: |\n    Ours\n",
        ":2: kiosk.name: the text has a line break; write it on one line",
    ),
    "half a character": ('kiosk: {name: "\\ud800"}', ":1: kiosk.name: the text has half a character"),
    "half a character in a key": ('"\\udfff": 1', ":1: a key has half a character"),
    "no character at all": ('kiosk: {name: "\\UFFFFFFFF"}', ":1: is not YAML"),
    "a NUL": ('mqtt: {password_file: "a\\0b"}', ":1: mqtt.password_file: the text has a control character"),
    "a path of 5,000 letters": (
        f"mqtt: {{password_file: {'x' * 5000}}}",
        ":1: mqtt.password_file: expected a path, got 5000 letters",
    ),
    "a long path of short names": (f"paths: {{state: {'/x' * 2500}}}", ":1: paths.state: expected a path, got 5000"),
    "a name of many bytes": (f"model: {{file: {'ä' * 130}}}", ":1: model.file: expected a path, got 130 letters"),
    "home as ~": ("paths:\n  state: ~/kiosk\n", ":2: paths.state: expected the whole path, such as /"),
    "home as $HOME": ("web: {password_file: $HOME/pw}", ":1: web.password_file: expected the whole path, such as /"),
    "somebody's home": ("camera: {source: ~nobody-of-that-name/x.mp4}", ":1: camera.source: expected the whole path;"),
    "deep": ("music:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 30)), ":10: nested too deeply"),
    "very deep": ("a: " + "[" * 100_000, ":1: "),
}


def aliases(levels: int) -> str:
    """A few lines that stand for 10 to the power of `levels` values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


MISTAKES |= {
    "deep without end": ("a: " + "[" * 250_000, ":1: nested too deeply"),
    "braces without end": ("a: " + "{" * 250_000, ":1: nested too deeply"),
    "keys without end": ("".join(f"k{n}: 1\n" for n in range(25_000)), ":10000: too much"),
    "aliases of aliases": (aliases(7), ":4: a3: too much: more than 10000 values"),
    "one alias many times": (f"a: &a [x, y, z]\nb: [{'*a, ' * 5000}]", ":2: b: too much"),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_with_file_line_and_path(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(load.ConfigError) as caught:
        load.load(file)
    message = str(caught.value)
    assert message.startswith(f"{file}{expected}")
    assert message.isprintable()
    assert len(message) <= LINE_LETTERS


@pytest.mark.slow
def test_every_mistake_is_told_in_german_as_well(tmp_path: Path) -> None:
    """Down to the kinds of values; what YAML itself says of a text that is none stays English."""
    file = tmp_path / "config.yaml"
    for name, (text, _) in MISTAKES.items():
        file.write_text(text, encoding="utf-8")
        with pytest.raises(load.ConfigError) as caught:
            load.load(file)
        told = translated(str(caught.value), "de")
        assert told.startswith(f"{file}"), name
        assert not re.search(r"\b(expected|got|number|unknown|cannot|has|is)\b", told), told


def test_aliases_that_are_few_mean_what_they_stand_for(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("music:\n  quiet_hours: &night ['23:00-06:00']\ncamera:\n  off_hours: *night\n")
    assert load.load(file).camera.off_hours == ("23:00-06:00",)


def test_a_url_may_be_longer_than_a_path(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    source = f"https://camera.example/live?token={'x' * 600}"
    file.write_text(f"camera: {{source: '{source}'}}", encoding="utf-8")
    assert load.load(file).camera.source == source


def test_a_file_saved_on_windows_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(b"\xef\xbb\xbfkiosk:\r\n  name: K\xc3\xbcche\r\n")
    assert load.load(file).kiosk.name == "Küche"


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


def test_what_an_earlier_version_knew_stops_no_kiosk_and_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("mood: {window_seconds: 4.0, enter_share: 0.6, settle_seconds: 3.0}\n")
    assert load.load(file).mood.settle_seconds == 3.0
    assert "mood.window_seconds, mood.enter_share means nothing any more" in caplog.text


def test_a_pipe_is_no_configuration_and_nobody_waits_for_it(tmp_path: Path) -> None:
    """A reload would stand still, and with it the half that reloads."""
    pipe, secret = tmp_path / "config.yaml", tmp_path / "pw"
    os.mkfifo(pipe)
    with pytest.raises(load.ConfigError, match="cannot be read"):
        load.load(pipe)
    os.mkfifo(secret)
    with pytest.raises(OSError, match="not a regular file"):
        load.secret(str(secret))
    secret.unlink()
    secret.write_bytes(b"x" * 100_000)
    with pytest.raises(ValueError, match="larger"):
        load.secret(str(secret))
    secret.write_bytes(b"caf\xe9")
    pipe.unlink()
    pipe.write_text(f"mpd: {{password_file: {secret}}}", encoding="utf-8")
    with pytest.raises(load.ConfigError, match=r":1: mpd.password_file: .* is not UTF-8 text"):
        load.load(pipe)
