"""The payloads, key by key. The tables in docs/home-automation.md are made from these classes.

Every key is always there; what is unknown is null. Times are ISO 8601 with zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from moodkiosk.moods.event import EventKind
from moodkiosk.moods.lesson import Taught
from moodkiosk.moods.view import Recommendation, UnknownBecause
from moodkiosk.words.reason import plain

KeyOf = Annotated[str | None, Meta(description="the key of the sentence above; null: other programs' words")]
FieldsOf = Annotated[dict[str, Any] | None, Meta(description="what is filled in, by name")]


class Payload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A JSON object on a topic. No key has a default, so that decoding a payload proves that all are there."""


class State(Payload, frozen=True):
    """What the kiosk shows of itself: `moods.view.View`, key for key."""

    mood: Annotated[
        str | None,
        Meta(description="the mood; null: nobody (`present` false), not sure, or `unknown_because`"),
    ]
    confidence: Annotated[
        float | None,
        Meta(description="how sure, 0 to 1 in steps of 0.05; null: unknown, or by hand; never by itself published"),
    ]
    since: Annotated[str | None, Meta(description="since when this mood; null: unknown")]
    present: Annotated[bool | None, Meta(description="somebody is there; null: unknown")]
    people: Annotated[int | None, Meta(description="how many people are in view; null: unknown")]
    unknown_because: Annotated[
        UnknownBecause | None, Meta(description="why it is not known who is there, or in what mood; null: both are")
    ]
    person: Annotated[str | None, Meta(description="whose neutral face is used")]
    camera: Annotated[bool, Meta(description="the camera's switch")]
    camera_status: Annotated[str, Meta(description='"on", "off", "starting", "lost: …", "lent", "scheduled off"')]
    camera_status_key: KeyOf
    camera_status_fields: FieldsOf
    music: Annotated[bool, Meta(description="the switch of automatic music")]
    playing: Annotated[str | None, Meta(description="what we started and nobody stopped, in words")]
    playing_key: KeyOf
    playing_fields: FieldsOf
    now_playing: Annotated[
        dict[str, Any] | None, Meta(description="what plays, in fields: see below; null: nothing known to")
    ]
    player_status: Annotated[str, Meta(description='"ready", or what is wrong and what to do')]
    player_status_key: KeyOf
    player_status_fields: FieldsOf
    override_until: Annotated[str | None, Meta(description="until when a person's own choice of music is left alone")]
    quiet_until: Annotated[str | None, Meta(description="until when no music starts by itself")]
    manual_mood: Annotated[str | None, Meta(description="the mood set by hand; null: by camera")]
    volume_cap: Annotated[int, Meta(ge=0, le=100, description="the loudest the kiosk may set its speaker, percent")]
    volume_percent_max: Annotated[
        int, Meta(ge=0, le=100, description="the highest that `volume_cap` may be set to, as configured")
    ]
    language: Annotated[str, Meta(description="language of recommended songs; empty: any")]
    artist: Annotated[str, Meta(description="artist of recommended songs; empty: any")]
    recommendation: Annotated[
        Recommendation | None, Meta(description="music for the mood: `title`, `youtube_url`, `spotify_uri`")
    ]
    last_decision: Annotated[str | None, Meta(description="what was decided last and why, one sentence")]
    last_decision_key: KeyOf
    last_decision_fields: FieldsOf
    in_words: Annotated[
        dict[str, str | None],
        Meta(description="the sentences above in the kiosk's language (`kiosk.language`), by key"),
    ]
    labels: Annotated[tuple[str, ...], Meta(description="the moods that the loaded model knows")]
    enrolled: Annotated[tuple[str, ...], Meta(description="names of those with a neutral face of their own")]
    model: Annotated[
        str | None, Meta(description='who made the model: "starter", "taught" (here), "trained"; null: unknown')
    ]
    remembers: Annotated[bool | None, Meta(description="corrections are remembered, to learn from; null: unknown")]
    login_days_left: Annotated[
        int | None, Meta(description="whole days until the Spotify sign-in ends; null: there is none")
    ]


class Event(Payload, frozen=True):
    """Something that happened once."""

    event_type: Annotated[EventKind, Meta(description="what happened (the key that Home Assistant reads)")]
    kind: Annotated[EventKind, Meta(description="the same")]
    id: Annotated[str, Meta(description="unique; an id seen before is the same event")]
    at: Annotated[str, Meta(description="when")]
    mood: Annotated[str | None, Meta(description="the settled mood after it; null: nobody, not sure or unknown")]
    previous: Annotated[str | None, Meta(description="the settled mood before it")]
    detail: Annotated[str | None, Meta(description="one sentence for people")]
    detail_key: KeyOf
    detail_fields: FieldsOf
    in_words: Annotated[str | None, Meta(description="the sentence above in the kiosk's language (`kiosk.language`)")]
    taught: Annotated[
        Taught | None,
        Meta(
            description="of `taught`, on looks not learnt from: `before`, `after` (shares read right, 0 to 1), `low`,"
            " `high` (bounds of `after`), `better` (surely, and in use), `looks`, `people` (how many), `moods` (each"
            " before and after); else null"
        ),
    ]


