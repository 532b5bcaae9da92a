"""Our own values become payloads."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec

from moodkiosk.act.mqtt.payloads import Answer, Event, Info, Recommendations, State
from moodkiosk.config.settings import Config
from moodkiosk.decide.music.songs import public
from moodkiosk.decide.view import public as public_view
from moodkiosk.host.version import newest_here
from moodkiosk.link.messages import Hello
from moodkiosk.moods.command import Result
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.song import Song
from moodkiosk.moods.view import SENTENCES, View
from moodkiosk.words.language import FALLBACK, translated
from moodkiosk.words.reason import fixed, said

CONFIDENCE_STEP = 0.05


def state_of(view: View, language: str = FALLBACK) -> State:
    """The payload of a view; its sentences also in a language."""
    fields = public_view(view)
    if view.confidence is not None:
        fields["confidence"] = round(round(view.confidence / CONFIDENCE_STEP) * CONFIDENCE_STEP, 2)
    spoken = {name: getattr(view, name) for name in SENTENCES}
    fields["in_words"] = {name: text and translated(fixed(text), language) for name, text in spoken.items()}
    return State(**fields)


def recommendations_of(songs: tuple[Song, ...], language: str = FALLBACK) -> Recommendations:
    """The payload of songs to choose from; their titles also in a language: some are sentences."""
    items = [public(one) | {"in_words": translated(one.title, language)} for one in songs]
    return Recommendations(count=len(songs), items=items)


def event_of(event: MoodEvent, at: datetime, language: str = FALLBACK) -> Event:
    """The payload of an event that happened `at`; its sentence also in a language."""
    return Event(
        event_type=event.kind,
        kind=event.kind,
        id=event.id,
        at=at.isoformat(timespec="milliseconds"),
        mood=event.mood,
        previous=event.previous,
        **said({"detail": event.detail}, ("detail",)),
        in_words=event.detail and translated(event.detail, language),
        taught=event.taught,
    )


def answer_of(result: Result, transaction: str | int | None, language: str = FALLBACK) -> Answer:
    """The payload of a result; `transaction` is the request's, also where it was refused for something else."""
    return Answer(
        command=result.command,
        ok=result.ok,
        **said({"error": result.error, "text": result.text}, ("error", "text")),
        in_words=translated(result.text if result.ok else result.error or "", language),
        transaction=transaction,
    )


def info_of(config: Config, version: str, instance: str, hello: Hello | None) -> Info:
    """The payload that says what the kiosk is; without `hello`, no model is loaded yet."""
    return Info(
        version=version,
        latest_version=newest_here(version),
        kiosk=config.kiosk.id,
        name=config.kiosk.name,
        instance=instance,
        labels=hello.labels if hello else (),
        model_hash=hello.model_hash if hello else None,
        schema=hello.schema if hello else None,
        uses_hands=hello.uses_hands if hello else None,
        model_made=(hello.model_made or None) if hello else None,
        model_date=(hello.model_date or None) if hello else None,
        model_accuracy=hello.model_accuracy if hello else None,
        people=hello.people if hello else (),
        config=public_config(config),
    )


def public_config(config: Config) -> dict[str, Any]:
    """The configuration for everybody on the broker: no secrets, accounts, addresses, commands or folders."""
    whole: dict[str, Any] = msgspec.to_builtins(config)
    for section in ("paths", "web", "display", "model"):
        del whole[section]
    for key in ("client_id", "redirect_port", "token_file", "wake_command", "developer"):
        del whole["spotify"][key]
    for key in ("host", "port", "username", "password_file", "tls"):
        del whole["mqtt"][key]
    del whole["camera"]["rpicam_command"]
    # A camera's URL may carry a password, in its user part or its query.
    whole["camera"]["source"] = re.sub(r"^(\w+)://.*", r"\1 address", whole["camera"]["source"])
    return whole
