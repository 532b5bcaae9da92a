"""What decide wants to know of the configuration: one frozen class per concern, decoded as it stands.

A new setting is one line here and one in `config/moodkiosk.example.yaml`, which explains every key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self

from moodkiosk.decide import hours
from moodkiosk.decide.limits import ReadBy, Within
from moodkiosk.decide.music import contexts
from moodkiosk.words.reason import Reason

Share = Annotated[float, Within(0, 1)]
Percent = Annotated[int, Within(0, 100)]
Seconds = Annotated[float, Within(0, 86_400)]
Minutes = Annotated[float, Within(0, 10_080)]
SETTLE_SECONDS_MOST = 60
"""Who waits longer for a mood to settle waits for nothing."""
# "22:30-07:00", optionally with days before it: "fri,sat 23:30-09:00".
HourRange = Annotated[str, ReadBy(hours.parse)]
# A link from Spotify's "share" menu, a URI, or the name of an own playlist.
Entry = Annotated[str, ReadBy(contexts.choice)]


def web_link(text: str) -> str:
    """The text, if it is empty or a link that a browser may open. Raises ValueError."""
    if text and not text.startswith("https://"):
        raise ValueError(Reason("config.link", text=repr(text)))
    return text


@dataclass(frozen=True, slots=True)
class PresenceSettings:
    """When somebody is here."""

    arrive_seconds: Seconds = 1.0  # a face must be seen this long to have arrived
    leave_seconds: Seconds = 30.0  # nobody seen for this long means that everybody has left
    unknown_seconds: Annotated[float, Within(1, 3600)] = 5.0  # without a look for this long nothing is known of anybody


@dataclass(frozen=True, slots=True)
class MoodSettings:
    """When a mood counts as settled."""

    settle_seconds: Annotated[float, Within(0.5, SETTLE_SECONDS_MOST)] = (
        2.0  # a mood that shows clearly settles after about this long
    )
    sure: Annotated[float, Within(0.5, 0.99)] = 0.85  # how sure the kiosk must be of a mood
    refractory_seconds: Seconds = 8.0  # after a change the next one waits this long
    manual_minutes: Minutes = 120.0  # a mood chosen by hand lasts this long


@dataclass(frozen=True, slots=True)
class TasteSettings:
    """The classic project's two inputs, and a genre; "" is any."""

    language: Annotated[str, Within(0, 60)] = ""
    artist: Annotated[str, Within(0, 100)] = ""
    genre: Annotated[str, Within(0, 100)] = ""


@dataclass(frozen=True, slots=True)
class MoodMusic:
    """What to play for one mood."""

    play: tuple[Entry, ...] = ()  # context URIs, links and names of own playlists, played in turn
    search: str = ""  # words to search for, instead of "mood language artist genre"
    language: str | None = None  # instead of the general taste; None: the general one
    artist: str | None = None
    genre: str | None = None
    youtube: Annotated[str, ReadBy(web_link)] = ""  # shown instead of a YouTube Music search


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What a mood is searched by: music that goes with it ("": its name), and music that lifts it ("": the same)."""

    match: str = ""
    lift: str = ""


SEARCHES: Mapping[str, SearchWords] = {
    "happy": SearchWords("happy"),
    "sad": SearchWords("comforting calm", "uplifting"),
    "angry": SearchWords("calming", "good mood"),
    "fear": SearchWords("soothing", "hopeful"),
    "disgust": SearchWords("easy listening", "good mood"),
    "surprise": SearchWords("upbeat"),
    "neutral": SearchWords("relaxed"),
}
"""A mood's name is not always a good search: whoever is sad is not helped by whatever calls itself sad."""


@dataclass(frozen=True, slots=True)
class MusicSettings:
    """What is played, when, where and how loud."""

    automatic: bool = True  # play by mood without being asked
    player: Literal["spotify", "mpd", "dry-run", "mqtt"] = "dry-run"
    speaker: str = "Living room"  # its name
    moods: Mapping[str, MoodMusic] = field(default_factory=dict)
    after_seconds: Seconds = 15.0  # a mood must have held this long before music starts by itself
    search_when_empty: bool = True  # search for a mood that has nothing of its own
    searches: Mapping[str, SearchWords] = field(default_factory=lambda: SEARCHES)  # others: by the mood's name
    direction: Literal["match", "lift"] = "match"  # search for music that goes with a mood, or that lifts it
    explicit: bool = True  # False: leave out what calls itself explicit, where that can be told
    taste: TasteSettings = TasteSettings()
    min_minutes_between_changes: Minutes = 10.0  # after music was started by us, leave it this long
    respect_manual_minutes: Minutes = 60.0  # after a person played something else, leave the music alone this long
    respect_pause: Literal["morning"] | Minutes = "morning"  # how long a pause is left alone
    quiet_hours: tuple[HourRange, ...] = ("22:00-07:00",)  # no music by itself
    volume_percent_max: Percent = 60  # never louder
    quiet_action: Literal["lower", "stop", "keep"] = "lower"  # what becomes of our music when quiet hours begin
    quiet_volume_percent_max: Percent = 25  # never louder in quiet hours
    fade_seconds: Annotated[float, Within(0, 10)] = 4.0  # changes of the volume take this long
    finish_song: bool = False  # let the song end before changing
    when_nobody: Literal["keep", "pause", "fade"] = "fade"  # what becomes of our music when everybody has left
    nobody_minutes: Minutes = 15.0  # with "fade": so long after


GAP_LOOKS, SILENT_LOOKS = 1.5, 4.0
"""So many times as long as a look, where that is long."""
SLOW_LOOK_SECONDS, SLOW_SILENCE_SECONDS = 0.5, 60.0
"""A processor on which a look takes so long may need many times that for the next one, when it has much to do or
is hot: that is no camera's fault. So may the first look of all, of which nobody knows yet how long it takes. A camera
that brings nothing is seen by the half that sees, and said by it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything decide is told.

    Attributes:
        camera_off_hours: hours in which the camera is closed.
        gap_seconds: of a longer pause between two readings nothing is known.
        silence_seconds: an open camera that brings no reading for this long is lost.
    """

    presence: PresenceSettings = PresenceSettings()
    mood: MoodSettings = MoodSettings()
    music: MusicSettings = MusicSettings()
    camera_off_hours: tuple[HourRange, ...] = ()
    gap_seconds: float = 1.5
    silence_seconds: float = 10.0

    def with_promise_of(self, seconds: float) -> Self:
        """The same, where sense has said that it may be silent for so long."""
        if not seconds:
            return self
        late = seconds + self.gap_seconds
        return replace(self, gap_seconds=late, silence_seconds=max(self.silence_seconds, late))

    def with_looks_of(self, seconds: float) -> Self:
        """The same, where one look takes so long (0: that is not known yet): what is too long a pause follows it."""
        return replace(
            self,
            presence=replace(self.presence, unknown_seconds=max(self.presence.unknown_seconds, SILENT_LOOKS * seconds)),
            gap_seconds=max(self.gap_seconds, GAP_LOOKS * seconds),
            silence_seconds=max(
                self.silence_seconds,
                SILENT_LOOKS * seconds,
                0.0 if 0 < seconds < SLOW_LOOK_SECONDS else SLOW_SILENCE_SECONDS,
            ),
        )
