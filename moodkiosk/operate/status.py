"""`moodkiosk status` for people: grouped, in plain words, with the times of the kiosk's own clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

WIDTH = 12
"""Letters of the first column."""


def readable(status: Mapping[str, Any], now: datetime) -> str:
    """The answer of the command "status" as lines. `now` has a zone."""
    groups = {"See": _see(status, now), "Play": _play(status, now), "Around": _around(status)}
    lines = [f"Not taken yet: {text}" for text in status.get("pending", ())]
    for title, rows in groups.items():
        lines.append(title)
        lines += [f"  {name:<{WIDTH}}{text}" for name, text in rows if text]
    return "\n".join(lines)


def duration(passed: timedelta) -> str:
    """A length of time as people say it: "5 minutes", "2 hours", "3 days"."""
    seconds = max(0, int(passed.total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "a moment"


def clock(moment: str, now: datetime) -> str:
    """A time in ISO 8601 as a time of day, with its weekday where it is another day's."""
    local = datetime.fromisoformat(moment).astimezone(now.tzinfo)
    return f"{local:%H:%M}" if local.date() == now.date() else f"{local:%a %H:%M}"


def _see(status: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    return [
        ("mood", _mood(status, now)),
        ("in view", _people(status)),
        ("camera", {"on": "watching"}.get(status["camera_status"], status["camera_status"])),
    ]


def _mood(status: Mapping[str, Any], now: datetime) -> str:
    unknown = status.get("unknown_because")
    if status["mood"] is None:
        return f"unknown: {unknown}" if unknown else "not sure" if status["present"] else "nobody is here"
    words = [status["mood"]]
    if status["manual_mood"] is not None:
        words.append("chosen by hand")
    elif status["confidence"] is not None:
        words.append(f"{round(status['confidence'] * 100)} % sure")
    if status["since"]:
        words.append(f"for {duration(now - datetime.fromisoformat(status['since']))}")
    return ", ".join(words)


def _people(status: Mapping[str, Any]) -> str:
    count = status["people"]
    who = "unknown" if count is None else "nobody" if not count else f"{count} {'person' if count == 1 else 'people'}"
    return f"{who}, {status['person']} in front" if status["person"] and count else who


def _play(status: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    automatic = ["on" if status["music"] else "off"]
    if status["override_until"]:
        automatic.append(f"left to you until {clock(status['override_until'], now)}")
    if status["quiet_until"]:
        automatic.append(f"quiet hours until {clock(status['quiet_until'], now)}")
    link = status["recommendation"]
    taste = f"{status['language'] or 'any language'}, {status['artist'] or 'any artist'}"
    return [
        ("playing", status["playing"] or "nothing of ours"),
        ("by itself", ", ".join(automatic)),
        ("volume", f"never louder than {status['volume_cap']} %"),
        ("taste", taste),
        ("last", status["last_decision"] or "nothing was decided yet"),
        ("to listen", link["youtube_url"] if link else ""),
    ]


def _around(status: Mapping[str, Any]) -> list[tuple[str, str]]:
    days = status["login_days_left"]
    sign_in = "" if days is None else "has ended" if days < 0 else f"ends in {int(days)} days"
    return [
        ("what sees", status["sense"]),
        ("smart home", status["broker"]),
        ("player", status["player_status"] if status["player"].startswith("ready") else status["player"]),
        ("page", status["page"]),
        ("settings", {"ready": "kept"}.get(status["memory"], status["memory"])),
        ("requests", f"{status['requests_today']} to Spotify today" if status["requests_today"] else ""),
        ("sign-in", f"{sign_in}: moodkiosk login" if sign_in and days < 30 else sign_in),
        ("moods", ", ".join(status["labels"])),
    ]
