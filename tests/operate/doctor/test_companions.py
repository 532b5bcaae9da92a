"""What doctor says of the programs beside the kiosk."""

from __future__ import annotations

from pathlib import Path

import pytest

from moodkiosk.config.settings import Config, MqttSettings, SpotifySettings
from moodkiosk.decide.settings import MusicSettings
from moodkiosk.operate.doctor import companions

CONF = """\
# Disable caching of credentials.
{mark}LIBRESPOT_DISABLE_CREDENTIAL_CACHE=
LIBRESPOT_NAME="Living room"
"""
SPOTIFY = Config(music=MusicSettings(player="spotify"), spotify=SpotifySettings(client_id="x"))


@pytest.mark.parametrize(
    ("text", "speaker", "outcome", "words"),
    [
        (CONF.format(mark=""), "Living room", "note", "forgets its sign-in"),
        (CONF.format(mark="#"), "living ROOM", "ok", "keeps its sign-in"),
        (CONF.format(mark="#"), "Kitchen", "note", "its name is “Living room”, music.speaker is “Kitchen”"),
        (None, "Living room", "skipped", "not installed"),
    ],
)
def test_a_raspotify_that_forgets_its_sign_in_or_has_another_name_is_noticed(
    tmp_path: Path, text: str | None, speaker: str, outcome: str, words: str
) -> None:
    if text is not None:
        (tmp_path / "conf").write_text(text, encoding="utf-8")
    config = Config(music=MusicSettings(player="spotify", speaker=speaker), spotify=SPOTIFY.spotify)
    found = companions.raspotify(config, tmp_path / "conf")
    assert (found.outcome, words in found.text) == (outcome, True), found


@pytest.mark.parametrize(
    ("process", "outcome", "words"),
    [
        ("go-librespot", "ok", "go-librespot runs here: 'persist_credentials: true'"),
        ("soloist", "ok", "soloist runs here, Spotify's own"),
        ("librespot", "ok", "librespot#1649"),
        ("spotifyd", "ok", "librespot#1649"),
        ("mpd", "skipped", "none runs"),
    ],
)
def test_a_connect_speaker_on_this_machine_is_known_by_its_process(
    tmp_path: Path, process: str, outcome: str, words: str
) -> None:
    for number, name in (("1", "systemd"), ("77", process), ("self", "soloist")):
        (tmp_path / number).mkdir()
        (tmp_path / number / "comm").write_text(f"{name}\n", encoding="utf-8")
    found = companions.connect(SPOTIFY, tmp_path)
    assert (found.outcome, words in found.text) == (outcome, True), found
    other = companions.connect(Config(), tmp_path)
    assert other.outcome == ("note" if outcome == "ok" else "skipped")


def test_a_machine_without_the_services_is_no_failure() -> None:
    assert companions.services(Config()).outcome in ("skipped", "ok")
    assert companions.display(Config()).outcome in ("skipped", "ok")
    assert companions.mosquitto(Config()).outcome != "failed"


@pytest.mark.parametrize(
    ("load", "active", "file", "outcome", "advice"),
    [
        ("loaded", "active", "enabled", "ok", ""),
        ("loaded", "active", "disabled", "note", "enable mosquitto"),
        ("loaded", "failed", "enabled", "failed", "enable --now mosquitto"),
        ("not-found", "inactive", "", "note", "apt install mosquitto"),
        ("", "", "", "skipped", ""),
    ],
)
def test_a_broker_on_this_machine_must_run_and_start_at_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: str, active: str, file: str, outcome: str, advice: str
) -> None:
    """A systemctl that says what systemd would say."""
    words = {"LoadState": load, "ActiveState": active, "UnitFileState": file}
    cases = "".join(f"{key}) echo {value} ;;\n" for key, value in words.items())
    (tmp_path / "systemctl").write_text(f"#!/bin/sh\ncase $3 in\n{cases}esac\n", encoding="ascii")
    (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = companions.mosquitto(Config())
    assert (found.outcome, advice in found.advice) == (outcome, True), found


def test_a_broker_elsewhere_is_not_looked_for_here() -> None:
    assert companions.mosquitto(Config(mqtt=MqttSettings(host="homeassistant.lan"))).outcome == "skipped"
