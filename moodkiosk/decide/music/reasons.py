"""What is said of music, for people: one function with its fields for each thing that can be said. Pure.

Nothing is parsed out of these sentences again; who needs a part of one takes the fields.
"""

from __future__ import annotations

from moodkiosk.moods import Certainty, Decision, PlayerReport, Taste

EVERYBODY_LEFT = "everybody has left"
REPLACED = "something newer was asked for, or decided, before it could be done"
LATE = "the player has not answered yet; what becomes of it will be shown"


WORDS = {"pause": "pause", "skip": "skip to the next song", "resume": "go on with the music", "volume": "quieter"}


def not_played(reason: str) -> str:
    """Why nothing is played."""
    return f"not played: {reason}"


def no_music(mood: str) -> str:
    """Nothing is set for a mood."""
    return f"no music is set for “{mood}”"


def left_alone(until: str, *, stopped: bool) -> str:
    """A person chose what plays, or that nothing does."""
    return f"somebody {'paused the music' if stopped else 'chose the music'}, left alone {until}"


def quiet_begins() -> str:
    """Our music becomes quieter, or stops, for the night."""
    return "quiet hours have begun"


def quieter(percent: int) -> str:
    """The cap was moved below what plays."""
    return f"never louder than {percent} %"


def nobody_since(minutes: float) -> str:
    """Our music fades out in an empty room."""
    return f"nobody was here for {minutes:g} minutes"


def looks(mood: str) -> str:
    """A mood was seen."""
    return f"somebody looks {mood}"


def chosen_by_hand(mood: str) -> str:
    """A mood was chosen by hand."""
    return f"“{mood}” was chosen by hand"


def asked(wish: Taste = Taste()) -> str:  # noqa: B008 - it is frozen
    """Somebody asked, for something in particular or not."""
    wanted = ", ".join(filter(None, (wish.language, wish.artist, wish.genre)))
    return f"somebody asked for {wanted}" if wanted else "somebody asked for it"


def already_playing(mood: str | None) -> str:
    """Our music for a mood runs."""
    return f"already playing for “{mood}”"


def sentence(decision: Decision) -> str:
    """A decision."""
    if decision.action == "play":
        return f"play “{decision.what}” on {decision.speaker}: {decision.reason}"
    if decision.action == "none":
        return decision.reason
    return f"{WORDS[decision.action]}: {decision.reason}"


def playing(what: str, speaker: str | None, certainty: Certainty) -> str:
    """Music was started, as far as is known."""
    where = f"“{what}” on {speaker}" if speaker else f"“{what}”"
    if certainty == "asked":
        return f"asked Home Assistant to play {where}"
    if certainty == "dry run":
        return f"would play {where} (dry run)"
    return f"playing {where}"


def kept(mood: str | None, certainty: Certainty) -> str:
    """Our music for a mood was left as it is, as far as is known."""
    if certainty == "asked":
        return f"asked Home Assistant to go on with the music for “{mood}”"
    if certainty == "dry run":
        return f"would go on with the music for “{mood}” (dry run)"
    return already_playing(mood)


def done(decision: Decision, report: PlayerReport) -> str:
    """What became of a decision that was carried out."""
    if report.kind == "kept":
        return kept(decision.mood, report.certainty)
    if report.kind in ("played", "resumed") and report.what:
        text = playing(report.what, decision.speaker, report.certainty)
        return f"{text} ({report.note})" if report.note else text
    words = {
        "paused": "pause",
        "skipped": "skip to the next song",
        "resumed": "go on with the music",
        "adjusted": "turn it down",
    }[report.kind]
    if report.certainty == "asked":
        return f"asked Home Assistant to {words}"
    if report.certainty == "dry run":
        return f"would {words} (dry run)"
    return {
        "paused": "paused",
        "skipped": "skipped to the next song",
        "resumed": "the music goes on",
        "adjusted": "turned down",
    }[report.kind]


def not_done(decision: Decision, reason: str) -> str:
    """Why a decision could not be carried out."""
    if decision.action == "play":
        return not_played(reason)
    words = {"pause": "not paused", "skip": "not skipped", "resume": "not played", "volume": "not turned down"}
    return f"{words[decision.action]}: {reason}"
