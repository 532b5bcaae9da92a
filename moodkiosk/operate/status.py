"""`moodkiosk status` and `why` for people: grouped, in plain words of their language, with the times of their clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from moodkiosk.config.settings import MOST_LOOKS_HZ
from moodkiosk.words.language import say, translated
from moodkiosk.words.reason import Reason, fixed, heard, heard_all, how

GAP = 2
"""Spaces between the columns."""
DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS = 86_400, 3600, 60
SIGN_IN_SOON_DAYS = 30


def readable(status: Mapping[str, Any], now: datetime, tag: str = "en") -> str:
    """The answer of the command "status" as lines, in a language. `now` has a zone."""
    groups = {"see": _see(status, now), "play": _play(status, now), "around": _around(status)}
    lines = [say(tag, "cli.pending", text=text) for text in heard_all(status, "pending")]
    named = {group: [(say(tag, f"cli.{name}"), text) for name, text in rows if text] for group, rows in groups.items()}
    width = max(len(name) for rows in named.values() for name, _ in rows) + GAP
    for group, rows in named.items():
        lines.append(say(tag, f"cli.group.{group}"))
        lines += [f"  {name:<{width}}{translated(text, tag)}" for name, text in rows]
    return "\n".join(lines)


def reasons(lines: Sequence[Mapping[str, Any]], now: datetime, tag: str = "en") -> str:
    """The answer of the command "why" as lines."""
    if not lines:
        return say(tag, "cli.nothing_decided")
    shown = [(_at(line, now), heard(line, "text") or "") for line in lines]
    times = [translated(at, tag) for at, _ in shown]
    width = max(map(len, times)) + GAP
    return "\n".join(f"{at:<{width}}{translated(text, tag)}" for at, (_, text) in zip(times, shown, strict=True))


def since(passed: timedelta) -> Reason:
    """For how long something has been so, as people say it: "for 5 minutes", "for 2 hours"."""
    seconds = max(0, int(passed.total_seconds()))
    if seconds >= DAY_SECONDS:
        return Reason("cli.for_days", count=seconds // DAY_SECONDS)
    if seconds >= HOUR_SECONDS:
        return Reason("cli.for_hours", count=seconds // HOUR_SECONDS)
    if seconds >= MINUTE_SECONDS:
        return Reason("cli.for_minutes", count=seconds // MINUTE_SECONDS)
    return Reason("cli.for_a_moment")


def clock(moment: str, now: datetime) -> Reason:
    """A time in ISO 8601 as a time of day, with its weekday where it is another day's."""
    local = datetime.fromisoformat(moment).astimezone(now.tzinfo)
    if local.date() == now.date():
        return Reason("time.near", time=f"{local:%H:%M}")
    return Reason("time.far", day=Reason(f"day.{local:%w}"), time=f"{local:%H:%M}")


def _at(line: Mapping[str, Any], now: datetime) -> str:
    """When something was decided: by the reader's clock, if it is known."""
    return clock(line["time"], now) if line.get("time") else heard(line, "at") or ""


def _listed(words: Sequence[str]) -> Reason:
    return Reason("cli.words", words=list(words))


