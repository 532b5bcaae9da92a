"""The settings: one frozen class per concern. `config` fills them from YAML.

Units are in the names. Every default is the documented one: a test compares them with
`config/moodkiosk.example.yaml`, which explains every key.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Minutes = Annotated[float, Meta(ge=0, le=10_080)]
Port = Annotated[int, Meta(ge=1, le=65_535)]
Rate = Annotated[float, Meta(ge=0.1, le=60)]
# A topic part, and an id for Home Assistant: no slash, no MQTT wildcard.
Id = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,40}$")]
# A topic to publish to: no MQTT wildcard.
Topic = Annotated[str, Meta(pattern=r"^[^+#\x00]{0,200}$")]
# "22:30-07:00", optionally with days before it: "fri,sat 23:30-09:00".
HourRange = Annotated[
    str,
    Meta(
        pattern=r"^((mon|tue|wed|thu|fri|sat|sun)(,(mon|tue|wed|thu|fri|sat|sun))* )?"
        r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"
    ),
]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the configuration; unknown keys are an error."""


class KioskSettings(Section, frozen=True):
    """Who this kiosk is."""

    id: Id = "kiosk"
    name: Annotated[str, Meta(min_length=1, max_length=60)] = "Mood kiosk"


class CameraSettings(Section, frozen=True):
    """Where the pictures come from."""

    source: str = "rpicam"  # "rpicam", "actor", "/dev/videoN", a video file, or a URL
    width: Annotated[int, Meta(ge=160, le=1920)] = 640
    height: Annotated[int, Meta(ge=120, le=1080)] = 480
    frames_per_second: Annotated[int, Meta(ge=1, le=60)] = 15
    mirrored: bool = False  # the camera delivers a mirror image
    allow_network: bool = False  # a URL as source breaks the promise of the sandbox
    off_hours: tuple[HourRange, ...] = ()
    rpicam_command: str = ""  # empty: rpicam-vid, else libcamera-vid


class SenseSettings(Section, frozen=True):
    """How often and at whom to look."""

    active_rate_hz: Rate = 5.0
    idle_rate_hz: Rate = 2.0
    hot_rate_hz: Rate = 1.0
    hot_celsius: Annotated[float, Meta(ge=40, le=110)] = 78.0
    max_people: Annotated[int, Meta(ge=1, le=4)] = 4
    ignore_still_faces: bool = True
    still_minutes: Annotated[float, Meta(ge=0.1, le=60)] = 3.0
    neutral_gain: Annotated[float, Meta(ge=0, le=3)] = 1.0


class ModelSettings(Section, frozen=True):
    """Which model reads the mood."""

    file: str = ""  # empty: the last one deployed, else the starter model


class PresenceSettings(Section, frozen=True):
    """When somebody is here."""

    arrive_seconds: Seconds = 1.0
    leave_seconds: Seconds = 30.0


class MoodSettings(Section, frozen=True):
    """When a mood counts as settled."""

    window_seconds: Annotated[float, Meta(ge=0.5, le=60)] = 4.0
    enter_share: Share = 0.6
    exit_share: Share = 0.4
    min_confidence: Share = 0.45
    refractory_seconds: Seconds = 8.0
    manual_minutes: Minutes = 120.0


class TasteSettings(Section, frozen=True):
    """The classic project's two inputs."""

    language: Annotated[str, Meta(max_length=60)] = ""
    artist: Annotated[str, Meta(max_length=100)] = ""


class MoodMusic(Section, frozen=True):
    """What to play for one mood. `play`: URIs, share links, or names of own playlists."""

    play: tuple[str, ...] = ()
    search: str = ""  # words instead of "mood language artist"
    language: str | None = None  # None: the general taste
    artist: str | None = None
    youtube: str = ""  # a YouTube Music playlist link to show instead of a search


