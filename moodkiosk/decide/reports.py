"""What the player says: what became of a decision, and what it has seen for somebody who asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from moodkiosk.decide.music import choose, hearing, night, reasons, respect, running
from moodkiosk.decide.music.playback import Playback, Started, Waiting
from moodkiosk.decide.settings import MusicSettings, Settings
from moodkiosk.decide.state import Step, mood_of
from moodkiosk.decide.times import Now, after, face, until, utc
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.words.reason import Reason
from moodkiosk.words.tidy import tidy

SEEN_ANEW = timedelta(hours=1)
"""What is heard live is written to disk as seen no more often than this, for the sake of SD cards."""
FIRST_PAUSE_MINUTES = 1.0
"""Music that could not be started is not tried again with the very next change of mood; each failure doubles this."""
LONGEST_PAUSE_MINUTES = 10.0
"""That grows as long as the cool-down, and where this is shorter, or there is none, to this."""


def hear(step: Step, report: PlayerReport, now: Now, settings: Settings) -> Step:
    """Takes in a report."""
    report = replace(report, status=tidy(report.status), what=report.what and tidy(report.what), note=tidy(report.note))
    report = replace(report, track=report.track and hearing.tidied(report.track))
    step = _hear(step, report, now, settings)
    step = _with(step, night.heard(step.state.playback, report, now))
    return _with(step, hearing.reported(step.state.playback, report, now))


def _hear(step: Step, report: PlayerReport, now: Now, settings: Settings) -> Step:
    newest = step.state.playback.asked_for
    if newest is not None and report.decided_at not in (None, newest.at):
        return _came_late(step, report, now, settings)
    starting, playback = step.state.playback.starting, replace(step.state.playback, starting=False, asked_for=None)
    if report.kind != "overridden":
        playback = replace(playback, status=report.status, people=None)
    match report.kind:
        case "played":
            playback = _taken_back(playback) if report.asked else playback
            return _played(step, playback, report, now, settings)
        case "failed" if report.retry_at is not None and report.mood is not None:
            # Nothing has failed: the song that plays is to end first. No cool-down has begun.
            waiting = Waiting(report.mood, report.retry_at)
            step = _with(step, replace(playback, cooling=playback.cooled, cooled=None, waiting=waiting))
            step = step.to(running.refuse(step.state, report.mood))
            return step.note(Reason("music.not_yet", reason=report.status), now)
        case "failed" if not starting:
            return _not_played(_with(step, playback), report, report.status, now)
        case "failed":
            step = _with(step, _failed(playback, now, settings))
            step = step.to(running.refuse(step.state, report.mood))
            return _not_played(step, report, report.status, now)
        case "overridden":
            playback = respect.chosen(playback, now, settings, stopped=report.stopped)
            step = _with(step, replace(playback, cooling=None, failures=0, people=_seen(report.status, now)))
            step = step.to(running.refuse(step.state, mood_of(step.state)))
            assert playback.override is not None
            reason = reasons.left_alone(until(playback.override, now), stopped=playback.stopped)
            return _not_played(step, report, reason, now)
        case "paused":
            return _with(step, replace(playback, started=None, paused=playback.started or playback.paused))
        case "kept":
            return _with(step, _kept(playback, report, now))
        case "resumed":
            return _with(step, _taken_back(_resumed(playback, report, now)))
        case "nothing":
            return _with(step, replace(playback, started=None))
        case "adjusted" | "skipped":
            return _with(step, playback)


def _came_late(step: Step, report: PlayerReport, now: Now, settings: Settings) -> Step:
    """An earlier decision was carried out, though somebody has asked for something else since: that is done next.

    What plays now is known by it; what has been decided since stands: above all a pause.
    """
    playback = step.state.playback
    match report.kind:
        case "played":
            return _played(step, playback, report, now, settings)
        case "resumed":
            return _with(step, _resumed(playback, report, now))
        case "kept" if playback.started is not None:
            started = running.known(playback.started, now, report.lasts_seconds)
            return _with(step, replace(playback, started=replace(started, mood=report.mood)))
        case "paused" | "nothing" | "overridden":
            return _with(step, replace(playback, started=None, paused=playback.started or playback.paused))
        case _:
            return step


def look(step: Step, report: LookReport, now: Now, settings: Settings) -> Step:
    """Takes in what the player has seen for somebody who asked.

    What other people do is respected as a decision would have it. Asking again never makes that last longer: when it
    is over, the next decision looks anyway.
    """
    report = replace(report, status=tidy(report.status), track=report.track and hearing.tidied(report.track))
    step = _look(step, report, now, settings)
    return _with(step, hearing.seen(step.state.playback, report, now))


def _look(step: Step, report: LookReport, now: Now, settings: Settings) -> Step:
    playback = step.state.playback
    match report.kind:
        case "others":
            before = playback.override
            if before is None:
                playback = respect.chosen(playback, now, settings, stopped=report.stopped)
            people = report.status if report.live else _seen(report.status, now)  # live, it is not old
            step = _with(step, replace(playback, started=None, people=people))
            step = step.to(running.refuse(step.state, mood_of(step.state)))
            override = playback.override
            assert override is not None
            return step if before else step.note(_left_alone(report.status, until(override, now)), now)
        case "ours":
            started = playback.started or playback.paused or Started(choose.SOMETHING, None, report.since)
            seen = started.seen if report.live and _lately(started, now) else utc(now)
            started = running.known(replace(started, seen=seen), now, None)
            return _with(step, replace(playback, started=started, paused=None, people=None))
        case "nothing":
            step = step.to(running.refuse(step.state, mood_of(step.state))) if playback.started else step
            return _with(step, replace(playback, started=None, people=None))
        case "unknown":
            return step


def _lately(started: Started, now: Now) -> bool:
    """Whether it was seen so lately that it need not be remembered anew: news come with every song."""
    wall = utc(now)
    return started.seen is not None and wall is not None and timedelta() <= wall - started.seen < SEEN_ANEW


def _kept(playback: Playback, report: PlayerReport, now: Now) -> Playback:
    """What we started still plays and was left alone: no cool-down has begun, no entry has had its turn."""
    started = playback.started or Started(report.what or choose.SOMETHING, report.mood, None)
    last = {mood: entry for mood, entry in playback.last.items() if mood != report.mood}
    if playback.turned is not None and report.mood is not None:
        last[report.mood] = playback.turned
    seen = utc(now) if report.certainty == "plays" else started.seen
    started = running.known(replace(started, mood=report.mood, seen=seen), now, report.lasts_seconds)
    playback = replace(playback, started=started, cooling=playback.cooled, cooled=None, last=last, failures=0)
    return _taken_back(playback) if report.asked else playback


def _taken_back(playback: Playback) -> Playback:
    """Who asks takes back any earlier choice of other music, or of silence."""
    return replace(playback, override=None, stopped=False)


def _resumed(playback: Playback, report: PlayerReport, now: Now) -> Playback:
    """What was paused goes on; if it is ours it was started when it was."""
    started = playback.started or playback.paused
    if report.what is None:
        started = None
    elif started is None:
        started = Started(report.what, report.mood, utc(now))
    seen = utc(now) if report.certainty == "plays" else None
    if started is not None:
        started = running.known(replace(started, seen=seen, certainty=report.certainty), now, None)
    return _begins(replace(playback, started=started, paused=None), report)


def _begins(playback: Playback, report: PlayerReport) -> Playback:
    """Music is to be heard from now on. Whoever left while the player was at it has left it behind.

    What somebody asked for does not stop because quiet hours have begun meanwhile, or had when it was last known.
    """
    left_at = playback.empty_at
    left = left_at is not None and report.decided_at is not None and left_at > report.decided_at
    return replace(playback, empty_at=left_at if left else None, quiet=None if report.asked else playback.quiet)


def _seen(what: str, now: Now) -> str:
    """What other people do, and when that was seen: nobody goes on looking."""
    at = face(utc(now), now)
    return Reason("music.seen_at", what=what, time=at) if at else what


def _left_alone(what: str, until: str) -> Reason:
    return Reason("music.left_alone", what=what, until=until)


def _played(step: Step, playback: Playback, report: PlayerReport, now: Now, settings: Settings) -> Step:
    """It plays."""
    what = report.what or choose.SOMETHING
    started = Started(what, report.mood, utc(now), certainty=report.certainty, asked=report.asked)
    started = running.known(started, now, report.lasts_seconds)
    playback = _begins(replace(playback, started=started, paused=None, failures=0), report)
    step = _with(step, replace(playback, names=_named(playback.names, report, settings.music)))
    detail = Reason("music.plays_on", what=what, speaker=settings.music.speaker)
    if report.certainty != "plays":
        detail = reasons.playing(what, settings.music.speaker, report.certainty)
    return step.tell("played", now, mood=report.mood, detail=detail)


def _named(names: dict[str, str], report: PlayerReport, music: MusicSettings) -> dict[str, str]:
    """The names of the entries' URIs, with what the player has found out."""
    own = {entry.value for mood in music.moods.values() for entry in choose.entries(mood) if entry.kind == "uri"}
    found = dict(names)
    uri, what = report.uri, report.what
    if uri in own and what and report.certainty == "plays" and not _is_a_sentence(what, uri, report.mood):
        found[uri] = what
    return {uri: name for uri, name in found.items() if uri in own}


def _is_a_sentence(what: str, uri: str, mood: str | None) -> bool:
    """Whether it is no name: a player that an earlier version has left its memory to, says the sentence as a text."""
    return isinstance(what, Reason) or what == choose.unnamed(uri, mood)


def _failed(playback: Playback, now: Now, settings: Settings) -> Playback:
    """It does not play, so no cool-down has begun: only a pause, and what was left of the cool-down before."""
    longest = max(settings.music.min_minutes_between_changes, LONGEST_PAUSE_MINUTES)
    pause = after(now, min(longest, FIRST_PAUSE_MINUTES * 2 ** min(playback.failures, 10)))
    earlier = playback.cooled
    if earlier is not None and (earlier.at is None or pause.at is None or earlier.at > pause.at):
        pause = earlier
    return replace(playback, cooling=pause, cooled=None, failures=playback.failures + 1)


def _not_played(step: Step, report: PlayerReport, reason: str, now: Now) -> Step:
    return step.tell("not_played", now, mood=report.mood, detail=reason).note(reasons.not_played(reason), now)


def _with(step: Step, playback: Playback) -> Step:
    return step.to(replace(step.state, playback=playback))