def _see(status: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    camera = "cli.watching" if status["camera_status"] == "on" else None
    return [
        ("mood", _mood(status, now)),
        ("in_view", _people(status)),
        ("camera", Reason(camera) if camera else _word(status, "camera_status")),
    ]


def _mood(status: Mapping[str, Any], now: datetime) -> str:
    unknown = status.get("unknown_because")
    if status["mood"] is None:
        if unknown:
            return Reason("cli.unknown", why=Reason(f"unknown.{unknown.replace(' ', '_')}", text=unknown))
        return Reason("cli.not_sure" if status["present"] else "cli.nobody_here")
    words: list[str] = [how(status["mood"])]
    if status["manual_mood"] is not None:
        words.append(Reason("cli.by_hand"))
    elif status["confidence"] is not None:
        words.append(Reason("cli.sure", percent=round(status["confidence"] * 100)))
    if status["since"]:
        words.append(since(now - datetime.fromisoformat(status["since"])))
    return _listed(words)


def _people(status: Mapping[str, Any]) -> str:
    count = status["people"]
    if not count:
        return Reason("cli.people_unknown" if count is None else "cli.nobody")
    who = Reason("cli.people", count=count)
    return _listed([who, Reason("cli.in_front", name=status["person"])]) if status["person"] else who


def _play(status: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    automatic: list[str] = [Reason("cli.on" if status["music"] else "cli.off")]
    if status["override_until"]:
        automatic.append(Reason("cli.left_to_you", time=clock(status["override_until"], now)))
    if status["quiet_until"]:
        automatic.append(Reason("cli.quiet_hours", time=clock(status["quiet_until"], now)))
    link = status["recommendation"]
    taste = [status["language"] or Reason("cli.any_language"), status["artist"] or Reason("cli.any_artist")]
    return [
        ("playing", heard(status, "playing") or Reason("cli.nothing_of_ours")),
        ("song", _song(status.get("now_playing") or {}, now)),
        ("by_itself", _listed(automatic)),
        ("volume", Reason("cli.never_louder", percent=status["volume_cap"])),
        ("taste", _listed(taste)),
        ("last", heard(status, "last_decision") or Reason("cli.nothing_decided")),
        ("to_listen", link["youtube_url"] if link else ""),
    ]


def _song(playing: Mapping[str, Any], now: datetime) -> str:
    """The song, whose choice it is, and as of when that is known; "" if it is not."""
    if not playing.get("title"):
        return ""
    words: list[str] = [Reason("cli.song_by", title=playing["title"], artist=playing["artist"])]
    if not playing["artist"]:
        words = [playing["title"]]
    if playing["state"] == "paused":
        words.append(Reason("cli.paused"))
    if playing["by"] == "others":
        words.append(Reason("cli.others_choice"))
    if playing["as_of"] and not playing["live"]:
        words.append(Reason("cli.as_of", time=clock(playing["as_of"], now)))
    return _listed(words)


MADE = ("starter", "taught", "trained")
"""Who may have made the model."""


def _around(status: Mapping[str, Any]) -> list[tuple[str, str]]:
    player = "player_status" if status["player"].startswith("ready") else "player"
    return [
        ("sense", _sense(status)),
        ("broker", _word(status, "broker")),
        ("player", _word(status, player)),
        ("page", _word(status, "page")),
        ("settings", Reason("cli.kept") if status["memory"] == "ready" else _word(status, "memory")),
        ("requests", Reason("cli.to_spotify", requests=status["requests_today"]) if status["requests_today"] else ""),
        ("sign_in", _sign_in(status["login_days_left"])),
        ("model", Reason(f"cli.model_{status['model']}") if status.get("model") in MADE else ""),
        ("moods", _listed([how(label) for label in status["labels"]]) if status["labels"] else ""),
    ]


def _sense(status: Mapping[str, Any]) -> str:
    """The half that sees; on a slow processor with how often it manages to look."""
    rate_hz = status.get("active_rate_hz") or MOST_LOOKS_HZ
    word = _word(status, "sense")
    if rate_hz >= MOST_LOOKS_HZ or status["sense"] != "running":
        return word
    return _listed([word, Reason("doctor.looks", looks=rate_hz)])


def _sign_in(days: float | None) -> str:
    if days is None:
        return ""
    ends = Reason("cli.has_ended") if days < 0 else Reason("cli.ends", count=int(days))
    return ends if days >= SIGN_IN_SOON_DAYS else Reason("spotify.do", what=ends, do="moodkiosk login")


def _word(status: Mapping[str, Any], name: str) -> str:
    """A sentence of the status; one of its fixed words, such as "running", is a reason too."""
    return fixed(heard(status, name) or "")
