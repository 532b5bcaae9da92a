"""Songs to choose from: what somebody is offered for a mood, up to ten things. Pure.

The mood's own entries and what was liked come first, then what the player has found, then searches that a person would
make. Without any player it is a list of searches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from moodkiosk.decide.music import choose
from moodkiosk.decide.music.playback import Playback
from moodkiosk.decide.settings import MoodMusic, MusicSettings, SearchWords, Settings
from moodkiosk.decide.state import State, taste_of
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.moods.song import Song, SongKind, Wanted
from moodkiosk.words.reason import Reason, said
from moodkiosk.words.tidy import tidy

MOST = 10
OWN_MOST = 4
"""So many of the household's own at most: the list is to offer something new as well."""
SEARCHES_LEAST = 2
"""So many searches there are in any case: they go on where the list ends."""
FLAVOURS = ("acoustic", "instrumental", "classics", "new")
"""What people add to a search when they want something else of the same kind."""


def song(kind: SongKind, title: str, choice: Choice, *, by: str = "", words: str = "") -> Song:
    """Something to choose; `words` to look for it on YouTube Music, if they are others than its title and maker.

    A title that is a sentence (`Reason`) is nothing to search for: it needs `words`.
    """
    title, by = tidy(title), tidy(by)
    search = words or " ".join(filter(None, (title, by)))
    return Song(choose.identity(choice), kind, title, choice, choose.search_link(search), by)


def wanted(mood: str, music: MusicSettings, taste: Taste, wish: Taste = choose.ANY) -> Wanted:
    """What a player is to find for a mood."""
    own = music.moods.get(mood, MoodMusic())
    return Wanted(mood, choose.words(mood, music, taste, wish), choose.fields(own, taste, wish))


def of_state(state: State, settings: Settings) -> tuple[Song, ...]:
    """The list for the mood that music was recommended for last; empty: there was none."""
    playback = state.playback
    if playback.recommended is None:
        return ()
    return listed(playback.recommended, settings.music, taste_of(state, settings), playback, playback.wish)


def listed(mood: str, music: MusicSettings, taste: Taste, playback: Playback, wish: Taste) -> tuple[Song, ...]:
    """Up to ten things that fit the mood, and the language, the artist and the genre; none that was refused."""
    asked, found = wanted(mood, music, taste, wish), playback.found
    offered = found.songs if found is not None and found.wanted == asked else ()
    own = list(islice(_wished(_own(mood, music, taste, playback), playback.opinions.refused), OWN_MOST))
    ours = {one.id: one for one in own}
    theirs = [one for one in _wished(iter(offered), playback.opinions.refused) if one.id not in ours]
    searches = [
        ours.get(one.id, one)  # a search that was liked
        for one in _wished(_searches(mood, music, asked.taste, wish), playback.opinions.refused)
    ]
    room = MOST - min(SEARCHES_LEAST, len(searches))
    # A wish made now comes before what is always there.
    first = [*(theirs or searches[:1]), *own] if wish else [*own, *theirs]
    return _each_once([*first[:room], *searches], MOST)


def public(one: Song) -> dict[str, object]:
    """A song for people and programs, in JSON values; the same in the API, over MQTT and on the command line."""
    uri = one.choice.song or (one.choice.value if one.choice.kind == "uri" else None)
    keys = ("id", "kind", "title", "by", "songs", "seconds", "cover", "own", "youtube_url")
    return said({key: getattr(one, key) for key in keys} | {"spotify_uri": uri}, ("title",))


def find(songs: tuple[Song, ...], name: str) -> Song | None:
    """The one with that id, or at that place in the list, counted from 1."""
    if name.isdecimal() and 1 <= int(name[:3]) <= len(songs) and len(name) < 4:
        return songs[int(name) - 1]
    return next((one for one in songs if one.id == name), None)


def likeness(one: Song) -> Taste:
    """What more of something is: of the same artist, or else what goes by its name. Without a name it is any."""
    name = "" if isinstance(one.title, Reason) else one.title
    if one.kind in ("track", "album", "artist") and (one.by or one.kind == "artist"):
        return Taste(one.taste.language, one.by or name)
    return one.taste or Taste(genre=name)


def _own(mood: str, music: MusicSettings, taste: Taste, playback: Playback) -> Iterator[Song]:
    """The household's own, beginning with the one whose turn it is; by the names that are known."""
    own = music.moods.get(mood, MoodMusic())
    liked = {one.choice: one for one in playback.opinions.liked.get(mood, ())}
    kinds: Mapping[str, SongKind] = {"stream": "radio", "search": "search", "playlist": "playlist"}
    for choice in choose.rotated((*choose.entries(own), *liked), playback.last.get(mood)):
        if choice in liked:
            yield replace(liked[choice], own=True)
            continue
        kind = kinds.get(choice.kind) or _kind_of(choice.value)
        title = choose.called(choice, mood, playback.names)
        # A name that nobody knows is no search; the mood is.
        words = choose.words(mood, music, taste) if isinstance(title, Reason) else ""
        yield replace(song(kind, title, choice, words=words), own=True)


def _kind_of(uri: str) -> SongKind:
    kinds: dict[str, SongKind] = {"album": "album", "artist": "artist"}
    return kinds.get(uri.split(":")[1], "playlist")


def _searches(mood: str, music: MusicSettings, taste: Taste, wish: Taste) -> Iterator[Song]:
    """Searches that a person would make: the mood in both directions, with and without language and artist."""
    known = music.searches.get(mood, SearchWords(mood))
    match, lift = known.match or mood, known.lift or "uplifting"
    first, second = (lift, match) if music.direction == "lift" else (match, lift)
    yield _search(choose.words(mood, music, taste, wish), taste)
    if taste.artist:
        yield _search(taste.artist, Taste(artist=taste.artist))
        yield _search(f"{second} {taste.artist}", Taste(artist=taste.artist))
    without = Taste(taste.language, genre=taste.genre)
    for words in (first, second, *(f"{first} {flavour}" for flavour in FLAVOURS)):
        yield _search(" ".join(filter(None, (words, without.language, without.genre))), without)
    if without:
        yield _search(first, choose.ANY)


def _search(words: str, taste: Taste) -> Song:
    return replace(song("search", words, Choice("search", words)), taste=taste)


def _wished(songs: Iterator[Song], refused: Mapping[str, str]) -> Iterator[Song]:
    return (one for one in songs if one.id not in refused)


def _each_once(songs: list[Song], most: int) -> tuple[Song, ...]:
    """The first of each, so many at most."""
    by_id: dict[str, Song] = {}
    for one in songs:
        by_id.setdefault(one.id, one)
    return tuple(by_id.values())[:most]
