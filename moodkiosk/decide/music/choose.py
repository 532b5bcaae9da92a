"""What to play for a mood: the household's own music first, then words to search for; and a link to open by hand."""

from __future__ import annotations

from urllib.parse import urlencode

from moodkiosk.decide.music import contexts
from moodkiosk.decide.settings import MoodMusic, MusicSettings
from moodkiosk.moods import AT_REST, Choice, Recommendation, Taste

YOUTUBE_SEARCH = "https://music.youtube.com/search?"


ANY = Taste()


def choices(
    mood: str, music: MusicSettings, taste: Taste, last: str | None, *, asked: bool, wish: Taste = ANY
) -> tuple[Choice, ...]:
    """What could be played, in the order in which it is to be tried; empty: nothing is set for this mood.

    The mood's own entries take turns, beginning with the one after `last`; should that one not be playable, the
    others follow, URIs first, and at the end the search. A face at rest asks for nothing by itself: without an entry
    of its own it plays only when somebody `asked`. Somebody who wishes for a language, an artist or a genre gets a
    search for that first: the mood's own entries are for when nothing is found.
    """
    own = music.moods.get(mood, MoodMusic())
    first, *rest = rotated(entries(own), last) or (None,)
    rest = sorted(rest, key=lambda choice: choice is not None and choice.kind != "uri")
    found = tuple(choice for choice in (first, *rest) if choice is not None)
    search = Choice("search", words(mood, own, taste, wish))
    if wish:
        return (search, *found)
    if own.search or (music.search_when_empty and (found or asked or mood != AT_REST)):
        return (*found, search)
    return found


def entries(own: MoodMusic) -> tuple[Choice, ...]:
    """What the mood's own entries mean."""
    return tuple(map(contexts.choice, own.play))


def rotated(choices: tuple[Choice, ...], last: str | None) -> tuple[Choice, ...]:
    """The choices, beginning with the one after `last`."""
    values = [choice.value for choice in choices]
    start = values.index(last) + 1 if last in values else 0
    return choices[start:] + choices[:start]


def fields(own: MoodMusic, taste: Taste, wish: Taste = ANY) -> Taste:
    """What the music is to be: what was wished for, else what the mood's own entry says, else the general taste."""
    return Taste(
        wish.language or (taste.language if own.language is None else own.language),
        wish.artist or (taste.artist if own.artist is None else own.artist),
        wish.genre or (taste.genre if own.genre is None else own.genre),
    )


def words(mood: str, own: MoodMusic, taste: Taste, wish: Taste = ANY) -> str:
    """The words to search for: "mood language artist genre", or the mood's own and what was wished for."""
    wanted = wish if own.search else fields(own, taste, wish)
    return " ".join(filter(None, (own.search or mood, wanted.language, wanted.artist, wanted.genre)))


def youtube_url(mood: str, music: MusicSettings, taste: Taste, wish: Taste = ANY) -> str:
    """The same music on YouTube Music: the configured link, or a search that needs no account."""
    own = music.moods.get(mood, MoodMusic())
    link = "" if wish else own.youtube
    return link or YOUTUBE_SEARCH + urlencode({"q": words(mood, own, taste, wish)})


def recommend(mood: str, music: MusicSettings, taste: Taste, last: str | None, wish: Taste = ANY) -> Recommendation:
    """Music that a person can open by hand; `last` is the entry that was played last for this mood."""
    own = music.moods.get(mood, MoodMusic())
    link = youtube_url(mood, music, taste, wish)
    if wish:
        return Recommendation(words(mood, own, taste, wish), link)
    found = rotated(entries(own), last)
    current = found[-1:] if last in [choice.value for choice in found] else found[:1]
    named = next((choice.value for choice in current if choice.kind == "playlist"), None)
    uri = next((choice.value for choice in (*current, *found) if choice.kind == "uri"), None)
    return Recommendation(named or words(mood, own, taste), link, uri)
