"""Answers to what people ask for: one small function for each command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from moodkiosk.decide import camera
from moodkiosk.decide.music import choose, night, opinions, policy, reasons, songs
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import Chosen, Entry, ManualMood, Step, mood_of
from moodkiosk.decide.times import Now, after, face, iso, until
from moodkiosk.moods.choice import Taste
from moodkiosk.moods.command import Command, Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import PlayerReport
from moodkiosk.moods.song import Song
from moodkiosk.words.reason import Reason, either, how, plain, said

NOT_LISTED = Reason("answer.not_listed")

Answer = Callable[[Step, Command, Now, Settings], Step]
"""Carries a command out. Where the player is to do something, the result is what can be said before it has: `completed`
makes the answer of it."""


def completed(promise: Result, decision: Decision, report: PlayerReport | None) -> Result:
    """The answer to somebody who asked for a decision, now that the player has said what became of it.

    Args:
        promise: what was answered so far: the mood that was set, or the link to the same music.
        decision: what the player was to do.
        report: what the player says; None: somebody asked for something else before it was done.
    """
    if report is not None and (report.kind not in ("failed", "overridden", "nothing") or _is_silent(decision, report)):
        said = reasons.done(decision, report)
        return replace(promise, text=reasons.both(said, promise.text) if promise.text else said)
    reason = reasons.REPLACED if report is None else report.status
    error = reasons.not_done(decision, reasons.NOTHING_PLAYS if report and report.kind == "nothing" else reason)
    return replace(promise, ok=False, error=error)


def _is_silent(decision: Decision, report: PlayerReport) -> bool:
    """Whether who wanted silence has it, though there was nothing to pause."""
    return decision.action == "pause" and report.kind == "nothing"


def answer(step: Step, command: Command, now: Now, settings: Settings) -> Step:
    """Does what is asked, and says what became of it."""
    known = ANSWERS.get(command.name)
    if known is None:
        return _refuse(step, command, Reason("bad.other_half", name=command.name))
    return known(step, command, now, settings)


def _camera(step: Step, command: Command, now: Now, settings: Settings) -> Step:
    if command.value not in ("on", "off"):
        return _refuse(step, command, Reason("bad.expected", words=either("on", "off")))
    step = _choose(step, replace(step.state.chosen, camera=command.value == "on"))
    _, why = camera.wanted(step.state, now, settings)
    return _say(step, command, why)


def _music(step: Step, command: Command, _now: Now, _settings: Settings) -> Step:
    if command.value not in ("on", "off"):
        return _refuse(step, command, Reason("bad.expected", words=either("on", "off")))
    step = _choose(step, replace(step.state.chosen, music=command.value == "on"))
    return _say(step, command, Reason(f"answer.music_{command.value}"))


def _mood(step: Step, command: Command, now: Now, settings: Settings) -> Step:
    if command.value == "auto":
        return _say(step.to(replace(step.state, manual=None)), command, Reason("answer.by_camera"))
    if not isinstance(command.value, str) or not command.value:
        return _refuse(step, command, Reason("bad.mood_or_auto"))
    ends = after(now, settings.mood.manual_minutes)
    step = step.to(replace(step.state, manual=ManualMood(command.value, ends)))
    step, text = (
        policy.on_request(step, now, settings, continues=True),
        Reason("answer.mood_until", mood=how(command.value), until=until(ends, now)),
    )
    decision = step.decisions[-1]
    return _say(step, command, reasons.both(text, decision.reason) if decision.action == "none" else text)


def _language(step: Step, command: Command, _now: Now, _settings: Settings) -> Step:
    text = _text(command)
    return _say(_choose(step, replace(step.state.chosen, language=text)), command, _any("language", text))


def _artist(step: Step, command: Command, _now: Now, _settings: Settings) -> Step:
    text = _text(command)
    return _say(_choose(step, replace(step.state.chosen, artist=text)), command, _any("artist", text))


def _volume_cap(step: Step, command: Command, now: Now, settings: Settings) -> Step:
    if not isinstance(command.value, int) or not 0 <= command.value <= 100:
        return _refuse(step, command, Reason("bad.percent"))
    most = settings.music.volume_percent_max
    cap = min(command.value, most)
    step = _choose(step, replace(step.state.chosen, volume_cap=cap))
    text = reasons.quieter(cap) if cap == command.value else Reason("music.at_most_set", percent=cap)
    return _say(night.louder(step, now, settings), command, text)


def _person(step: Step, command: Command, _now: Now, _settings: Settings) -> Step:
    name = _text(command) or None
    step = _choose(step, replace(step.state.chosen, person=name))
    return _say(step.to(replace(step.state, neutral=None)), command, name or Reason("answer.nobody_in_particular"))


def _correct(step: Step, command: Command, now: Now, _settings: Settings) -> Step:
    mood = mood_of(step.state)
    step = step.tell("correction", now, mood=mood, detail=Reason("answer.should_be", mood=how(str(command.value))))
    return _say(step, command, Reason("answer.thanks"))


def _recommend(step: Step, command: Command, now: Now, settings: Settings) -> Step:
    mood = mood_of(step.state)
    if mood is None:
        return _refuse(step, command, Reason("answer.no_mood"))
    wish = command.value if isinstance(command.value, Taste) else choose.ANY
    step = policy.on_request(step, now, settings, wish)
    decision = step.decisions[-1]
    if decision.action == "none":
        return _refuse(step, command, decision.reason, decision.youtube_url or "")
    return _say(step, command, decision.youtube_url or "")


def _recommendations(step: Step, command: Command, _now: Now, settings: Settings) -> Step:
    mood = mood_of(step.state) or step.state.playback.recommended
    if mood is None:
        return _refuse(step, command, Reason("answer.no_mood"))
    wish = command.value if isinstance(command.value, Taste) else choose.ANY
    step = step.to(replace(step.state, playback=replace(step.state.playback, recommended=mood, wish=wish)))
    return _list(step, command, settings)


def _choose_song(step: Step, command: Command, now: Now, settings: Settings) -> Step:
    song, mood = _song(step, command, settings), step.state.playback.recommended
    if song is None or mood is None:
        return _refuse(step, command, NOT_LISTED)
    return _say(policy.on_choice(step, song, mood, now, settings), command, song.youtube_url)


def _more_like(step: Step, command: Command, _now: Now, settings: Settings) -> Step:
    song, mood = _song(step, command, settings), step.state.playback.recommended
    if song is None or mood is None:
        return _refuse(step, command, NOT_LISTED)
    playback = opinions.like(step.state.playback, song, mood, settings.music)
    step = step.to(replace(step.state, playback=replace(playback, wish=songs.likeness(song))))
    return _list(step, command, settings)


def _not_again(step: Step, command: Command, _now: Now, settings: Settings) -> Step:
    if not _text(command):
        step = step.to(replace(step.state, playback=opinions.forgive(step.state.playback)))
        return _say(step, command, Reason("answer.all_again"))
    song = _song(step, command, settings)
    if song is None:
        return _refuse(step, command, NOT_LISTED)
    step = step.to(replace(step.state, playback=opinions.refuse(step.state.playback, song)))
    return _list(step, command, settings)


def _song(step: Step, command: Command, settings: Settings) -> Song | None:
    return songs.find(songs.of_state(step.state, settings), _text(command))


def _list(step: Step, command: Command, settings: Settings) -> Step:
    """Answers with the list as it is now; what the player finds for it may still come."""
    found = songs.of_state(step.state, settings)
    text = Reason("answer.listed", count=len(found), mood=how(step.state.playback.recommended or ""))
    data = [songs.public(one) for one in found]
    return replace(step, result=Result(command.name, ok=True, text=text, transaction=command.transaction, data=data))


def _play(step: Step, command: Command, now: Now, settings: Settings) -> Step:
    return _say(policy.on_play(step, now, settings), command, "")


def _pause(step: Step, command: Command, now: Now, settings: Settings) -> Step:
    return _say(policy.on_button(step, "pause", now, settings), command, "")


def _skip(step: Step, command: Command, now: Now, settings: Settings) -> Step:
    return _say(policy.on_button(step, "skip", now, settings), command, "")


def _why(step: Step, command: Command, now: Now, _settings: Settings) -> Step:
    lines = [_line(entry, now) for entry in step.state.log]
    return replace(step, result=Result("why", ok=True, transaction=command.transaction, data=lines))


ANSWERS: dict[str, Answer] = {
    "camera": _camera,
    "music": _music,
    "mood": _mood,
    "language": _language,
    "artist": _artist,
    "volume_cap": _volume_cap,
    "person": _person,
    "correct": _correct,
    "recommend": _recommend,
    "recommendations": _recommendations,
    "choose": _choose_song,
    "more_like": _more_like,
    "not_again": _not_again,
    "play": _play,
    "pause": _pause,
    "skip": _skip,
    "why": _why,
}


def _line(entry: Entry, now: Now) -> dict[str, object]:
    """An entry for people and machines: `at` to read, `time` to compute with, each gate by name: open, or why not."""
    gates = {name: plain(reason or "open") for name, reason in entry.gates.items()}
    shown = face(entry.wall, now) or Reason("time.none")
    return said({"at": shown, "time": iso(entry.wall, now), "text": entry.text, "gates": gates}, ("at", "text"))


def _choose(step: Step, chosen: Chosen) -> Step:
    return step.to(replace(step.state, chosen=chosen))


def _any(what: str, text: str) -> Reason:
    return Reason(f"answer.{what}", text=text) if text else Reason(f"answer.{what}_any")


def _text(command: Command) -> str:
    return "" if command.value is None else str(command.value)


def _say(step: Step, command: Command, text: str) -> Step:
    return replace(step, result=Result(command.name, ok=True, text=text, transaction=command.transaction))


def _refuse(step: Step, command: Command, error: str, text: str = "") -> Step:
    result = Result(command.name, ok=False, error=error, text=text, transaction=command.transaction)
    return replace(step, result=result)
