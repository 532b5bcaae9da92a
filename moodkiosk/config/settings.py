"""The settings: one frozen class per concern; `load` reads them from YAML, those of decide are its own.

A new setting is one line here (or in `decide.settings`) and one in the example file. Units are in the names. Every
default is the documented one: a test compares them with
`config/moodkiosk.example.yaml`, which explains every key.
"""

# Without `from __future__ import annotations`, and so in `decide.settings`: msgspec and `limits` ask for the types, and
# each would have to compile the text of every one first, whenever the kiosk starts.
import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from moodkiosk.config import file_path, hosts
from moodkiosk.config.languages import AUTO, language
from moodkiosk.decide.limits import ReadBy
from moodkiosk.decide.settings import HourRange, MoodSettings, MusicSettings, PresenceSettings, Settings
from moodkiosk.words.reason import Reason

GAP_SECONDS = 1.5
"""A pause between readings that the slowest usual pace (one a second) does not reach."""
SILENCE_SECONDS = 10.0

Port = Annotated[int, Meta(ge=1, le=65_535)]
Rate = Annotated[float, Meta(ge=0.1, le=60)]
# A topic part, and an id for Home Assistant: no slash, no MQTT wildcard.
Id = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,40}\Z")]
# A site, as browsers name it: no path, nothing that would end a header.
Origin = Annotated[str, Meta(pattern=r"^https?://[a-zA-Z0-9.:\[\]-]{1,255}\Z")]
# Levels of a topic, with slashes between them.
Prefix = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9._-]+(/[a-zA-Z0-9._-]+)*\Z", max_length=100)]
RootPath = Annotated[str, Meta(pattern=r"^(/[a-zA-Z0-9._~-]{1,60}){0,5}\Z")]
# A topic to publish to: no MQTT wildcard.
Topic = Annotated[str, Meta(pattern=r"^[^+#\x00]{0,200}\Z")]
# A file or folder of this machine, with its whole path.
FilePath = Annotated[str, ReadBy(file_path.as_written)]
# "auto", or one of those there are words for.
Language = Annotated[str, ReadBy(language)]
# A machine, by its name or address.
Host = Annotated[str, ReadBy(hosts.host)]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the configuration; unknown keys are an error."""


class KioskSettings(Section, frozen=True):
    """Who this kiosk is."""

    id: Id = "kiosk"
    name: Annotated[str, Meta(min_length=1, max_length=60)] = "Mood kiosk"
    area: Annotated[str, Meta(max_length=60)] = ""  # the room it stands in, suggested to Home Assistant
    language: Language = AUTO  # of page, terminal and names; "auto": the reader's


class CameraSettings(Section, frozen=True):
    """Where the pictures come from."""

    source: FilePath = "rpicam"  # "rpicam", "actor", "/dev/videoN", a video file, or a URL
    width: Annotated[int, Meta(ge=160, le=1920)] = 640
    height: Annotated[int, Meta(ge=120, le=1080)] = 480
    frames_per_second: Annotated[int, Meta(ge=1, le=60)] = 15
    mirrored: bool = False  # the camera delivers a mirror image
    rotate: Literal[0, 90, 180, 270] = 0  # degrees clockwise by which its pictures are turned
    allow_network: bool = False  # a URL as source breaks the promise of the sandbox
    off_hours: tuple[HourRange, ...] = ()
    rpicam_command: FilePath = ""  # empty: rpicam-vid, else libcamera-vid


MOST_LOOKS_HZ, LEAST_LOOKS_HZ = 5.0, 1.0
"""Between these, the rate of looks follows how long one takes (`active_rate_hz: auto`)."""


class SenseSettings(Section, frozen=True):
    """How often and at whom to look."""

    active_rate_hz: Rate | Literal["auto"] = "auto"  # auto: as often as the processor manages, MOST_LOOKS_HZ at most
    idle_rate_hz: Rate = 2.0
    hot_rate_hz: Rate = 1.0
    hot_celsius: Annotated[float, Meta(ge=40, le=110)] = 78.0
    max_people: Annotated[int, Meta(ge=1, le=4)] = 4
    ignore_still_faces: bool = True
    still_minutes: Annotated[float, Meta(ge=0.1, le=60)] = 3.0
    neutral_gain: Annotated[float, Meta(ge=0, le=3)] = 1.0
    self_calibrate: bool = True  # learn the face at rest of whoever is in front, while in view
    engine: Literal["litert", "mediapipe"] = "litert"

    @property
    def most_hz(self) -> float:
        """Looks a second while somebody is there, at most."""
        return MOST_LOOKS_HZ if self.active_rate_hz == "auto" else self.active_rate_hz

    @property
    def least_hz(self) -> float:
        """Looks a second, at least: while nobody is there, the processor is hot, or slow."""
        active = LEAST_LOOKS_HZ if self.active_rate_hz == "auto" else self.active_rate_hz
        return min(active, self.idle_rate_hz, self.hot_rate_hz)


class ModelSettings(Section, frozen=True):
    """Which model reads the mood."""

    file: FilePath = ""  # empty: the last one deployed, else the starter model


class SpotifyDeveloper(Section, frozen=True):
    """Where the Web API is; for tests against a local double."""

    api_url: str = "https://api.spotify.com/v1/"
    authorize_url: str = "https://accounts.spotify.com/authorize"
    token_url: str = "https://accounts.spotify.com/api/token"  # noqa: S105 - an address


def client_id(text: str) -> str:
    """The text, if it is empty or can be the Client ID of a Spotify app. Raises ValueError."""
    if text and re.fullmatch(r"[0-9A-Za-z]{32}", text) is None:
        raise ValueError(Reason("config.client_id", letters=len(text), text=repr(text[:40])))
    return text


ClientId = Annotated[str, ReadBy(client_id)]


class SpotifySettings(Section, frozen=True):
    """Access to the Spotify Web API."""

    client_id: ClientId = ""
    redirect_port: Port = 8912
    token_file: FilePath = ""  # empty: spotify-token.json in the state folder
    deadline_seconds: Annotated[float, Meta(ge=1, le=120)] = 20.0
    timeout_seconds: Annotated[float, Meta(ge=0.5, le=30)] = 5.0
    wake_command: tuple[str, ...] = ()
    developer: SpotifyDeveloper = SpotifyDeveloper()


class MpdSettings(Section, frozen=True):
    """The MPD server, for the player "mpd"."""

    host: Annotated[str, ReadBy(hosts.host_or_socket)] = "localhost"  # or the path of its socket
    port: Port = 6600
    password_file: FilePath = ""
    deadline_seconds: Annotated[float, Meta(ge=1, le=120)] = 10.0


class TlsSettings(Section, frozen=True):
    """TLS to the broker."""

    ca_file: FilePath = ""  # empty: the system's authorities
    certificate_file: FilePath = ""
    key_file: FilePath = ""


class MqttSettings(Section, frozen=True):
    """The MQTT broker and Home Assistant."""

    enabled: bool = True
    host: Host = "localhost"
    port: Port = 1883
    protocol: Literal["5", "3.1.1"] = "5"
    username: str = ""
    password_file: FilePath = ""
    tls: TlsSettings | None = None
    discovery: bool = True
    discovery_prefix: Prefix = "homeassistant"
    base_topic: Prefix = "moodkiosk"  # all topics of the kiosk are under <base_topic>/<id>
    health_seconds: Annotated[float, Meta(ge=10, le=3600)] = 60.0
    player_topic: Topic = ""  # for the player "mqtt"; empty: <base_topic>/<id>/play


class WebSettings(Section, frozen=True):
    """The kiosk page."""

    enabled: bool = True
    host: Host = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8080
    language: Language = AUTO
    password_file: FilePath = ""  # needed when host is not a loopback address
    allowed_hosts: tuple[str, ...] = ()  # further names under which the page may be called
    root_path: RootPath = ""  # under which a proxy shows the page, where it leaves that in the paths it asks for
    framed_by: tuple[Origin, ...] = ()  # sites that may show the page in a frame
    read_only: bool = False
    metrics: bool = False  # figures for a Prometheus at /metrics, without signing in
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

    runtime: FilePath = ""
    state: FilePath = ""


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
    mpd: MpdSettings = MpdSettings()
    mqtt: MqttSettings = MqttSettings()
    web: WebSettings = WebSettings()
    learning: LearningSettings = LearningSettings()
    display: DisplaySettings = DisplaySettings()
    paths: PathSettings = PathSettings()

    def for_decide(self) -> Settings:
        """What decide is told; how long nothing is known and when a camera is silent follow from how often it looks."""
        slowest_seconds = 1 / self.sense.least_hz
        return Settings(
            presence=self.presence,
            mood=self.mood,
            music=self.music,
            camera_off_hours=self.camera.off_hours,
            gap_seconds=max(GAP_SECONDS, 1.5 * slowest_seconds),
            silence_seconds=max(SILENCE_SECONDS, 3 * slowest_seconds),
        )
