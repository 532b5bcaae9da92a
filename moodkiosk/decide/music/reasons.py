"""What is said of music, for people: one function with its fields for each thing that can be said. Pure.

Nothing is parsed out of these sentences again; who needs a part of one takes the fields.
"""

from __future__ import annotations

from moodkiosk.moods.choice import Taste
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import Certainty, PlayerReport
from moodkiosk.words.reason import Reason, how

EVERYBODY_LEFT = Reason("music.everybody_left")
REPLACED = Reason("music.replaced")
LATE = Reason("music.late")
NOTHING_PLAYS = Reason("player.nothing_plays")


def not_played(reason: str) -> Reason:
    """Why nothing is played."""
    return Reason("music.not_played", reason=reason)


def no_music(mood: str) -> Reason:
    """Nothing is set for a mood."""
    return Reason("music.none_set", mood=how(mood))


def left_alone(until: str, *, stopped: bool) -> Reason:
    """A person chose what plays, or that nothing does."""
    return Reason("music.paused_by_people" if stopped else "music.chosen_by_people", until=until)


def quiet_begins() -> Reason:
    """Our music becomes quieter, or stops, for the night."""
    return Reason("music.quiet_begins")


def quieter(percent: int) -> Reason:
    """The cap was moved below what plays."""
    return Reason("music.at_most", percent=percent)


def nobody_since(minutes: float) -> Reason:
    """Our music fades out in an empty room."""
    return Reason("music.nobody_since", count=int(minutes) if minutes == int(minutes) else minutes)


def looks(mood: str) -> Reason:
    """A mood was seen."""
    return Reason("music.looks", mood=how(mood))


def chosen_by_hand(mood: str) -> Reason:
    """A mood was chosen by hand."""
    return Reason("music.by_hand", mood=how(mood))


def asked(wish: Taste = Taste()) -> Reason:  # noqa: B008 - it is frozen
    """Somebody asked, for something in particular or not."""
    wanted = [part for part in (wish.language, wish.artist, wish.genre) if part]
    return Reason("music.asked_for", wanted=wanted) if wanted else Reason("music.asked")


def chose(title: str) -> Reason:
    """Somebody chose one thing out of the list."""
    return Reason("music.chose", title=title)


def already_playing(mood: str | None) -> Reason:
    """Our music for a mood runs."""
    return Reason("music.goes_on") if mood is None else Reason("music.goes_on_for", mood=how(mood))


def sentence(decision: Decision) -> str:
    """A decision."""
    if decision.action == "none":
        return decision.reason
    return Reason(
        f"decided.{decision.action}", what=decision.what or "", speaker=decision.speaker or "", reason=decision.reason
    )


def playing(what: str, speaker: str | None, certainty: Certainty) -> Reason:
    """Music was started, as far as is known."""
    where = Reason("music.on", what=what, speaker=speaker) if speaker else Reason("music.it", what=what)
    return Reason(f"player.{_sure(certainty)}.played", where=where)


def kept(mood: str | None, certainty: Certainty) -> Reason:
    """Our music for a mood was left as it is, as far as is known."""
    if certainty == "plays" or mood is None:
        return already_playing(mood)
    return Reason(f"player.{_sure(certainty)}.kept", mood=how(mood))


def done(decision: Decision, report: PlayerReport) -> Reason:
    """What became of a decision that was carried out."""
    if report.kind == "kept":
        return kept(decision.mood, report.certainty)
    if report.kind in ("played", "resumed") and report.what:
        text = playing(report.what, decision.speaker, report.certainty)
        return Reason("music.after", text=text, note=report.note) if report.note else text
    if report.kind == "nothing":
        return NOTHING_PLAYS
    return Reason(f"player.{_sure(report.certainty)}.{report.kind}")


def not_done(decision: Decision, reason: str) -> Reason:
    """Why a decision could not be carried out."""
    return not_played(reason) if decision.action == "play" else Reason(f"not_done.{decision.action}", reason=reason)


def both(first: str, second: str) -> Reason:
    """Two things that are said one after the other."""
    return Reason("list.both", first=first, second=second)


def _sure(certainty: Certainty) -> str:
    return {"plays": "done", "asked": "asked", "dry run": "would"}[certainty]
