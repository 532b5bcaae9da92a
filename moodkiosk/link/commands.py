"""The one table of commands, shared by the command line, the kiosk page and MQTT (contract 6).

A command arrives as a name and a value (from JSON, or from plain text on MQTT), is validated here, and becomes a
`Command`. What it does is said in `act`.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Literal

import msgspec

from moodkiosk.host.files import NOT_JSON
from moodkiosk.moods.choice import Taste
from moodkiosk.moods.command import Command
from moodkiosk.moods.lesson import TEACH_SECONDS, Lesson
from moodkiosk.moods.reading import AT_REST
from moodkiosk.words import mood_words
from moodkiosk.words.reason import Reason, either

VALUE_LIMIT_BYTES = 4096
"""A request longer than this is refused unread."""

NOBODY = "nobody in particular"
"""What the empty name of `person` is called; it may be said, too."""

Kind = Literal["switch", "text", "name", "percent", "label", "mood", "camera", "wish", "song", "lesson", "none"]


class BadCommand(Exception):
    """A request that is refused, and why, in one line."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One row of the table.

    Attributes:
        kind: what the value is: "switch" ("on"/"off", also booleans), "camera" ("on"/"off"/"lend"), "text" (up to 100
            characters, may be empty), "name" (of a person, may be empty), "percent" (0 to 100), "label" (a mood: the
            model's label, or a word that is shown for it in any language), "mood" (a label, or "auto"), "wish" (an
            object with "language", "artist" and "genre", each of which may be left out; anything else is no wish in
            particular), "song" (the id or the place of one in the list; may be empty), "lesson" (an object with
            "person", "labels" and "seconds", each of which may be left out), "none" (the value is ignored).
        doc: one sentence for people.
        guests: allowed in the page's read-only view.
    """

    kind: Kind
    doc: str
    guests: bool = False


TABLE: dict[str, Spec] = {
    "camera": Spec(
        "camera", "Opens or closes the camera; 'lend' releases it for 10 seconds at a time to a collection."
    ),
    "music": Spec("switch", "Switches automatic music on or off."),
    "mood": Spec("mood", "Sets the mood by hand, or 'auto' to go by the camera again."),
    "language": Spec("text", "The language of the songs to recommend; empty for any."),
    "artist": Spec("text", "The artist of the songs to recommend; empty for any."),
    "recommend": Spec(
        "wish",
        "Plays music for the mood now, whatever cool-down and quiet hours say; a language, an artist or a genre given"
        " with it comes first, for this once.",
    ),
    "recommendations": Spec(
        "wish",
        "Lists up to ten things to choose from for the mood: what the household has for it, what the player finds, and"
        " searches. Plays nothing.",
    ),
    "choose": Spec("song", "Plays one of those now: its id, or its place in the list."),
    "more_like": Spec("song", "Wants more of this: it takes turns with the mood's own music, and the list goes by it."),
    "not_again": Spec(
        "song", "Does not want this again: it is neither offered nor played by itself. Empty takes all of that back."
    ),
    "pause": Spec("none", "Pauses the music on the kiosk's speaker."),
    "play": Spec("none", "Goes on with the music that was paused; where none was, plays some for the mood now."),
    "skip": Spec("none", "Skips to the next song on the kiosk's speaker."),
    "volume_cap": Spec("percent", "The loudest the kiosk may set its speaker, in percent."),
    "correct": Spec("label", "The last seconds were read wrongly; this is the right label."),
    "remember": Spec("switch", "Whether what is corrected is remembered (points of the face), to learn from it."),
    "calibrate": Spec("name", "Takes 5 seconds of a neutral look as the person's own neutral face."),
    "teach": Spec(
        "lesson",
        "Begins a sitting before the kiosk: each mood is shown for some seconds, and learnt; `status` says how it is.",
    ),
    "teach_again": Spec("label", "Shows one mood of the sitting once more."),
    "teach_keep": Spec("none", "Keeps what the sitting has taught."),
    "teach_undo": Spec("none", "Takes back what was taught last, with its recordings."),
    "teach_stop": Spec("none", "Leaves the sitting; nothing of it is kept."),
    "teach_invite": Spec("none", "Opens 'Teach me' on the kiosk's page, where somebody has to agree first."),
    "person": Spec("name", "Says who is in front; empty for nobody in particular."),
    "reload": Spec(
        "none", "Takes the changed configuration as far as it can while running, and loads the model file again."
    ),
    "forget": Spec("name", "Deletes what is kept of a person; empty deletes all people's."),
    "look": Spec(
        "none", "Looks at what plays, for somebody who wants to know now; not more often than is good.", guests=True
    ),
    "why": Spec("none", "Lists the last decisions and their reasons.", guests=True),
    "status": Spec("none", "Says how the kiosk is doing.", guests=True),
}


def parse(
    name: str, value: object, labels: tuple[str, ...], transaction: object = None, origin: str = "cli"
) -> Command:
    """Validates a request. `labels` are those of the loaded model. Raises BadCommand."""
    spec = TABLE.get(name)
    if spec is None:
        raise BadCommand(Reason("bad.command", name=repr(name[:40]), known=list(TABLE)))
    if transaction is not None and not _is_mark(transaction):
        raise BadCommand(Reason("bad.transaction"))
    given = _value(spec.kind, value, labels)
    if name in ("person", "calibrate"):
        given = _somebody(str(given))
    return Command(name, given, None if transaction is None else str(transaction), origin)


def parse_payload(name: str, payload: bytes, labels: tuple[str, ...], origin: str = "mqtt") -> Command:
    """Validates a request as it comes over a wire: JSON `{"value": …, "transaction": …}`, a JSON scalar, or plain text.

    Raises BadCommand.
    """
    if len(payload) > VALUE_LIMIT_BYTES:
        raise BadCommand(Reason("bad.too_many_bytes", count=VALUE_LIMIT_BYTES))
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        raise BadCommand(Reason("bad.no_utf8")) from None
    transaction: object = None
    value: object = text
    if text.lstrip()[:1] in ("{", "[", '"'):
        try:
            value = msgspec.json.decode(payload)
        except NOT_JSON:
            raise BadCommand(Reason("bad.no_json")) from None
        if isinstance(value, dict):
            body: dict[str, object] = value
            if unknown := sorted(set(body) - {"value", "transaction"}):
                raise BadCommand(Reason("bad.key", name=repr(unknown[0][:40])))
            value, transaction = body.get("value"), body.get("transaction")
    return parse(name, value, labels, transaction, origin)


def _value(kind: Kind, value: object, labels: tuple[str, ...]) -> str | int | Taste | Lesson | None:
    if kind == "none":
        return None
    if kind == "wish":
        return _wish(value)
    if kind == "lesson":
        return _lesson(value, labels)
    if kind == "percent":
        return _percent(value)
    if kind in ("switch", "camera"):
        words = ("on", "off", "lend") if kind == "camera" else ("on", "off")
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, str) and value.strip().lower() in words:
            return value.strip().lower()
        raise BadCommand(Reason("bad.expected", words=either(*words)))
    if value is None and kind in ("name", "song"):
        return ""
    if kind == "song" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 <= value < 1000 else "?"
    text = _text(value, 100 if kind == "text" else 60)
    if kind == "mood" and text not in labels and text.casefold() == "auto":
        return "auto"
    return _label(text, labels) if kind in ("label", "mood") else text


def _label(text: str, labels: tuple[str, ...]) -> str:
    """The label that is meant: as the model writes it, or as it is shown in any language."""
    label = mood_words.meant(text, labels)
    if label is None:
        raise BadCommand(Reason("bad.mood", known=list(labels)) if labels else Reason("bad.no_moods"))
    return label


def _wish(value: object) -> Taste | None:
    """A wish in fields; a button says nothing of the kind ("PRESS")."""
    if not isinstance(value, dict):
        return None
    fields = Taste.__dataclass_fields__
    if unknown := sorted(str(key) for key in value if key not in fields):
        raise BadCommand(Reason("bad.wish", name=repr(unknown[0][:40]), known=list(fields)))
    return Taste(**{key: _text(text, 100) for key, text in value.items()}) or None


def _lesson(value: object, labels: tuple[str, ...]) -> Lesson:
    """What is to be taught; a button says nothing of it."""
    if not isinstance(value, dict):
        return Lesson()
    if unknown := sorted(str(key) for key in value if key not in Lesson.__dataclass_fields__):
        raise BadCommand(Reason("bad.wish", name=repr(unknown[0][:40]), known=list(Lesson.__dataclass_fields__)))
    seconds, chosen = value.get("seconds", Lesson().seconds), value.get("labels") or []
    least, most = TEACH_SECONDS
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not least <= seconds <= most:
        raise BadCommand(Reason("bad.seconds", least=least, most=most))
    if not isinstance(chosen, list | tuple):
        raise BadCommand(Reason("bad.moods"))
    return Lesson(_somebody(_text(value.get("person") or "", 60)), _taught(chosen, labels), float(seconds))


def _somebody(name: str) -> str:
    """The name of a person: nobody is called "nobody", which is what Home Assistant's select says of none."""
    return "" if name.casefold() in (NOBODY, "nobody") else name


