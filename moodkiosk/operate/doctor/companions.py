"""Checks of what stands beside the kiosk on a Pi: its services, the broker's, a raspotify speaker, the screen."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from moodkiosk.config.load import LOOPBACK
from moodkiosk.config.settings import Config
from moodkiosk.operate.doctor.finding import Finding

HALVES = ("moodkiosk-act.service", "moodkiosk-sense.service")
DISPLAY = "moodkiosk-display.service"
MOSQUITTO = "mosquitto.service"
RASPOTIFY = Path("/etc/raspotify/conf")
SPEAKERS = {
    "go-librespot": ": 'persist_credentials: true' below 'zeroconf' lets it be known after a restart",
    "go-librespot-da": ": 'persist_credentials: true' below 'zeroconf' lets it be known after a restart",
    "soloist": ", Spotify's own",
    "spotifyd": "; accounts made since December 2024 may be refused (librespot#1649)",
    "librespot": "; accounts made since December 2024 may be refused (librespot#1649)",
}
"""Connect speakers by the name of their process (at most 15 letters), with what is to be said of each."""
CACHE_OFF = re.compile(r"^\s*LIBRESPOT_DISABLE_CREDENTIAL_CACHE=", re.MULTILINE)
NAME = re.compile(r"^\s*LIBRESPOT_NAME=[\"']?([^\"'\n]*)", re.MULTILINE)


def services(_: Config) -> Finding:
    """Both halves run, where they are installed."""
    states = {unit: _states(unit) for unit in HALVES}
    if any(loaded != "loaded" for loaded, _ in states.values()):
        return Finding("services", "skipped", "not installed as services here")
    if stopped := [unit for unit, (_, active) in states.items() if active != "active"]:
        text = ", ".join(f"{unit} is {states[unit][1]}" for unit in stopped)
        return Finding("services", "failed", text, f"journalctl -u {stopped[0]} -n 20")
    return Finding("services", "ok", "both halves run")


def mosquitto(settings: Config) -> Finding:
    """Where the broker is to be on this machine: it runs, and will after the next power cut."""
    if not settings.mqtt.enabled or settings.mqtt.host not in LOOPBACK:
        return Finding("mosquitto", "skipped", "the broker is not on this machine")
    loaded, active = _states(MOSQUITTO)
    if loaded == "none":
        return Finding("mosquitto", "skipped", "there is no systemd here to ask")
    if loaded == "not-found":
        text = f"is not installed here, and mqtt.host is {settings.mqtt.host}"
        return Finding("mosquitto", "note", text, "sudo apt install mosquitto; or set mqtt.host to where the broker is")
    if active != "active":
        return Finding("mosquitto", "failed", f"is {active}", "sudo systemctl enable --now mosquitto")
    if _ask("UnitFileState", MOSQUITTO) == ["disabled"]:
        return Finding("mosquitto", "note", "will not start at the next boot", "sudo systemctl enable mosquitto")
    return Finding("mosquitto", "ok", "runs, and starts at boot")


def raspotify(settings: Config, conf: Path = RASPOTIFY) -> Finding:
    """A raspotify speaker on this machine keeps its sign-in, and has the name that is configured."""
    try:
        text = conf.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return Finding("raspotify", "skipped", "not installed here")
    except OSError as error:
        return Finding("raspotify", "note", f"{conf}: {error.strerror}", "run this with sudo")
    if CACHE_OFF.search(text):
        return Finding(
            "raspotify",
            "note",
            "it forgets its sign-in at every restart, and is then unknown to Spotify until somebody selects it",
            f"put a # before LIBRESPOT_DISABLE_CREDENTIAL_CACHE= in {conf}, restart it, select it once",
        )
    if (active := _states("raspotify.service")[1]) in ("inactive", "failed"):
        advice = "sudo systemctl enable --now raspotify, if it is the speaker"
        return Finding("raspotify", "note", f"is {active}", advice)
    name = NAME.search(text)
    if name and settings.music.player == "spotify" and name[1].casefold() != settings.music.speaker.casefold():
        text = f"its name is “{name[1]}”, music.speaker is “{settings.music.speaker}”"
        return Finding("raspotify", "note", text, "make them the same, if this is the kiosk's speaker")
    return Finding("raspotify", "ok", "keeps its sign-in over restarts")


def connect(settings: Config, processes: Path = Path("/proc")) -> Finding:
    """Which Connect speaker runs on this machine, and what it needs so that Spotify's Web API knows it."""
    running = []
    for file in processes.glob("[0-9]*/comm"):
        try:
            running.append(file.read_text(encoding="utf-8", errors="replace").strip())
        except OSError:
            continue  # it has ended
    found = next(((name, needs) for name, needs in SPEAKERS.items() if name in running), None)
    if found is None:
        return Finding("Connect speaker", "skipped", "none runs on this machine")
    name, needs = found
    if settings.music.player == "spotify":
        return Finding("Connect speaker", "ok", f"{name} runs here{needs}")
    advice = f"music.player is {settings.music.player}: nothing is sent to it"
    return Finding("Connect speaker", "note", f"{name} runs here{needs}", advice)


def display(_: Config) -> Finding:
    """The screen's unit runs, where it is enabled."""
    loaded, active = _states(DISPLAY)
    if loaded != "loaded" or active == "inactive":
        return Finding("screen", "skipped", "no screen of its own (moodkiosk-display is not started)")
    if active != "active":
        return Finding("screen", "failed", f"{DISPLAY} is {active}", f"journalctl -u {DISPLAY} -n 20")
    return Finding("screen", "ok", "shows the page")


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