class Info(Payload, frozen=True):
    """What the kiosk is."""

    version: Annotated[str, Meta(description="version of moodkiosk")]
    latest_version: Annotated[str, Meta(description="the newest that is installed here, and waits for a restart")]
    kiosk: Annotated[str, Meta(description="the kiosk's id")]
    name: Annotated[str, Meta(description="the kiosk's name")]
    instance: Annotated[str, Meta(description="of this start; tells two kiosks with one id apart")]
    labels: Annotated[tuple[str, ...], Meta(description="the moods that the loaded model knows; empty: none loaded")]
    model_hash: Annotated[str | None, Meta(description="SHA-256 of the model file")]
    schema: Annotated[str | None, Meta(description="id of the measures that the model takes")]
    uses_hands: Annotated[bool | None, Meta(description="the model looks at hands as well")]
    model_made: Annotated[
        str | None, Meta(description='who made the model: "starter", "taught" (here), "trained"; null: unknown')
    ]
    model_date: Annotated[str | None, Meta(description="when a taught or trained model was put in; null: the starter")]
    model_accuracy: Annotated[
        float | None,
        Meta(description="share of right looks on those held out when it was made, 0 to 1; null: unknown"),
    ]
    people: Annotated[tuple[str, ...], Meta(description="names of those with a neutral face of their own")]
    config: Annotated[dict[str, Any], Meta(description="the configuration without secrets, addresses and accounts")]


class Recommendations(Payload, frozen=True):
    """Songs to choose from, for the mood that music was recommended for last."""

    count: Annotated[int, Meta(ge=0, description="how many there are, ten at most")]
    items: Annotated[
        list[dict[str, Any]],
        Meta(
            description="in order: `id`, `kind`, `title` (with `title_key` and `title_fields`), `in_words` (the title"
            " in the kiosk's language), `by`, `songs` (how many), `seconds`, `cover`, `own` (the household's),"
            " `youtube_url`, `spotify_uri`"
        ),
    ]


class Health(Payload, frozen=True):
    """How the kiosk is doing.

    Made by the main loop when `Publisher.health_due_at` says so. Sense's numbers come from `link.SenseHealth`.
    """

    at: Annotated[str, Meta(description="when these figures were taken")]
    started_at: Annotated[str, Meta(description="when act was started")]
    uptime_seconds: Annotated[int, Meta(ge=0, description="since act was started")]
    sense: Annotated[bool | None, Meta(description="the half that sees is there; null: it is starting")]
    pace: Annotated[str | None, Meta(description='how often it looks: "active", "idle", "hot" or "off"')]
    frames_per_second: Annotated[float | None, Meta(description="frames looked at a second")]
    active_rate_hz: Annotated[
        float | None, Meta(description="looks a second while somebody is there, as fast as the processor is")
    ]
    cpu_ms_per_frame: Annotated[float | None, Meta(description="processor milliseconds a frame")]
    celsius: Annotated[float | None, Meta(description="temperature of the processor")]
    throttled: Annotated[bool | None, Meta(description="the firmware slows the processor down")]
    sense_rss_mb: Annotated[float | None, Meta(description="memory of sense, MB")]
    act_rss_mb: Annotated[float, Meta(ge=0, description="memory of act, MB")]
    queues: Annotated[dict[str, int], Meta(description="lengths of the queues by name")]
    counters: Annotated[dict[str, int], Meta(description="dropped and damaged things by name, since the start")]
    requests_today: Annotated[int, Meta(ge=0, description="requests to the Spotify Web API since midnight")]
    login_days_left: Annotated[
        float | None, Meta(description="days until the Spotify sign-in ends, to a tenth; null: there is none")
    ]


class Answer(Payload, frozen=True):
    """What became of a command."""

    command: Annotated[str, Meta(description="the command's name, as asked")]
    ok: Annotated[bool, Meta(description="it was done")]
    error: Annotated[str | None, Meta(description="why not")]
    error_key: KeyOf
    error_fields: FieldsOf
    text: Annotated[str, Meta(description="what was done, for people")]
    text_key: KeyOf
    text_fields: FieldsOf
    in_words: Annotated[str, Meta(description="what was done, or why not, in the kiosk's language")]
    transaction: Annotated[str | int | None, Meta(description="the request's own mark, as it came")]


Availability = Literal["online", "offline"]
TABLES: Mapping[str, type[Payload]] = {
    "state": State,
    "event": Event,
    "info": Info,
    "recommendations": Recommendations,
    "health": Health,
    "result": Answer,
}
"""Topic under `moodkiosk/<kiosk>/` to the class of its JSON payload."""


def encode(payload: Payload) -> bytes:
    """The payload as JSON."""
    return msgspec.json.encode(payload, enc_hook=plain)
