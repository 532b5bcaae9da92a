"""What to play for a mood: the household's own music first, then words to search for; and a link to open by hand."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from moodkiosk.decide.music import contexts
from moodkiosk.decide.settings import MoodMusic, MusicSettings
from moodkiosk.moods import AT_REST, Choice, Recommendation

YOUTUBE_SEARCH = "https://music.youtube.com/search?"


@dataclass(frozen=True, slots=True)
class Taste:
    """What the household likes; "" is any."""

    language: str = ""
    artist: str = ""


def choices(mood: str, music: MusicSettings, taste: Taste, last: str | None, *, asked: bool) -> tuple[Choice, ...]:
    """What could be played, in the order in which it is to be tried; empty: nothing is set for this mood.

    The mood's own entries take turns, beginning with the one after `last`; should that one not be playable, the
    others follow, URIs first, and at the end the search. A face at rest asks for nothing by itself: without an entry
    of its own it plays only when somebody `asked`.
    """
    own = music.moods.get(mood, MoodMusic())
    first, *rest = rotated(entries(own), last) or (None,)
    rest = sorted(rest, key=lambda choice: choice is not None and choice.kind != "uri")
    found = tuple(choice for choice in (first, *rest) if choice is not None)
    if own.search or (music.search_when_empty and (found or asked or mood != AT_REST)):
        return (*found, Choice("search", words(mood, own, taste)))
    return found


def entries(own: MoodMusic) -> tuple[Choice, ...]:
    """What the mood's own entries mean."""
    return tuple(map(contexts.choice, own.play))


def rotated(choices: tuple[Choice, ...], last: str | None) -> tuple[Choice, ...]:
    """The choices, beginning with the one after `last`."""
    values = [choice.value for choice in choices]
    start = values.index(last) + 1 if last in values else 0
    return choices[start:] + choices[:start]


def words(mood: str, own: MoodMusic, taste: Taste) -> str:
    """The words to search for: "mood language artist", or the mood's own."""
    language = taste.language if own.language is None else own.language
    artist = taste.artist if own.artist is None else own.artist
    return own.search or " ".join(filter(None, (mood, language, artist)))


def youtube_url(mood: str, music: MusicSettings, taste: Taste) -> str:
    """The same music on YouTube Music: the configured link, or a search that needs no account."""
    own = music.moods.get(mood, MoodMusic())
    return own.youtube or YOUTUBE_SEARCH + urlencode({"q": words(mood, own, taste)})


def recommend(mood: str, music: MusicSettings, taste: Taste, last: str | None) -> Recommendation:
    """Music that a person can open by hand; `last` is the entry that was played last for this mood."""
    own = music.moods.get(mood, MoodMusic())
    found = rotated(entries(own), last)
    current = found[-1:] if last in [choice.value for choice in found] else found[:1]
    named = next((choice.value for choice in current if choice.kind == "playlist"), None)
    uri = next((choice.value for choice in (*current, *found) if choice.kind == "uri"), None)
    return Recommendation(named or words(mood, own, taste), youtube_url(mood, music, taste), uri)
