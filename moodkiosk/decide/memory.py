"""What survives a restart, as a small dict of JSON values; and back, trusting nothing that is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from moodkiosk.decide.music import songs
from moodkiosk.decide.music.playback import Heard, Opinions, Playback, Started
from moodkiosk.decide.presence import Presence
from moodkiosk.decide.state import LOG_LENGTH, Chosen, Entry, ManualMood, State
from moodkiosk.decide.times import Deadline
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.report import Certainty
from moodkiosk.moods.song import Song
from moodkiosk.words.reason import Reason, heard, plain, said

NO_CLOCK = "unknown"
"""In place of the end of a deadline that began while the clock was not set."""
ALIVE_SECONDS = 60
"""So often it is kept that this run goes on, while somebody is here: after a power cut that says how long it lasted."""
ALIVE_WITHIN_SECONDS = ALIVE_SECONDS + 5.0
"""A run that was cut off went on for at most so much longer than it says: the file is written a little later."""


def remember(state: State, stopped: datetime | None = None, alive: datetime | None = None) -> dict[str, object]:
    """The part of the state that survives a restart. Times are ISO 8601 in UTC.

    Args:
        state: the state.
        stopped: the time of day at the end of a run; None: it goes on.
        alive: the time of day during a run; it is kept while somebody is here, in steps of ALIVE_SECONDS.
    """
    chosen, playback = state.chosen, state.playback
    return {
        "labels": list(state.labels),
        "enrolled": list(state.enrolled),
        "remembers": state.remembers,
        "present": state.presence.was_here,
        "mood": state.told,
        "since": _iso(state.since),
        "stopped": _iso(stopped if stopped is None else stopped.astimezone(UTC)),
        "alive": _iso(_floor(alive)) if alive is not None and state.presence.was_here else None,
        "camera": chosen.camera,
        "music": chosen.music,
        "language": chosen.language,
        "artist": chosen.artist,
        "volume_cap": chosen.volume_cap,
        "person": chosen.person,
        "manual_mood": None if state.manual is None else state.manual.mood,
        "manual_until": None if state.manual is None else _ends(state.manual.ends),
        "cooling_until": _ends(playback.cooling),
        "failures": playback.failures,
        "override_until": _ends(playback.override),
        "override_stopped": playback.stopped,
        "cap": playback.cap,
        "quiet": playback.quiet,
        **_sentence("people", playback.people),
        "others": _others(playback.heard),
        "started": None if playback.started is None else _started(playback.started),
        "paused": None if playback.paused is None else _started(playback.paused),
        "last": playback.last,
        "names": playback.names,
        "recommended": playback.recommended,
        "liked": {mood: [_song(one) for one in liked] for mood, liked in playback.opinions.liked.items()},
        "refused": {name: plain(title) for name, title in playback.opinions.refused.items()},
        "log": [_line(entry) for entry in state.log],
    }


def restore(state: State, remembered: dict[str, object]) -> State:
    """The state with what was remembered; a value of the wrong kind is as good as none."""
    get = remembered.get
    chosen = Chosen(
        camera=get("camera") is not False,
        music=_flag(get("music")),
        language=_text(get("language")),
        artist=_text(get("artist")),
        volume_cap=_percent(get("volume_cap")),
        person=_text(get("person")),
    )
    playback = Playback(
        started=_read_started(get("started")),
        paused=_read_started(get("paused")),
        cooling=_deadline(get("cooling_until")),
        failures=_count(get("failures")),
        override=_deadline(get("override_until")),
        stopped=get("override_stopped") is True,
        cap=_percent(get("cap")),
        quiet=_flag(get("quiet")),
        people=heard(remembered, "people"),
        heard=_read_others(get("others")),
        last=_texts(get("last")),
        names=_texts(get("names")),
        recommended=_text(get("recommended")),
        opinions=Opinions(_liked(get("liked")), _texts(get("refused"))),
    )
    return replace(
        state,
        labels=_several(get("labels")),
        enrolled=_several(get("enrolled")),
        remembers=_flag(get("remembers")),
        presence=Presence(was_here=get("present") is True),
        told=_text(get("mood")),
        since=_time(get("since")),
        stopped=_time(get("stopped")) or _time(get("alive")),
        stopped_within_seconds=0.0 if _time(get("stopped")) else ALIVE_WITHIN_SECONDS,
        chosen=chosen,
        playback=playback,
        manual=_manual(remembered),
        log=_log(get("log")),
    )


def _manual(remembered: dict[str, object]) -> ManualMood | None:
    mood, ends = _text(remembered.get("manual_mood")), _deadline(remembered.get("manual_until"))
    return ManualMood(mood, ends) if mood and ends is not None else None


def _started(started: Started) -> dict[str, object]:
    times: dict[str, object] = {"wall": _iso(started.wall), "seen": _iso(started.seen)}
    return times | {
        **_sentence("what", started.what),
        "mood": started.mood,
        "certainty": started.certainty,
        "asked": started.asked,
    }


def _read_started(value: Any) -> Started | None:
    match value:
        case {"what": str(what), "mood": mood, "wall": wall, **more}:
            seen, certainty = _time(more.get("seen")), _certainty(more.get("certainty"))
            what = heard(value, "what") or what
            return Started(what, _text(mood), _time(wall), seen, certainty, asked=more.get("asked") is True)
    return None


def _others(heard: Heard | None) -> dict[str, object] | None:
    """That other people play something, or that music is paused, and when that was seen; the song is over by then.

    What is heard live is not kept: it changes with every song, and is heard again at once.
    """
    if heard is None or heard.live or (heard.ours and not heard.paused):
        return None
    return {"paused": heard.paused, "wall": _iso(heard.wall), "ours": heard.ours}


def _read_others(value: object) -> Heard | None:
    match value:
        case {"paused": bool(paused), "wall": wall, **more}:
            return Heard(ours=more.get("ours") is True, paused=paused, wall=_time(wall))
    return None


def _song(one: Song) -> dict[str, object]:
    """What was liked; its cover is found again by whoever looks for it."""
    choice: dict[str, object] = {"kind": one.choice.kind, "value": one.choice.value, "song": one.choice.song}
    return choice | {"what": one.kind, **_sentence("title", one.title), "by": one.by}


def _liked(value: object) -> dict[str, tuple[Song, ...]]:
    found: dict[str, tuple[Song, ...]] = {}
    for mood, lines in value.items() if isinstance(value, dict) else ():
        if isinstance(mood, str) and isinstance(lines, list):
            liked = tuple(one for line in lines if (one := _read_song(line, mood)) is not None)
            found |= {mood: liked} if liked else {}
    return found


def _read_song(line: Any, mood: str) -> Song | None:
    match line:
        case {
            "kind": "uri" | "playlist" | "stream" | "search" as kind,
            "value": str(value),
            "song": str(song),
            "what": "playlist" | "album" | "artist" | "track" | "radio" | "search" as what,
            "title": str(title),
            "by": str(by),
        }:
            title = heard(line, "title") or title
            words = mood if isinstance(title, Reason) else ""  # a sentence is nothing to search for
            return songs.song(what, title, Choice(kind, value, song), by=by, words=words)
    return None


def _certainty(value: object) -> Certainty:
    match value:
        case "asked" | "dry run":
            return value
    return "plays"


def _line(entry: Entry) -> dict[str, object]:
    gates = {name: reason if reason is None else plain(reason) for name, reason in entry.gates.items()}
    return {"wall": _iso(entry.wall), "gates": gates, **_sentence("text", entry.text)}


def _sentence(name: str, text: str | None) -> dict[str, object]:
    """A sentence; one that is a reason comes back as one."""
    return said({name: text}, (name,)) if isinstance(text, Reason) else {name: text}


def _log(value: object) -> tuple[Entry, ...]:
    found = []
    for line in value if isinstance(value, list) else ():
        match line:
            case {"wall": wall, "text": str(text), "gates": dict(gates)}:
                text = heard(line, "text") or text
                said = {str(name): _text(reason) for name, reason in gates.items()}
                found.append(Entry(_time(wall), text, said))
    return tuple(found[-LOG_LENGTH:])


def _ends(deadline: Deadline | None) -> str | None:
    return None if deadline is None else _iso(deadline.wall) or NO_CLOCK


def _deadline(value: object) -> Deadline | None:
    wall = _time(value)
    return None if wall is None and value != NO_CLOCK else Deadline(None, wall)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _floor(moment: datetime) -> datetime:
    seconds = moment.timestamp()
    return datetime.fromtimestamp(seconds - seconds % ALIVE_SECONDS, UTC)


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _percent(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100 else None


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _several(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(key, str) and isinstance(text, str)}
