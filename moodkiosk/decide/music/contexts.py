"""What people write down to be played: links and URIs as Spotify shares them, radio addresses, names of playlists."""

from __future__ import annotations

import re

from moodkiosk.moods.choice import Choice
from moodkiosk.words.reason import Reason

# Patterns are compiled, and kept by `re`, when the first entry is read: both halves start without.
# As the Spotify app shares them, e.g. https://open.spotify.com/intl-de/playlist/37i9dQ…?si=…
LINK = r"https?://open\.spotify\.com/(?:intl-[a-z-]+/)?(?:user/[^/]+/)?([a-z]+)/([A-Za-z0-9]+)/?(?:[?#].*)?"
URI = r"spotify:(?:user:[^:]+:)?([a-z]+):([A-Za-z0-9]+)"
COLLECTION = r"spotify:(?:user:[^:]+:)?collection.*|https?://open\.spotify\.com/(?:intl-\S+/)?collection.*"
LIKED = Reason("link.liked")
CONTEXTS = ("playlist", "album", "artist")
"""What playback can be started with; a track or an episode is not a context."""


# Pages of music services, not something that a player could open.
PAGES = r"(?i)https?://(?:[\w-]+\.)*(?:spotify\.com|spotify\.link|youtube\.com|youtu\.be)(?:[/:?#].*)?"
STREAM = r"(?i)https?://[^\s/]+\S*"


class NotAContext(ValueError):
    """Something that looks like a link but cannot be played as a whole; the message says why, for people."""


def choice(text: str) -> Choice:
    """What an entry means: a link or URI becomes a context URI, another address a stream, all else is a name.

    Raises NotAContext.
    """
    text = text.strip()
    if re.fullmatch(COLLECTION, text):
        raise NotAContext(LIKED)
    found = re.fullmatch(LINK, text) or re.fullmatch(URI, text)
    if found:
        kind, number = found.groups()
        if kind not in CONTEXTS:
            raise NotAContext(Reason("link.of_another_kind", kind=kind, text=text))
        return Choice("uri", f"spotify:{kind}:{number}")
    if re.fullmatch(STREAM, text) and not re.fullmatch(PAGES, text):
        return Choice("stream", text)
    if "://" in text or text.startswith("spotify:"):
        raise NotAContext(Reason("link.unknown", text=text))
    if not text:
        raise NotAContext(Reason("link.empty"))
    return Choice("playlist", text)
