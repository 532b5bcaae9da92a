"""Checks of what stands beside the kiosk on a Pi: its services, the broker's, a raspotify speaker, the screen."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from moodkiosk.config.load import LOOPBACK
from moodkiosk.config.settings import Config
from moodkiosk.operate.doctor.finding import SUDO, Finding
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

HALVES = ("moodkiosk-act.service", "moodkiosk-sense.service")
DISPLAY = "moodkiosk-display.service"
MOSQUITTO = "mosquitto.service"
RASPOTIFY = Path("/etc/raspotify/conf")
SPEAKERS = {
    "go-librespot": Reason("doctor.connect_go", name="go-librespot"),
    "go-librespot-da": Reason("doctor.connect_go", name="go-librespot-da"),
    "soloist": Reason("doctor.connect_soloist", name="soloist"),
    "spotifyd": Reason("doctor.connect_librespot", name="spotifyd"),
    "librespot": Reason("doctor.connect_librespot", name="librespot"),
}
"""Connect speakers by the name of their process (at most 15 letters), with the sentence about each."""
CACHE_OFF = re.compile(r"^\s*LIBRESPOT_DISABLE_CREDENTIAL_CACHE=", re.MULTILINE)
NAME = re.compile(r"^\s*LIBRESPOT_NAME=[\"']?([^\"'\n]*)", re.MULTILINE)


def services(_: Config) -> Finding:
    """Both halves run, where they are installed."""
    states = {unit: _states(unit) for unit in HALVES}
    if any(loaded != "loaded" for loaded, _ in states.values()):
        return Finding("services", "skipped", Reason("doctor.no_services"))
    if stopped := [unit for unit, (_, active) in states.items() if active != "active"]:
        text = Reason(
            "cli.words", words=[Reason("doctor.unit_is", unit=unit, state=states[unit][1]) for unit in stopped]
        )
        return Finding("services", "failed", text, f"journalctl -u {stopped[0]} -n 20")
    return Finding("services", "ok", Reason("doctor.both_run"))


def mosquitto(settings: Config) -> Finding:
    """Where the broker is to be on this machine: it runs, and will after the next power cut."""
    if not settings.mqtt.enabled or settings.mqtt.host not in LOOPBACK:
        return Finding("mosquitto", "skipped", Reason("doctor.broker_elsewhere"))
    loaded, active = _states(MOSQUITTO)
    if loaded == "none":
        return Finding("mosquitto", "skipped", Reason("doctor.no_systemd"))
    if loaded == "not-found":
        text = Reason("doctor.no_mosquitto", host=settings.mqtt.host)
        return Finding("mosquitto", "note", text, Reason("doctor.no_mosquitto_do"))
    if active != "active":
        return Finding(
            "mosquitto", "failed", Reason("doctor.is", state=active), "sudo systemctl enable --now mosquitto"
        )
    if _ask("UnitFileState", MOSQUITTO) == ["disabled"]:
        return Finding("mosquitto", "note", Reason("doctor.not_at_boot"), "sudo systemctl enable mosquitto")
    return Finding("mosquitto", "ok", Reason("doctor.mosquitto"))


def raspotify(settings: Config, conf: Path = RASPOTIFY) -> Finding:
    """A raspotify speaker on this machine keeps its sign-in, and has the name that is configured."""
    try:
        text = conf.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return Finding("raspotify", "skipped", Reason("doctor.not_installed"))
    except OSError as error:
        return Finding("raspotify", "note", Reason("file.unusable", path=str(conf), reason=system(error)), SUDO)
    if CACHE_OFF.search(text):
        return Finding(
            "raspotify",
            "note",
            Reason("doctor.raspotify_forgets"),
            Reason("doctor.raspotify_forgets_do", file=str(conf)),
        )
    if (active := _states("raspotify.service")[1]) in ("inactive", "failed"):
        return Finding("raspotify", "note", Reason("doctor.is", state=active), Reason("doctor.raspotify_enable"))
    name = NAME.search(text)
    if name and settings.music.player == "spotify" and name[1].casefold() != settings.music.speaker.casefold():
        said = Reason("doctor.raspotify_name", name=name[1], speaker=settings.music.speaker)
        return Finding("raspotify", "note", said, Reason("doctor.raspotify_name_do"))
    return Finding("raspotify", "ok", Reason("doctor.raspotify"))


def connect(settings: Config, processes: Path = Path("/proc")) -> Finding:
    """Which Connect speaker runs on this machine, and what it needs so that Spotify's Web API knows it."""
    running = []
    for file in processes.glob("[0-9]*/comm"):
        try:
            running.append(file.read_text(encoding="utf-8", errors="replace").strip())
        except OSError:
            continue  # it has ended
    text = next((sentence for name, sentence in SPEAKERS.items() if name in running), None)
    if text is None:
        return Finding("Connect speaker", "skipped", Reason("doctor.no_connect"))
    if settings.music.player == "spotify":
        return Finding("Connect speaker", "ok", text)
    return Finding("Connect speaker", "note", text, Reason("doctor.connect_unused", player=settings.music.player))


def display(_: Config) -> Finding:
    """The screen's unit runs, where it is enabled."""
    loaded, active = _states(DISPLAY)
    if loaded != "loaded" or active == "inactive":
        return Finding("screen", "skipped", Reason("doctor.no_screen"))
    if active != "active":
        return Finding(
            "screen", "failed", Reason("doctor.unit_is", unit=DISPLAY, state=active), f"journalctl -u {DISPLAY} -n 20"
        )
    return Finding("screen", "ok", Reason("doctor.screen"))


def _states(unit: str) -> tuple[str, str]:
    """(LoadState, ActiveState) of a unit; ("none", "none") without a systemd that answers."""
    loaded, active = _ask("LoadState", unit), _ask("ActiveState", unit)
    return (loaded[0], active[0]) if loaded and active else ("none", "none")


def _ask(what: str, unit: str) -> list[str]:
    """The words of a property of a unit; none without a systemd that answers."""
    command = ["systemctl", "show", "-P", what, unit]
    try:
        return subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=10, check=False
        ).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return []