class MusicSettings(Section, frozen=True):
    """What is played, when, where and how loud."""

    automatic: bool = True
    player: Literal["spotify", "dry-run", "mqtt"] = "dry-run"
    speaker: str = "Living room"
    moods: dict[str, MoodMusic] = {}
    search_when_empty: bool = True  # search "mood language artist" for a mood without `play`
    taste: TasteSettings = TasteSettings()
    min_minutes_between_changes: Minutes = 10.0
    respect_manual_minutes: Minutes = 60.0
    quiet_hours: tuple[HourRange, ...] = ("22:00-07:00",)
    volume_percent_max: Percent = 60
    quiet_volume_percent_max: Percent = 25
    finish_song: bool = False
    when_nobody: Literal["keep", "pause"] = "keep"


class SpotifyDeveloper(Section, frozen=True):
    """Where the Web API is; for tests against a local double."""

    api_url: str = "https://api.spotify.com/v1/"
    authorize_url: str = "https://accounts.spotify.com/authorize"
    token_url: str = "https://accounts.spotify.com/api/token"  # noqa: S105 - an address


class SpotifySettings(Section, frozen=True):
    """Access to the Spotify Web API."""

    client_id: str = ""
    redirect_port: Port = 8912
    token_file: str = ""  # empty: spotify-token.json in the state folder
    deadline_seconds: Annotated[float, Meta(ge=1, le=120)] = 20.0
    timeout_seconds: Annotated[float, Meta(ge=0.5, le=30)] = 5.0
    wake_command: tuple[str, ...] = ()
    developer: SpotifyDeveloper = SpotifyDeveloper()


class TlsSettings(Section, frozen=True):
    """TLS to the broker."""

    ca_file: str = ""  # empty: the system's authorities
    certificate_file: str = ""
    key_file: str = ""


class MqttSettings(Section, frozen=True):
    """The MQTT broker and Home Assistant."""

    enabled: bool = True
    host: str = "localhost"
    port: Port = 1883
    protocol: Literal["5", "3.1.1"] = "5"
    username: str = ""
    password_file: str = ""
    tls: TlsSettings | None = None
    discovery: bool = True
    discovery_prefix: Id = "homeassistant"
    health_seconds: Annotated[float, Meta(ge=10, le=3600)] = 60.0
    player_topic: Topic = ""  # for the player "mqtt"; empty: moodkiosk/<id>/play


class WebSettings(Section, frozen=True):
    """The kiosk page."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8080
    language: Literal["auto", "en", "de"] = "auto"
    password_file: str = ""  # needed when host is not a loopback address
    allowed_hosts: tuple[str, ...] = ()  # further names under which the page may be called
    read_only: bool = False
    keep_history: bool = False  # keep today's moods in the state folder


class LearningSettings(Section, frozen=True):
    """What is kept for learning."""

    keep_corrections: bool = False
    correction_seconds: Annotated[float, Meta(ge=1, le=30)] = 5.0
    retention_days: Annotated[int, Meta(ge=1, le=3650)] = 90


class DisplaySettings(Section, frozen=True):
    """The optional touch screen."""

    blank_when_nobody: bool = True


class PathSettings(Section, frozen=True):
    """Folders. Empty: what systemd says, else the user's own folders."""

    runtime: str = ""
    state: str = ""


class Config(Section, frozen=True):
    """The whole configuration."""

    kiosk: KioskSettings = KioskSettings()
    camera: CameraSettings = CameraSettings()
    sense: SenseSettings = SenseSettings()
    model: ModelSettings = ModelSettings()
    presence: PresenceSettings = PresenceSettings()
    mood: MoodSettings = MoodSettings()
    music: MusicSettings = MusicSettings()
    spotify: SpotifySettings = SpotifySettings()
    mqtt: MqttSettings = MqttSettings()
    web: WebSettings = WebSettings()
    learning: LearningSettings = LearningSettings()
    display: DisplaySettings = DisplaySettings()
    paths: PathSettings = PathSettings()