def _taught(chosen: list[object] | tuple[object, ...], labels: tuple[str, ...]) -> tuple[str, ...]:
    """The moods of a lesson, in the order given."""
    texts = tuple(_label(_text(label, 60), labels) for label in chosen)
    if len(set(texts)) < len(texts):
        raise BadCommand(Reason("bad.moods_twice"))
    if texts and (AT_REST in labels) and (AT_REST not in texts or len(texts) < 2):
        raise BadCommand(Reason("bad.moods_rest", rest=AT_REST))
    return texts


def _text(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise BadCommand(Reason("bad.no_text"))
    text = unicodedata.normalize("NFC", value).strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") for letter in text):
        raise BadCommand(Reason("bad.control_characters"))
    if len(text) > most:
        raise BadCommand(Reason("bad.too_long", most=most))
    return text


def _is_mark(transaction: object) -> bool:
    """Whether it is short enough to be repeated: a text, or a whole number."""
    if isinstance(transaction, int):  # first its size: a number of thousands of digits may not even be written out
        return abs(transaction) < 10**64
    return isinstance(transaction, str) and len(transaction) <= 64


def _percent(value: object) -> int:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):  # no number, or one beyond all bounds
        number = math.nan
    if not 0 <= number <= 100:
        raise BadCommand(Reason("bad.percent"))
    return round(number)
