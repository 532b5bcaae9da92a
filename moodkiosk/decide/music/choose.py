"""What to play for a mood: the household's own music first, then words to search for; and a link to open by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Mapping
from functools import lru_cache
from urllib.parse import urlencode, urlsplit

from moodkiosk.decide.music import contexts
from moodkiosk.decide.settings import MoodMusic, MusicSettings, SearchWords
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.moods.reading import AT_REST
from moodkiosk.moods.view import Recommendation
from moodkiosk.words.reason import Reason, how

YOUTUBE_SEARCH = "https://music.youtube.com/search?"
SEARCHED_LETTERS = 180
"""So much of the words is searched for: one letter may be twelve of an address, and nothing has a longer name."""

ANY = Taste()
SOMETHING = Reason("music.something")
"""What plays, where nothing more is known of it."""


def choices(
    mood: str,
    music: MusicSettings,
    taste: Taste,
    last: str | None,
    *,
    asked: bool,
    wish: Taste = ANY,
    liked: tuple[Choice, ...] = (),
    refused: Container[str] = (),
) -> tuple[Choice, ...]:
    """What could be played, in the order in which it is to be tried; empty: nothing is set for this mood.

    The mood's own entries take turns, beginning with the one after `last`; should that one not be playable, the
    others follow, URIs first, and at the end the search. A face at rest asks for nothing by itself: without an entry
    of its own it plays only when somebody `asked`. Somebody who wishes for a language, an artist or a genre gets a
    search for that first: the mood's own entries are for when nothing is found. What was `liked` takes turns with the
    entries; what was `refused` (by its `identity`) has none.
    """
    own = music.moods.get(mood, MoodMusic())
    standing = tuple(choice for choice in (*entries(own), *liked) if identity(choice) not in refused)
    first, *rest = rotated(standing, last) or (None,)
    rest = sorted(rest, key=lambda choice: choice is not None and choice.kind != "uri")
    found = tuple(choice for choice in (first, *rest) if choice is not None)
    search = Choice("search", words(mood, music, taste, wish))
    if wish:
        return (search, *found)
    if own.search or (music.search_when_empty and (found or asked or mood != AT_REST)):
        return (*found, search)
    return found


@lru_cache(1024)
def identity(choice: Choice) -> str:
    """What a choice is known by, in twelve letters, for ever."""
    text = "\n".join((choice.kind, choice.value, choice.song))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


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


def sought(mood: str, music: MusicSettings) -> str:
    """What a mood is searched by, in the direction that is configured; without words for it, its name."""
    known = music.searches.get(mood, SearchWords(mood))
    return (known.lift if music.direction == "lift" else "") or known.match or mood


def words(mood: str, music: MusicSettings, taste: Taste, wish: Taste = ANY) -> str:
    """The words to search for: "mood language artist genre", or the mood's own and what was wished for."""
    own = music.moods.get(mood, MoodMusic())
    wanted = wish if own.search else fields(own, taste, wish)
    return " ".join(filter(None, (own.search or sought(mood, music), wanted.language, wanted.artist, wanted.genre)))


def youtube_url(mood: str, music: MusicSettings, taste: Taste, wish: Taste = ANY) -> str:
    """The same music on YouTube Music: the configured link, or a search that needs no account."""
    own = music.moods.get(mood, MoodMusic())
    link = "" if wish else own.youtube
    return link or search_link(words(mood, music, taste, wish))


def search_link(text: str) -> str:
    """A search on YouTube Music for these words, short enough for a QR code (2,331 bytes of ISO/IEC 18004's at "M")."""
    return YOUTUBE_SEARCH + urlencode({"q": text[:SEARCHED_LETTERS]})


def unnamed(uri: str, mood: str | None) -> Reason:
    """What a context URI is called whose name is not known: by the mood that it is for."""
    kind = next((kind for kind in contexts.CONTEXTS if f":{kind}:" in uri), "playlist")
    return Reason(f"songs.the_{kind}", mood=how(mood)) if mood else SOMETHING


def called(choice: Choice, mood: str, names: Mapping[str, str]) -> str:
    """What people call a choice: never a URI or an address. `names` are those that a player has found out, by URI.

    A name, or where there is none a sentence (`Reason`), which each reader is told in their own language.
    """
    if choice.kind == "uri":
        return names.get(choice.value) or unnamed(choice.value, mood)
    if choice.kind == "stream":
        return Reason("songs.the_radio", host=urlsplit(choice.value).hostname or "")
    return choice.value


def spoken(what: str) -> str:
    """What people call that which a player says it plays: an address is no name."""
    return called(Choice("stream", what), "", {}) if re.fullmatch(contexts.STREAM, what) else what


def recommend(
    mood: str, music: MusicSettings, taste: Taste, last: str | None, names: Mapping[str, str], wish: Taste = ANY
) -> Recommendation:
    """Music that a person can open by hand; `last` is the entry that was played last for this mood."""
    own = music.moods.get(mood, MoodMusic())
    link = youtube_url(mood, music, taste, wish)
    if wish:
        return Recommendation(words(mood, music, taste, wish), link)
    found = rotated(entries(own), last)
    current = found[-1:] if last in [choice.value for choice in found] else found[:1]
    titles = (names.get(choice.value, "") if choice.kind == "uri" else choice.value for choice in current)
    named = next((title for title in titles if title and not re.fullmatch(contexts.STREAM, title)), None)
    uri = next((choice.value for choice in (*current, *found) if choice.kind == "uri"), None)
    return Recommendation(named or words(mood, music, taste), link, uri)
